"""The spectral norm of an infinite matrix: small functions called very often, generators, list comprehensions.

usage: spectral_norm.py [SIZE]       (default 400)
"""
import math
import sys
import time


def cell(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    n = len(vector)
    return [sum(cell(i, j) * vector[j] for j in range(n)) for i in range(n)]


def times_transposed(vector):
    n = len(vector)
    return [sum(cell(j, i) * vector[j] for j in range(n)) for i in range(n)]


def norm(n):
    u = [1.0] * n
    for _ in range(10):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    product = sum(a * b for a, b in zip(u, v))
    square = sum(b * b for b in v)
    return math.sqrt(product / square)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    start = time.perf_counter()
    found = norm(n)
    took = time.perf_counter() - start
    print(f"norm({n}) = {found:.9f}")
    assert n < 100 or abs(found - 1.274224) < 2e-5, "wrong norm"
    print(f"ok: {took:.2f} s")


main()
