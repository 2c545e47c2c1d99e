# sqlite3: connections, cursors, rows, transactions, functions, handlers, errors
import sqlite3, datetime, os, tempfile, threading, warnings, gc
warnings.simplefilter('ignore', DeprecationWarning)

def tried(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return f'{type(e).__module__}.{type(e).__name__}: {e}'

con = sqlite3.connect(':memory:')
print(con.isolation_level == '', con.autocommit, con.in_transaction, con.total_changes, con.row_factory, con.text_factory)
cur = con.execute('create table t (a integer primary key, b text, c real, d blob)')
print(cur.description, cur.rowcount, cur.lastrowid, cur.fetchone(), type(cur).__name__)
cur = con.execute('insert into t (b, c, d) values (?, ?, ?)', ('é漢', 1.5, b'\0\1'))
print(cur.rowcount, cur.lastrowid, con.in_transaction, con.total_changes)
print(con.execute('insert into t values (:a, :b, null, :d)', {'a': 10, 'b': None, 'd': bytearray(b'x')}).lastrowid)
con.executemany('insert into t (b) values (?)', [('x',), ('y',), ['z']])
con.executemany('insert into t (c) values (?)', ((i,) for i in range(3)))
con.commit(); print(con.in_transaction)
for row in con.execute('select * from t order by a'): print(row)
cur = con.execute('select a, b as "the b", c + 1 from t')
print(cur.description)
print(cur.fetchmany(), cur.fetchmany(2), cur.arraysize, len(cur.fetchall()), cur.fetchone(), cur.fetchall())
cur.arraysize = 3; print(cur.execute('select a from t').fetchmany()); print(next(cur), list(cur))
print(con.execute('update t set b = b || ?', ('!',)).rowcount, con.execute('delete from t where a > 12').rowcount, con.in_transaction)
con.rollback(); print(con.execute('select count(*) from t').fetchone())
print(con.execute('insert into t (b) values (?) returning a, b', ('r',)).fetchall())
print(con.execute('').fetchall(), con.execute('-- nothing').fetchall(), con.execute(' /* x */ select 1 -- y\n;').fetchall())
con.executescript('create table u (x); insert into u values (1); insert into u values (2);')
print(con.execute('select sum(x) from u').fetchone(), con.in_transaction)

# values
for v in (0, -1, 2**63 - 1, -2**63, 1.0, float('inf'), '', 'a\0b', b'', None, True, 3.5, memoryview(b'mv'), '\U0001F600'):
    r = con.execute('select ?, typeof(?)', (v, v)).fetchone(); print(repr(r[0]), r[1])
print(tried(con.execute, 'select ?', (2**63,)))
for v in (object, 1j, [], {}): print(tried(con.execute, 'select ?', (v,)))
class I(int): pass
class S(str): pass
print(con.execute('select ?, ?', (I(5), S('q'))).fetchone())
con.text_factory = bytes; print(con.execute("select 'é'").fetchone())
con.text_factory = lambda b: b.decode().upper(); print(con.execute("select 'é', x'00ff'").fetchone())
con.text_factory = str
print(tried(con.execute("select cast(x'ff61' as text)").fetchone))

# errors
for sql, args in (('select', ()), ('select 1; select 2', ()), ('select\0', ()), ('select ?', ()), ('select ?', (1, 2)), ('select :a', {}),
                  ('select :a', (1,)), ('select ?', {'a': 1}), ('select * from nowhere', ()), ('insert into t (a) values (1)', ()),
                  ('select ?', 5), ('select ?', 'ab'), ('select ?1', (7,))):
    r = tried(con.execute, sql, args); print(sql.replace('\0', '<NUL>'), '|', r if isinstance(r, str) else r.fetchall())
print(tried(con.execute, 5), tried(con.executemany, 'select 1', [()]), tried(con.executescript, 5), tried(con.executescript, 'select 1;\0'))
try: con.execute('insert into t (a) values (1)')
except sqlite3.IntegrityError as e: print(e.sqlite_errorcode, e.sqlite_errorname, isinstance(e, sqlite3.DatabaseError))
print(tried(sqlite3.connect, '/nowhere/at/all'), tried(sqlite3.connect), con.Error is sqlite3.Error)
print(sqlite3.Error.__mro__, sqlite3.Warning.__mro__[1])
print(tried(setattr, con, 'isolation_level', 'x'), tried(setattr, con, 'isolation_level', 5))

# rows
con.row_factory = sqlite3.Row
r = con.execute('select 1 as One, 2 as two').fetchone()
print(type(r).__name__, r['one'], r['TWO'], r[0], r[-1], r[0:1], r.keys(), len(r), list(r), tuple(r), tried(lambda: r['x']), tried(lambda: r[5]), tried(lambda: r[1.5]))
r2 = con.execute('select 1 as One, 2 as two').fetchone(); print(r == r2, hash(r) == hash(r2), r != r2, r == (1, 2), dict(r))
con.row_factory = lambda c, row: {d[0]: v for d, v in zip(c.description, row)}
print(con.execute('select 1 as x').fetchone()); con.row_factory = None

# functions
con.create_function('twice', 1, lambda x: x * 2); con.create_function('va', -1, lambda *a: len(a)); con.create_function('nix', 0, lambda: None, deterministic=True)
print(con.execute("select twice(4), twice('ab'), twice(1.5), va(), va(1, 2), nix()").fetchone())
con.create_function('bad', 0, lambda: 1 / 0); con.create_function('odd', 0, lambda: object())
con.create_function('see', 1, lambda x: f'{type(x).__name__}')
print(con.execute("select see(1), see('a'), see(1.0), see(null), see(x'00')").fetchone())
print(tried(con.execute, 'select bad()'), tried(con.execute, 'select odd()'))
con.create_function('twice', 1, None); print(tried(con.execute, 'select twice(1)'))
class Sum:
    def __init__(self): self.n = 0
    def step(self, x): self.n += x or 0
    def finalize(self): return self.n
class Win(Sum):
    def inverse(self, x): self.n -= x or 0
    def value(self): return self.n
con.create_aggregate('mysum', 1, Sum); con.create_window_function('mywin', 1, Win)
print(con.execute('select mysum(x), mywin(x) from u').fetchone(), con.execute('select mysum(x) from u where x > 5').fetchone())
print(con.execute('select mysum(x) from u group by x order by x').fetchall())
print(con.execute('select x, mywin(x) over (order by x rows between 1 preceding and current row) from (select x from u union select 7)').fetchall())
class NoStep: pass
class Raises:
    def step(self, x): raise ValueError
    def finalize(self): return 1
con.create_aggregate('nostep', 1, NoStep); con.create_aggregate('raises', 1, Raises)
print(tried(con.execute, 'select nostep(x) from u'), tried(con.execute, 'select raises(x) from u'))
con.create_collation('rev', lambda a, b: (a < b) - (a > b))
print(con.execute("select v from (select 'a' v union select 'c' union select 'b') order by v collate rev").fetchall())
con.create_collation('rev', None); print(tried(con.execute, "select 'a' order by 1 collate rev"), tried(con.create_collation, 'x', 5))

# handlers
seen = []
con.set_trace_callback(seen.append); con.execute('select ?', (5,)).fetchall(); con.set_trace_callback(None); print(seen)
con.set_authorizer(lambda action, *a: sqlite3.SQLITE_DENY if a[1] == 'c' else sqlite3.SQLITE_OK)
print(tried(con.execute, 'select c from t'), con.execute('select a from t limit 1').fetchone()); con.set_authorizer(None)
con.set_progress_handler(lambda: 1, 1); print(tried(con.execute, 'select a from t union select 1')); con.set_progress_handler(None, 1)
print(con.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) > 0, con.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 1) > 0, tried(con.execute, 'select ?, ?', (1, 2)), tried(con.getlimit, 1111))
con.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 100)
print(con.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY), con.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY), con.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))
print(sqlite3.complete_statement('select 1;'), sqlite3.complete_statement('select 1'))

