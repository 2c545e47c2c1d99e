# The cycle collector: what it finds, the order of finalisers, resurrection, weak references, callbacks, statistics.
import gc
import weakref

gc.collect()
gc.disable()


class Node:
    def __init__(self, name): self.name = name
    def __del__(self): print("  del", self.name)


class Plain:
    pass


def ring(n, cls=Plain):
    nodes = [cls() if cls is Plain else cls(f"n{i}") for i in range(n)]
    for i, node in enumerate(nodes):
        node.next = nodes[(i + 1) % n]


ring(3)
print(gc.collect() > 0)
ring(2, Node)
print("collecting")
found = gc.collect()
print("found", found > 0, gc.collect())
l = []
l.append(l)
w = None
del l
d = {}
d["d"] = d
del d
print(gc.collect() >= 2)
a = Plain()
a.me = a
w = weakref.ref(a, lambda r: print("  callback", r() is None))
del a
print("alive", w() is not None)
gc.collect()
print("dead", w() is None)


class Phoenix:
    saved = []
    def __init__(self): self.me = self
    def __del__(self):
        print("  resurrecting")
        Phoenix.saved.append(self)


Phoenix()
gc.collect()
print(len(Phoenix.saved), Phoenix.saved[0].me is Phoenix.saved[0])
Phoenix.saved.clear()
gc.collect()
print("second death is silent", len(Phoenix.saved))


class Outer:
    def __init__(self): self.child = Node("child of garbage"); self.me = self


Outer()
gc.collect()


def closure_cycle():
    def f(): return f
    return f


wf = weakref.ref(closure_cycle())
print("closure alive", wf() is not None)
gc.collect()
print("closure dead", wf() is None)


def exception_cycle():
    try:
        raise ValueError
    except ValueError as e:
        kept = e
        marker = Node("in exception cycle")


exception_cycle()
print("before")
gc.collect()
print("after")


def generator_cycle():
    def gen():
        me = yield
        held = Node("in generator cycle")
        yield me
    g = gen()
    next(g)
    g.send(g)


generator_cycle()
gc.collect()


class Meta(type):
    pass


def class_cycle():
    class Local(metaclass=Meta):
        attr = Node("class attribute")


class_cycle()
gc.collect()
print(gc.isenabled(), gc.get_threshold()[0] > 0, len(gc.get_count()), type(gc.get_stats()[0]).__name__, gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked({}), gc.garbage)
gc.enable()
print(gc.isenabled())
old = gc.get_threshold()
gc.set_threshold(500, 5, 5)
print(gc.get_threshold()[:2])
gc.set_threshold(*old)
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, sorted(info))))
gc.collect()
print(events)
gc.callbacks.clear()
x = [1]
y = {"x": x}
print([r is y for r in gc.get_referrers(x) if isinstance(r, dict) and r is not globals()], [t is x for t in gc.get_referents(y) if t is x], any(o is y for o in gc.get_objects()))
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())
for bad in (lambda: gc.collect(5), lambda: gc.set_threshold("x"), lambda: gc.collect("a"), lambda: gc.is_finalized()):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(gc.is_finalized(x))
deaths = []


class Many:
    def __init__(self): self.me = self
    def __del__(self): deaths.append(1)


for _ in range(20000):
    Many()
gc.collect()
print("automatic collections", len(deaths))
