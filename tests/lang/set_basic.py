# Everyday sets, tuples and bytes.
s = {3, 1, 2}
t = {2, 3, 4}
print(s | t, s & t, s - t, s ^ t, s <= {1, 2, 3, 4}, s.isdisjoint({9}), len(s), 2 in s, sorted(s), sum(s), max(s))
s.add(10)
s.update([11, 12])
s.discard(99)
s.remove(1)
print(sorted(s), s == {2, 3, 10, 11, 12}, {x * 2 for x in range(3)}, set("aab") == {"a", "b"}, set(), frozenset([1]), {frozenset([1]): "k"}[frozenset([1])])
try:
    s.remove(99)
except KeyError as e:
    print("KeyError", e)
try:
    {[1]}
except TypeError as e:
    print(e)
seen, dups = set(), []
for x in [1, 2, 1, 3, 2]:
    if x in seen:
        dups.append(x)
    seen.add(x)
print(seen, dups, list(dict.fromkeys([3, 1, 3, 2])))
p = (1, "a", 2.5)
x, y, z = p
print(p, p[0], p[-1], p[1:], len(p), x, y, z, p + (4,), p * 2, "a" in p, p.index("a"), p.count(1), (1,), (), tuple("ab"), (1, 2) < (1, 3))
try:
    p[0] = 5
except TypeError as e:
    print(e)
points = {(0, 0): "origin", (1, 2): "point"}
print(points[0, 0], points[(1, 2)], sorted([(2, "b"), (1, "z"), (1, "a")]), max([(1, 5), (2, 0)]), divmod(7, 3), tuple(sorted((3, 1, 2))))
b = b"hello"
print(b, b[0], b[1:3], len(b), b + b"!", b.decode(), "hé".encode(), b.upper(), b"l" in b, list(b"ab"), bytes([72, 105]), b.hex(), b == b"hello", b.split(b"l"))
ba = bytearray(b"abc")
ba[0] = 65
ba.append(33)
print(ba, bytes(ba), ba.decode(), ba[1:3])
try:
    b[0] = 1
except TypeError as e:
    print(e)
try:
    "a" + b"b"
except TypeError as e:
    print(e)
