"""Pancake flips over all permutations: list slices, reversal, integer counters.

usage: fannkuch.py [N]       (default 9)
"""
import sys
import time

KNOWN = {6: (49, 10), 7: (228, 16), 8: (1616, 22), 9: (8629, 30), 10: (73196, 38)}


def flips(permutation):
    stack = permutation[:]
    count = 0
    while (first := stack[0]) != 0:
        stack[: first + 1] = stack[first::-1]
        count += 1
    return count


def fannkuch(n):
    permutation = list(range(n))
    counters = [0] * n
    checksum = most = 0
    sign = 1
    while True:
        if permutation[0]:
            count = flips(permutation)
            most = max(most, count)
            checksum += sign * count
        if sign == 1:
            permutation[0], permutation[1] = permutation[1], permutation[0]
            sign = -1
            continue
        permutation[1], permutation[2] = permutation[2], permutation[1]
        sign = 1
        level = 2
        while counters[level] == level:
            counters[level] = 0
            level += 1
            if level == n:
                return checksum, most
            permutation.insert(level, permutation.pop(0))
        counters[level] += 1


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    start = time.perf_counter()
    checksum, most = fannkuch(n)
    took = time.perf_counter() - start
    print(f"checksum {checksum}, most flips {most}")
    assert KNOWN.get(n, (checksum, most)) == (checksum, most), f"expected {KNOWN[n]}"
    print(f"ok: fannkuch({n}) in {took:.2f} s")


main()
