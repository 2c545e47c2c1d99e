import sys
print(sys.argv, __name__, sys.path[0] == sys.argv[0].rpartition('/')[0] or 'cwd')
