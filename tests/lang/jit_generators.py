# Generators and coroutines hot enough to be compiled.
def gen(n):
    for i in range(n): yield i
def tree(n):
    if n:
        yield from tree(n-1)
        yield n
        yield from tree(n-1)
def sq(it):
    for x in it:
        y = yield x*x
        if y: yield y
def f():
    t=0
    for x in gen(5000): t+=x
    for x in tree(9): t+=x
    t+=sum(x*x for x in range(5000))
    l=[1,2,3]*500
    for x in sq(l): t+=x
    for x in sq(tuple(l)): t+=x
    g=sq(gen(2000))
    t+=next(g)
    for i in range(500): t+=g.send(i)
    def fib():
        a,b=0,1
        while True:
            yield a
            a,b=b,a+b
            if a>10**30: return
    for x in fib(): t+=x
    for k in range(300):
        for x in fib(): t+=x
    def ex():
        try:
            for i in range(10): yield i
        except ValueError as e: yield -1
        finally: pass
    for k in range(600):
        e=ex(); next(e); next(e); t+=e.throw(ValueError)
        t+=len(list(e))
    return t
print(f())
import asyncio
async def a(x): return x+1
async def b():
    t=0
    for i in range(3000): t=await a(t)
    return t
print(asyncio.run(b()))
async def ag(n):
    for i in range(n): yield i
async def c():
    t=0
    async for x in ag(2000): t+=x
    return t, sum([x async for x in ag(1000)])
print(asyncio.run(c()))
