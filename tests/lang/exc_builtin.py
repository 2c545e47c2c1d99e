# The built-in exceptions: hierarchy, attributes, messages made by the runtime.
def tree(cls, depth=0, seen=set()):
    print(" " * depth + cls.__name__)
    for sub in sorted(cls.__subclasses__(), key=lambda c: c.__name__):
        if sub.__module__ == "builtins":
            tree(sub, depth + 1)


tree(BaseException)
e = OSError(2, "No such file", "a.txt", None, "b.txt")
print(type(e).__name__, e.errno, e.strerror, e.filename, e.filename2, e, e.args)
print([type(OSError(n, "x")).__name__ for n in (1, 2, 4, 11, 13, 17, 20, 21, 32, 104, 110, 111, 999)])
print(FileNotFoundError("just text").errno, OSError(1, 2, 3).args, OSError(5).errno)
e = UnicodeDecodeError("utf-8", b"abc\xff", 3, 4, "bad byte")
print(e, e.encoding, e.object, e.start, e.end, e.reason)
e = UnicodeEncodeError("ascii", "aé", 1, 2, "ordinal")
print(e)
print(UnicodeEncodeError("ascii", "aéé", 1, 3, "ordinal"), UnicodeTranslateError("x\u1234", 1, 2, "why"))
e = SyntaxError("msg", ("file.py", 3, 5, "text line", 3, 9))
print(e, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset, e.msg, e.args)
print(ImportError("m", name="n", path="p").name, ModuleNotFoundError("x", name="y"), AttributeError("a", name="n", obj=5).obj, NameError("n", name="v").name)
print(StopIteration(1, 2).value, StopIteration().value, SystemExit().code, SystemExit(1).code, SystemExit(1, 2).code, KeyError("a").args)
for code in ["undefined_name", "int('x')", "int('1' * 5000)", "float('x')", "[].pop()", "{}.popitem()", "set().pop()", "[1].remove(2)",
             "[1].index(2)", "'a'.index('b')", "(1,).index(2)", "next(iter([]))", "chr(-1)", "chr(0x110000)", "ord('')", "bytes([256])",
             "bytes(-1)", "bytearray([1, -1])", "'x'.encode('nope')", "b'\\xff'.decode()", "'\\u1234'.encode('ascii')", "'\\ud800'.encode()",
             "__import__('nope_mod')", "__import__('os.nope')", "object().x", "int.x", "(1).__class__.foo", "None.foo", "len(5)", "iter(5)",
             "a, b = 1", "a, b = [1]", "a, b = 1, 2, 3", "[*5]", "{**5}", "5()", "None()", "'a'()", "with_(1)", "'%s %s' % 1", "'%s' % (1, 2)",
             "'%q' % 1", "'{} {}'.format(1)", "'{a}'.format()", "'{0.x}'.format(1)", "'{'.format()", "'}'.format()", "format(1, 'zz')",
             "complex('x')", "range(1, 2, 0)", "slice()", "2 ** 'a'", "[1, 2, 3].sort(5)", "sorted([1, 'a'])", "max()", "min([], key=5)",
             "sum([[]])", "round(1.5, 'x')", "divmod(1)", "isinstance(1, 5)", "issubclass(1, int)", "hash([])", "hash({})", "hash(set())",
             "{[]: 1}", "{{}}", "setattr(1, 'x', 2)", "setattr([], 5, 2)", "getattr(1, 5)", "vars(1)", "dir(1, 2)", "open('/no/such/file')",
             "open('')", "input.x", "exec(5)", "eval('1 +')", "compile('x', 'f', 'bad')", "memoryview(5)", "zip(1)", "map(5)", "map(len, 5)",
             "filter(None)", "enumerate(5)", "reversed({1})", "frozenset(5)", "dict([1, 2])", "str(b'x', 'nope')", "str(5, 'utf-8')",
             "int(3.5, 5)", "int('z', 99)", "int([])", "float([])", "int(float('inf'))", "int(float('nan'))", "1e400 .__int__()", "super(1)"]:
    try:
        if "=" in code and code.startswith("a, b"):
            exec(code)
        else:
            eval(code, {"with_": lambda x: exec("with x: pass", {"x": x})})
        print(code, "went through")
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
