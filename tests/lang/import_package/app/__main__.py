import sys
print("app main", __name__, repr(__package__), sys.argv[1:])
