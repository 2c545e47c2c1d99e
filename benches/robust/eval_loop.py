"""Code made in a loop: every expression and function runs hot for a moment, then is gone."""
import sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
t = 0
for i in range(n):
    t += eval(f"sum(k * {i % 11} for k in range(40))")
    space = {}
    exec(f"def f(n):\n    t = 0\n    for k in range(n):\n        t += k ^ {i}\n    return t", space)
    t += sum(space["f"](20) for _ in range(30))
print(t)
