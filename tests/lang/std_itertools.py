# itertools and operator.
import itertools as it
import operator as op

print(list(it.chain([1], "a", (2,))), list(it.chain.from_iterable(["ab", "c"])), list(it.islice(it.count(5, 2), 4)), list(it.islice(it.cycle("ab"), 5)), list(it.repeat(7, 3)), list(it.accumulate([1, 2, 3, 4])), list(it.accumulate([3, 1, 2], max)), list(it.accumulate([1, 2], initial=10)))
print(list(it.product("ab", [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations("abc", 2)), list(it.combinations("abcd", 2)), list(it.combinations_with_replacement("ab", 2)), list(it.product()), list(it.permutations([])), list(it.combinations("ab", 3)))
print(list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.filterfalse(None, [0, 1, ""])), list(it.compress("abcd", [1, 0, 1])), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.zip_longest("abc", [1], fillvalue="-")), list(it.pairwise("abcd")), list(it.batched("abcdefg", 3)))
print([(k, list(g)) for k, g in it.groupby("aabbbca")], [(k, len(list(g))) for k, g in it.groupby([1, 3, 2, 4, 6], key=lambda x: x % 2)], list(it.islice("abcdefg", 1, None, 2)), list(it.islice("abc", 2)), list(it.count(1.5, 0.5).__iter__().__next__() for _ in range(1)))
a, b = it.tee(iter([1, 2, 3]))
print(next(a), list(b), list(a))
g = it.groupby("aab")
k1, g1 = next(g)
k2, g2 = next(g)
print(k1, list(g1), k2, list(g2))
c = it.count()
print(next(c), next(c), repr(c), repr(it.repeat("x", 2)), repr(it.count(1, 2)), it.count(2**62).__next__(), list(it.islice(it.count(2**63 - 1), 2)), list(zip(it.count(-1, -2), "ab")))
for bad in (lambda: it.islice([], -1), lambda: it.islice([], "a"), lambda: it.repeat(), lambda: it.count("a"), lambda: it.combinations("ab", -1), lambda: it.product(5), lambda: it.batched("ab", 0), lambda: list(it.batched("abc", 2, strict=True)), lambda: next(it.cycle([])), lambda: it.tee([], -1), lambda: it.chain(5).__next__(), lambda: it.permutations("a", "b"), lambda: it.starmap(len, [1]).__next__(), lambda: it.zip_longest(5), lambda: it.groupby(5), lambda: it.accumulate(), lambda: it.pairwise(5), lambda: it.islice([], 1, 2, 0)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(op.add(1, 2), op.itemgetter(1)("abc"), op.itemgetter(0, 2)("abc"), op.attrgetter("real", "imag")(3 + 4j), op.attrgetter("__class__.__name__")(1), op.methodcaller("split", ",", maxsplit=1)("a,b,c"), op.contains([1], 1), op.countOf([1, 1], 1), op.indexOf("abc", "c"), op.truth([]), op.is_(None, None), op.concat("a", "b"), op.index(True), op.length_hint([1, 2]), op.not_(0), op.matmul if False else "", op.floordiv(7, 2), op.neg(3), op.inv(5), op.lshift(1, 3), op.iadd([1], [2]), op.setitem, op.is_none(None) if hasattr(op, "is_none") else True)
print(op.itemgetter("k"), op.attrgetter("a.b"), op.methodcaller("m", 1, x=2), list(map(op.mul, [1, 2], [3, 4])), sorted([(1, "b"), (0, "c")], key=op.itemgetter(1)))
for bad in (lambda: op.itemgetter(), lambda: op.attrgetter(5), lambda: op.indexOf([1], 2), lambda: op.itemgetter(5)([1]), lambda: op.methodcaller(), lambda: op.concat(1, 2), lambda: op.index(1.5), lambda: op.length_hint(5, "a")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
def primes():
    sieve = it.count(2)
    while True:
        p = next(sieve)
        yield p
        sieve = filter(p.__rmod__, sieve)
print(list(it.islice(primes(), 10)), sum(it.islice(it.accumulate(it.repeat(1)), 100)), "".join(it.chain.from_iterable(it.zip_longest("ace", "bd", fillvalue=""))), dict(it.zip_longest("ab", [1])), max(it.combinations([3, 1, 2], 2), key=sum), len(list(it.permutations(range(6)))), list(it.accumulate("abc")))
