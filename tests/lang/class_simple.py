# Everyday classes.
class Shape:
    sides = 0

    def __init__(self, name):
        self.name = name

    def area(self):
        return 0

    def describe(self):
        return f"{self.name} with {self.sides} sides and area {self.area()}"


class Rect(Shape):
    sides = 4

    def __init__(self, w, h):
        super().__init__("rect")
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h


class Square(Rect):
    def __init__(self, s):
        super().__init__(s, s)
        self.name = "square"


for s in (Shape("blob"), Rect(2, 3), Square(4)):
    print(s.describe(), isinstance(s, Rect), type(s).__name__)


class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def __eq__(self, o):
        return (self.x, self.y) == (o.x, o.y)

    def __repr__(self):
        return f"Vec({self.x}, {self.y})"

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __bool__(self):
        return bool(self.x or self.y)

    def __call__(self, k):
        return self * k


v = Vec(1, 2)
print(v + Vec(3, 4), v * 3, v == Vec(1, 2), v != Vec(0, 0), len(v), v[1], list(v), bool(Vec(0, 0)), v(2), [v])


class Stack:
    def __init__(self):
        self._items = []

    def push(self, x):
        self._items.append(x)
        return self

    def pop(self):
        if not self._items:
            raise IndexError("empty stack")
        return self._items.pop()

    @property
    def top(self):
        return self._items[-1]

    @staticmethod
    def of(*xs):
        s = Stack()
        for x in xs:
            s.push(x)
        return s

    @classmethod
    def name(cls):
        return cls.__name__

    def __contains__(self, x):
        return x in self._items

    def __iter__(self):
        while self._items:
            yield self.pop()


s = Stack.of(1, 2).push(3)
print(s.top, 2 in s, s.pop(), list(s), Stack.name())
try:
    s.pop()
except IndexError as e:
    print(e)
try:
    s.top = 5
except AttributeError as e:
    print(e)
p = Stack()
p.extra = "attribute"
print(p.extra, hasattr(p, "none"), getattr(p, "none", "default"), vars(p))
setattr(p, "other", 1)
delattr(p, "extra")
print(vars(p), Stack.push.__name__, Stack.__name__, p.__class__ is Stack, issubclass(Square, Shape))
