# NameError, UnboundLocalError, AttributeError, ImportError: texts, attributes, and where they come from.
def local_before():
    print(x_local)
    x_local = 1


def deleted():
    y = 1
    del y
    return y


def double_del():
    z = 1
    del z
    del z


def conditional(flag):
    if flag:
        w = 1
    return w


def closure():
    def inner():
        return later
    inner()
    later = 1


def del_global():
    global not_there
    del not_there


def loop_var():
    for i in []:
        pass
    return i


def except_var():
    try:
        raise ValueError
    except ValueError as e:
        pass
    return e


def comp_var():
    [v for v in range(3)]
    return v


def closure_del():
    cell = 1

    def f():
        return cell
    del cell
    return f()


class Body:
    try:
        print(undefined_in_class)
    except NameError as err:
        text = str(err)


print(Body.text)
for f in (local_before, deleted, double_del, lambda: conditional(False), closure, del_global, loop_var, except_var, comp_var, closure_del,
          lambda: undefined_thing, lambda: print(prinnt)):
    try:
        f()
    except NameError as e:
        print(type(e).__name__, "|", e, "|", e.name)
print(conditional(True))


class Thing:
    attribute = 1
    __slots__ = ()


import types

mod = types.ModuleType("fake")
for code in ["Thing().atribute", "Thing.atribute", "Thing().new = 1", "Thing().attribute = 2", "del Thing().attribute", "mod.missing",
             "mod.__missing__", "[].apend", "None.x", "(lambda: 0).x", "int.mro().x", "'x'.foo", "Thing().attribute.foo", "type.foo",
             "super(Thing, Thing()).foo", "property().foo", "(i for i in []).foo", "len.foo", "types.nope", "NotImplemented.x", "Ellipsis.y",
             "Thing().__class__.z", "True.x", "1.5.x", "{}.x", "().x", "range(3).x", "b''.x", "object().x"]:
    try:
        exec(code)
        print(code, "ok")
    except AttributeError as e:
        print(code, "->", e, "|", e.name, "|", type(e.obj).__name__)
for code in ["import no_such_module", "from os import no_such_name", "import os.no_such", "from no_such import x", "from . import x",
             "from .pkg import y", "import sys.x", "from os.path import no_such_function", "__import__('')", "import a.b.c"]:
    try:
        exec(code, {"__name__": "__main__"})
    except ImportError as e:
        print(code, "->", type(e).__name__, "|", str(e).split(" (")[0], "|", e.name)
    except Exception as e:
        print(code, "->", type(e).__name__, e)
del mod
try:
    mod
except NameError as e:
    print(e)
print = print
del print
print("builtin again")
