# bytes and bytearray: methods, mutation, conversions, buffers, errors.
b = b"Hello World"
print(b, b[0], b[1:4], b[-1:], b[::-1], len(b), list(b[:3]), bytes(3), bytes([65, 66]), bytes("é", "utf-8"), bytes(b"x"), bytes(), bytes(range(5)), b"a" b"b", bytes.fromhex("48 65 6c"), b.hex(), b.hex(":"), b.hex("-", 4), b.hex("_", -3))
print(b.upper(), b.lower(), b.swapcase(), b.title(), b.capitalize(), b.center(15, b"*"), b.ljust(13), b.rjust(13, b"."), b"7".zfill(3), b"-7".zfill(4), b"a\tb".expandtabs(4))
print(b.find(b"o"), b.find(111), b.rfind(b"o"), b.index(b"W"), b.count(b"l"), b.count(b""), b.find(b"z"), b"World" in b, 72 in b, 0 in b, b.startswith(b"He"), b.endswith((b"x", b"ld")), b.replace(b"l", b"LL"), b.replace(b"", b"-", 3))
print(b"a,b,,c".split(b","), b" a  b ".split(), b"a,b".rsplit(b",", 1), b"a\nb\r\nc".splitlines(), b"a.b".partition(b"."), b"a.b.c".rpartition(b"."), b",".join([b"x", bytearray(b"y")]), b"  x ".strip(), b"xxaxx".strip(b"x"), b"abc".translate(bytes.maketrans(b"ab", b"xy"), b"c"), b"abc".translate(None, b"b"))
print([m for m in ("isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "istitle", "isascii") if getattr(b"Abc", m)()], b"123".isdigit(), b" \n".isspace(), b"\xff".isascii(), b"".isalpha(), b"pre-x".removeprefix(b"pre-"), b"x.py".removesuffix(b".py"))
print(repr(b"\x00\t\n\r\\'\x7f\x80\xff"), repr(b"'\""), repr(b'"'), str(b"a"), b"a" < b"b", b"a" == bytearray(b"a"), b"" < b"\x00", hash(b"a") == hash(b"a"), {b"k": 1}[b"k"], b"ab" * 2, b"a" + bytearray(b"b"), bytearray(b"a") + b"b", b"%d %s %x %a %c %b %5.1f|%r" % (1, b"x", 255, "é", 65, b"z", 2.25, "q"))
a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a.extend([103])
a.insert(0, 64)
a[1] = 65
a[2:4] = b"XYZ"
del a[-1]
a += b"!"
a *= 2
print(a, a.pop(), a.pop(0), a.remove(65), a, a.reverse(), a, a.copy() == a, a.clear(), a, bytearray(2), bytearray("é", "latin-1"), bytearray(5)[::2])
a = bytearray(range(10))
a[::3] = b"\xff" * 4
del a[1::2]
print(a, list(a), a.find(b"\xff"), a.index(255), a.upper() is a, bytes(a), a == bytes(a), a[1:2], type(a[1:2]).__name__)
for code in ["b''[0]", "b'a'['x']", "bytes([256])", "bytes([-1])", "bytes(-1)", "bytes('a')", "bytes(1.5)", "bytes(['a'])", "bytes('a', 'nope')", "bytes(1, 'utf-8')", "b'a' + 'b'", "'a' + b'b'", "b'a' % 5", "b'%s' % 'x'", "b'%d' % b'x'", "b'%c' % 300", "b'a'.join(['x'])", "b','.join(b'ab')", "b'a'.find('a')", "b'a'.find(256)", "b'a'.replace('a', 'b')", "b'a'.split('a')", "b'a'.startswith('a')",
             "bytes.fromhex('zz')", "bytes.fromhex('abc')", "b'a'.hex('é')", "b'a'.hex('ab')", "bytearray(b'a').append(256)", "bytearray(b'a').append('a')", "bytearray().pop()", "bytearray(b'a').remove(5)", "bytearray(b'a').__setitem__(0, 'x')", "bytearray(b'a').__setitem__(5, 1)", "bytearray(b'a').__setitem__(0, 256)", "bytearray().extend(5)", "bytearray().extend(['a'])", "hash(bytearray())", "b'a' * 'b'", "b'a' < 'a'", "b'a'.center(5, b'ab')", "b'abc'.translate(b'x')", "b'a' in 'abc'", "256 in b'a'", "'a' in b'a'", "b'a'.decode('nope')", "b'\\xff'.decode('ascii')", "b'a'.index(b'z')", "ord(b'ab')", "int(b'x')", "float(b'1.5')", "b'a'.rindex(b'z')", "bytes.maketrans(b'a', b'')", "b'a'.zfill()", "b'a'.__getitem__(None)", "memoryview('a')"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class B:
    def __bytes__(self): return b"custom"


class I:
    def __index__(self): return 3


class BSub(bytes):
    def upper(self): return "sub"


print(bytes(B()), bytes(I()), BSub(b"x").upper(), BSub(b"x") + b"y", type(BSub(b"x")[:1]).__name__, BSub(3), bytes(BSub(b"q")), bytes([I(), True]), bytes(memoryview(b"mv")), bytes(bytearray(b"ba")))
a = bytearray(b"locked")
m = memoryview(a)
try:
    a.append(1)
except BufferError as e:
    print(e)
m.release()
a.append(33)
print(a, iter(b"ab").__next__(), [*b"ab"], b"abc"[I():], b"\x41\101\n", rb"\n", b"""multi
line""", max(b"abc"), sorted(b"cab"), sum(b"\x01\x02"), b"x".__class__, bytes(iter([1, 2])), b"a" b'"')
