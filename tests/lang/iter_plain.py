# Containers whose items are taken at once, and classes derived from them, which say themselves what their items are.
class D(dict):
    def __iter__(self): return iter("xyz")
class B(bytes):
    def __iter__(self): return iter((7, 8))
class S(str):
    def __iter__(self): return iter("pq")
class F(frozenset):
    def __iter__(self): return iter((3, 3))
class M(set):
    pass

for made in (list, tuple, sorted):
    print(made({1: 2, 3: 4}), made(b"\x00\xff"), made("a\xe9"), made("\u20aca"), made({5}), made(frozenset((6,))))
    print(made(D(a=1)), made(B(b"ab")), made(S("ab")), made(F((1, 2))), made(M((9,))), made({}), made(b""), made(""), made(set()))
d = dict.fromkeys(range(10))
for k in range(0, 10, 3):
    del d[k]
print(list(d), [*d], (*d,), len(list(d)))
l = [0]
l.extend(d)
l.extend("ab")
l += b"c"
l[1:2] = {"k": 1}
print(l, l.__sizeof__() >= len(l) * 8)
a, *b = "\U0001f600bc"
print(ascii(a), b)
print("".join({"x": 1, "y": 2}), b"".join([b"a", bytearray(b"b"), memoryview(b"c")]), ",".join("abc"))

# Numbers and bytes written in place.
for n in (0, 1, 127, 128, 255, 256, -1, -128, -129, 2**31, -2**31, 2**60, 2**61 - 1, -2**61, 2**61, 2**63, -2**63):
    row = []
    for size in (0, 1, 2, 4, 7, 8, 9, 16):
        for signed in (False, True):
            for order in ("little", "big"):
                try:
                    b = n.to_bytes(size, order, signed=signed)
                    assert int.from_bytes(b, order, signed=signed) == n, (n, size, signed, order)
                    row.append(b.hex() or "-")
                except OverflowError as e:
                    row.append(str(e)[:7])
    print(n, hash(tuple(row)) == hash(tuple(row)), row[::5])
print([int.from_bytes(b"\xff" * k, "big", signed=s) for k in range(10) for s in (False, True)])
table = bytes(range(255, -1, -1))
x = b"hello \xff\x00"
print(x.translate(table), x.translate(None), x.translate(None) is x, x.translate(None, b""), x.translate(None, b"lo"), x.translate(table, b"l"),
      x.translate(bytes(range(256))) is x, bytearray(x).translate(table, b"\xff"), b"".translate(table), b"aa".translate(None, b"a"))
print(b"ab".hex(), b"".hex(), bytes.fromhex("00 fF\n1a"), bytes.fromhex("00ff1A"), bytes.fromhex(""), bytearray.fromhex("ab" * 40))
for bad in ("0", "0g", "00 0", "0 0", "\xe90", "00\u20ac0", "zz" * 20):
    try:
        print(bytes.fromhex(bad))
    except ValueError as e:
        print(ascii(bad), e)
print(bytes(3), bytes(0), bytes(1), bytes([1, 2]), bytes((255,)), bytes(range(3)), bytes(b"q"), bytes(True), b"ab" + bytearray(b"c"), bytearray(b"c") + b"d")
for bad in (-1, [256], [-1], ["a"], (None,), "s", 1.5):
    try:
        print(bytes(bad))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
