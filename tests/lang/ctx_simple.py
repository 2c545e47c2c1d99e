# Everyday with statements, decorators and del.
class Resource:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("open", self.name)
        return self

    def __exit__(self, kind, value, tb):
        print("close", self.name, kind is not None)
        return False


with Resource("a") as r:
    print("using", r.name)
try:
    with Resource("b"):
        raise ValueError("inside")
except ValueError as e:
    print("caught", e)
with Resource("x") as x, Resource("y") as y:
    print(x.name, y.name)


def early():
    with Resource("early"):
        return "returned"


print(early())


class Suppress:
    def __enter__(self): return None
    def __exit__(self, *exc): return True


with Suppress():
    raise KeyError("gone")
print("after suppress")


def logged(fn):
    def wrapper(*args):
        print("call", fn.__name__, args)
        return fn(*args)
    return wrapper


@logged
def add(a, b): return a + b


print(add(1, 2))


def times(n):
    def deco(fn):
        return lambda *a: [fn(*a) for _ in range(n)]
    return deco


@times(2)
@logged
def hello(name): return "hi " + name


print(hello("bob"))
x = 1
del x
try:
    x
except NameError as e:
    print(e)
l = [1, 2, 3]
del l[0]
d = {"a": 1, "b": 2}
del d["a"]
print(l, d)


class Loud:
    def __del__(self): print("deleted")


o = Loud()
p = o
del o
print("still there")
del p
print("gone")


class Timer:
    def __init__(self): self.t = 0
    def __enter__(self):
        self.t += 1
        return self
    def __exit__(self, *a): self.t += 10


t = Timer()
for _ in range(3):
    with t:
        pass
print(t.t)
