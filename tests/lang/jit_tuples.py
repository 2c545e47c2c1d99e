"""Tuples that are made to be taken apart: indexes of classes, results of functions, where code is left in between."""
import sys


class Grid:
    def __init__(self, w, h):
        self.w, self.h = w, h
        self.cells = [0.0] * (w * h)

    def place(self, x, y):
        if 0 <= x < self.w and 0 <= y < self.h:
            return y * self.w + x
        raise IndexError((x, y))

    def __getitem__(self, key):
        (x, y) = key
        return self.cells[self.place(x, y)]

    def __setitem__(self, key, value):
        (x, y) = key
        self.cells[self.place(x, y)] = value


class Spy:
    def __init__(self):
        self.log = []

    def __getitem__(self, key):
        self.log.append(sys._getframe().f_locals["key"])
        a, b = key
        return a + b

    def __setitem__(self, key, value):
        a, b = key
        self.log.append((key, value, key is key))


class Whole:
    def __getitem__(self, key):
        return key


class Picky:
    def __getitem__(self, key):
        if isinstance(key, tuple):
            x, y = key
            return x * y
        return -key


class Counted:
    alive = 0

    def __init__(self):
        Counted.alive += 1

    def __del__(self):
        Counted.alive -= 1


def relax(g, n):
    for k in range(n):
        for y in range(1, g.h - 1):
            for x in range(1, g.w - 1):
                g[x, y] = 0.25 * (g[x - 1, y] + g[x + 1, y] + g[x, y - 1] + g[x, y + 1]) + 1
    return sum(g.cells)


def both(a, b):
    return a + b, a - b


def three(a):
    b = a * 2
    return a, b, "c"


def kept(a, b):
    pair = both(a, b)
    return pair


def split(n):
    t = 0
    for i in range(n):
        s, d = both(i, 3)
        x, y, z = three(s)
        t += s * d + x + y + len(z)
        p = kept(i, 1)
        t += p[0] + len(p)
        q = both(i, i)
        if q == (2 * i, 0):
            t += 1
    return t


def over(g, n):
    try:
        for i in range(n):
            g[i % g.w if i < n - 1 else -1, i % g.h]
    except IndexError as e:
        return e.args


def wrong(g, n):
    try:
        for i in range(n):
            g[(i % 2, 1) if i < n - 1 else (1, 2, 3)]
            g[i % 2, 1]
        return "none"
    except ValueError as e:
        return str(e)


def spied(n):
    s = Spy()
    t = 0
    for i in range(n):
        t += s[i, i + 1]
        s[i, "k"] = i
    return t, s.log[-2:], s.log[0] == (0, 1)


def whole(n):
    w, out = Whole(), None
    for i in range(n):
        out = w[i, i + 1, "x"]
    return out, w[3]


def picky(n):
    p, t = Picky(), 0
    for i in range(n):
        t += p[i, 2] + p[i]
    return t


def objects(n):
    w = Whole()
    for i in range(n):
        a, b = both2(Counted(), Counted())
        w[a, b]
        w[Counted(), b]
    del a, b
    return Counted.alive


def both2(a, b):
    return b, a


def floats(n):
    w, t = Whole(), 0.0
    for i in range(n):
        x, y = both(i * 0.5, 1e300)
        t += x - y
        a, b = w[i * 0.5, t]
        t = b - a
    return t


for turn in range(3):
    print(relax(Grid(12, 9), 20), split(200))
    print(over(Grid(4, 4), 100), wrong(Grid(4, 4), 100), spied(80))
    print(whole(80), picky(80), objects(80), floats(80))
Grid.__getitem__ = lambda self, key: key
print(relax.__name__, over(Grid(3, 3), 60))
