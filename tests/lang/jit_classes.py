"""Attributes of classes, class and static methods, constructors shared by classes, methods of built-in types on derived ones."""


class Strength:
    made = []

    def __init__(self, value, name):
        super(Strength, self).__init__()
        self.value = value
        self.name = name

    @classmethod
    def stronger(cls, a, b):
        return a.value < b.value

    @classmethod
    def strongest(cls, a, b):
        return a if cls.stronger(a, b) else b

    @staticmethod
    def twice(n):
        return n * 2

    @property
    def double(self):
        return self.twice(self.value)


class Weird(Strength):
    @classmethod
    def stronger(cls, a, b):
        return a.value > b.value


class Base:
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.kind = type(self).__name__


class Left(Base):
    def __init__(self, n):
        super().__init__(n)
        self.left = n + 1


class Right(Base):
    def __init__(self, n):
        self.first = n
        super().__init__(n)
        self.right = n - 1


class Deep(Right):
    def __init__(self, n):
        super().__init__(n)
        self.n = self.n * 2


class Ordered(list):
    def last(self):
        return self[-1]


class Counted(dict):
    def bump(self, key):
        self[key] = self.get(key, 0) + 1
        return len(self)


def strengths(cls, n):
    a, b = cls(1, "a"), cls(2, "b")
    got = []
    for i in range(n):
        got.append(cls.strongest(a, b).name + Strength.strongest(b, a).name + str(a.twice(i)) + str(cls.twice(i)))
        got.append(b.double)
    return got[-4:]


def build(n):
    total = 0
    for i in range(n):
        for cls in (Left, Right, Deep):
            o = cls(i)
            total += o.n + len(o.kind)
    return total, sorted(vars(o).items())


def collect(n):
    o, c = Ordered(), Counted()
    for i in range(n):
        o.append(i)
        if o:
            o.last()
        c.bump(i % 7)
    return len(o), o[-1], sorted(c.items()), o.pop(), o.last()


def reprs(values):
    out = []
    for v in values:
        t = type(v)
        r = t.__repr__
        if r is int.__repr__:
            out.append("int")
        elif r is dict.__repr__ or r is list.__repr__ or r is tuple.__repr__:
            out.append("container")
        elif issubclass(t, str) and r is str.__repr__:
            out.append("text")
        else:
            out.append(t.__name__)
    return out


def mixed(values):
    t = 0
    for a, b in values:
        t = t + (a - b) * 2 + a / (b + 1)
    return t


def defaults(f, n):
    t = 0
    for i in range(n):
        t += f(i) + f(i, 2)
    return t


def one(a, b=1, c=3):
    return a + b + c


def two(a, b=10):
    return a - b


for turn in range(3):
    print(strengths(Strength, 60), strengths(Weird, 60))
    print(build(60))
    print(collect(100))
    print(reprs([1, "a", {}, [], (), 2.5, None, True, int, Strength] * 20)[-10:])
    print(mixed([(1, 2.5), (2.5, 1), (3, 4), (1.5, 0.5), (2**60, 0.5), (0.5, 2**61), (2**70, 1)] * 20))
    print(defaults(one, 60), defaults(two, 60), defaults(lambda a, b=5: a * b, 60))

Strength.twice = staticmethod(lambda n: n * 3)
Strength.stronger = classmethod(lambda cls, a, b: True)
print(strengths(Strength, 60), strengths(Weird, 60))
two.__defaults__ = (100,)
print(defaults(two, 60))
Base.__init__ = lambda self, n: setattr(self, "n", -n) or setattr(self, "kind", "k")
print(build(60))
Left.n = property(lambda self: 7, lambda self, v: None)
print(build(60))


def failing(n):
    try:
        for i in range(n):
            (1.5, 2)[i % 2] / (0 if i == n - 1 else 4)
    except ZeroDivisionError as e:
        return str(e)


def called(f, n):
    try:
        for i in range(n):
            f(1) if i < n - 1 else f()
    except TypeError as e:
        return str(e)


print(failing(100), failing(101), called(two, 60))
