# Arithmetic operators on ints and floats: sign rules, precedence, identities.
pairs = [(7, 3), (-7, 3), (7, -3), (-7, -3), (0, 5), (6, 3), (-6, 3)]
for a, b in pairs:
    q, r = divmod(a, b)
    print(a, b, a // b, a % b, q * b + r == a, a / b)
fpairs = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.0, -3.0), (-0.0, 3.0)]
for a, b in fpairs:
    print(a, b, a // b, a % b, divmod(a, b))
print(2 ** 10, 2 ** -1, (-2) ** 3, -2 ** 2, (-2) ** 2, 2 ** 3 ** 2)
print(0 ** 0, 0.0 ** 0, 1 ** -5, (-8) ** (1 / 3))
print(pow(3, 200, 13), pow(3, -1, 7), pow(-3, 3, 5))
print(1 + 2 * 3 - 4 // 3 % 2 << 1 | 8 ^ 3 & 6)
print(~5, -~5, ~-5, +True, -True, ~0)
print(1 << 70, -1 << 70, (1 << 70) >> 68, -5 >> 1, 5 >> 100, -5 >> 100)
print(True + True, True * 3, True / 2, True & 1, True | False, True ^ True)
print(3 / 2, 4 / 2, 10 ** 20 / 10 ** 19, -1 / 3)
for expr in ["1 / 0", "1 // 0", "1 % 0", "1.0 / 0", "1.0 // 0", "1.0 % 0", "0 ** -1", "0.0 ** -1", "divmod(1, 0)",
             "divmod(1.0, 0)", "1 << -1", "1 >> -1", "pow(2, -1, 4)", "pow(2, 3, 0)", "pow(2.0, 3, 5)", "10.0 ** 400",
             "1 / 0j", "0j ** -1"]:
    try:
        print(expr, "=", eval(expr))
    except Exception as e:
        print(expr, "->", type(e).__name__ + ":", e)
x = 5
x += 3; x -= 1; x *= 6; x //= 4; x **= 2; x %= 37; x <<= 3; x >>= 1; x |= 3; x &= 0xfe; x ^= 0x55
print(x)
y = 9
y /= 2
print(y)
print(0.1 + 0.2, 1e16 + 1, 1e308 * 10, -1e308 * 10, (1e308 * 10) - (1e308 * 10))
print(5 .__add__(3), (5).__radd__(3), (5).__add__(3.0), (5).__sub__("x"), (5).__truediv__(2))
