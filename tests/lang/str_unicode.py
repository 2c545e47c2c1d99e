# Text beyond ASCII: kinds of storage, surrogates, encodings and error handlers, escapes, case, normalisation of names.
samples = ["plain", "café", "Ω≈ç√", "日本語", "😀🎉", "a\u0301", "\ud800", "mixed é日😀", "\x00\x7f\x80\xff", "\u2028\u2029\ufeff"]
for s in samples:
    print(len(s), ascii(s), s.isprintable(), [hex(ord(c)) for c in s][:4], ascii(s[::-1]), ascii(s.upper()))
for s in samples:
    row = []
    for enc in ("utf-8", "utf-16-le", "utf-16", "utf-32-be", "latin-1", "ascii", "cp1252", "utf-7"):
        try:
            b = s.encode(enc)
            row.append(f"{len(b)}{'' if b.decode(enc) == s else '!'}")
        except UnicodeEncodeError as e:
            row.append(f"{e.start}:{e.end}:{e.reason[:12]}")
    print(ascii(s), row)
for handler in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass"):
    row = []
    for enc in ("ascii", "latin-1", "utf-8"):
        try:
            row.append("aé日😀\udc80b".encode(enc, handler))
        except UnicodeEncodeError as e:
            row.append(str(e)[:60])
    print(handler, row)
bad = b"ok \xff\xfe\xc3 \xe6\x97 \xf0\x9f\x98 \xc0\x80 \xed\xa0\x80 \xf5 end"
for handler in ("ignore", "replace", "backslashreplace", "surrogateescape"):
    print(handler, ascii(bad.decode("utf-8", handler)))
for b in (b"\xff", b"\xc3", b"\xc3(", b"\xe6\x97", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"a\x80"):
    try:
        b.decode()
    except UnicodeDecodeError as e:
        print(e)
for enc, b in (("ascii", b"\x80"), ("utf-16", b"a"), ("utf-16-le", b"\x00\xd8"), ("utf-32", b"abc"), ("utf-32-le", b"\x00\x00\x11\x00"), ("cp1252", b"\x81"), ("unicode_escape", b"\\x4"),
               ("raw_unicode_escape", b"\\u12"), ("utf-7", b"+"), ("idna", b"xn--"), ("punycode", b"a-b-c\xff"), ("hex", b"zz"), ("nope", b"a")):
    try:
        print(enc, ascii(b.decode(enc)))
    except Exception as e:
        print(enc, type(e).__name__, e)
print("😀".encode("utf-16-be"), "é".encode("utf-8-sig"), b"\xef\xbb\xbfx".decode("utf-8-sig"), "\ud83d\ude00" == "😀", ascii("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")))
print("abc\n\té\u1234\U0001f600".encode("unicode_escape"), b"\\n\\x41\\u0042\\N{BULLET}".decode("unicode_escape"), "é".encode("raw_unicode_escape"), "\u1234".encode("raw_unicode_escape"))
print("a" + "é" + "日" + "😀", ("a" * 3 + "é" * 2)[2:4], "日" * 3, "é" in "café", "日本語".find("語"), "😀x😀".replace("😀", "é"), "é日".split("日"), "é" < "日" < "😀")
print(hash("é") == hash("é"), {"é": 1}["\xe9"], "e\u0301" == "é", len("e\u0301"), "ﬁ" == "fi")
ｆｕｌｌ = 1
print(full, "full" in globals(), "ｆｕｌｌ" in globals())
µ = 2
print("\u03bc" in globals(), "\xb5" in globals())
import unicodedata as u

print(u.name("é"), u.lookup("SNOWMAN"), u.category("a"), u.normalize("NFD", "é") == "e\u0301", u.normalize("NFKC", "ﬁ²"), u.digit("٣"), u.numeric("½"), u.decimal("7"), u.bidirectional("א"))
print(u.combining("\u0301"), u.east_asian_width("日"), u.mirrored("("), u.decomposition("é"), u.unidata_version, u.is_normalized("NFC", "é"), u.name("\x00", "none"))
for code in ("u.name('\\x00')", "u.lookup('NO SUCH')", "u.digit('a')", "u.normalize('X', 'a')", "u.name('ab')"):
    try:
        eval(code)
    except Exception as e:
        print(code, type(e).__name__, e)
print("\N{GREEK SMALL LETTER ALPHA}", "\N{LATIN SMALL LETTER E WITH ACUTE}", "\N{HANGUL SYLLABLE GAG}", "\N{CJK UNIFIED IDEOGRAPH-65E5}", ascii("\N{NBSP}"))
print("straße".upper(), "ÀÉ".lower(), "ǅ".swapcase(), "ʼn".upper(), "Ａ".lower(), "ı".upper(), "ſ".upper(), "K".lower(), "ᾳ".upper(), "ᾳ".title())
print(repr("\xad\u200b\u00a0"), repr("é\u0378"), repr("\U000e0001"), "\t".isprintable(), " ".isprintable(), "\u3000".isspace(), "\x1c".isspace(), "\u200b".isspace())
