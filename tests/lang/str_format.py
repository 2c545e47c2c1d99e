# str.format and format(): fields, nesting, conversions, alignment for all types, custom __format__, errors.
print("{} {} {}".format(1, "a", None), "{1} {0} {1}".format("x", "y"), "{a}{b}{a}".format(a=1, b=2), "{0[1]} {0[k]} {1.real}".format({1: "one", "k": "v"}, 5))
print("{!r} {!s} {!a}".format("é", "é", "é"), "{{}} {{{}}}".format(1), "{:{}}|{:{w}.{p}}".format("a", ">4", 3.14159, w=8, p=3), "{:>{width}}".format("x", width=5))
print("{0:<8}|{0:>8}|{0:^8}|{0:*^8}|{0:=<8}".format("abc"), "{:5}|{:<5}|{:^5}|{:>5}".format(1, 2, 3, 4), "{:05}|{:+05}|{:x>5}|{:=+5}".format(7, 7, 7, 7))
for spec in ["", "d", "b", "o", "x", "X", "#b", "#o", "#x", "#X", "c", "e", "f", "g", "n", "%", ",", "_", "_b", "_x", "#_x", "+", " ", "-", "08", "+08,", "<8", "^8", "*^+9", "=+9", "010,d", "_>10", ".2f", ",.2f", "#o"]:
    try:
        print(spec, repr(format(1234567 if spec != "c" else 8364, spec)), repr(format(-42, spec)) if spec != "c" else "")
    except Exception as e:
        print(spec, "->", e)
for spec in ["", "e", "E", "f", "F", "g", "G", "%", ".0f", ".3", ".3e", ".0e", "#.0f", "#.3g", "10.2f", "<10.2f", "+.1f", " .1f", "010.1f", ",", "_", ",.3f", "_.3f", "z.1f", ".10g", "n", ".400f"[:4], "=+12.3e", "*^12", "012,.2f"]:
    print(spec, [format(v, spec) for v in (0.0, -0.0, 1.5, -2.675, 1234567.891, 1e-7, 1e22)], [format(v, spec) for v in (float("inf"), float("-inf"), float("nan"))])
for spec in ["", "10", "<10", ">10", "^10", ".2", "*^7.3", "s", "10.1s", "é^6"]:
    print(spec, [format(v, spec) for v in ("", "abc", "日本語")])
for spec in ["", ".2f", "10.1f", "+.1e", ",", "<20", "^+20.2f", "g"]:
    print(spec, [format(v, spec) for v in (1 + 2j, -1.5j, 1e10 - 0j)])
print(format(True), format(True, "d"), format(True, "5"), format(None), format([1]), format((1,)), format(b"x"), format(int), format(10**30, ","), format(10**30, "x"), format(2**100, "_b")[:20])
print(format(3, ".1f"), format(3, "e"), format(3, "%"), format(10**20, "g"), format(10**400, "d")[:5], format(0, "b"), format(-255, "#x"), format(-255, "#010x"), format(65, "c"))


class F:
    a = {"k": [1, 2]}
    def __format__(self, spec): return f"<{spec}>"
    def __str__(self): return "str"
    def __repr__(self): return "repr"


class Plain:
    def __str__(self): return "plain"


print("{:abc} {!s:>5} {!r:^6}| {}".format(F(), F(), F(), Plain()), format(F(), "x{}"), "{:}".format(F()), "{0.a[k][1]}".format(F()))
for code in ["'{'.format(1)", "'}'.format(1)", "'{0'.format(1)", "'{!}'.format(1)", "'{!x}'.format(1)", "'{!r'.format(1)", "'{:{'.format(1)", "'{} {1}'.format(1, 2)", "'{1} {}'.format(1, 2)", "'{5}'.format(1)",
             "'{a}'.format(1)", "'{0.nope}'.format(1)", "'{0[nope]}'.format({})", "'{0[1}'.format([1])", "'{0[]}'.format([1])", "'{0.}'.format(1)", "'{:d}'.format('a')", "'{:s}'.format(1)", "'{:5.2d}'.format(1)", "'{:c}'.format(-1)",
             "'{:+c}'.format(65)", "'{:,s}'.format('a')", "'{:=5}'.format('a')", "'{:+}'.format('a')", "'{:q}'.format(1)", "'{:q}'.format(1.0)", "'{:,b}'.format(1)", "'{:,_}'.format(1)", "'{:1.}'.format(1.0)", "'{:99999999999999999999}'.format(1)",
             "'{:x}'.format(1.0)", "format([], 'x')", "format(None, '5')", "format(Plain(), '5')", "format(1, 5)", "format(1, '.5d')", "'{:{:{}}}'.format(1, 2, 3)", "'{0[a][b]}'.format({'a': 1})", "'{:#s}'.format('a')", "'{: }'.format('a')",
             "format(1j, '05')", "format(1j, '=10')", "format(1j, 'd')", "'%'.__format__('d')", "'{a.b}'.format(a=1)", "'{-1}'.format(1)", "'{ 0}'.format(1)", "'{0 }'.format(1)", "'{0!r:>{1}}'.format('a')"]:
    try:
        print(code, "=", repr(eval(code)))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
print("{a[0]}{b.x}".format_map({"a": "xy", "b": type("T", (), {"x": 5})}), "{k}".format_map(type("D", (dict,), {"__missing__": lambda s, k: f"no {k}"})()))
import string

print(list(string.Formatter().parse("a{b!r:>{c}}d{{}}{}")), string.Formatter().format("{0} {x}", 1, x=2), string.Template("$a ${b} $$").substitute(a=1, b=2))
