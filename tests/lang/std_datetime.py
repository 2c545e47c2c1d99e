# datetime, time, calendar, decimal, fractions, statistics, random with a seed.
import calendar
import decimal
import fractions
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as dtime

d = datetime(2024, 2, 29, 13, 5, 7, 123456)
print(d, repr(d), d.isoformat(), d.date(), d.time(), d.weekday(), d.isoweekday(), d.isocalendar(), d.timetuple()[:6], d.toordinal(), d.replace(year=2023, day=1), d + timedelta(days=1, hours=12), d - datetime(2024, 1, 1), d.strftime("%Y-%m-%d %H:%M:%S.%f %a %b %j %U %p %I %%"), f"{d:%d/%m/%y}")
print(datetime.strptime("01 Mar 2024 14:30", "%d %b %Y %H:%M"), datetime.fromisoformat("2024-02-29T13:05:07+02:00"), date.fromisoformat("2024-W09-4"), datetime.fromtimestamp(0, UTC), datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=-5), "EST")), datetime(1970, 1, 2, tzinfo=UTC).timestamp(), date(2024, 12, 31) - date(2024, 1, 1), date.min, datetime.max, dtime(1, 2, 3), date(2024, 3, 31) < date(2024, 4, 1))
td = timedelta(days=-1, seconds=5, microseconds=7)
print(td, repr(td), td.total_seconds(), abs(td), td * 3, td / 2, timedelta(hours=25) // timedelta(hours=2), timedelta(1) % timedelta(hours=5), divmod(timedelta(1), timedelta(hours=7)), timedelta(weeks=1, milliseconds=5), timedelta.max, -timedelta(1), timedelta(0) == timedelta(), bool(timedelta()))
a, b = datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2024, 1, 1, 7, tzinfo=timezone(timedelta(hours=-5)))
print(a == b, a - b, b.astimezone(UTC), hash(a) == hash(b), b.utcoffset(), b.tzname(), a.isoformat(timespec="minutes"), sorted([date(2024, 1, 2), date(2023, 5, 5)]))
for bad in (lambda: date(2023, 2, 29), lambda: datetime(2024, 13, 1), lambda: date(0, 1, 1), lambda: dtime(25), lambda: datetime(2024, 1, 1) < a, lambda: datetime(2024, 1, 1) - a, lambda: date.fromisoformat("nope"), lambda: datetime.strptime("x", "%Y"), lambda: datetime.strptime("2024 x", "%Y"), lambda: timedelta(days=10**10), lambda: d + 1, lambda: timezone(timedelta(hours=25)), lambda: date.today().replace(month=13), lambda: datetime(2024, 1), lambda: timedelta("a"), lambda: date(2024, 1, 1) < 5, lambda: datetime.max + timedelta(1)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(calendar.isleap(2024), calendar.monthrange(2024, 2), calendar.month(2024, 2).splitlines()[2], calendar.timegm((1970, 1, 2, 0, 0, 0)), time.strftime("%Y", time.gmtime(0)), time.gmtime(86400)[:3], time.mktime(time.gmtime(0)), time.strptime("5 Jan 2020", "%d %b %Y")[:3], time.monotonic() > 0, time.perf_counter_ns() > 0, type(time.time()).__name__, time.sleep(0))
D = decimal.Decimal
decimal.getcontext().prec = 20
print(D("1.10") + D("2.205"), D(1) / D(3), D("0.1") * 3 == D("0.3"), D("1E+5"), D("-0"), D("NaN"), D("Infinity"), D(10).sqrt(), D("2.675").quantize(D("0.01")), D("2.5").to_integral_value(), D("123.456").as_tuple(), D(0.1), D("1.0") == D("1.00"), hash(D(5)) == hash(5), D("3.14159").quantize(D("0.001"), rounding=decimal.ROUND_UP), round(D("2.567"), 1), int(D("5.9")), D("1e3").normalize(), f"{D('1234567.891'):,.2f}", D(2) ** 100, D("10") % D("3"), D(7) // 2, max(D(1), D("1.5")), D("1.5").as_integer_ratio(), D("100").log10(), D(1).exp())
for bad in (lambda: D(1) / 0, lambda: D("x"), lambda: D(0) / 0, lambda: D("NaN") < 1, lambda: D(1) + 1.5, lambda: D("sNaN") + 1, lambda: D(-1).sqrt(), lambda: D(10) ** 10**10):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
with decimal.localcontext() as ctx:
    ctx.prec = 5
    print(D(1) / 7, ctx.prec)
F = fractions.Fraction
print(F(3, 6), F("0.125"), F(0.5), F("3/4") + F(1, 4), F(1, 3) * 3 == 1, F(7, 2) // 1, F(-7, 2) % 2, F(22, 7).limit_denominator(5), F(1, 3) ** 2, float(F(1, 4)), F(5).numerator, hash(F(1, 2)) == hash(0.5), F(1, 3) < 0.34, round(F(7, 2)), repr(F(1, 2)), F(3.14159).limit_denominator(100), f"{F(1, 3):.3f}")
for bad in (lambda: F(1, 0), lambda: F("x"), lambda: F(1.5, 2), lambda: F(float("nan"))):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
data = [1, 2, 2, 3, 4, 4, 4, 5]
print(statistics.mean(data), statistics.median(data), statistics.mode(data), statistics.stdev(data), statistics.variance(data), statistics.pstdev(data), statistics.quantiles(data), statistics.fmean(data), statistics.harmonic_mean([40, 60]), statistics.geometric_mean([1, 10, 100]), statistics.multimode("aabb"), statistics.median_low(data), statistics.correlation([1, 2, 3], [2, 4, 7]), statistics.linear_regression([1, 2], [2, 4]), statistics.NormalDist(0, 1).cdf(1))
r = random.Random(42)
print(r.random(), r.randint(1, 100), r.choice("abc"), r.sample(range(20), 5), r.uniform(1, 2), r.gauss(0, 1), r.getrandbits(70), r.randrange(0, 100, 7), r.choices([1, 2, 3], weights=[1, 1, 8], k=5), r.betavariate(1, 2), r.expovariate(1), r.triangular(), r.randbytes(4), r.normalvariate(), r.paretovariate(2))
l = list(range(10))
r.shuffle(l)
state = r.getstate()
x = r.random()
r.setstate(state)
print(l, r.random() == x, random.Random("text").random(), random.Random(2**100).random(), random.Random(-5).random(), random.Random(1.5).random(), random.Random(b"bytes").random())
for bad in (lambda: r.randint(5, 1), lambda: r.choice([]), lambda: r.sample([1], 2), lambda: r.randrange(0), lambda: r.choices([], k=1), lambda: random.Random([]), lambda: r.getrandbits(-1), lambda: r.sample({1}, 1), lambda: statistics.mean([]), lambda: statistics.stdev([1])):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
