# N queens three ways: sets, bit masks, generators.
def by_sets(n, row=0, cols=frozenset(), diag=frozenset(), anti=frozenset()):
    if row == n:
        return 1
    count = 0
    for c in range(n):
        if c not in cols and row + c not in diag and row - c not in anti:
            count += by_sets(n, row + 1, cols | {c}, diag | {row + c}, anti | {row - c})
    return count


def by_bits(n):
    full = (1 << n) - 1

    def place(cols, left, right):
        if cols == full:
            return 1
        count, free = 0, full & ~(cols | left | right)
        while free:
            bit = free & -free
            free ^= bit
            count += place(cols | bit, (left | bit) << 1, (right | bit) >> 1)
        return count
    return place(0, 0, 0)


def solutions(n, queens=()):
    if len(queens) == n:
        yield queens
        return
    row = len(queens)
    for c in range(n):
        if all(c != q and abs(c - q) != row - r for r, q in enumerate(queens)):
            yield from solutions(n, (*queens, c))


for n in range(1, 8):
    print(n, by_sets(n), by_bits(n), sum(1 for _ in solutions(n)))
first = next(solutions(8))
print(first)
for q in first:
    print(" ".join("Q" if c == q else "." for c in range(8)))
