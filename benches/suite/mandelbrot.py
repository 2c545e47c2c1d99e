"""Escape times of the Mandelbrot set: a loop of float arithmetic that ends at different points. Beside c/mandelbrot.c."""

SIZE, LIMIT = 120, 200


def escape(cr, ci):
    zr = zi = 0.0
    for n in range(LIMIT):
        rr, ii = zr * zr, zi * zi
        if rr + ii > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = rr - ii + cr
    return LIMIT


def main():
    inside = total = 0
    for y in range(SIZE):
        for x in range(SIZE):
            n = escape(x / SIZE * 3.0 - 2.25, y / SIZE * 2.5 - 1.25)
            inside += n == LIMIT
            total += n
    print(inside, total)


main()
