# Reference counts and immediate destruction: the moment each thing dies.
import sys
import weakref


class Obj:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)


a = []
base = sys.getrefcount(a)
b = a
print(sys.getrefcount(a) - base)
c = [a, a, (a,)]
print(sys.getrefcount(a) - base)
del b, c
print(sys.getrefcount(a) - base)


def held(x):
    y = x
    return sys.getrefcount(x) - base


print(held(a) > 0, sys.getrefcount(a) - base)
print("call with temporary")
len(str(Obj("temporary")))
print("chained")
Obj("chain").name.upper()
x = Obj("x1")
x = Obj("x2")
print("swap")
x, y = Obj("s1"), x
del y
l = [Obj("l0"), Obj("l1")]
print("pop")
l.pop()
print("slice")
l[:] = []
print("dict")
d = {1: Obj("d1"), 2: Obj("d2")}
d.pop(1)
d[2] = None
print("nested")
o = Obj("outer")
o.inner = Obj("inner")
o.inner.deeper = Obj("deeper")
o = None
print("function result")


def make(n):
    local = Obj("local " + n)
    return Obj("result " + n)


make("one")
r = make("two")
print("have", r.name)
del r
print("exception holds the frame")


def fail():
    in_frame = Obj("in frame")
    raise KeyError("x")


try:
    fail()
except KeyError as e:
    print("handler")
    kept = e
print("kept", repr(kept))
del kept
print("generator frames")


def gen():
    inside = Obj("inside gen")
    yield inside.name
    yield "never"


g = gen()
print(next(g))
g.close()
g = gen()
next(g)
g = None
print("arguments")


def args(*a, **k): return len(a) + len(k)


print(args(Obj("pos"), Obj("pos2"), k=Obj("kw")))
print("loop")
for item in (Obj(f"i{i}") for i in range(2)):
    print("in loop", item.name)
del item
print("default dict of class")


class Temp:
    shared = Obj("shared")


Temp.shared = 5
print("closure")


def outer():
    cell = Obj("cell")
    def inner(): return cell
    return inner


f = outer()
print(f().name)
f = None
print("sort and map")
sorted([Obj("k2"), Obj("k1")], key=lambda o: o.name)
list(map(lambda o: None, [Obj("mapped")]))
print("string building keeps no objects")
s = "".join(o.name for o in [Obj("j1"), Obj("j2")])
print(s)
w = weakref.ref(x)
print(w() is x)
del x
print(w())
print("del raising")
sys.unraisablehook = lambda u: print("unraisable:", repr(u.exc_value))


class Bad:
    def __del__(self): raise ValueError("from del")


Bad()
print("end")
