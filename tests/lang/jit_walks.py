"""Loops over enumerate, zip, reversed, dicts and strings, whose iterators compiled code keeps in registers."""
import sys
import weakref


def hot(f, *args):
    """Calls often enough to be compiled; the last result."""
    for _ in range(120):
        r = f(*args)
    return r


def numbered(seq, start):
    out = 0
    for i, x in enumerate(seq):
        out += i * x
    for i, x in enumerate(seq, 5):
        out += i - x
    for i, x in enumerate(seq, start):
        out += i
    for pair in enumerate(seq):
        out += pair[0] + len(pair)
    return out


print(hot(numbered, [1, 2, 3], 7), numbered((4, 5), 1), numbered(range(4), 2), numbered([], 0), numbered([1, 2.5], -3))
print(numbered([1, 2], 2**70))


def zipped(a, b):
    out = []
    for x, y in zip(a, b):
        out.append(x + y)
    for p in zip(a, b):
        out.append(p)
    for x, y, in zip(a, b):
        if x > 1:
            break
        out.append(-x)
    return out


print(hot(zipped, [1, 2, 3], [4, 5, 6, 7]), zipped((1, 2), [3, 4]), zipped([1], ()), zipped("ab", "cd") if False else 0)
print(zipped(range(2), [1.5, 2.5]))


def backward(seq, n):
    out = []
    for x in reversed(seq):
        out.append(x)
        if x == 3 and len(seq) > 2:
            seq.pop()
    for i in reversed(range(n)):
        out.append(i)
    for i in reversed(range(2, n)):
        out.append(i)
    return out


for k in range(120):
    got = backward([1, 2, 3, 4], 4)
print(got, backward([1, 2], 0), backward([3, 3, 3], 3))
print(backward((5, 6), 1))


def entries(d):
    out = []
    for k in d:
        out.append(k)
    for k in d.keys():
        out.append(k)
    for v in d.values():
        out.append(v)
    for k, v in d.items():
        out.append((k, v))
    for item in d.items():
        out.append(item)
    return out


print(hot(entries, {"a": 1, "b": [2]}), entries({}))
gaps = {i: -i for i in range(6)}
del gaps[2], gaps[5]
print(entries(gaps), entries({1: 2}))


class Other(dict):
    def items(self):
        return [("other", 1)]

    def __iter__(self):
        return iter("xy")


print(entries(Other(a=1)))


def changes(d, how):
    seen = []
    for k, v in d.items():
        seen.append(k)
        if k == 3:
            if how == "grow":
                d["new"] = 1
            elif how == "shrink":
                del d[0]
            elif how == "swap":
                del d[0]
                d["new"] = 1
            elif how == "value":
                d[4] = "changed"
    return seen


for _ in range(120):
    changes({i: i for i in range(6)}, "")
for how in ("", "value", "grow", "shrink", "swap"):
    d = {i: i for i in range(6)}
    try:
        print(how, changes(d, how), d)
    except RuntimeError as e:
        print(how, e, e.__traceback__.tb_next.tb_lineno - changes.__code__.co_firstlineno)


def letters(n):
    out = ""
    for _ in range(n):
        for c in "aé€😀":
            out = c + out[:6]
        for c in str(n):
            out += c
    return out


print(hot(letters, 3))


def grows(seq, limit):
    """The list changes while it is walked over."""
    total = 0
    for i, x in enumerate(seq):
        if i < limit:
            seq.append(x + 1)
        total += x
    for x, y in zip(seq, seq):
        if x == limit:
            seq.clear()
        total += y
    return total, len(seq)


for _ in range(120):
    got = grows([1, 2], 10)
print(got)


def nested(a, d):
    out = 0
    for i, row in enumerate(a):
        for x, (j, y) in zip(row, enumerate(row)):
            for k, v in d.items():
                out += i * x + j * y + k * v
    return out


print(hot(nested, [[1, 2], [3, 4], [5]], {1: 2, 3: 4}))


def fails(seq, at):
    """An exception in the loop: the frame and its iterators are whole again."""
    got = []
    try:
        for i, x in enumerate(seq):
            for a, b in zip(seq, seq):
                got.append(a + b)
                if i == at:
                    raise ValueError((i, x, a, b))
    except ValueError as e:
        got.append(e.args)
    return got


print(hot(fails, [1, 2], 9), fails([1, 2], 1), fails([1, "a"], -1) if False else "")
try:
    fails([1, None], 9)
except TypeError as e:
    print(e)


def leaves(seq, d):
    """What was walked over is let go as the loop ends."""

    class Box(list):
        pass

    counts = []
    for i, x in enumerate([seq, seq]):
        pass
    counts.append(sys.getrefcount(seq))
    for a, b in zip([seq], [seq, seq]):
        pass
    counts.append(sys.getrefcount(seq))
    for k, v in d.items():
        pass
    a = b = x = k = v = None
    counts.append(sys.getrefcount(seq))
    counts.append(sys.getrefcount(d))
    b = Box([1, 2, 3])
    w = weakref.ref(b)
    for i, y in enumerate(b):
        if i == 1:
            break
    del b
    counts.append(w() is None)
    return counts


held, table = [0], {1: [2]}
one = leaves(held, table)
many = hot(leaves, held, table)
print(len(one), one[4], [m - o for m, o in zip(many, one)])


def long(n):
    """Entered in the middle of its loops."""
    a = list(range(n))
    s = 0
    for i, x in enumerate(a, 1):
        s += i * x
    for x, y in zip(a, a):
        s -= x * y
    for x in reversed(a):
        s += x
    d = dict.fromkeys(a, 2)
    for k in d:
        s += k
    for k, v in d.items():
        s += k * v
    for v in d.values():
        s += v
    t = "ab" * (n // 2)
    for c in t:
        s += c == "a"
    for i, c in enumerate(t):
        s += i
    for i, (x, y) in enumerate(zip(a, t)):
        s += i + x
    return s


print(long(20000), long(20000))
total = 0
for i, x in enumerate(list(range(5000))):
    total += i * x
for k, v in dict(enumerate("abc" * 2000)).items():
    total += k
    if k == 4000:
        globals()["late"] = total
print(total, late, i, k)


def steps(n, k):
    out = []
    for i in range(0, n, k):
        out.append(i)
    for i in range(n, 0, -k):
        out.append(i)
    for i in range(1, n, k):
        for j in range(i, n, k + 1):
            out.append(i * j)
            if j > 6:
                break
    return out


for _ in range(120):
    got = steps(10, 3)
print(got, steps(10, 2), steps(0, 1), steps(5, -2) if False else "")
for bad in (0, 2**21, 2**70, -1, True, 1.5):
    try:
        print(steps(4, bad))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)


def sieve(n):
    flags = [True] * n
    s = 0
    for i in range(2, n):
        if flags[i]:
            s += i
            for j in range(i * i, n, i):
                flags[j] = False
    return s


print(sieve(20000))
