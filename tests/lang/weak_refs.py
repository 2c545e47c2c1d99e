# weakref: ref, proxy, callbacks, containers, finalize, what cannot be referenced weakly.
import gc
import weakref


class Obj:
    def __init__(self, n=0): self.n = n
    def hello(self): return f"hello {self.n}"
    def __repr__(self): return f"Obj({self.n})"


o = Obj(1)
r = weakref.ref(o)
print(r() is o, r == weakref.ref(o), r is weakref.ref(o), hash(r) == hash(o), weakref.getweakrefcount(o), weakref.getweakrefs(o) == [r], type(r).__name__, r.__callback__)
log = []
r1 = weakref.ref(o, lambda ref: log.append(("first", ref() is None)))
r2 = weakref.ref(o, lambda ref: log.append(("second", ref is r2)))
r3 = weakref.ref(o, lambda ref: log.append("never"))
print(weakref.getweakrefcount(o), r1 is r2, r1 == r2)
del r3, o
print(log, r(), r1(), r == r1, weakref.getweakrefcount(5))
print(repr(r).split(" at ")[0], repr(r).endswith("; dead>"))
p_target = Obj(2)
p = weakref.proxy(p_target)
print(p.hello(), p.n, type(p).__name__, p == p_target if False else p.n == 2, repr(p_target), str(p))
p.new = 5
print(p_target.new, bool(p), hasattr(p, "zz"), isinstance(p, Obj))
del p_target
for use in ("p.n", "p.hello()", "str(p)", "p.x = 1", "bool(p)", "hash(p)", "p + 1"):
    try:
        exec(use)
        print(use, "ok")
    except Exception as e:
        print(use, "->", type(e).__name__, e)
for thing in (5, "s", (), None, 1.5, b"", [].append, [], {}, range(3), slice(1)):
    try:
        weakref.ref(thing)
        print(type(thing).__name__, "can")
    except TypeError as e:
        print(e)


class Sub(list):
    pass


class Slots:
    __slots__ = ("a",)


class SlotsWeak:
    __slots__ = ("a", "__weakref__")


def func(): pass


for thing in (Sub(), Slots, {1, 2}, frozenset([1]), func, SlotsWeak(), Obj.hello, type, (i for i in []), weakref, memoryview(b"a")):
    print(type(thing).__name__, weakref.ref(thing)() is thing)
for bad in (lambda: weakref.ref(Slots()), lambda: weakref.ref(), lambda: weakref.ref(Obj(), 1, 2), lambda: weakref.ref(func)(1)):
    try:
        bad()
    except TypeError as e:
        print(e)
d = weakref.WeakValueDictionary()
a, b = Obj("a"), Obj("b")
d["a"], d["b"] = a, b
print(sorted(d), len(d), d["a"], "b" in d, d.get("z"))
del a
print(sorted(d.items(), key=str), len(d))
k = weakref.WeakKeyDictionary()
x, y = Obj("x"), Obj("y")
k[x], k[y] = 1, 2
del x
print([(q.n, v) for q, v in k.items()], y in k, len(k))
s = weakref.WeakSet([y])
z = Obj("z")
s.add(z)
print(len(s), z in s, sorted(q.n for q in s))
del z
print(len(s))
m = weakref.WeakMethod(y.hello)
print(m()(), weakref.ref(y.hello)())
f = weakref.finalize(y, print, "finalised", 1, sep=":")
print(f.alive, f.peek()[2])
del y, b
print(f.alive, m(), len(d), len(k), len(s))
g = Obj("atexit")
weakref.finalize(g, print, "finalize at exit")
c = Obj("cycle")
c.me = c
rc = weakref.ref(c, lambda r: print("cycle callback"))
del c
gc.collect()
print(rc())


class Order:
    def __init__(self, n): self.n = n
    def __del__(self): print("del sees weakref", wr() is self)


od = Order(1)
wr = weakref.ref(od, lambda r: print("callback"))
del od
print("end")
