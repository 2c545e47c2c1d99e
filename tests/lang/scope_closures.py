# Closures, nonlocal, global, cells: sharing, late binding, nested functions, comprehension scopes, exec and eval scopes.
def counter():
    n = 0

    def up():
        nonlocal n
        n += 1
        return n

    def get():
        return n
    return up, get


up, get = counter()
up(), up()
print(get(), counter()[1]())
print(up.__closure__[0].cell_contents, up.__code__.co_freevars, counter.__code__.co_cellvars)


def make():
    return [lambda: i for i in range(3)], [lambda i=i: i for i in range(3)], [(lambda j: lambda: j)(i) for i in range(3)]


print([[f() for f in fs] for fs in make()])
x = "global"


def outer():
    x = "outer"

    def middle():
        def inner():
            nonlocal x
            x = "changed by inner"
            return x

        def reader():
            return x

        def to_global():
            global x
            x = "changed global"
        to_global()
        return inner(), reader()
    return middle(), x


print(outer(), x)


def params(a, b=1, *args, c, **kw):
    def inner():
        nonlocal a, c
        a, c = a + 1, c + 1
        return a, b, args, c, kw
    inner()
    return inner()


print(params(1, 2, 3, c=4, d=5))


def loop_cells():
    fs = []
    for i in range(3):
        def f():
            return i
        fs.append(f)
    i = 99
    return [f() for f in fs]


print(loop_cells())


def exec_scopes():
    y = 1
    exec("y = 2; z = 3")
    results = [y, "z" in locals()]
    ns = {"y": 5}
    exec("z = y + 1\ndef f(): return y * 2", ns)
    results += [ns["z"], ns["f"](), eval("y + 10"), eval("y + k", {"k": 1}, {"y": 7})]
    loc = {}
    exec("a = 1\nb = [a for _ in 'x']", {"a": "glob"}, loc)
    return results, loc


print(exec_scopes())


def local_snapshot(a):
    b = 2
    first = locals()
    c = 3
    second = locals()
    first["a"] = "changed"
    return sorted(first), sorted(second), a, first is second


print(local_snapshot(1))


def cell_states():
    def f():
        return v
    cell = f.__closure__[0]
    out = []
    try:
        cell.cell_contents
    except ValueError as e:
        out.append(str(e))
    v = 1
    out.append(cell.cell_contents)
    cell.cell_contents = 5
    out += [v, f(), cell == cell]
    del v
    try:
        f()
    except NameError as e:
        out.append(str(e))
    return out


print(cell_states())


class Scope:
    a = 1
    b = [a for _ in range(1)] if False else None
    def method(self):
        try:
            return a
        except NameError as e:
            return str(e)


print(Scope().method())
for src in ["def f():\n nonlocal q", "nonlocal q", "def f(a):\n global a", "def f():\n x = 1\n global x", "def f():\n print(x)\n global x",
            "def f():\n def g():\n  nonlocal x\n  global x\n x = 1", "class C:\n nonlocal z", "def f(a, a): pass", "lambda a, a: 0",
            "def f():\n nonlocal x\n x = 1\nx = 2", "[(x := 1) for x in y]", "[i := 0 for i in range(5)]", "class C:\n [(j := i) for i in y]",
            "def f():\n  x: int\n  nonlocal x", "global x\nx: int = 5", "[x for x in (y := z)]"]:
    try:
        compile(src, "s", "exec")
        print("ok", repr(src))
    except SyntaxError as e:
        print(repr(src), "->", e.msg)


def walrus_scope():
    total = 0
    values = [total := total + i for i in range(5)]
    return total, values, [(lambda: total)() for _ in "ab"]


print(walrus_scope())


def adders():
    def compose(*fs):
        def run(x):
            for f in fs:
                x = f(x)
            return x
        return run
    return compose(lambda x: x + 1, lambda x: x * 2, str)


print(adders()(4))
print(globals()["x"], "up" in globals(), __name__, sorted(k for k in vars() if k in ("x", "make")))
