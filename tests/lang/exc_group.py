# ExceptionGroup and except*: splitting, nesting, re-raising, leftovers, derive, errors.
def show(e, depth=0):
    print("  " * depth + repr(e))


def handle(e):
    log = []
    try:
        try:
            raise e
        except* ValueError as g:
            log.append(("V", [repr(x) for x in g.exceptions]))
        except* (TypeError, KeyError) as g:
            log.append(("TK", [repr(x) for x in g.exceptions]))
        else:
            log.append("else")
        finally:
            log.append("finally")
    except BaseException as rest:
        log.append(("rest", repr(rest)))
    print(log)


handle(ExceptionGroup("g", [ValueError(1), TypeError(2), ValueError(3)]))
handle(ExceptionGroup("g", [ValueError(1), OSError(2), ExceptionGroup("n", [KeyError(3), OSError(4)])]))
handle(ValueError("naked"))
handle(OSError("naked other"))
handle(BaseExceptionGroup("b", [KeyboardInterrupt(), ValueError(1)]))


def nothing():
    try:
        pass
    except* ValueError:
        print("no")
    else:
        print("else")


nothing()
eg = ExceptionGroup("top", [ValueError(1), ExceptionGroup("mid", [TypeError(2), ValueError(3)]), OSError(4)])
print(eg.message, eg.exceptions, eg)
print(eg.split(ValueError))
print(eg.subgroup(TypeError), eg.subgroup(KeyError), eg.subgroup(lambda e: isinstance(e, OSError)), eg.subgroup((OSError, TypeError)))
print(eg.split(lambda e: True), eg.split(ExceptionGroup)[1])
print(type(BaseExceptionGroup("x", [ValueError()])).__name__, type(BaseExceptionGroup("x", [KeyboardInterrupt()])).__name__)
for code in ["ExceptionGroup('x', [])", "ExceptionGroup('x', 5)", "ExceptionGroup(5, [ValueError()])", "ExceptionGroup('x', [5])",
             "ExceptionGroup('x', [KeyboardInterrupt()])", "ExceptionGroup('x')", "ExceptionGroup()", "eg.split(5)", "eg.subgroup('x')",
             "eg.message = 'y'", "eg.exceptions = ()", "ExceptionGroup('x', [ValueError], 5)"]:
    try:
        exec(code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class MyGroup(ExceptionGroup):
    def derive(self, excs):
        return MyGroup("derived " + self.message, excs)


m = MyGroup("mine", [ValueError(1), KeyError(2)])
m.add_note("a note")
match_part, rest = m.split(ValueError)
print(repr(match_part), repr(rest), match_part.__notes__)
try:
    try:
        raise m
    except* ValueError:
        raise TypeError("replacement")
except ExceptionGroup as e:
    show(e)
    print(repr(e.exceptions[0].__context__), repr(e.exceptions[1]))
try:
    try:
        raise ExceptionGroup("r", [ValueError(1), KeyError(2)])
    except* ValueError as e:
        raise
    except* KeyError as e:
        raise e
except ExceptionGroup as e:
    show(e)
try:
    try:
        raise ExceptionGroup("p", [ValueError(1), OSError(2)])
    except* OSError:
        pass
except ExceptionGroup as e:
    show(e)
try:
    try:
        raise ExceptionGroup("x", [ValueError(1)])
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
for i in range(3):
    try:
        if i == 1:
            raise ExceptionGroup("loop", [ValueError(i)])
    except* ValueError as e:
        print("loop", e.exceptions)
for src in ["try: pass\nexcept* ValueError: pass\nexcept KeyError: pass", "try: pass\nexcept*: pass",
            "for i in x:\n try: pass\n except* ValueError: break", "def f():\n try: pass\n except* ValueError: return 1",
            "try: pass\nexcept ValueError: pass\nexcept* KeyError: pass"]:
    try:
        compile(src, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
g = ExceptionGroup("deep", [ExceptionGroup("d2", [ExceptionGroup("d3", [ValueError("leaf")])])])
print(g.subgroup(ValueError), repr(g.split(KeyError)))
