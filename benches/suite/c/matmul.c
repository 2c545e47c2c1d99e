/* As matmul.py. */
#include <stdio.h>
enum { N = 70 };
static double a[N][N], b[N][N], c[N][N];
int main(void) {
    double sum = 0.0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (i * j % 7) / 3.0, b[i][j] = (i - j) / (i + j + 1.0);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            for (int k = 0; k < N; k++) c[i][j] += a[i][k] * b[k][j];
            sum += c[i][j];
        }
    printf("%.9f %.6f\n", c[3][5], sum);
}
