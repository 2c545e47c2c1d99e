import _lsprof, cProfile, contextlib, io, marshal, os, profile, pstats, subprocess, sys, tempfile


def leaf(n):
    return n + 1


def branch(n):
    return leaf(n) + leaf(n) + len("xy")


def fall(n):
    return n and fall(n - 1)


def numbers():
    yield 1
    yield 2


def work():
    branch(1)
    fall(3)
    list(numbers())
    [].append(1)
    "a".join(["b"])
    dict.fromkeys([1])
    try:
        raises()
    except KeyError:
        pass


def raises():
    raise KeyError


def rows(p):
    for e in sorted(p.getstats(), key=lambda e: str(getattr(e.code, "co_name", e.code))):
        name = getattr(e.code, "co_name", e.code)
        calls = sorted((str(getattr(c.code, "co_name", c.code)), c.callcount, c.reccallcount) for c in e.calls or ())
        assert e.totaltime >= e.inlinetime >= 0
        print(name, e.callcount, e.reccallcount, calls)


p = _lsprof.Profiler()
p.enable()
work()
p.disable()
rows(p)
p.clear()
print(p.getstats())
p.enable(subcalls=False, builtins=False)
work()
p.disable()
rows(p)

# A clock of the program's own.
now = 0


def clock():
    global now
    now += 1
    return now


p = _lsprof.Profiler(clock, 0.5)
p.enable()
leaf(1)
p.disable()
print([(getattr(e.code, "co_name", e.code), e.totaltime, e.inlinetime) for e in p.getstats() if not isinstance(e.code, str)])
p.enable()
try:
    _lsprof.Profiler().enable()
except ValueError as e:
    print(e)
p.disable()
for bad in (lambda: _lsprof.Profiler(1, 2, 3, 4, 5), lambda: _lsprof.Profiler(nosuch=1)):
    try:
        bad()
    except TypeError as e:
        print(type(e))

for module in cProfile, profile:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        module.runctx("work()", globals(), {}, sort="name")
    lines = [l.split() for l in out.getvalue().splitlines()]
    mine = [(l[0], l[-1].split(":")[-1]) for l in lines if l and "std_profile.py" in l[-1]]
    print(sorted(mine), "function calls" in out.getvalue())
p = cProfile.Profile()
print(p.runcall(branch, 5))
with cProfile.Profile() as p:
    work()
p.create_stats()
print(sorted((k[2], v[:2], sorted((c[2], r[:2]) for c, r in v[4].items())) for k, v in p.stats.items() if k[2] in ("leaf", "fall")))
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "stats")
    p.dump_stats(file)
    print(pstats.Stats(file).total_calls == pstats.Stats(p).total_calls)
    program = os.path.join(folder, "program.py")
    with open(program, "w") as f:
        f.write("import sys\ndef f(): return sys.argv[1:]\nprint(f(), __name__, __file__ == sys.argv[0])\n")
    done = subprocess.run([sys.executable, "-m", "cProfile", "-s", "name", program, "a", "b"], capture_output=True, text=True)
    print(done.stdout.splitlines()[0], "program.py:2(f)" in done.stdout, done.returncode, done.stderr)
    done = subprocess.run([sys.executable, "-m", "cProfile", "-o", file, program], capture_output=True, text=True)
    print(done.stdout, any(k[2] == "f" for k in pstats.Stats(file).stats))
    done = subprocess.run([sys.executable, "-m", "cProfile"], capture_output=True, text=True)
    print(done.returncode, done.stdout)
