# Comprehensions of all kinds: nesting, conditions, scopes, laziness, unpacking, errors inside.
print([x * y for x in range(3) for y in range(x)], [[x * y for y in range(3)] for x in range(2)])
print([x for x in range(20) if x % 2 if x % 3 == 0], {x % 3 for x in range(10)}, {x: x**2 for x in range(3)})
print({k: v for k, v in zip("abc", range(3)) if v}, {i: {j: i + j for j in range(2)} for i in range(2)})
print(list(x for x in (y for y in (z for z in range(3)))), sum(x for x in range(5)), dict((c, ord(c)) for c in "ab"))
x = "outer"
[x for x in range(3)]
print(x)
print([(a, b) for a, b in {"p": 1, "q": 2}.items()], [c for (c,) in [(1,), (2,)]], [r for _, *r in [(1, 2, 3)]])
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [cell for row in matrix for cell in row if cell % 2])
print([y for x in range(5) if (y := x * 2) > 3], [(x, y) for x in range(3) for y in "ab" if (x, y) != (1, "a")])
fs = [lambda: i for i in range(3)]
print([f() for f in fs], [f(2) for f in [lambda n, k=k: n * k for k in range(3)]])


def func(n):
    return [[n + i + j for j in range(2)] for i in range(2)], {n: i for i in range(2)}, [lambda: n + i for i in range(2)][0]()


print(func(10))


class K:
    items = [1, 2, 3]
    doubled = [i * 2 for i in items]
    try:
        nested = [[i, items] for i in items]
    except NameError as e:
        nested = str(e)
    made = {i: [i] for i in items}


print(K.doubled, K.nested, K.made)
log = []


def note(v):
    log.append(v)
    return v


gen = (note(i) for i in note([1, 2, 3]))
print(log)
next(gen)
print(log)
print(list(gen), log)
try:
    gen = (i for i in 5)
except TypeError as e:
    print("at once:", e)
gen = (i for j in [5] for i in j)
try:
    next(gen)
except TypeError as e:
    print("late:", e)


def raises(n):
    if n == 2:
        raise ValueError(f"at {n}")
    return n


for make in (lambda: [raises(i) for i in range(4)], lambda: {raises(i) for i in range(4)}, lambda: {i: raises(i) for i in range(4)},
             lambda: list(raises(i) for i in range(4))):
    try:
        make()
    except ValueError as e:
        print(e)
try:
    [i for i in range(3) if undefined_in_comp]
except NameError as e:
    print(e)
print([i for i in range(3)] + [j for j in "ab"], [*(i for i in "xy"), *[k for k in "z"]])
print(len([None for _ in range(1000)]), max([len(str(i)) for i in range(1001)]), any(i > 3 for i in range(10)), all([]))
print({(i, j): i * j for i in range(2) for j in range(2)}, {frozenset([i]): i for i in range(2)}, [not i for i in (0, 1)])
print([i if i % 2 else -i for i in range(5)], [(yes, no) for yes, no in [(True, False)]], [f"{i}{j}" for i in "ab" for j in "cd"])
print([locals() for q in [1]][0].get("q"), [__name__ for _ in "x"], sorted([k for k in list(locals()) if k in ("K", "x")]))


def shadows(q):
    r = [q for q in range(3)]
    s = [(lambda: q)() for q in r]
    return q, r, s, [q for _ in "a"]


print(shadows("param"))


def inner_del():
    y = 5
    z = [y for y in [1, 2]]
    del y
    try:
        return y
    except UnboundLocalError as e:
        return z, str(e)


print(inner_del())
it = iter(range(10))
print([(a, next(it)) for a in it])
