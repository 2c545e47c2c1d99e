# exit: 1
# stderr: exact
# SyntaxErrors as tracebacks, from exec and from the end of the program.
import traceback

for src in ["x = (1 +\n", "def f(:\n  pass", "if True\n  pass", "print 'hello'", "a = 5 6", "for x in range(3) print(x)", "  indented", "def f():\nreturn 1", "if 1:\n    a\n  b", "x = 'unterminated", "f(a b)", "{1: 2, 3}", "class C\n  pass", "while True print(1)", "else: pass", "a.b.1", "x = [1, 2", "x = 1)", "def f(a=1, b): pass",
            "f(a=1, 2)", "f(**a, *b)", "return 5", "yield 1", "break", "continue", "async def f(): pass\nawait x", "lambda (a, b): 0", "import a.b as c.d", "1 = x", "f() = 1", "x + 1 = 2", "if x = 3: pass", "(a, b) += 1", "del f()", "None = 1", "def None(): pass", "x = yield = 1", "try: pass", "with open(x) as 5: pass", "nonlocal x", "print(a, b c)",
            "é = \u20ac", "a = 1\n\tb = 2\n        c = 3", "if 1:\n\ta\n        b", "'\\x1'", "0777", "1__0", "a!b", "'a' 'b", '"""abc', "a ? b : c", "x = {'a': 1 'b': 2}", "x = [a, b c]", "x = (a b)", "except: pass", "from x import (a, b", "@\ndef f(): pass", "a := 1", "f(x for x in y, 1)", "global x; x: int = 1", "case 1: pass", "x++", "a ->b", "raise a from", "assert", "elif x: pass"]:
    try:
        exec(compile(src, "<src>", "exec"))
        print("ran", repr(src))
    except SyntaxError as e:
        print("".join(traceback.format_exception_only(e)), end="")
    except Exception as e:
        print(repr(src), type(e).__name__, e)
exec("x = 1 +\n")
