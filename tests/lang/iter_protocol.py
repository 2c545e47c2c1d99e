# Iteration: protocols, for-else, iter with sentinel, itertools of built-ins, changes during iteration.
class Count:
    def __init__(self, n): self.n, self.i = n, 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i


print(list(Count(3)), sum(Count(4)), max(Count(5)), 3 in Count(5), list(zip(Count(2), Count(9))), dict(enumerate(Count(2), 5)))
for i in Count(2):
    print(i, end=" ")
else:
    print("else")
for i in Count(5):
    if i == 2:
        break
else:
    print("never")
print(i, list(iter(Count(3).__next__, 3)), list(iter(iter([1, 2, 0, 3]).__next__, 0)))
l = [1, 2, 3]
seen = []
for v in l:
    seen.append(v)
    if v == 1:
        l.append(4)
    if v == 2:
        l.remove(1)
print(seen, l)
for make, change in [(lambda: {"a": 1, "b": 2}, lambda d: d.update(c=3)), (lambda: {"a": 1, "b": 2}, lambda d: d.pop("a")),
                     (lambda: {1, 2, 3}, lambda s: s.add(9)), (lambda: {1, 2, 3}, lambda s: s.discard(1)),
                     (lambda: {"a": 1}, lambda d: (d.pop("a"), d.update(z=1))), (lambda: {"a": 1, "b": 2}.keys(), lambda k: k.mapping),
                     (lambda: bytearray(b"ab"), lambda b: b.clear())]:
    c = make()
    try:
        for v in c:
            change(c)
        print("went through", type(c).__name__)
    except RuntimeError as e:
        print(e)
d = {"a": 1, "b": 2}
for k in d:
    d[k] = 10
print(d)
it = iter([1, 2])
print(next(it), next(it), next(it, "done"), next(it, None))
print(list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2])))
print(list(zip()), list(zip("ab")), list(zip("abc", [1, 2], strict=False)), list(map(max, [1, 5], [3, 2], [2, 9])))
for action in [lambda: list(zip([1], [1, 2], strict=True)), lambda: list(zip([1, 2], [1], strict=True)), lambda: list(zip([], [], [1], strict=True)),
               lambda: list(map(len, [1])), lambda: list(map(lambda a, b: 0, [1], [], strict=True)), lambda: next(map(int, ["x"]))]:
    try:
        print(action())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(list(reversed([1, 2, 3])), list(reversed("abc")), list(reversed(range(0, 10, 3))), list(reversed({"a": 1, "b": 2})), list(reversed({"a": 1}.items())))
print([*enumerate("ab", start=1)], sorted(Count(3), reverse=True), min(Count(3), key=lambda x: -x), any(Count(0)), all(Count(3)))
r = range(5, -5, -2)
print(r, list(r), len(r), r[1], r[-1], r[1:3], r[::-1], 3 in r, 4 in r, r.index(1), r.count(1), r.start, r.stop, r.step)
print(range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2), hash(range(3)) == hash(range(0, 3, 1)), range(10**20)[10**19], len(range(0, 10**10, 10**5)))
try:
    len(range(10**20))
except OverflowError as e:
    print(e)
its = [iter([1]), iter((1,)), iter("a"), iter({}), iter({}.values()), iter({}.items()), iter(set()), iter(range(1)), iter(b""), reversed([]), iter(Count(1).__next__, 1),
       map(len, []), zip(), filter(None, []), enumerate([]), iter(range(10**30)), reversed({}), iter(bytearray()), iter("é"), reversed("a")]
print([type(i).__name__ for i in its])
print([i.__length_hint__() for i in (iter([1, 2]), iter("abc"), iter(range(7)), reversed([1]), iter((1, 2, 3)))])


class Hint:
    def __iter__(self): return iter([1, 2])
    def __length_hint__(self): return -1 if self.bad else 100
    bad = False


print(list(Hint()))
Hint.bad = True
try:
    list(Hint())
except ValueError as e:
    print(e)


class NoIter:
    __iter__ = None


class StopEarly:
    def __iter__(self): return self
    def __next__(self): return 1 / 0


for bad in (NoIter(), StopEarly()):
    try:
        for _ in bad:
            pass
    except (TypeError, ZeroDivisionError) as e:
        print(e)
it = iter([1, 2, 3])
for a in it:
    print(a, next(it, "none"))
a = iter("xyz")
print(next(a), list(a), list(a))
print(list(zip(*[iter(range(6))] * 2)), list(zip(*zip([1, 2], "ab"))))
