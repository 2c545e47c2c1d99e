def gen(n):
    received = yield n
    result = yield from range(n)
    return result


async def main(source):
    async with source as s:
        async for item in s:
            await item
    return [x async for x in source]
