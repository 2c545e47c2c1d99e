import _hmac, hashlib, hmac

names = "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512".split()
for name in names:
    code = _hmac.new(b"key", b"message", name)
    print(name, code.name, code.block_size, code.digest_size, code.hexdigest())
    assert code.digest() == getattr(_hmac, f"compute_{name}")(b"key", b"message")
    assert code.digest() == _hmac.compute_digest(b"key", b"message", name.upper()) == hmac.digest(b"key", b"message", name)
    half = _hmac.new(b"key", b"mess", name)
    other = half.copy()
    half.update(b"age")
    assert half.digest() == code.digest() != other.digest()
    assert type(other) is _hmac.HMAC
print(_hmac.compute_blake2b_32(b"k" * 200, b"m").hex()[:32], _hmac.compute_blake2s_32(b"k", bytearray(b"m")).hex()[:32])
print(repr(_hmac.new(b"", digestmod="md5")).split(" at ")[0].split("@")[0])
print(_hmac.UnknownHashError.__mro__, _hmac._GIL_MINSIZE)
for bad in (
    lambda: _hmac.new(b"k", b"m", "nosuch"), lambda: _hmac.new(b"k", b"m", None), lambda: _hmac.new(b"k"),
    lambda: _hmac.new("k", b"", "md5"), lambda: _hmac.new(b"k", "m", "md5"), lambda: _hmac.HMAC(),
    lambda: _hmac.compute_digest(b"k", b"m", b"md5"), lambda: _hmac.new(b"k", b"m", "sha3-256"),
    lambda: _hmac.new(b"k", b"m", "shake_128"), lambda: _hmac.new(b"k", b"m", 3),
):
    try:
        print(bad())
    except Exception as e:
        print(repr(e))
