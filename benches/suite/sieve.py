"""Primes by a sieve over a list of flags, inner loop and all. Beside c/sieve.c."""


def sieve(n):
    prime = [True] * (n + 1)
    prime[0] = prime[1] = False
    i = 2
    while i * i <= n:
        if prime[i]:
            for k in range(i * i, n + 1, i):
                prime[k] = False
        i += 1
    count = last = 0
    for i in range(n + 1):
        if prime[i]:
            count += 1
            last = i
    return count, last


print(*sieve(300_000))
