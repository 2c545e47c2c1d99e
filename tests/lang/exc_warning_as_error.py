# stderr: exact
# A warning that is an error shows the frame that caused it, and none of the machinery.
import traceback
import warnings

warnings.simplefilter("error")


def old():
    warnings.warn("old", DeprecationWarning, stacklevel=2)


try:
    old()
except DeprecationWarning:
    traceback.print_exc()
try:
    warnings.warn_explicit("explicit", UserWarning, "file.py", 3)
except UserWarning as e:
    print(len(traceback.extract_tb(e.__traceback__)), e)
try:
    warnings.warn("x", int)
except TypeError as e:
    print(len(traceback.extract_tb(e.__traceback__)), e)
try:
    eval("'\\d'")
except SyntaxError as e:
    print(type(e), e.msg)
try:
    1 / 0
except ZeroDivisionError:
    try:
        old()
    except DeprecationWarning as e:
        print(repr(e.__context__))


def show(*args):
    raise KeyError("shown")


warnings.simplefilter("always")
warnings.showwarning = show
try:
    warnings.warn("x")
except KeyError as e:
    print([f.name for f in traceback.extract_tb(e.__traceback__)][::2])
warnings.showwarning = None
warnings.simplefilter("error")
try:
    warnings.warn("last")
except UserWarning:
    traceback.print_exc()
