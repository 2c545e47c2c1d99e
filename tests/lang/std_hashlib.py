# Hashes by name, HMAC and keys from passwords.
import hashlib
import hmac


def report(f, *args, **kwargs):
    try:
        r = f(*args, **kwargs)
        print(r.hex() if isinstance(r, bytes) else r)
    except Exception as e:
        print(type(e).__name__, e)


print(sorted(hashlib.algorithms_available))
for name in sorted(hashlib.algorithms_available):
    h = hashlib.new(name, b"abc")
    h.update(b"d" * 1000)
    digest = h.hexdigest(20) if name.startswith("shake") else h.hexdigest()
    print(h.name, h.digest_size, h.block_size, digest)
for name in ["SHA256", "sha-256", "sha3-256", "RMD160", "blake2b512", "SHAKE128"]:
    print(name, hashlib.new(name).name)
report(hashlib.new, "xyz")
report(hashlib.new, 1)
report(hashlib.md5, "a")
report(hashlib.md5, 1)
copy = hashlib.sha256(b"a").copy()
copy.update(b"b")
print(copy.hexdigest() == hashlib.sha256(b"ab").hexdigest())

for name in ["sha1", "sha256", "sha3_256", "blake2b512", "sm3"]:
    report(hashlib.pbkdf2_hmac, name, b"password", b"salt", 3, 50)
    report(hmac.digest, b"k" * 200, b"message", name)
    print(hmac.new(b"key", b"message", name).name)
for args in [("sha1", b"a", b"b", 0), ("sha1", b"a", b"b", 1, 0), ("sha1", "a", b"b", 1), ("xyz", b"a", b"b", 1), (b"sha1", b"a", b"b", 1)]:
    report(hashlib.pbkdf2_hmac, *args)
report(hashlib.scrypt, b"password", salt=b"NaCl", n=1024, r=8, p=16, dklen=64)
report(hashlib.scrypt, b"p", salt=b"s", n=3, r=1, p=1)
report(hashlib.scrypt, b"p", salt=b"s", n=2, r=0, p=1)
report(hashlib.scrypt, b"p", salt=b"s", n=2, r=1, p=1, maxmem=-1)
report(hashlib.scrypt, b"p", salt=b"s", n=2, r=1, p=1, dklen=0)
report(hashlib.scrypt, b"p", salt=b"s", n=2**20, r=8, p=1)
