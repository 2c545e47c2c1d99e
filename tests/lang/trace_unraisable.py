# exit: 1
# stderr: exact
# Errors that nobody can catch go to stderr with where they were ignored; the program goes on.
import re
import sys


def show(u):
    text = re.sub("0x[0-9a-f]+", "0x..", f"{u.err_msg} {u.object!r}" if u.object else str(u.err_msg))
    print("unraisable", type(u.exc_value).__name__, u.exc_value, text, u.exc_traceback is not None, flush=True)


sys.unraisablehook = show


class Del:
    def __del__(self):
        raise ValueError("in del")


Del()
print("still running", flush=True)


def gen():
    try:
        yield 1
    finally:
        raise KeyError("in generator close")


g = gen()
next(g)
del g
print("again", flush=True)
import weakref


class Obj:
    pass


o = Obj()
def callback(ref): raise TypeError("in callback")
r = weakref.ref(o, callback)
del o
print("last", flush=True)
import atexit


@atexit.register
def at_end():
    raise OSError("in atexit")


raise SystemExit(1)
