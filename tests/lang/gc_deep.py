# Deep and wide structures die without deep native recursion, and finalisers inside them run in order.
import gc

order = []


class Link:
    def __init__(self, n, next): self.n, self.next = n, next
    def __del__(self):
        if self.n % 50_000 == 0:
            order.append(self.n)


head = None
for i in range(200_001):
    head = Link(i, head)
head = None
print(order)
lists = None
for _ in range(300_000):
    lists = [lists]
lists = None
tuples = None
for _ in range(300_000):
    tuples = (tuples,)
del tuples
dicts = None
for _ in range(100_000):
    dicts = {"k": dicts}
del dicts
mixed = None
for i in range(100_000):
    mixed = [mixed] if i % 3 == 0 else (mixed,) if i % 3 == 1 else {0: mixed}
del mixed
print("nested containers gone")


def chain(n):
    f = lambda: None
    for _ in range(n):
        f = (lambda g: lambda: g)(f)
    return f


f = chain(50_000)
del f
print("closures gone")


def gens(n):
    g = iter([])
    for _ in range(n):
        g = (x for x in g)
    return g


g = gens(20_000)
del g
print("generators gone")


class Tree:
    count = 0

    def __init__(self, depth):
        Tree.count += 1
        self.kids = [Tree(depth - 1) for _ in range(3)] if depth else []

    def __del__(self): Tree.count -= 1


t = Tree(7)
print(Tree.count)
del t
print(Tree.count)
ring = [Link(-1, None) for _ in range(1000)]
for a, b in zip(ring, ring[1:] + ring[:1]):
    a.next = b
del ring, a, b
order.clear()
gc.collect()
print("ring gone")
e = None
for i in range(20_000):
    new = ValueError(i)
    new.__context__ = e
    e = new
del e, new
print("exceptions gone")
big = [[i] for i in range(200_000)]
print(len(big), sum(x[0] for x in big))
del big
it = iter([1])
for _ in range(50_000):
    it = map(int, it)
del it
print("done")
