# Everyday type questions and conversions.
for v in (1, 1.5, "s", True, None, [1], (1,), {"a": 1}, {1}, b"b", 1j, range(3), len, type, ...):
    print(type(v).__name__, isinstance(v, (int, str)), bool(v), str(v) if not callable(v) else "callable")
print(int("12"), int(3.7), int(True), float("1.5"), str(12), bool("False"), list("ab"), tuple([1]), set([1, 1]), dict(a=1), bytes(2), complex(1), int("ff", 16), chr(97), ord("a"), hex(10), bin(5), oct(9))
print(isinstance(True, int), type(True) is int, isinstance([], list), issubclass(bool, int), type(type(1)), callable(print), type(None), id(1) == id(1), hash("a") == hash("a"), 1 == 1.0 == True)
x: int = "not checked"
def f(a: int, b: str = "x") -> bool: return a
print(x, f("anything"), f.__annotations__)
class A: pass
class B(A): pass
print(isinstance(B(), A), type(B()) == A, B.__bases__, B.__mro__[-1], A.__name__, [c.__name__ for c in B.mro()])
print(dir(A())[:2], hasattr(A, "__init__"), getattr(A, "missing", None), vars(type("T", (), {"y": 2}))["y"], int.__add__(2, 3), (5).__class__, "abc".__len__(), [1].__contains__(1))
def is_number(v): return isinstance(v, (int, float)) and not isinstance(v, bool)
print([is_number(v) for v in (1, 2.0, True, "3", None)], [type(v).__name__ for v in (1 + 1.0, 1 + True, 1 / 1, 1 // 1, "a" * 2, [1] * 2, 2**-1, 2**100, not 1)])
print(max(1, 2.5, True), sum([True, True]), "a" == 1, None == False, [] == (), 0 == "", 1 is True, 1 == True, {1: "a", True: "b"}, [1, True].count(1))
for code in ("int('x')", "float('')", "len(5)", "int([])", "'a' + 1", "[] + ()", "None + 1", "5()", "5[0]", "range('a')", "sum('ab')", "sorted([1, 'a'])", "isinstance(1, 1)"):
    try:
        eval(code)
    except Exception as e:
        print(code, "->", type(e).__name__, e)
