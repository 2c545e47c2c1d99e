# Python-to-Python calls may nest as deep as the limit allows; deep native recursion ends in RecursionError.
import sys

sys.setrecursionlimit(60_000)


def down(n):
    if n == 0:
        return 0
    return 1 + down(n - 1)


print(down(50_000))


class Chain:
    def __init__(self, n):
        self.next = Chain(n - 1) if n else None

    def length(self):
        return 1 + self.next.length() if self.next else 1


chain = Chain(10_000)
print(chain.length())
del chain


def walk(n):
    if n:
        yield n
        yield from walk(n - 1)


print(sum(walk(500)))
try:
    down(100_000)
except RecursionError as e:
    print("RecursionError:", e)
sys.setrecursionlimit(1000)
deep = []
for _ in range(200_000):
    deep = [deep]
for action in (repr, str):
    try:
        action(deep)
    except RecursionError as e:
        print("RecursionError", action.__name__)
other = []
for _ in range(200_000):
    other = [other]
try:
    print(deep == other)
except RecursionError as e:
    print("RecursionError comparing")
tup = ()
for _ in range(1_000_000):
    tup = (tup,)
try:
    hash(tup)
    print("hash went through")
except RecursionError as e:
    print("RecursionError hashing")
del deep, other, tup
print("freed")
nest = None
for _ in range(300_000):
    nest = {"next": nest}
del nest


class Node:
    def __init__(self, next):
        self.next = next


node = None
for _ in range(300_000):
    node = Node(node)
node = None
print("freed objects")
try:
    eval("(" * 1000 + ")" * 1000)
except (SyntaxError, MemoryError, RecursionError) as e:
    print(type(e).__name__, e.msg if isinstance(e, SyntaxError) else "")
print(eval("-" * 100 + "1"), eval("not " * 51 + "1"))
