# Decorators: stacking, with arguments, on classes, as classes, wraps, properties, functools helpers.
import functools


def trace(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kw):
        print(f"-> {fn.__name__}{args}{kw or ''}")
        result = fn(*args, **kw)
        print(f"<- {result!r}")
        return result
    return wrapper


def repeat(n):
    def deco(fn):
        @functools.wraps(fn)
        def inner(*a):
            return [fn(*a) for _ in range(n)]
        return inner
    return deco


@trace
@repeat(2)
def greet(name, greeting="hi"):
    """Greets."""
    return f"{greeting} {name}"


print(greet("bob"), greet.__name__, greet.__doc__, greet.__wrapped__.__wrapped__("x", "yo"))


@trace
def fact(n):
    return n * fact(n - 1) if n > 1 else 1


fact(3)


class Counter:
    def __init__(self, fn): self.fn, self.calls = fn, 0
    def __call__(self, *a):
        self.calls += 1
        return self.fn(*a)
    def __get__(self, obj, owner=None): return functools.partial(self, obj)


@Counter
def add(a, b): return a + b


class Holder:
    @Counter
    def method(self, x): return (type(self).__name__, x)


print(add(1, 2), add(3, 4), add.calls, Holder().method(5), Holder.__dict__["method"].calls)


def register(cls):
    cls.registered = True
    cls.names = sorted(n for n in vars(cls) if not n.startswith("__"))
    return cls


@register
class Thing:
    a = 1
    def b(self): pass


print(Thing.registered, Thing.names)
decorators = {"up": lambda f: lambda *a: f(*a).upper()}


@decorators["up"]
@(lambda f: lambda *a: f(*a) + "!")
def shout(s): return s


print(shout("hey"))


@(lambda f: print("decorating", f.__name__))
def printed(): pass


print(printed)


@functools.lru_cache(maxsize=2)
def slow(x):
    print("computing", x)
    return x * 2


print([slow(x) for x in (1, 2, 1, 3, 2)], slow.cache_info())
slow.cache_clear()
print(slow.cache_info(), slow.cache_parameters())


@functools.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(90), fib.cache_info().misses)


@functools.singledispatch
def show(x): return f"object {x}"


@show.register
def _(x: int): return f"int {x}"


@show.register(list)
@show.register(tuple)
def _(x): return f"sequence of {len(x)}"


print(show("a"), show(1), show(True), show([1]), show(()), show.dispatch(bool)(2))


@functools.total_ordering
class Version:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n


print(Version(1) <= Version(1), Version(2) > Version(1), Version(1) >= Version(2))


class Lazy:
    @functools.cached_property
    def value(self):
        print("computed")
        return 42


z = Lazy()
print(z.value, z.value, vars(z))
p = functools.partial(int, base=2)
print(p("101"), p.func, p.args, p.keywords, functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.reduce(max, [], 7))
q = functools.partial(functools.partial(print, "a", sep="-"), "b", end="!\n")
q("c")
print(repr(p), functools.partial(sorted, key=functools.cmp_to_key(lambda a, b: b - a))([1, 3, 2]))


class M:
    @functools.partialmethod
    def bad(self): pass
    def base(self, a, b): return (a, b)
    half = functools.partialmethod(base, 1)


print(M().half(2))
try:
    functools.reduce(lambda a, b: a, [])
except TypeError as e:
    print(e)
for bad in ["@5\ndef f(): pass", "@None\nclass C: pass"]:
    try:
        exec(bad)
    except TypeError as e:
        print(e)
