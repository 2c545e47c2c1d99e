# Method resolution order: diamonds, cooperative super, inconsistent orders, changes of bases.
class A:
    def who(self): return ["A"]
class B(A):
    def who(self): return ["B"] + super().who()
class C(A):
    def who(self): return ["C"] + super().who()
class D(B, C):
    def who(self): return ["D"] + super().who()
class E(C):
    def who(self): return ["E"] + super().who()
class F(D, E):
    def who(self): return ["F"] + super().who()


for cls in (A, B, C, D, E, F):
    print(cls.__name__, [k.__name__ for k in cls.__mro__], cls().who() if cls is not object else "")


def attempt(text):
    try:
        exec(text, globals())
        print("ok:", text)
    except TypeError as e:
        print(text, "->", e)


attempt("class X(A, B): pass")
attempt("class X(B, A): pass")
attempt("class X(A, A): pass")
attempt("class X(object, A): pass")
attempt("class P(B, C): pass\nclass Q(C, B): pass\nclass R(P, Q): pass")
attempt("class X(int, str): pass")
attempt("class X(bool): pass")
attempt("class X(type(None)): pass")
attempt("class X(type(lambda: 0)): pass")
attempt("class X(5): pass")
attempt("class X('name'): pass")
attempt("class X(len): pass")
attempt("class X(A, foo=1): pass")
attempt("class X(*[A], **{}): pass")
attempt("class X(range): pass")
attempt("class X(slice): pass")
attempt("class X(int, A): pass")
attempt("class X(type(...)): pass")


class Base1:
    x = "base1"
class Base2:
    x = "base2"
class Sub(Base1):
    pass


s = Sub()
print(s.x, Sub.__bases__)
Sub.__bases__ = (Base2, Base1)
print(s.x, [k.__name__ for k in Sub.__mro__], Base2.__subclasses__(), Base1.__subclasses__())
Base2.x = "patched"
print(s.x)
del Base2.x
print(s.x)


class Meta(type):
    def mro(cls):
        order = type.mro(cls)
        return [order[0]] + [k for k in order[1:] if k is not Hidden]


class Hidden:
    secret = 1


class Shown(Hidden, metaclass=Meta):
    pass


print([k.__name__ for k in Shown.__mro__], hasattr(Shown, "secret"), issubclass(Shown, Hidden))


class Entries:
    def __init__(self, *bases): self.bases = bases
    def __mro_entries__(self, bases):
        print("entries of", len(bases))
        return self.bases


class FromEntries(Entries(A, Base1), Base2):
    pass


print(FromEntries.__bases__, len(FromEntries.__orig_bases__))
print(super(B, D()).who(), super(D, D()).who(), super(C, D()).who())
for code in ["super(B, A()).who()", "super(5)", "super(B, 5).x", "super(D, D()).nope", "super()", "super(1, 2, 3)"]:
    try:
        print(code, eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
print(type(super(B, D)), super(B, D).who(D()), super(B, D()).__thisclass__, super(B, D()).__self_class__)
