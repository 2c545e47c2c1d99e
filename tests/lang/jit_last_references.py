# What runs when compiled code takes a last reference: it may change anything that was read before.


class Node:
    def __init__(self, items, n):
        self.items = items
        self.n = n

    def __del__(self):
        self.items.append(self.n)
        global seen
        seen += self.n


seen = 0


class Box:
    pass


def replaced(box, items):
    # Each assignment ends the node before; what its end does shows at once.
    total = 0
    for i in range(400):
        before = len(items)
        box.node = Node(items, i)
        total += len(items) - before + seen % 7
        box.count = box.count + len(items)
    return total


def locals_end(items, n):
    a = Node(items, n)
    a = n
    size = len(items)
    b = [Node(items, n + 1)]
    b = None
    return size, len(items), a


def maybe_unbound(items, n):
    if n % 3 == 0:
        x = Node(items, n)
    if n % 2 == 0:
        y = (n, Node(items, n))
    return len(items)


def swapped(items, n):
    held = {}
    for i in range(n):
        held["key"] = Node(items, i)
        if items and items[-1] != i - 1:
            return "wrong", i
    return len(items)


def mixed(a, b):
    return a + b, a - b, a * b, a < b, a >= b, a == b


def quotients(a, b):
    try:
        return a / b
    except ZeroDivisionError as e:
        return str(e)


box, items = Box(), []
box.node, box.count = None, 0
print(replaced(box, items), len(items), box.count, seen)
items = []
print([locals_end(items, n) for n in range(300)][-3:], len(items))
items = []
print(sum(maybe_unbound(items, n) for n in range(600)), len(items))
items = []
print(swapped(items, 700), len(items))

pairs = [(1, 2.5), (2.5, 1), (1.5, 2.5), (3, 4), (2**53 + 1, 1.0), (2**60, 0.5), (0.1, 2**61), (1e308, 10.0), (1e-300, 1e-300), (True, 1.5), (1.5, False), (-0.0, 0), (0, -0.0)]
print([mixed(*pairs[i % len(pairs)]) for i in range(600)][-len(pairs):])
print([quotients(*pairs[i % len(pairs)]) for i in range(600)][-len(pairs):])


def added(values):
    total = 0
    for v in values:
        total = total + v * 2
    return total


print([added([1, 2.5, 3, 0.25] * n) for n in range(0, 300, 60)], added([1e308, 1.5, 1e308] * 5), added([2**61, 0.5] * 4))


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print([deep(50) for _ in range(300)][-1], deep(900))
try:
    deep(5000)
except RecursionError as e:
    print(type(e).__name__, e)
box.node = None
