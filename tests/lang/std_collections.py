# collections: deque, Counter, OrderedDict, defaultdict, ChainMap, UserDict.
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque

d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, d.maxlen, d[0], d[-1], len(d), 3 in d, d.popleft(), d.pop(), d)
d.extend([7, 8])
d.extendleft("ab")
d.rotate(1)
print(d, d.index(7) if 7 in d else None, d.count("a"), list(reversed(d)), d.copy() == d, deque([1]) + deque([2]), deque("ab") * 2, deque([1, 2]) < deque([1, 3]))
d.insert(1, "i") if len(d) < 4 else d.clear()
print(d, deque(range(5), 3), deque(), bool(deque()))
e = deque(range(10))
del e[3]
e[0] = "x"
e.remove(5)
e.reverse()
e.rotate(-3)
print(e, e[2])
for bad in (lambda: deque().pop(), lambda: deque().popleft(), lambda: deque([1])[5], lambda: deque([1]).remove(2), lambda: deque(5), lambda: deque([], -1), lambda: deque([], "a"), lambda: deque([1], 1).insert(0, 2), lambda: hash(deque()), lambda: deque([1]).index(3), lambda: [e.append(1) for _ in e], lambda: deque([1])[0:1]):
    try:
        print(bad())
    except Exception as err:
        print(type(err).__name__, err)
c = Counter("mississippi")
print(c, c.most_common(2), c["z"], sorted(c.elements()), c.total(), c + Counter("ss"), c - Counter("iiiii"), c & Counter("is"), c | Counter("z"), +Counter(a=1, b=-1), -Counter(a=-2))
c.update("zz")
c.subtract({"m": 5})
del c["nothing"]
print(c, Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2), Counter([1, 1]), Counter({"x": 3})["x"])
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a")
print(o, o.popitem(), o.popitem(last=False), o, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1}, list(reversed(o)), o | {"z": 1})
o.move_to_end("c", last=False)
try:
    o.move_to_end("nope")
except KeyError as err:
    print(repr(err))
dd = defaultdict(list, x=[1])
dd["y"].append(2)
print(dd, dd.get("z"), "z" in dd, dd.default_factory, dd.copy(), dd | {"q": 1}, defaultdict(int)["n"], defaultdict(lambda: "dyn")["k"])
try:
    defaultdict()["none"]
except KeyError as err:
    print(repr(err))
try:
    defaultdict(5)
except TypeError as err:
    print(err)
nested = defaultdict(lambda: defaultdict(int))
for w in "the cat the dog a cat".split():
    nested[len(w)][w] += 1
print({k: dict(v) for k, v in nested.items()})
cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
cm["c"] = 4
print(cm, cm["a"], cm["b"], cm.maps[0], cm.new_child({"a": 0})["a"], cm.parents, sorted(cm), len(cm), dict(cm))
try:
    del cm["b"]
except KeyError as err:
    print(err)


class Upper(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.upper(), v)


u = Upper(a=1)
u.update(b=2)
print(u, u.data, "A" in u, UserList([1]) + [2], UserString("ab").upper(), isinstance(u, dict))
