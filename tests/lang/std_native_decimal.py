# decimal: rounding, contexts, signals, elementary functions, formatting.
import decimal, pickle, random, fractions
from decimal import *

def show(f, *a):
    try:
        r = f(*a)
    except Exception as e:
        r = f'{type(e).__name__}: {e}'
    print(r)

D = Decimal
print(getcontext())
for text in ['0', '-0.00', '1E+5', '1e-7', '123.456', 'NaN123', '-sNaN', 'Infinity', ' 1_000.5 ', '\u0663.\u0664', '1e', 'x', '1e9999999999999999999']:
    show(lambda: (repr(D(text)), D(text).as_tuple(), D(text).to_eng_string()))
modes = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
for m in modes:
    print(m, [str(D(x).quantize(D('0.1'), rounding=m)) for x in ('1.25', '-1.25', '1.35', '1.251', '0.05', '-0.15')])

random.seed(7)
def number():
    n = random.choice([3, 9, 20, 30, 60])
    return D((random.randrange(2), tuple(random.randrange(10) for _ in range(n)), random.randrange(-40, 20)))
total = 0
for prec in (5, 9, 19, 28, 34, 50):
    for m in modes:
        with localcontext(prec=prec, rounding=m, Emax=200, Emin=-200) as c:
            c.traps[InvalidOperation] = c.traps[DivisionByZero] = c.traps[Overflow] = False
            acc = []
            for _ in range(25):
                a, b = number(), number()
                acc += [a + b, a - b, a * b, a / b, a // b, a % b, a.remainder_near(b), a.fma(b, D(1)), a.sqrt(), a.next_plus(), a.logb(),
                        a.normalize(), a.to_integral_exact(), a.compare(b), a.max(b), a.min_mag(b)]
            text = ' '.join(map(str, acc)) + ' '.join(s.__name__ for s, on in c.flags.items() if on)
            total = (total * 1000003 + sum(i * ord(ch) for i, ch in enumerate(text))) % (10**18)
print(total)
with localcontext() as c:
    for prec in (3, 16, 28, 60):
        c.prec = prec
        for x in ('0.1', '1', '1.0000000001', '2', '9.99', '123456.789', '1e-30', '1e50', '-3'):
            show(lambda: (str(D(x).exp()), str(abs(D(x)).ln()), str(abs(D(x)).log10())))
        for a, b in (('2', '0.5'), ('1.1', '100'), ('3', '-7'), ('2', '1000'), ('0.5', '-1.5'), ('1.00', '3'), ('1.0', '0.3'), ('7', '77777')):
            show(lambda: str(D(a) ** D(b)))
show(lambda: pow(D(3), 1000, D(7)))
for f in (lambda: D(1) / 0, lambda: D(0) / 0, lambda: D('inf') - D('inf'), lambda: D('sNaN') + 1, lambda: D(-1).ln(), lambda: D(1) < D('NaN'),
          lambda: D(9) ** 9999999, lambda: D('1.5') + 1.5, lambda: D('1') + 'x', lambda: int(D('NaN')), lambda: float(D('sNaN')), lambda: hash(D('sNaN')),
          lambda: D((0, (1, 2), 'q')), lambda: D((2, (1,), 0)), lambda: D([1, 2]), lambda: Context(prec=0), lambda: Context(rounding='x'),
          lambda: Context(flags=['x']), lambda: round(D('2.5')), lambda: round(D('2.675'), 2), lambda: D(10).quantize(D('1e-30'))):
    show(f)
for spec in ('', '.2f', ',.3f', '+.3e', '%', '010.2f', '<10', '^12.1f', '=+10', '_', 'g', '.0f', '.3', 'z.1f', '*>8'):
    print(spec, [format(D(x), spec) for x in ('1234567.891', '-0.04', '0', '1E+10', 'NaN', '-Infinity')])
print(D('1.5') == 1.5, D('0.1') == 0.1, D('0.5') == fractions.Fraction(1, 2), D(2) > fractions.Fraction(3, 2), D('1.5') in {1.5: 1}, hash(D('1.5')) == hash(1.5), D(1) == 1 + 0j)
print(D(0.1), D.from_float(-0.5), D('-2.5').as_integer_ratio(), D('1e3').as_integer_ratio(), int(D('-7.9')), float(D('1e-400')), complex(D('2.5')))
c = Context(prec=6, rounding=ROUND_DOWN, traps=[Inexact], capitals=0)
print(c, c.copy().prec, pickle.loads(pickle.dumps(c)), pickle.loads(pickle.dumps(D('1.50'))), IEEEContext(64))
show(lambda: c.create_decimal('1.23456789'))
print(c.flags[Inexact], c.flags, len(c.flags), list(c.flags)[:2])
with localcontext(c) as inner:
    inner.traps[Inexact] = False
    print(D(2) / 3, inner is getcontext())
print(getcontext().prec, D(2) / 3)
class Sub(Decimal):
    pass
print(type(Sub('1') + 1).__name__, repr(Sub('2')), type(Sub.from_float(1.0)).__name__)
print(D(1).logical_invert(Context(prec=3)), D('1011').logical_xor(D('1101')), D('12345').shift(2), D('12345').rotate(-1), D('0.001').scaleb(3), D('1.1').same_quantum(D('2.2')), D('NaN').number_class(), D('-0').number_class())
