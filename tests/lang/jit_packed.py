"""Items of bytes, bytearrays and arrays of numbers in compiled code: all kinds, the edges of each, changes of kind and size."""
from array import array


def total(a, n):
    s = 0
    for i in range(n):
        s += a[i]
    for i in range(-n, 0):
        s += a[i]
    return s


def fill(a, n, v):
    for i in range(n):
        a[i] = v
    a[-1] = v
    return a


for _ in range(60):
    total(b"abc", 3)
print(total(b"abc", 3), total(bytearray(b"\xff\x00\x80"), 3), total([1, 2, 3], 3), total((1.5, 2, 3), 3))

LIMITS = {
    "b": (-128, 127), "B": (0, 255), "h": (-(2**15), 2**15 - 1), "H": (0, 2**16 - 1), "i": (-(2**31), 2**31 - 1),
    "I": (0, 2**32 - 1), "l": (-(2**63), 2**63 - 1), "L": (0, 2**64 - 1), "q": (-(2**63), 2**63 - 1), "Q": (0, 2**64 - 1),
}
SOURCE = """
def get(a, n):
    s = 0
    for i in range(n):
        s += a[i]
    return s, a[0], a[-1]
def put(a, n, v):
    for i in range(n):
        a[i] = v
    a[-1] = v
"""
for code, (low, high) in LIMITS.items():
    space = {}
    exec(SOURCE, space)
    get, put = space["get"], space["put"]
    a = array(code, [low, 1, 2, high])
    for _ in range(60):
        r = get(a, 4)
        put(a, 3, 5)
        a[0], a[3] = low, high
    print(code, r, a)
    for v in (low, high, low - 1, high + 1, 2.0, "x"):
        try:
            put(a, 2, v)
            print(v, a.tolist(), get(a, 4))
        except (OverflowError, TypeError) as e:
            print(v, type(e).__name__, e, a.tolist())
    for n in (5, 9):
        try:
            get(a, n)
        except IndexError as e:
            print(e)
        try:
            put(a, n, 1)
        except IndexError as e:
            print(e)
for code in "fd":
    space = {}
    exec(SOURCE, space)
    get, put = space["get"], space["put"]
    a = array(code, [0.1, -0.0, 1e300 if code == "d" else 1e38, float("inf")])
    for _ in range(60):
        r = get(a, 4)
    print(code, r)
    for _ in range(60):
        put(a, 4, 0.1)
    print(a[0], a[3])
    for v in (3, True, 1e39, float("nan"), 2**60, 2**70, None):
        try:
            put(a, 2, v)
            print(v, a.tolist(), get(a, 4))
        except (OverflowError, TypeError) as e:
            print(v, type(e).__name__, e)

b = bytearray(8)
for _ in range(60):
    fill(b, 8, 7)
print(b)
for v in (255, 256, -1, 1.0, None, True):
    try:
        print(fill(b, 8, v))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(fill([0] * 8, 8, "x"), fill(array("d", 8 * [0]), 8, 2))


def grows(b, n):
    """The storage moves while it is read."""
    s = 0
    for i in range(n):
        b.append(i & 255)
        s += b[i] + b[len(b) - 1]
    return s


for _ in range(30):
    r = grows(bytearray(b"a"), 200)
print(r, grows(array("d", [1.5]), 300))


def shrinks(b):
    try:
        for i in range(100):
            b[i] = 1
            if i == 50:
                del b[20:]
    except IndexError as e:
        return str(e), len(b)


for _ in range(30):
    r = shrinks(bytearray(100))
print(r, shrinks(array("i", [0] * 100)))


class Sub(bytearray):
    def __getitem__(self, i):
        return "sub"


def item(b, i):
    return b[i]


for _ in range(200):
    item(bytearray(b"xyz"), 1)
print(item(Sub(b"xyz"), 1), item(b"xyz", True), item(b"xyz", slice(0, 2)), item({1: "d"}, 1))
checksum = 0
data = bytes(range(256)) * 20
for i in range(len(data)):
    checksum = (checksum * 31 + data[i]) & 0xFFFFFFFF
print(checksum)
view = memoryview(bytearray(3))
for i in range(3):
    view[i] = i
print(view.tolist())
