# Where ways meet: iterators of outer loops, callables below a conditional argument, calls that wait for an argument.
class Base:
    def __init__(self): super().__init__(); self.made = 1
class Derived(Base):
    def __init__(self, n): super(Derived, self).__init__(); self.n = n
print(sum(Derived(i).n + Derived(i).made for i in range(300)))

def common(a, b):
    prev = [0] * (len(b) + 1)
    for x in enumerate(a):
        cur = [0]
        for j, y in enumerate(b):
            cur.append(prev[j] + 1 if x[1] == y else max(cur[j], prev[j + 1]))
        prev = cur
    return prev[-1]
for a, b in [('abcde' * 9, 'badce' * 9), (list('abcde' * 9), tuple('badce' * 9)), (list('xyz'), list('zyx') * 20)]: print(common(a, b))

def energy(bodies):
    t = 0.0
    for i, a in enumerate(bodies):
        for b in bodies[i + 1:]: t += a * b
    return t
for n in (0, 1, 90): print(energy([float(i) for i in range(n)]))

def strides(spans):
    out = []
    for start, stop, step in spans:
        for i in range(start, stop, step): out.append(i if i % 3 else -i)
    return out
spans = [(0, 30, 1), (0, 30, 3), (30, 0, -2), (5, 5, 1), (0, 40, 7)] * 12
print(sum(strides(spans)), len(strides(spans)))

def pairs(rows):
    total = 0
    for r in rows:
        for a, b in zip(r, r[1:]): total += (abs if a < b else int)(a - b) if a != 7 else -1
    return total
rows = [list(range(i, 0, -1)) if i % 2 else tuple(range(i)) for i in range(40)]
print(pairs(rows))

def texts(n):
    seen = []
    for i in range(n):
        seen.append('even' if i % 2 == 0 else str(i or None))
        seen.append(max(i, 3) if i % 5 else min(i, 3, key=lambda v: -v if v else v))
    return len(seen), seen[-4:]
for n in (10, 400): print(texts(n))
class Odd:
    def append(self, v): self.last = v
def either(n):
    plain, odd = [], Odd()
    for i in range(n):
        (plain if i % 7 else odd).append(i if i % 2 else (i, i))
    return len(plain), odd.last
for n in (20, 700): print(either(n))

class Later:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
log = []
async def waits():
    for i in range(5):
        log.append(('got', await Later(i)))
        print('late', i, await Later(-i), await Later(i) if i % 2 else None)
        log.append(f"{await Later('x')} {i}")
    return max(1, await Later(9), 3)
def drive(c):
    sent, n = None, 0
    try:
        while True: sent, n = c.send(sent), n + 1
    except StopIteration as e: return e.value, n
for _ in range(3): print(drive(waits()), log[-2:])

# Guesses that come true late: types that change after the code was made.
def kinds(values):
    n = 0
    for v in values:
        if v: n += 1
        if v in (1, 'a', 2.5): n += 10
        if v != 3: n += 100
    return n
class Sized:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __eq__(self, other): return other == 1
    __hash__ = None
class Named(int):
    def __repr__(self): return 'named'
print(kinds([1, 2, 0] * 400), kinds([None, 'a', ''] * 400), kinds([Sized(0), Sized(2), Named(3), Named(1)] * 400), kinds([[], (), {}, 2.5, True] * 300))
flags = {Named(3), Named(4)}
print(sum(Named(i % 6) in flags for i in range(900)), sum(Named(i % 6) in [Named(3), 5.0] for i in range(900)), sum(Named(2) == i for i in range(300)))
