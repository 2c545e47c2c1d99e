# Short ways of built-in types: encodings, buffers, class construction, iterators, computed attributes, arguments by keyword.
import collections, datetime, hmac, sys, os

# encodings
for s in ('abc', 'é', 'aé', 'ÿ' * 5, '漢字かな', 'a漢', '\U0001F600x', 'x\U0001F600', '\u07ff\u0800', '\uffff\U00010000', ''):
    u = s.encode()
    assert u.decode() == s and u == s.encode('utf-8') == s.encode(encoding='UTF8')
    print(u, s.encode('utf-16-le'), s.encode('utf-16-be'), s.encode('utf-16'), s.encode('utf-32-le')[:4])
    assert s.encode('utf-16').decode('utf-16') == s
for s in ('\ud800', 'a\udfffb', '漢\ud800'):
    for codec in ('utf-8', 'utf-16', 'utf-16-be', 'latin-1'):
        try: s.encode(codec)
        except UnicodeEncodeError as e: print(codec, e)
    print(s.encode('utf-8', 'surrogatepass'), s.encode('utf-16-le', 'surrogatepass'), s.encode('utf-8', 'replace'))
for args in (('a\0b',), ('utf-8', 'x\0'), (5,), ('utf-8', 5)):
    try: 'x'.encode(*args)
    except (ValueError, TypeError, LookupError) as e: print(type(e).__name__, e)
    try: b'x'.decode(*args)
    except (ValueError, TypeError, LookupError) as e: print(type(e).__name__, e)
print(str(b'abc', 'ascii'), str(b'\xff', 'latin-1'), str(b'\xff', errors='replace'), str(object=b'a', encoding='utf-8'))

# memoryviews
m = memoryview(bytearray(range(24)))
print(m.shape, m.strides, m[3:9].tolist(), m[::3].tobytes(), m[::-1].tobytes()[:3], bytes(m[5:2:-1]))
c = m.cast('B', (2, 3, 4)); print(c.shape, c.strides, c.tolist(), c.tobytes() == m.tobytes(), c.tobytes('F')[:6], c[1, 2, 3])
i = m.cast('I'); print(i.shape, i.strides, i.itemsize, list(i)[0], i.tobytes() == m.tobytes(), list(i[1:3].tobytes()))
print(list(memoryview(b'abc')), memoryview(b'').tobytes(), memoryview(b'abc') == b'abc', len(memoryview(m)))
it = iter(memoryview(b'ab')); print(next(it), next(it), next(it, None), next(it, None))
try: m.cast('B', (5, 5))
except TypeError as e: print(e)
try: memoryview('x')
except TypeError as e: print(e)
try: memoryview()
except TypeError as e: print(e)
print(memoryview(object=b'q')[0])
b = bytearray(b'abc'); v = memoryview(b)
try: b.append(1)
except BufferError as e: print(e)
v.release(); b.append(1); print(b)

# constant-time comparisons
for a, b in ((b'a', b'a'), (b'a', b'b'), (b'a', b'ab'), ('x', 'x'), (bytearray(b'q'), b'q'), (memoryview(b'w'), b'w')):
    print(hmac.compare_digest(a, b))
for a, b in (('é', 'é'), ('a', b'a'), (1, 2)):
    try: hmac.compare_digest(a, b)
    except TypeError as e: print(e)

# classes that make their instances themselves
class A:
    def __new__(cls, *a, **k): o = super().__new__(cls); o.a = (a, k); return o
class Meta(type):
    def __getattribute__(cls, name): return super().__getattribute__(name)
class B(A, metaclass=Meta): pass
class C(A):
    @classmethod
    def __new__(cls, *a): return ('classmethod', a)
class D(A): __new__ = lambda cls, *a: ('plain', a)
class E(tuple):
    def __new__(cls, *a): return tuple.__new__(cls, a)
print(A(1, k=2).a, B(3).a, C(4)[0], len(C(4)[1]), D(5), E(1, 2), type(E(1)))
NT = collections.namedtuple('NT', 'a b', defaults=[7]); print(NT(1), NT(1, 2), NT(b=1, a=2), NT._make([3, 4]))
try: NT()
except TypeError as e: print(e)
st = os.stat(os.curdir); print(st.st_mode == st[0], len(st), type(st)(range(10))[3])
try: tuple.__new__(os.stat_result, ())
except TypeError as e: print(e)
print(tuple.__new__(E, [1]), sys.version_info[:2] == (sys.version_info.major, sys.version_info.minor))

