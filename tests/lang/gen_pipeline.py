# Generators as programs: pipelines, coroutines by hand, state machines, infinite sequences, exceptions as control flow.
import itertools


def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in itertools.takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n


print(list(itertools.islice(primes(), 15)))


def lines():
    yield from "alpha 1\nbeta 2\n\n# comment\ngamma x\ndelta 4".split("\n")


def strip_comments(src):
    for line in src:
        if line and not line.startswith("#"):
            yield line


def parse(src):
    for line in src:
        name, number = line.split()
        try:
            yield name, int(number)
        except ValueError as e:
            yield name, e


for pair in parse(strip_comments(lines())):
    print(pair)


def consumer(fn):
    def start(*a, **k):
        g = fn(*a, **k)
        next(g)
        return g
    return start


@consumer
def tee(*targets):
    while True:
        x = yield
        for t in targets:
            t.send(x)


@consumer
def grep(word, target):
    while True:
        line = yield
        if word in line:
            target.send(line)


@consumer
def collect(into):
    try:
        while True:
            into.append((yield))
    except GeneratorExit:
        into.append("end")


a, b = [], []
ca, cb = collect(a), collect(b)
pipe = tee(grep("a", ca), grep("mm", cb))
for line in strip_comments(lines()):
    pipe.send(line)
pipe.close()
ca.close()
print(a, b)


def traffic():
    state = "red"
    while True:
        event = yield state
        state = {("red", "go"): "green", ("green", "stop"): "red"}.get((state, event), state)


t = traffic()
print(next(t), [t.send(e) for e in ["stop", "go", "go", "stop", "x"]])


class Scheduler:
    def __init__(self): self.queue, self.log = [], []
    def spawn(self, name, task): self.queue.append((name, task, None))
    def run(self):
        while self.queue:
            name, task, value = self.queue.pop(0)
            try:
                request = task.send(value)
            except StopIteration as e:
                self.log.append(f"{name} ended with {e.value}")
                continue
            self.log.append(f"{name}:{request}")
            self.queue.append((name, task, request * 2))
        return self.log


def task(n):
    total = 0
    for i in range(n):
        total += yield i
    return total


s = Scheduler()
s.spawn("a", task(3))
s.spawn("b", task(1))
print(s.run())


def countdown(n):
    while n > 0:
        sent = yield n
        n = sent if sent is not None else n - 1


g = countdown(3)
print([next(g), g.send(10), next(g), g.send(1), next(g, "end")])


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fib()
print([next(f) for _ in range(10)], next(itertools.islice(f, 200, None)))
matrix = [[1, 2], [3, 4]]
print(list(list(row) for row in zip(*matrix)), [x for row in matrix for x in row], dict(enumerate(x * 2 for x in "ab")))
print(tuple(x for x in range(3)) + (*(y for y in "q"),), {**{k: v for k, v in zip("ab", fib())}})


def windows(it, n):
    window = list(itertools.islice(it, n))
    yield tuple(window)
    for x in it:
        window = window[1:] + [x]
        yield tuple(window)


print(*windows(iter(range(6)), 3))
