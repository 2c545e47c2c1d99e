# exit: 1
# stderr: exact
# Carets under the failing part of an expression, for each kind of failing instruction.
import sys
import traceback

d, l, n, o = {"a": {"b": None}}, [1, 2], None, object()


def call(*a, **k):
    raise RuntimeError("called")


cases = [
    lambda: d["a"]["b"]["c"],
    lambda: l[0] + l[1] / 0 * 5,
    lambda: o.missing.attribute,
    lambda: n.method(1, 2)(3),
    lambda: call(1, k=[call(2)]),
    lambda: (1 + 2) * (3 + "x"),
    lambda: -"x" + 1,
    lambda: [i / 0 for i in l],
    lambda: l[5:6][0],
    lambda: {**d, **5},
    lambda: f"{n.x} and {l[9]}",
    lambda: 1 < 2 < "3",
    lambda: call(
        1,
        2,
    ),
    lambda: "é日" + l[0] + "after wide characters",
    lambda: not_defined + 1,
    lambda: (yield_ := undefined),
    lambda: l.append(1, 2),
    lambda: [*1],
    lambda: (lambda: 1 // 0)(),
    lambda: l @ d,
    lambda: 5 in n,
    lambda: d["a"].b.c.d,
]
for case in cases:
    try:
        case()
    except Exception:
        traceback.print_exc()


def statements(which):
    match which:
        case 0:
            l[10] = 5
        case 1:
            del d["zz"]
        case 2:
            a, b = 1, 2, 3
        case 3:
            o.x += 1
        case 4:
            for x in 5: pass
        case 5:
            with n as z: pass
        case 6:
            assert l == [], f"l is {l}"
        case 7:
            raise KeyError("raised") from None
        case 8:
            import no_such_module_here
        case 9:
            from sys import nothing_like_this
        case 10:
            l[0], l[7] = 1, 2
        case 11:
            return l[0].real.nope + \
                5
        case 12:
            class C(5): pass
        case 13:
            d["a"]["b"] += 1


for i in range(14):
    try:
        statements(i)
    except Exception:
        traceback.print_exc()
sys.stderr.flush()
statements(0)
