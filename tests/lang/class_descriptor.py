# Descriptors: data and non-data, precedence, on classes, __getattr__ and __getattribute__, slots as descriptors.
class Data:
    def __init__(self, name): self.name = name
    def __get__(self, obj, owner): return (self.name, "get", obj is None, owner.__name__)
    def __set__(self, obj, value): print(self.name, "set", value)
    def __delete__(self, obj): print(self.name, "delete")


class NonData:
    def __get__(self, obj, owner): return "nondata"


class OnlySet:
    def __set__(self, obj, value): obj.__dict__["only"] = value * 2


class K:
    data = Data("data")
    non = NonData()
    only = OnlySet()
    plain = "class"


k = K()
k.__dict__.update(data="dict", non="dict", plain="dict")
print(k.data, k.non, k.plain, K.data, K.non)
k.data = 5
k.non = 6
print(k.non)
del k.data
print(type(k.only).__name__)
k.only = 4
print(k.only)
try:
    del k.only
except AttributeError as e:
    print(e)


class Fallback:
    present = 1

    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(f"custom: {name}")

    def __setattr__(self, name, value):
        print("setattr", name, value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        print("delattr", name)
        super().__delattr__(name)


f = Fallback()
print(f.present, f.dyn_x)
f.y = 2
print(f.y)
del f.y
for name in ("y", "z"):
    print(hasattr(f, name), getattr(f, name, "default"))
try:
    f.nope
except AttributeError as e:
    print(e, e.name, e.obj is f)


class Watch:
    def __init__(self): self.value = 1
    def __getattribute__(self, name):
        print("get", name)
        return super().__getattribute__(name)
    def __getattr__(self, name): return "fallback " + name
    def __len__(self): return 3


w = Watch()
print(w.value, w.missing, len(w))


class PropErr:
    @property
    def broken(self): return self.absent
    def __getattr__(self, name): return f"getattr({name})"


print(PropErr().broken)


class Prop:
    def _get(self): return "got"
    x = property(_get, doc="documented")
    y = property()
    only_set = property(None, lambda self, v: print("setting", v))


p = Prop()
print(p.x, Prop.x.__doc__, Prop.x.fset, Prop.x.__name__)
p.only_set = 1
for code in ["p.x = 1", "del p.x", "p.y", "p.only_set", "del p.only_set", "p.y = 1"]:
    try:
        exec(code)
    except AttributeError as e:
        print(code, "->", e)


class Sub(Prop):
    @Prop.x.getter
    def x(self): return "sub " + Prop.x.__get__(self)


print(Sub().x)


class Slotted:
    __slots__ = ("a", "b", "__weakref__")


s = Slotted()
s.a = 1
print(s.a, type(Slotted.a).__name__, Slotted.a.__get__(s), Slotted.__slots__)
for code in ["s.b", "s.c = 1", "del s.b", "s.__dict__", "Slotted.a.__get__(5)", "Slotted.a.__set__(s)"]:
    try:
        exec(code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class Child(Slotted):
    __slots__ = ("d",)


class Open(Slotted):
    pass


c, o = Child(), Open()
c.a = c.d = 2
o.anything = 3
print(c.a, c.d, o.__dict__, hasattr(c, "__dict__"))
for code in ["class X(int):\n __slots__ = ('a',)", "class X(Slotted):\n __slots__ = ('a',); a = 1", "class X:\n __slots__ = (1,)",
             "class X(Child, Slotted): __slots__ = ()", "class Y(Slotted): __slots__ = 'y'\nclass X(Child, Y): pass",
             "class X(tuple):\n __slots__ = ('a',)", "class X:\n __slots__ = {'a': 'doc'}", "class X:\n __slots__ = ('__dict__', '__dict__')"]:
    try:
        exec(code)
        print("ok", code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
