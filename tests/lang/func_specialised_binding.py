# Calls that run often enough to be specialised: named arguments, defaults, star parameters, and what goes wrong with them.
import gc


def pair(a, b, c=3, *, d=4, e=5):
    return a, b, c, d, e


def only(a, /, b, c=3):
    return a, b, c


def rest(a, b=2, *args, **kw):
    return a, b, args, kw


def star(*args):
    return args


def named(**kw):
    return kw


def must(*, x, y=2):
    return x, y


class C:
    def m(self, a, b=2, *rest, **kw):
        return a, b, rest, kw

    def k(self, a, *, b=7, c):
        return a, b, c


def attempt(f):
    try:
        return f()
    except TypeError as e:
        return str(e)


def every(n):
    o = C()
    out = []
    for i in range(n):
        out = [
            pair(1, b=2), pair(a=1, b=2), pair(1, 2, d=7), pair(b=1, a=2, e=9, c=0), pair(1, 2, 3, e=0, d=1),
            only(1, b=2), only(1, c=9, b=8), rest(1), rest(1, 5), rest(1, 5, 6, 7), rest(1, b=9), rest(1, z=9),
            star(), star(1), star(1, 2), named(), named(q=1), must(x=1), must(y=5, x=4),
            o.m(1), o.m(1, 2, 3), o.m(1, z=3), o.m(a=4), o.k(1, c=3), o.k(a=1, c=3, b=2),
            attempt(lambda: pair(b=2)), attempt(lambda: pair(1, a=2, b=3)), attempt(lambda: pair(1, 2, x=3)),
            attempt(lambda: only(a=1, b=2)), attempt(lambda: must(y=1)), attempt(lambda: rest()),
            attempt(lambda: rest(1, a=2)), attempt(lambda: o.k(1, b=2)), attempt(lambda: o.k(1, 2, c=3)),
            attempt(lambda: named(1)), attempt(lambda: pair(1, 2, 3, 4, d=5)),
        ]
    return out


for row in every(60):
    print(row)

# Each call gets a dict and a tuple of its own.
seen = [named() for _ in range(40)]
seen[0]["x"] = 1
print(sum(len(d) for d in seen), rest(1)[3] is rest(1)[3])


# Defaults that change while the site is specialised.
def shifting(a, b=1, *, c=2):
    return a, b, c


results = []
for i in range(60):
    if i == 30:
        shifting.__defaults__ = (10,)
        shifting.__kwdefaults__ = {"c": 20}
    if i == 40:
        shifting.__kwdefaults__ = None
    try:
        results.append(shifting(a=i))
    except TypeError as e:
        results.append(str(e))
print(results[28:32], results[39:42])


# Arguments die when the callee's frame does, in order.
class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def keep(a, *rest, **kw):
    return None


def hold(*, x, y):
    return None


for i in range(3):
    keep(Loud(1), Loud(2), Loud(3))
    hold(y=Loud(4), x=Loud(5))


# Names that are equal and not the same object.
def spelled(first, second=2):
    return first, second


for i in range(30):
    name = "".join(["fir", "st"])
    got = spelled(**{name: i})
print(got)


# Recursion with named arguments stops at the limit.
def deep(n, *, again=True, **kw):
    return deep(n=n + 1, again=again)


def deeper(n, *, again=True):
    return deeper(n=n + 1, again=again)


for f in (deep, deeper):
    try:
        f(n=0)
    except RecursionError:
        print("RecursionError")


# Closures whose parameters are cells.
def outer(a, *rest, b=1, **kw):
    def inner():
        return a, rest, b, kw
    return inner


for i in range(30):
    f = outer(i, 1, 2)
    g = outer(a=i, b=2)
print(f(), g())