# adapters and converters
class P:
    def __init__(self, x): self.x = x
    def __conform__(self, protocol): return f'P{self.x}' if protocol is sqlite3.PrepareProtocol else None
class Q: pass
sqlite3.register_adapter(Q, lambda q: 'a Q'); print(con.execute('select ?, ?', (P(3), Q())).fetchone(), sqlite3.adapt(Q()), tried(sqlite3.adapt, 1j), sqlite3.adapt(1j, sqlite3.PrepareProtocol, 'alt'))
sqlite3.register_converter('pt', lambda b: ('pt', b))
c2 = sqlite3.connect(':memory:', detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
c2.execute('create table k (p pt, d date, t timestamp, n number(10))')
c2.execute('insert into k values (?, ?, ?, 5)', ('v', datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5, 600)))
cur = c2.execute('select p, d, t, n, 1 as "x [pt]", null as "y [pt]" from k'); print(cur.fetchone(), [d[0] for d in cur.description])

# transactions
with con: con.execute('insert into u values (3)')
print(con.in_transaction, con.execute('select count(*) from u').fetchone())
print(tried(lambda: con.__enter__().execute('insert into u values (4)') and con.__exit__(ValueError, ValueError(), None)), con.execute('select count(*) from u').fetchone())
con.isolation_level = 'immediate'; print(con.isolation_level); con.execute('insert into u values (9)'); print(con.in_transaction)
con.isolation_level = None; print(con.in_transaction, con.isolation_level); con.execute('insert into u values (10)'); print(con.in_transaction)
c3 = sqlite3.connect(':memory:', autocommit=False); print(c3.in_transaction, c3.autocommit); c3.execute('create table z (a)'); c3.rollback()
print(tried(c3.execute, 'select * from z'), c3.in_transaction); c3.autocommit = True; print(c3.in_transaction); c3.close()

