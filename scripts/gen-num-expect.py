"""Write the expectation files of runtime/num/tests/data from CPython itself.

Run under python3.14:  python3.14 scripts/gen-num-expect.py
One case a line, fields between tabs; text fields are escaped (backslash, tab, newline, non-ASCII).
"""

import math
import os
import random
import struct
import subprocess
import sys

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "runtime", "num", "tests", "data")
rng = random.Random(314)
INF, NAN = float("inf"), float("nan")


def esc(text):
    return text.encode("unicode_escape").decode("ascii")


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", x))[0]


def pair(z):
    return bits(z.real) + "," + bits(z.imag)


EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 2.5, -2.5, 1e15, 1e16, 1e17, 123456789012345680.0, 9007199254740993.0, 1e22,
    1e23, 1e-4, 1e-5, 1.5e-5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 735233302965621.25, math.pi,
    100.0, 1e100, 123456.789, 0.001, 1e3, 12345.0, 99999.5, 999999.5, 0.00012345, 1 / 3, 2 / 3, 1e300, -1e-300,
    4503599627370495.5, 4503599627370496.5, 2.0**62, 2.0**63, -(2.0**63), 2.0**64, 255.0, 1e5, 0.15, 0.25, 2.675,
    INF, -INF, NAN, 5e-320, 2.0**-1074 * 3, 9.5, 10.5, 0.05,
]


def floats(count):
    yield from EDGES
    for _ in range(count):
        kind = rng.randrange(4)
        if kind == 0:
            yield struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
        elif kind == 1:
            yield rng.uniform(-1000, 1000)
        elif kind == 2:
            yield round(rng.uniform(-1e6, 1e6), rng.randrange(8))
        else:
            yield float(rng.randrange(-(10**18), 10**18))


def ints():
    for n in (0, 1, 2, 3, 7, 8, 10, 255, 256, 2**31, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1,
              2**64, 10**18, 10**19, 10**20, 2**61 - 1, 2**61, 2**61 - 2, 2**127, 2**128 - 1, 2**128, 10**38, 10**39,
              10**57, 10**100, 10**200, 2**1023, 2**1024 - 2**970 - 1, 2**1024 - 2**970, 2**1024, 2**256 - 1):
        yield n
        yield -n
    for _ in range(60):
        yield rng.getrandbits(rng.choice([64, 70, 130, 200, 500, 1200])) * rng.choice([1, -1])


def attempt(call, show):
    try:
        return ["ok", show(call())]
    except Exception as e:
        return [type(e).__name__, esc(str(e))]


def write(name, lines):
    with open(os.path.join(OUT, name), "w", encoding="ascii") as f:
        for line in lines:
            f.write("\t".join(line) + "\n")


