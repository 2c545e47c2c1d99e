# Sorting: stability, keys, reverse, comparison calls, errors in comparisons, lists changed while sorted, special values.
data = [("b", 2), ("a", 2), ("c", 1), ("a", 1), ("b", 1)]
print(sorted(data), sorted(data, key=lambda p: p[1]), sorted(data, key=lambda p: p[1], reverse=True), sorted(data, key=lambda p: p[0])[::-1])
print(sorted("banana"), sorted({3: 1, 1: 2}), sorted([3, 1.5, True, -2]), sorted([]), sorted(range(5), reverse=True), sorted("aB c", key=str.lower), sorted([[2], [1, 5], []]), sorted(["b", "A", "a"], key=str.swapcase))
state = 99


def rand(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
    return (state >> 33) % n


for n in (10, 63, 64, 65, 200, 1000, 5000):
    values = [(rand(n // 4 + 1), i) for i in range(n)]
    by_key = sorted(values, key=lambda v: v[0])
    ok = all(a[0] < b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(by_key, by_key[1:]))
    rev = sorted(values, key=lambda v: v[0], reverse=True)
    ok2 = all(a[0] > b[0] or (a[0] == b[0] and a[1] < b[1]) for a, b in zip(rev, rev[1:]))
    print(n, ok, ok2, by_key[0], by_key[-1], sum(v[0] * i for i, v in enumerate(by_key)))


class Counted:
    count = 0

    def __init__(self, v): self.v = v
    def __lt__(self, other):
        Counted.count += 1
        return self.v < other.v
    def __repr__(self): return str(self.v)


for make in (lambda n: list(range(n)), lambda n: list(range(n))[::-1], lambda n: [i % 10 for i in range(n)], lambda n: [0] * n):
    Counted.count = 0
    items = [Counted(v) for v in make(100)]
    items.sort()
    print(Counted.count < 800, Counted.count == 99 if items[0].v == items[-1].v or True else "", [x.v for x in items[:3]])
keys = []
sorted([3, 1, 2], key=lambda x: keys.append(x) or x)
print(keys)


class Only:
    def __init__(self, v): self.v = v
    def __gt__(self, o): return self.v > o.v
    def __repr__(self): return f"O{self.v}"


print(sorted([Only(2), Only(1)]), max([Only(1), Only(3)]), max([1, 5, 5.0, True]), min((2, "a"), (2, "b")), max("abc", "abd", key=lambda s: s[2]), min([], default="none"), max([[1], [1, 0]]), min(3, 1, 2, key=lambda x: -x))
for bad in (lambda: [1, "a"].sort(), lambda: sorted([1, None]), lambda: sorted([1j, 2j]), lambda: sorted([{}, {}]), lambda: sorted([3, 1], key=5), lambda: sorted([3, 1], key=lambda: 0), lambda: sorted(5), lambda: [].sort(None), lambda: sorted([1], cmp=len),
            lambda: sorted([object(), object()]), lambda: sorted([1, 2], key=lambda x: 1 / 0), lambda: max(1), lambda: max([]), lambda: min([1], default=0, key=len), lambda: max(1, 2, default=3), lambda: [3, 1].sort(reverse="x")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
l = [3, 2, 1]


class Spy:
    def __init__(self, v): self.v = v
    def __lt__(self, o):
        seen.append(len(target))
        return self.v < o.v


seen, target = [], []
target.extend(Spy(v) for v in (3, 1, 2))
target.sort()
print(set(seen), [s.v for s in target])


class Changer(Spy):
    def __lt__(self, o):
        target.append(1)
        return self.v < o.v


target = [Changer(2), Changer(1)]
try:
    target.sort()
except ValueError as e:
    print(e, len(target))


class Raiser(Spy):
    def __lt__(self, o): raise KeyError("compare")


target = [Raiser(i) for i in range(5)]
try:
    target.sort()
except KeyError as e:
    print(e, sorted(t.v for t in target))
nan = float("nan")
print(sorted([3, 2, 1, float("inf"), -1.5, 0.0]), len(sorted([nan, 1, nan, 0])), sorted([2**70, -2**70, 1.5, 10**20]), sorted(["é", "z", "e", "日", "😀", ""]), sorted([b"b", b"a", b""]), sorted([(1, "b"), (1, "a"), (0, "z")], reverse=True), sorted([True, False, 2, -1]))
import operator

rows = [dict(n="x", v=2), dict(n="y", v=1), dict(n="z", v=2)]
print([r["n"] for r in sorted(rows, key=operator.itemgetter("v"))], sorted(["x10", "x9"], key=lambda s: int(s[1:])), sorted([3, 1, 2], key=lambda x: -x), sorted("hello world".split(), key=len))