# iterables taken at once
print(list(range(5)), tuple(range(3, 20, 4)), list(range(10, 0, -3)), set(range(4)), [*range(2)], list(range(0)), list(range(2**62, 2**62 + 2)))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n == 2: It.__next__ = lambda self: (_ for _ in ()).throw(StopIteration)
        return self.n
print(list(It()))
def g():
    yield 1
    return 5
print(list(g()), tuple(g()), sum(g()), max(g()))
class Bad:
    def __iter__(self): return 5
for f in (list, tuple, set, sum, sorted, collections.deque):
    try: f(Bad())
    except TypeError as e: print(f.__name__, e)
d = collections.deque([1, 2, 3])
try:
    for x in d: d.append(x)
except RuntimeError as e: print(e)
print(list(d), list(reversed(d)), [1] + [2], (1,) + (2,), b'a' + b'b')
for a, b in (([1], (2,)), ((1,), [2]), ([1], 'x')):
    try: a + b
    except TypeError as e: print(e)

# attributes and methods of native values, many times over
class Sub(datetime.datetime): pass
class Over(int):
    bit_length = property(lambda self: lambda: 'mine')
t = 0
for k in range(3000):
    x = datetime.datetime(2020, 1 + k % 12, 3); y = Sub(2021, 5, 6)
    t += x.month + y.day + (k).bit_length() + (1.5).is_integer() + k.real + (k * 1.0).imag + len((-k).conjugate().__str__())
print(t, Over(5).bit_length())
def many(v):
    r = []
    for o in v: r.append(o.real)
    return r
print(many([1, 2.5, True, 3j, 2**70, Over(7)] * 200)[-6:])
def name_of(o): return o.numerator
for o in (5, True, 2**80, 'x'):
    for _ in range(100):
        try: r = name_of(o)
        except AttributeError as e: r = str(e)
    print(r)
f = [].append
def bound(v): return [o.append for o in v]
l = [[], [1]]
for h in bound(l * 60): h(9)
print(len(l[0]), len(l[1]), bound(l)[0].__self__ is l[0], b' ab '.strip(), bytearray(b'xxaxx').strip(b'x'), b'xxa'.lstrip(b'xa'), b'ab\n'.rstrip())
print(int('12', base=5), 'a-b'.split(sep='-', maxsplit=1), 'x'.replace('x', 'y', count=1), sorted([3, 1], reverse=True))
for call in (lambda: 'a'.split(1), lambda: 'a'.replace('a'), lambda: 'a'.encode(bad=1), lambda: 'a'.split('a', 1, 2), lambda: 'a'.split('x', sep='y')):
    try: call()
    except TypeError as e: print(e)
# methods of instances that have a dict beside native state
class L(list):
    kind = 'class'
    def m(self): return 'm'
    @property
    def p(self): return len(self)
def use(o): return o.m(), o.kind, o.p, o.count(1)
a, b = L([1, 1]), L()
b.x = 5; print(vars(b), [use(o) for o in (a, b) for _ in range(100)][::99])
b.kind = 'own'; b.m = lambda: 'own m'; print(use(b), use(a))
for _ in range(100): use(a); use(b)
del b.m; print(use(b)); L.m = lambda self: 'new m'; print(use(a), use(b)); del b.kind; print(use(b))
b.count = lambda x: 'counted'; print(use(b)); b.__dict__ = {'kind': 'swapped'}; print(use(b), use(a))
class Err(ValueError):
    code = 7
    def text(self): return f'{self.code}{self.args}'
def show(e): return e.text(), e.code
e = Err(1); e.note = 1
for _ in range(200): r = show(e)
e.code = 8; print(r, show(e))
for s in ('ΑΣ ΟΔΟΣ Σ', 'ǅ ǆ', 'İSTANBUL', 'ŉx ßa', 'HÉLLO wörld', "o'nEILL ﬁx"): print(ascii(s.lower()), ascii(s.title()), ascii(s.swapcase()))
