# exit: 1
# stderr: exact
# Suppressed context shows one traceback only.
class Custom(Exception):
    pass


class Outer:
    class Inner(Custom):
        def __str__(self):
            return "message of inner\nsecond line"


try:
    1 / 0
except ZeroDivisionError:
    raise Outer.Inner() from None
