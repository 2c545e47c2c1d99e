# flags: -O
# With -O asserts are gone and __debug__ is false; docstrings stay.
def f():
    """doc"""
    assert False, "not evaluated"
    if __debug__:
        return "debug"
    return "optimised"


import sys

assert print("never")
print(f(), f.__doc__, __debug__, sys.flags.optimize)
