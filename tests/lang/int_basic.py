# int: construction, conversion, bit methods, rounding, division rules, limits of the small and big forms.
print(int(), int(5.9), int(-5.9), int("42"), int("  -42\n"), int("+7"), int("1_000"), int("ff", 16), int("0xFF", 16), int("0b101", 0), int("0o17", 0), int("z", 36), int("٣"), int(b"12"), int(bytearray(b"7")), int(True))
print((5).bit_length(), (0).bit_length(), (-256).bit_length(), (255).bit_count(), (-255).bit_count(), (10).as_integer_ratio(), (7).conjugate(), (7).numerator, (7).denominator, (7).real, (7).imag, (5).is_integer())
print((1000).to_bytes(2), (1000).to_bytes(4, "little"), (-1).to_bytes(3, "big", signed=True), int.from_bytes(b"\x03\xe8"), int.from_bytes(b"\xff\xfe", "little", signed=True), int.from_bytes([1, 2]), (0).to_bytes(), int.from_bytes(b""))
print(round(1234, -2), round(1250, -2), round(1350, -2), round(-1250, -2), round(5), round(15, -1), round(25, -1), round(1, -5), round(10**20 + 5, -1), round(7, 3), round(5, None))
edges = [0, 1, -1, 2**29, 2**30, -2**30, 2**31 - 1, 2**31, 2**60, 2**61 - 1, 2**61, -2**61, -2**61 - 1, 2**62, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64, 10**30]
for a in edges:
    print(a, a + 1, a - 1, -a, ~a, a * 2, a // 3, a % 7, a >> 1, a << 1, hash(a), bool(a), abs(a))
bad = 0
for a in edges:
    for b in edges:
        if b:
            q, r = divmod(a, b)
            bad += q * b + r != a or not (0 <= r < b if b > 0 else b < r <= 0) or q != a // b or r != a % b
        bad += (a + b) - b != a or (a - b) + b != a or (a ^ b) ^ b != a or (a & b) + (a | b) != a + b or (a < b) != (b > a)
        bad += a * b != b * a or (a * b) // (b or 1) != (a if b else 0)
print("bad", bad)
print(7 // 2, -7 // 2, 7 // -2, -7 // -2, 7 % -3, -7 % 3, divmod(-7, 3), divmod(7, -3), 2**0.5, 2**-2, (-2)**2, 0**0)
print(pow(2, 10), pow(2, 10, 1000), pow(2, -1, 7), pow(-2, 3, 7), pow(5, 0, 1), pow(3, 1000, 10**9 + 7), pow(10, -2), pow(2, 3, -5))
print(1 < 1.5, 10**20 == 1e20, 2**53 + 1 == float(2**53 + 1), int(1e20), int(-1e300) % 1000, float(2**70), 10**25 / 10**24, 1 / 3, 2**1000 / 2**999, 3 / 10**400)
print(hex(255), oct(8), bin(5), hex(-1), bin(0), f"{10**18:,}", str(-0), repr(2**100), "%d" % 2**70, int("9" * 40) + 1)
print(True + 1, True == 1, isinstance(True, int), int.__add__(1, 2), (5).__floordiv__(2), (5).__rsub__(7), int.__doc__[:30], (3).__index__(), (-3).__abs__(), (3).__divmod__(2))
print(hash(2**61 - 1), hash(2**61), hash(-1), hash(-2), hash(2**61 - 2), hash(10**30) == hash(float(10**30)) or hash(10**22) == hash(1e22))
for code in ["int('')", "int('  ')", "int('1.5')", "int('1 2')", "int('_1')", "int('1__2')", "int('0x1')", "int('12', 2)", "int('1', 1)", "int('1', 37)", "int(None)", "int('a', base=10)", "int(x=1)", "int(base=10)", "int('5', 'x')", "int(1, 10)", "int('²')",
             "(1).to_bytes(0)", "(-1).to_bytes(2)", "(256).to_bytes(1)", "(1).to_bytes(1, 'x')", "(1).to_bytes(-1)", "int.from_bytes('a')", "int.from_bytes([256])", "1 << -1", "1 << 10**20", "0 << 10**20", "1 // 0", "1 % 0", "divmod(1, 0)", "1 / 0", "10**400 / 3",
             "float(10**400)", "int('9' * 4301)", "str(10**4300)", "round(1, 1.5)", "hex(1.5)", "(1).bit_length(1)", "int.from_bytes(b'a', 'x')", "5()", "5[0]", "5 .x", "int(b'\\xff')", "int('\\x00')", "pow(2, 3, 0)", "pow(2, 1.5, 3)", "pow(4, -1, 8)"]:
    try:
        r = eval(code)
        print(code, "=", r)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
import sys

print(sys.int_info.default_max_str_digits, sys.get_int_max_str_digits(), sys.maxsize, len(hex(10**5000)))
sys.set_int_max_str_digits(0)
print(len(str(10**5000)), int("1" * 5000) % 97)
