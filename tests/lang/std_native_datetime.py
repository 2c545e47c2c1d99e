# datetime: construction, errors, arithmetic, ISO 8601, zones, strftime, pickling.
import pickle, copy
from datetime import *

def show(text):
    try:
        r = repr(eval(text))
    except Exception as e:
        r = f'{type(e).__name__}: {e}'
    print(text, '->', r)

class Zone(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=1 if dt is None or dt.month < 6 else 2)
    def dst(self, dt): return timedelta(hours=0 if dt is None or dt.month < 6 else 1)
    def tzname(self, dt): return 'Z%one'
    def __repr__(self): return 'Zone()'
Z = Zone()
class Day(date):
    pass
class Moment(datetime):
    pass
for line in '''date(0,1,1)
date(2020,13,1)
date(2023,2,29)
date(2020,2)
date(2020,2,1,4)
date('a',2,1)
time(24)
time(1,60)
time(1,1,1,1000000)
time(1,fold=2)
time(1,tzinfo=3)
datetime(2020,1,1,25)
datetime(2020,1,1,5,6,7,8,timezone.utc,fold=1)
timedelta(days=10**10)
timedelta(days='a')
timedelta(foo=1)
timedelta(1.5,microseconds=.5), timedelta(microseconds=1.5), timedelta(microseconds=2.5), timedelta(weeks=-1,hours=3.25)
timedelta(-1,5,6), str(timedelta(-1,5,6)), str(timedelta(2)), str(timedelta(0)), timedelta(0)
timedelta(3)/2, timedelta(3)/timedelta(2), timedelta(3)//timedelta(2), timedelta(3)%timedelta(2), divmod(timedelta(3),timedelta(-2)), timedelta(3)*1.5, 2*timedelta(3), timedelta(7)//2, timedelta(1)/3.5
timedelta(1)/0
timedelta(1)%timedelta(0)
timedelta(1)+1
-timedelta(1), abs(timedelta(-1)), bool(timedelta(0)), timedelta(1)>timedelta(0), timedelta(1)==1, timedelta(seconds=90).total_seconds()
timedelta.max, timedelta.min, timedelta.resolution, date.max, datetime.min, time.max
date.max+timedelta(1)
date(2020,1,31)+timedelta(30), date(2020,3,1)-date(2019,3,1), date(2020,3,1)-timedelta(1)
date(2020,1,1).isocalendar(), date(2021,1,3).isocalendar()[:], date(2020,2,29).timetuple(), date(2020,2,29).ctime(), date(2024,5,5).weekday(), date(2024,5,5).isoweekday()
date.fromisocalendar(2020,53,7), date.fromordinal(1), date(9999,12,31).toordinal()
date.fromisocalendar(2021,53,1)
date.fromisocalendar(2021,1,8)
date.fromisoformat('2020-02-30')
[date.fromisoformat(s) for s in ('2020-02-29','20200229','2020-W09-6','2020W096','2020W09')]
[datetime.fromisoformat(s) for s in ('2020-02-29T01','2020-02-29 01:02','20200229T010203','2020-02-29T01:02:03.4','2020-02-29T01:02:03,456789123','2020-02-29T01:02:03+05:30','2020-02-29T01:02:03.000001Z','2020-01-01T24:00','2020-W01-1T12:00-00:30:15')]
[time.fromisoformat(s) for s in ('01','T0102','01:02:03','010203.5','01:02:03.123456+01:00','23:59Z')]
datetime.fromisoformat('2020-01-01T25:00')
datetime.fromisoformat('garbage')
time.fromisoformat('1')
date.fromisoformat(3)
datetime(2020,1,2,3,4,5,6).isoformat(), datetime(2020,1,2,3,4).isoformat(' '), [datetime(2020,1,2,3,4,5,678900).isoformat(timespec=t) for t in ('hours','minutes','seconds','milliseconds','microseconds')]
datetime(2020,1,1).isoformat('xx')
datetime(2020,1,1).isoformat(timespec='foo')
str(datetime(2020,1,2,tzinfo=Z)), str(time(1,2,3,tzinfo=timezone(timedelta(hours=-3,minutes=-30))))
timezone(timedelta(hours=5,minutes=30)), timezone(timedelta(0)), timezone(timedelta(hours=1),'x'), str(timezone(-timedelta(seconds=61)))
timezone(timedelta(1))
timezone(3)
timezone.utc.utcoffset(3)
timezone(timedelta(1,-1)) == timezone(timedelta(1,-1)), hash(timezone.utc)==hash(timezone(timedelta(0),'a')), timezone.utc is UTC
datetime(2020,7,1,12,tzinfo=Z).utcoffset(), datetime(2020,7,1,12,tzinfo=Z).dst(), datetime(2020,7,1,12,tzinfo=Z).tzname(), datetime(2020,7,1,12,tzinfo=Z).utctimetuple()[:6]
datetime(2020,7,1,12,tzinfo=UTC).astimezone(Z), datetime(2020,7,1,12,tzinfo=Z).astimezone(UTC), datetime(2020,1,1,12,tzinfo=Z).astimezone(timezone(timedelta(hours=-5)))
datetime(2020,7,1,12,tzinfo=Z) == datetime(2020,7,1,10,tzinfo=UTC), datetime(2020,7,1,12,tzinfo=Z) - datetime(2020,7,1,10,tzinfo=UTC), datetime(2020,7,1) == datetime(2020,7,1,tzinfo=UTC)
datetime(2020,7,1) < datetime(2020,7,1,tzinfo=UTC)
datetime(2020,7,1) - datetime(2020,7,1,tzinfo=UTC)
datetime(2020,1,1) < date(2020,1,1)
date(2020,1,1) == datetime(2020,1,1), date(2020,1,1) != 3, time(1) == time(1,fold=1), time(1)<time(2)
time(1) < time(1,tzinfo=UTC)
datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1e9+.5, UTC), datetime.fromtimestamp(-1.25, UTC), datetime(2020,1,1,tzinfo=UTC).timestamp()
datetime.fromtimestamp(1e30)
datetime.fromtimestamp('a')
datetime.combine(date(2020,1,1), time(1,2,tzinfo=Z)), datetime.combine(date(2020,1,1), time(1,2), tzinfo=UTC)
datetime.combine(3,4)
date(2020,1,1).replace(year=2021), datetime(2020,1,1,tzinfo=Z).replace(tzinfo=None, hour=5), time(1).replace(minute=9, fold=1), copy.replace(date(2020,1,1), day=3)
date(2020,1,1).replace(foo=1)
date(2020,1,31).replace(month=2)
datetime(2020,1,2,3,4,5,6,tzinfo=Z).strftime('%Y-%m-%d %H:%M:%S.%f %z %:z %Z %j %%'), date(7,1,2).strftime('%Y %F %C'), time(1,2).strftime('%H%M%p'), format(date(2020,1,1),'%d'), f'{datetime(2020,1,1)}'
datetime.strptime('2020-01-02 03:04:05 +0130', '%Y-%m-%d %H:%M:%S %z'), date.strptime('2020','%Y'), time.strptime('12','%H')
datetime.strptime('x','%Y')
tzinfo().utcoffset(None)
UTC.fromutc(datetime(2020,1,1))
Day(2020,1,1)+timedelta(1), type(Day.fromordinal(5)), Day.fromisoformat('2020-01-01'), Moment(2020,1,1)-timedelta(1), Moment.combine(date(2020,1,1),time(1)), type(Moment(2020,1,1).replace(year=3)), type(Moment(2020,1,1).date())
date(2020,1,1).__reduce__(), time(1,2,3,4,UTC,fold=1).__reduce_ex__(4), datetime(2020,1,2,3,4,5,6,UTC,fold=1).__reduce_ex__(4), timedelta(1).__reduce__(), UTC.__reduce__()
date(b'\\x07\\xe4\\x01\\x01'), datetime(b'\\x07\\xe4\\x01\\x02\\x03\\x04\\x05\\x00\\x00\\x06', UTC), time(b'\\x01\\x02\\x03\\x00\\x00\\x04')
len({date(2020,1,1), date(2020,1,1)}), hash(datetime(2020,7,1,12,tzinfo=Z)) == hash(datetime(2020,7,1,10,tzinfo=UTC)), hash(time(1,tzinfo=UTC)) == hash(time(1))
datetime.now(UTC).tzinfo, type(datetime.now()), datetime.today() <= datetime.now(), date.today() <= date.max'''.splitlines():
    show(line)
for o in (date(2020, 1, 2), time(1, 2, 3, 4, Z), datetime(2020, 1, 2, 3, 4, 5, 6, UTC, fold=1), timedelta(1, 2, 3), timezone(timedelta(hours=1), 'n'), UTC, date(2020, 1, 1).isocalendar()):
    for p in range(6):
        q = pickle.loads(pickle.dumps(o, p))
        if not isinstance(o, time):
            assert q == o, (o, p)
    print(q if not isinstance(o, time) else q.hour, copy.deepcopy(o) == o or 'zone')
