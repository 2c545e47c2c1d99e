# Every dict method and operator; order; views; key rules; construction; errors.
d = {"a": 1, "b": 2, **{"c": 3}}
print(d, dict(a=1), dict([("x", 1), ["y", 2]]), dict({"k": 1}, z=2), dict(zip("ab", range(2))), dict([]), {}, dict(**{"q": 1}), dict(["ab", "cd"]))
print(d.get("a"), d.get("z"), d.get("z", 0), d.setdefault("a", 9), d.setdefault("n"), d.setdefault("l", []), d.pop("n"), d.pop("zz", "default"), d)
print(d.popitem(), d.update(b=20), d.update([("e", 5)]), d.update({"f": 6}, g=7), d.update(), d, len(d), "e" in d, "zz" not in d)
print(list(d), list(d.keys()), list(d.values()), list(d.items()), list(reversed(d)), d.keys() & {"a", "z"}, sorted(d.keys() | {"z"}), sorted(d.keys() - {"a"}), sorted(d.items() & {("a", 1)}), sorted(d.keys() ^ {"a", "new"}))
print(d | {"a": 100, "h": 8}, {"a": 0} | d, d.copy() == d, d.copy() is d, dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), d == dict(reversed(list(d.items()))), d != {})
d |= {"z": 26}
d |= [("y", 25)]
del d["b"], d["c"]
d["b"] = "again"
print(d, d.clear(), d, {1: "a", 1.0: "b", True: "c"}, {0: 1, False: 2, 0.0: 3}, {"1": 1, 1: 2}, {(1, 2): 3}[1, 2], {None: 1}[None])
keys = d.keys()
d["live"] = 1
print(keys, len(keys), "live" in keys, d.items(), d.values(), keys == {"live"}, keys.isdisjoint(["x"]), keys.mapping, type(keys.mapping).__name__, repr(iter(keys)).split(" at")[0])
print(("live", 1) in d.items(), ("live", 2) in d.items(), 1 in d.values(), d.keys() <= {"live", "x"}, d.items() == {("live", 1)}, d.values() == d.values(), {1: 2}.keys() > set())
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
for i in range(5):
    big[-i] = i
print(len(big), list(big)[:4], list(big)[-5:], sum(big), sum(big.values()), big.popitem(), next(iter(big)), 999 in big, 500 in big)
cycle = {}
cycle["me"] = cycle
print(cycle, {"l": [cycle]}, str(cycle) == repr(cycle))
for code in ["{}['x']", "{}.pop('x')", "{}.popitem()", "{}.pop()", "{}.get()", "{}.setdefault()", "{[]: 1}", "{}[[]]", "{}.get([])", "{}.setdefault([], 1)", "[] in {}", "{}.pop({})", "dict(5)", "dict([1])", "dict([(1, 2, 3)])", "dict('ab')", "dict(['a'])", "dict(1, 2)", "dict({}, 5)", "{}.update(5)", "{}.update([1])", "{}.update([(1, 2, 3)])",
             "{} | []", "{} + {}", "{} < {}", "{}.fromkeys(5)", "dict.fromkeys()", "hash({})", "{}.keys() + {}.keys()", "{}.keys()[0]", "{}.__getitem__('a')", "del_({}, 'x')", "{**5}", "{**[1]}", "{}.copy(1)", "dict(**{1: 2})", "{}.items().x", "{1: 1}.values() & {1}", "{}.keys() & 5", "{} == 5", "{1: 2} | {3: 4}", "set({1: 2}.items())", "{1: []}.items() & {1}", "{'a': 1}('b')"]:
    try:
        print(code, "=", eval(code, {"del_": lambda d, k: d.__delitem__(k)}))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return 1
    def __eq__(self, o):
        log.append(f"{self.n}=={getattr(o, 'n', o)}")
        return isinstance(o, Key) and self.n == o.n
    def __repr__(self): return f"K{self.n}"


log = []
kd = {Key(1): "a", Key(2): "b"}
print(kd, kd[Key(2)], Key(3) in kd, log)
log.clear()
k1 = Key(1)
kd2 = {k1: 1}
print(kd2[k1], log)


class Evil:
    def __hash__(self): return 5
    def __eq__(self, other):
        target.clear()
        return False


target = {5: "five", 6: "six"}
print(target.get(Evil(), "gone"), target)


class BadHash:
    def __hash__(self): raise ValueError("no hash")


for use in (lambda: {BadHash(): 1}, lambda: BadHash() in {}, lambda: {}.get(BadHash()), lambda: {1: 2}.pop(BadHash(), 0)):
    try:
        print(use())
    except ValueError as e:
        print(e)


class Sub(dict):
    def __missing__(self, k): return f"<{k}>"
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
    def keys(self): return ["fake"]


s = Sub(a=1)
s["b"] = 5
s.update(c=3)
print(s, s["zz"], s.get("zz"), dict(s), {**s}, s | {"q": 1}, type(s | {}).__name__, type(s.copy()).__name__, list(s), s.setdefault("d", 7), isinstance(s, dict))


class MapLike:
    def keys(self): return iter("xy")
    def __getitem__(self, k): return k.upper()


print(dict(MapLike()), {**MapLike()}, (lambda **k: k)(**MapLike()))
nan = float("nan")
print({nan: 1}[nan], {nan: 1}.get(float("nan")), {float("nan"): 1, float("nan"): 2}.__len__(), [{}] == [{}], {"a": {"b": [1]}} == {"a": {"b": [1.0]}})
