/* As spectral_norm.py. */
#include <math.h>
#include <stdio.h>
enum { N = 100 };
static double a(long i, long j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }
static void times(const double *v, double *out, int transposed) {
    for (int i = 0; i < N; i++) {
        out[i] = 0.0;
        for (int j = 0; j < N; j++) out[i] += (transposed ? a(j, i) : a(i, j)) * v[j];
    }
}
int main(void) {
    double u[N], v[N], t[N], uv = 0.0, vv = 0.0;
    for (int i = 0; i < N; i++) u[i] = 1.0;
    for (int k = 0; k < 6; k++) times(u, t, 0), times(t, v, 1), times(v, t, 0), times(t, u, 1);
    for (int i = 0; i < N; i++) uv += u[i] * v[i], vv += v[i] * v[i];
    printf("%.6f\n", sqrt(uv / vv));
}
