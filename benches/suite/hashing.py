"""Xorshift numbers fed to an FNV-1a hash: masked 64-bit integers, which pass the range of small ints. Beside c/hashing.c."""

MASK = (1 << 64) - 1


def mix(n):
    x, h = 88172645463325252, 14695981039346656037
    for _ in range(n):
        x ^= x << 13 & MASK
        x ^= x >> 7
        x ^= x << 17 & MASK
        h = (h ^ x & 255) * 1099511628211 & MASK
    return x, h


print(*mix(100_000))
