"""Five bodies under gravity: float arithmetic on attributes. Beside c/nbody.c."""
import math


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, i):
        self.x, self.y, self.z = 1.5 * i, 0.0, 0.1 * i
        self.vx, self.vy, self.vz = 0.0, math.sqrt(10.0 / (1.5 * i)) if i else 0.0, 0.01 * i
        self.mass = 0.01 * i if i else 10.0


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for b in bodies[i + 1:]:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            total -= a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


def advance(pairs, bodies, dt, steps):
    for _ in range(steps):
        for a, b in pairs:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            squared = dx * dx + dy * dy + dz * dz
            force = dt / (squared * math.sqrt(squared))
            pull, push = b.mass * force, a.mass * force
            a.vx -= dx * pull
            a.vy -= dy * pull
            a.vz -= dz * pull
            b.vx += dx * push
            b.vy += dy * push
            b.vz += dz * push
        for b in bodies:
            b.x += dt * b.vx
            b.y += dt * b.vy
            b.z += dt * b.vz


bodies = [Body(i) for i in range(5)]
pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
before = energy(bodies)
advance(pairs, bodies, 0.001, 30_000)
print(f"{before:.9f} {energy(bodies):.9f}")
