# How things print: repr of every built-in kind, nesting, str versus repr, print's options.
import collections
import types


class K:
    def m(self): pass
    @property
    def p(self): pass
    class Inner: pass


def f(): pass


def clean(x):
    import re
    return re.sub(r"0x[0-9a-fA-F]+", "0x..", repr(x))


things = [1, -1, 10**20, 1.0, 1e100, -0.0, 1j, 1 + 0j, True, None, ..., NotImplemented, "s", "it's", 'q"', "'\"", "\n\\", b"b", bytearray(b"x"), [], [[]], (), (1,), {}, {"a": [1]}, set(), {1}, frozenset(), frozenset({1}),
          range(3), range(1, 5, 2), slice(1, None), int, K, K.Inner, type, object, f, K.m, K().m, len, [].append, str.upper, "".join, K(), lambda: 0, (i for i in []), iter([]), K.p, K.__dict__.__class__, property, classmethod(f), staticmethod(f),
          types.ModuleType("mod"), type(None), type(...), print, Exception("a", 1), KeyError("k"), ValueError(), zip(), map(len, []), enumerate([]), reversed([]), memoryview(b""), types.SimpleNamespace(a=1, b="x"), collections.OrderedDict(a=1), collections.deque([1], 3),
          collections.Counter("aab"), collections.defaultdict(int, a=1), collections.ChainMap({}, {"a": 1}), int.__add__, (5).__add__, object().__init__, dict.fromkeys, int.from_bytes, list[int], dict[str, list[int]], int | None, tuple[int, ...], type[int], list["fwd"],
          vars(K)["m"], {}.keys(), {1: 2}.values(), {1: 2}.items(), types.MappingProxyType({1: 2}), super(K, K()), K.m.__code__.__class__, types.CellType(5), f.__get__(5), collections.namedtuple("P", "x")(1), type("Dyn", (), {}), type("Dyn", (), {})(), StopIteration(1), OSError(2, "x", "f"), UnicodeDecodeError("u", b"", 0, 1, "r"), ExceptionGroup("g", [ValueError(1)])]
for t in things:
    print(clean(t))
print(1, "a", None, [1, "b"], sep="|", end="<\n")
print(*range(3), sep=", ")
print()
print("", end="no newline")
print("\n", "a", "b", sep="")
print("x", sep=None, end=None, flush=True)
import io

out = io.StringIO()
print("to", "file", file=out, sep="-")
print(repr(out.getvalue()), str(["s"]), str("s"), repr("s"), f"{['s']}", "%s %r" % ("s", "s"))
for bad in (lambda: print(1, sep=5), lambda: print(1, end=b""), lambda: print(1, file=5), lambda: print(1, foo=2)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)


class R:
    def __repr__(self): return "R\nline"


class S(R):
    def __str__(self): return "S str"


class E(Exception):
    def __str__(self): return "E str"


print(R(), [R()], S(), [S()], {S(): S()}, (S(),), E("a"), [E("a", 1)], repr(E()), str(R()), f"{S()!r} {S()}")
nested = {"k": [(1, {2: frozenset([3])}, [b"x", None])], 5: {"deep": {"er": ()}}}
print(nested, eval(repr(nested)) == nested)
for v in [0.1, 1e-10, 123.456, 1e16, 1e15 + 0.5, float("inf"), -1.5e-300, 2.0**53, 1 / 3]:
    assert eval(repr(v).replace("inf", "1e999")) == v
    print(v, end=" ")
print()
recursive = []
recursive += [recursive, {"r": recursive}, (recursive,)]
print(recursive)
print(repr("\x00\x1f\x7f\x80\x9f\xa0\xad\u0378\ud800\ufffe\U0010ffff"), ascii("é\u1234\U00012345"), repr("é日😀"))
print(str(b"x"), repr(bytearray(b"'")), str(1.0), str(10**25), repr(1e25), str(True), [True, None], {None: ...}, (..., NotImplemented))