# files, copies, dumps
d = tempfile.mkdtemp(); p = os.path.join(d, 'x.db')
f1 = sqlite3.connect(p, timeout=0.05); f1.execute('create table q (a)'); f1.execute('insert into q values (1)')
f2 = sqlite3.connect(p, timeout=0.05); print(tried(f2.execute, 'insert into q values (2)'))
f1.commit(); print(f2.execute('insert into q values (2)').rowcount); f2.commit(); print(f1.execute('select * from q').fetchall())
steps = []; m = sqlite3.connect(':memory:'); f1.backup(m, pages=1, progress=lambda *a: steps.append(a)); print(m.execute('select * from q').fetchall(), len(steps) > 0, steps[-1][1])
s = m.serialize(); n = sqlite3.connect(':memory:'); n.deserialize(s); print(n.execute('select sum(a) from q').fetchone(), s[:15])
print(list(m.iterdump()))
for x in (f1, f2, m, n): x.close()
u = sqlite3.connect(f'file:{p}?mode=ro', uri=True); print(tried(u.execute, 'insert into q values (1)')); u.close()

# blobs
bc = sqlite3.connect(':memory:'); bc.execute('create table t (b blob)'); bc.execute('insert into t values (zeroblob(10))')
with bc.blobopen('t', 'b', 1) as blob:
    print(len(blob), blob.tell(), blob.read(3)); blob.write(b'abc'); blob.seek(-2, os.SEEK_END); blob.write(b'yz'); blob[0] = 65; blob[1:3] = b'BC'; blob[4:9:2] = b'123'
    blob.seek(0); print(blob.read(), blob.read(), blob[3], blob[-1], blob[2:5], tried(lambda: blob[::-3]), blob[5:5], blob[1::4], tried(lambda: blob[10]), tried(lambda: blob['a']))
    print(tried(blob.write, b'x'), tried(blob.seek, 11), tried(blob.seek, 0, 5), tried(blob.__setitem__, 0, 300), tried(blob.__setitem__, slice(0, 2), b'x'), tried(blob.__delitem__, 0))
print(tried(blob.read), bc.execute('select b from t').fetchone(), tried(bc.blobopen, 't', 'nope', 1), tried(bc.blobopen, 't', 'b', 99))
ro = bc.blobopen('t', 'b', 1, readonly=True, name='main'); print(tried(ro.write, b'q'), ro.read(2)); bc.close(); print(tried(ro.read))
kw = sqlite3.connect(':memory:'); kw.create_function(name='f', narg=0, func=lambda: 3); print(kw.execute('select f()').fetchone())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always'); kw.set_authorizer(authorizer_callback=None); kw.create_aggregate('a', n_arg=1, aggregate_class=Sum)
    sqlite3.connect(':memory:', 1.0).close(); print([str(w.message) for w in caught])
print(tried(kw.create_function, 'f', -5, len), tried(kw.create_function, 'f', 5000, len), tried(delattr, kw, 'row_factory'), tried(setattr, kw.cursor(), 'arraysize', -1), tried(setattr, kw.cursor(), 'arraysize', 2**40)); kw.close()
class Watched(sqlite3.Connection): pass
def leak(): sqlite3.connect(':memory:', factory=Watched).execute('select 1')
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always'); leak(); gc.collect(); print([str(w.message)[:21] for w in caught])

# closed and foreign things
cur = con.cursor(); cur.close(); print(tried(cur.execute, 'select 1'), tried(cur.fetchone))
cur = con.cursor(); print(tried(sqlite3.Cursor, 5)); con.close(); con.close()
print(tried(cur.execute, 'select 1'), tried(con.commit), tried(con.cursor), tried(lambda: con.in_transaction), tried(con))
class Bare(sqlite3.Connection):
    def __init__(self, name): pass
print(tried(Bare(':memory:').cursor))
class Mine(sqlite3.Connection):
    def cursor(self): return super().cursor(MyCursor)
class MyCursor(sqlite3.Cursor):
    def fetchone(self): return 'mine'
k = sqlite3.connect(':memory:', factory=Mine); print(type(k).__name__, k.execute('select 1').fetchone(), k.execute('select 1').fetchall()); k.close()
o = sqlite3.connect(':memory:'); got = []
t = threading.Thread(target=lambda: got.append(tried(o.execute, 'select 1'))); t.start(); t.join(); print(got[0].split('.')[:2], 'same thread' in got[0])
w = sqlite3.connect(':memory:', check_same_thread=False); w.create_function('inner', 0, lambda: 7)
turn = threading.Lock()  # two threads in one statement are a race in CPython
def work():
    for i in range(50):
        with turn: got.append(w.execute('select inner()').fetchone())
got.clear(); ts = [threading.Thread(target=work) for _ in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(got), set(got))
w.close(); o.close(); c2.close()
