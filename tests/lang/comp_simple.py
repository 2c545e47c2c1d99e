# Everyday comprehensions and unpacking.
print([x for x in range(5)], [x * 2 for x in [1, 2, 3]], [x for x in range(10) if x % 3 == 0], [c.upper() for c in "abc"])
print({x % 3 for x in range(9)}, {c: ord(c) for c in "ab"}, sum(x for x in range(10)), list(x + 1 for x in (1, 2)))
print([(x, y) for x in range(2) for y in "ab"], [[i * j for j in range(3)] for i in range(3)], [y for xs in [[1], [2, 3]] for y in xs])
print(["even" if x % 2 == 0 else "odd" for x in range(3)], [x for x in [3, None, 5] if x is not None], {v: k for k, v in {"a": 1}.items()})
a, b, c = 1, 2, 3
a, b = b, a
first, *rest = [1, 2, 3]
*start, end = "xyz"
(p, q), r = (1, 2), 3
print(a, b, c, first, rest, start, end, p, q, r)
for i, (k, v) in enumerate({"a": 1, "b": 2}.items()):
    print(i, k, v, end="; ")
print()


def f(*args, **kw): return args, kw


print(f(*[1, 2], *"ab", **{"k": 1}), [*range(3), 10], {**{"a": 1}, "b": 2}, (*"ab", "c"), {*[1, 1, 2]})
x = 10
print([x for x in range(3)], x, any(x > 2 for x in [1, 3]), all(x > 2 for x in [1, 3]), min(len(w) for w in ["aa", "b"]))
primes = [n for n in range(2, 30) if all(n % d for d in range(2, n))]
print(primes, len([None] * 3), [[]] * 2, [i for i in range(5)][::-1], dict((k, k * k) for k in range(3)), len(set(w[0] for w in ["ab", "ac", "b"])))
if (n := len(primes)) > 5:
    print("walrus", n)
words = {"one": 1, "two": 2}
print(" ".join(f"{k}={v}" for k, v in words.items()), sorted(words, key=lambda k: -words[k]), max(words.values()), list(words)[0])
matrix = [[1, 2], [3, 4]]
print([list(t) for t in zip(*matrix)], [sum(row) for row in matrix], [row[::-1] for row in matrix], [[0 for _ in range(2)] for _ in range(2)])
