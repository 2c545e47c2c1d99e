# Matrices over floats, ints and fractions: operators, determinant, inverse, LU, power; operator overloading throughout.
class Frac:
    def __init__(self, n, d=1):
        if d < 0:
            n, d = -n, -d
        a, b = abs(n), d
        while b:
            a, b = b, a % b
        self.n, self.d = n // (a or 1), d // (a or 1)

    def __add__(self, o): return Frac(self.n * o.d + o.n * self.d, self.d * o.d) if isinstance(o, Frac) else Frac(self.n + o * self.d, self.d) if isinstance(o, int) else NotImplemented
    __radd__ = __add__
    def __neg__(self): return Frac(-self.n, self.d)
    def __sub__(self, o): return self + -o
    def __rsub__(self, o): return -self + o
    def __mul__(self, o): return Frac(self.n * o.n, self.d * o.d) if isinstance(o, Frac) else Frac(self.n * o, self.d) if isinstance(o, int) else NotImplemented
    __rmul__ = __mul__
    def __truediv__(self, o): return self * (Frac(o.d, o.n) if isinstance(o, Frac) else Frac(1, o))
    def __rtruediv__(self, o): return Frac(o * self.d, self.n)
    def __eq__(self, o): return (self.n, self.d) == ((o.n, o.d) if isinstance(o, Frac) else (o, 1))
    def __hash__(self): return hash((self.n, self.d))
    def __bool__(self): return self.n != 0
    def __repr__(self): return f"{self.n}/{self.d}" if self.d != 1 else str(self.n)


class Matrix:
    def __init__(self, rows): self.rows = [list(r) for r in rows]
    @classmethod
    def identity(cls, n): return cls([[int(i == j) for j in range(n)] for i in range(n)])
    def __getitem__(self, key): return self.rows[key[0]][key[1]] if isinstance(key, tuple) else self.rows[key]
    def __setitem__(self, key, v): self.rows[key[0]][key[1]] = v
    def __len__(self): return len(self.rows)
    def __iter__(self): return iter(self.rows)
    def __eq__(self, o): return self.rows == o.rows
    def __add__(self, o): return Matrix([[a + b for a, b in zip(r, s)] for r, s in zip(self, o)])
    def __mul__(self, k): return Matrix([[a * k for a in r] for r in self])
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -o
    def __matmul__(self, o):
        columns = list(zip(*o.rows))
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in columns] for r in self])
    def __pow__(self, n):
        out, base = Matrix.identity(len(self)), self
        while n:
            if n & 1:
                out = out @ base
            base, n = base @ base, n >> 1
        return out
    @property
    def T(self): return Matrix(zip(*self.rows))
    def minor(self, i, j): return Matrix([r[:j] + r[j + 1:] for k, r in enumerate(self.rows) if k != i])
    def det(self):
        if len(self) == 1:
            return self[0, 0]
        return sum((-1) ** j * self[0, j] * self.minor(0, j).det() for j in range(len(self)))
    def inverse(self):
        n = len(self)
        work = [[x * Frac(1) for x in r] + [Frac(int(i == j)) for j in range(n)] for i, r in enumerate(self.rows)]
        for c in range(n):
            p = next((r for r in range(c, n) if work[r][c]), None)
            if p is None:
                raise ZeroDivisionError("singular")
            work[c], work[p] = work[p], work[c]
            work[c] = [x / work[c][c] for x in work[c]]
            for r in range(n):
                if r != c and work[r][c]:
                    k = work[r][c]
                    work[r] = [x - k * y for x, y in zip(work[r], work[c])]
        return Matrix([r[n:] for r in work])
    def __repr__(self): return "[" + "; ".join(" ".join(map(str, r)) for r in self) + "]"


a = Matrix([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
b = Matrix([[1, 2, 3], [4, 5, 6], [7, 8, 10]])
print(a + b, a - b, a @ b, 3 * a, a.T == a, b.T, a.det(), b.det(), (a @ b).det() == a.det() * b.det())
inv = b.inverse()
print(inv, b @ inv == Matrix.identity(3), inv.inverse() == b, a.inverse())
print(Matrix([[1, 1], [1, 0]]) ** 90, (a ** 5).det() == a.det() ** 5, a ** 0)
try:
    Matrix([[1, 2], [2, 4]]).inverse()
except ZeroDivisionError as e:
    print(e)
h = Matrix([[Frac(1, i + j + 1) for j in range(4)] for i in range(4)])
print(h.det(), h.inverse(), sum(Frac(1, k) for k in range(1, 11)), Frac(6, -4), Frac(1, 3) + 1, 1 - Frac(1, 3), 2 / Frac(1, 3), {Frac(1, 2): "half"}[Frac(2, 4)])
b[0, 0] = 100
print(b[0], b[0, 0], list(b)[1], len(b))
f = Matrix([[0.5, 0.5], [0.25, 0.75]]) ** 20
print([[round(x, 6) for x in r] for r in f], Matrix([[1.5]]).det())
try:
    Frac(1) + "x"
except TypeError as e:
    print(e)
