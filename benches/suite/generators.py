"""A pipeline of generators: every value passes four suspended frames."""


def numbers(n):
    state = 1
    for _ in range(n):
        state = state * 16807 % 2147483647
        yield state


def kept(values):
    for v in values:
        if v % 3:
            yield v


def pairs(values):
    previous = 0
    for v in values:
        yield previous, v
        previous = v


def steps(values):
    for a, b in values:
        yield b - a if b > a else a - b


print(sum(steps(pairs(kept(numbers(100_000))))))
