"""Compare the crate adder-unicode with the running Python, character by character.

Run under python3.14 in the repository:  python3.14 scripts/check-unicode.py [NameAliases.txt NamedSequences.txt]
"""

import ctypes
import os
import random
import struct
import subprocess
import sys
import unicodedata as ucd

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
COMMAND = ["cargo", "run", "-q", "--release", "-p", "adder-unicode", "--example", "dump", "--"]
FORMS = ("NFD", "NFKD", "NFC", "NFKC")
SIMPLE = []
for kind in ("Lower", "Upper"):
    function = getattr(ctypes.pythonapi, f"_PyUnicode_To{kind}case")
    function.argtypes, function.restype = [ctypes.c_uint32], ctypes.c_uint32
    SIMPLE.append(function)


def hexes(text):
    return " ".join("%x" % ord(c) for c in text)


def flags(c):
    s = chr(c)
    final = lambda text: text.lower()[-1] == "\u03c2"
    ignorable = final("A" + s + "\u03a3") and not final(s + "\u03a3")
    bits = [s.isalpha(), s.isdecimal(), s.isdigit(), s.isnumeric(), s.isprintable(), s.isspace(), s.islower(), s.isupper(),
            ucd.category(s) == "Lt", (s + "a").title()[-1] == "a", ignorable, s.isidentifier() and s != "_",
            ("a" + s).isidentifier(), len(("a" + s + "b").splitlines()) > 1, ucd.mirrored(s)]
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def database(d, s):
    number = d.numeric(s, None)
    fields = [d.category(s), d.bidirectional(s), d.combining(s), d.east_asian_width(s), d.mirrored(s), d.decimal(s, "-"), d.digit(s, "-"),
              "-" if number is None else "%016x" % struct.unpack("<Q", struct.pack("<d", number))[0], d.decomposition(s), d.name(s, "")]
    for form in FORMS:
        fields += [hexes(d.normalize(form, s)), int(d.is_normalized(form, s))]
    return fields


def expected(c):
    s = chr(c)
    fields = ["%x" % c, "%x" % flags(c), hexes(s.lower()), hexes(s.upper()), hexes(s.title()), hexes(s.casefold())]
    fields += ["%x" % f(c) for f in SIMPLE]
    return "|".join(map(str, fields + database(ucd, s) + database(ucd.ucd_3_2_0, s)))


def text_expected(t):
    maps = [hexes(m) for m in (t.lower(), t.upper(), t.title(), t.casefold(), t.swapcase(), t.capitalize())]
    maps.append(str([int(t.istitle()), int(t.islower()), int(t.isupper())]))
    for d in (ucd, ucd.ucd_3_2_0):
        for form in FORMS:
            maps += [hexes(d.normalize(form, t)), str(int(d.is_normalized(form, t)))]
    return "|".join(maps)


def look(d, name):
    try:
        return hexes(d.lookup(name))
    except KeyError:
        return "-"


class Tally:
    def __init__(self):
        self.count = self.wrong = 0

    def add(self, case, got, wanted):
        self.count += 1
        if got != wanted:
            self.wrong += 1
            if self.wrong <= 20:
                print(f"{case}\n     got {got}\n  wanted {wanted}")


def check_all(tally):
    process = subprocess.Popen([*COMMAND, "all"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for c, line in enumerate(process.stdout):
        tally.add(hex(c), line.rstrip("\n"), expected(c))
    process.wait()
    assert c == 0x10FFFF


def texts():
    rng = random.Random(16)
    marks = [c for c in range(0x110000) if ucd.combining(chr(c))]
    composable = [ord(d) for c in range(0x110000) if not 0xAC00 <= c < 0xD7A4 for d in ucd.normalize("NFD", chr(c)) if len(ucd.normalize("NFD", chr(c))) > 1]
    cased = [c for c in range(0x20000) if chr(c).lower() != chr(c) or chr(c).upper() != chr(c)]
    pools = [range(0x110000), marks, composable, cased, range(0x1100, 0x1200), range(0xAC00, 0xD7A4), [0x3A3, 0x3A3, 0x27, 0xAD, 0x41, 0x20, 0x301], range(0x80),
             range(0xF900, 0xFB00), range(0x2F800, 0x2FA20), range(0xD800, 0xE000)]
    for _ in range(60000):
        chosen = rng.sample(pools, rng.randrange(1, 4))
        yield "".join(chr(rng.choice(rng.choice(chosen))) for _ in range(rng.randrange(0, 9)))


def names():
    for c in range(0x110000):
        name = ucd.name(chr(c), None)
        if name and (not 0x4F00 < c < 0x9E00) and not (0x20100 < c < 0x32000):
            yield name
            if c % 7 == 0:
                yield from (name.lower(), name + "X", name[:-1], name + " ", " " + name, name.replace(" ", "  "))
    for c in range(0x3000, 0x40000, 5):
        for prefix in ("CJK UNIFIED IDEOGRAPH-", "CJK COMPATIBILITY IDEOGRAPH-", "TANGUT IDEOGRAPH-", "NUSHU CHARACTER-", "EGYPTIAN HIEROGLYPH-"):
            yield prefix + "%X" % c
    yield from ("", "A", "HANGUL SYLLABLE", "HANGUL SYLLABLE ", "HANGUL SYLLABLE X", "HANGUL SYLLABLE GAX", "HANGUL SYLLABLE A",
                "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-4e00", "CJK UNIFIED IDEOGRAPH-", "CJK UNIFIED IDEOGRAPH-4E0")
    for path in sys.argv[1:3]:
        with open(path, encoding="utf-8") as f:
            for line in f:
                fields = line.split("#")[0].split(";")
                if len(fields) > 1:
                    yield from (fields[0].strip(), fields[1].strip(), fields[1].strip().lower())


def check_lines(tally):
    lines = [(hexes(t), text_expected(t)) for t in texts()]
    lines += [("name " + n, look(ucd, n) + "|" + look(ucd.ucd_3_2_0, n)) for n in names()]
    data = "\n".join(line for line, _ in lines) + "\n"
    done = subprocess.run(COMMAND, cwd=ROOT, input=data, capture_output=True, text=True)
    answers = done.stdout.splitlines()
    assert len(answers) == len(lines), done.stderr
    for (line, wanted), got in zip(lines, answers):
        tally.add(line, got, wanted)


tally = Tally()
check_all(tally)
check_lines(tally)
print(f"{tally.count} checks, {tally.wrong} differences")
sys.exit(tally.wrong != 0)
