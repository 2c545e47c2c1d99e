# Everyday functions.
def add(a, b=10):
    """Adds."""
    return a + b


def nothing():
    pass


def many(*args, **kwargs):
    return args, kwargs


def early(x):
    if x < 0:
        return "negative"
    for i in range(x):
        if i == 3:
            return "reached three"
    return "end"


print(add(1), add(1, 2), add(b=3, a=4), nothing(), many(1, 2, k=3), early(-1), early(2), early(9), add.__doc__, add.__name__)


def make_adder(n):
    def adder(x):
        return x + n
    return adder


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count
    return step


add5, c1, c2 = make_adder(5), counter(), counter()
print(add5(1), c1(), c1(), c2(), (lambda x, y: x * y)(3, 4), list(map(lambda x: x + 1, [1, 2])))


def apply(f, *args):
    return f(*args)


def compose(f, g):
    return lambda x: f(g(x))


print(apply(max, 1, 5, 3), compose(str, abs)(-7), sorted([(1, "b"), (0, "a")], key=lambda t: t[1]))


def fact(n):
    return n * fact(n - 1) if n else 1


def gcd(a, b):
    return gcd(b, a % b) if b else a


print(fact(20), gcd(48, 18), [fact(i) for i in range(6)])
g = 1


def use_global():
    global g
    g += 1
    return g


def shadow():
    g = "local"
    return g


print(use_global(), g, shadow(), g)


def swap(a, b):
    return b, a


x, y = swap(1, 2)
print(x, y, swap(*"ab"), callable(swap), type(swap).__name__)
for call in (lambda: add(), lambda: add(1, 2, 3), lambda: add(1, c=2), lambda: undefined()):
    try:
        call()
    except (TypeError, NameError) as e:
        print(e)
