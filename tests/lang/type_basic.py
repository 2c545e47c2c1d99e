# type(): identity of types, attributes of type objects, isinstance and issubclass hooks, abstract base classes, generics.
import abc
import collections.abc
import numbers


class A: pass
class B(A): pass


print(type(1) is int, type(A), type(type), type(A()) is A, A.__class__, A().__class__ is A, int.__bases__, bool.__mro__, type.__mro__, object.__bases__)
print(isinstance(True, int), isinstance(1, (str, int)), isinstance(1, int | str), isinstance(None, type(None)), isinstance(A, type), issubclass(B, A), issubclass(bool, int), issubclass(int, (str, (float, int))), issubclass(int, int | str), isinstance([], list | None))
print(int.__name__, int.__qualname__, int.__module__, int.__doc__[:20], A.__dict__.keys() >= {"__module__", "__dict__", "__weakref__", "__doc__"}, type(A.__dict__).__name__, int.__basicsize__ > 0, int.__flags__ & (1 << 10) != 0, A.__dictoffset__ != 0, int.__text_signature__, type.__subclasses__(A) == [B])
A.x = 1
print(B.x, B().x, "x" in A.__dict__, "x" in B.__dict__)
del A.x
A.__name__ = "Renamed"
A.__qualname__ = "q.Renamed"
A.__module__ = "mod"
print(A, A.__name__, repr(A()).split(" at")[0])
A.__name__, A.__qualname__, A.__module__ = "A", "A", "__main__"
for code in ["int.x = 1", "del int.real", "type(1).__name__ = 'x'", "A.__dict__['x'] = 1", "A.__mro__ = ()", "object.__bases__ = ()", "A.__bases__ = (int,)", "A.__bases__ = (A,)", "A.__bases__ = ()", "A.__bases__ = [object]", "isinstance(1, 'int')", "isinstance(1, (int, 'x'))", "isinstance('a', (int, 'x'))", "issubclass(1, int)", "issubclass(int, 5)", "isinstance(1, list[int])", "A().__class__ = 5", "A().__class__ = int", "type('X')()", "A.__subclasscheck__()", "type.mro(5)", "None.__class__()", "type(None)(1)", "type(...)(1)", "type(NotImplemented)(1)", "bool(1, 2)", "type(lambda: 0)()", "type((i for i in []))()"]:
    try:
        exec(code)
        print(code, "ok")
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class Meta(type):
    def __instancecheck__(cls, obj): return obj == "instance"
    def __subclasscheck__(cls, sub): return sub is int


class M(metaclass=Meta): pass


print(isinstance("instance", M), isinstance("x", M), issubclass(int, M), issubclass(str, M), isinstance(M(), M))


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
    @property
    @abc.abstractmethod
    def name(self): ...
    @classmethod
    def __subclasshook__(cls, sub): return True if hasattr(sub, "quack") else NotImplemented


class Square(Shape):
    name = "square"
    def area(self): return 4


class Half(Shape):
    def area(self): return 1


class Duck:
    def quack(self): pass


for cls in (Shape, Half, Square):
    try:
        print(cls().area())
    except TypeError as e:
        print(e)
print(issubclass(Duck, Shape), isinstance(Duck(), Shape), Shape.__abstractmethods__ == {"area", "name"}, Half.__abstractmethods__)
Shape.register(str)
print(issubclass(str, Shape), isinstance("a", Shape), Shape in str.__mro__)
checks = [collections.abc.Iterable, collections.abc.Sized, collections.abc.Hashable, collections.abc.Callable, collections.abc.Sequence, collections.abc.Mapping, collections.abc.MutableSequence, collections.abc.Set, collections.abc.Iterator, collections.abc.Generator, numbers.Number, numbers.Integral, collections.abc.Buffer]
for v in ([], (), {}, set(), "a", b"", 1, 1.0, len, iter([]), (i for i in []), None, range(1), A, memoryview(b"")):
    print(type(v).__name__, "".join("01"[isinstance(v, c)] for c in checks))
x = list[int]
print(x, x.__origin__, x.__args__, x([1, "a"]), x == list[int], hash(x) == hash(list[int]), list[int][0:0] if False else "-", dict[str, int].__args__, x.append, type(x).__name__, isinstance([], x.__origin__))
u = int | str | None
print(u, u.__args__, int | int, (int | str) == (str | int), hash(int | str) == hash(str | int), type(u).__name__, isinstance(None, u), u | float, None | int, list[int] | None, int | list["X"])
for code in ["int | 5", "5 | int", "'a' | int", "isinstance(1, int | list[int])", "list[int]()()", "int[str]", "A[int]", "type[int]()", "list[int].nope", "len[int]", "(int | str)()", "(int | str)[int]"]:
    try:
        print(code, eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
