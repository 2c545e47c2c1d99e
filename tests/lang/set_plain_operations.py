# Operations of two sets: where no code of the program compares, where some does, and where it changes the operands.
a, b = set(range(0, 30, 2)), frozenset(range(0, 30, 3))
print(a & b, a - b, b - a, sorted(a ^ b), sorted(a | b))
print(a <= b, {6, 12} <= b, {6, 12} < a, a.isdisjoint(b), a.isdisjoint({1, 3}), {0} < {0}, a >= {2, 4})
print(type(a & b), type(b & a), type(b - a), type(a | b), type(b | a))
words = set("the quick brown fox jumps over the lazy dog the end".split())
more = frozenset(["dog", "cat", "fox", ("a", 1), ("b", 2), 2.5, None, True])
print(sorted(words & more), sorted(map(str, more - words)), len(words | more), words.isdisjoint(more))
print({1, True, 1.0} | {1.0, 2}, {1} & {True}, {True} & {1.0}, {0.0} - {-0.0}, {("x", 1)} & {("x", 1.0)})


class Key:
    asked = 0

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        Key.asked += 1
        if isinstance(other, Key):
            return self.n == other.n
        return self.n == other

    def __repr__(self):
        return f"K{self.n}"


x, y = {Key(i) for i in range(6)}, {Key(i) for i in range(3, 9)}
print(sorted(map(repr, x & y)), sorted(map(repr, x - y)), sorted(map(repr, x | y)), x <= y, x.isdisjoint(y))
print(x & {1, 2, 77}, {1, 2, 77} & x, {1, 2, 77} - x, x >= {1, 2}, {5} <= x, Key.asked > 0)


class Bad:
    def __init__(self, n, s=None):
        self.n, self.s = n, s

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if self.s is not None:
            self.s.clear()
        raise ValueError(self.n)


for op in (set.intersection, set.difference, set.union, set.issubset, set.isdisjoint, set.symmetric_difference):
    try:
        print(op({5, 1, 7}, {Bad(op.__name__)}))
    except ValueError as e:
        print("ValueError", e)
s = {1, 2, 3}
try:
    print({Bad("clears", s)} - s)
except (ValueError, RuntimeError) as e:
    print(type(e).__name__, e)
print(s)
nan = float("nan")
print({nan} & {nan} == {nan}, {nan} <= {nan}, {nan} & {float("nan")})
big = set(range(1000))
print(len(big & set(range(500, 2000))), len(big - {1}), len({1} - big), len(big | set(range(2000))))
t = {1, 2}
t |= t
t -= {5}
t &= t
t ^= {2, 9}
print(t, {frozenset({1}), frozenset({2})} & {frozenset({1})})
