# finally and with under every way out: return overrides, loops, generators, nested functions, exceptions in handlers.
import warnings

warnings.simplefilter("ignore")
src = '''
def override():
    try:
        return "try"
    finally:
        return "finally"

def swallow():
    try:
        raise ValueError("lost")
    finally:
        return "swallowed"

def break_out():
    while True:
        try:
            return "try"
        finally:
            break
    return "after loop"

def continue_out():
    n = 0
    for n in range(3):
        try:
            raise KeyError(n)
        finally:
            continue
    return n
'''
exec(compile(src, "src", "exec"))
print(override(), swallow(), break_out(), continue_out())


def value_kept():
    x = 1
    try:
        return x
    finally:
        x = 2
        print("x is", x)


def list_shared():
    x = [1]
    try:
        return x
    finally:
        x.append(2)


print(value_kept(), list_shared())


def many(path):
    log = []
    for i in range(2):
        try:
            log.append(f"try{i}")
            if path == "break":
                break
            if path == "continue":
                continue
            if path == "return":
                return log
            if path == "raise":
                raise ValueError(i)
        except ValueError as e:
            log.append(f"except{e}")
            if i:
                try:
                    raise KeyError from e
                except KeyError:
                    log.append("inner")
        else:
            log.append("else")
        finally:
            log.append(f"finally{i}")
    else:
        log.append("loop else")
    return log


for path in ("none", "break", "continue", "return", "raise"):
    print(path, many(path))


def handler_raises():
    try:
        try:
            raise ValueError("one")
        except ValueError:
            raise KeyError("two")
        finally:
            print("finally first")
    except KeyError as e:
        return repr(e), repr(e.__context__)


print(handler_raises())


def gen():
    try:
        yield 1
        yield 2
    finally:
        print("gen finally")


for x in gen():
    if x == 1:
        break
for x in gen():
    try:
        if x == 2:
            raise StopIteration("manual")
    except StopIteration as e:
        print("caught", e)


def deep(n):
    try:
        if n:
            return deep(n - 1)
        raise LookupError("deep")
    finally:
        print("unwind", n)


try:
    deep(3)
except LookupError as e:
    print(e)


class CM:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self
    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind.__name__ if kind else None, value)
        return self.swallow


def with_return():
    for i in range(3):
        with CM(f"loop{i}"):
            if i == 0:
                continue
            with CM("inner", True):
                raise ValueError("swallowed")
            return "returned"


print(with_return())
try:
    with CM("a"), CM("b") as b, CM("c", True):
        raise KeyError("x")
    print("after", b.name)
    with CM("d"):
        raise OSError("leaves")
except OSError as e:
    print(e)
try:
    try:
        1 / 0
    finally:
        print("no handler")
except ZeroDivisionError:
    print("handled")
else:
    print("never")
try:
    pass
finally:
    print("plain finally")
