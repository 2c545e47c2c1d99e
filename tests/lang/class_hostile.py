# Classes, members and code objects used where they do not belong, classes that die in cycles, orders made by mro().
import gc
import time
import types


class A:
    __slots__ = ("x",)


class B:
    __slots__ = ()
    y = A.__dict__["x"]


b, refused = B(), 0
for _ in range(300):
    try:
        b.y
    except TypeError:
        refused += 1
    try:
        b.y = 1
    except TypeError:
        refused += 1
print("moved member", refused)

# Struct sequences have more items than they show.
for make in (lambda: tuple.__new__(time.struct_time, (1, 2)),):
    try:
        print(make())
    except TypeError as e:
        print(e)


class T(tuple):
    __slots__ = ()


try:
    t = T((1,))
    t.__class__ = time.struct_time
    print(t)
except TypeError as e:
    print("TypeError")


# A function whose code is replaced while it runs.
def f(k):
    f.__code__ = (lambda k: "new").__code__
    gc.collect()
    made = [compile("1+%d" % i, "", "eval") for i in range(200)]
    return [k for _ in range(3)], len(made)


print(f(2), f(2))


# A subclass that dies in a cycle leaves the list of its base.
class Base:
    pass


for i in range(50):
    class Sub(Base):
        def method(self):
            return Sub

    Sub.me = Sub
    del Sub
    gc.collect()
print(Base.__subclasses__())
Base.attribute = 1


class Meta(type):
    def mro(cls):
        return [object, cls]


class Turned(metaclass=Meta):
    field = 1


print(Turned.__mro__, Turned().field, Turned.field)
for _ in range(50):
    Turned().field


# Bases that would make a cycle while orders are recomputed.
class Looping(type):
    ready = False

    def mro(cls):
        if Looping.ready:
            if cls.__name__ == "B1":
                B2.__bases__ = (B1,)
            if cls.__name__ == "B2":
                B1.__bases__ = (B2,)
        return type.mro(cls)


class R(metaclass=Looping):
    pass


class B1(R):
    pass


class B2(R):
    pass


Looping.ready = True
try:
    B1.__bases__ += ()
except TypeError as e:
    print(e)
Looping.ready = False
print(B1.__bases__, B2.__bases__)

deep = (str,)
for _ in range(1_000_000):
    deep = (deep,)
for check, what in ((isinstance, 1), (issubclass, int)):
    try:
        print(check(what, deep))
    except RecursionError as e:
        print("RecursionError")

print(type(types.FunctionType.__globals__).__name__, types.FunctionType.__dict__["__globals__"])
try:
    type("bad\udc80", (), {})
except UnicodeEncodeError as e:
    print(e)
