/* As mandelbrot.py. */
#include <stdio.h>
enum { SIZE = 120, LIMIT = 200 };
static int escape(double cr, double ci) {
    double zr = 0.0, zi = 0.0;
    for (int n = 0; n < LIMIT; n++) {
        double rr = zr * zr, ii = zi * zi;
        if (rr + ii > 4.0) return n;
        zi = 2.0 * zr * zi + ci;
        zr = rr - ii + cr;
    }
    return LIMIT;
}
int main(void) {
    long inside = 0, total = 0;
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            int n = escape((double)x / SIZE * 3.0 - 2.25, (double)y / SIZE * 2.5 - 1.25);
            inside += n == LIMIT;
            total += n;
        }
    printf("%ld %ld\n", inside, total);
}
