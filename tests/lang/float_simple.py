# Everyday floats.
print(1.5 + 2.25, 3 * 0.5, 7 / 2, 7 // 2.0, 7.5 % 2, 2 ** 0.5, -1.5, abs(-2.5), 1e3, 1.0, 0.1 + 0.2, 1 / 3)
print(round(3.14159, 2), round(2.5), round(-0.5), int(3.9), int(-3.9), float("2.5"), float(3), str(1.0), repr(1e20), 5.0 == 5, 0.5 > 0.25)
print(f"{3.14159:.3f} {1234.5:,.1f} {0.00001:g} {1e10:e} {50:.1%} {2.0:5.1f}|", "%.2f" % 2.675, 1e16, 1e15, 123456789.0, 1.0e-5)
total = 0.0
for i in range(10):
    total += 0.1
print(total, total == 1.0, abs(total - 1.0) < 1e-9)
x = 2.0
for _ in range(6):
    x = (x + 2 / x) / 2
print(x, x * x)
pi = 0.0
for k in range(1000):
    pi += (-1) ** k / (2 * k + 1)
print(pi * 4)
print(float("inf"), -float("inf"), float("nan") != float("nan"), 1e308 * 10, max(1.5, 2), min(0.1, 0), sum([0.5, 1.5]), divmod(7.5, 2), (0.5).is_integer(), (4.0).is_integer())
xs = [2.5, -1.0, 3.25]
mean = sum(xs) / len(xs)
print(mean, sorted(xs), [x * 2 for x in xs], sum((x - mean) ** 2 for x in xs), 3 + 4j, (1 + 2j) * (3 - 1j), abs(3 + 4j))
try:
    1.0 / 0
except ZeroDivisionError as e:
    print(e)
try:
    float("abc")
except ValueError as e:
    print(e)
area = 0.0
n = 1000
for i in range(n):
    area += (i / n) ** 2 / n
print(area)
import math

print(math.sqrt(16), math.pi, math.floor(2.7), math.ceil(2.1), math.sin(0), math.cos(0), math.log(1), math.exp(0), math.hypot(3, 4), math.isclose(0.1 + 0.2, 0.3))
