"""Planets under gravity: float arithmetic on attributes of small objects.

usage: nbody.py [STEPS]       (default 300000)
"""
import math
import sys
import time

SOLAR_MASS = 4 * math.pi**2
DAYS = 365.24


class Body:
    __slots__ = ("name", "x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, name, position, velocity, mass):
        self.name = name
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = (v * DAYS for v in velocity)
        self.mass = mass * SOLAR_MASS


def solar_system():
    return [
        Body("sun", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
        Body("jupiter", (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
             (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05), 9.54791938424326609e-04),
        Body("saturn", (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
             (-2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05), 2.85885980666130812e-04),
        Body("uranus", (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
             (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05), 4.36624404335156298e-05),
        Body("neptune", (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
             (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05), 5.15138902046611451e-05),
    ]


def rest(bodies):
    """Gives the sun the momentum that keeps the whole at rest."""
    sun = bodies[0]
    sun.vx = -sum(b.vx * b.mass for b in bodies) / SOLAR_MASS
    sun.vy = -sum(b.vy * b.mass for b in bodies) / SOLAR_MASS
    sun.vz = -sum(b.vz * b.mass for b in bodies) / SOLAR_MASS


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        total += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
        for b in bodies[i + 1:]:
            total -= a.mass * b.mass / math.dist((a.x, a.y, a.z), (b.x, b.y, b.z))
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


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    bodies = solar_system()
    rest(bodies)
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
    before = energy(bodies)
    start = time.perf_counter()
    advance(pairs, bodies, 0.01, steps)
    took = time.perf_counter() - start
    after = energy(bodies)
    print(f"energy before {before:.9f}, after {after:.9f}")
    drift = abs(after - before) / abs(before)
    assert round(before, 9) == -0.169075164 and drift < 1e-4, "the planets have lost their way"
    print(f"ok: {steps} steps in {took:.2f} s")


main()
