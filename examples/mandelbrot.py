"""Counts the points of a grid that stay in the Mandelbrot set, with floats and again with complex numbers.

usage: mandelbrot.py [SIZE]       (default 300)
"""
import sys
import time

LIMIT = 80


def escapes_floats(cx, cy):
    x = y = 0.0
    for step in range(LIMIT):
        x2, y2 = x * x, y * y
        if x2 + y2 > 4.0:
            return step
        x, y = x2 - y2 + cx, 2.0 * x * y + cy
    return LIMIT


def escapes_complex(c):
    z = 0j
    for step in range(LIMIT):
        if z.real * z.real + z.imag * z.imag > 4.0:
            return step
        z = z * z + c
    return LIMIT


def grid(size):
    for row in range(size):
        for column in range(size):
            yield 3.0 * column / size - 2.25, 3.0 * row / size - 1.5


def picture(size):
    rows = []
    for row in range(size // 2):
        line = (escapes_floats(3.0 * c / size - 2.25, 6.0 * row / size - 1.5) for c in range(size))
        rows.append("".join(" .:-=+*#%@"[min(9, n // 4)] for n in line))
    return rows


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print("\n".join(picture(56)))
    start = time.perf_counter()
    floats = [escapes_floats(x, y) for x, y in grid(size)]
    middle = time.perf_counter()
    complexes = [escapes_complex(complex(x, y)) for x, y in grid(size)]
    end = time.perf_counter()
    inside = sum(n == LIMIT for n in floats)
    print(f"{inside} of {size * size} points stay, {sum(floats)} steps")
    assert sum(a != b for a, b in zip(floats, complexes)) <= size // 20, "the two ways disagree"
    assert size != 300 or (inside, sum(floats)) == (15628, 1571966), "wrong picture"
    print(f"ok: floats {middle - start:.2f} s, complex {end - middle:.2f} s")


main()
