# exit: 1
# stderr: exact
# Repeated lines of a deep recursion are folded.
def f(n):
    if n == 0:
        raise ValueError("bottom")
    f(n - 1)


def even(n):
    return odd(n - 1) if n else 1 / 0


def odd(n):
    return even(n - 1)


try:
    even(8)
except ZeroDivisionError as e:
    import traceback
    traceback.print_exc()
f(20)
