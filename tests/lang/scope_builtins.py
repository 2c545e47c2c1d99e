# Name lookup through builtins: shadowing, deleting, __builtins__ in exec, dir, vars, globals.
import builtins

print(len("abc"))
len = lambda x: "shadowed"
print(len("abc"))
del len
print(len("abc"))
builtins.added = "from builtins"
print(added)
del builtins.added
try:
    added
except NameError as e:
    print(e)


def f():
    return sum([1, 2])


original = builtins.sum
builtins.sum = lambda x: "patched"
print(f())
builtins.sum = original
print(f())
for ns in ({"__builtins__": {}}, {"__builtins__": {"len": lambda x: "custom"}}, {}, {"__builtins__": builtins}):
    try:
        print(eval("len('four')", ns))
    except NameError as e:
        print(e)
ns = {}
exec("x = 1", ns)
print(sorted(ns), ns["__builtins__"] is builtins.__dict__)
for code in ["class X: pass", "import sys", "print(1)", "lambda: 0"]:
    try:
        exec(code, {"__builtins__": {}})
        print("ok", code)
    except (NameError, ImportError) as e:
        print(code, "->", e)


class Namespace(dict):
    def __missing__(self, key):
        return f"<{key}>"

    def __setitem__(self, key, value):
        print("store", key)
        super().__setitem__(key, value)


print(eval("a + b", {}, Namespace()))
exec("q = w\nclass K: z = 1", {}, Namespace())
for args in [("1",), ("1", 5), ("1", {}, 5), (5,), ("x = 1",), ("",), ("1\n2",), (b"1 + 1",), (compile("2 * 3", "f", "eval"),), ("  1 + 1  ",),
             (compile("y = 1", "f", "exec"),), ("lambda: 1", {"a": 1})]:
    try:
        r = eval(*args)
        print("eval", args[0] if not hasattr(args[0], "co_code") else "code", "=", r if not callable(r) else "function")
    except Exception as e:
        print("eval", args[0], "->", type(e).__name__ + ":", str(e).split(" (")[0])
code = compile("a = 1\nb = a + 1\n", "<made>", "exec")
print(code.co_filename, code.co_name, code.co_names, code.co_consts[:1], code.co_stacksize > 0, code.co_firstlineno)
single = compile("5 * 5", "<s>", "single")
exec(single)
exec(compile("None", "<s>", "single"))
print(builtins._)
import ast

tree = ast.parse("a * (b + 2)", mode="eval")
print(eval(compile(tree, "f", "eval"), {"a": 3, "b": 4}), ast.dump(tree))
print(ast.unparse(ast.parse("x = [i for i in y if i]\ndef f(a, *, b=1): return a @ b")))
print(ast.literal_eval("{'a': [1, -2.5, (None, True)], 'b': {1, 2}, 'c': b'x', 'd': 1+2j}"))
for bad in ("__import__('os')", "a", "1 + 'a'", "f'{1}'"):
    try:
        print(ast.literal_eval(bad))
    except ValueError as e:
        print(str(e).split(" on line")[0].split(" 0x")[0])
x, y = 1, 2
print("x" in dir(), "len" in dir(builtins), dir([])[:3], sorted(set(dir(int)) - set(dir(object)))[:5])


class D:
    a = 1
    def __init__(self): self.b = 2


print([n for n in dir(D()) if not n.startswith("__")], vars(D()), "a" in vars(D))
for n in ("callable", "id", "hash", "repr", "ascii"):
    print(n, getattr(builtins, n).__name__, end="; ")
print(callable(len), callable(D), callable(D()), callable(lambda: 0), ascii("é"), type(id(x)))
