# Splitting, joining, replacing, and the widths of the results.
texts = ["", " ", "a", " a b  c ", "a,b,,c,", "x\x1cy\x85z\xa0w\u2003v\u3000", "ä ö ü", "a€b€€c", "\U0001F600 \U0001F601", "\t\n one\r\n two \v"]
for s in texts:
    print([s.split(), s.split(None, 1), s.split(","), s.split(",", 1), s.split("€"), s.split("b"), s.split("ab"), s.rsplit(None, 1), s.split(" ", 0)])
    print(ascii([s.replace("a", "x"), s.replace("a", "ä"), s.replace("a", ""), s.replace("a", "yy", 1), s.replace("€", "e"), s.replace("", "-"), s.replace(",,", ","), s.replace("b", "\U0001F600")]))
    print([s.count(x) for x in ("a", ",", "€", "ab", "", "\U0001F600")], s.upper(), s.lower(), s.casefold(), s.swapcase(), s.title(), s.capitalize(), s.isidentifier())
    print(s.encode(), s.encode("utf-8", "replace"), s.encode("utf-16-le"), s.encode().decode() == s, s.encode("ascii", "backslashreplace"))
    print(ascii(s.translate({97: "AA", 44: None, 0x20AC: 69})), ascii(s.translate({})), ascii("|".join(s)), ascii("".join([s, s])), ascii("€".join([s, "q", s])))
print(ascii([",".join([]), ",".join(["x"]), ",".join(["", ""]), "".join(["", "a"]), "".join(["", ""]), "ab".join("xyz"), "".join(("é",)), ",".join(iter("ab"))]))
for bad in (lambda: ",".join(["a", 1]), lambda: ",".join(3), lambda: "a".split(""), lambda: "a".replace("a", 1), lambda: "\ud800".encode()):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print("\ud800x".encode("utf-8", "surrogatepass"), "é\udc80".encode("utf-8", "surrogateescape"), "\udfff€".encode("utf-8", "ignore"))
print([b"a,b,,c".split(b","), b"a,b".split(b",", 1), b" a b ".split(), b"aXYbXY".split(b"XY"), bytearray(b"a-b").split(b"-"), b"".split(b","), b"".split()])
print(b",".join([b"a", b"b"]), b"".join([]), b"-".join([b"x"]), bytearray(b",").join([b"a", b"b"]), b",".join([b"a", bytearray(b"b"), memoryview(b"c")]))
print([x.isidentifier() for x in ("_", "a1", "1a", "", "a b", "é", "ªb", "a\u0301", "print", "x-y")])


class S(str):
    pass


print(type("".join([S("a")])), type(S("a b").split()[0]), type(S("abc").replace("z", "y")), type(S("abc").upper()), S(",").join("ab"))
for big in (b"x" * 20, "ü" * 20):
    print(len(big.split()), big.count(big[:1]), len(big * 3))
