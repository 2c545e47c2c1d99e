# Arithmetic of ints around the widths of one and of two machine words.
EDGES = [0, 1, 2, 3, 7, 2**31, 2**32 - 1, 2**61 - 1, 2**61, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**64 + 1,
         2**96 + 12345, 2**126, 2**127 - 1, 2**127, 2**127 + 1, 2**128 - 1, 2**128, 2**130 + 99]
EDGES += [-n for n in EDGES if n]
total = 0
for a in EDGES:
    for b in EDGES:
        r = [a + b, a - b, a * b, a & b, a | b, a ^ b]
        if b:
            q, m = a // b, a % b
            assert q * b + m == a and (m == 0 or (m < 0) == (b < 0)), (a, b)
            r += [q, m]
        c = a
        c += b; r.append(c)
        c *= b; r.append(c)
        c ^= a; r.append(c)
        total = (total * 1000003 + hash(tuple(r))) % (2**61 - 1)
    for s in (0, 1, 5, 31, 61, 62, 63, 64, 65, 100, 126, 127, 128, 200):
        assert (a << s) >> s == a, (a, s)
        assert a >> s == a // 2**s, (a, s)
        total = (total * 1000003 + hash((a << s, a >> s))) % (2**61 - 1)
print(total)
print((2**127 - 1) * (2**127 - 1), -(2**127 - 1) * 2**64, (2**64 - 1) * (2**64 - 1))
print(2**126 + 2**126, -(2**126) - 2**126 - 1, (-2**127) // -1 if True else 0)
for op in ('a // 0', 'a % 0', 'a << -1', 'a >> -1'):
    try:
        eval(op, {'a': 2**100})
    except (ZeroDivisionError, ValueError) as e:
        print(type(e).__name__, e)
print(True + 2**100, 2**100 & True, type(2**100 & 1), 2**100 == 2**100 + 0)
h = 0xcbf29ce484222325
for i in range(300):
    h = ((h ^ (i & 255)) * 0x100000001b3) & 0xFFFFFFFFFFFFFFFF
print(h)
a = 1 << 100
for i in range(300):
    a = (a * 3 + i) % ((1 << 127) - 1)
print(a)
