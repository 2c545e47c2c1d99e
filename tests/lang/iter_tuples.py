# Tuples that iterators give out again when nobody kept them, and never otherwise.
import gc
from itertools import chain, combinations, combinations_with_replacement, permutations, product, tee, zip_longest

for make in (lambda: product("ab", [1, 2]), lambda: product((0, 1), repeat=3), lambda: combinations("abcd", 2), lambda: permutations((1, 2, 3)),
             lambda: combinations_with_replacement("xy", 3), lambda: enumerate("abc", 5), lambda: zip("ab", "cd"), lambda: zip("ab", "cd", (1, 2)), lambda: product()):
    kept = list(make())
    copied = []
    for t in make():
        copied.append(t + ())
    held = None
    for i, t in enumerate(make()):
        assert held is None or held == kept[i - 1]
        held = t
    hashes = [hash(t) for t in make()]
    assert kept == copied and len(set(map(id, kept))) == len(kept) and hashes == [hash(t) for t in kept]
    print(kept)
print(list(enumerate("ab", 2**61 - 1)), list(enumerate("ab", -2)), list(enumerate("a", 2**70)))
e = enumerate("abc", 7)
next(e)
print(e.__reduce__()[1][1], next(e))
print(list(chain([1], (), "ab", {3: 4}, iter([5]))), list(chain()), list(chain.from_iterable([[1], [2, 3]])))
c = chain([1, 2], 5)
print(next(c), next(c))
try:
    next(c)
except TypeError as err:
    print(err)
print(list(c))
a, b = tee([1, 2, 3])
print(list(a), list(b), list(zip_longest("ab", "c", fillvalue="-")))
from collections import deque

d = deque([1, 2])
d.extend((3, 4))
d.extend(d)
d.extendleft([0])
print(d, deque([1, 2, 3], 2), deque("ab"))
m = deque([1], 3)
m.extend([2, 3, 4, 5])
print(m)
import heapq

h = []
for x in (5, 1, 4.5, 2, 2**70, -3):
    heapq.heappush(h, x)
print(h, [heapq.heappop(h) for _ in range(len(h))], heapq.nsmallest(2, [(2, "b"), (1, "c"), (2, "a")]))
