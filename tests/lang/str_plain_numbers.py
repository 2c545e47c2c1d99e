# str(int), comparisons of big ints, upper/casefold of non-ASCII text, writes of text files
import io, os, tempfile
for n in (0, 1, -1, 9, 10, -10, 12345, -98765, 2**60, 2**61-1, -2**61, 2**61, -2**61-1, 2**63, 10**30, -10**30):
    print(str(n), repr(n), f'{n}', f'{n!r}', '%s' % n, '%d' % n, str(object=n))
print(str(True), repr(False), str(), str(b'a', 'ascii'), str(object='x'))
class I(int):
    def __repr__(self): return 'I!'
print(str(I(5)), repr(I(6)), f'{I(7)}', '%s' % I(8))
class S(str):
    def __new__(cls, *a): return super().__new__(cls, *a)
print(type(S(5)), S(5))
class T:
    def __str__(self): return 5
try: str(T())
except TypeError as e: print(e)
vals = [0, 1, -1, 2**61-1, -2**61, 2**61, -2**61-1, 2**64, -2**64, 2**64+1, 10**40, -10**40]
for a in vals:
    print([(a < b, a <= b, a == b, a != b, a > b, a >= b) == tuple(x for x in ((a-b) < 0, (a-b) <= 0, (a-b) == 0, (a-b) != 0, (a-b) > 0, (a-b) >= 0)) for b in vals])
print(sorted(vals))
for s in ('straße', 'ŉ', 'ﬃx', 'İi̇', 'ǆ', 'ΌΣΟΣ', 'ß', 'éàü', 'абвгд', '漢字a', '\U00010428', 'aßb', 'ᾳ'):
    print(ascii(s.upper()), ascii(s.casefold()), ascii(s.lower()), ascii(s.title()), ascii(s.swapcase()), ascii(s.capitalize()))
d = tempfile.mkdtemp(); p = os.path.join(d, 'f')
with open(p, 'w', encoding='utf-8') as f:
    print(f.write('abc'), f.write('é漢'), f.tell())
    f.flush(); print(os.path.getsize(p))
    f.write('x' * 9000); print(os.path.getsize(p) >= 8192)
with open(p, encoding='utf-8') as f: t = f.read(); print(len(t), t[:6])
f = open(p, 'w'); f.write('a'); f.close()
try: f.write('b')
except ValueError as e: print(e)
f = open(p, 'w'); f.write('a'); f.buffer.close()
try: f.write('b')
except ValueError as e: print(e)
try: f.close()
except ValueError as e: print(e)
f = open(p, 'w'); f.write('q'); b = f.detach(); b.write(b'!'); b.close(); print(open(p).read())
class R(io.RawIOBase):
    log = []
    def writable(self): return True
    def write(self, b): self.log.append(bytes(b)); return len(b)
w = io.TextIOWrapper(io.BufferedWriter(R()), encoding='ascii'); w.write('one'); w.write('two'); print(R.log); w.flush(); print(R.log)
w = io.TextIOWrapper(io.BufferedWriter(R()), encoding='ascii', write_through=True); w.write('three'); print(R.log); w.flush(); print(R.log)
try: w.write('é')
except UnicodeEncodeError as e: print(e)
class I(int):
    def __repr__(self): return 'I!'
class J(int):
    def __str__(self): return 'J!'
class F(float):
    def __repr__(self): return 'F!'
class S(str):
    def __str__(self): return 'S!'
class C(complex):
    def __repr__(self): return 'C!'
class B(int): pass
for x in (I(7), J(7), F(7), S('x'), C(1), B(3), True):
    print(f'{x}', format(x), '{}'.format(x), '%s' % x, f'{x:}', x.__format__(''))
print(format(I(7), '3'), format(F(7), '5.1f'))
