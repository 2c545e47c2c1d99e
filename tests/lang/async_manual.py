# Coroutines driven by hand: send, throw, close, await protocol, async for and with, async generators, comprehensions, warnings.
import warnings

warnings.simplefilter("ignore")


class Later:
    def __init__(self, tag): self.tag = tag
    def __await__(self):
        got = yield self.tag
        return f"{self.tag}={got}"


async def simple(): return 5
async def waits():
    a = await Later("a")
    b = await Later("b")
    return a, b


def drive(coro, *values):
    out = []
    try:
        out.append(coro.send(None))
        for v in values:
            out.append(coro.send(v))
        out.append("not finished")
    except StopIteration as e:
        out.append(("returned", e.value))
    except Exception as e:
        out.append(repr(e))
    return out


print(drive(simple()), drive(waits(), 1, 2), drive(waits(), 1))
async def nested(): return [await simple(), await waits(), *[await simple() for _ in range(2)]]
print(drive(nested(), "x", "y"))


class Ctx:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    async def __aenter__(self):
        print("  aenter", self.name, await Later("enter"))
        return self.name
    async def __aexit__(self, kind, value, tb):
        print("  aexit", self.name, kind and kind.__name__, await Later("exit"))
        return self.swallow


class Range:
    def __init__(self, n): self.n, self.i = n, 0
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        return await Later(self.i)


async def loops():
    out = []
    async with Ctx("one") as a, Ctx("two", True):
        async for x in Range(2):
            out.append(x)
        else:
            out.append("else")
        raise ValueError("swallowed")
    out.append([x async for x in Range(1)])
    out.append({x: 1 async for x in Range(1) if x})
    return a, out


print(drive(loops(), *"123456789"))


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            print("  agen got", got)
            await Later("in agen")
    except ValueError as e:
        yield f"caught {e}"
    finally:
        print("  agen finally")


async def use():
    g = agen(3)
    out = [await g.__anext__(), await g.asend("sent"), await g.athrow(ValueError("v"))]
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        out.append("stopped")
    out.append([x async for x in agen(2)])
    out.append(await anext(agen(1)))
    out.append(await anext(agen(0), "default"))
    return out


print(drive(use(), *range(10)))
c = waits()
print(c.send(None), c.cr_running, c.cr_frame is not None, type(c.cr_await).__name__, c.__name__, type(c).__name__)
try:
    c.throw(KeyError("thrown"))
except KeyError as e:
    print(repr(e))
for bad in (lambda: c.send(None), lambda: waits().send(1), lambda: next(waits()), lambda: iter(waits()), lambda: list(simple()), lambda: (lambda c: (c.close(), c.send(None)))(simple())):
    try:
        bad()
    except (TypeError, RuntimeError) as e:
        print(type(e).__name__, e)
async def awaits(x): return await x
async def iterates(x):
    async for _ in x: pass
async def manages(x):
    async with x: pass
class BadAwait:
    def __await__(self): return 5
class BadAiter:
    def __aiter__(self): return 5
class BadAnext:
    def __aiter__(self): return self
    def __anext__(self): return 5
for coro in (awaits(5), awaits(BadAwait()), iterates([1]), iterates(BadAiter()), iterates(BadAnext()), manages(5), manages(open), awaits(None), awaits((lambda: (yield))())):
    print(drive(coro))
async def closing():
    try:
        await Later("wait")
    finally:
        print("  cleanup")
c = closing()
c.send(None)
c.close()
async def stop(): raise StopIteration("x")
print(drive(stop()))
async def stop_gen():
    yield 1
    raise StopAsyncIteration
async def use_stop(): return [x async for x in stop_gen()]
print(drive(use_stop()))
async def reuse():
    c = simple()
    await c
    await c
print(drive(reuse()))
for src in ["await x", "async for x in y: pass", "def f(): await x", "def f():\n async with x: pass", "[x async for x in y]", "async def f(): yield from x", "async def f():\n yield 1\n return 2", "def f(): return [x async for x in y]", "async def f(): return (await x for x in y)", "lambda: await x", "class C: await x", "async def f(): return [await x async for x in y]", "async x = 1", "def f(): (await x)", "async def f(): def g(): await x"]:
    try:
        compile(src, "s", "exec")
        print("ok", src)
    except SyntaxError as e:
        print(repr(src), "->", e.msg)
import types
@types.coroutine
def old_style():
    got = yield "old"
    return got * 2
async def mixed(): return await old_style()
print(drive(mixed(), 21), simple().__class__.__name__, agen(1).__class__.__name__)
