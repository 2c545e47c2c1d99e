# Generators: send, throw, close, return values, finally blocks, state, reuse, errors.
def echo():
    received = None
    try:
        while True:
            received = yield received
            print("  got", received)
    except GeneratorExit:
        print("  closing")
        raise
    finally:
        print("  finally")


g = echo()
print(next(g), g.send(1), g.send("two"), next(g))
g.close()
g.close()
try:
    next(g)
except StopIteration as e:
    print("stopped", e.value)


def with_result():
    x = yield 1
    y = yield x
    return x, y


g = with_result()
print(next(g), g.send("x"))
try:
    g.send("y")
except StopIteration as e:
    print("value", e.value, e.args)
try:
    g.send("again")
except StopIteration as e:
    print("value", e.value, e.args)


def catches():
    while True:
        try:
            yield "ready"
        except ValueError as e:
            yield f"caught {e}"
        except KeyError:
            return "key"


g = catches()
print(next(g), g.throw(ValueError("a")), next(g), g.throw(ValueError), next(g))
try:
    g.throw(KeyError)
except StopIteration as e:
    print("returned", e.value)
g = catches()
try:
    g.throw(ZeroDivisionError("early"))
except ZeroDivisionError as e:
    print("not started:", e)
print(list(g))
g = catches()
next(g)
try:
    g.throw(OSError("passes through"))
except OSError as e:
    print(e)
print(list(g))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)


def close_value():
    try:
        yield
    except GeneratorExit:
        return "closed value"


g = close_value()
next(g)
print(g.close(), g.close(), close_value().close())


def stops():
    yield 1
    raise StopIteration("inside")


g = stops()
print(next(g))
try:
    next(g)
except RuntimeError as e:
    print(e, repr(e.__cause__))


def recursive():
    yield next(me)


me = recursive()
try:
    next(me)
except ValueError as e:
    print(e)
g = with_result()
for bad in [lambda: g.send(1), lambda: g.throw(5), lambda: g.throw(), lambda: g.send(), lambda: next(5), lambda: g.throw(ValueError, "v", 5)]:
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
g = with_result()
print(g.gi_running, g.gi_frame is not None, g.gi_yieldfrom, g.__name__, g.__qualname__, g.gi_code.co_name, g.gi_suspended)
next(g)
print(g.gi_suspended, g.gi_frame.f_lineno > 0, sorted(g.gi_frame.f_locals))
g.__name__ = "renamed"
print(repr(g).split(" at ")[0], iter(g) is g, type(g).__name__)
g.close()
print(g.gi_frame, g.gi_suspended)


def fin():
    try:
        yield 1
    finally:
        print("  cleaned")


for _ in fin():
    break
print("after loop")
g = fin()
next(g)
del g
print("after del")
print(sum(i * i for i in range(5)), list(zip((i for i in "ab"), (j for j in range(9)))), max((x, -x) for x in [1, 2]))
gen = (print("  lazy", i) or i for i in range(2))
print("made")
print(list(gen), list(gen))
