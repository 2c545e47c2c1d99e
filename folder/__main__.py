import sys
print('main of folder', __name__, repr(__package__), sys.argv)
sys.exit(9)
