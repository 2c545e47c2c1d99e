"""One function of twenty thousand lines."""
import sys

lines = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
body = "\n".join(f"    a = (a * {i % 7 + 1} + b) & 65535\n    b = b ^ a if a & {1 << i % 5} else b + 1" for i in range(lines // 2))
space = {}
exec(f"def huge(a, b):\n{body}\n    return a, b", space)
a, b = 1, 2
for _ in range(60):
    a, b = space["huge"](a, b & 65535)
print(a, b)
