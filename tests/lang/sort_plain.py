# min, max, sum, sorted and comparisons over plain values and over what only looks plain.
nan, inf = float("nan"), float("inf")
print(sorted([3, 1, 2]), sorted([3, 1, 2], reverse=True), sorted([2**70, -1, 2**61, 5]), sorted([1.5, 1, True, 0, -2.5]))
print(sorted([(2, "b"), (1, "z"), (2, "a"), (1,)]), sorted([(1, nan), (1, 2.0), (0, nan)]), sorted(["b", "", "ä", "a\0", "a"]))
print(sorted([((1, 2), 3), ((1, 1), 9), ((), 0)]), sorted([[2, 1], [1, 5], [1]]), max([(1, 2), (1, 3)]), min([(1, "b"), (1, "a")]))
print(min([3, 1, 1.0, True]), max([1, 1.0, True]), max([True, 1]), min([nan, 1.0]), min([1.0, nan]), max([nan, inf]), max("hello"))
print(min([5, 2, 2**65, -(2**65)]), max((4, 9, 2)), min({3, 1, 2}), max({"a": 1, "b": 2}), min(iter([2, 1])), max([1], default=0), max([], default=7))
print(sum([1, 2, 3]), sum([1, 2.5, 3]), sum((1.5, 2.5)), sum([2**61 - 1, 5, 2**62]), sum([True, 2]), sum([0.1] * 10), sum([1, 2], 10), sum([[1], [2]], []))
print(sum(range(10)), sum(x for x in (1, 2.0)), sum([1j, 2, 0.5]), sum([inf, -inf]), sum([1e308, 1e308, -1e308]), sum([-0.0, -0.0]))
print(any([0, 0.0, "", None, False]), any([0, [], 1]), all([1, "a", 2.5, True]), all([1, 0, "x"]), all([]), any(iter([0, 3])))
for f in (min, max, sum, sorted, any):
    for bad in ([1, "a"], [(1, 2), (1, "x")], 5, [1, None]):
        try:
            print(f.__name__, f(bad))
        except TypeError as e:
            print(f.__name__, e)


class Odd:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        print("lt", end=" ")
        return self.n < other.n

    def __gt__(self, other):
        print("gt", end=" ")
        return self.n > other.n

    def __eq__(self, other):
        print("eq", end=" ")
        return isinstance(other, Odd) and self.n == other.n

    def __bool__(self):
        print("bool", end=" ")
        return self.n > 1

    def __repr__(self):
        return f"Odd({self.n})"


a, b, c = Odd(1), Odd(2), Odd(3)
print(sorted([b, a]), min([b, a]), max([a, b]), (a, 1) < (a, 2), (a, 1) < (b, 0), [a, b] == [a, Odd(2)], [1, 2, a] == [1, 2, 3])
print(any([0, a, b]), all([1, b, a]), (1, 2.0, "x", a) == (1, 2.0, "x", a), [nan] == [nan], (nan,) < (nan,), [0.0] == [-0.0])


class Fickle:
    """Shortens the list that is compared."""

    def __eq__(self, other):
        del l[1:]
        return True


l = [1, Fickle(), 3]
print(l == [1, 2, 3], len(l))
numbers = [5, 3, 9]


def key(x):
    numbers.append(x)
    return x


try:
    numbers.sort(key=key)
except ValueError as e:
    print(e, numbers)
numbers = list(range(50, 0, -1))
numbers.sort()
print(numbers == sorted(numbers, reverse=True)[::-1], numbers[:3])
