# try, except, else, finally: which parts run, what return and break do in them, and what is caught.
def order(action):
    log = []
    try:
        log.append("try")
        action()
        log.append("after")
    except ValueError as e:
        log.append(f"value:{e}")
    except (KeyError, IndexError) as e:
        log.append(f"lookup:{type(e).__name__}")
    except ArithmeticError:
        log.append("arith")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return " ".join(log)


def raiser(e):
    def f():
        raise e
    return f


for a in (lambda: None, raiser(ValueError("v")), raiser(KeyError("k")), raiser(IndexError), lambda: 1 / 0, raiser(UnicodeDecodeError("u", b"x", 0, 1, "r"))):
    print(order(a))
try:
    order(raiser(OSError("not caught")))
except OSError as e:
    print("outer", e)


def returns():
    try:
        return "try"
    finally:
        print("finally of returns")


def loop():
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            print("i", i)
        finally:
            print("f", i)
    else:
        print("no break")
    return i


def nested():
    try:
        try:
            raise ValueError("inner")
        finally:
            print("cleanup 1")
    except ValueError as e:
        print("caught", e)
        try:
            raise KeyError("second")
        except KeyError:
            print("second caught")
        return "nested done"
    finally:
        print("cleanup 2")


print(returns(), loop(), nested())
e = "kept"
try:
    raise ValueError("x")
except ValueError as e:
    pass
try:
    print(e)
except NameError as err:
    print(err)


def reraise():
    try:
        raise ValueError("again")
    except ValueError:
        raise


for f in (reraise, lambda: (_ for _ in ()).throw(KeyError("gen"))):
    try:
        f()
    except Exception as e:
        print(repr(e))


class Mine(Exception):
    def __init__(self, code, *rest):
        super().__init__(code, *rest)
        self.code = code

    def __str__(self):
        return f"mine {self.code}"


class Sub(Mine, LookupError):
    pass


try:
    raise Sub(5, "x")
except LookupError as e:
    print(e, e.args, repr(e), e.code, isinstance(e, Mine))
for code in ["raise", "raise 5", "raise 'text'", "raise ValueError from 5", "raise int", "raise Mine", "raise None", "raise ValueError()",
             "raise ValueError, 'x'", "raise (ValueError, KeyError)", "raise type('E', (Exception,), {'__init__': lambda s, x: None})"]:
    try:
        exec(code)
    except SyntaxError as e:
        print(code, "-> SyntaxError", e.msg)
    except BaseException as e:
        print(code, "->", type(e).__name__ + ":", e)
for kind in (5, "ValueError", (ValueError, 5), [ValueError], None, object):
    try:
        try:
            raise KeyError("k")
        except kind:
            print("caught by", kind)
    except TypeError as e:
        print("TypeError:", e)
    except KeyError:
        print("not caught by", kind)
try:
    try:
        raise ValueError
    except (TypeError, (KeyError, ValueError)):
        print("nested tuple")
except TypeError as e:
    print(e)
print([repr(x) for x in (Exception(), Exception(1), Exception(1, "a"), KeyError("k"), OSError(2, "gone", "file"), SystemExit(3), StopIteration(4))])
print([str(x) for x in (Exception(), Exception(1), Exception(1, "a"), KeyError("k"), KeyError("a", 1), OSError(2, "gone", "file"), OSError("x"), OSError(1, "a"))])
