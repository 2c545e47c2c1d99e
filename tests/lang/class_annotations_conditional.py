# Annotations that only some paths reach; __builtins__ of odd kinds; comprehension variables in f_locals.
import sys
import types


def show(source):
    ns = {"sys": sys}
    try:
        exec(source, ns)
    except Exception as e:
        print(type(e).__name__, e)


show("""
class A:
    if len:
        a: int
    for i in (1,):
        b: str
    while False:
        c: float
print(A.__annotations__)
""")
show("""
def f():
    class A:
        try:
            a: int
        except ValueError:
            b: str
    return A
print(f().__annotations__, f.__qualname__)
""")
show("""
def g(x: undefined_name, *, y: 1 = 2) -> 3: pass
print(g.__annotate__.__qualname__, g.__kwdefaults__)
try:
    g.__kwdefaults__ = [1]
except TypeError as e:
    print(e)
try:
    g.__defaults__ = [1]
except TypeError as e:
    print(e)
""")
show("""
__conditional_annotations__ = 0
x: int
""".replace("x: int", "if 1:\n    x: int"))
code = compile("superglobal", "test", "eval")
print(eval(code, {"__builtins__": types.MappingProxyType({"superglobal": 1})}))
try:
    eval(code, {"__builtins__": types.MappingProxyType({})})
except NameError as e:
    print(e)
try:
    exec(compile("import foo.bar", "test", "exec"), {"__builtins__": types.MappingProxyType({})})
except ImportError as e:
    print(e)
show("val = [sys._getframe().f_locals['a'] for a in [0]][0]\nprint(val)")


def outer():
    a = b = 1

    def inner():
        return a, b

    return inner


inner = outer()
for closure in ((types.CellType(3), types.CellType(4)), (1, 2), [types.CellType(3)] * 2, (types.CellType(1),)):
    try:
        exec(inner.__code__, {}, closure=closure)
        print("ran")
    except TypeError as e:
        print(e)
