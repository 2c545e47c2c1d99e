# asyncio: futures, tasks, cancellation, context, eager tasks, errors of wrong use.
import asyncio, contextvars, gc

async def value(n, delay=0):
    await asyncio.sleep(delay)
    return n

async def failing():
    await asyncio.sleep(0)
    raise ValueError('no')

async def basics():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    print(f.done(), f.cancelled(), f.get_loop() is loop, f._callbacks)
    seen = []
    f.add_done_callback(lambda f: seen.append(('cb', f.result())))
    loop.call_soon(f.set_result, 5)
    print(await f, f.done(), repr(f))
    await asyncio.sleep(0)
    print(seen)
    for op in (lambda: f.set_result(1), lambda: f.set_exception(ValueError()), lambda: loop.create_future().result(), lambda: loop.create_future().exception()):
        try:
            op()
        except asyncio.InvalidStateError as e:
            print(e)
    g = loop.create_future()
    g.set_exception(KeyError)
    print(repr(g.exception()))
    try:
        await g
    except KeyError as e:
        print('raised', repr(e))
    try:
        loop.create_future().set_exception(StopIteration())
    except Exception as e:
        print(e)
    h = loop.create_future()
    print(h.cancel('why'), h.cancel(), h.cancelled(), h._cancel_message)
    try:
        await h
    except asyncio.CancelledError as e:
        print('cancelled', e.args)
    cb = lambda f: None
    k = loop.create_future()
    k.add_done_callback(cb); k.add_done_callback(print); k.add_done_callback(cb)
    print(k.remove_done_callback(cb), len(k._callbacks))

async def tasks():
    t = asyncio.create_task(value(3), name='three')
    print(t.get_name(), t in asyncio.all_tasks(), asyncio.current_task() is t, t.get_coro().__name__)
    print(await t, t.result(), t.exception(), t in asyncio.all_tasks())
    t = asyncio.create_task(failing())
    try:
        await t
    except ValueError as e:
        print(e, repr(t.exception()))
    print(await asyncio.gather(value(1), failing(), value(2), return_exceptions=True))
    async def stubborn():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            print('asked', e.args, asyncio.current_task().cancelling())
            print(asyncio.current_task().uncancel())
        return 'still here'
    t = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    t.cancel('please')
    print(await t, t.cancelled(), t.cancelling())
    t = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    print(t.cancel())
    try:
        await t
    except asyncio.CancelledError:
        print('gone', t.cancelled(), t.cancel())
    for op in (lambda: t.set_result(1), lambda: t.set_exception(ValueError())):
        try:
            op()
        except RuntimeError as e:
            print(e)
    try:
        asyncio.Task(5)
    except TypeError as e:
        print(e)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)
    except TimeoutError:
        print('timeout')
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(value(1)); g.create_task(failing())
    except* ValueError as eg:
        print(eg.exceptions)

async def wrong():
    class Bad:
        def __await__(self):
            yield self.what
    for what in (1, (x for x in 'a'), asyncio.get_running_loop().create_future()):
        b = Bad(); b.what = what
        async def run():
            await b
        try:
            await asyncio.create_task(run())
        except RuntimeError as e:
            print(str(e).split(' in task')[0].split(':')[0])
    async def own():
        await asyncio.current_task()
    try:
        await asyncio.create_task(own())
    except RuntimeError as e:
        print(str(e).split(':')[0])

async def contexts():
    var = contextvars.ContextVar('var', default=0)
    async def setter(n):
        var.set(n)
        await asyncio.sleep(0)
        return var.get()
    print(await asyncio.gather(*(setter(i) for i in range(4))), var.get())
    ctx = contextvars.copy_context()
    t = asyncio.create_task(setter(9), context=ctx)
    await t
    print(t.get_context() is ctx, ctx[var])

async def eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    order = []
    async def quick(n):
        order.append(n)
        return n
    async def slow(n):
        order.append(n)
        await asyncio.sleep(0)
        order.append(-n)
        return n
    a, b = asyncio.create_task(quick(1)), asyncio.create_task(slow(2))
    print(a.done(), b.done(), order)
    print(await a, await b, order)
    loop.set_task_factory(None)

async def iterators():
    f = asyncio.get_running_loop().create_future()
    it = iter(f)
    print(next(it) is f, f._asyncio_future_blocking)
    f.set_result(8)
    try:
        it.send(None)
    except StopIteration as e:
        print(e.value)
    it = f.__await__()
    try:
        it.throw(ValueError('x'))
    except ValueError as e:
        print(e)
    class Fut(asyncio.Future):
        pass
    s = Fut(); s.extra = 1
    s.set_result(2)
    print(await s, s.extra, type(s).__name__)

for main in (basics, tasks, wrong, contexts, eager, iterators):
    print('--', main.__name__)
    asyncio.run(main())
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)

logged = []
async def lost():
    asyncio.get_running_loop().set_exception_handler(lambda loop, c: logged.append((c['message'], repr(c.get('exception')))))
    f = asyncio.get_running_loop().create_future()
    f.set_exception(ValueError('lost'))
    del f
    gc.collect()
asyncio.run(lost())
print(logged)
