# Copies of dicts: order, deleted entries, growth afterwards; views as lists.
for n in (0, 1, 5, 6, 10, 11, 100, 300, 40000):
    d = {i * 3: str(i) for i in range(n)}
    for i in range(0, n, 4):
        del d[i * 3]
    copies = [d.copy(), dict(d), {**d}, d | {}, {} | d]
    e = {}
    e.update(d)
    copies.append(e)
    f = {1: 2}
    del f[1]
    f.update(d)
    copies.append(f)
    for c in copies:
        assert c == d and list(c) == list(d), n
        c["x"] = 1
        c[-1] = 2
        c.pop(9, None)
        assert "x" not in d and -1 not in d
        assert list(c)[-2:] == ["x", -1]
    assert list(d.values()) == [d[k] for k in d] and list(d.items()) == [(k, d[k]) for k in d] and [*d.keys()] == list(d)
    print(n, len(d), list(d)[:5], list(dict.fromkeys(d, 0).items())[:3])
d = {"a": 1, "b": 2}
c = d.copy()
del d["a"]
c["z"] = 3
print(d, c, dict([("k", 1), ["l", 2], "mn"]), dict(zip("ab", (1, 2)), c=3))
for bad in ([(1, 2), (1,)], [(1, 2, 3)], [1], ["abc"]):
    try:
        dict(bad)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e, getattr(e, "__notes__", None))


class Loud(dict):
    def keys(self):
        print("keys")
        return super().keys()

    def values(self):
        print("values")
        return super().values()


l = Loud(a=1)
print(list(l.values()), dict(l), {**l})
