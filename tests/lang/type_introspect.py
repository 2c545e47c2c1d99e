# Introspection: inspect, code objects, frames, functions, signatures, modules, dis.
import inspect
import sys
import types


def sample(a, b: int = 2, /, c=3, *args, d, e: str = "x", **kw) -> bool:
    """Docs.

    More.
    """
    local = a + b
    return lambda: local


print(inspect.signature(sample), inspect.getdoc(sample), inspect.signature(sample).parameters["d"].kind.name, list(inspect.signature(sample).parameters))
print(inspect.isfunction(sample), inspect.isbuiltin(len), inspect.isclass(int), inspect.ismethod([].append), inspect.isgeneratorfunction(lambda: (yield)), inspect.iscoroutinefunction(sample), inspect.ismodule(sys), inspect.isroutine(str.upper))
b = inspect.signature(sample).bind(1, 2, 3, 4, d=5, z=6)
b.apply_defaults()
print(b.args, b.kwargs, b.arguments)
try:
    inspect.signature(sample).bind(1)
except TypeError as err:
    print(err)
c = sample.__code__
print(c.co_name, c.co_qualname, c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_nlocals, c.co_varnames, c.co_cellvars, c.co_freevars, c.co_names, bool(c.co_flags & inspect.CO_VARARGS), bool(c.co_flags & inspect.CO_VARKEYWORDS), c.co_firstlineno, c.co_filename.endswith(".py"))
print([k for k in c.co_consts if isinstance(k, (str, int)) or k is None][:2], c == sample.__code__, hash(c) == hash(sample.__code__), c.replace(co_name="new").co_name, type(c.co_consts[-1]).__name__ in ("code", "str", "tuple", "int", "NoneType"), len(list(c.co_lines())) > 0, len(list(c.co_positions())) == len(c.co_code) // 2)
for f in (len, int, str.split, dict.get, print, sorted, [].append, object, type, isinstance, range, property, "".join, int.from_bytes, max, dict.update):
    try:
        print(f.__name__, inspect.signature(f), f.__text_signature__ is not None or isinstance(f, type))
    except (ValueError, TypeError) as err:
        print(f.__name__, "->", str(err)[:40])


def frames():
    fr = sys._getframe()
    return fr.f_code.co_name, fr.f_back.f_code.co_name, fr.f_lineno - fr.f_code.co_firstlineno, sorted(fr.f_locals), fr.f_globals is globals(), fr.f_builtins["len"] is len


print(frames())


def f_locals_write():
    x = 1
    fl = sys._getframe().f_locals
    fl["x"] = 2
    fl["extra"] = 3
    return x, "extra" in fl, "extra" in locals(), type(fl).__name__, dict(fl)["x"], len(fl) >= 2


print(f_locals_write())


def caller_name(): return sys._getframe(1).f_code.co_name
def calls(): return caller_name()


print(calls(), [i.function for i in inspect.stack()], inspect.currentframe().f_lineno > 0)
try:
    sys._getframe(100)
except ValueError as err:
    print(err)
m = types.ModuleType("made", "module doc")
m.x = 1
print(m.__name__, m.__doc__, m.__dict__["x"], sorted(n for n in vars(m) if n.startswith("__")), m.__spec__, m)
f = types.FunctionType(sample.__code__, {}, "other", (7,), None) if False else types.FunctionType((lambda q=1: q).__code__, {}, "other", (7,))
print(f(), f.__name__, types.MethodType(lambda self, x: (self, x), "me")(5), types.SimpleNamespace(a=1).a, types.MappingProxyType({"a": 1})["a"], isinstance(sample, types.FunctionType), isinstance(len, types.BuiltinFunctionType), types.new_class("N", (), {}, lambda ns: ns.update(z=3)).z)
class K:
    a = 1
    def m(self): "doc m"
    @staticmethod
    def s(): pass
    @classmethod
    def c(cls): pass
    p = property(lambda self: 1)
print([n for n, _ in inspect.getmembers(K) if not n.startswith("__")], inspect.getmro(K) == (K, object), [(a.name, a.kind) for a in inspect.classify_class_attrs(K) if not a.name.startswith("__")], inspect.getattr_static(K(), "p").__class__.__name__, inspect.signature(K.m), inspect.signature(K().m), inspect.signature(K))
print(inspect.getsource(caller_name).strip(), inspect.getsourcelines(calls)[0], inspect.unwrap(sample) is sample, inspect.getmodule(K).__name__, inspect.cleandoc("  a\n    b\n"), callable(K), inspect.getfullargspec(sample).kwonlyargs, inspect.getclosurevars(calls).globals.keys())
def gen(): yield
g = gen()
print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), g.close(), inspect.getgeneratorstate(g))
import dis
import io

out = io.StringIO()
dis.dis(lambda x: x + 1, file=out)
text = out.getvalue()
print("LOAD_FAST" in text, "BINARY_OP" in text, "RETURN_VALUE" in text, dis.code_info(calls).splitlines()[0], dis.stack_effect(dis.opmap["POP_TOP"]), "RETURN_VALUE" in dis.opname, [i.opname for i in dis.get_instructions(lambda: 5)][-1])
