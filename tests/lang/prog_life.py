# Conway's life on a set, on a wrapped grid of lists and on integers as bit rows; all must agree.
def step_set(cells, size):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    k = ((x + dx) % size, (y + dy) % size)
                    counts[k] = counts.get(k, 0) + 1
    return {k for k, n in counts.items() if n == 3 or n == 2 and k in cells}


def step_lists(grid):
    n = len(grid)
    return [[1 if (s := sum(grid[(r + a) % n][(c + b) % n] for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)) == 3 or (s == 2 and grid[r][c]) else 0 for c in range(n)] for r in range(n)]


def step_bits(rows, n):
    full = (1 << n) - 1
    def left(v): return (v << 1 | v >> (n - 1)) & full
    def right(v): return (v >> 1 | v << (n - 1)) & full
    out = []
    for r in range(n):
        ones = twos = fours = 0
        for k in (-1, 0, 1):
            v = rows[(r + k) % n]
            for m in (left(v), right(v)) + ((v,) if k else ()):
                c1 = ones & m
                ones ^= m
                c2 = twos & c1
                twos ^= c1
                fours |= c2
        out.append((twos & ~fours) & (ones | rows[r]) & full)
    return out


size = 16
cells = {(1, 2), (2, 3), (3, 1), (3, 2), (3, 3), (8, 8), (8, 9), (8, 10), (9, 9), (10, 8), (12, 12), (12, 13), (13, 12), (13, 13)}
grid = [[int((r, c) in cells) for c in range(size)] for r in range(size)]
bits = [sum(v << c for c, v in enumerate(row)) for row in grid]
history = []
for gen in range(40):
    if gen % 13 == 0:
        print(f"generation {gen}: {len(cells)} cells")
        print("\n".join("".join(".#"[v] for v in row) for row in grid))
    agree = cells == {(r, c) for r in range(size) for c in range(size) if grid[r][c]} and bits == [sum(v << c for c, v in enumerate(row)) for row in grid]
    if not agree:
        print("disagree at", gen)
        break
    history.append(len(cells))
    cells, grid, bits = step_set(cells, size), step_lists(grid), step_bits(bits, size)
print(history)
