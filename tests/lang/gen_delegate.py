# yield from: values, sends, throws, closes, return values, delegation to plain iterables and to foreign iterators.
def inner(name):
    try:
        while True:
            got = yield name
            if got == "stop":
                return name + " done"
            print("  inner got", got)
    except ValueError as e:
        print("  inner caught", e)
        yield "recovered"
        return "after error"
    finally:
        print("  inner finally")


def outer():
    result = yield from inner("one")
    print("  outer:", result)
    result = yield from inner("two")
    print("  outer:", result)
    return "outer done"


g = outer()
print(next(g), g.send("hi"), g.send("stop"), g.throw(ValueError("oops")))
try:
    next(g)
except StopIteration as e:
    print(e.value)
g = outer()
next(g)
print(g.gi_yieldfrom.__name__)
g.close()
g = outer()
next(g)
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print("through", e)


def flat(x):
    if isinstance(x, (list, tuple)):
        for item in x:
            yield from flat(item)
    else:
        yield x


print(list(flat([1, [2, (3, [4])], [], 5])))


def chain(*its):
    for it in its:
        yield from it


print(list(chain("ab", [1], range(2), {"k": 1}, (c for c in "z"))))


class Iter:
    def __iter__(self): return self
    def __init__(self): self.n = 0
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("iter result")
        return self.n


def use(it):
    return (yield from it)


g = use(Iter())
print(next(g))
try:
    g.send(5)
except AttributeError as e:
    print(e)


class Sendable(Iter):
    def send(self, v): return ("sent", v)
    def throw(self, e): return ("threw", e)
    def close(self): print("  closed")


g = use(Sendable())
print(next(g), g.send(5), g.throw(OSError), next(g))
g.close()
g = use(Iter())
print(list(g))
g = use(Iter())
try:
    while True:
        next(g)
except StopIteration as e:
    print(e.value)
for bad in (5, None, len):
    try:
        next(use(bad))
    except TypeError as e:
        print(e)


def ret(v):
    return v
    yield


def collect():
    a = yield from ret(1)
    b = yield from ret([2])
    return a, b


try:
    next(collect())
except StopIteration as e:
    print(e.value)


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(*tree(4))


def averager():
    total, count, avg = 0, 0, None
    while True:
        x = yield avg
        if x is None:
            return count, avg
        total += x
        count += 1
        avg = total / count


def grouper(results, key):
    while True:
        results[key] = yield from averager()


results = {}
for key, data in {"a": [1, 2, 3], "b": [10, 20]}.items():
    group = grouper(results, key)
    next(group)
    for x in data:
        group.send(x)
    group.send(None)
print(results)


def close_inner():
    try:
        yield 1
    finally:
        raise ValueError("in close")


g = use(close_inner())
next(g)
try:
    g.close()
except ValueError as e:
    print("close raised", e)


def nested_exc():
    try:
        yield from use(use(inner("deep")))
    except LookupError as e:
        yield f"handled {e!r}"


g = nested_exc()
print(next(g), g.throw(IndexError("far")), list(g))
g = use(Sendable())
next(g)
print(g.throw(OSError("a")), g.throw(OSError), (lambda h: (next(h), h.throw(KeyError)))(use(use(Sendable()))))
