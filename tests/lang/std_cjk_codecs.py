# The encodings of East Asia: every sequence of two bytes, every code point, errors, and input in pieces.
import codecs
import hashlib
import io

NAMES = (
    "shift_jis cp932 shift_jis_2004 shift_jisx0213 euc_jp euc_jis_2004 euc_jisx0213 gb2312 gbk gb18030 big5 cp950"
    " big5hkscs euc_kr cp949 johab"
).split()

# One digest for all sequences of two bytes, and one for the characters that can be encoded.
pairs = b"".join(bytes([a, b]) + b"\n" for a in range(0x80, 256) for b in range(0x30, 256))
chars = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x30000)))
for name in NAMES:
    text = pairs.decode(name, "replace").encode()
    data = chars.encode(name, "ignore")
    print(name, len(text), hashlib.sha1(text).hexdigest()[:16], len(data), hashlib.sha1(data).hexdigest()[:16])


def report(f, *args):
    try:
        print(ascii(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


for data, name in [
    (b"\x82\xa0\x82", "shift_jis"), (b"\x82\x20a", "shift_jis"), (b"\x80", "shift_jis"), (b"\x80\xa0\xfd", "cp932"),
    (b"\x8f\xa2\xb7\x8f\xb0", "euc_jp"), (b"\x8f\xa9\xc1\x8e\xb1", "euc_jp"), (b"\x8eX", "euc_jp"), (b"\xff", "euc_kr"),
    (b"\x81\x30\x81\x30\x90\x30\x81\x30", "gb18030"), (b"\x81\x30\x81", "gb18030"), (b"\x81\x30\x20\x30", "gb18030"),
    ("\ubdc1".encode("euc_kr")[:7], "euc_kr"), ("\ubdc1\ud7a3".encode("euc_kr"), "euc_kr"), (b"\xa4\xd4abcdef", "euc_kr"),
    (b"\xff\xff", "gb18030"), (b"\x88\x62\x88\x66", "big5hkscs"), (b"\xab\xc4", "euc_jisx0213"), (b"\x87\x9f", "shift_jisx0213"),
]:
    report(data.decode, name)
    report(data.decode, name, "replace")
    report(data.decode, name, "backslashreplace")
for text, name in [
    ("a\u3042\ud800", "euc_jp"), ("\xe9\xe9x", "gb2312"), ("\u304b\u309a\u304b", "shift_jis_2004"), ("\U00020089", "euc_jisx0213"),
    ("\xca\u0304\xca", "big5hkscs"), ("\U0001f600\x80", "gb18030"), ("\u20ac", "cp949"), ("\0\u20ac", "big5"), ("\u20ac", "cp950"),
]:
    report(text.encode, name)
    report(text.encode, name, "xmlcharrefreplace")
    report(text.encode, name, "replace")

codecs.register_error("test.more", lambda e: ("\u3042?", e.end))
codecs.register_error("test.bad", lambda e: ("\xe9", e.end))
codecs.register_error("test.bytes", lambda e: (b"\xff", e.end))
for policy in ["test.more", "test.bad", "test.bytes", "nothing"]:
    report("x\xe9y".encode, "euc_kr", policy)
report(b"x\xffy".decode, "euc_kr", "test.more")

d = codecs.getincrementaldecoder("euc_jp")()
for b in b"a\xa4\xa2\x8f\xa2\xb7":
    print(ascii(d.decode(bytes([b]))), d.getstate())
d.decode(b"\xa4")
report(d.decode, b"", True)
d.reset()
d.setstate((b"\xa4", 0))
print(ascii(d.decode(b"\xa2", True)), d.errors)
d.errors = "replace"
print(ascii(d.decode(b"\xffa", final=True)), d.errors)
report(d.setstate, 3)

e = codecs.getincrementalencoder("big5hkscs")("strict")
for text in ["\xca", "\u0304", "\xca", "x"]:
    print(e.encode(text), e.getstate())
e.encode("\xca")
state = e.getstate()
print(e.encode("", True), e.getstate())
e.setstate(state)
print(e.encode("\u0304", final=True))
e.encode("\xca")
e.reset()
print(e.getstate())

text = "\u4e00\u4e8c\n\u4e09\nend"
raw = io.BytesIO()
w = codecs.getwriter("gbk")(raw)
w.write(text)
w.writelines(["\n", "\u56db"])
w.reset()
print(raw.getvalue())
for method, size in [("read", None), ("read", 3), ("read", 0), ("readline", None), ("readlines", None), ("readline", 1)]:
    raw.seek(0)
    r = codecs.getreader("gbk")(raw)
    print(ascii([getattr(r, method)(size) for _ in range(3)]))
with io.TextIOWrapper(io.BytesIO("\u3042\u3044\r\n\u3046".encode("cp932")), "cp932") as f:
    print(ascii(f.readlines()))

import _codecs_jp
report(_codecs_jp.getcodec, "gbk")
report(_codecs_jp.getcodec, 3)
print(_codecs_jp.getcodec("cp932").encode("\u3042"), type(_codecs_jp.getcodec("cp932")).__name__)
