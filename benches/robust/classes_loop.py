"""Classes made in a loop, each used and let go."""
import gc
import sys


def make(i):
    class Point:
        scale = i

        def __init__(self, x, y):
            self.x, self.y = x, y

        def norm(self):
            return self.x * self.x + self.y * self.y + self.scale

    return Point


n = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
t = 0
for i in range(n):
    cls = make(i)
    for k in range(60):
        t += cls(k, i).norm() & 255
gc.collect()
alive = sum(1 for c in object.__subclasses__() if c.__name__ == "Point")
print(t, alive)
