# What is reported of exceptions that nobody can catch; SyntaxErrors made anew; notes of dict updates.
import gc
import sys


def report(u):
    print(type(u.exc_value).__name__, u.err_msg.split(" at 0x")[0], u.object is None)


sys.unraisablehook = report


class Broken:
    def __del__(self):
        raise ValueError("del")


b = Broken()
del b
gc.collect()


def stubborn():
    try:
        yield
    except GeneratorExit:
        yield


g = stubborn()
next(g)
del g
gc.collect()

e = SyntaxError("msg", ("file.py", 1, 2, "txt", 2, 3))
e.__init__("new", ("other.py", 2, 3, "text"))
print(e.end_lineno, e.end_offset, e.lineno)


def bad():
    yield "key"
    raise TypeError("oops")


for arg in ([object()], [bad()]):
    try:
        dict(arg)
    except TypeError as e:
        print(e, e.__notes__)
try:
    compile('return "ä"', "<string>", "exec")
except SyntaxError as e:
    print(e, e.text, e.offset, e.end_offset)
try:
    (lambda **k: k)(**{1: 3}, **{1: 5})
except TypeError as e:
    print(e)
try:
    (lambda **k: k)(**{1: 3})
except TypeError as e:
    print(e)
