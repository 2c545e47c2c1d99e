# Everyday coroutines.
import asyncio


async def work(name, n):
    for i in range(n):
        await asyncio.sleep(0)
        print(name, i)
    return n


async def numbers(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)


class Session:
    async def __aenter__(self):
        print("enter")
        return self
    async def __aexit__(self, *a): print("exit")


async def main():
    print(await work("one", 1))
    print(await asyncio.gather(work("a", 2), work("b", 2)))
    print([x async for x in numbers(3)], {x: x async for x in numbers(2)})
    async for x in numbers(2):
        print("x", x)
    async with Session() as s:
        print(type(s).__name__)
    task = asyncio.create_task(work("task", 1))
    print(await task, task.done())
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        print("timeout")
    return "finished"


print(asyncio.run(main()))
