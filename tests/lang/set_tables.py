# The order of a set's items follows from the table: its size, its deleted places, the way it was made.
import itertools

print({9, 1, 17, 25, 33}, set(range(20, 0, -3)), frozenset([64, 32, 16, 8, 0]))
s = set()
for i in range(0, 400, 7):
    s.add(i * 13 % 257)
    if i % 3 == 0:
        s.discard(i)
print(list(s), len(s))
for n in (0, 1, 4, 5, 6, 20, 31, 32, 77):
    a = set(range(0, n * 5, 5))
    b = set(range(0, n * 3, 3))
    print(n, list(a | b), list(a & b), list(a - b), list(a ^ b), a <= b, a.isdisjoint(b))
    c = a.copy()
    c.update(b)
    c.difference_update({3, 5, 9})
    print(list(c), list(frozenset(c)), list(set(list(c))), c == a | b, list(c.union([1, 2], (3,))))
    c.intersection_update(b)
    c.symmetric_difference_update(range(7))
    print(list(c))
s = {1, 2, 3}
t = s
t |= {4, 100, 1000}
print(list(s), s is t, list(set(dict.fromkeys([3, 1, 2]))))
s.clear()
s.update({5: 1, 6: 2}, "", [7])
print(list(s), [s.pop() for _ in range(3)], s)
big = set(range(1000))
for i in range(990):
    big.remove(i)
print(list(big), list(big.copy()), list(big | {5}), list(set(big)))


class Odd:
    """Equal to everything, and empties the set that asks."""

    def __hash__(self):
        return 3

    def __eq__(self, other):
        victim.clear()
        return True


victim = {3, 4, 5}
print(Odd() in victim, victim)
victim = set(range(10))
victim.add(Odd())
print(len(victim))
print({0.0, -0.0, 0, False}, {1, 1.0, True}, len({float("nan"), float("nan")}))
print(sorted(set(itertools.product((1, 2), (1.5, 2), "ab"))))
try:
    {[]}
except TypeError as e:
    print(e)
try:
    set([1, {}])
except TypeError as e:
    print(e)
