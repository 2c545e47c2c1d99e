# Every str method on ordinary and odd arguments.
s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.capitalize(), s.casefold(), "ß".upper(), "ß".casefold(), "ǆ".title(), "ŉ".upper())
print("they're bill's".title(), "x1y2 a-b_c".title(), "ΑΣ".lower(), "ΑΣ Σ".lower(), "İ".lower().encode(), "ﬃ".upper(), "ﬃ".capitalize())
print(s.center(20, "*"), s.ljust(15, "."), s.rjust(15), "7".zfill(3), "-7".zfill(4), "+".zfill(3), "".zfill(2), "ab".center(5), "abc".center(6, "-"))
print(s.find("o"), s.rfind("o"), s.find("o", 5), s.find("z"), s.index("W"), s.count("l"), s.count(""), "aaaa".count("aa"), s.find("", 50), s.find("", 12), "".find(""))
print(s.startswith("Hell"), s.startswith(("x", "He")), s.endswith("ld"), s.startswith("World", 7), s.endswith("Hello", 0, 5), s.startswith(""), s.endswith((), 1))
print(s.replace("l", "L"), s.replace("l", "L", 1), s.replace("", "-"), "aaa".replace("aa", "b"), "abc".replace("", "-", 2), "".replace("", "x"), "aa".replace("a", "", -1))
print("a,b,,c".split(","), "a,b,,c".split(",", 1), " a  b\tc\n".split(), "".split(), "".split(","), " a b ".split(" "), "abc".split("b", 0), " a b c ".split(None, 1))
print("a,b,,c".rsplit(",", 1), " a b c ".rsplit(None, 1), "a--b--c".rsplit("--"), "ab".rsplit("x"), "a\nb\r\nc\rd\x0be\x0cf\x1cg\x85h\u2028i".splitlines())
print("a\nb\n".splitlines(), "a\nb\n".splitlines(True), "\n".splitlines(), "".splitlines(), "a\r\n\r\nb".splitlines(keepends=True))
print("a.b.c".partition("."), "a.b.c".rpartition("."), "abc".partition("x"), "abc".rpartition("x"), "xx".partition("x"))
print("  x ".strip() + "|", "xxaxx".strip("x"), "abcba".strip("ab"), "  x ".lstrip() + "|", "  x ".rstrip() + "|", "\u3000a\x1f".strip(), "abc".strip(""), "aXb".strip("ab"))
print("prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "abc".removeprefix("x"), "".removesuffix(""), "aa".removeprefix("a"))
print(",".join("abc"), "".join([]), "-".join(("x",)), ", ".join({"k": 1}), "é".join(["a", "日", "😀"]))
print("a\tb\tc".expandtabs(), "a\tb".expandtabs(4), "ab\tc\n\td".expandtabs(3), "\t".expandtabs(0), "a\rb\t".expandtabs())
print("abc".translate({97: "X", 98: None, 99: 100}), "abc".translate(str.maketrans("ab", "xy", "c")), "aé".translate(str.maketrans({"é": "e", "a": None})), str.maketrans("a", "b"))
tests = ["", "abc", "ABC", "aB", "123", "a1", " ", "\n", "²", "½", "Ⅷ", "٣", "é", "_x", "1x", "class", "a b", "ǅ", "\x00", "日本", "😀", "A1", "Title Case", "İ"]
for m in "isalpha isdigit isdecimal isnumeric isalnum isspace isupper islower istitle isidentifier isprintable isascii".split():
    print(m, "".join("01"[getattr(t, m)()] for t in tests))
print("abc" * 3, "abc" * 0, "abc" * -1, 2 * "x", "a" "b" + "c", "x" in "xyz", "abc"[::-1], "abc"[-1], len("日本😀"), "日本😀"[2], "日本😀"[::-1])
print("%s|%5s|%-5s|%.2s|%r|%a|%%|%c|%c" % ("a", "b", "c", "defg", "é", "é", "x", 8364), "%(a)s %(b)05d" % {"a": 1, "b": -2}, "%s" % ((1, 2),), "%s" % None)
print("%d %i %u %+d % d %05d %-5d| %x %X %#x %o %#o %e %E %.3f %g %G %10.4f|" % (1, 2.9, True, 3, 4, -5, 6, 255, 255, 255, 8, 8, 1.5, 1.5, 2.0005, 1e-10, 1e20, 3.14159))
print("%*d|%-*d|%.*f" % (5, 1, 5, 2, 2, 3.14159), "%s %s" % (["l"], {"d": 1}), "%5.1f%%" % 99.55, "%ld %hd" % (1, 2), "%#.3g|%+.0e|% .2f" % (1, 12345.0, 1.0))
for code in ["'a'.join([1])", "'a'.join('b', 'c')", "'abc'.find()", "'a'.center('x')", "'a'.center(5, 'ab')", "'a'.split('')", "'a'.replace('a')", "'a' + 1",
             "'a'.startswith(1)", "'a'.startswith(('a', 1))", "'a'.zfill('x')", "'a'.translate(5)", "str.maketrans('ab', 'c')", "str.maketrans(5)", "'a'.partition('')",
             "'a'.encode(5)", "'a'.index('b', 0, 5, 6)", "'a' * 2 ** 70", "'a' * 1.0", "'a'['b']", "'%d' % 'x'", "'%d' % 1.5j", "'%c' % 'ab'", "'%c' % -1", "'%c' % 0x110000",
             "'%x' % 1.5", "'%(a)s' % (1,)", "'%(a)s' % {}", "'%' % ()", "'%s' % ()", "'%z' % 1", "'%*d' % ('a', 1)", "'%(a' % {'a': 1}", "'abc'.removeprefix(1)", "'a'.count()",
             "'a' < 1", "'a'.expandtabs('x')", "'x'.splitlines(1, 2)", "str(1, 2, 3, 4)", "str(b'a', 5)", "'a'.isalpha(1)", "''.join(5)", "'a'.rsplit(sep=1)", "'%.-1f' % 1"]:
    try:
        print(code, "=", repr(eval(code)))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
print(str(b"abc", "ascii"), str(b"\xc3\xa9", "utf-8"), str(object=5), str(), str(b"x"), str(b"\xff", "latin-1"), str(b"\xff", errors="replace"), str(bytearray(b"q"), "ascii"))
print("a" < "b" < "c", "abc" == "abc", "a" != "A", max("hello"), sorted("banana"), list("ab"), tuple("ab"), "b" > "a", "Z" < "a", "" == "")
