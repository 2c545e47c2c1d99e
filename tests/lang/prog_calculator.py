# A calculator: tokens, a Pratt parser, an evaluator and a compiler to closures, with errors that point at a column.
class CalcError(Exception):
    def __init__(self, message, at):
        super().__init__(message)
        self.at = at


class Token:
    __slots__ = ("kind", "value", "at")

    def __init__(self, kind, value, at):
        self.kind, self.value, self.at = kind, value, at

    def __repr__(self):
        return f"{self.kind}:{self.value}@{self.at}"


def tokens(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit() or c == ".":
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == "."):
                j += 1
            try:
                number = float(text[i:j]) if "." in text[i:j] else int(text[i:j])
            except ValueError:
                raise CalcError(f"bad number {text[i:j]}", i) from None
            yield Token("num", number, i)
            i = j
        elif c.isalpha():
            j = i
            while j < len(text) and text[j].isalnum():
                j += 1
            yield Token("name", text[i:j], i)
            i = j
        elif c in "+-*/%^()=,!":
            yield Token("op", c, i)
            i += 1
        else:
            raise CalcError(f"unexpected {c!r}", i)
    yield Token("end", None, len(text))


class Parser:
    POWERS = {"=": (2, 1), "+": (10, 11), "-": (10, 11), "*": (20, 21), "/": (20, 21), "%": (20, 21), "^": (31, 30), "!": (40, None)}

    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.i = 0

    @property
    def peek(self): return self.tokens[self.i]

    def take(self, value=None):
        t = self.peek
        if value is not None and t.value != value:
            raise CalcError(f"expected {value!r}, found {t.value!r}", t.at)
        self.i += 1
        return t

    def expr(self, least=0):
        t = self.take()
        match t.kind, t.value:
            case "num", v: left = ("num", v)
            case "name", v if self.peek.value == "(":
                self.take()
                args = []
                while self.peek.value != ")":
                    args.append(self.expr())
                    if self.peek.value != ")":
                        self.take(",")
                self.take(")")
                left = ("call", v, args)
            case "name", v: left = ("var", v)
            case "op", "(":
                left = self.expr()
                self.take(")")
            case "op", "-": left = ("neg", self.expr(25))
            case _: raise CalcError(f"unexpected {t.value!r}", t.at)
        while (p := self.POWERS.get(self.peek.value)) and p[0] >= least:
            op = self.take()
            if p[1] is None:
                left = ("fact", left)
            elif op.value == "=":
                if left[0] != "var":
                    raise CalcError("cannot assign", op.at)
                left = ("set", left[1], self.expr(p[1]))
            else:
                left = (op.value, left, self.expr(p[1]))
        return left

    def whole(self):
        e = self.expr()
        if self.peek.kind != "end":
            raise CalcError(f"left over {self.peek.value!r}", self.peek.at)
        return e


OPS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "%": lambda a, b: a % b, "^": lambda a, b: a**b}
FUNCS = {"max": max, "min": min, "abs": abs, "sum": lambda *a: sum(a), "round": round}


def fact(n):
    out = 1
    for i in range(2, n + 1):
        out *= i
    return out


def evaluate(node, env):
    match node:
        case ("num", v): return v
        case ("var", name): return env[name]
        case ("set", name, e):
            env[name] = evaluate(e, env)
            return env[name]
        case ("neg", e): return -evaluate(e, env)
        case ("fact", e): return fact(evaluate(e, env))
        case ("call", f, args): return FUNCS[f](*(evaluate(a, env) for a in args))
        case (op, a, b): return OPS[op](evaluate(a, env), evaluate(b, env))


def closures(node):
    match node:
        case ("num", v): return lambda env: v
        case ("var", name): return lambda env: env[name]
        case ("set", name, e):
            f = closures(e)
            return lambda env: env.__setitem__(name, f(env)) or env[name]
        case ("neg", e):
            f = closures(e)
            return lambda env: -f(env)
        case ("fact", e):
            f = closures(e)
            return lambda env: fact(f(env))
        case ("call", name, args):
            fs, g = [closures(a) for a in args], FUNCS[name]
            return lambda env: g(*[f(env) for f in fs])
        case (op, a, b):
            f, g, h = closures(a), closures(b), OPS[op]
            return lambda env: h(f(env), g(env))


env, env2 = {"pi": 3.14159}, {"pi": 3.14159}
for line in ["1 + 2 * 3", "(1 + 2) * 3", "2 ^ 3 ^ 2", "-2 ^ 2", "x = y = 5", "x * y - 1", "10 / 4", "7 % 4 * 2", "5!", "3!!", "max(1, x, 3) + min(2, 9)", "sum()", "round(pi * 100) / 100", "2 ^ 100", "1 +", "(1", "1 2", "$", "1.2.3", "3 = 4", "nope", "1 / 0", "max(1,,2)", "foo(1)", "abs(-3) + -abs(3)", ")"]:
    try:
        tree = Parser(line).whole()
        a, b = evaluate(tree, env), closures(tree)(env2)
        print(f"{line} -> {a}" + ("" if a == b else f" but closures say {b}"))
    except CalcError as e:
        print(line, "->", e)
        print(" " * e.at + "^")
    except (KeyError, ZeroDivisionError) as e:
        print(line, "->", type(e).__name__, e)
print(Parser("a+b*-c").whole(), list(tokens("a1 + 2.5"))[:2])
