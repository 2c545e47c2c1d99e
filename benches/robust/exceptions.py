"""Exceptions as the normal way out: raised here, in a callee, in a generator; with finally, with, and a chain."""
import sys


class Wrong(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value


class Guard:
    def __init__(self):
        self.left = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.left += 1
        return kind is KeyError


def check(i):
    if i % 3 == 0:
        raise Wrong(i)
    if i % 3 == 1:
        return {}[i]
    return i


def numbers(n):
    try:
        for i in range(n):
            yield i
    finally:
        n = -1


def run(n):
    wrong = missing = right = closed = 0
    guard = Guard()
    for i in range(n):
        try:
            right += check(i) & 7
        except Wrong as e:
            wrong += e.value & 7
        except KeyError as e:
            missing += e.args[0] & 7
        finally:
            closed += 1
        with guard:
            check(i if i % 3 else i + 1)
        try:
            try:
                [][i]
            except IndexError as e:
                raise ValueError(i) from e
        except ValueError as e:
            closed += e.__cause__ is not None
        for k in numbers(4):
            if k == 2:
                break
    return wrong, missing, right, closed, guard.left


n = int(sys.argv[1]) if len(sys.argv) > 1 else 120000
print(*run(n))
