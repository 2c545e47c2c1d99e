# match: literal, capture, value, sequence, mapping, class, or, as patterns; guards; binding; order of checks.
class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y): self.x, self.y = x, y
    def __repr__(self): return f"Point({self.x}, {self.y})"


class Color:
    RED, GREEN = "red", "green"


def kind(v):
    match v:
        case 0:
            return "zero"
        case True:
            return "true"
        case None:
            return "none"
        case -1 | 1.5 | 2j | -3.5 - 1j:
            return "number"
        case "hello" | b"bytes":
            return "text"
        case Color.RED:
            return "red value"
        case []:
            return "empty sequence"
        case [x]:
            return f"one {x}"
        case [1, _, *rest]:
            return f"starts with 1, rest {rest}"
        case (a, [b, c]):
            return f"nested {a} {b} {c}"
        case [*_, "end"]:
            return "ends"
        case [first, *_, last] if first == last:
            return f"same ends {first}"
        case {"type": "circle", "r": r}:
            return f"circle {r}"
        case {"type": kind, **others}:
            return f"{kind} with {others}"
        case {}:
            return "mapping"
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"on y axis at {y}"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point() as p:
            return f"point {p}"
        case int(n) | float(n):
            return f"number {n}"
        case str() as s if s.isupper():
            return f"upper {s}"
        case str(s):
            return f"str {s}"
        case (x, y, z) as t:
            return f"triple {t}"
        case list() | tuple():
            return "other sequence"
        case _:
            return f"default {type(v).__name__}"


for v in [0, 0.0, False, True, 1, None, -1, 1.5, 2j, -3.5 - 1j, "hello", b"bytes", "red", [], (), [5], (1, 2, 3, 4), [1, 2], [7, [8, 9]], ["x", "end"],
          [3, 4, 3], {"type": "circle", "r": 2}, {"type": "sq", "a": 1}, {}, {"z": 1}, Point(0, 0), Point(0, 5), Point(2, 2), Point(1, 2), 42, 2.5,
          "ABC", "abc", [7, 8, 9], [4, 5, 6, 7], {1, 2}, range(1), range(5, 8), b"x", "", bytearray(b"ab"), object, iter([1]), 3 + 0j]:
    print(v if not hasattr(v, "__next__") else "iterator", "->", kind(v))


def bind(v):
    a = "unset"
    match v:
        case [a, 2]:
            pass
        case [a, b] if b > 10:
            return "guard", a, b
        case (1 | 2) as one, *_:
            return "or", one, a
    return a


print(bind([1, 2]), bind([5, 20]), bind([1, 5]), bind([9, 9]))
import collections.abc


class Seq(collections.abc.Sequence):
    def __len__(self): return 2
    def __getitem__(self, i): return ("p", "q")[i]


class Map(collections.abc.Mapping):
    def __len__(self): return 1
    def __iter__(self): return iter(["k"])
    def __getitem__(self, k): return {"k": "v"}[k]


match Seq():
    case [a, b]:
        print("abc sequence", a, b)
match Map():
    case {"k": v, **rest}:
        print("abc mapping", v, rest)
dd = collections.defaultdict(list, a=1)
match dd:
    case {"missing": _}:
        print("no")
    case {"a": 1}:
        print("defaultdict", dict(dd))


class Bad:
    __match_args__ = "x"


class Bad2:
    __match_args__ = (1,)


class Loud:
    def __eq__(self, other):
        print("  eq", other)
        return other == 2


match Loud():
    case 1 | 2 | 3:
        print("loud matched")
for v, pat in [(Bad(), "Bad(1)"), (Bad2(), "Bad2(1)"), (Point(1, 2), "Point(1, 2, 3)"), (5, "int(1, 2)"), (5, "len()"), (Point(1, 2), "Point(1, x=1)"),
               ({"a": 1}, "{'a': 1, 'a': 2}"), ([1], "[*a, *b]"), (1, "x | y"), (1, "(x, x)"), (1, "x"), (1, "{**rest, 'a': 1}"), (1, "Point(x=1, x=2)"),
               (1, "1 + 2"), (1, "f'{x}'"), (1, "-x"), (1, "{x: 1}"), (1, "_ as _"), (1, "x as 5")]:
    try:
        exec(f"match v:\n    case {pat}: print('matched {pat.replace(chr(39), '')}')\n    case _: print('no match')", globals(), {"v": v})
    except (TypeError, SyntaxError) as e:
        print(pat, "->", type(e).__name__ + ":", e.msg if isinstance(e, SyntaxError) else e)
try:
    compile("match x:\n case y: pass\n case 1: pass", "s", "exec")
except SyntaxError as e:
    print(e.msg)
match = {"match": 1}
case = match["match"]
print(match, case)
match (1, 2):
    case 1, 2:
        print("no parentheses")
match *[1, 2], 3:
    case [1, *r]:
        print(r)
