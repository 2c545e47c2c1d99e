# Errors that are raised and taken in hot loops: by the loop's own handlers, by handlers around calls, in generators, in `with`.
import sys


def missing_keys(n):
    d, c, s = {}, 0, 0.5
    for i in range(n):
        s += 0.5
        try:
            c += d[i]
        except KeyError as e:
            c += 1 if e.args == (i,) else 1000
        c += 2
    return c, s


def raised_and_finally(n):
    c = 0
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as e:
            c += e.args[0]
        finally:
            c += 1
    return c


class Suppress:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        self.log[kind.__name__ if kind else None] = self.log.get(kind.__name__ if kind else None, 0) + 1
        return kind is KeyError


def in_with(n):
    log, c = {}, 0
    for i in range(n):
        try:
            with Suppress(log):
                c += 1
                if i % 3 == 0:
                    raise KeyError(i)
                if i % 5 == 0:
                    raise IndexError(i)
                c += 1
        except IndexError as e:
            c -= e.args[0] % 7
    return c, sorted(log.items(), key=str)


def get(d, k):
    try:
        return d[k]
    except KeyError:
        return -1


def called(n):
    d, c = {1: 1}, 0
    for i in range(n):
        c += get(d, i & 3)
    return c


def quotients(n):
    for i in range(n):
        try:
            yield 10 // (i & 1)
        except ZeroDivisionError:
            yield 0


def nested(n):
    c = 0
    for i in range(n):
        try:
            try:
                [][i]
            except KeyError:
                c += 100
            finally:
                c += 1
        except IndexError as e:
            c += len(e.args)
    return c


def raised_again(n):
    c = 0
    for i in range(n):
        try:
            try:
                int('x' * (i % 3))
            except ValueError:
                if i % 2:
                    raise
                c += 1
        except ValueError as e:
            frames = 0
            tb = e.__traceback__
            while tb is not None:
                frames += 1
                last = tb.tb_lineno
                tb = tb.tb_next
            c += frames * 10 + (last - raised_again.__code__.co_firstlineno)
    return c


def contexts(n):
    c = 0
    for i in range(n):
        try:
            try:
                raise KeyError(i)
            except KeyError:
                raise TypeError(i) from None if i % 2 else ValueError(i)
        except TypeError as e:
            c += type(e.__context__) is KeyError
            c += e.__suppress_context__
            c += e.__cause__ is not None and e.__cause__.args[0] == i
        c += sys.exception() is None
    return c


def bound_after(n):
    seen = []
    for i in range(n):
        try:
            x = i * 2
            if i % 4 == 3:
                raise OverflowError
            y = x + 1
        except OverflowError:
            y = -x
        if i > n - 6:
            seen.append((x, y))
    try:
        e
    except NameError as error:
        seen.append(str(error))
    return seen


def unbound_in_handler(n):
    c = 0
    for i in range(n):
        try:
            if i % 2:
                raise LookupError
            late = i
        except LookupError as e:
            c += late
        try:
            e
        except UnboundLocalError as error:
            c += len(error.args)
    return c


def floats_change(n):
    total = 0
    for i in range(n):
        try:
            if i % 10 == 9:
                raise ArithmeticError
            total += 1
        except ArithmeticError:
            total = float(total) if i % 20 == 9 else int(total)
            total += 2
    return total


def ends_by_error(items):
    it, c = iter(items), 0
    while True:
        try:
            c += next(it)
        except StopIteration:
            return c


class Released:
    alive = 0

    def __init__(self):
        Released.alive += 1

    def __del__(self):
        Released.alive -= 1


def releases(n):
    most = 0
    for i in range(n):
        try:
            held = Released()
            raise RuntimeError(held)
        except RuntimeError:
            most = max(most, Released.alive)
    del held
    return most, Released.alive


def deep(n):
    def down(k):
        if k == 0:
            raise EOFError
        return down(k - 1) + 1
    c = 0
    for i in range(n):
        try:
            down(i % 5)
        except EOFError:
            c += 1
    return c


def loops_inside(n):
    c = 0
    for i in range(n):
        for k in [1, 2, 3]:
            for a, b in zip('ab', 'cd'):
                try:
                    c += {'a': 1}[a]
                except KeyError:
                    c += 10
                    continue
                if k == 2:
                    break
    return c


for _ in range(3):
    for f in (missing_keys, raised_and_finally, in_with, called, nested, raised_again, contexts, bound_after,
              unbound_in_handler, floats_change, releases, deep, loops_inside):
        print(f.__name__, f(2000))
    print(sum(quotients(2000)), ends_by_error(range(2000)))


def escapes(n):
    c = 0
    for i in range(n):
        try:
            c += 1
            if i == n - 1:
                raise KeyboardInterrupt
            raise KeyError
        except KeyError:
            c += 1


try:
    escapes(3000)
except KeyboardInterrupt as e:
    tb = e.__traceback__.tb_next
    print(type(e).__name__, tb.tb_lineno - escapes.__code__.co_firstlineno, tb.tb_frame.f_locals)
