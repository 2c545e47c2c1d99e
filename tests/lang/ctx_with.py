# Context managers: order, suppression, errors in enter and exit, multiple items, contextlib, missing methods.
class CM:
    def __init__(self, name, fail="", suppress=False):
        self.name, self.fail, self.suppress = name, fail, suppress

    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise ValueError(f"enter {self.name}")
        return self.name.upper()

    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__, value, tb is not None)
        if self.fail == "exit":
            raise KeyError(f"exit {self.name}")
        return self.suppress


with CM("a") as a, CM("b"), (CM("c")) as c:
    print(a, c)
with (CM("d") as d, CM("e") as e,):
    print(d, e)
with CM("tuple") as (p, *q):
    print(p, q)
holder = {}
with CM("item") as holder["k"]:
    print(holder)
for setup in [[CM("x", "enter"), CM("y")], [CM("x"), CM("y", "enter")], [CM("x", suppress=True), CM("y", "exit")], [CM("x"), CM("y", suppress=True)]]:
    try:
        with setup[0], setup[1]:
            raise OSError("body")
        print("suppressed")
    except Exception as err:
        print(repr(err), "context", repr(err.__context__))


class NoExit:
    def __enter__(self): return 1


class NoEnter:
    def __exit__(self, *a): return 1


class OnInstance:
    def __init__(self): self.__enter__ = self.__exit__ = lambda *a: 1


class Async:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): pass


for bad in (NoExit, NoEnter, OnInstance, Async, int):
    try:
        with bad():
            pass
    except TypeError as err:
        print(err)
import contextlib
import io


@contextlib.contextmanager
def managed(name):
    print("setup", name)
    try:
        yield name * 2
    except ValueError as err:
        print("managed caught", err)
    finally:
        print("teardown", name)


with managed("m") as m:
    print(m)
with managed("n"):
    raise ValueError("inside")
try:
    with managed("o"):
        raise KeyError("through")
except KeyError as err:
    print(repr(err))


@managed("deco")
def decorated():
    print("body")


decorated()
decorated()


@contextlib.contextmanager
def twice():
    yield 1
    yield 2


@contextlib.contextmanager
def never():
    return
    yield


for f in (twice, never):
    try:
        with f():
            pass
    except RuntimeError as err:
        print(err)
with contextlib.suppress(KeyError, IndexError):
    [][1]
with contextlib.closing(io.StringIO("text")) as s:
    print(s.read())
print(s.closed)
out = io.StringIO()
with contextlib.redirect_stdout(out):
    print("captured")
print(repr(out.getvalue()))
with contextlib.ExitStack() as stack:
    for n in "pqr":
        stack.enter_context(CM(n))
    stack.callback(print, "callback", 1)
    stack.push(lambda *a: print("pushed", a[0]))
with contextlib.nullcontext(5) as five:
    print(five)
try:
    with contextlib.ExitStack() as stack:
        stack.push(CM("late", suppress=True))
        stack.enter_context(CM("early", "exit"))
        raise OSError("x")
    print("all swallowed")
except KeyError:
    print("not swallowed")


def returns():
    with CM("ret"):
        return "value"


print(returns())
for i in range(2):
    with CM(f"loop{i}"):
        if i == 0:
            continue
        break


class Reuse(contextlib.ContextDecorator):
    def __enter__(self): print(">>")
    def __exit__(self, *a): print("<<")


@Reuse()
def wrapped(): return "wrapped"


print(wrapped())
