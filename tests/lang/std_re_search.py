# Searches in long texts and by often used patterns: what a match may begin with is learnt, and must pass over nothing.
import re

FILL = "xyzw " * 400

def spans(pattern, text, flags=0):
    p = re.compile(pattern, flags)
    return [m.span() for m in p.finditer(text)]

def show(pattern, parts, flags=0):
    for fill in (FILL, FILL[:7], ""):
        text = fill.join(parts)
        s = spans(pattern, text, flags)
        print(ascii(pattern), len(text), len(s), s[:3], s[-2:])

# Alternatives of different lengths, at the end of the text too.
show(r"abcd|e", ["abcd", "abce", "abc", "e"])
show(r"abcdef|abcxyz|ab", ["abcdef", "abcxyz", "abcx", "ab"])
show(r"(?:ab|[cd]e|f.)g", ["abg", "ceg", "deg", "f\ng", "fxg", "f"])
show(r"(a|b|c)(d|e)", ["ad", "be", "cd", "ae", "a"])
show(r"(c|g|t)", ["c", "g", "tt", "ct"])
show(r"[cgt]gggtaaa|tttaccc[acg]", ["cgggtaaa", "tttaccca", "tttaccc"])
# More alternatives than are told apart.
show("|".join(c + c for c in "abcdefghijk"), ["aa", "kk", "jk", "hh", "ii", "k"])
# Repeats.
show(r"a+b", ["ab", "aab", "a", "b"])
show(r"a{2,3}b?c", ["aac", "aaabc", "aabc", "abc"])
show(r"a{2}b{2}c", ["aabbc", "aabc", "aabb"])
show(r"a*b", ["b", "aab", "a"])
show(r"(?:ab)+c", ["abc", "ababc", "ab"])
show(r"(?:ab)*c", ["abc", "c", "ab"])
show(r"a+?b|c++d", ["aab", "ccd", "cc"])
show(r"\d{3}-\d+|\w+@", ["123-4", "12-4", "me@", "@"])
# Empty matches, assertions, positions.
show(r"", ["ab", "c"])
show(r"x*?", ["ab"])
show(r"(?=ab)a|(?<=q)c", ["ab", "ac", "qc"])
show(r"\bab\b|\Bcd", ["ab", "abx", " ab ", "xcd", "cd"])
show(r"^ab|cd$", ["ab", "cd\nab", "cd"], re.M)
show(r"(?!ab)a.", ["ab", "ac", "a"])
show(r"(a)?b", ["ab", "b"])
show(r"(?>ab|a)c", ["abc", "ac"])
# Case.
show(r"straSSe|KELVIN", ["STRASSE", "\u017ftrasse", "\u212aelvin", "kelvin"], re.I)
show(r"(?i:ab)c|D", ["ABc", "abC", "D", "d"])
show(r"[a-c]X", ["AX", "bx", "cX"], re.I)
# Wide texts, and characters beyond Latin-1 in the pattern.
show("\u20acab|c\u20ac", ["\u20acab", "c\u20ac", "c\U0001f600"])
show("\U0001f600+x", ["\U0001f600\U0001f600x", "\U0001f600"])
show(r"[^a-z ]\w", ["\u4f60\u597d", "Qa", "\xe9\xe9"])
show(r"\w+\s\d|caf\xe9", ["caf\xe9", "caf\xe9 1"])
# bytes.
text = (b"xyzw " * 400).join([b"abcd", b"\xff\x00a", b"e", b"\xffb"])
for pattern in (rb"abcd|e", rb"[\xf0-\xff][\x00b]", rb"\xff.|e", rb"(?s:\xff.)a"):
    p = re.compile(pattern)
    print(pattern, [m.span() for m in p.finditer(text)])
# A pattern that is used often for short texts.
p = re.compile(r"(ab|cd)e|f(g)")
print({bool(p.search(t)) for t in ["abe", "cde", "fg"] * 30}, {bool(p.search(t)) for t in ["ab", "cd", "f", "g", ""] * 30})
print(p.search("xxcdexxfg").groups(), p.search("fgabe").groups(), p.search("xxabe", 3), p.search("xxabe", 0, 4))
# Marks of an alternative that failed are forgotten.
p = re.compile(r"(?:(a)(b)x|(a)by|abz)")
print([m.groups() for m in p.finditer("abx aby abz " * 3)])
print(re.sub(r"(a|b)(c)?", r"[\1|\2]", "ab ac bc " * 2), re.split(r"(,)|;", "a,b;c"))
# Replacements while the pattern is used by the function that replaces.
p = re.compile(r"\d+")
print(p.sub(lambda m: p.sub("n", m.group() + "-" + m.group()), "a1b22c333" * 2))
print(p.sub("", "1a2b3"), p.sub("\u20ac", "1a2"), p.sub(r"<\g<0>>", "1\u20ac2"), p.subn("x", "none"), p.sub("x", "12", count=0))
print(re.sub(rb"\d", b"--", bytearray(b"1a2")), re.sub(rb"a", b"", b""), re.findall(r"(a)|b", "ab\u20acb"), re.findall("", "ab"))
class S(str): pass
print(type(re.sub("q", "r", S("abc"))), type(re.sub("a", "r", S("abc"))), re.sub("a", S("r"), "abc"), type(re.sub("abc", S("r"), "abc")))
