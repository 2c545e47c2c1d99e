#!/usr/bin/env python3
"""Writes runtime/unicode/src/codec/tables_cjk.bin: the multibyte encodings of East Asia, as CPython 3.14 has them.

usage: python3.14 scripts/gen-cjk.py

The format is told in runtime/unicode/src/codec/multibyte.rs, which reads it. Every sequence and every code point is asked for.
"""

import pathlib
import sys

# Each encoding with the one it is written as a difference to; the order is that of CHARSETS in multibyte.rs.
CHARSETS = [
    ("shift_jis", None), ("cp932", "shift_jis"), ("shift_jis_2004", "shift_jis"), ("shift_jisx0213", "shift_jis_2004"),
    ("euc_jp", None), ("euc_jis_2004", "euc_jp"), ("euc_jisx0213", "euc_jis_2004"),
    ("gb2312", None), ("gbk", "gb2312"), ("gb18030", "gbk"),
    ("big5", None), ("cp950", "big5"), ("big5hkscs", "big5"),
    ("euc_kr", None), ("cp949", "euc_kr"), ("johab", None),
]
PAIR = 0x110000


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    return varint(n << 1 if n >= 0 else (-n << 1) - 1)


def decode(name, seq):
    """The text, or the length of the malformed stretch with whether it is only incomplete."""
    try:
        return bytes(seq).decode(name)
    except UnicodeDecodeError as e:
        return (e.end - e.start, "incomplete" in e.reason) if e.start == 0 else None


def survey(name):
    two, three, table, whole = set(), set(), {}, set()
    for a in range(256):
        r = decode(name, [a])
        if isinstance(r, str):
            table[a] = r
        elif r[1]:
            two.add(a)
    for a in sorted(two):
        for b in range(256):
            r = decode(name, [a, b])
            if isinstance(r, str):
                # Where the first byte alone is malformed the result is two characters, but "two" has no such byte.
                if len(r) == 1 or name in PAIRED:
                    table[a << 8 | b] = r
            elif r and r == (2, True):
                if name not in ("gb18030", "euc_kr"):
                    three.add(a)
            elif r == (2, False):
                whole.add(a << 8 | b)
    for a in sorted(three):
        for b in range(256):
            for c in range(256):
                r = decode(name, [a, b, c])
                if isinstance(r, str) and len(r) == 1:
                    table[a << 16 | b << 8 | c] = r
    return two, three, table, whole


PAIRED = {"shift_jis_2004", "shift_jisx0213", "euc_jis_2004", "euc_jisx0213", "big5hkscs"}


def four_bytes():
    """gb18030's sequences of four bytes: (linear position, code point, count), none longer than needed."""
    runs = []
    for cp in range(0x80, 0x110000):
        if 0xD800 <= cp < 0xE000:
            continue
        b = chr(cp).encode("gb18030")
        if len(b) != 4 or b.decode("gb18030") != chr(cp):
            continue
        at = ((b[0] - 0x81) * 10 + b[1] - 0x30) * 1260 + (b[2] - 0x81) * 10 + b[3] - 0x30
        if runs and runs[-1][0] + runs[-1][2] == at and runs[-1][1] + runs[-1][2] == cp:
            runs[-1][2] += 1
        else:
            runs.append([at, cp, 1])
    return runs


def encoded(name, text):
    """The sequence as a number; 0 where there is none, or one of eight bytes (euc_kr's composed syllables, which need no table)."""
    try:
        data = text.encode(name)
        return int.from_bytes(data) if len(data) < 5 else 0
    except UnicodeEncodeError:
        return 0


def bitmap(members):
    return sum(1 << i for i in members).to_bytes(32, "little")


def write_map(entries):
    """Pairs in order of their keys, as runs of keys that follow each other."""
    out, keys = bytearray(), sorted(entries)
    runs, last = [], None
    for k in keys:
        if last is not None and k == last + 1:
            runs[-1].append(k)
        else:
            runs.append([k])
        last = k
    out += varint(len(runs))
    at, value = 0, 0
    for run in runs:
        out += varint(run[0] - at) + varint(len(run))
        for k in run:
            out += zigzag(entries[k] - value)
            value = entries[k] + 1
        at = run[-1] + 1
    return bytes(out)


def main():
    done, out = {}, bytearray()
    for name, base in CHARSETS:
        two, three, table, whole = survey(name)
        pairs = sorted({t for t in table.values() if len(t) > 1})
        codes = {s: ord(t) if len(t) == 1 else PAIR + pairs.index(t) for s, t in table.items()}
        inherited = {s: c for s, c in done[base].items() if c < PAIR} if base else {}
        # A pair's number is the charset's own, so pairs are never inherited. PAIR + len(pairs) takes a mapping
        # away, the number after it also says that both bytes are malformed, not the first alone.
        change = {s: c for s, c in codes.items() if inherited.get(s) != c}
        change |= {s: PAIR + len(pairs) for s in inherited if s not in codes}
        change |= {s: PAIR + len(pairs) + 1 for s in whole}
        back = {}
        for s in sorted(codes, reverse=True):
            back[codes[s]] = s
        four = four_bytes() if name == "gb18030" else []
        in_four = {cp + i for _, cp, n in four for i in range(n)}
        special = {}
        for cp in range(0x110000):
            if 0xD800 <= cp < 0xE000 or cp in in_four and cp not in back:
                continue
            right = encoded(name, chr(cp))
            if right != back.get(cp, 0) or cp == 0 and back.get(0) != 0:
                special[cp] = right
        for i, t in enumerate(pairs):
            if encoded(name, t) != back[PAIR + i]:
                sys.exit(f"{name}: pair {t!a}")
        out += varint(1 + [n for n, _ in CHARSETS].index(base) if base else 0)
        out += bitmap(two) + bitmap(three)
        out += varint(len(pairs)) + b"".join(varint(ord(c)) for t in pairs for c in t)
        out += write_map(change) + write_map(special)
        out += varint(len(four)) + b"".join(varint(v) for run in four for v in run)
        done[name] = codes
        print(name, len(codes), len(change), len(special), len(pairs), len(four), sorted(three), len(out), file=sys.stderr)
    target = pathlib.Path(__file__).parent.parent / "runtime/unicode/src/codec/tables_cjk.bin"
    target.write_bytes(out)


main()
