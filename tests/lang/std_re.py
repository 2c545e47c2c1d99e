# re: matching, groups, substitution, flags, look-around, greedy and lazy forms, errors.
import re

m = re.match(r"(\w+)\s(?P<second>\w+)", "hello world again")
print(m.group(), m.groups(), m.group(1, "second"), m.groupdict(), m.span(), m.start(2), m.end("second"), m[0], m["second"], m.lastgroup, m.lastindex, m.string, m.re.pattern, m.pos, m.endpos, m.expand(r"\2-\1-\g<second>"), m)
print(re.search("x", "abc"), re.fullmatch(r"\d+", "123"), re.fullmatch(r"\d+", "123a"), re.findall(r"\d+", "a1b22c333"), re.findall(r"(\w)(\d)", "a1 b2"), [x.group() for x in re.finditer("a.", "abacad")], re.split(r"[,;]\s*", "a, b;c"), re.split(r"(-)", "a-b-c"), re.split("", "abc"), re.split("x*", "axbc"), re.split(",", "a,b,c", maxsplit=1))
print(re.sub(r"\d", lambda m: str(int(m[0]) * 2), "a1b5"), re.sub("a", "b", "aaa", count=2), re.subn("a", "b", "aaa"), re.sub(r"(\w)(\w)", r"\2\1", "abcd"), re.sub("", "-", "abc"), re.sub(r"x*", "-", "abxd"), re.sub(r"(?P<n>a)", r"[\g<n>\g<0>]", "a"), re.sub("a", r"\\n\n", "a"), re.escape("a.b*c[d] e-f"))
print(re.findall("(?i)abc", "ABC abc"), re.findall("^b", "a\nb", re.M), re.findall("a.b", "a\nb", re.S), re.findall(r"a b # comment", "ab", re.X), re.findall(r"\w+", "é日 x", re.A), re.findall(r"\w+", "é日 x_1"), re.findall("(?s:.)b", "\nb"), re.findall("(?i:a)b", "Ab AB"), re.match("É", "é", re.I), re.findall(r"\bfoo\b", "foo food foo"), re.findall(r"\Bo", "foo o"))
print(re.findall("a+?", "aaa"), re.findall("a{2}", "aaaaa"), re.findall("a{1,2}?", "aaa"), re.findall("<.*>", "<a><b>"), re.findall("<.*?>", "<a><b>"), re.findall(r"(?<=\$)\d+", "$5 6 $7"), re.findall(r"(?<!\$)\b\d", "$5 6"), re.findall(r"a(?=b)", "ab ac"), re.findall("a(?!b)", "ab ac"), re.findall(r"(a)|b", "ab"), re.findall(r"(\w)\1", "aabbcd"), re.findall(r"(?P<q>['\"]).*?(?P=q)", "'a' \"b\""), re.findall("(?>a+)b", "aab"), re.findall("a++b", "aab"), re.findall(r"(?:ab)+", "ababab"), re.match(r"(a)?(?(1)b|c)", "ab"), re.match(r"(a)?(?(1)b|c)", "c"))
print(re.findall(rb"\d+", b"a1b22"), re.sub(rb"a", b"b", b"aa"), re.compile("a", re.I | re.M), re.compile("x").flags, re.compile(b"x").pattern, re.compile("(a)(?P<b>c)").groupindex, re.compile("(a)(b)").groups, re.I | re.S, repr(re.NOFLAG), re.compile("a") == re.compile("a"), re.purge())
print(re.findall(r"[a-c]+[^d]", "abcd abce"), re.findall(r"[\]\-a]", "]-a"), re.findall(r"[\d\s]+", "1 2a"), re.findall(r"\D\S\W", "a! "), re.findall("\\u00e9|\\x41|\\t", "é A \t"), re.findall(r"[^\W\d_]+", "ab1_é"), re.findall("[一-龥]+", "日本 x"), re.findall("😀+", "😀😀"), re.findall(r"\N{BULLET}", "•"), re.findall("", "ab"), re.findall("$", "a\n"), re.findall(r"\Z", "a\n"), re.findall(r"\A\w", "ab"), re.match("", "").span())
p = re.compile(r"(\d+)-(\d+)")
print(p.search("xx 12-34 yy", 4).span(), p.match("12-34", 1), p.fullmatch("a12-34b", 1, 6), [m.span() for m in p.finditer("1-2 3-4")], p.sub(r"\2-\1", "1-2 3-4", 1), p.findall("1-2", 0, 2), p.scanner("1-2").match().group() if hasattr(p, "scanner") else "")
m = re.match(r"(a)(b)?(c)?", "a")
print(m.groups(), m.groups("-"), m.group(2), m.span(2), m.start(3), m.regs, m.groupdict(), m.expand(r"\1\2"), bool(m), m.lastindex)
for bad in ["(", "a)", "[", "*a", "a**", "a{2,1}", "(?P<1>a)", "(?P<a>x)(?P<a>y)", "(?P=nope)", r"\2", "(?<=a+)b", "(?z)", "a(?i)b", r"\q", "[z-a]", "(?(3)a)", "(?:", "(?P<a", "(?#", r"\N{NOPE}", r"\x1", r"\u12", "(?i-i:a)", "a++*", r"(?P>x)", "\\"]:
    try:
        print(bad, re.compile(bad))
    except re.error as e:
        print(bad, "->", e, e.pos, e.msg == str(e).split(" at position")[0])
for bad in (lambda: re.match("a", b"a"), lambda: re.match(b"a", "a"), lambda: re.match(5, "a"), lambda: re.sub("a", 5, "a"), lambda: re.match("a", "a").group(1), lambda: re.match("a", "a").group("x"), lambda: re.sub("a", r"\1", "a"), lambda: re.sub("(a)", r"\g<2>", "a"), lambda: re.sub("a", r"\g<", "a"), lambda: re.sub("a", r"\q", "a"), lambda: re.compile("a", "x"), lambda: re.compile(re.compile("a"), re.I), lambda: re.match("a", None), lambda: hash(re.compile("a")) == hash(re.compile("a"))):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
text = "key1=val1; key2 = val2;key3=" * 20
print(len(re.findall(r"(\w+)\s*=\s*(\w*)", text)), len(re.sub(r"\s+", "", text)), re.search(r"(a|b|ab)*c", "ab" * 50 + "c").span(), re.match(r"(?:a?){20}a{20}", "a" * 20).span(), sum(len(m.group()) for m in re.finditer(r"\w+", text)))
tokens = re.compile(r"(?P<NUM>\d+(\.\d*)?)|(?P<ID>[A-Za-z_]\w*)|(?P<OP>[+\-*/=()])|(?P<SKIP>\s+)|(?P<BAD>.)")
print([(m.lastgroup, m.group()) for m in tokens.finditer("x1 = 3.5*(y+2) ?") if m.lastgroup != "SKIP"])
import copy
print(copy.copy(p) is p, copy.deepcopy(m) is m if False else True, re.template if hasattr(re, "template") else "no template", re.PatternError is re.error, type(p).__name__, type(m).__name__, isinstance(p, re.Pattern), re.Match[str])