def float_files():
    write("float_repr.txt", ([bits(x), repr(x), x.hex()] for x in floats(400)))
    texts = """1 1. .5 1e5 1E+5 1e-5 1_000.0_1 1__0 _1 1_ 1_.5 1._5 1e_5 1e5_ 1e1_0 inf -Inf INFINITY +infinity nan -nan
        +NaN infin in_f nan(1) + - . e5 1e 1e+ 0x10 1e400 -1e400 1e-400 1,5 --1 +-1 1.5.2 1f 1_0_0e1_0 9007199254740993
        0.1000000000000000055511151231257827021181583404541015625 179769313486231580793e289 00012""".split()
    texts += ["", "1 2", "1" * 400, "." + "0" * 400 + "1e400", "\u00e9", "1\u00b2"]
    write("float_parse.txt", ([esc(t), *attempt(lambda: float(t), bits)] for t in texts))
    hexes = """0x1p0 0x1.8p1 -0x1.999999999999ap-4 1 a.b 0x 0x.8 .8 p3 0x1p 0x1p+ 0x1p-1074 0x1p-1075 0x1.8p-1075
        0x1.0000000000001p-1075 0x1p1023 0x1p1024 0x1.fffffffffffff8p1023 0x1.fffffffffffff7p1023
        0x1.fffffffffffff7fffp1023 inf -infinity nan -nan 0x0p99999999999999999999 0x1p-99999999999999999999
        0x1p99999999999999999999 0x1.00000000000008p0 0x1.00000000000018p0 0x1.000000000000080001p0
        0x0.0000000000000000000001p200 0X1P3 +0xFf.fFp-3 0x1.fffffffffffffp-1023 0x0.fffffffffffffp-1022
        0x0.fffffffffffff8p-1022 0x1.8p-1074 0x2.8p-1074 0x1__0 infi - 0x1g""".split()
    hexes += [" 0x1 ", "0x1 p1", "", "  ", "1" + "0" * 300] + [x.hex() for x in floats(100)]
    write("float_fromhex.txt", ([esc(t), *attempt(lambda: float.fromhex(t), bits)] for t in hexes))
    lines = []
    values = EDGES[:34] + [INF, -INF, NAN, 3.0, -3.0, 0.3, -7.5, 1e308]
    pairs = [(rng.choice(values), rng.choice(values)) for _ in range(150)]
    pairs += [(rng.uniform(-50, 50), rng.choice([3.0, -3.0, 0.7, -0.1, rng.uniform(-9, 9)])) for _ in range(100)]
    for a, b in pairs:
        quotient = attempt(lambda: divmod(a, b), lambda r: bits(r[0]) + "," + bits(r[1]))
        lines.append(["divmod", bits(a), bits(b), *quotient])
        lines.append(["mod", bits(a), bits(b), *attempt(lambda: a % b, bits)])
        power = attempt(lambda: a**b, lambda r: bits(r) if isinstance(r, float) else "complex")
        if power[1] == "complex exponentiation":
            power = ["ok", "complex"]
        lines.append(["pow", bits(a), bits(b), *power])
    for x in floats(50):
        for n in (0, 1, 2, 3, 5, 10, 16, -1, -2, -5, 22, 300, -300, 323, 324, -308, -309):
            if rng.random() < 0.3:
                lines.append(["round", bits(x), str(n), *attempt(lambda: round(x, n), bits)])
        lines.append(["ratio", bits(x), "0", *attempt(x.as_integer_ratio, lambda r: "%d,%d" % r)])
        lines.append(["round0", bits(x), "0", *attempt(lambda: round(x), str)])
        lines.append(["int", bits(x), "0", *attempt(lambda: int(x), str)])
    write("float_ops.txt", lines)


COMMON = """10 <10 >10 ^11 *^11 =10 010 + - +010 x<5 0<8 0=12 0^9 <08 ss 5d9 ,_ _, . 5. 99999999999999999999
    .99999999999999999999 z # , _ ., ._ .3,_ }<4 {>4 ==9 <<3 1< ++ 0 00 05 z# #z y s n d e E f F g G % c b o x X ,n ,d
    .2""".split() + ["", " ", " 5", "\u00e9", "\x01", "\u20ac^9"]
STR_SPECS = ".0 10.2 10s ^10.1s .2,s 10.2_s ,s +s zs #s =s .9999999999".split() + [" s"]
INT_SPECS = """#b _b #_b #o #x #X _x _X #_o _d +,d 020, 020_ 020_b #020_x 021,d 022,d 023,d 024,d 5c 05c +c #c ,c ,b
    .2d .2e .1f ,.2f _.3_f .0% q zf zd ,x -8, <+9x =+#9x .,d .3,d z,d ^#12_X -c""".split()
FLOAT_SPECS = """.0 .1 .3 .0f .0e .0g .10 .17g .20f #.0f #.0e #g #.3g ,.2f _.2f 020,.2f 021_.1f .6,f ._f ,.4_f 010.3,f
    z.1f z.0 +z.1f z% .1% 08.1% .,n +.3e =+12.2f *=12.2f .2147483648 .99999999999 012 012f #.10g e^12.3 G>12 %% .400f
    .60e .330g""".split() + [" .3g"]
COMPLEX_SPECS = ".2f ,.2f +.1f z.1f #g .3 _.3,f *^30 <30.2f +20".split()


def format_file():
    lines = []

    def add(kind, text, value, spec):
        lines.append([kind, text, esc(spec), *attempt(lambda: format(value, spec), esc)])

    for spec in COMMON + STR_SPECS:
        for value in ("abc", "", "h\u00e9llo"):
            add("str", esc(value), value, spec)
    for spec in COMMON + INT_SPECS:
        for value in (0, 5, -5, 65, 1234567, -1234567, 2**70, -(10**30), 0x20AC):
            add("int", str(value), value, spec)
    for spec in COMMON + FLOAT_SPECS:
        for value in (0.0, -0.0, 1.0, -0.04, 1234567.891, -1e20, 1e-7, 123456789.0, 0.5, INF, -INF, NAN, 99999.95):
            add("float", bits(value), value, spec)
    for spec in COMMON + COMPLEX_SPECS:
        for value in (0j, -0j, 1 + 2j, 2.5j, complex(-0.0, -1.5), complex(1234.5, 1e20), complex(NAN, INF),
                      complex(-0.001, -0.0)):
            add("complex", pair(value), value, spec)
    write("format.txt", lines)


