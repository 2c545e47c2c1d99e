# Every list method and operator, with edge arguments and errors.
l = [3, 1, 2]
print(l.append(4), l.extend("ab"), l.insert(0, "first"), l.insert(100, "last"), l.insert(-1, "before last"), l)
print(l.pop(), l.pop(0), l.pop(-2), l.remove("a"), l, l.index(1), l.index(2, 1), l.count(3), l.reverse(), l)
print(l.copy() == l, l.copy() is l, l.clear(), l, [] * 5, [0] * 3, [1, 2] * 2, [1] * -1, [[]] * 2)
a = [1, 2, 3]
a += [4]
a *= 2
a[1:1] = "xy"
del a[::3]
print(a, a[::-1], a[10:], a[-100:2], a + [5], [5] + a, 2 in a, "x" in a, a == list(a), a > [], len(a))
b = list(range(10))
b[2:8:2] = [20, 40, 60]
b[::-3] = [-1, -2, -3, -4]
b[20:] = [99]
b[:0] = [88]
print(b)
b.extend(b)
b[3:6] = b
print(len(b), b[:8])
shared = [[0] * 2] * 2
shared[0][0] = 1
print(shared, [[0] * 2 for _ in range(2)])
self = [1]
self.append(self)
print(self, self == self, self[1][1][0], str([self]))
for code in ["[].pop()", "[1].pop(5)", "[1].pop('a')", "[].remove(1)", "[1].index(2)", "[1, 2].index(1, 1)", "[].insert(1)", "[].append()", "[].extend(5)", "[].extend()", "[1][1]", "[1]['a']", "[1] + (2,)",
             "[1] * 'a'", "[1] * 1.0", "[1] < [None]", "[1] < (1,)", "[1].sort(1)", "[1].sort(key=5)", "[1, 'a'].sort()", "list(5)", "list(1, 2)", "list(x=[])", "[0] * 2 ** 62", "[].count()", "[].copy(1)", "[].reverse(1)",
             "[1].__setitem__('a', 1)", "[1].__setitem__(slice(0, 1), 5)", "[1, 2].__setitem__(slice(0, 2, 2), [1, 2])", "[].__getitem__(None)", "hash([])", "[].__delitem__(0)", "[].index()", "[1].index(1, 'a')", "[].insert('a', 1)", "[1, 2, 3].__init__(5)"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class Eq:
    def __init__(self, l): self.l = l
    def __eq__(self, other):
        self.l.clear()
        return False


victim = [1, 2, 3]
victim[1] = Eq(victim)
print(victim.count(1), victim)
victim = [1, 2, 3]
victim[0] = Eq(victim)
try:
    victim.remove(7)
except ValueError as e:
    print(e, victim)
victim = [0, 1]
victim[0] = Eq(victim)
print(5 in victim, victim == [1, 2], victim)
grow = []
for i in range(20):
    grow.append(i)
    if i % 3 == 0:
        grow.pop(0)
print(grow, sum(grow), list(reversed(grow))[:3], list(map(str, grow))[-2:], list(enumerate(grow))[2], [*zip(grow, grow[1:])][:2])


class L(list):
    def __getitem__(self, i): return ("sub", super().__getitem__(i))
    def __len__(self): return 100
    def append(self, x): super().append(x * 2)


s = L([1, 2])
s.append(5)
print(s, s[0], len(s), list(s), [*s], s.__len__(), bool(L()), s + [1], sorted(s), L("ab") == ["a", "b"], s.index(10), isinstance(s.copy(), L))
it = iter(grow)
grow.clear()
print(list(it), grow.__sizeof__() >= 40, [].__sizeof__() <= [1].__sizeof__())
m = [1, 2, 3, 4, 5, 6]
m[1:3], m[-1:] = m[-1:], m[1:3]
print(m, list("abc").__iadd__("de"), list.__add__([1], [2]), [].__class__, [1, 2].__contains__(2), [3].__mul__(2), [1].__eq__(5), list.__hash__)
print(list(range(5))[slice(None, None, 2)], [1, 2, 3].__reversed__().__next__(), [None] * 3 == [None, None, None], [[1, [2, [3]]]] == [[1, [2, [3]]]], [1.0] == [1] == [True])
