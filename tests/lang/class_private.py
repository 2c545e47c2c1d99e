# Private names are mangled by the class they stand in; __class__ cell; nested classes; class scope rules.
class Account:
    __count = 0
    _protected = "p"
    __dunder__ = "d"

    def __init__(self, owner):
        self.__owner = owner
        Account.__count += 1

    def __secret(self):
        return f"secret of {self.__owner}"

    def reveal(self):
        return self.__secret()

    def same(self, other):
        return self.__owner == other.__owner

    def locals_too(self, __arg=1):
        __local = 2
        return sorted(locals())

    @property
    def __hidden(self):
        return "hidden"

    def names(self):
        import sys as __sys
        try:
            raise ValueError
        except ValueError as __e:
            return sorted(k for k in locals() if k != "self")


class Sub(Account):
    __count = "own"

    def peek(self):
        try:
            return self.__owner
        except AttributeError as e:
            return str(e)


a, s = Account("ann"), Sub("sue")
print(a.reveal(), s.reveal(), a.same(s), s.peek(), a.locals_too(), a.names())
print(sorted(k for k in vars(Account) if "__" in k and k.startswith("_A")), vars(a), vars(s))
print(Account._Account__count, Sub._Sub__count, Sub._Account__count, Account.__dunder__, a._Account__hidden)


class _Lead:
    __x = 1
    def get(self): return self.__x


class __:
    __x = 1


print(_Lead().get(), [k for k in vars(_Lead) if k.endswith("x")], [k for k in vars(__) if k.endswith("x")])


class Outer:
    value = "outer"

    class Inner:
        def get(self): return __class__.__qualname__
        def up(self): return Outer.value

    def make(self):
        class Local:
            def get(self): return __class__.__qualname__
        return Local()

    inner = Inner()


print(Outer.inner.get(), Outer.inner.up(), Outer().make().get())
x = "global"


class Scope:
    x = "class"
    direct = x
    listed = [x for _ in range(1)]
    lam = lambda self: x
    gen = list(x for _ in [1])
    first = [y for y in x]
    def method(self): return x


s = Scope()
print(s.direct, s.listed, s.lam(), s.gen, s.first, s.method())


def func():
    x = "enclosing"

    class In:
        print(x)
        x = x + "+class"
        print(x)

        def m(self): return x
    return In


print(func()().m(), func().x)


def no_value():
    class In:
        y = y_local
    y_local = 1


try:
    no_value()
except NameError as e:
    print(type(e).__name__, e)


class Cell:
    def who(self): return __class__
    alias = who
    @classmethod
    def cm(cls): return __class__, super().__thisclass__


print(Cell().alias(), Cell.cm())
moved = type("Moved", (), {"who": Cell.who})
print(moved().who())


class WithGlobal:
    global made_global
    made_global = 1
    nonglobal = 2


print(made_global, hasattr(WithGlobal, "made_global"))
class Doc:
    "doc"
    __slots__ = ()
    __doc__ += "umented"


print(Doc.__doc__, Doc.__firstlineno__ > 100, Doc.__static_attributes__, Account.__static_attributes__)
