# Exception chaining: __cause__, __context__, __suppress_context__, notes, tracebacks as objects.
import sys


def show(e, depth=0):
    while e is not None:
        print("  " * depth + repr(e), "cause", repr(e.__cause__), "context", repr(e.__context__), "suppress", e.__suppress_context__)
        e, depth = e.__cause__ or e.__context__, depth + 1


def implicit():
    try:
        {}["missing"]
    except KeyError:
        return 1 / 0


def explicit():
    try:
        [][1]
    except IndexError as e:
        raise ValueError("explicit") from e


def suppressed():
    try:
        int("x")
    except ValueError:
        raise TypeError("clean") from None


def in_finally():
    try:
        raise KeyError("first")
    finally:
        raise ValueError("second")


def three():
    try:
        implicit()
    except ZeroDivisionError as e:
        raise RuntimeError("third") from e


def same():
    e = ValueError("self")
    try:
        raise e
    except ValueError:
        raise e


def cycle():
    a, b = ValueError("a"), ValueError("b")
    try:
        try:
            raise a
        except ValueError:
            raise b
    except ValueError:
        raise a


for f in (implicit, explicit, suppressed, in_finally, three, same, cycle):
    try:
        f()
    except Exception as e:
        print(f.__name__)
        show(e, 1)
e = ValueError("notes")
e.add_note("one")
e.add_note("two")
print(e.__notes__)
for bad in (5, None):
    try:
        e.add_note(bad)
    except TypeError as err:
        print(err)
for code in ["e.__cause__ = 5", "e.__context__ = 'x'", "e.__traceback__ = 5", "del e.__cause__", "e.args = 5", "e.__suppress_context__ = 5",
             "e.with_traceback(5)", "e.__cause__ = None", "e.args = [1, 2]", "e.__dict__ = 5"]:
    try:
        exec(code)
        print(code, "ok")
    except Exception as err:
        print(code, "->", type(err).__name__ + ":", err)
print(e.args, e.__suppress_context__)


def deep(n):
    if n == 0:
        raise LookupError("bottom")
    deep(n - 1)


try:
    deep(3)
except LookupError as e:
    tb, names = e.__traceback__, []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    print(names)
    kept = e
print(kept.__traceback__ is not None, sys.exc_info())
try:
    raise kept.with_traceback(None)
except LookupError as e:
    tb = e.__traceback__
    print(tb.tb_next, tb.tb_frame.f_code.co_name)


def handling():
    try:
        raise ValueError("outer")
    except ValueError:
        print(sys.exc_info()[1], sys.exception())
        try:
            raise KeyError("inner")
        except KeyError:
            print(repr(sys.exception()))
        print(sys.exception())
        yield 1
        print("in generator", sys.exception())
        yield 2


g = handling()
next(g)
print("outside", sys.exception())
try:
    raise OSError("mine")
except OSError:
    next(g)
    print("here", sys.exception())
del g
print(sys.exception())
try:
    try:
        raise ValueError("a")
    except ValueError as e:
        del e
        raise KeyError("b")
except KeyError as e:
    print(repr(e.__context__), repr(e))
