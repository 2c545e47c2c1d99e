# Type parameters, type statements, lazily evaluated annotations, typing helpers.
import typing
from annotationlib import Format, get_annotations
from typing import Any, Generic, Literal, NamedTuple, Optional, Protocol, TypedDict, TypeVar, Union, get_args, get_origin, get_type_hints, overload, runtime_checkable


class Box[T]:
    def __init__(self, v: T): self.v = v
    def map[U](self, f: typing.Callable[[T], U]) -> "Box[U]": return Box(f(self.v))


def first[T: (int, str), *Ts, **P](x: T, *a: *Ts) -> T: return x


type Pair[A, B = int] = tuple[A, B]
type Recursive = int | list[Recursive]
print(Box.__type_params__, Box[int], Box[int].__args__, Box[int](5).v, Box(2).map(str).v, Box.__orig_bases__, Box.__parameters__)
print(first.__type_params__, first(1), first.__type_params__[0].__constraints__, [type(p).__name__ for p in first.__type_params__])
print(Pair, type(Pair).__name__, Pair.__type_params__, Pair.__value__, Pair[str, int], Pair.__type_params__[1].__default__, Pair.__type_params__[0].has_default(), Recursive.__value__, Pair.__name__)


class Bounded[T: Undefined]: pass


T = Bounded.__type_params__[0]
try:
    T.__bound__
except NameError as e:
    print(e)
Undefined = int
print(T.__bound__, T.__name__, T.__covariant__, T.__infer_variance__, repr(T))


class Ann:
    x: int = 1
    y: "str"
    z: Later
    if True:
        w: float
    def method(self, a: Later, *, b: int = 2) -> Later: ...


print(Ann.__annotate__ is not None, "z" not in vars(Ann), hasattr(Ann, "y"))
try:
    Ann.__annotations__
except NameError as e:
    print(e)
print(get_annotations(Ann, format=Format.STRING), get_annotations(Ann, format=Format.FORWARDREF)["x"], type(get_annotations(Ann, format=Format.FORWARDREF)["z"]).__name__)
class Later: pass
print(Ann.__annotations__, Ann.method.__annotations__, get_type_hints(Ann))
Ann.__annotations__["added"] = 1
print(sorted(Ann.__annotations__))
module_level: int = 5
no_value: str
print(__annotations__ if "__annotations__" in globals() else __annotate__(1))


def f(a: print("not evaluated"), b: 1 / 0 = 2): return b


print(f(1))
try:
    f.__annotations__
except ZeroDivisionError as e:
    print(e)
def g():
    local: undefined_name = 3
    other: int
    (paren): str = "p"
    return local, sorted(locals())
print(g())
obj = Ann()
obj.attr: int = 5
lst = [0]
lst[0]: str = "item"
print(obj.attr, lst)
TV = TypeVar("TV", bound=int)
class Gen(Generic[TV]): pass
class Sub(Gen[bool]): pass
print(Gen[int], Sub.__orig_bases__, Gen.__parameters__, TV, get_origin(Gen[int]) is Gen, get_args(dict[str, list[int]]), get_origin(Optional[int]), get_args(Optional[int]), Union[int, str], Optional[None], Union[int], Literal[1, "a"], Any)
class P(NamedTuple):
    x: int
    y: str = "d"
class TD(TypedDict, total=False):
    k: int
@runtime_checkable
class Proto(Protocol):
    def run(self) -> int: ...
class Runner:
    def run(self): return 1
print(P(1), P.__annotations__, P._field_defaults, TD(k=1), TD.__optional_keys__, isinstance(Runner(), Proto), isinstance(5, Proto), typing.List[int], typing.Callable[[int], str], typing.Tuple[int, ...], typing.cast(int, "x"))
for code in ["Box[int, str]", "Gen[int, str]", "Pair[int, str, int]", "Proto()", "Generic[int]", "TypeVar('X', int)", "Union[1]", "Literal[1][2]", "isinstance(1, TD)", "class X(Pair): pass", "type X[T, T] = int", "def f[T](T): return T\nprint(f(1))", "class X[T](Generic[T]): pass", "def f[__debug__](): pass", "type X = (yield)", "class A[T: (y := 1)]: pass", "Pair.__value__ = 1", "Pair()", "T()"]:
    try:
        exec(code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", getattr(e, "msg", e))
