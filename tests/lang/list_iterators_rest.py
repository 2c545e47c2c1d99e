# Lists and dicts made of iterators that are under way; unpacking; itertools over two sources; named tuples.
import itertools, collections
l = [1, 2, 3, 4, 5]
it = iter(l); next(it)
print(list(it), list(it), next(it, 'end'))
it = reversed(l); next(it)
print(list(it), list(it), next(it, 'end'))
it = reversed(l); next(it); del l[2:]
print(list(it)); l[:] = [1, 2, 3, 4, 5]
it = iter(l); next(it); next(it); del l[1:]
print(list(it)); l[:] = [1, 2, 3]
m = [0]; m.extend(iter(l)); m.extend(reversed(l)); m += iter(l)
print(m, [*iter(l), *reversed(l)])
a, *b = l; print(a, b)
*a, b = (1, 2); print(a, b)
a, *b, c = [1, 2]; print(a, b, c)
a, *b, c = 'xyz!'; print(a, b, c)
for text in ('a, *b, c = [1]', 'a, b, *c = ()', 'a, *b = 5', 'a, *b = iter([])'):
    try:
        exec(text)
    except (ValueError, TypeError) as e:
        print(e)
class L(list):
    def __iter__(self): return iter('ab')
a, *b = L([1, 2, 3]); print(a, b)
Z = itertools.zip_longest
print(list(Z([1, 2, 3], 'a')), list(Z('a', [1, 2, 3], fillvalue=0)), list(Z([], [])), list(Z([], [1])), list(Z([1], [2])), list(Z([1, 2], [3, 4], [5])))
def bad():
    yield 1
    raise KeyError('x')
z = Z(bad(), [1, 2, 3])
print(next(z))
try:
    next(z)
except KeyError as e:
    print(repr(e), list(z))
print([list(itertools.batched(range(7), 3)), list(itertools.starmap(pow, [(2, 3), [3, 2], iter((4, 1))]))])
d = {}
collections._count_elements(d, 'abracadabra'); print(d)
d = {'a': 1.5, 'b': 2**61 - 1, 'c': True}
collections._count_elements(d, ['a', 'b', 'c', 'b']); print(d)
print(collections.Counter([1, 1.0, True, (1, 2), (1, 2), 'a']))
try:
    collections.Counter([[]])
except TypeError as e:
    print(e)
NT = collections.namedtuple('NT', 'a b c d e f g h i j')
t = NT(*range(10))
for k in range(40):
    s = t.a + t.b + t.h + t.i + t.j
print(s, NT.a is NT.__dict__['a'])
short = tuple.__new__(NT, (1, 2))
def get(x): return x.c
print(get(t))
for _ in range(40):
    get(t)
try:
    get(short)
except IndexError as e:
    print(e)
try:
    t.a = 5
except AttributeError as e:
    print(e)
print(NT.a.__reduce__()[1], repr(NT.a))
d = dict(a=1, b=2); d2 = dict({'x': 1}, a=2); print(d, d2, dict(**d2, z=3))
class M(dict):
    def __setitem__(self, k, v): raise RuntimeError
print(M(a=1))
s = set(range(100)); u = set(); u.update(s); print(u == s, len(u), u - s, set('hello') == {'h', 'e', 'l', 'o'}, sorted({5, 5.0, True, 1}))
for x in list(s): s.discard(x)
s.update([3, 3, 4]); print(s, 3 in s, 5 in s)
print(all(['a', '']), all(['a', 'b']), any(['', 'x']), list(filter(None, ['', 'a', 0, 1, [], [0]])))
import os.path, os as o2
from os import path
print(os.path is path, o2.path is path, __import__('os.path') is o2)
try:
    import no_such_module_here
except ModuleNotFoundError as e:
    print(e)
