# Unpacking: nested targets, stars anywhere, swaps, from every iterable, errors, in loops and arguments.
a, b = 1, 2
a, b = b, a
(c, d), [e, f] = "xy", {"k": 1, "l": 2}
print(a, b, c, d, e, f)
first, *rest = range(5)
*init, last = "hello"
head, *middle, tail = [1, 2]
print(first, rest, init, last, head, middle, tail)
(x, *y), z, *(p, q) = [1, 2, 3], "z", 8, 9
print(x, y, z, p, q)
[g, [h, *i]] = 1, (2, 3, 4)
print(g, h, i)
for k, (l, *m) in [(1, "abc"), (2, (9,))]:
    print(k, l, m)
print([(u, v) for u, *v in [(1, 2, 3), "ab"]], {k: v for k, v in [("a", 1)]})
lst = [0, 1, 2, 3]
n = 0
n, lst[n] = 2, "at two?"
print(n, lst)
lst[0], lst[1:3], *lst[3:] = 10, "pq", 7, 8
print(lst)


class Obj:
    pass


o = Obj()
o.a, o.b, (o.c, *o.d) = 1, 2, "xyz"
print(vars(o))
same = other = [*range(3), *"ab", *{"d": 1}, *(), *[[]]]
print(same, other is same, (*same, 1), {*same[:2], 5}, *same)
print({**{"a": 1, "b": 2}, "b": 3, **{"c": 4}}, dict(**{"x": 1}, y=2))


def gen():
    print("  gen start")
    yield 1
    yield 2
    print("  gen asked for a third")
    yield 3
    print("  gen end")


for target, source in [("a, b", "gen()"), ("a, b, c", "gen()"), ("a, b, c, d", "gen()"), ("a, *b", "gen()"), ("a, b", "[1]"), ("a, b", "[]"),
                       ("a, *b, c", "[1]"), ("a, b", "5"), ("a, b", "None"), ("*a,", "7"), ("a, b", "{}"), ("(a, b), c", "[1, 2]"),
                       ("a, b", "'abc'"), ("[]", "[]"), ("[]", "[1]"), ("()", "()"), ("a,", "'x'"), ("a, b", "(1, 2, 3, 4)"), ("a, b", "{1: 2, 3: 4, 5: 6}"),
                       ("*a, b, c, d", "[1, 2]"), ("a, b", "iter([1, 2, 3])"), ("a, b", "range(10**9)")]:
    try:
        exec(f"{target} = {source}")
        print(target, "=", source, "ok")
    except (ValueError, TypeError) as e:
        print(target, "=", source, "->", type(e).__name__ + ":", e)


class Iter:
    def __init__(self, *items): self.items = items
    def __iter__(self): return iter(self.items)


class OldSeq:
    def __getitem__(self, i):
        if i > 1:
            raise IndexError(i)
        return i


class Bad:
    def __iter__(self): raise KeyError("from iter")


class BadNext:
    def __iter__(self): return self
    def __next__(self): raise OSError("from next")


a, b = Iter("p", "q")
c, d = OldSeq()
print(a, b, c, d)
for bad in (Bad, BadNext):
    try:
        a, b = bad()
    except (KeyError, OSError) as e:
        print(repr(e))
for src in ["*a = [1]", "*a, *b = [1]", "a, b += 1, 2", "(a) = 1", "f() = 1", "a + 1 = 2", "1 = a", "None = 1", "[a, 1] = x", "*a", "x = *a",
            "del *a", "(*a) = 1", "for *a in b: pass", "a, b: int", "(a): int = 1", "print(*)", "{*a: 1}", "[**a]", "f(**a, *b)", "f(a=1, 2)",
            "(a := 1) = 2", "lambda: 0 = 1", "a.b, c[0], *d.e = x", "'x' = 1", "a if b else c = 1", "f'{x}' = 1", "__debug__ = 1", "... = 1", "yield = 1"]:
    try:
        compile(src, "s", "exec")
        print("ok", src)
    except SyntaxError as e:
        print(src, "->", e.msg)
