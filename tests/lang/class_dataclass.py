# dataclasses, enum and namedtuple: the class factories programs use most.
from collections import namedtuple
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, replace
from enum import Enum, Flag, IntEnum, auto, unique


@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, repr=False, compare=False)

    def norm(self):
        return self.x**2 + self.y**2


@dataclass(frozen=True, order=True, slots=True)
class Version:
    major: int
    minor: int = 0
    label: str = field(default="", compare=False)


@dataclass(kw_only=True)
class Child(Point):
    z: int
    total: int = field(init=False)

    def __post_init__(self):
        self.total = self.x + self.y + self.z


p = Point(1, 2)
print(p, p == Point(1, 2, ["t"]), p != Point(2), p.norm(), asdict(p), astuple(p))
print(Child(1, 2, z=3), [f.name for f in fields(Child)], replace(p, y=9))
v = Version(1, 2, "a")
print(v, v < Version(1, 3), v == Version(1, 2, "b"), hash(v) == hash(Version(1, 2)), sorted([Version(2), Version(1, 5)]))
for code in ["v.major = 2", "Point()", "Point(1, 2, 3, 4)", "Child(1, 2, 3)", "v.nope = 1", "hash(p)", "p < p"]:
    try:
        exec(code)
    except (FrozenInstanceError, TypeError, AttributeError) as e:
        print(code, "->", type(e).__name__ + ":", e)
try:
    @dataclass
    class Bad:
        items: list = []
except ValueError as e:
    print(e)


class Color(Enum):
    RED = 1
    GREEN = auto()
    ALIAS = 1

    def describe(self):
        return f"{self.name}={self.value}"


class Size(IntEnum):
    S = 1
    L = 3


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


print(Color.RED, repr(Color.GREEN), Color(2), Color["RED"], Color.ALIAS is Color.RED, list(Color), Color.RED.describe())
print(Color.RED in Color, len(Color), Color.__members__, Color.RED == 1, {Color.RED: "r"}[Color(1)])
print(Size.S < Size.L, Size.L + 1, f"{Size.L}", repr(Size.S), sorted([Size.L, Size.S]), max(Size))
print(Perm.R | Perm.X, Perm.RW, ~Perm.R, Perm.R in Perm.RW, Perm(0), list(Perm.RW), bool(Perm.R & Perm.W))
for code in ["Color(9)", "Color['X']", "Color.RED = 5", "Color.NOPE", "Perm(64)"]:
    try:
        print(eval(code) if "=" not in code else exec(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
try:
    @unique
    class Dup(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)
P = namedtuple("P", "x y", defaults=[5])
q = P(1)
print(q, q.x, q[1], q._replace(y=7), q._asdict(), P._fields, P._make([3, 4]), q == (1, 5), P.__doc__)
x, y = q
for code in ["P()", "P(1, 2, 3)", "q._replace(z=1)", "q.x = 1", "namedtuple('Q', 'a a')", "namedtuple('Q', 'class')"]:
    try:
        exec(code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
