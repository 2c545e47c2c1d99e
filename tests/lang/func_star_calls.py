# Calls with * and **: what is passed on, what is collected, and what the errors say.


def show(*args, **kwargs):
    return args, kwargs


def three(a, b=2, *, c=3):
    return a, b, c


class Box:
    def __init__(self, *args, **kwargs):
        self.got = args, kwargs

    def method(self, a, *rest, key=None):
        return a, rest, key

    @classmethod
    def of(cls, *args):
        return cls.__name__, args


class MyTuple(tuple):
    def __iter__(self):
        return iter(("from", "iter"))


class Callable:
    def __call__(self, *args, **kwargs):
        return "called", args, kwargs


class Keys:
    def keys(self):
        return ["c", "b"]

    def __getitem__(self, k):
        return k * 2


def forward(f, *args, **kwargs):
    return f(*args, **kwargs)


# A tuple without keywords, with an empty dict, with keywords.
t = (1, 2)
for kw in ({}, {"c": 9}):
    print(three(*t, **kw), forward(three, *t, **kw))
    box = Box(7)
    print(forward(box.method, 1, 2, 3), forward(Box, *t, **kw).got, forward(Box.of, 1))
print(show(*t) [0] is t, show(*MyTuple((1, 2))), show(*[1], *{"k": 1}, *"ab"), show(*(i for i in range(3))))
print(three(*t, **Keys()) if False else three(1, **Keys()))
print(forward(Callable(), 1, x=2), forward(Callable().__call__, 1, x=2), forward(print, "printed", sep="-"))
print(forward(max, 3, 5), forward(max, *[1, 2], key=lambda v: -v), forward(dict, a=1), forward("{}{x}".format, 1, x=2))


# Keywords by identity, by equal text, of a str subclass.
class Name(str):
    pass


made = "".join(["k", "ey"])
print(three(**{"".join(["a"]): 1, "c": 4}), box.method(1, **{made: 5}), show(**{Name("n"): 1}), three(**{Name("a"): 6}))


# Errors.
def attempt(f):
    try:
        print(f())
    except TypeError as e:
        print("TypeError:", e)


def posonly(a, /, b, **kw):
    return a, b, kw


def only(*, x, y, z=1):
    return x, y, z


attempt(lambda: three(*t, a=1))
attempt(lambda: three(*t, **{"".join(["a"]): 1}))
attempt(lambda: three(*t, d=1))
attempt(lambda: three(*t, **{1: 2}))
attempt(lambda: three(*t, 3, 4))
attempt(lambda: three(*t, 3, c=4))
attempt(lambda: three(*()))
attempt(lambda: posonly(1, 2, a=3))
attempt(lambda: posonly(b=2, a=3))
attempt(lambda: only(*(), **{}))
attempt(lambda: only(x=1))
attempt(lambda: only(y=1, x=2))
attempt(lambda: box.method(*()))
attempt(lambda: box.method(*t, nokey=1))
attempt(lambda: three(*5))
attempt(lambda: box.method(*None))
attempt(lambda: (1)(*t))


# A bound method called through * neither recurses natively nor loses its self.
class Deep:
    def down(self, n, *rest):
        return n if n == 0 else self.down(*(n - 1, *rest))


import sys

sys.setrecursionlimit(5000)
print(Deep().down(4000, 1, 2))


# What the call holds goes with it.
class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("gone", self.n)


def drop(a, *rest):
    print("in", a.n, len(rest))


for i in range(3):
    drop(*(Noisy(i), Noisy(10 + i)))
    drop(*[Noisy(20 + i)], **{})
for f in (lambda a: 1 / 0, lambda: None):
    try:
        f(*(Noisy(30),))
    except (ZeroDivisionError, TypeError) as e:
        print(type(e).__name__)


# Frames and generators.
def gen(*args, k=0):
    yield from args
    yield k


print(list(gen(*t, k=1)), list(forward(gen, *"xy")), [*map(lambda *a: a, *([1, 2], [3, 4]))])
