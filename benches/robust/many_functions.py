"""Ten thousand functions, each a little warm."""
import sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
lines = []
for i in range(count):
    lines.append(f"def f{i}(a, b):\n    t = a + {i}\n    for k in range(3):\n        t += b * k - {i % 13}\n    return t")
space = {}
exec("\n".join(lines), space)
functions = [space[f"f{i}"] for i in range(count)]
t = 0
for r in range(40):
    for f in functions:
        t += f(r, 2)
print(t)
