# set and frozenset: operators, methods, order of ints as CPython's, mixed kinds, errors.
s = {3, 1, 2}
print(s, {1, 1.0, True}, set(), set("a"), {*range(5)}, frozenset([2, 1]), frozenset(), len(s), 2 in s, set([5, 5]), {i % 3 for i in range(10)})
print(s.add(4), s.discard(9), s.discard(1), s.remove(2), sorted(s), s.update([7], (8,)), sorted(s), s.copy() == s, s.clear(), s, s.update())
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a | b, a & b, a - b, a ^ b, a.union([9], "x") == {1, 2, 3, 4, 9, "x"}, a.intersection([1, 3], [3]), a.difference([1], [2]), a.symmetric_difference([1, 10]), a.isdisjoint([7]), a.isdisjoint(b))
print(a <= {1, 2, 3, 4, 5}, a < a, a <= a, {1} < a, a >= {1}, a > b, a == {4, 3, 2, 1}, a != b, a.issubset(range(10)), a.issuperset([1]), {1, 2} < {1, 2, 3}, set() < {1})
a |= {10}
a &= {1, 2, 10}
a -= {2}
a ^= {1, 99}
print(a, a.intersection_update([10]), a, a.difference_update([10]), a, a.symmetric_difference_update([1, 2]), a)
f = frozenset([1, 2])
print(hash(f) == hash(frozenset([2, 1])), {f: "k"}[frozenset({1, 2})], f | {3}, type(f | {3}).__name__, type({3} | f).__name__, f == {1, 2}, frozenset(f) is f, f.copy() is f, hash(frozenset()), hash(frozenset([1, 2, 3])), {frozenset([1])} == {frozenset([1])})
print(list({8, 1, 16, 24}), list({0, 64, 128, 32}), list(set(range(20, 0, -3))), list({-1, -2, -3}), list({1000000, 1, 33}), {2**61 - 1, 0}, list(set([5, 13, 21, 29, 37])), list({i * 7 for i in range(12)}))
n = {i for i in range(100)}
for i in range(0, 100, 3):
    n.remove(i)
n |= {200, 300}
print(list(n)[:12], len(n), n.pop(), n.pop(), len(n), sum(n))
{1}.__contains__
for code in ["{1}.remove(2)", "set().pop()", "{[]}", "{{}}", "set(5)", "set(1, 2)", "{1} | [2]", "{1} + {2}", "{1} < [1]", "{1}[0]", "hash(set())", "{1}.add([])", "[] in {1}", "{1}.discard({})", "{1}.remove([1])", "frozenset([[]])", "{1}.union(5)", "{1}.issubset(5)", "frozenset([1]).add(2)", "{1} - 5", "{1} & None", "{1}.add()", "set(a=1)", "{1}.update(5)", "{1}.isdisjoint(5)", "{1}.pop(1)", "{1, 2} <= 5", "{1}()", "{1}.x", "frozenset([1]).__ior__"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
print({1} in [{1}], {frozenset({1}): 1}.get({1}) if False else "-", frozenset({1}) in {frozenset({1})}, {1} in {frozenset({1})}, {frozenset({1})}.discard({1}))


class Sub(set):
    def __init__(self, *a):
        super().__init__(*a)
        self.tag = "t"

    def add(self, x): super().add(x * 10)


x = Sub([1, 2])
x.add(3)
print(x == {1, 2, 30}, x.tag, type(x | {5}).__name__, type(x.copy()).__name__, type(x & x).__name__, sorted(x), isinstance(x, set), Sub("a"))


class Evil:
    def __hash__(self): return 1
    def __eq__(self, other):
        target.clear()
        return False


target = {1, 2, 3}
print(Evil() in target, target)
try:
    it = {1, 2, 3}
    for v in it:
        it.add(v + 100)
except RuntimeError as e:
    print(e)
state, model, real = 3, [], set()
for _ in range(2000):
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    v = (state >> 8) % 90
    if state & 64:
        real.add(v)
        if v not in model:
            model.append(v)
    else:
        real.discard(v)
        if v in model:
            model.remove(v)
print(sorted(model) == sorted(real), len(real), list(real)[:10], sum(real))
print({1, "a"} == {"a", 1}, set("hello") == set("olleh"), sorted(set("mississippi")), len({None, 0, "", (), False, 0.0}), {float("nan")} == {float("nan")}, max({3, 9, 2}), sorted({(2, 1), (1, 2)}), any({0}), {*"ab"} >= {*"a"}, bool(set()), repr(frozenset({"x"})))
