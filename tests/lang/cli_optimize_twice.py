# flags: -OO
# With -OO docstrings are gone too.
"""module doc"""
def f():
    """doc"""
class C:
    "doc"
    x = 1
import sys
print(f.__doc__, C.__doc__, __doc__, __debug__, sys.flags.optimize, C.x)
