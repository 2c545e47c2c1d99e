# float: repr, parsing, hex, rounding, special values, comparisons, conversions, math functions at the edges.
import math

print([0.1, 1.0, -0.0, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1 / 3, 2 / 3, 100.0, 1e22, 1e23, 735233302965621.25, 9007199254740993.0])
print([float(s) for s in ("1", " 1.5 ", "1e3", ".5", "5.", "-0", "+1_0.5", "inf", "-Infinity", "NaN", "1E-400", "1e400", "0x1p3" if False else "8", "١٢", "1e-5", "00012.50", "123456789.123456789")])
print(float(), float(5), float(True), float("  2\n"), float(b"2.5"), float(10**20), float(-2**70))
print((0.1).hex(), (1.0).hex(), (-0.0).hex(), (5e-324).hex(), math.inf.hex(), float.fromhex("0x1.8p3"), float.fromhex("-0x.8p-1"), float.fromhex("inf"), float.fromhex("0x1p-1074"), float.fromhex("ff"), float.fromhex("0x1.fffffffffffff8p0"))
print((0.5).as_integer_ratio(), (0.1).as_integer_ratio(), (-3.0).as_integer_ratio(), (2.5).is_integer(), (2.0).is_integer(), math.inf.is_integer(), float.from_number(3), float.from_number(2.5))
print([round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e20)], [round(x, 1) for x in (0.05, 0.15, 0.25, 0.35, 2.675, -1.25, 1e300)], round(2.675, 2), round(1234.5678, -2), round(1e-20, 5), round(5.015, 2), round(1.0, 400), round(1.5, -1))
print([int(x) for x in (1.9, -1.9, 1e18, -0.5)], [math.floor(x) for x in (1.5, -1.5)], [math.ceil(x) for x in (1.5, -1.5)], [math.trunc(x) for x in (1.5, -1.5)], math.floor(1e20))
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-7.5, 2), 1e300 * 1e10, -1e300 * 1e10, 1e-300 * 1e-300, 0.0 / 5, -0.0 + 0.0, 0.0 - 0.0, 1.0 % math.inf, -1.0 % math.inf, 5.0 // math.inf, -5.0 // math.inf, math.inf // 1 if False else "-")
inf, nan = math.inf, math.nan
print(inf + 1, inf - inf, inf * 0, inf / inf, inf ** 0, 1 ** nan, nan ** 0, inf > 10**400, -inf < 0, nan == nan, nan != nan, inf == inf, 0.0 == -0.0, inf % 2 if False else "-", 2 ** inf, 0.5 ** inf, (-1) ** inf, inf ** -1, (-inf) ** 3, (-8.0) ** 2)
print(max(1, nan), max(nan, 1), min(nan, 1), sorted([3, nan, 1]), nan in [nan], hash(inf), hash(-inf), hash(0.5), hash(1.0) == hash(1), hash(-0.0), hash(1e300), bool(nan), bool(0.0), bool(-0.0))
print(math.copysign(1, -0.0), math.copysign(3, nan) if False else 3.0, math.isnan(nan), math.isinf(-inf), math.isfinite(1e308), math.frexp(8.5), math.ldexp(0.53125, 4), math.modf(-2.75), math.fmod(-7, 3), math.remainder(7, 4), math.hypot(3, 4), math.hypot(1, 2, 2), math.dist((0, 0), (3, 4)))
print(math.sqrt(2), math.exp(1), math.expm1(1e-10), math.log(10), math.log(8, 2), math.log2(2**100), math.log10(1000), math.log1p(1e-10), math.log(10**400), math.exp2(10), math.pow(2, 0.5), math.fabs(-2))
print(math.sin(1), math.cos(1), math.tan(1), math.asin(1), math.acos(0), math.atan(1), math.atan2(-1, -1), math.sinh(1), math.cosh(1), math.tanh(1), math.degrees(math.pi), math.radians(180), math.pi, math.e, math.tau)
print(math.fsum([0.1] * 10), sum([0.1] * 10), math.ulp(1.0), math.nextafter(1, 2), math.nextafter(0, -1), math.gamma(5), math.lgamma(10), math.erf(1), math.erfc(1), math.sumprod([1, 2], [3, 4]), math.fma(2.0, 3.0, 1.0), math.isclose(0.1 + 0.2, 0.3), math.nextafter(1, 2, steps=3))
for code in ["float('')", "float('x')", "float('1_')", "float('1__0')", "float('0x1')", "float('1e')", "float(None)", "float('1 2')", "float(1j)", "int(inf)", "int(nan)", "1.0 / 0", "1.0 // 0", "1.0 % 0", "divmod(1.0, 0.0)", "0.0 ** -1", "2.0 ** 10000", "round(inf)", "round(nan)",
             "math.sqrt(-1)", "math.log(0)", "math.log(-1)", "math.exp(1000)", "math.acos(2)", "math.factorial(-1)", "math.factorial(1.5)", "math.fmod(1, 0)", "math.pow(0, -1)", "math.floor(inf)", "math.gamma(0)", "math.sin('x')", "math.sqrt()", "math.isqrt(-1)", "math.gcd(1.5)", "math.ldexp(1, 5000)",
             "float.fromhex('0xg')", "float.fromhex('0x1p5000')", "(inf).as_integer_ratio()", "nan.as_integer_ratio()", "round(1.5, 'x')", "math.comb(-1, 1)", "math.dist((1,), (1, 2))", "1.5 & 1", "1.5 << 1", "1.5()", "math.log(5, 1)", "math.hypot('a')", "float('inf', 1)", "math.cosh(1000)", "float.from_number('1')"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


class F(float):
    def __repr__(self): return f"F({float(self)})"


print(F(1.5), F(1.5) + 1, -F(2), F("3"), [F(1)], F(2).is_integer(), f"{F(1.25):.1f}", F(0.5).hex(), round(F(2.5)), divmod(F(7), 2), float(F(1)), type(F(1) * 2).__name__)
z = 3 + 4j
print(abs(z), z.conjugate(), z * z, z / (1 - 1j), z ** 2, z ** 0.5, -z, z == 3 + 4j, hash(z) == hash(3 + 4j), complex("1+2j"), complex(" -3j "), complex(1, 2), complex("inf"), complex(1.5), bool(0j), repr(-0j), complex(-0.0, -0.0), 1j * 1j, complex(1e400, -0.0), complex.from_number(2))
