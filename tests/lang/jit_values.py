# Functions that are values: closures, callbacks, several functions of one code, their code assigned to.
def adder(n):
    def add(x, y=None):
        return x + n
    return add


def apply(f, x):
    return f(x)


def exactly(n):
    def f(x):
        return x * n
    return f


def run():
    f, g = exactly(3), exactly(5)
    t = 0
    for i in range(3000):
        h = f if i % 3 else g
        t += h(i)
        t -= apply(h, 1)
    return t


print(run())


def many():
    fs = [lambda x: x + 1, lambda x: x * 2, exactly(7), adder(1)]
    t = 0
    for i in range(4000):
        t = (t + apply(fs[i % 4], i)) % 1000003
    return t


print(many())


def changed():
    def f(x):
        return x + 1

    def other(x):
        return x - 1
    t = 0
    for i in range(4000):
        if i == 3000:
            f.__code__ = other.__code__
        t += f(i)
    return t


print(changed())


def fails():
    def f(x):
        if x == 2500:
            raise ValueError(x)
        return x
    t = 0
    try:
        for i in range(4000):
            t += f(i)
    except ValueError as e:
        tb = e.__traceback__
        lines = []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
            tb = tb.tb_next
        return t, lines


print(fails())


def unbound():
    def f(x):
        return later + x
    t = 0
    for i in range(3000):
        if i == 2000:
            later = 5
        try:
            t += f(i)
        except NameError as e:
            if i == 1999:
                print(e)
    return t


print(unbound())


def deep(n):
    def down(k):
        return 0 if k == 0 else 1 + down(k - 1)
    try:
        return down(n)
    except RecursionError as e:
        return type(e).__name__


print([deep(50) for _ in range(200)][-1], deep(100000))


class Callbacks:
    def __init__(self):
        self.f = lambda x: x + 10
        self.seen = []

    def go(self, n):
        for i in range(n):
            self.seen.append(self.f(i))
        return sum(self.seen)


c = Callbacks()
print(c.go(3000))
c.f = lambda x: -x
print(c.go(3000))


def freed():
    import weakref
    refs = []
    def use(f):
        t = 0
        for i in range(2500):
            t += f(i)
        return t
    for k in range(4):
        ns = {}
        exec(f"def f(x): return x + {k}", ns)
        refs.append(weakref.ref(ns["f"].__code__))
        print(use(ns["f"]))
    return len(refs)


print(freed())


def generators_closed():
    log = []
    def plain():
        x = Noisy(log, "plain")
        yield 1
        yield 2
    def guarded():
        try:
            yield 1
        finally:
            log.append("finally")
    def inside():
        with open(__file__) as f:
            yield f
        yield 2
    for g in plain(), guarded(), inside():
        next(g)
        log.append(g.close())
        log.append(g.gi_frame is None)
    g = plain()
    next(g)
    del g
    log.append(any(x > 0 for x in plain()))
    return log


class Noisy:
    def __init__(self, log, name):
        self.log, self.name = log, name

    def __del__(self):
        self.log.append(self.name)


print(generators_closed())


class Lazy:
    def __init__(self):
        self.x = 1

    @property
    def bad(self):
        raise AttributeError("hidden")

    def __getattr__(self, name):
        return "asked " + name

    def m(self):
        return self.x


def lazy():
    o = Lazy()
    t = 0
    for i in range(3000):
        t += o.m() + o.x
        if i % 1000 == 0:
            print(o.bad, o.other)
    del o.x
    print(o.x)
    return t


print(lazy())


def appended():
    s, kept, t = "", [], "x" * 40
    for i in range(3000):
        s += "ab"
        if i % 500 == 0:
            kept.append(s)
        u = t
        t += str(i % 10)
        if i % 3 == 0:
            t = u
    d = {"k" * 40: 1}
    for k in d:
        for i in range(2500):
            k += "!"
    return len(s), [len(x) for x in kept], len(t), hash(s) == hash("ab" * 3000), list(d)[0] == "k" * 40, len(k)


print(appended())


def slices():
    log = []
    l = [Noisy(log, i) for i in range(6)]
    l[1:3] = [Noisy(log, 9)]
    log.append(len(l))
    l[:] = (1, 2, 3)
    l[1:1] = l
    l[::-1] = list(l)
    return log, l, range(10)[::-2], range(3, 40, 5)[1:-1:2], range(10**20)[1:10**19]


print(slices())


def kind(x, y):
    """A parameter that is held as an int, where objects are asked for."""
    n = 0
    for i in range(60):
        if isinstance(x, tuple):
            n += 1
        elif isinstance(x, int):
            n += 2
        if isinstance(y, Pair):
            n += 4
        x = i if i % 2 else i * 2
        y = x + 1
    return n


class Pair:
    pass


for _ in range(40):
    got = kind(1, 2)
print(got, kind((1,), Pair()), kind(2.5, None))
