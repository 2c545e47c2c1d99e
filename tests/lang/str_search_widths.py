# Finding, counting, splitting and replacing: short texts and long ones, near misses, texts of every width.
import random, re
rnd = random.Random(3)
def ref_find(s, n, start=0):
    return next((i for i in range(start, len(s) - len(n) + 1) if all(s[i + k] == n[k] for k in range(len(n)))), -1)
def ref_all(s, n):
    out, at = [], 0
    while (i := ref_find(s, n, at)) >= 0:
        out.append(i)
        at = i + len(n)
    return out
count = 0
for size in (0, 1, 3, 8, 20, 63, 64, 65, 100, 300, 1000):
    for alphabet in ('ab', 'abc\xe9', 'ab\u20ac', 'a\U0001f600'):
        for _ in range(12):
            s = ''.join(rnd.choice(alphabet) for _ in range(size))
            n = ''.join(rnd.choice(alphabet) for _ in range(rnd.choice([1, 1, 2, 3, 5, 9, 12])))
            where = ref_all(s, n)
            assert s.find(n) == (where[0] if where else -1), (s, n)
            assert (n in s) == bool(where)
            assert s.count(n) == len(where)
            cuts = [0] + [i + len(n) for i in where]
            ends = where + [len(s)]
            parts = [s[a:b] for a, b in zip(cuts, ends)]
            assert s.split(n) == parts, (s, n)
            assert s.replace(n, '<>') == '<>'.join(parts)
            for most in (0, 1, 2, 5):
                k = min(most, len(where))
                assert s.split(n, most) == parts[:k] + [s[cuts[k]:]], (s, n, most)
                assert s.replace(n, 'xyz', most) == 'xyz'.join(parts[:k] + [s[cuts[k]:]])
            if s.isascii() and n.isascii():
                b, m = s.encode(), n.encode()
                assert b.find(m) == s.find(n) and b.count(m) == len(where) and b.split(m) == [p.encode() for p in parts]
                assert b.replace(m, b'<>') == s.replace(n, '<>').encode()
            count += 1
print(count)
s = 'a,b,c'
class U(str): pass
print(s.split(';')[0] is s, type(U(s).split(';')[0]), type(U(s).split(',')[0]), U(s).split(',', 0), s.split(',', -1), ''.split(','), ','.split(','))
print('%s|%d|%x|%i|%r' % ('a', -5, 255, 7, -3), '%s' % 'x', '%d%%' % 5, '%s' % (1,), '%d' % 0, '%s%s' % ('é', '€'))
for f, a in (('%s %s', ('a',)), ('%s', ('a', 'b')), ('%d', 'x'), ('%', ()), ('%s %', 'a'), ('%(a)s', 'x'), ('x', 1), ('%s', ()), ('%x', 1.5)):
    try:
        print(f % a)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print('%s' % {'a': 1}, '%(a)s %(a)d' % {'a': 1}, '%s' % [1], 'x' % {}, 'x' % [])
t = str.maketrans('abc', 'xyz')
print('aabbcc hello'.translate(t), 'abc'.translate({97: None}), 'abcabc'.translate({97: 'long', 98: '\u20ac'}), 'ab\xe9'.translate({0xe9: 'e', 98: None}),
      ''.translate(t), 'zz'.translate({}), 'ab'.translate({97: 8364, 98: 120}))
class D(dict):
    def __missing__(self, k): return k + 1
print('abc'.translate(D()))
for n in (0, 5, 9, 10, 11, 99, 100, 101, 999, 1000, 12345678901234567, 2**61 - 1, 2**63, 10**18, 10**19):
    print(str(n), str(-n), f"{n:#o}", bin(-n), oct(n), f'{n}{-n:d}', n.__format__('x'), repr(-n), '%d' % -n, end=' ')
print()
print(''.join(['a', 'bc', 'def', '', 'é', 'x' * 20]), '-'.join(['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffffff', 'g' * 9, 'h' * 16, 'i' * 17]), ''.join(['\u20ac', 'a']))
for text in ('', 'abc', ' 12', '12 ', '+7', '-0', '1_000', '1__0', '\u0663\u0664', 'x', '9' * 30):
    try:
        print(int(text), end=' ')
    except ValueError as e:
        print(e, end=' ')
print(int(b'12'), int(bytearray(b'-3')), int('ff', 16), int('0x1f', 0))
