# Everyday generators and iterators.
def countdown(n):
    while n > 0:
        yield n
        n -= 1


print(list(countdown(3)), sum(countdown(4)), max(countdown(2)), 2 in countdown(3))
g = countdown(2)
print(next(g), next(g), next(g, "exhausted"))
for x in countdown(3):
    print(x, end=" ")
print()


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fib()
print([next(f) for _ in range(10)])
for x in fib():
    if x > 50:
        break
print(x)


def chunks(xs, n):
    for i in range(0, len(xs), n):
        yield xs[i:i + n]


def flatten(x):
    for item in x:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(list(chunks([1, 2, 3, 4, 5], 2)), list(flatten([1, [2, [3, 4]], 5])))
squares = (x * x for x in range(5))
print(next(squares), list(squares), list(squares))


def running():
    total = 0
    while True:
        x = yield total
        total += x


r = running()
next(r)
print(r.send(5), r.send(10))
r.close()


class Range:
    def __init__(self, n): self.n = n
    def __iter__(self):
        i = 0
        while i < self.n:
            yield i
            i += 1


print(list(Range(3)), [a + b for a, b in zip(Range(3), Range(5))], dict(enumerate("ab")), sorted(Range(4), reverse=True))
it = iter([1, 2, 3])
print(next(it), list(it), list(zip([1, 2], "ab", (True, False))), list(reversed([1, 2])), list(enumerate("xy", 1)))
