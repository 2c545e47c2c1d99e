# memoryview and the buffer protocol: slicing, casting, formats, writing through, release, hash, comparison.
import array

data = bytearray(b"abcdefgh")
m = memoryview(data)
print(len(m), m[0], m[-1], m[1:3].tobytes(), m[::2].tobytes(), m[::-1].tolist(), m.nbytes, m.itemsize, m.format, m.ndim, m.shape, m.strides, m.readonly, m.contiguous, m.obj is data)
m[0] = 65
m[1:3] = b"XY"
m[6:] = memoryview(b"ZZ")
print(data, m == data, m == b"AXYdefZZ", m[2:4] == b"Yd", m != b"", bytes(m), m.hex(), list(m), 65 in m, m.tolist()[:2])
s = m[2:6]
s[0] = 48
print(data, s.tobytes(), s[1:][0], len(s[10:]), s.obj is data)
r = memoryview(b"readonly")
print(r.readonly, hash(r) == hash(b"readonly"), r.toreadonly().readonly, m.toreadonly().readonly)
c = memoryview(bytes(range(16))).cast("I")
print(len(c), c.format, c.itemsize, c.shape, c.nbytes, c[0] == int.from_bytes(bytes(range(4)), "little"), c.tolist()[1] == int.from_bytes(bytes(range(4, 8)), "little"))
d = memoryview(bytes(range(12))).cast("B", shape=[3, 4])
print(d.ndim, d.shape, d.strides, d[1, 2], d[2, 3], d.tolist())
a = array.array("d", [1.5, 2.5, 3.5])
ma = memoryview(a)
ma[1] = 9.25
print(a, ma.format, ma.itemsize, ma.tolist(), ma[::2].tolist(), ma == array.array("d", [1.5, 9.25, 3.5]), ma.cast("B").nbytes)
h = array.array("h", [-1, 2])
print(memoryview(h).tolist(), memoryview(h) == array.array("i", [-1, 2]), memoryview(h).cast("B").cast("H").tolist())
for code in ["m[100]", "m['a']", "m[0] = 256", "m[0] = 'a'", "m[0:2] = b'abc'", "r[0] = 1", "hash(m)", "m.cast('Q').cast('I')", "m.cast('xx')", "m[::2].cast('B')", "m.cast('I', shape=[5])", "memoryview(5)", "memoryview()", "c[0] = 1", "d[5, 5]", "d[0]", "d[0, 0, 0]", "m + m", "m < m", "ma[0] = 'x'", "del m[0]", "m[0, 0]", "memoryview('text')", "m.release(1)", "int(m)", "m.x"]:
    try:
        exec(f"print({code!r}, eval({code!r}))" if "=" not in code and not code.startswith("del") else code)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
with memoryview(data) as w:
    w[0] = 1
try:
    w[0]
except ValueError as e:
    print(e)
m.release()
m.release()
for use in ("m[0]", "len(m)", "m.tobytes()", "m == b''", "m.obj", "m.shape", "list(m)", "repr(m).split(' at')[0]"):
    try:
        print(use, eval(use))
    except ValueError as e:
        print(use, e)


class Buf:
    def __init__(self): self.data = bytearray(b"buffer")
    def __buffer__(self, flags):
        print("  __buffer__", flags > 0)
        return memoryview(self.data)
    def __release_buffer__(self, view):
        print("  released")
        view.release()


o = Buf()
v = memoryview(o)
print(bytes(v))
v.release()
print(bytes(o), bytearray(o), b"x".join([o]), int.from_bytes(b"\x01"))
big = memoryview(bytearray(1000))
big[:] = bytes(range(250)) * 4
print(sum(big), big[250:255].tolist(), bytes(big[-3:]), bytes(big[::250]), sum(big[::-1]), big[10:20][5])
parts = memoryview(b"key=value;a=b").tobytes().split(b";")
print(parts, b"".join(memoryview(b"abc")[i:i + 1] for i in (2, 0, 1)), bytes(memoryview(b"xyz")[::-1]), memoryview(b"ab").count(97), memoryview(b"ab").index(98))
