# JSON text: strings of every length around a block, and texts of every width.
import json

for n in (0, 1, 14, 15, 16, 17, 31, 32, 33, 47, 64, 100):
    plain = "a" * n
    assert json.loads('"%s"' % plain) == plain
    for special in ('\\"', "\\\\", "\\n", "\\u20ac", "\\ud83d\\ude00"):
        text = '["%s%s%s"]' % (plain, special, plain)
        assert json.loads(text) == [plain + json.loads('"%s"' % special) + plain], text
    for bad in ("\n", "\x00", "\x1f", "\t"):
        text = '"%s%s%s"' % (plain, bad, plain)
        assert json.loads(text, strict=False) == plain + bad + plain
        try:
            json.loads(text)
        except json.JSONDecodeError as e:
            print(n, e)
    try:
        json.loads('"' + plain)
    except json.JSONDecodeError as e:
        print(n, e)
for wide in ("", "\xe9", "\u20ac", "\U0001f600"):
    print(ascii(json.loads('{"%sk": [1, -2, 3.5, -0, 0.25e2, 1E-2, 12345678901234567890, null, true, false, NaN, -Infinity], "x": "%s"}' % (wide, wide))))
    for text in ("[1,]", "{1: 2}", '{"a" 1}', "01", "-", "1.", "[1 2]", "nul", "\xff", "tru\u20ac", '{"a": 1,}', "[-]", "1e", "[1e+]"):
        try:
            print(json.loads(' ["%s"], ' % wide + text))
        except json.JSONDecodeError as e:
            print(ascii(text), e)
        try:
            print(ascii(json.loads(text + " " * bool(wide))))
        except json.JSONDecodeError as e:
            print(ascii(text), e)
