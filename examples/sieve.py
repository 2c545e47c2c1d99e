"""Primes in three ways: a bytearray with slice assignment, a list with an inner loop, and a dictionary of witnesses.

usage: sieve.py [LIMIT]       (default 2000000)
"""
import sys
import time
from itertools import count, takewhile


def by_slices(limit):
    flags = bytearray([1]) * (limit + 1)
    flags[:2] = b"\0\0"
    for n in range(2, int(limit**0.5) + 1):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n, flag in enumerate(flags) if flag]


def by_loops(limit):
    composite = [False] * (limit + 1)
    primes = []
    for n in range(2, limit + 1):
        if not composite[n]:
            primes.append(n)
            multiple = n * n
            while multiple <= limit:
                composite[multiple] = True
                multiple += n
    return primes


def endless():
    """All primes, each multiple kept under its next value."""
    witnesses = {}
    for n in count(2):
        step = witnesses.pop(n, None)
        if step is None:
            yield n
            witnesses[n * n] = n
        else:
            following = n + step
            while following in witnesses:
                following += step
            witnesses[following] = step


def main():
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    results = []
    for name, way in [("slices", by_slices), ("loops", by_loops),
                      ("witnesses", lambda n: list(takewhile(lambda p: p <= n, endless())))]:
        start = time.perf_counter()
        results.append(way(limit))
        print(f"{name}: {time.perf_counter() - start:.2f} s")
    assert results[0] == results[1] == results[2], "the ways disagree"
    primes = results[0]
    assert limit != 2_000_000 or (len(primes), primes[-1]) == (148933, 1999993), "wrong primes"
    print(f"ok: {len(primes)} primes up to {limit}, the last is {primes[-1]}")


main()
