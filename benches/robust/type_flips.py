"""The types of a loop's variables change at every turn."""
import sys


def add(a, b):
    return a + b


def flips(values, n):
    last = None
    counts = {}
    for i in range(n):
        v = values[i % len(values)]
        last = add(v, v)
        name = type(last).__name__
        counts[name] = counts.get(name, 0) + 1
    return last, sorted(counts.items())


def accumulate(n):
    t = 0
    for i in range(n):
        if i % 3 == 0:
            t = float(t) * 0.5
        elif i % 3 == 1:
            t = int(t) + i
        else:
            t = t + (1 << 62) - (1 << 62)
    return t


n = int(sys.argv[1]) if len(sys.argv) > 1 else 600000
print(*flips([1, 2.5, "ab", (1,), [2], 1 << 70, True, b"x", 3 + 4j], n))
print(accumulate(n))
