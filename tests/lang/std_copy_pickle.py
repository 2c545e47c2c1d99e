# copy, pickle, heapq, bisect, string, textwrap, pprint, types, contextlib odds, abc of small library modules.
import bisect
import copy
import heapq
import pickle
import pprint
import textwrap


class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
    def __repr__(self): return f"P({self.x},{self.y})"


class Slots:
    __slots__ = ("a", "b")


class Custom:
    def __reduce__(self): return (Custom.make, (5,))
    @classmethod
    def make(cls, n):
        c = cls.__new__(cls)
        c.n = n
        return c


class State:
    def __init__(self): self.keep, self.drop = 1, lambda: 0
    def __getstate__(self): return {"keep": self.keep}
    def __setstate__(self, s): self.__dict__.update(s, restored=True)


shared = [1]
obj = {"p": Point(1, [2]), "l": [shared, shared], "t": (1, (2,)), "s": {1, 2}, "n": None, "b": b"x", "f": 1.5, "big": 2**100}
d, s = copy.deepcopy(obj), copy.copy(obj)
print(d == obj, d["p"] is not obj["p"], d["l"][0] is d["l"][1], d["l"][0] is not shared, s["l"] is obj["l"], copy.copy(5) == 5, copy.deepcopy(len) is len)
cyc = [1]
cyc.append(cyc)
c2 = copy.deepcopy(cyc)
print(c2[1] is c2, c2 is not cyc)
sl = Slots()
sl.a = [1]
sl2 = copy.deepcopy(sl)
print(sl2.a, sl2.a is not sl.a, hasattr(sl2, "b"), copy.copy(Custom()).n, copy.replace(__import__("collections").namedtuple("N", "a b")(1, 2), a=9))
for proto in range(pickle.HIGHEST_PROTOCOL + 1):
    items = [obj, cyc, Custom(), State(), 1 + 2j, range(5), slice(1, 2), frozenset([1]), bytearray(b"q"), Point, len, ..., NotImplemented, ValueError("e", 1), True, -(2**70), "é日😀\ud800", 1e-300, float("inf"), int, (), [], {}]
    out = []
    for it in items:
        if proto == 0 and it is sl:
            continue
        back = pickle.loads(pickle.dumps(it, proto))
        out.append(type(back).__name__)
    back = pickle.loads(pickle.dumps(obj, proto))
    st = pickle.loads(pickle.dumps(State(), proto))
    print(proto, out == [type(i).__name__ for i in items], back == obj, back["l"][0] is back["l"][1], st.restored, hasattr(st, "drop"))
for bad in (lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b"junk"), lambda: pickle.loads(b""), lambda: pickle.dumps((i for i in [])), lambda: pickle.loads(b"cos\nnope\n."), lambda: pickle.dumps(1, 99), lambda: copy.deepcopy(i for i in []), lambda: copy.copy((i for i in []))):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0].split("<locals>")[0])
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
print(h, heapq.heappop(h), heapq.heappushpop(h, 0), heapq.heapreplace(h, 7), heapq.nlargest(2, h), heapq.nsmallest(2, [("b", 1), ("a", 2)]), list(heapq.merge([1, 4], [2, 3])), [heapq.heappop(h) for _ in range(len(h))], heapq.nlargest(2, "abc", key=lambda c: -ord(c)))
l = [1, 2, 2, 5]
bisect.insort(l, 3)
bisect.insort_left(l, 2)
print(l, bisect.bisect_left(l, 2), bisect.bisect_right(l, 2), bisect.bisect([(1, "a"), (3, "b")], 2, key=lambda t: t[0]), bisect.bisect_left([], 1), bisect.bisect(l, 9, 1, 3))
print(textwrap.fill("the quick brown fox jumps over the lazy dog " * 2, 30), textwrap.dedent("  a\n    b\n  c"), textwrap.shorten("hello big world", 10), textwrap.indent("a\nb", "> "), textwrap.wrap("averyveryverylongword x", 8), sep="\n")
pprint.pprint({"key" + str(i): list(range(i * 3)) for i in range(6)}, width=40)
pprint.pprint([[1, 2], {"a": {"b": (1, 2, "x" * 50)}}, cyc[:1], "long string " * 10], width=50)
print(pprint.pformat({"b": 1, "a": 2}), pprint.isrecursive(cyc), pprint.saferepr(Point(1, 2)))
import string, keyword, reprlib, graphlib, types, difflib, fnmatch, shlex, html, urllib.parse as up, uuid, colorsys, ipaddress
print(string.capwords("a b-c"), keyword.iskeyword("match"), keyword.softkwlist, reprlib.repr(list(range(100))), list(graphlib.TopologicalSorter({"a": {"b"}, "b": {"c"}}).static_order()), difflib.get_close_matches("appel", ["ape", "apple"]), fnmatch.filter(["a.py", "b.txt"], "*.py"), shlex.split("a 'b c' \"d\\\"e\""), html.escape("<a&\">"), html.unescape("&lt;&eacute;&#65;"))
print(list(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm="")), up.urlparse("http://u@h:80/p;x?q=1#f"), up.quote("a b/é"), up.unquote("%C3%A9+"), up.urlencode({"a": 1, "b": "x y"}), up.parse_qs("a=1&a=2&b="), up.urljoin("http://a/b/c", "../d"), uuid.UUID(int=5), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), ipaddress.ip_network("10.0.0.0/30").num_addresses)
