# A sudoku solver by constraint propagation and search, and checks of its answer.
GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
HARD = "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......"
ROWS, COLS = "ABCDEFGHI", "123456789"


def cross(a, b): return [x + y for x in a for y in b]


SQUARES = cross(ROWS, COLS)
UNITLIST = [cross(ROWS, c) for c in COLS] + [cross(r, COLS) for r in ROWS] + [cross(rs, cs) for rs in ("ABC", "DEF", "GHI") for cs in ("123", "456", "789")]
UNITS = {s: [u for u in UNITLIST if s in u] for s in SQUARES}
PEERS = {s: set(sum(UNITS[s], [])) - {s} for s in SQUARES}


def parse(grid):
    values = dict.fromkeys(SQUARES, COLS)
    for s, d in zip(SQUARES, grid):
        if d in COLS and not assign(values, s, d):
            return None
    return values


def assign(values, s, d):
    return values if all(eliminate(values, s, o) for o in values[s].replace(d, "")) else None


def eliminate(values, s, d):
    if d not in values[s]:
        return values
    values[s] = values[s].replace(d, "")
    if not values[s]:
        return None
    if len(values[s]) == 1 and not all(eliminate(values, p, values[s]) for p in PEERS[s]):
        return None
    for u in UNITS[s]:
        places = [x for x in u if d in values[x]]
        if not places or (len(places) == 1 and not assign(values, places[0], d)):
            return None
    return values


def search(values):
    global nodes
    nodes += 1
    if not values:
        return None
    if all(len(v) == 1 for v in values.values()):
        return values
    _, s = min((len(values[s]), s) for s in SQUARES if len(values[s]) > 1)
    for d in values[s]:
        if found := search(assign(values.copy(), s, d)):
            return found
    return None


def show(values):
    for i, r in enumerate(ROWS):
        if i in (3, 6):
            print("------+-------+------")
        print(" ".join(values[r + c] + (" |" if c in "36" else "") for c in COLS))


for grid in (GRID, HARD):
    nodes = 0
    values = search(parse(grid))
    show(values)
    ok = all({values[s] for s in u} == set(COLS) for u in UNITLIST) and all(d in (".", values[s]) for s, d in zip(SQUARES, grid))
    print(ok, nodes)
nodes = 0
print(parse("11" + "." * 79), len(PEERS["A1"]), sorted(PEERS["A1"])[:4], all(len(UNITS[s]) == 3 for s in SQUARES))
