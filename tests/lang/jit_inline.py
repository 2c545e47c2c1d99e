# Calls that a compiler may build into their callers: results, tracebacks, frames, counts and recursion stay what they are.
import sys, traceback

sys.stderr = sys.stdout
N = 3000


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def norm(self):
        return self.x * self.x + self.y * self.y

    def pick(self, k):
        if k:
            r = self.x
        else:
            r = self.y
        return r


def halve(a):
    if a < 0:
        raise ValueError(a)
    return a // 2


def middle(a, b):
    return halve(a) + b


def arithmetic(n):
    p, d, t = Point(0, 0), Point(1, 2), 0
    for i in range(n):
        p = p.add(d)
        t += p.norm() + p.pick(i & 1) + middle(i, 1)
    return t, p.x, p.y


print(arithmetic(N))


def errors(n):
    t = 0
    for i in range(n):
        try:
            t += middle(i if i < n - 3 else -i, 2)
        except ValueError as e:
            t -= 1
            print(traceback.format_exc() if i == n - 1 else e)
    return t


print(errors(N))


def stack():
    f, out = sys._getframe(1), []
    while f:
        name = f.f_code.co_name
        out.append((name, f.f_lineno, dict(f.f_locals) if name in ("outer", "inner") else 0))
        f = f.f_back
    return out


def inner(w, q):
    if q == N - 1:
        return stack()
    return w


def outer(q):
    z = q + 1
    return inner(z, q)


def frames(n):
    for i in range(n):
        r = outer(i)
    return r


print(frames(N))

kept = []


def keep(q):
    v = q * 2
    if q == N - 2:
        kept.append(sys._getframe())
    v += 1
    return v


def keeper(n):
    t = 0
    for i in range(n):
        t += keep(i)
    return t


print(keeper(N), kept[0].f_locals, kept[0].f_back.f_code.co_name)


def poke(q):
    if q == N - 1:
        sys._getframe(1).f_locals["a"] = "changed"
    return q


def poked(a):
    r = poke(a)
    return a, r


def pokes(n):
    for i in range(n):
        r = poked(i)
    return r


print(pokes(N))


class Dies:
    def __init__(self, log, tag):
        self.log = log
        self.tag = tag

    def __del__(self):
        self.log.append(self.tag)


def take(o):
    t = o
    o = None
    t = t.tag
    return t


def deaths(n):
    log, t = [], 0
    for i in range(n):
        t += take(Dies(log, i))
    return t, len(log), log[-2:]


print(deaths(N))


class Bad:
    def __init__(self, v):
        if v > N - 3:
            return v
        self.v = v


def bads(n):
    t = 0
    for i in range(n):
        try:
            t += Bad(i).v
        except TypeError as e:
            print(e)
    return t


print(bads(N))


def swap(n):
    t = 0
    for i in range(n):
        if i == n - 2:
            halve.__code__ = (lambda a: a * 100).__code__
        t += halve(i)
    return t


print(swap(N))


def closure(k):
    def add(x):
        return x + k

    t = 0
    for i in range(N):
        t = add(t)
    return t


print(closure(3))


def deep(n):
    return 0 if n == 0 else 1 + step(n)


def step(n):
    return deep(n - 1)


def recursions():
    r = 0
    for i in range(200):
        r += deep(40)
    try:
        deep(10**6)
    except RecursionError as e:
        print(e)
    return r


print(recursions())


def counts(n):
    o = object()
    before = sys.getrefcount(o)
    for i in range(n):
        ident(o, i)
    return sys.getrefcount(o) - before


def ident(a, b):
    c = a
    if b & 1:
        c = b
    return c


print(counts(N))


# Arguments sorted in, defaults, keyword-only parameters, surplus ones.
def binds(a, b=2, *rest, c=3, d=[4]):
    return a, b, rest, c, d[0]


def order(x, y=10, z=20):
    return x + 2 * y + 3 * z


def calls(n):
    t, u = 0, None
    for i in range(n):
        u = binds(i)
        u = binds(i, 5)
        u = binds(i, 5, 6, 7)
        u = binds(i, c=1)
        t += order(i) + order(i, 1) + order(z=1, x=i) + order(i, z=5)
        if i == n - 100:
            order.__defaults__ = (1, 2)
        if i == n - 50:
            binds.__kwdefaults__["c"] = 99
    return t, u, binds(1, c=5, d=[6]), binds(1)


