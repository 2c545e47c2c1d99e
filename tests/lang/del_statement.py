# del of names, attributes, items, slices, tuples of targets, in functions, classes, closures; __del__ order.
x = y = z = 1
del x, (y, [z])
for name in ("x", "y", "z"):
    print(name, name in globals())


class Obj:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("  died", self.name)

    def __delattr__(self, attr):
        print("  delattr", attr)
        super().__delattr__(attr)

    def __delitem__(self, key):
        print("  delitem", key)


o = Obj("o")
o.a = 1
del o.a
del o[1], o[1:2], o["k", ...]
alias = o
print("one name goes")
del o
print("other name goes")
del alias
print("rebinding")
o = Obj("first")
o = Obj("second")
o = None
print("function locals")


def f():
    a = Obj("a")
    b = Obj("b")
    c = Obj("c")
    del b
    print("  b gone")
    return 5


f()
print("temporaries")
Obj("temp")
Obj("arg").name
len([Obj("in list"), Obj("in list 2")])
print("containers")
l = [Obj("l0"), Obj("l1"), Obj("l2")]
del l[1]
l[0] = None
l.clear()
d = {"k": Obj("dict value")}
d["k"] = Obj("replacement")
del d
t = (Obj("t0"), Obj("t1"))
del t
s = {1: [Obj("nested")]}
s.clear()
print("attributes")
holder = Obj("holder")
holder.child = Obj("child")
del holder
print("exception")


def raises():
    local = Obj("local of raises")
    raise ValueError("x")


try:
    raises()
except ValueError:
    print("handling")
print("handled")
print("generator")


def gen():
    g = Obj("gen local")
    yield 1


it = gen()
next(it)
del it
print("closure")


def make():
    captured = Obj("captured")
    return lambda: captured


fn = make()
del fn
print("default argument")
fn = lambda a=Obj("default"): a
fn = None
print("class")


class Temp:
    attr = Obj("class attribute")


Temp.attr = None
print("loop variable")
for v in [Obj("v1"), Obj("v2")]:
    print(" ", v.name)
print("after loop")
del v
print("comprehension")
[Obj(f"c{i}").name for i in range(2)]
print("unpacking")
p, q = Obj("p"), Obj("q")
p, q = q, p
del p
del q
print("resurrection")
saved = []


class Phoenix:
    def __del__(self):
        print("  del called")
        saved.append(self)


Phoenix()
print(len(saved))
saved.clear()
print(len(saved))


class Raises:
    def __del__(self):
        self.nope


import sys

sys.unraisablehook = lambda u: print("  unraisable", type(u.exc_value).__name__, u.exc_value)
Raises()
print("end")
