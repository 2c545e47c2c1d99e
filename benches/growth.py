"""Processor time for each element at growing sizes, for what must stay flat (or n log n): prints NAME SIZE NANOSECONDS lines.

Run by scripts/growth under one runtime or several; a few seconds each.
"""
import gc
import sys
import time

sys.setrecursionlimit(200_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


def list_append(n):
    out = []
    for i in range(n):
        out.append(i)


def dict_insert(n):
    d = {}
    for i in range(n):
        d[i * 7919] = i


def dict_delete(n):
    d = {i: i for i in range(n)}
    for i in range(n):
        del d[i]


def string_build(n):
    s = ""
    for _ in range(n):
        s += "x"


def string_join(n):
    "".join([str(i) for i in range(n)])


def recursion(n):
    def down(k):
        return 0 if k == 0 else 1 + down(k - 1)
    down(n)


def sort_random(n):
    x, values = 1, []
    for _ in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(x)
    values.sort()


class Node:
    __slots__ = ("next",)

    def __init__(self, next):
        self.next = next


def heap_of_objects(n):
    head = None
    for _ in range(n):
        head = Node(head)


KEPT = []


def keep(n):
    KEPT[:] = [[i] for i in range(n)]


def full_collection(n):
    gc.collect()


def set_insert(n):
    s = set()
    for i in range(n):
        s.add(i * 7919)


def attribute_names(n):
    o = Named()
    for i in range(n):
        setattr(o, f"a{i}", i)


class Named:
    pass


def text_search(n):
    text = "ab" * (n // 2) + "ba"
    text.count("bb"), text.find("aa"), text.replace("ba", "x"), text.split("b")


def cycles(n):
    for _ in range(n):
        a = []
        a.append(a)


def deque_like_pops(n):
    from collections import deque
    d = deque(range(n))
    while d:
        d.popleft()


def big_multiply(n):
    a = 10**n - 1
    a * a


def big_to_text(n):
    str(10**n - 1)


def big_from_text(n):
    int("7" * n)


def generator_values(n):
    sum(i for i in range(n))


def exceptions(n):
    for _ in range(n):
        try:
            raise ValueError
        except ValueError:
            pass


SIZES = {
    list_append: (1_000, 10_000, 100_000, 1_000_000), dict_insert: (1_000, 10_000, 100_000, 1_000_000),
    dict_delete: (1_000, 10_000, 100_000, 1_000_000), string_build: (1_000, 10_000, 100_000, 1_000_000),
    string_join: (1_000, 10_000, 100_000, 1_000_000), recursion: (100, 1_000, 10_000, 100_000),
    sort_random: (1_000, 10_000, 100_000, 1_000_000), heap_of_objects: (10_000, 100_000, 1_000_000, 10_000_000),
    set_insert: (1_000, 10_000, 100_000, 1_000_000),
    attribute_names: (1_000, 10_000, 100_000), text_search: (1_000, 10_000, 100_000, 1_000_000),
    cycles: (1_000, 10_000, 100_000), deque_like_pops: (1_000, 10_000, 100_000, 1_000_000),
    generator_values: (1_000, 10_000, 100_000, 1_000_000), exceptions: (1_000, 10_000, 100_000),
    big_multiply: (1_000, 10_000, 100_000, 1_000_000), big_to_text: (1_000, 10_000, 100_000, 1_000_000),
    big_from_text: (1_000, 10_000, 100_000, 1_000_000), full_collection: (10_000, 100_000, 1_000_000, 10_000_000),
}


PREPARE = {full_collection: keep}


def measure(action, n):
    PREPARE.get(action, len)(n if action in PREPARE else ())
    best, spent, runs = float("inf"), 0.0, 0
    while runs < 3 or (spent < 0.05 and runs < 50):
        gc.collect()
        start = time.process_time()
        action(n)
        took = time.process_time() - start
        best, spent, runs = min(best, took), spent + took, runs + 1
        if took > 1:
            break
    return best


def main():
    wanted = sys.argv[1:]
    for action, sizes in SIZES.items():
        if wanted and action.__name__ not in wanted:
            continue
        for n in sizes:
            try:
                print(action.__name__, n, round(measure(action, n) * 1e9 / n, 1), flush=True)
            except Exception as error:
                print(action.__name__, n, type(error).__name__, flush=True)


main()
