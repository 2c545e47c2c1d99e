# Insertion order through growth, deletion and re-insertion; many keys of many kinds; collisions; copies while changing.
d = {}
expect = []
state = 7
for step in range(3000):
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    k = (state >> 10) % 200
    if step % 3 == 2 and k in d:
        del d[k]
        expect.remove(k)
    else:
        if k not in d:
            expect.append(k)
        d[k] = step
print(list(d) == expect, len(d), d.get(17), list(d)[:10])
strings = {f"key{i}": i for i in range(500)}
print(len(strings), strings["key499"], list(strings)[250], all(strings[f"key{i}"] == i for i in range(500)))
mixed = {}
for i, k in enumerate([1, "1", 1.5, (1,), None, True, b"1", frozenset([1]), 2**70, -1, -2, "", 0, 0j, range(1), ...]):
    mixed[k] = i
print(len(mixed), mixed[1], mixed[True], mixed[-1], mixed[-2], mixed[2**70], mixed[0.0], mixed[frozenset({1})], list(mixed.values()))


class Collide:
    def __init__(self, n): self.n = n
    def __hash__(self): return 42
    def __eq__(self, other): return self.n == other.n


c = {Collide(i): i for i in range(60)}
for i in range(0, 60, 3):
    del c[Collide(i)]
print(len(c), sum(c.values()), Collide(4) in c, Collide(3) in c, [v for v in c.values()][:5])
a = dict.fromkeys("abcdef", 0)
for k in list(a):
    if k in "bd":
        del a[k]
a["b"] = 1
print(list(a), a.popitem(), a.popitem(), list(a), list(reversed(a)), list(reversed(a.values())))
b = a.copy()
b["new"] = 1
print(list(a), list(b), a == b, dict(sorted({"z": 1, "a": 2}.items())), {k: a[k] for k in sorted(a, reverse=True)})
e = {}
for i in range(10):
    e[i] = i
while len(e) > 3:
    e.pop(next(iter(e)))
e.update({i: -i for i in range(5)})
print(e)
f = {i: None for i in range(100)}
for i in range(99):
    del f[i]
print(f, len(f), list(f))
f.update((i, 1) for i in range(3))
print(f)
g = {"x": 1}
g["x"] += 5
g["y"] = g.get("y", 0) + 1
g.setdefault("z", []).append(1)
print(g, {**g, "x": 0}, dict(g, x=2), g | {"x": 3}, {"x": 3} | g)
try:
    for k in g:
        g[k + "!"] = 1
except RuntimeError as err:
    print(err)
try:
    for k in g.copy():
        del g[k]
    print(g)
    g.update(a=1, b=2)
    for k, v in g.items():
        g.clear()
except RuntimeError as err:
    print(err)
counts = {}
for ch in "the quick brown fox jumps over the lazy dog":
    counts[ch] = counts.get(ch, 0) + 1
print(counts, max(counts, key=counts.get), sorted(counts, key=lambda c: (-counts[c], c))[:5])
inverse = {}
for k, v in counts.items():
    inverse.setdefault(v, []).append(k)
print(inverse)


class Obj:
    pass


o = Obj()
o.b, o.a, o.c = 1, 2, 3
del o.a
o.a = 4
print(vars(o), list(o.__dict__), o.__dict__ is vars(o))
o.__dict__["dynamic"] = 5
print(o.dynamic, o.__dict__.pop("b"), hasattr(o, "b"))
o.__dict__ = {"replaced": True}
print(o.replaced, vars(o))
def kw(**k): return list(k)
print(kw(z=1, a=2, m=3), list(dict(z=1, a=2)), [k for k in type("T", (), {"q": 1, "b": 2}).__dict__ if len(k) == 1])