def percent_file():
    lines = []
    for flag in ("", "-", "+", " ", "#", "0", "-0", "+0", " 0", "#0", "-#", "+-#0", " +"):
        for size in ("", "8", ".3", "12.4", ".0", "."):
            for code in "diuxXo":
                value = rng.choice([0, 5, -5, 255, -255, 10**25, -(2**70)])
                spec = "%" + flag + size + code
                lines.append([spec, "int", str(value), spec % value])
            for code in "eEfFgG":
                value = rng.choice(EDGES)
                spec = "%" + flag + size + code
                lines.append([spec, "float", bits(value), spec % value])
            spec = "%" + flag + size + "s"
            lines.append([spec, "str", "abcd", spec % "abcd"])
    for spec in ("%", "%5", "%5.", "%-+ #0", "%99999999999999999999d", "%.99999999999d", "%l", "%z", "%5%", "%hhd",
                 "%\u00e9", "%\x01", "%2147483648.z"):
        lines.append([esc(spec), "error", "5", attempt(lambda: spec % 5, esc)[1]])
    lines.append(["%(a", "error", "5", attempt(lambda: "%(a" % {}, esc)[1]])
    write("percent.txt", lines)


def int_files():
    sys.set_int_max_str_digits(0)
    lines = []
    for n in ints():
        radix = rng.choice([2, 8, 10, 16, 3, 36, 7])
        digits, m = "", abs(n)
        while m:
            m, d = divmod(m, radix)
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[d] + digits
        text = ("-" if n < 0 else "") + (digits or "0")
        as_float = attempt(lambda: float(n), bits)[1]
        lines.append([str(n), str(radix), text, str(n.bit_length()), str(n.bit_count()), str(hash(n)), as_float])
    write("int_text.txt", lines)
    texts = """0 1 -1 +7 - + --1 0x10 0X1f 0b101 0o17 0x 0b 0b2 017 00 0_0 0_7 1_000 1__0 _1 1_ 0x_f 0x__f 0_xf 0xf_ zz
        ZZ 1.5 1e5 abc 0b_1_0 12a 0b1 b1 0o8 +0x1f -0b1 0000 0001 +_1 1_2_3_4""".split()
    texts += [" 12 ", "\t5\n", "", " ", "- 1", "5\0", "0x 1", "1 2", "1" * 100, "9" * 19, "9" * 12, "9" * 13]
    texts += ["-" + "8" * 50, "f" * 40, "1" * 641]
    lines = []
    for text in texts:
        for base in (0, 2, 8, 10, 16, 36, 3):
            verdict, value = attempt(lambda: int(text, base), str)
            lines.append([esc(text), str(base), verdict, value if verdict == "ok" else "-"])
    write("int_parse.txt", lines)
    lines = []
    pool = list(ints())

    def flat(r):
        return bits(r) if isinstance(r, float) else ",".join(map(str, r)) if isinstance(r, tuple) else str(r)

    def add(op, a, b, call, show=flat):
        lines.append([op, str(a), str(b), *attempt(call, show)])

    for _ in range(70):
        a, b = rng.choice(pool), rng.choice(pool)
        add("divmod", a, b, lambda: divmod(a, b))
        add("truediv", a, b, lambda: a / b)
        add("gcd", a, b, lambda: math.gcd(a, b))
        add("lcm", a, b, lambda: math.lcm(a, b))
        n = rng.randrange(-5, 200)
        add("shl", a, n, lambda: a << n)
        add("shr", a, n, lambda: a >> n)
        e = rng.randrange(0, 9)
        add("pow", a, e, lambda: a**e)
        e = rng.choice([rng.randrange(-20, 100), rng.getrandbits(70)])
        add("powmod", f"{a},{e}", b, lambda: pow(a, e, b))
        add("isqrt", a, 0, lambda: math.isqrt(a))
        size = rng.randrange(0, 40)
        order, signed = rng.choice(["little", "big"]), rng.random() < 0.5
        add("tobytes", a, f"{size},{order},{signed}", lambda: a.to_bytes(size, order, signed=signed), bytes.hex)
        data = rng.randbytes(size)
        add("frombytes", data.hex(), f"{order},{signed}", lambda: int.from_bytes(data, order, signed=signed))
    for n, size, signed in ((128, 1, True), (-128, 1, True), (-129, 1, True), (127, 1, True), (255, 1, False),
                            (256, 1, False), (0, 0, True), (0, 0, False), (-1, 0, True), (1, 0, False), (-1, 4, False),
                            (-(2**63), 8, True), (2**63, 8, True), (-256, 2, True), (-256, 1, True)):
        add("tobytes", n, f"{size},big,{signed}", lambda: n.to_bytes(size, "big", signed=signed), bytes.hex)
    for a, b in ((2**1100, 2**80), (1, 2**1074), (1, 2**1075), (3, 2**1075), (2**1075 + 1, 2**2150), (2**1024, 1),
                 (2**54 - 1, 2**1100), (-5, 2**1077), (10**400, 10**390), (2**53 + 1, 1), (2**53 + 3, 1),
                 ((2**53 + 1) * 3, 3), (2**1023 * 3, 2), (2**2000 - 1, 2**976), (2**53 - 1, 2**1075),
                 (2**52 + 1, 2**1075), (0, -5), (5, 0)):
        add("truediv", a, b, lambda: a / b)
    write("int_ops.txt", lines)


