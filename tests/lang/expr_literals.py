# Literals of every kind and how they read back.
print(0b1010, 0o17, 0xFF, 0XfF, 1_000_000, 0b1_0, 0x_ff, 00, 0_0)
print(1e3, 1E-3, .5, 5., 1_0.0_1e1_0, 0.1e-10, 1e400, 123456789.123456789, 00.5, 1e22, 1e23)
print(1j, 1.5J, 1e3j, 0j, 1_0j, -0j, 3+4j, -1j)
print("a" 'b' """c""" '''d''', 'it''s', "tab\tnew\\n", r"raw\n", R'\'')
print("\x41\101\u0041\U00000041\N{LATIN SMALL LETTER A}\N{BULLET}", "\0".encode(), "\a\b\f\v\r".encode(), "a\
b")
print(b"bytes\x00\xff\n" b'more', rb"\x00", Rb"raw", bR'x')
print(["\ud800", "\udcff", "é", "日本", "😀", "\x7f", "\x80", "\xa0", "\xad", "\u200b", "\u2028", "\U0010ffff"].__repr__().encode("ascii", "backslashreplace"))
print(repr("'"), repr('"'), repr("'\""), repr("\\"), repr("\n\t\r\x01"), repr(b"'"), repr(b"'\""), ascii("é日😀"))
print((), (1,), (1, 2), [], [1], {}, {1: 2}, {1}, set(), frozenset(), ..., None, True, NotImplemented)
print({1, 1.0, True}, {1: "a", 1.0: "b", True: "c"}, {"a": 1, "a": 2})
print([1, 2,], (1, 2,), {1: 2,}, {1,})
print((1, 2)[0], [1, 2][-1], {"a": 1}["a"], "abc"[1], (lambda: 5)(), [i for i in "ab"])
print("""three
lines
here""", '''and "quotes" inside''', """ends with \"""")
print(1 .real, 1.0.imag, 1..real, 5 .bit_length(), "x".upper(), [].__len__(), {}.keys(), ().count(1))
print(type(1), type(1.0), type(1j), type(""), type(b""), type(()), type([]), type({}), type({1}), type(...), type(None))
print(9223372036854775807, 9223372036854775808, -9223372036854775808, -9223372036854775809, 2305843009213693951, 2305843009213693952)
print(0xffffffffffffffffffffffff, 123456789012345678901234567890, 0b1 * 2, 0o777777777777777777777777)
print(1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 1e-400, 4.9e-324, 2.5e-324)
print(0.1, 0.2, 0.3, 1/3, 100.0, 1e15, 1e16, 123456789012345680.0, 0.0001, 0.00001, 1.0e-5, -0.0)
print(eval("1_0"), eval("'a' 'b'"), eval("(\n1\n+\n2)"), eval(" 1"), eval("\t1"))
for bad in ["1__0", "1_", "0b2", "0o8", "0xg", "1e", "012", "0_7", "1.e_5", "'abc", "b'é'", "1a", "0b", "'\\x4'", "'\\u12'",
            "'\\N{NOT A NAME}'", "b'\\xg0'", "1.5.5", "0777", "1_000_", "f'{'", "f'{}'", "'a' b'b'", "'''abc", "$", "a?b"]:
    try:
        print(bad, eval(bad))
    except SyntaxError as e:
        print(bad, "->", e.msg)
