# Comparison operators: chains, mixed numbers, identity, containment, user-defined results, errors.
class Loud:
    def __init__(self, name, value):
        self.name, self.value = name, value

    def __lt__(self, other):
        print(f"  {self.name} < {other.name}")
        return self.value < other.value

    def __eq__(self, other):
        print(f"  {self.name} == {getattr(other, 'name', other)!r}")
        return NotImplemented


a, b, c = Loud("a", 1), Loud("b", 2), Loud("c", 3)
print(a < b < c)
print(b < a < c)
print(a > b)
print(a == b, a != b, a == a)
print([a] == [a])
print((a, 1) == (a, 1))


def value(x):
    print("  eval", x)
    return x


print(value(1) < value(2) < value(3))
print(value(3) < value(2) < value(1))
print(value(1) == value(1.0) == value(True))
print(1 < 2 > 1 != 3 in [3] is not None)
big = 2**62
print(big == float(big), big + 1 == float(big), 2**53 + 1 == 2.0**53, 2**53 + 1 > 2.0**53)
print(10**400 > 1e308, -10**400 < -1e308, 10**400 == float("inf"), 10**400 < float("inf"))
nan = float("nan")
print(nan == nan, nan != nan, nan < 1, nan > 1, nan is nan, nan in [nan], [nan] == [nan])
print(0.0 == -0.0, 0 == -0.0, 1 == 1 + 0j, 2**80 == complex(2**80))
print("a" < "b", "a" < "B", "" < "a", "ab" < "abc", "\uffff" < "\U00010000", "é" < "z")
print((1, 2) < (1, 2, 0), (1, 2) < (1, 3), [1, [2]] < [1, [3]], () < (0,), [] == ())
print(b"a" == "a", b"a" < b"b", bytearray(b"a") == b"a")
print(3 in (1, 2, 3), "b" in "abc", "" in "abc", 3 not in {1, 2}, "k" in {"k": 1}, 5 in range(0, 10, 5), 2.0 in range(3))
for expr in ["1 < 'a'", "None < None", "[] < ()", "{} < {}", "1j < 2j", "'a' in 5", "1 in 'abc'", "object() < object()",
             "len < print", "1 < None", "(1, 'a') < (1, 2)", "[1] < [None]", "'a' in b'a'", "{1} < [1]"]:
    try:
        print(expr, "=", eval(expr))
    except TypeError as e:
        print(expr, "->", e)


class Odd:
    def __eq__(self, other):
        return []

    def __contains__(self, item):
        return "yes"

    __hash__ = None


print(Odd() == 1, Odd() != 1, 3 in Odd(), 3 not in Odd())
try:
    hash(Odd())
except TypeError as e:
    print(e)
