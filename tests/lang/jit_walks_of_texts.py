# enumerate and zip over strs, lists and tuples in hot loops; truth values in sums; min and max of several; compared strs kept as values.
def distance(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a):
        now = [i + 1]
        for j, y in enumerate(b):
            now.append(min(before[j + 1] + 1, now[j] + 1, before[j] + (x != y)))
        before = now
    return before[-1]


def pairs(a, b):
    n, seen = 0, []
    for x, y in zip(a, b):
        n += x == y
        if n % 50 == 1:
            seen.append((x, y))
    return n, seen[:4], len(seen)


def kept(a, b):
    out = []
    for p in zip(a, b):
        out.append(p)
        if len(out) > 5:
            out.pop(0)
    return out


def numbered(text, start):
    total, last = 0, None
    for k, c in enumerate(text, start):
        total += k * (c == 'é') - (c < 'b') * 2
        last = (k, c)
    return total, last


def mixed(values):
    lows, highs = 0, 0.0
    for v in values:
        lows += min(v, 3, 7, v + 1)
        highs = max(highs, v * 0.5, 1.5)
    return lows, highs


def truths(values):
    a = b = c = 0
    for v in values:
        a += v > 3
        b = (v == 4) + b - (v != 4) * 2
        c = c | (v < 2)
        d = (v > 1) + (v > 2)
        c += d * True
    return a, b, c, True + (a > 1), (a > 1) & True, (a > 1) | 6


def rest(text):
    """What is left of the iterators when the loop ends early."""
    e, z = enumerate(text), zip(text, text[1:])
    for k, c in e:
        if k > 300:
            break
    for x, y in z:
        if x == 'q' and y == 'r':
            break
    return next(e), next(z)


texts = ['kitten sitting on the mitten' * 30, 'sitting kitten with some mittens' * 20, 'naïve é 漢字 \U0001f40d ' * 60]
for _ in range(3):
    print(distance(texts[0][:150], texts[1][:140]), distance(texts[2][:90], texts[0][:90]))
    for a in (texts[0], list(texts[0]), tuple(texts[1])):
        for b in (texts[2], list(texts[1]), tuple(texts[0])):
            print(pairs(a, b), kept(a, b)[-1])
    print(numbered(texts[2], 0), numbered(texts[2], 10), numbered(texts[0], -5))
    print(mixed([1, 5, 9, 2] * 300), mixed([1, 2.5, True, 10**30] * 200), truths([1, 2, 3, 4, 5] * 300))
    print(rest('abcdefghijklmnopqrstuvwxyz' * 100))
try:
    min(1, 'a', 2)
except TypeError as e:
    print(e)
