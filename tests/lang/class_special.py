# Special methods are looked up on the type: conversions, formatting, containers, callables, hashing, copying.
class All:
    def __repr__(self): return "repr!"
    def __str__(self): return "str!"
    def __format__(self, spec): return f"format({spec})"
    def __bytes__(self): return b"bytes!"
    def __int__(self): return 7
    def __float__(self): return 7.5
    def __complex__(self): return 7j
    def __index__(self): return 3
    def __bool__(self): return False
    def __len__(self): return 4
    def __hash__(self): return 99
    def __call__(self, *a): return ("called", a)
    def __iter__(self): return iter([1, 2])
    def __reversed__(self): return iter([2, 1])
    def __contains__(self, x): return x == "x"
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return "trunc"
    def __dir__(self): return ["z", "a"]
    def __length_hint__(self): return 10
    def __sizeof__(self): return 1


a = All()
print(a, [a], str(a), repr(a), f"{a} {a!r} {a!s} {a:>10}", "{:x}".format(a), "%s %r" % (a, a), bytes(a))
print(int(a), float(a), complex(a), bool(a), len(a), hash(a), a(1, 2), list(a), list(reversed(a)), "x" in a, "y" in a)
print(round(a), round(a, 2), dir(a), [10, 11, 12, 13][a], hex(a), bin(a), chr(100 + a.__index__()), range(a), "ab" * a)
print(max(a), sorted(a), sum(a), tuple(a), {*a}, [*a], "-".join(map(str, a)), dict.fromkeys(a), *a)


class Fake:
    pass


f = Fake()
f.__len__ = lambda: 5
f.__call__ = lambda: "no"
f.__iter__ = lambda: iter([])
for code in ["len(f)", "f()", "iter(f)", "f[0]", "f + 1", "with_(f)"]:
    try:
        eval(code, {"f": f, "with_": lambda x: x.__enter__()})
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


def bad(name, value):
    return type("Bad", (), {name: lambda self, *a: value})()


checks = [("__repr__", 5, repr), ("__str__", 5, str), ("__format__", 5, format), ("__bytes__", "x", bytes), ("__int__", "x", int),
          ("__float__", 1, float), ("__complex__", 1, complex), ("__index__", 1.5, hex), ("__bool__", 1, bool), ("__len__", -1, len),
          ("__len__", 1.5, len), ("__hash__", "x", hash), ("__iter__", 5, iter), ("__next__", 5, iter), ("__dir__", 5, dir),
          ("__length_hint__", "x", list), ("__contains__", "yes", lambda b: 1 in b), ("__hash__", 2**61 - 1, hash),
          ("__hash__", -1, hash), ("__hash__", 2**64 + 5, hash), ("__repr__", "ok", str), ("__index__", 5, int), ("__index__", 5, float),
          ("__getitem__", 5, lambda b: [next(iter(b)), 5 in b]), ("__str__", "s", repr)]
for name, value, use in checks:
    try:
        got = use(bad(name, value))
        print(name, repr(value), "gives", got if not isinstance(got, str) or " at 0x" not in got else "default repr")
    except Exception as e:
        print(name, repr(value), "->", type(e).__name__ + ":", e)


class Eq:
    def __eq__(self, other): return True


class Child(Eq):
    pass


class Hashable(Eq):
    __hash__ = object.__hash__


print(Eq.__hash__, Child.__hash__, isinstance(hash(Hashable()), int))


class Seq:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10


print(list(Seq()), 20 in Seq(), 25 in Seq(), [*Seq()], max(Seq()))
x, y, z = Seq()
print(x, y, z)
try:
    reversed(Seq())
except TypeError as e:
    print(e)


class Dyn:
    def __missing__(self, key): return "no"
    def __set_name__(self, *a): raise RuntimeError


class D(dict):
    def __missing__(self, key): return f"missing {key}"


print(D(a=1)["a"], D()["b"], D().get("b"), "b" in D())
print(object.__init__ is All.__init__, object().__eq__(1), object().__ne__(1), (1).__eq__("a"), object.__lt__(1, 2))
print(type(object().__reduce_ex__(2)).__name__, object().__dir__() == dir(object()) or sorted(object().__dir__()) == dir(object()))
