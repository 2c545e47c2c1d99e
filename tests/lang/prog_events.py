# An event system: weak listeners, priorities, decorators that register, generators as tasks, context managers as transactions.
import contextlib
import weakref


class Signal:
    def __init__(self): self.slots = []
    def connect(self, fn, priority=0):
        ref = weakref.WeakMethod(fn) if hasattr(fn, "__self__") else weakref.ref(fn)
        self.slots.append((priority, len(self.slots), ref))
        self.slots.sort(key=lambda s: (-s[0], s[1]))
        return fn
    def __call__(self, *args, **kw):
        results = []
        for _, _, ref in list(self.slots):
            if (fn := ref()) is not None:
                results.append(fn(*args, **kw))
        self.slots = [s for s in self.slots if s[2]() is not None]
        return results
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner):
        if obj is None:
            return self
        return obj.__dict__.setdefault(self.name, Signal())


class Model:
    changed = Signal()
    def __init__(self, **values): self.__dict__["values"] = values
    def __getattr__(self, name):
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None
    def __setattr__(self, name, value):
        old = self.values.get(name)
        self.values[name] = value
        if old != value:
            self.changed(name, old, value)
    @contextlib.contextmanager
    def transaction(self):
        saved = dict(self.values)
        try:
            yield self
        except Exception as e:
            self.values.clear()
            self.values.update(saved)
            print("rolled back:", e)


class View:
    def __init__(self, name): self.name, self.seen = name, []
    def update(self, field, old, new):
        self.seen.append(f"{self.name}:{field}:{old}->{new}")
        return self.name


m = Model(x=1, y=2)
v, w = View("v"), View("w")
m.changed.connect(v.update)
m.changed.connect(w.update, priority=5)


@m.changed.connect
def plain(field, old, new): return "plain"


m.x = 10
m.x = 10
print(m.x, v.seen, w.seen, m.changed("y", 0, 0))
del v
m.y = 3
print(w.seen[-1], len(m.changed.slots), Model.changed.name, type(Model.changed).__name__)
with m.transaction() as t:
    t.x = 99
    t.z = "new"
    raise ValueError("nope")
print(m.values)
with m.transaction() as t:
    t.x = 5
print(m.x, hasattr(m, "z"), getattr(m, "zz", "default"))


class Loop:
    def __init__(self): self.ready, self.waiting, self.now, self.log = [], [], 0, []
    def spawn(self, gen, name): self.ready.append((name, gen, None))
    def run(self):
        while self.ready or self.waiting:
            if not self.ready:
                self.waiting.sort(key=lambda t: t[:2])
                self.now = self.waiting[0][0]
                while self.waiting and self.waiting[0][0] == self.now:
                    _, name, gen = self.waiting.pop(0)
                    self.ready.append((name, gen, self.now))
            name, gen, value = self.ready.pop(0)
            try:
                request = gen.send(value)
            except StopIteration as e:
                self.log.append(f"{self.now} {name} returns {e.value}")
                continue
            except Exception as e:
                self.log.append(f"{self.now} {name} dies of {e!r}")
                continue
            if callable(request):
                self.spawn(request(), name + "*")
                self.ready.append((name, gen, "spawned"))
            else:
                self.waiting.append((self.now + request, name, gen))
        return self.log


def sleeper(n, t):
    total = 0
    for _ in range(n):
        total += yield t
    return total


def parent():
    print((yield lambda: sleeper(1, 7)))
    yield 2
    raise RuntimeError("tired")


loop = Loop()
loop.spawn(sleeper(3, 2), "a")
loop.spawn(sleeper(2, 3), "b")
loop.spawn(parent(), "p")
print(*loop.run(), sep="\n")
