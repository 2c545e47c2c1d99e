# Object creation: __new__ and __init__, immutable subclasses, wrong results, excess arguments, __del__ after failure.
class Trace:
    def __new__(cls, *args, **kw):
        print("new", cls.__name__, args, kw)
        return super().__new__(cls)

    def __init__(self, *args, **kw):
        print("init", args, kw)


Trace(1, a=2)


class Sub(Trace):
    def __init__(self, x):
        print("sub init", x)
        super().__init__(x, more=True)


Sub(5)


class Other:
    def __new__(cls):
        return 42

    def __init__(self):
        print("never")


print(Other())


class Returns:
    def __new__(cls, want):
        return object.__new__(want)

    def __init__(self, want):
        print("init of", type(self).__name__)


class RSub(Returns):
    pass


Returns(RSub)
Returns(object)


class Meter(float):
    def __new__(cls, value, unit="m"):
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __repr__(self):
        return f"{float(self)}{self.unit}"


m = Meter(2.5, "km")
print(m, m + 1, type(m + 1).__name__, m == 2.5, hash(m) == hash(2.5), [m], float(m), m.unit)


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    first = property(lambda self: self[0])


p = Pair(1, 2)
print(p, p.first, p + (3,), type(p[:1]).__name__, p == (1, 2), len(p))


class Name(str):
    def __new__(cls, s):
        return str.__new__(cls, s.strip())

    def upper(self):
        return "custom"


n = Name("  x ")
print(n, n.upper(), n + "y", type(n + "y").__name__, type(n.strip()).__name__, {n: 1}["x"], type(str(n)).__name__)


class Int(int):
    def __add__(self, other):
        return Int(int(self) + other)

    def __repr__(self):
        return f"Int({int(self)})"


print(Int(3) + 4, 4 + Int(3), Int(3) * 2, Int("ff", 16), Int(2) ** 3, sum([Int(1), Int(2)]), -Int(3), bool(Int(0)))


class Weird:
    def __init__(self):
        return 5


class NoArgs:
    pass


class NewOnly:
    def __new__(cls, x):
        return super().__new__(cls)


class InitOnly:
    def __init__(self, x):
        pass


for code in ["Weird()", "NoArgs(1)", "NoArgs(x=1)", "NewOnly(1)", "NewOnly()", "InitOnly()", "InitOnly(1)", "object.__new__(int)",
             "object.__new__(5)", "int.__new__(str)", "int.__new__()", "tuple.__new__(list)", "object.__new__(NoArgs, 1)",
             "object.__new__(NewOnly, 1)", "object.__new__(InitOnly, 1)", "InitOnly.__init__(NoArgs())", "dict.__new__(list)",
             "NoArgs.__init__(NoArgs(), 1)", "list.__init__(5)", "str.upper(5)", "str.upper()"]:
    try:
        result = eval(code)
        print(code, "ok", type(result).__name__)
    except TypeError as e:
        print(code, "->", e)


class Dies:
    def __init__(self):
        self.x = 1
        raise ValueError("in init")

    def __del__(self):
        print("del after failed init", self.x)


try:
    Dies()
except ValueError as e:
    print("caught", e)
e = None


class ListSub(list):
    def __init__(self, *a):
        super().__init__(a)
        self.tag = "t"


ls = ListSub(1, 2)
ls.append(3)
print(ls, ls.tag, ls + [4], type(ls + [4]).__name__, type(ls[:]).__name__, type(ls.copy()).__name__, ls == [1, 2, 3])
