"""The same code in one namespace after another, and by turns in two."""

SOURCE = """
def twice(x):
    return x * 2 + less(x)
def less(x):
    return x - STEP
def main(n):
    s = 0
    for i in range(n):
        s += twice(i)
    return s
result = main(N)
"""
code = compile(SOURCE, "<again>", "exec")
for k in range(20):
    space = {"N": 3000, "STEP": k}
    exec(code, space)
    print(space["result"], end=" ")
print()
one, two = {"N": 5, "STEP": 1}, {"N": 5, "STEP": 100}
exec(code, one)
exec(code, two)
total = 0
for i in range(4000):
    total += one["twice"](i) - two["twice"](i)
    if i % 500 == 0:
        one["STEP"] += 1
        total += one["main"](4) + two["main"](3)
print(total)


def numbers(n):
    for i in range(n):
        yield BASE + i


import types

makers = [types.FunctionType(numbers.__code__, {"BASE": b, "range": range}) for b in (0, 10, 20)]
total = 0
for i in range(600):
    total += sum(makers[i % 3](5))
print(total)


def bodies(n):
    """Classes with __slots__, made anew each time."""

    class A:
        __slots__ = ("x", "y")

        def __init__(self, x):
            self.x = x

    class B(A):
        __slots__ = ("z",)

    class C:
        __slots__ = ("w", "y", "x")

        def __init__(self, x):
            self.x = x

    out = 0
    for i in range(n):
        for o in (A(1), B(2), C(3)):
            o.y = o.x + i
            out += o.y
            o.x += 1
            if i == n - 1:
                del o.x
            try:
                out += o.x
            except AttributeError:
                out += 7
    return out


print([bodies(k) for k in (3, 200, 200, 300, 5)])

AGAIN = """
class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


class Path:
    scale = SCALE

    def __init__(self):
        self.points = []
        self.length = 0

    def add(self, p):
        self.points.append(p)
        self.length += p.x * self.scale

    @property
    def last(self):
        return self.points[-1]


def walk(n):
    path, step = Path(), Point(1, 0.5)
    p = Point(0, 0.0)
    for i in range(n):
        p = p + step
        path.add(p)
        if i % 100 == 99:
            step = Point(step.x + 1, step.y)
    return path.length, path.last.y


result = walk(400)
"""
code = compile(AGAIN, "<again>", "exec")
spaces = []
for k in range(16):
    spaces.append({"SCALE": k if k % 3 else k / 2})
    exec(code, spaces[-1])
print([s["result"] for s in spaces])
print([s["walk"](50) for s in spaces])
