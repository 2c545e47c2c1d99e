"""Generators that delegate through many levels, resumed, thrown into, closed, looked at and ended in all ways."""
import sys
import traceback


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(lo, hi):
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    return Tree(tree(lo, mid), mid, tree(mid + 1, hi))


def leaf(n, log):
    for i in range(n):
        got = yield i
        if got is not None:
            log.append(got)
    return n * 10


def middle(n, log):
    r = yield from leaf(n, log)
    r += yield from leaf(n, log)
    return r


def outer(n, log):
    total = 0
    while True:
        total += yield from middle(n, log)
        if total > 500:
            return total


def deep(k, n):
    if k:
        return (yield from deep(k - 1, n)) + 1
    for i in range(n):
        yield i
    return 0


def collect(g):
    out = []
    while True:
        try:
            out.append(next(g))
        except StopIteration as e:
            return out, e.value


def run(n):
    for turn in range(n):
        t = tree(0, 200)
        assert list(t) == list(range(200))
        log = []
        out, value = collect(outer(5, log))
    print(len(out), value, log)
    print(collect(deep(90, 3)), collect(deep(10, 0)))


def sending():
    log = []
    g = outer(3, log)
    got = [next(g)]
    for i in range(8):
        got.append(g.send(i if i % 3 else None))
    print(got, log)
    g.close()
    print(next(g, "over"))


class Broken(Exception):
    pass


def fails(n):
    for i in range(n):
        yield i
    raise Broken(n)


def guards(n, log):
    try:
        yield from fails(n)
    except Broken as e:
        log.append(str(e))
        yield "caught"
    finally:
        log.append("finally")
    return 5


def passes(n, log):
    r = yield from guards(n, log)
    yield r
    yield from fails(1)


def failing(n):
    for turn in range(n):
        log, out = [], []
        try:
            for x in passes(3, log):
                out.append(x)
        except Broken as e:
            last = [f.name for f in traceback.extract_tb(e.__traceback__)]
    print(out, log, last)


def looker(log, holder):
    for i in range(40):
        f, names = sys._getframe(), []
        while f and len(names) < 5:
            names.append(f.f_code.co_name)
            f = f.f_back
        log.append(names)
        log.append([g.gi_running for g in holder])
        try:
            next(holder[0])
        except ValueError as e:
            log.append(str(e))
        yield i


def between(log, holder):
    g = looker(log, holder)
    holder.append(g)
    yield from g


def above(log, holder):
    g = between(log, holder)
    holder.append(g)
    yield from g


def looking():
    log, holder = [], []
    g = above(log, holder)
    holder.append(g)
    for x in g:
        pass
    print(log[3:6] == log[-3:], log[-3:], [h.gi_running for h in holder])
    g = above([], [])
    print(g.gi_yieldfrom, next(iter([1])))


def thrown():
    log = []
    g = outer(3, log)
    for i in range(4):
        next(g)
    try:
        g.throw(Broken("in"))
    except Broken as e:
        print([f.name for f in traceback.extract_tb(e.__traceback__)])
    print(g.gi_frame, g.gi_running)


def handling(n):
    def inner():
        for i in range(n):
            yield sys.exception()

    def mid():
        try:
            raise Broken("mid")
        except Broken:
            yield from inner()

    def top():
        yield from mid()

    seen = []
    for x in top():
        seen.append((type(x).__name__, sys.exception()))
    print(seen[0], seen[-1], len(seen))


async def one(n):
    return n + 1


async def two(n):
    return await one(n) + await one(n)


class Pause:
    def __await__(self):
        got = yield "pause"
        return got


async def waits(k):
    if k:
        return await waits(k - 1) + 1
    total = 0
    for i in range(5):
        total += await Pause() or 0
    return total


def drive(n):
    for turn in range(n):
        c = two(3)
        try:
            c.send(None)
        except StopIteration as e:
            a = e.value
        c, steps = waits(20), []
        try:
            steps.append(c.send(None))
            while True:
                steps.append(c.send(None if len(steps) % 2 else 7))
        except StopIteration as e:
            b = e.value
        try:
            c.send(None)
        except RuntimeError as e:
            again = str(e)
    print(a, b, steps, again)


for turn in range(3):
    run(12)
    sending()
    failing(40)
    looking()
    thrown()
    handling(50)
    drive(60)


def named():
    yield 1


g = named()
named.__name__, named.__qualname__ = "other", "there.other"
h = named()
print(g.__name__, g.__qualname__, h.__name__, h.__qualname__, repr(h).split(" at ")[0])
g.__name__ = "mine"
print(g.__name__, g.__qualname__)