def hash_file():
    lines = [["float", bits(x), str(hash(x))] for x in floats(120) if x == x]
    for _ in range(60):
        items = [rng.choice([rng.randrange(-100, 100), rng.getrandbits(62) - 2**61]) for _ in range(rng.randrange(8))]
        lines.append(["tuple", ",".join(str(hash(i)) for i in items), str(hash(tuple(items)))])
        unique = set(items)
        lines.append(["frozenset", ",".join(str(hash(i)) for i in unique), str(hash(frozenset(unique)))])
        z = complex(rng.choice(EDGES[:30]), rng.choice(EDGES[:30]))
        lines.append(["complex", pair(z), str(hash(z))])
    for seed in ("0", "1", "42", "4294967295"):
        for text in ("", "a", "abc", "hello world", "x" * 40):
            command = [sys.executable, "-c", f"print(hash({text!r}))"]
            value = subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True).stdout
            lines.append(["text", seed + "," + text, value.strip()])
    write("hash.txt", lines)


def complex_file():
    lines = []

    def add(op, a, b, call, show=pair):
        lines.append([op, a, b, *attempt(call, show)])

    parts = [0.0, -0.0, 1.0, -1.0, 2.5, -3.0, 1e300, 1e-300, INF, -INF, NAN, 0.1]
    for _ in range(90):
        a, b = (complex(rng.choice(parts), rng.choice(parts)) for _ in range(2))
        x = rng.choice(parts)
        w = rng.choice([complex(rng.randrange(-4, 5), 0), complex(rng.uniform(-3, 3), rng.choice([0, 1.5]))])
        add("repr", pair(a), "-", lambda: a, repr)
        add("mul", pair(a), pair(b), lambda: a * b)
        add("div", pair(a), pair(b), lambda: a / b)
        add("divreal", pair(a), bits(x), lambda: a / x)
        add("realdiv", pair(a), bits(x), lambda: x / a)
        add("pow", pair(a), pair(w), lambda: a**w)
        add("abs", pair(a), "-", lambda: abs(a), bits)
    texts = """1 1j j -j +j 1+2j 1-2j 1+j 1-j (1+2j) (1+2j 1+2j) 1+2 1j+2 nan+infj infj -nanj 1e5-1e-5J 1_0+2_0j 1__0
        1+_2j () (j) 1.+.5j e5j 1e 1ej +1+1j --1 1+-2j 1j1 infinity-infinityj ((1)) 1_j 0x1 -0-0j""".split()
    for t in texts + [" 1+2j ", "( 1+2j )", "1 + 2j", "1+ 2j", "", " ", "\t(2.5j)\n"]:
        add("parse", esc(t), "-", lambda: complex(t))
    write("complex.txt", lines)


os.makedirs(OUT, exist_ok=True)
float_files()
format_file()
percent_file()
int_files()
hash_file()
complex_file()
