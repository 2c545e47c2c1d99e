# pickle: exact bytes of every protocol, round trips, hooks, errors.
import pickle, io, copyreg, functools, collections, sys
from pickle import Pickler, Unpickler

class Plain:
    def __init__(self, **kw): self.__dict__.update(kw)
    def __eq__(self, o): return type(o) is type(self) and self.__dict__ == o.__dict__
class Slots:
    __slots__ = ('a', 'b')
class State:
    def __getstate__(self): return ['s']
    def __setstate__(self, s): self.got = s
class NewArgs(int):
    def __new__(cls, a, *, b=0): return super().__new__(cls, a + b)
    def __getnewargs_ex__(self): return (int(self),), {'b': 0}
class Lst(list): pass
class Dct(dict): pass
class Outer:
    class Inner: pass
    def method(self): return 1
def function(): pass

rec = []; rec.append(rec)
rtuple = ([],); rtuple[0].append(rtuple)
rdict = {}; rdict['me'] = rdict
shared = ['x']
objects = [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -2**31, 2**31, 2**63, -2**63, 10**40, -10**40, 2**2040, 0.0, -1.5, 1e300, '', 'abc', 'é€\U0001F600',
    '\ud800', 'a\\b\nc\0', 'x' * 300, b'', b'abc\xff', b'y' * 300, bytearray(b'z'), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], {}, {'a': 1}, {'a': 1, 'b': 2},
    set(), {1}, frozenset(), frozenset([1]), [shared, shared], list(range(1001)), dict.fromkeys(range(1003)), int, len, function, Outer.Inner, Outer.method, type(None),
    ..., NotImplemented, complex(1, 2), slice(1, 2), range(5), Plain(a=1, b=[2]), State(), NewArgs(3, b=4), Lst([1, 2]), Dct(a=1), collections.OrderedDict(a=1), collections.Counter('aab'),
    collections.deque([1, 2], 5), functools.partial(int, base=2), ValueError('v', 1), KeyError]
for p in range(6):
    h = 0
    for o in objects:
        data = pickle.dumps(o, p)
        for b in data: h = (h * 257 + b) % (1 << 61)
        back = pickle.loads(data)
        same = back == o
        if not same and type(back) not in (State, ValueError, functools.partial): print('differs', p, repr(o)[:40], repr(back)[:40])
    print(p, h)
print(pickle.dumps([1, 'a', (2.5, None)], 0), pickle.dumps({'a': {1}}, 4))
for r in (rec, rtuple, rdict):
    for p in range(6): q = pickle.loads(pickle.dumps(r, p))
print(q['me'] is q)
s = Slots(); s.a = 1
print(pickle.loads(pickle.dumps(s, 2)).a, pickle.loads(pickle.dumps(State())).got)
big = [b'q' * 70000, 'r' * 70000, list(range(30000))]
for p in (3, 4, 5):
    f = io.BytesIO(); Pickler(f, p).dump(big)
    print(p, f.getvalue() == pickle.dumps(big, p), len(f.getvalue()), pickle.load(io.BytesIO(f.getvalue())) == big)

class Pers(Pickler):
    def persistent_id(self, o): return 'id' if isinstance(o, Plain) else None
class Unpers(Unpickler):
    def persistent_load(self, pid): return ('loaded', pid)
for p in (0, 2, 5):
    f = io.BytesIO(); Pers(f, p).dump([Plain(), 1])
    print(f.getvalue(), Unpers(io.BytesIO(f.getvalue())).load())
class Over(Pickler):
    def reducer_override(self, o):
        if o is function: return str, ('replaced',)
        return NotImplemented
f = io.BytesIO(); Over(f).dump([function, int]); print(pickle.loads(f.getvalue()))
f = io.BytesIO(); pk = Pickler(f); pk.dispatch_table = {Plain: lambda o: (str, ('table',))}; pk.dump(Plain()); print(pickle.loads(f.getvalue()))
class Find(Unpickler):
    def find_class(self, m, n): return super().find_class(m, n) if n == 'int' else ('found', m, n)
print(Find(io.BytesIO(pickle.dumps([int, len]))).load())
f = io.BytesIO(); pk = Pickler(f); o = [1]; pk.dump(o); pk.dump(o); print(len(f.getvalue()), len(pk.memo.copy())); pk.clear_memo(); pk.dump(o); print(len(f.getvalue()))
u = Unpickler(io.BytesIO(pickle.dumps(1) + pickle.dumps(2))); print(u.load(), u.load())
bufs = []
data = pickle.dumps(pickle.PickleBuffer(bytearray(b'big')), 5, buffer_callback=bufs.append)
print(data, pickle.loads(data, buffers=[bytearray(b'other')]), bytes(bufs[0].raw()))
print(pickle.loads(b"S'abc'\n."), pickle.loads(b'U\x02\xe9\xea.', encoding='latin1'), pickle.loads(b'U\x02\xe9\xea.', encoding='bytes'), pickle.loads(b'I01\n.'), pickle.loads(b'L12L\n.'), pickle.loads(b'F1.5\n.'), pickle.loads(b'(lp0\nI1\na.'), pickle.loads(b'(I1\nI2\nd.'), pickle.loads(b'c__builtin__\nxrange\n(I3\ntR.'))
def show(f, *a, **k):
    try: r = f(*a, **k)
    except Exception as e:
        r = f'{type(e).__name__}: {e}'.replace(hex(id(a[0]) if a else 0), 'ADDR')
        for n in getattr(e, '__notes__', []): r += '\n   ' + n
    print(r)
class Bad:
    def __init__(self, r): self.r = r
    def __reduce__(self): return self.r
for r in (1, (), (1, ()), (int, 1), (int, (), None, 1), (int,) * 7, 'nothere'): show(pickle.dumps, Bad(r))
show(pickle.dumps, [1, {'k': Bad(5)}])
show(pickle.dumps, (0, {1: (Bad(5),)}))
show(pickle.dumps, lambda: 0)
show(pickle.dumps, 1, 9)
show(pickle.dumps, pickle.PickleBuffer(b''), 3)
show(Pickler, 5)
show(Unpickler, 5)
for data in (b'', b'.', b'K', b'\x80\x09.', b'(.', b'x.', b'\xff', b'h\x05.', b'0.', b'cnosuch\nmod\n.', b'cbuiltins\nnosuch\n.', b'\x8c\x05ab', b'Ra.', b'}K\x01s.', b'(K\x01u.', b'\x8b\xff\xff\xff\xff.', b'Q.', b'Px\n.', b'\x97.', b']K\x01K\x02b.', b'\x82\x01.', b'I1', b'S1\n.', b'K\x01)\x81.'):
    show(pickle.loads, data)
show(pickle.loads, 'text')
