"""Bound methods and native functions kept in variables and attributes, and what takes their place later."""
import sys


class Box:
    def __init__(self, n):
        self.n = n
        self.items = []
        self.put = self.items.append
        self.add = self.more

    def more(self, k):
        self.n += k
        return self.n

    def pair(self, a, b=2):
        return self.n, a, b


class Other(Box):
    def more(self, k):
        return -k


def run(box, times):
    out = 0
    for i in range(times):
        box.put(i)
        out += box.add(i)
        out += box.items.count(i)
        m = box.pair
        out += m(i, 3)[1]
    return out


one = Box(1)
for _ in range(40):
    got = run(one, 20)
print(got, len(one.items))
print(run(Other(5), 3), len(one.items))
two = Box(0)
two.put = two.items.insert.__self__.extend if False else (lambda x: two.items.append(-x))
two.add = lambda k: k * 100
print(run(two, 4), two.items)
two.add = sys.getsizeof
two.put = print
print(run(two, 2) > 0, two.items)


def fails(f, x):
    try:
        return f(x)
    except Exception as e:
        return type(e).__name__, str(e), e.__traceback__.tb_lineno - fails.__code__.co_firstlineno


for _ in range(300):
    fails(one.items.append, 1)
    fails([1, 2].index, 2)
print(fails([1, 2].index, 5), fails({}.pop, 1), fails(one.more, "x"), fails(one.pair, 4), fails(len, 3))
for _ in range(300):
    fails(one.more, 1)
print(fails(one.more, None), fails(Other(3).more, 4), fails(str.upper, "a"), fails("a".join, "xyz"))


def counts():
    """What is bound lives as long as the method."""
    b = Box(3)
    start = sys.getrefcount(b)
    for i in range(500):
        m = b.more
        m(1)
        b.pair(i)
    del m
    return sys.getrefcount(b) - start


counts()
print(counts())


class Late:
    def __del__(self):
        print("gone", end=" ")

    def call(self, x):
        return x


def temporary(n):
    s = 0
    for i in range(n):
        f = Late().call
        s += f(i)
        del f
    return s


print(temporary(3))
print(one.more.__func__ is Box.more)


def swap(f, n):
    s = 0
    for i in range(n):
        s += f(i)
        if i == n - 5:
            Box.more.__code__ = (lambda self, k: 1000).__code__
    return s


for _ in range(50):
    s = swap(Box(0).more, 4)
print(s, swap(Box(0).more, 40))
