# Recursion: mutual, deep, through data, and RecursionError.
import sys


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1 if n == 0 else ackermann(m, n - 1))


def hanoi(n, a="A", b="B", c="C"):
    return [] if n == 0 else hanoi(n - 1, a, c, b) + [a + c] + hanoi(n - 1, b, a, c)


def permutations(items):
    if len(items) <= 1:
        yield items
        return
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield [item] + rest


def depth(tree):
    return 1 + max(map(depth, tree), default=0) if isinstance(tree, list) else 0


print(fact(30), even(100), odd(77), ackermann(2, 3), " ".join(hanoi(3)))
print(list(permutations([1, 2, 3])), depth([[], [[], [[[]]]]]))


def endless(n):
    return endless(n + 1)


for attempt in range(2):
    try:
        endless(0)
    except RecursionError as e:
        print("RecursionError:", e)


def measure(n=0):
    try:
        return measure(n + 1)
    except RecursionError:
        return n


print(900 < measure() < 1000)
old = sys.getrecursionlimit()
print(old)
sys.setrecursionlimit(5000)
print(4900 < measure() < 5000)


def countdown(n):
    return 0 if n == 0 else 1 + countdown(n - 1)


print(countdown(4800))
sys.setrecursionlimit(old)
for bad in (0, -5, "x"):
    try:
        sys.setrecursionlimit(bad)
    except Exception as e:
        print(type(e).__name__, e)
fib = lambda n, memo={}: memo.setdefault(n, n if n < 2 else fib(n - 1) + fib(n - 2)) if n not in memo else memo[n]
print(fib(80))


class Loop:
    def __repr__(self):
        return repr(self)

    def __getattr__(self, name):
        return getattr(self, name)

    def __eq__(self, other):
        return self == other

    def __hash__(self):
        return hash(self)


for action in (lambda: repr(Loop()), lambda: Loop().x, lambda: Loop() == Loop(), lambda: hash(Loop()), lambda: {Loop(): 1}):
    try:
        action()
    except RecursionError as e:
        print(type(e).__name__, str(e)[:32])
nested = []
for _ in range(100):
    nested = [nested]
print(repr(nested).count("["), str(nested) == repr(nested))
cycle = [1]
cycle.append(cycle)
cycle.append({"me": cycle})
print(cycle)
d = {}
d["d"] = d
print(d, [d])
