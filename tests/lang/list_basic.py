# Everyday lists.
xs = [5, 3, 8, 1]
xs.append(9)
xs.insert(1, 7)
print(xs, len(xs), xs[0], xs[-1], xs[1:3], xs[:2], xs[::2], 8 in xs, xs.index(8))
xs.sort()
print(xs, sum(xs), min(xs), max(xs), xs.pop(), xs.pop(0), xs)
xs.extend([2, 2])
xs.remove(2)
xs.reverse()
print(xs, xs.count(2), xs + [100], xs * 2, [0] * 4)
ys = xs
zs = xs[:]
ys[0] = "changed"
print(xs, zs, ys is xs, zs is xs, zs == xs)
grid = [[r * 3 + c for c in range(3)] for r in range(3)]
print(grid, grid[1][2], [row[0] for row in grid], [x for row in grid for x in row], list(zip(*grid)))
del grid[1]
grid[0][0] = -1
print(grid)
for i, x in enumerate(["a", "b", "c"]):
    print(i, x, end="; ")
print()
a, *b = [1, 2, 3]
print(a, b, list(range(5)), list("abc"), list((1, 2)), [x * x for x in range(5) if x % 2])
stack, queue = [], [1, 2, 3]
stack.append(1)
stack.append(2)
print(stack.pop(), stack, queue.pop(0), queue)
nested = [1, [2, [3, [4]]]]
print(nested[1][1][1][0], len(nested), any([0, 1]), all([1, 0]), sorted([3, 1, 2], reverse=True), sorted(["bb", "a", "ccc"], key=len))
xs = [1, 2, 3, 4, 5, 6]
xs[1:3] = [20, 30, 40]
del xs[-2:]
print(xs, [1, 2] < [1, 3], [1, 2] == [1, 2], [] == [], bool([]), list(map(str, [1, 2])), list(filter(None, [0, 1, 2])))
for bad in (lambda: [][0], lambda: [1].remove(5), lambda: [1] + "a", lambda: [1]["x"]):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
