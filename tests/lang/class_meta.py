# Metaclasses: __prepare__, __new__, __init__, __call__, conflicts, keyword arguments, __init_subclass__, __set_name__.
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, bases, kw)
        return {"prepared": True}

    def __new__(mcls, name, bases, namespace, **kw):
        print("new", name, sorted(k for k in namespace if not k.startswith("__")), kw)
        return super().__new__(mcls, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **kw):
        print("init", name, kw)
        super().__init__(name, bases, namespace)

    def __call__(cls, *args):
        print("call", cls.__name__, args)
        return super().__call__(*args)

    def __len__(cls):
        return 42

    def __getattr__(cls, name):
        return f"meta attribute {name}"

    def __iter__(cls):
        return iter("meta")

    def __contains__(cls, item):
        return item == "in"

    @property
    def prop(cls):
        return "property of " + cls.__name__

    def __repr__(cls):
        return f"<{cls.__name__}>"


class K(metaclass=Meta, option=1):
    a = 1


class Sub(K):
    b = 2


print(len(K), list(K), "in" in K, "out" in K, K.missing, K.prop, K, [Sub], type(Sub) is Meta)
k = Sub()
for name in ("missing", "prop"):
    try:
        getattr(k, name)
    except AttributeError as e:
        print(e)


class Other(type):
    pass


class O(metaclass=Other):
    pass


try:
    class Mix(K, O):
        pass
except TypeError as e:
    print(e)


class Registry:
    known = {}

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        print("subclass", cls.__name__, tag)
        Registry.known[tag] = cls


class One(Registry, tag="one"):
    pass


class Two(One, tag="two"):
    pass


print(sorted(Registry.known))
try:
    class Three(Registry, wrong=1):
        pass
except TypeError as e:
    print(e)


class Named:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = name

    def __get__(self, obj, owner=None):
        return f"{self.name} of {'class' if obj is None else 'instance'}"


class Holder:
    x = Named()
    y = z = Named()


print(Holder.x, Holder().y, Holder.z)


class BadName:
    def __set_name__(self, owner, name):
        raise ValueError("bad " + name)


try:
    class Broken:
        attr = BadName()
except ValueError as e:
    print(e, e.__notes__)


def function_meta(name, bases, namespace, **kw):
    print("function", name, kw)
    return (name, len(bases))


class Tup(int, metaclass=function_meta, z=1):
    pass


print(Tup)
try:
    class NoPrepare(metaclass=type("M", (type,), {"__prepare__": lambda *a, **k: 5})):
        pass
except TypeError as e:
    print(e)


class Singleton(type):
    instances = {}

    def __call__(cls, *args, **kw):
        if cls not in cls.instances:
            cls.instances[cls] = super().__call__(*args, **kw)
        return cls.instances[cls]


class Config(metaclass=Singleton):
    def __init__(self, v=0):
        self.v = v


print(Config(1) is Config(2), Config().v)
for code in ["type('X', (), {}, a=1)", "type('X', 5, {})", "type('X', (), 5)", "type(5, (), {})", "type('X', (5,), {})",
             "type('a\\0b', (), {})", "type()", "Meta.__new__(int, 'x', (), {})", "type.__call__(5)", "type('X', (), {'__slots__': ('a', 'a b')})"]:
    try:
        print(code, eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
