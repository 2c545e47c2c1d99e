"""Exceptions raised and handled inside a loop, some of them two calls down."""


class Odd(Exception):
    def __init__(self, n):
        super().__init__(n)
        self.n = n


def half(n):
    if n % 2:
        raise Odd(n)
    return n // 2


def step(table, n):
    try:
        return table[n]
    except KeyError:
        value = half(n)
        table[n] = value
        return value


def main(n):
    table, odd, total = {}, 0, 0
    for i in range(n):
        try:
            total += step(table, i % 5000)
        except Odd as e:
            odd += 1
            total += 3 * e.n + 1
    return odd, total, len(table)


print(*main(40_000))
