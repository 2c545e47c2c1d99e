# Decimal digits of floats: every form rounds the exact value once, halves to even.
values = [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1.005, 0.1, 1 / 3, 2 / 3, 9.995, 99.995, 0.05, 999999.5, 1e15, 1e16,
          123456789012345.67, 1e21, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e-5, 1e-4, 9.9999e-5,
          4.35, 8.5, 1234.5678, -0.001, -1e-9, 72057594037927945.0, 0.30000000000000004, 1e100, 1e-22, 3e-23]
for x in values:
    print([f"{x:.{n}f}" for n in (0, 1, 2, 3, 6, 10, 17, 22, 23, 30)])
    print([f"{x:.{n}e}" for n in (0, 1, 2, 5, 15, 16, 17, 20)])
    print([f"{x:.{n}g}" for n in (0, 1, 2, 3, 6, 12, 15, 17, 18)])
    print([round(x, n) for n in (0, 1, 2, 3, 5, 10, 15, 22, 23, 300)], [round(x, -n) for n in (1, 2, 5, 20)])
    print("%.2f|%8.3f|%-9.1f|%+.1f|% .1f|%09.2f|%#.0f|%g|%#g|%G|%E" % ((x,) * 11))
    print(f"{x:,.2f} {x:_.3f} {x:+.1f} {x: .1f} {x:012.3f} {x:z.1f} {x:<12.2f}| {x:^12.2f}| {x:.1%} {x:#.0f} {x} {x:g} {x:n}")
for n in (0, 1, -1, 5, 255, -255, 12345, -98765, 2**40, -(2**61), 2**61, 2**64, 10**30, -(10**30)):
    print(f"{n:d} {n:5d}| {n:<7d}| {n:07d} {n:x} {n:#X} {n:o} {n:#b} {n:,} {n:_x} {n:+d} {n: d}".replace("0x", "0 x"), bin(n), oct(n), hex(n).replace("0x", "0 x"))
    print(("%d|%5d|%-5d|%05d|%x|%#x|%X|%o|%+d|% d|%i|%.4d" % ((n,) * 12)).replace("0x", "0 x"), str(n))
for n in range(0, 200, 7):
    print(str(10**n), str(-(7**n)), end=" ")
print()
for x in (0.5, 1.5, 2.5, -0.5, -1.5, 1e17, 2.0**62, -(2.0**60), 2.0**60, 1e300):
    print(round(x), end=" ")
print()
for bad in (lambda: round(float("inf")), lambda: round(float("nan")), lambda: round(1e308, -308), lambda: f"{1.5:d}", lambda: f"{3:.2d}"):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
