/* As nbody.py. */
#include <math.h>
#include <stdio.h>
enum { N = 5 };
static double x[N], y[N], z[N], vx[N], vy[N], vz[N], mass[N];
static double energy(void) {
    double total = 0.0;
    for (int i = 0; i < N; i++) {
        total += 0.5 * mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]);
        for (int j = i + 1; j < N; j++) {
            double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
            total -= mass[i] * mass[j] / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}
int main(void) {
    const double dt = 0.001;
    for (int i = 0; i < N; i++) {
        x[i] = 1.5 * i, y[i] = 0.0, z[i] = 0.1 * i;
        vx[i] = 0.0, vy[i] = i ? sqrt(10.0 / (1.5 * i)) : 0.0, vz[i] = 0.01 * i;
        mass[i] = i ? 0.01 * i : 10.0;
    }
    double before = energy();
    for (int step = 0; step < 30000; step++) {
        for (int i = 0; i < N; i++)
            for (int j = i + 1; j < N; j++) {
                double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
                double squared = dx * dx + dy * dy + dz * dz;
                double force = dt / (squared * sqrt(squared));
                double pull = mass[j] * force, push = mass[i] * force;
                vx[i] -= dx * pull, vy[i] -= dy * pull, vz[i] -= dz * pull;
                vx[j] += dx * push, vy[j] += dy * push, vz[j] += dz * push;
            }
        for (int i = 0; i < N; i++) x[i] += dt * vx[i], y[i] += dt * vy[i], z[i] += dt * vz[i];
    }
    printf("%.9f %.9f\n", before, energy());
}
