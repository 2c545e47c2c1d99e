# Loops over small ints: while, for, break, continue, else, nested, accumulators.
total = 0
i = 0
while i < 10:
    i += 1
    if i % 2:
        continue
    if i == 8:
        break
    total += i
else:
    print("not reached")
print(i, total)
while i:
    i -= 1
else:
    print("loop ended", i)
for n in range(3):
    for m in range(3):
        if m == n:
            break
        print(n, m)
    else:
        print("inner else", n)
squares = 0
for n in range(1, 101):
    squares += n * n
print(squares)
a, b = 0, 1
while b < 1000:
    print(b, end=" ")
    a, b = b, a + b
print()
for n in range(10, 0, -3):
    print(n, end=",")
print()
primes = []
for n in range(2, 50):
    for p in primes:
        if n % p == 0:
            break
    else:
        primes.append(n)
print(primes)
digits, n = 0, 987654321
while n:
    digits += n % 10
    n //= 10
print(digits)
x = 1
for _ in range(70):
    x *= 2
print(x, x - 1, -x // 3)
count = 0
for a in range(1, 30):
    for b in range(a, 30):
        for c in range(b, 30):
            if a * a + b * b == c * c:
                count += 1
print(count)
n = 6
steps = []
while n != 1:
    steps.append(n)
    n = n // 2 if n % 2 == 0 else 3 * n + 1
print(steps)
print(sum(range(101)), min(3, 1, 2), max([4, 9, 2]), abs(-5), divmod(17, 5), pow(2, 8), round(2.5), round(3.5))