print(calls(N))


class Shape:
    def __init__(self, w):
        self.w = w

    def area(self):
        return self.w

    def scaled(self, k=2):
        return self.area() * k


class Square(Shape):
    def area(self):
        return self.w * self.w


class Named(Square):
    def __init__(self, w, name):
        super().__init__(w)
        self.name = name


def shapes(n):
    all = [Shape(2), Square(3), Named(4, "x")]
    t = 0
    for i in range(n):
        s = all[i % 3]
        t += s.area() + s.scaled() + s.scaled(k=3) + s.w
        if i == n - 20:
            Square.area = lambda self: 1000
        if i == n - 10:
            all[0].area = lambda: 7
    return t


print(shapes(N))


def wrong(n):
    for i in range(n):
        try:
            if i == n - 1:
                order(1, 2, 3, 4)
            if i == n - 2:
                order()
            if i == n - 3:
                order(1, x=2)
        except TypeError as e:
            print(e)


wrong(N)


# Ints and floats by turns.
def mixture(n):
    vals = [1, 2.5, -3, 0.0, 7, 2**40, 1e300, -0.0, 2**55 + 1, 3]
    t, out, cmp = 0, [], 0
    for i in range(n):
        a, b = vals[i % 10], vals[i // 10 % 10]
        t = a + b
        u = a * b - t
        if b:
            u = u + a / b
        if a < b or a == b:
            cmp += 1
        if i > n - 12:
            out.append((t, u, type(t) is int))
    return out, cmp


print(mixture(N))


def big(n):
    vals = [2**60, 1.5, 2**61 - 1, float("nan"), 2**62]
    out = []
    for i in range(n):
        a, b = vals[i % 5], vals[i // 5 % 5]
        r = (a + b, a * b, a < b, a == b, a >= b)
        if i > n - 26:
            out.append(r)
    return out


print(big(N))


# Methods that other instructions run.
class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        if type(k) is Vec:
            return NotImplemented
        return Vec(self.x * k, self.y * k)

    def __rmul__(self, k):
        return "rmul"

    def __sub__(self, o):
        if self.x > 5000:
            raise ArithmeticError(self.x)
        return Vec(self.x - o.x, self.y - o.y)

    def __matmul__(self, o):
        return self.x * o.x + self.y * o.y

    @property
    def size(self):
        return self.x + self.y

    def __getitem__(self, i):
        if i == 0:
            return self.x
        if i == 1:
            return self.y
        raise IndexError(i)

    def __setitem__(self, i, v):
        if i == 0:
            self.x = v
        elif i == 1:
            self.y = v
        else:
            raise IndexError(i)
        return "dropped"


class Wide(Vec):
    def __radd__(self, o):
        return "radd"

    def size2(self):
        return super().size


class Base:
    def __init__(self, a):
        self.a = a

    def get(self, k):
        return self.a + k


class Derived(Base):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def get(self, k):
        return super().get(k) + self.b


def methods(n):
    v, w, t, out = Vec(0, 1), Vec(1, 2), 0, []
    d = Derived(1, 2)
    for i in range(n):
        v = v + w
        t += v @ w + v.size + v[0] + v[1] + d.get(i)
        v[0] = i
        u = v * 2
        t += u.x + Derived(i, 1).a
        try:
            t += v[i % 3]
        except IndexError as e:
            t -= 1
            if i > n - 4:
                out.append(traceback.format_exc())
        try:
            if i > n - 3:
                v[5] = 1
        except IndexError as e:
            out.append(traceback.format_exc())
    return t, v.x, v.y, out


print(*methods(N))


def odd(n):
    out = []
    ws = [Vec(1, 1), Wide(2, 2), 3, 4.5]
    for i in range(n):
        w = ws[0] if i < n - 8 else ws[i % 4]
        try:
            r = Vec(i, i) + w
        except AttributeError as e:
            r = str(e)
        try:
            q = Vec(i, i) * w
        except TypeError as e:
            q = str(e)
        try:
            s = Vec(i, i) - Vec(1, 1)
        except ArithmeticError as e:
            s = e
        if i > n - 9:
            out.append((r if type(r) is str else r.x, q if type(q) is str else q.x, repr(s)[:20]))
            if i == n - 4:
                Vec.__add__ = lambda self, o: "patched"
    return out, Wide(3, 4).size2()


for line in odd(N):
    print(line)
