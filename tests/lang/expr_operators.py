# Operator protocol: reflected methods, in-place methods, subclass priority, missing operations.
class Num:
    def __init__(self, tag):
        self.tag = tag

    def __repr__(self):
        return self.tag


def binary(name):
    def method(self, other):
        print(f"  {self!r}.{name}({other!r})", end="")
        return NotImplemented if isinstance(other, str) else f"{name} result"
    return method


for op in "add sub mul truediv floordiv mod divmod pow lshift rshift and or xor matmul".split():
    for form in (f"__{op}__", f"__r{op}__"):
        setattr(Num, form, binary(form))


class Child(Num):
    def __radd__(self, other):
        print(f"  child {self!r}.__radd__({other!r})", end="")
        return "child result"


a, b, c = Num("a"), Num("b"), Child("c")
for code in ["a + b", "a + 1", "1 + a", "a @ b", "1 @ a", "divmod(a, 1)", "divmod(1, a)", "a ** 2", "2 ** a", "pow(a, 2)",
             "1 << a", "a >> 1", "1 & a", "a | 1", "1 ^ a", "1 // a", "1 % a", "1.5 / a", "a + c", "c + a", "c + c", "a - c"]:
    print(code, "=>", end="")
    print(" ->", eval(code))
for code in ["a + 'x'", "'x' + a", "a % 'x'", "a @ 'x'", "1 + 'x'", "'x' + 1", "[] + ()", "None + 1", "{} | []", "1 @ 2",
             "-'x'", "+[]", "~1.5", "not a", "abs('x')", "5 << 1.0", "'a' * 'b'", "[1] * 1.5", "'%d' % 'x'", "divmod('a', 2)",
             "'x' ** 2", "1 & 1.0", "print >> 1", "[] - []", "b'a' + 'b'", "'a' + b'b'", "() + []", "round('x')", "pow('a', 2)"]:
    try:
        print(code, "=>", end="")
        print(" ->", eval(code))
    except Exception as e:
        print(" !", type(e).__name__ + ":", e)


class Box:
    def __init__(self, v):
        self.v = v

    def __iadd__(self, other):
        self.v += other
        return self

    def __add__(self, other):
        return Box([self.v, other])

    def __imul__(self, other):
        return "replaced"

    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "invert"

    def __abs__(self):
        return "abs"

    def __pow__(self, n, mod=None):
        return ("pow", n, mod)


x = y = Box(1)
x += 5
print(x is y, x.v, (x + 1).v)
x *= 2
print(x, y.v)
y -= type("Z", (), {"__rsub__": lambda self, other: "rsub"})()
print(y)
y = Box(1)
print(-y, +y, ~y, abs(y), y ** 2, pow(y, 2, 5))
for code in ["y -= 1", "y @= 1", "n += 'a'", "l += 5", "t += [1]", "st += 1", "n <<= 'a'", "u **= 2", "d |= 5"]:
    env = {"y": Box(1), "n": 1, "l": [1], "t": (1,), "st": "s", "u": "s", "d": {}}
    try:
        exec(code, env)
    except TypeError as e:
        print(code, "->", e)
lst = other = [1]
lst += (2, 3)
lst *= 2
print(lst, other is lst)
tup = ([],)
try:
    tup[0] += [1]
except TypeError as e:
    print(e, tup)
