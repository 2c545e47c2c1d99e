# json: encoding and decoding, options, errors with positions, custom types, round trips.
import json
import math

data = {"s": "q\"\\\n\t\u0001é日😀/", "i": 10**20, "f": [1.0, -0.0, 1e100, 1.5e-7], "n": None, "b": [True, False], "e": [{}, [], ""], "nested": {"a": {"b": [1, {"c": 2}]}}, 1: "int key", 2.5: "float key", None: "none key", True: "bool key"}
print(json.dumps(data))
print(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
print(json.dumps({"b": 1, "a": [1, 2, {"x": []}], "c": {}}, indent=2, sort_keys=True))
print(json.dumps([1, [2]], indent="--"), json.dumps([math.inf, -math.inf, math.nan]), json.dumps((1, 2)), json.dumps("é"), json.dumps(None), json.dumps({(1, 2): 1, "k": 1}, skipkeys=True), json.dumps("\ud800"), json.dumps("</script>\x7f\u2028"))
print(json.loads('{"a": [1, 2.5, -3e2, true, null, "\\u00e9\\n\\ud83d\\ude00"], "b": {}}'), json.loads(" [ ] "), json.loads("1"), json.loads('"x"'), json.loads("NaN"), json.loads("-Infinity"), json.loads(b'{"b": 1}'), json.loads("1E400"), json.loads('{"a": 1, "a": 2}'), json.loads("123456789012345678901234567890"), json.loads("-0"), json.loads("-0.0"), json.loads('"\\ud800"') == "\ud800")
print(json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d.items())), json.loads('{"a": 1, "b": 2}', object_pairs_hook=list), json.loads("[1.5, 2, NaN]", parse_float=str, parse_int=lambda s: -int(s), parse_constant=lambda c: c + "!"))
for bad in ["", "{", "[1,", "[1 2]", '{"a" 1}', '{"a": }', "{'a': 1}", '{"a": 1,}', "[1,]", "nul", "tru", '"abc', '"\\x"', '"\\u12"', "01", "1.", ".5", "+1", "-", "[1]]", '{"a": 1} x', '"a\nb"', "\ufeff1", "{1: 2}", "[", "]", '"\t"', "1e", "Infinit", '["a" "b"]', "{,}", '{"a":1 "b":2}']:
    try:
        print(repr(bad), json.loads(bad))
    except json.JSONDecodeError as e:
        print(repr(bad), "->", e, "|", e.lineno, e.colno, e.pos)


class Obj:
    pass


circular = []
circular.append(circular)
for bad in (lambda: json.dumps(Obj()), lambda: json.dumps({1, 2}), lambda: json.dumps(circular), lambda: json.dumps({(1,): 2}), lambda: json.dumps(math.nan, allow_nan=False), lambda: json.dumps(b"x"), lambda: json.dumps({"z": 1, 5: 2}, sort_keys=True), lambda: json.loads(5), lambda: json.dumps(1j), lambda: json.dumps({"a": [1, {"b": Obj}]})):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", ""))


class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, (set, frozenset)):
            return sorted(o)
        if isinstance(o, complex):
            return {"re": o.real, "im": o.imag}
        return super().default(o)


print(json.dumps({"s": {3, 1}, "c": 1 + 2j}, cls=Enc), json.dumps([Obj()], default=lambda o: type(o).__name__), "".join(json.JSONEncoder(indent=1).iterencode([1, {"a": 2}])))
class IntSub(int):
    def __repr__(self): return "no"
class StrSub(str): pass
import enum
class E(enum.IntEnum): A = 1
print(json.dumps([IntSub(5), StrSub("s"), E.A, True]), json.dumps({E.A: 1}), json.JSONDecoder().raw_decode('{"a": 1} tail'))
import io
f = io.StringIO()
json.dump({"k": [1, 2]}, f)
print(f.getvalue(), json.load(io.StringIO('[1, {"x": null}]')), json.loads(json.dumps({k: v for k, v in data.items() if isinstance(k, str)})) == {k: v for k, v in data.items() if isinstance(k, str)})
deep = 1
for _ in range(500): deep = [deep]
print(len(json.dumps(deep)), json.loads("[" * 500 + "]" * 500) is not None)
try:
    json.loads("[" * 5000000)
except RecursionError as e:
    print("RecursionError")
