# Everyday match statements.
def http(status):
    match status:
        case 200 | 201:
            return "ok"
        case 404:
            return "not found"
        case int(n) if n >= 500:
            return f"server error {n}"
        case str(s):
            return f"text {s}"
        case _:
            return "unknown"


print([http(s) for s in (200, 201, 404, 503, "x", None, 300)])


def command(text):
    match text.split():
        case []:
            return "nothing"
        case ["go", direction]:
            return f"going {direction}"
        case ["take", *things]:
            return f"taking {things}"
        case ["quit" | "exit"]:
            return "bye"
        case [first, *_]:
            return f"what is {first}?"


print([command(t) for t in ("", "go north", "take a b", "take", "quit", "exit", "dance now")])


def shape(d):
    match d:
        case {"kind": "circle", "r": r}:
            return 3 * r * r
        case {"kind": "rect", "size": [w, h]}:
            return w * h
        case {"kind": k, **rest}:
            return k, rest
        case (x, y) | [x, y, _]:
            return x + y
    return "none"


print(shape({"kind": "circle", "r": 2}), shape({"kind": "rect", "size": (2, 5)}), shape({"kind": "z", "a": 1}), shape((1, 2)), shape([1, 2, 3]), shape(5))


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def where(p):
    match p:
        case Point(0, 0):
            return "origin"
        case Point(x, 0):
            return f"x axis {x}"
        case Point(x=0, y=y):
            return f"y axis {y}"
        case Point(x, y) if x == y:
            return "diagonal"
        case Point():
            return "somewhere"


print([where(p) for p in (Point(0, 0), Point(3, 0), Point(0, 4), Point(2, 2), Point(1, 2))])


def simplify(e):
    match e:
        case ("+", 0, x) | ("+", x, 0):
            return simplify(x)
        case ("*", 0, _) | ("*", _, 0):
            return 0
        case ("*", 1, x) | ("*", x, 1):
            return simplify(x)
        case (op, a, b):
            sa, sb = simplify(a), simplify(b)
            return (op, sa, sb) if (sa, sb) == (a, b) else simplify((op, sa, sb))
        case other:
            return other


print(simplify(("+", ("*", 1, "x"), 0)), simplify(("*", ("+", 0, 0), "y")), simplify(("+", "a", ("*", "b", 1))))
