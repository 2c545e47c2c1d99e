# Default values, function attributes, annotations, docstrings, and changing them afterwards.
def collect(x, into=[]):
    """Appends x."""
    into.append(x)
    return into


print(collect(1), collect(2), collect(3, []), collect.__defaults__)
collect.__defaults__ = ([9],)
print(collect(4))
collect.__defaults__ = None
try:
    collect(5)
except TypeError as e:
    print(e)


def annotated(a: int, b: "text" = 1, *args: tuple, c: 1 + 1 = 2, **kw: dict) -> list[int]:
    pass


print(annotated.__annotations__, annotated.__kwdefaults__, annotated.__defaults__)
print(annotated.__name__, annotated.__qualname__, annotated.__module__, annotated.__doc__, collect.__doc__)
annotated.__kwdefaults__ = {"c": 7}
print((lambda *, c=1: c).__kwdefaults__, annotated.__kwdefaults__)
annotated.extra = "attribute"
print(annotated.__dict__, vars(annotated) is annotated.__dict__)
del annotated.extra
print(hasattr(annotated, "extra"), collect.__closure__, collect.__type_params__)
code = collect.__code__
print(code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_varnames, code.co_nlocals)
code = annotated.__code__
print(code.co_argcount, code.co_kwonlyargcount, code.co_varnames, bin(code.co_flags & 0xC), code.co_freevars)


def outer():
    def inner(): pass
    class Local:
        def method(self): pass
        lam = lambda self: 0
    return inner, Local.method, Local.lam, Local, lambda: 0


for f in outer():
    print(f.__qualname__)
inner = outer()[0]
inner.__name__ = "renamed"
inner.__qualname__ = "else.where"
print(inner.__name__, inner.__qualname__, repr(inner).split(" at ")[0])
for change in ["inner.__name__ = 1", "inner.__qualname__ = None", "inner.__defaults__ = [1]", "inner.__code__ = 5",
               "inner.__kwdefaults__ = 3", "inner.__dict__ = 3", "inner.__closure__ = ()", "inner.__globals__ = {}",
               "del inner.__name__", "inner.__annotations__ = 3", "len.x = 1", "outer.__code__ = (lambda: x).__code__"]:
    try:
        exec(change)
        print(change, "ok")
    except Exception as e:
        print(change, "->", type(e).__name__ + ":", e)


def first(): return "first"
def second(): return "second"


first.__code__ = second.__code__
print(first(), first.__name__)
x = 10
late = [lambda: x for _ in range(2)]
early = [lambda x=x: x for x in range(3)]
x = 20
print([f() for f in late], [f() for f in early], (lambda: (yield))().__class__.__name__)
print((lambda *a, **k: (a, k))(1, b=2), (lambda a, /, b, *, c: (a, b, c))(1, 2, c=3))
f = type(first)(first.__code__, {"__builtins__": {}}, "made", (1,), None)
print(f.__name__, f.__defaults__, f())
