# Everyday exceptions.
def divide(a, b):
    try:
        result = a / b
    except ZeroDivisionError:
        print("division by zero")
        return None
    except TypeError as e:
        print("type error:", e)
    else:
        print("result", result)
        return result
    finally:
        print("finally")


print(divide(6, 3), divide(1, 0), divide("a", 1))


class MyError(Exception):
    pass


class Detailed(MyError):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


for e in (MyError("plain"), Detailed(404, "not found"), ValueError("value")):
    try:
        raise e
    except Detailed as err:
        print("detailed", err.code, err)
    except MyError as err:
        print("mine", err, err.args)
    except Exception as err:
        print("other", type(err).__name__, err)


def validate(age):
    if not isinstance(age, int):
        raise TypeError("age must be int")
    if age < 0:
        raise ValueError(f"negative age {age}")
    return age


for value in (5, -1, "x"):
    try:
        print(validate(value))
    except (TypeError, ValueError) as err:
        print(type(err).__name__ + ":", err)
try:
    try:
        int("abc")
    except ValueError as err:
        raise RuntimeError("wrapped") from err
except RuntimeError as err:
    print(err, "<-", err.__cause__)
try:
    assert 1 == 2, "math is broken"
except AssertionError as err:
    print("assertion", err)
for action in (lambda: [][1], lambda: {}["k"], lambda: None.x, lambda: int("z"), lambda: unknown, lambda: 1 + "a", lambda: (1).foo, lambda: open("/nope/nope")):
    try:
        action()
    except Exception as err:
        print(type(err).__name__, err)


def nested():
    try:
        raise KeyError("inner")
    finally:
        print("cleanup")


try:
    nested()
except KeyError as err:
    print("caught", err)
while True:
    try:
        raise StopIteration
    except StopIteration:
        break
print("done")
