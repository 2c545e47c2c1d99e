# asyncio: tasks, gather, timeouts, cancellation, queues, locks, exceptions, context variables; ordered, short sleeps only.
import asyncio
import contextvars

log = []


async def worker(name, delay, fail=False):
    log.append(f"{name} starts")
    await asyncio.sleep(delay)
    if fail:
        raise ValueError(name)
    log.append(f"{name} ends")
    return name.upper()


async def basics():
    print(await asyncio.gather(worker("a", 0.5), worker("b", 0.01), worker("c", 0.25)))
    print(log)
    print(await asyncio.gather(worker("x", 0, True), worker("y", 0), return_exceptions=True))
    t = asyncio.create_task(worker("t", 0.01), name="named")
    print(t.done(), t.get_name(), await t, t.done(), t.result(), t.exception())
    try:
        await asyncio.gather(worker("p", 0, True), worker("q", 0.01))
    except ValueError as e:
        print("gathered", e)


async def cancelling():
    async def victim():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("cancelled inside")
            raise
        finally:
            print("victim finally")
    t = asyncio.create_task(victim())
    await asyncio.sleep(0)
    print(t.cancel("why"), t.cancelling())
    try:
        await t
    except asyncio.CancelledError as e:
        print("cancelled", e.args, t.cancelled())
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except TimeoutError:
        print("timeout")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)
    except TimeoutError:
        print("timeout block")
    await asyncio.shield(worker("shielded", 0))


async def queues():
    q = asyncio.Queue(maxsize=2)
    out = []
    async def producer():
        for i in range(5):
            await q.put(i)
            out.append(f"put {i}")
        await q.put(None)
    async def consumer():
        while (item := await q.get()) is not None:
            out.append(f"got {item}")
            q.task_done()
    await asyncio.gather(producer(), consumer())
    print(out)
    lock, order = asyncio.Lock(), []
    async def locked(n):
        async with lock:
            order.append(f"{n} in")
            await asyncio.sleep(0)
            order.append(f"{n} out")
    await asyncio.gather(*(locked(i) for i in range(3)))
    print(order)
    event, sem = asyncio.Event(), asyncio.Semaphore(2)
    async def waiter(n):
        await event.wait()
        async with sem:
            order.append(n)
    tasks = [asyncio.create_task(waiter(i)) for i in "abc"]
    await asyncio.sleep(0)
    event.set()
    await asyncio.wait(tasks)
    print(order[-3:], event.is_set(), lock.locked())


async def groups():
    try:
        async with asyncio.TaskGroup() as tg:
            a = tg.create_task(worker("g1", 0))
            tg.create_task(worker("g2", 0.01, True))
            tg.create_task(asyncio.sleep(10))
    except* ValueError as eg:
        print("group", eg.exceptions, a.result())
    async with asyncio.TaskGroup() as tg:
        tasks = [tg.create_task(worker(f"n{i}", 0)) for i in range(3)]
    print([t.result() for t in tasks])
    for coro in asyncio.as_completed([worker("slow", 0.02), worker("fast", 0.0)]):
        print(await coro)


var = contextvars.ContextVar("var", default="unset")


async def contexts():
    async def child(v):
        var.set(v)
        await asyncio.sleep(0)
        return var.get()
    print(await asyncio.gather(child("one"), child("two")), var.get())
    token = var.set("here")
    print(var.get(), token.old_value is contextvars.Token.MISSING)
    var.reset(token)
    print(contextvars.copy_context().run(lambda: var.set("in") and var.get()), var.get())


async def generators():
    async def ticks(n):
        try:
            for i in range(n):
                yield i
                await asyncio.sleep(0)
        finally:
            print("ticks closed")
    print([i async for i in ticks(3)])
    async for i in ticks(5):
        if i == 1:
            break
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    loop.call_soon(fut.set_result, "from callback")
    print(await fut, fut.done())
    print(await loop.run_in_executor(None, lambda: sum(range(10))), await asyncio.to_thread(max, 1, 2))


for main in (basics, cancelling, queues, groups, contexts, generators):
    asyncio.run(main())
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
async def returns(): return 42
print(asyncio.run(returns()), asyncio.iscoroutinefunction(returns) if False else "-")
with asyncio.Runner() as runner:
    print(runner.run(returns()))
try:
    asyncio.run(5)
except (ValueError, TypeError) as e:
    print(type(e).__name__, e)
async def fails(): raise KeyError("out of run")
try:
    asyncio.run(fails())
except KeyError as e:
    print(repr(e))
