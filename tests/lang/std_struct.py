# struct, array, binascii, base64, hashlib, zlib: bytes in and out.
import array
import base64
import binascii
import hashlib
import struct
import zlib

print(struct.pack("<bBhHiIqQ", -1, 255, -2, 65535, -3, 4294967295, -4, 2**64 - 1), struct.pack(">hIf", 1, 2, 1.5), struct.pack("=5s3sx?c", b"ab", b"wxyz", True, b"c"), struct.pack("<d", 3.14), struct.pack("<e", 1.5), struct.pack("3h", 1, 2, 3)[:6], struct.pack("<5p", b"abc"), struct.pack("!2x h", 5))
print(struct.unpack("<hI", b"\x01\x00\x02\x00\x00\x00"), struct.unpack(">3s?", b"abc\x01"), struct.calcsize("<bhi"), struct.calcsize("@bhi"), struct.calcsize("@iq"), struct.unpack_from("<h", b"\0\0\x05\x00", 2), list(struct.iter_unpack("<H", b"\x01\0\x02\0")), struct.unpack("<f", struct.pack("<f", 0.1)), struct.unpack("<d", b"\0" * 6 + b"\xf8\x7f"), struct.Struct("<2h").pack(1, 2), struct.Struct("<q").size, struct.unpack("<n" if False else "<q", b"\xff" * 8))
buf = bytearray(6)
struct.pack_into("<hh", buf, 1, 1, 2)
print(buf)
for bad in (lambda: struct.pack("<b", 128), lambda: struct.pack("<B", -1), lambda: struct.pack("<h", "a"), lambda: struct.pack("<i"), lambda: struct.pack("<i", 1, 2), lambda: struct.unpack("<i", b"abc"), lambda: struct.pack("z", 1), lambda: struct.pack("<f", 1e100), lambda: struct.pack("<c", b"ab"), lambda: struct.pack("<s", "a"), lambda: struct.unpack_from("<i", b"abc", 1), lambda: struct.pack_into("<i", bytearray(2), 0, 1), lambda: struct.calcsize("99999999999999999999i"), lambda: struct.pack("<Q", 2**64), lambda: struct.pack("5"), lambda: struct.pack("<P", 1)):
    try:
        print(bad())
    except (struct.error, OverflowError, TypeError) as e:
        print(type(e).__name__, e)
a = array.array("i", [1, 2, 3])
a.append(4)
a.extend([5])
a.insert(0, 0)
a[1:3] = array.array("i", [9, 9])
print(a, a.typecode, a.itemsize, a.tolist(), a.pop(), a.index(9), a.count(9), a[::-1], a.tobytes()[:8], array.array("i", a.tobytes()) == a, a + a[:1], a * 2, len(a), 9 in a, array.array("d", [1.5]), array.array("w", "é日"), array.array("b", b"\xff"), array.array("u", "x") if False else "")
a.reverse()
a.byteswap()
a.remove(a[0])
print(len(a), array.array("h", [1, 2]) < array.array("h", [1, 3]), array.array("Q", [2**64 - 1])[0], array.array("f", [0.1])[0])
for bad in (lambda: array.array("x"), lambda: array.array("b", [200]), lambda: array.array("i", ["a"]), lambda: array.array("i", [1])[5], lambda: array.array("i", [1]) + [1], lambda: array.array("i").pop(), lambda: array.array("i", b"abc"), lambda: array.array("B", [-1]), lambda: array.array("i", 5), lambda: array.array("i", "abc"), lambda: array.array("i", [1.5]), lambda: array.array("L", [2**65])):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(binascii.hexlify(b"\x00\xff"), binascii.unhexlify("00ff"), binascii.crc32(b"hello"), binascii.b2a_base64(b"hi"), binascii.a2b_base64("aGk="), binascii.crc_hqx(b"a", 0), binascii.b2a_uu(b"uu"), binascii.b2a_qp(b"a=\xe9"))
print(base64.b64encode(b"\xfb\xff\xfe data"), base64.urlsafe_b64encode(b"\xfb\xff\xfe"), base64.b64decode("aGVsbG8="), base64.b32encode(b"hello"), base64.b16encode(b"hi"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.b64decode("aGVs bG8=!"), base64.b32decode("NBSWY3DP"), base64.encodebytes(b"x" * 60))
for bad in (lambda: base64.b64decode("abc"), lambda: base64.b64decode("a!bc", validate=True), lambda: binascii.unhexlify("abc"), lambda: binascii.unhexlify("zz"), lambda: base64.b32decode("1"), lambda: binascii.a2b_base64("é")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    h = hashlib.new(name, b"abc")
    h.update(b"def")
    print(name, h.hexdigest()[:32], h.digest_size, h.block_size, h.copy().digest() == h.digest(), h.name)
print(hashlib.shake_128(b"x").hexdigest(8), hashlib.blake2b(b"x", digest_size=4, key=b"k").hexdigest(), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 2).hex()[:16], hashlib.sha256(bytearray(b"abc")).hexdigest()[:8])
import hmac
print(hmac.new(b"key", b"msg", "sha256").hexdigest()[:16], hmac.compare_digest("a", "a"), zlib.crc32(b"abc"), zlib.adler32(b"abc"))
z = zlib.compress(b"hello " * 100, 9)
print(len(z) < 40, zlib.decompress(z) == b"hello " * 100, zlib.decompressobj().decompress(z, 10), zlib.decompress(zlib.compress(b"")))
c = zlib.compressobj(wbits=-15)
raw = c.compress(b"raw") + c.flush()
print(zlib.decompress(raw, -15))
for bad in (lambda: zlib.decompress(b"junk"), lambda: zlib.decompress(z[:-5]), lambda: zlib.compress("text"), lambda: zlib.compress(b"x", 99), lambda: hashlib.new("nope"), lambda: hashlib.md5("text")):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
