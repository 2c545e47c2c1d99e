"""Operations on built-in values in hot code, and what turns up later that is not built in."""


class Key:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Key({self.n})"

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        log.append("eq")
        return isinstance(other, Key) and other.n == self.n


class Falsy:
    def __bool__(self):
        log.append("bool")
        return False


class Sized:
    def __len__(self):
        return 0


log = []


def look(d, keys):
    out = []
    for k in keys:
        try:
            out.append(d[k])
        except KeyError as e:
            out.append(e.args)
    return out


def store(d, keys):
    for i, k in enumerate(keys):
        d[k] = i
    return list(d.items())


def within(c, items):
    return [x in c for x in items], [x not in c for x in items]


def truths(values):
    return [bool(v) if v else not v for v in values], sum(1 for v in values if v)


def same(values, text):
    n = 0
    for v in values:
        if v == text:
            n += 1
        if v != text:
            n += 100
    return n


def order(values, text):
    n = 0
    for v in values:
        if v < text:
            n += 1
        if v >= text:
            n += 100
    return n


def parts(s, n):
    out = []
    for i in range(n):
        out.append((s[i:], s[:i], s[i:-1], s[-i:i]))
    return out[-1]


def texts(values):
    out = ""
    for v in values:
        out = f"<{v}{out[:20]}{v!r}>"
    return out


def sums(a, b, n):
    for i in range(n):
        a = a + b
    return a


class Dying:
    def __del__(self):
        log.append("del")


def overwrite(n):
    d = {}
    for i in range(n):
        d["x"] = Dying()
        log.append(i % 3)
    return len(d)


plain = [1, "a", 2.5, None, (1, "b"), True, float("nan"), 2**70, b"q"]
for turn in range(3):
    d = {k: str(k) for k in plain if k == k}
    keys = ["a", 1, (1, "b"), 7, None, "zz", 2**70] * 40
    print(look(d, keys)[-7:])
    print(store(dict(d), keys)[-3:])
    print(within(d, keys)[0][-7:], within(set(d), keys)[1][-7:], within(tuple(d), keys)[0][-7:])
    print(within("hello", ["h", "lo", "", "x"] * 50)[0][-4:])
    print(truths([0, 1, "", "a", [], [0], (), {}, {1: 2}, None, set(), 0.0, object] * 20)[1])
    print(same(["a", "b", None, 3] * 60, "a"), order(["a", "b", "ab"] * 60, "ab"))
    print(parts([1, 2, 3, 4], 60), parts("abcdé", 60), parts((1, 2), 60))
    print(texts([1, "x", 2.5, None, True, 2**70] * 20))
    print(sums(1, 2**60, 60), sums("a", "bc", 60)[:5], sums(2**62, -(2**61), 60))

print(look({Key(1): "one", Key(2): "two"}, [Key(1), Key(3), Key(2)] * 30)[-3:], log[-4:])
print(store({}, [Key(1), Key(2), Key(1)] * 30)[0][1], len(log))
print(within([Key(1), Key(2)], [Key(2), 5] * 30)[0][-2:], len(log))
print(within({1: 2}, ["a", Key(1)] * 30)[0][-2:], len(log))
try:
    print(within({1: 2}, ["a", []]))
except TypeError as e:
    print(e)
try:
    print(look({1: 2}, [1, [], 2]))
except TypeError as e:
    print(e)
try:
    print(within("abc", ["a", 5]))
except TypeError as e:
    print(e)
print(truths([Falsy(), Sized(), 1] * 30)[1], len(log))
print(same([Key(1), "a", "a"] * 30, "a"), len(log))
try:
    print(order(["a", 1], "b"))
except TypeError as e:
    print(e)
log.clear()
print(overwrite(100), log[-6:], log.count("del"))
try:
    texts([1, 10**5000])
except ValueError as e:
    print(e)
