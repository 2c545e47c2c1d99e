# Trace functions, profilers and monitoring tools see what CPython shows them; offsets are left out, caches differ.
import sys


def numbers(n):
    for i in range(n):
        yield i


def work(x):
    total = 0
    for i in numbers(x):
        total += i
    while x: x -= 1
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    return [a for a in range(2)], total


def builtins(x):
    len(x)
    x.append(1)
    try:
        int("x")
    except ValueError:
        pass


def tracer(frame, event, arg):
    if event == "exception":
        if arg[0] is StopIteration:
            return tracer
        arg = arg[0].__name__
    print(frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg)
    return tracer


print("-- settrace")
sys.settrace(tracer)
work(2)
sys.settrace(None)
print(sys.gettrace())


def hot(n):
    s = 0
    for i in range(n):
        s += i
        if i == n - 3:
            sys._getframe().f_trace = tracer
            sys.settrace(tracer)
    sys.settrace(None)
    return s


print("-- a tracer installed in a hot loop")
for _ in range(3):
    hot(3000)


def callee(i):
    return i + 1


def caller(n):
    s = 0
    for i in range(n):
        s += callee(i)
    return s


print("-- compiled functions are watched, too")
caller(20000)
calls = []
sys.settrace(lambda frame, event, arg: calls.append((frame.f_code.co_name, event)))
caller(3)
sys.settrace(None)
print(calls)
print(caller(20000))

print("-- setprofile")
sys.setprofile(lambda f, e, a: f.f_code is builtins.__code__ and print(e, getattr(a, "__name__", a)))
builtins([])
sys.setprofile(None)

print("-- errors in a trace function")


def broken(frame, event, arg):
    if event == "line" and frame.f_lineno - frame.f_code.co_firstlineno == 2:
        raise KeyError("from the tracer")
    return broken


sys.settrace(broken)
try:
    work(1)
except KeyError as e:
    print("KeyError", e, sys.gettrace())

print("-- f_lineno")


def skips():
    print("one")
    print("two")
    print("three")
    for i in range(2):
        print("in the loop")
    print("end")


tried = []


def jump(frame, event, arg):
    line = frame.f_lineno - frame.f_code.co_firstlineno
    if event == "line" and frame.f_code is skips.__code__:
        if line == 2:
            frame.f_lineno += 1
        if line == 4 and not tried:
            for to in (5, 100, 3):
                try:
                    tried.append(to)
                    frame.f_lineno = frame.f_code.co_firstlineno + to
                except ValueError as e:
                    print("ValueError", str(e).replace(str(frame.f_code.co_firstlineno + 100), "M"))
    return jump


sys.settrace(jump)
skips()
sys.settrace(None)

print("-- monitoring")
monitoring = sys.monitoring
events = monitoring.events
monitoring.use_tool_id(1, "test")


def show(name):
    def callback(code, *args):
        if code.co_name in ("work", "numbers", "builtins"):
            line = args[0] - code.co_firstlineno if name == "LINE" else ""
            print(name, code.co_name, line, *[type(a).__name__ for a in args[1:]])
    return callback


wanted = ["PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "C_RETURN", "C_RAISE", "LINE", "JUMP",
          "BRANCH_LEFT", "BRANCH_RIGHT", "RAISE", "RERAISE", "EXCEPTION_HANDLED", "PY_UNWIND"]
mask = 0
for name in wanted:
    monitoring.register_callback(1, getattr(events, name), show(name))
    if not name.startswith("C_"):
        mask |= getattr(events, name)
monitoring.set_events(1, mask)
work(1)
builtins([])
monitoring.set_events(1, 0)

print("-- disabled, then restarted")
lines = []


def once(code, line):
    if code is work.__code__:
        lines.append(line - code.co_firstlineno)
    return monitoring.DISABLE


monitoring.register_callback(1, events.LINE, once)
monitoring.set_events(1, events.LINE)
work(3)
work(3)
print(lines)
monitoring.restart_events()
work(1)
monitoring.set_events(1, 0)
print(lines)

print("-- one code object")
lines.clear()
monitoring.register_callback(1, events.LINE, lambda code, line: lines.append(code.co_name))
monitoring.set_local_events(1, builtins.__code__, events.LINE)
work(1)
builtins([])
print(lines)
monitoring.free_tool_id(1)
