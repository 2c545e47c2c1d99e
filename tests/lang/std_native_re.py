# re: many patterns over many texts, by every method; sets, repeats, prefixes, groups, widths of text.
import re

texts = ['', 'a', 'aaa bbb', 'The quick brown fox, jumps over 12 lazy dogs!\n' * 3, 'x=1, y = "two", z=3.5e10;\n# note\n' * 2, 'ab' * 40 + 'c', 'foo.bar@baz.com, no@no', 'aAbB' * 10,
         'caf\u00e9 na\u00efve \u00df', '\u4e2d\u6587 text \u0663\u0664', '\U0001F600 smile \U00010400', '"""doc""" and "q\\"x"', '(((a)b)c)', '2024-01-02T03:04:05', '  lead\ttab\n\nend  ', 'a' * 300 + 'b', '\xe9' * 50 + 'e',
         'key: value\nother: thing\n\nlast', '<a href="x">y</a><b/>', 'one1two22three333']
patterns = [r'a', r'a*', r'a+?b', r'\w+', r'\W+', r'\d+', r'\s*', r'[a-z]+', r'[^a-z\s]+', r'[aeiou]', r'(?i)[a-c]+', r'(?i)the|fox', r'fox|dog|lazy', r'(\w)\1', r'(\w+)\s+(\w+)', r'^\w+', r'(?m)^\w+', r'\w+$', r'(?m)$',
            r'"[^"]*"', r'""".*?"""', r'(?s)".*?"', r'\bq\w*', r'\B.', r'(?<=\s)\w', r'(?<!\w)\w{3}(?!\w)', r'(?=\d)', r'(?P<k>\w+)\s*[:=]\s*(?P<v>[^,\n]+)', r'(?:ab)+', r'(?:ab){2,5}?', r'(?:a|b)*c', r'(a|ab)(c|bcd)*', r'(?>a+)b', r'a++b',
            r'(?:a*+b)?', r'[\w.]+@[\w.]+', r'(\d{4})-(\d\d)-(\d\d)', r'(?a:\w+)', r'\u00e9+', r'[\u00e0-\u00ff]+', r'[\u4e00-\u9fff]', r'\U0001F600', r'.', r'(?s).{3}', r'x?', r'(x)?(?(1)=|q)', r'(?i:\xc9)', r'[^\x00-\x7f]', r'(?x) \d+ # digits', r'<(\w+)[^>]*>',
            r'(((a)))', r'\(+', r'[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?', r'a{2}', r'[a]', r'[ab]b', r'jumps over', r'(?:one|two|three)\d+', r'\Aa', r'c\Z', r'(.)(.)(.)\3?\2?\1?']
def spans(m): return None if m is None else (m.span(), m.groups(), m.lastindex)
total = 0
for p in patterns:
    r = re.compile(p)
    mine = 0
    for t in texts:
        out = [spans(r.match(t)), spans(r.search(t)), spans(r.fullmatch(t)), r.findall(t), [spans(m) for m in r.finditer(t)], r.split(t), r.sub('<X>', t), r.subn(lambda m: m.group()[::-1], t, 3),
               spans(r.search(t, 2)), spans(r.match(t, 1, 5)), [spans(m) for m in r.finditer(t, 3, 20)]]
        for ch in repr(out): mine = (mine * 31 + ord(ch)) % (1 << 61)
        if t.isascii():
            b = re.compile(p.encode()) if p.isascii() and '\\u' not in p and '\\U' not in p else None
            if b:
                for ch in repr([spans(m) for m in b.finditer(t.encode())]): mine = (mine * 31 + ord(ch)) % (1 << 61)
    print(p, mine)
r = re.compile('[a-f]+')
for _ in range(40):
    assert [m.group() for m in r.finditer('xxabcxx' * 30 + 'z\u4e2dface')][-1] == 'face'
def nested(m): return r.sub('-', m.group())
print(re.sub(r'\w+', nested, 'abc xyz fade'), r.sub(lambda m: r.pattern[1], 'zaz'))
