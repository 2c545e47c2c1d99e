# Big integers: identities on large and random operands, known values, radix conversion, square roots, shifts.
import math


def fib(n):
    a, b = 0, 1
    for bit in bin(n)[2:]:
        a, b = a * (2 * b - a), a * a + b * b
        if bit == "1":
            a, b = b, a + b
    return a


print(fib(300), fib(1000) % 10**20, len(str(fib(10000))), fib(10000) % (10**9 + 7))
f = math.factorial(200)
print(f % (10**9 + 7), str(f).count("0"), f.bit_length(), len(str(f)), sum(map(int, str(f))), f >> 1200, f & (2**64 - 1), (f | 1) - f)
seed = 12345678901234567890


def rnd(bits):
    global seed
    out = 0
    for _ in range(bits // 64 + 1):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        out = out << 64 | seed
    return out >> (out.bit_length() - bits if out.bit_length() > bits else 0)


failures = 0
for bits_a in (30, 61, 62, 63, 64, 65, 127, 128, 500, 2000, 9000):
    for bits_b in (1, 31, 62, 64, 128, 700, 3000):
        for sa in (1, -1):
            for sb in (1, -1):
                a, b = sa * rnd(bits_a), sb * (rnd(bits_b) | 1)
                q, r = divmod(a, b)
                failures += not (q * b + r == a and abs(r) < abs(b) and (r == 0 or (r > 0) == (b > 0)))
                failures += (a + b) * (a - b) != a * a - b * b
                failures += (a & b) ^ (a | b) != a ^ b or ~a != -a - 1 or (a >> 13) != a // 2**13 or (a << 13) != a * 2**13
                failures += int(str(a)) != a or int(hex(b), 16) != b or int(bin(a), 2) != a or int(oct(b), 8) != b
                failures += math.gcd(a * 6, b * 6) % 6 != 0 or (a * b) % 1000003 != (a % 1000003) * (b % 1000003) % 1000003
                failures += int.from_bytes(a.to_bytes(1200, "big", signed=True), "big", signed=True) != a
print("failures", failures)
for n in (0, 1, 2, 15, 16, 17, 10**20, 10**21 - 1, 2**64, 2**128 - 1, rnd(1000)):
    s = math.isqrt(n)
    assert s * s <= n < (s + 1) ** 2
print(math.isqrt(10**40 + 1), math.gcd(2**200 * 3, 6**50) == 2**50 * 3, math.lcm(12, 18, 10**20), math.comb(100, 50), math.perm(20, 5), math.prod(range(1, 25)))
print(3**200, (-3)**201, 2**521 - 1 == int("1" * 521, 2), pow(7, 10**50, 10**30 + 57), pow(2, 2**70, 97), pow(12345, -1, 10**30 + 57) * 12345 % (10**30 + 57))
print(10**50 // 7, -10**50 // 7, 10**50 % -7, divmod(10**50, 10**25 + 1), 10**50 / 3, (10**50 + 1) / 10**50, float(10**300) / 10**300)
print(hash(10**50), hash(-10**50), 10**50 == 10**50, 10**50 is None, 10**50 > 1e49, 10**50 < float("inf"), -10**50 < 1, 10**50 in {10**50: 1}, {10**50, 10**50, 1e50 == 10**50})
print((2**200 + 1) >> 199, (-2**200 - 1) >> 199, (1 << 200) >> 200, -1 >> 1000, (2**100).bit_length(), (2**100 - 1).bit_count(), (2**100) & -(2**100), ~(2**100), 2**100 ^ -1, -2**100 | 1)
print(f"{2**100:,}", f"{2**100:_x}", f"{-2**100:e}", f"{2**100:.3g}", f"{2**100:>40}", "%x" % 2**100, "%e" % 10**40, "%o" % 2**70)
print(round(10**30 + 5 * 10**9, -10), round(-15 * 10**19, -20), round(25 * 10**20, -21), int(1e30), int(2.0**80) == 2**80, float(2**1023), round(1e30))
x = 2**62
for _ in range(3):
    x = x * x + 1
print(x, x % 2**64, x // 10**50)
print(sum(10**k for k in range(0, 40, 3)), max(10**20, 10**19, -10**30), sorted([10**20, -1, 2**70, 5, -10**25]), abs(-10**30), -(-10**30))
d = 10**18
total = 0
for i in range(60):
    total += d * i
    total -= (d * i) // 3
print(total, total // d, total.bit_length())
def pi(n):
    q, r, t, k, m, x, out = 1, 0, 1, 1, 3, 3, []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(str(m))
            q, r, m = 10 * q, 10 * (r - m * t), 10 * (3 * q + r) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(out)
print(pi(120))
