# Sorting keys of one kind, of several, and tuples of them: orders, stability, errors.
import random
rnd = random.Random(7)
def check(items, **kw):
    key = kw.get('key') or (lambda x: x)
    out = sorted(items, **kw)
    # Insertion sort by the operator alone.
    ref = []
    for x in items:
        at = len(ref)
        while at and (key(x) < key(ref[at - 1]) if not kw.get('reverse') else key(ref[at - 1]) < key(x)):
            at -= 1
        ref.insert(at, x)
    assert [id(x) for x in out] == [id(x) for x in ref], (items[:5], kw)
    l = list(items)
    l.sort(**kw)
    assert l == out
    return len(out)
words = ['', 'a', 'a\0', 'b', 'ab', 'abc', 'abcdefgh', 'abcdefghi', 'abcdefgh\0', 'abcdefghj', '\xff', '\xffa', '\u0100', '\u0100a',
         '\ufffd', '\U00010000', 'zz', 'z', '\x80', '\x7f', 'abcdefg']
n = 0
for size in (0, 1, 2, 5, 15, 16, 17, 40, 200):
    for reverse in (False, True):
        ascii_words = [w for w in words if w.isascii()]
        latin = [w for w in words if all(ord(c) < 256 for c in w)]
        for pool in (ascii_words, latin, words):
            n += check([rnd.choice(pool) for _ in range(size)], reverse=reverse)
        n += check([rnd.randrange(10) for _ in range(size)], reverse=reverse)
        n += check([rnd.choice([0.0, -0.0, 1.5, -2.25, 1e300, float('inf')]) for _ in range(size)], reverse=reverse)
        n += check([rnd.choice([1, 1.0, True, 2, 2.5]) for _ in range(size)], reverse=reverse)
        n += check([(rnd.randrange(3), rnd.choice(words), rnd.random()) for _ in range(size)], reverse=reverse)
        n += check([(rnd.choice(words), rnd.randrange(3)) for _ in range(size)], reverse=reverse)
        n += check([(rnd.randrange(3),) * rnd.randrange(3) for _ in range(size)], reverse=reverse)
        n += check([(rnd.randrange(3), 2**70 + rnd.randrange(3)) for _ in range(size)], reverse=reverse)
        n += check([[rnd.randrange(3), 'x'] for _ in range(size)], reverse=reverse)
        n += check([str(i) for i in range(size)], reverse=reverse, key=len)
        n += check([-i % 7 for i in range(size)], reverse=reverse, key=abs)
        n += check([str(i) for i in range(size)], reverse=reverse, key=lambda s: (len(s), s[::-1]))
print(n)
for bad in ([1, 'a'], [(1, 'a'), (1, 2)], [(1,), 2], ['a', None], [(1, 2), (1, 'a'), (0, 3)], [1j, 2j]):
    try:
        print(sorted(bad))
    except TypeError as e:
        print(e)
try:
    sorted(['a', 1], key=len)
except TypeError as e:
    print(e)
nan = float('nan')
print(sorted([3.0, nan, 1.0, 2.0]), sorted([(1, nan), (1, 2.0), (0, nan)]))
class T(tuple):
    def __lt__(self, other): return tuple.__gt__(self, other)
print(sorted([T((1,)), T((3,)), T((2,))]), sorted([(1,), T((3,)), (2,)]))
class S(str):
    def __lt__(self, other): return str.__gt__(self, other)
print(sorted([S('a'), S('c'), S('b')]), sorted(['a', S('c'), 'b']))
