# tuple: construction, operators, hashing, comparison, nesting, subclasses, errors.
print((), (1,), 1, (1, 2)[0], tuple(), tuple("ab"), tuple({1: 2}), tuple([]), (1,) + (2, 3), (1, 2) * 2, () * 5, (0,) * -1)
t = (1, 2, 3, 2)
print(t.count(2), t.count(9), t.index(2), t.index(2, 2), t[1:], t[::-1], t[-1], len(t), 3 in t, max(t), sum(t), sorted(t, reverse=True), t == (1, 2, 3, 2), t != [1, 2, 3, 2])
print((1, 2) < (1, 3), (1, 2) < (1, 2, 0), () < (1,), (1, "a") < (2, 5), (1, 2) <= (1, 2), (3,) > (2, 9), ((1, 2), 3) < ((1, 3), 0))
print(hash(()) == hash(()), hash((1, 2)) == hash((1, 2)), hash((1, 2)) != hash((2, 1)), {(1, 2): "k"}[1, 2], {(): 1}[()], hash((1, (2, 3))) == hash((1.0, (2, 3 + 0j))))
print(hash((1,)), hash((1, 2, 3)), hash(()), hash((0,)), hash((-1,)), hash(((1,),)), hash((10**20, -5)))
a = ([],)
a[0].append(1)
print(a, tuple(a) is a, a[:] is a, (*a,) == a, tuple(list(a)) == a)
x, (y, z) = 1, (2, 3)
print(x, y, z, (x, y) == (1, 2), (lambda *a: a)(*t), divmod(7, 2), (1, 2).__add__((3,)), (1,).__mul__(3), (1, 2).__contains__(1), (5,).__getitem__(0), (1,).__eq__([1]), (1, 2).__getnewargs__())
for code in ["(1,)[1]", "(1,)['a']", "(1,) + [1]", "(1,) * 'a'", "(1,).index(5)", "(1,) < [1]", "(1, 'a') < (1, 2)", "hash(([],))", "tuple(5)", "tuple(1, 2)", "().x", "(1,).__setitem__(0, 1)", "(1,).append(1)", "(1,).count()", "(0,) * 2 ** 62", "(1,).index(1, 2)", "tuple(x=1)", "{([],): 1}"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    def __repr__(self): return f"T{tuple(self)}"
    def __getitem__(self, i): return "item" if isinstance(i, int) else T(*super().__getitem__(i))
    extra = property(lambda self: len(self))


s = T(1, 2, 3)
s.attr = "dict"
print(s, s[0], s[1:], s.extra, s.attr, s == (1, 2, 3), hash(s) == hash((1, 2, 3)), s + (4,), list(s), tuple(s), [*s], isinstance(s, tuple), "%s %s %s" % s)
big = tuple(range(1000))
print(len(big), big[500], big.index(999), hash(big) == hash(tuple(range(1000))), sum(big[::7]), big[990:][::-1], (big + big).count(5), len(big * 3))
nested = ()
for _ in range(50):
    nested = (nested, 1)
print(str(nested).count("("), nested == nested, nested[0][0][1])
print(tuple(i for i in range(3)), tuple(map(str, (1, 2))), tuple(reversed((1, 2, 3))), tuple(zip("ab", (1, 2))), ("a" "b", "c"), ("x",) in [("x",)], (1, 2, 3)[True], (*range(3), *"ab"))
print((nan := float("nan"),) == (nan,), (float("nan"),) == (float("nan"),), (1, nan) < (1, nan), (nan, 1) < (nan, 2), () is (), (0, 0.0, False) == (False, 0, -0.0))
import sys

print(sys.version_info[:2] == (3, 14), sys.version_info >= (3,), sys.version_info.major, type(sys.version_info).__name__, tuple(sys.version_info[:1]), sys.float_info[0] > 1e308, isinstance(sys.flags, tuple))
