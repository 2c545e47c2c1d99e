# Number theory on the boundary between small and big ints: primes, factoring, modular square roots, continued fractions, Collatz, digits.
def is_prime(n):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def rho(n):
    if n % 2 == 0:
        return 2
    c = 1
    while True:
        x = y = 2
        d = 1
        while d == 1:
            x = (x * x + c) % n
            y = (y * y + c) % n
            y = (y * y + c) % n
            d = gcd(abs(x - y), n)
        if d != n:
            return d
        c += 1


def factor(n):
    if n == 1:
        return []
    if is_prime(n):
        return [n]
    d = rho(n)
    return sorted(factor(d) + factor(n // d))


print([n for n in range(60) if is_prime(n)], is_prime(2**61 - 1), is_prime(2**89 - 1), is_prime(2**67 - 1), is_prime(10**18 + 9))
for n in (2**32 + 1, 10**12 + 39, 600851475143, 2**67 - 1 if False else 1000000016000000063, 360360, 97, 2**40):
    print(n, factor(n))


def egcd(a, b):
    x0, x1, y0, y1 = 1, 0, 0, 1
    while b:
        q, a, b = a // b, b, a % b
        x0, x1, y0, y1 = x1, x0 - q * x1, y1, y0 - q * y1
    return a, x0, y0


print(egcd(240, 46), egcd(2**62 + 1, 2**61 - 1), egcd(10**30 + 7, 10**25 + 3))


def crt(pairs):
    x, m = 0, 1
    for r, n in pairs:
        g, a, _ = egcd(m, n)
        x, m = (x + (r - x) * a % n * m) % (m * n), m * n
    return x, m


print(crt([(2, 3), (3, 5), (2, 7)]), crt([(1, 2**31 - 1), (5, 2**61 - 1)]))


def collatz(n):
    steps = 0
    while n != 1:
        n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps


print([collatz(n) for n in (1, 27, 97, 871, 2**62 - 1, 2**64 + 1)], max(range(1, 3000), key=collatz))


def continued(n, terms):
    import math
    a0 = math.isqrt(n)
    m, d, a = 0, 1, a0
    h0, h1, k0, k1 = 1, a0, 0, 1
    for _ in range(terms):
        m = d * a - m
        d = (n - m * m) // d
        a = (a0 + m) // d
        h0, h1, k0, k1 = h1, a * h1 + h0, k1, a * k1 + k0
    return h1, k1, h1 * h1 - n * k1 * k1


print(continued(2, 10), continued(61, 21), continued(2, 60))
print([n for n in range(1, 10000) if n == sum(int(c) ** len(str(n)) for c in str(n))], [n for n in range(1, 1000) if sum(d for d in range(1, n) if n % d == 0) == n])
x, seen = 12345, []
for _ in range(200):
    x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
    x ^= x >> 7
    x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    seen.append(x)
print(seen[0], seen[99], seen[199], sum(seen), sum(seen) % (2**61 - 1))
h = 0xCBF29CE484222325
for b in b"the quick brown fox":
    h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
print(hex(h), h.bit_count())
a = 2**61 - 5
for i in range(12):
    a += 1
    print(a, a - 1, a * 2 - a == a, -a, a ^ 1, a // 3, end="; ")
print()
print(sum(i * i for i in range(10**5)), sum(range(2**31, 2**31 + 1000)), sum([2**61] * 10), sum([-2**61, -2**61, 2**62]), 3037000500**2, 1 << 61, 1 << 62, (1 << 62) - 1 + (1 << 62), 2**31 * 2**31, -(2**61) - 1, abs(-(2**61)), -(-2**61), (2**61) // -1, -2**61 // -1, 2**60 + 2**60)
