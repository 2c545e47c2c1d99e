"""Compare the codecs of the crate adder-unicode with the running Python's, on random and on chosen inputs.

Run under python3.14 in the repository:  python3.14 scripts/check-codecs.py
"""

import codecs
import os
import random
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
COMMAND = ["cargo", "run", "-q", "--release", "-p", "adder-unicode", "--example", "codecs"]
rng = random.Random(7)
log = []


def logged(policy):
    def handler(e):
        log.append(f"{e.encoding}:{e.reason},{e.start},{e.end}")
        return policy(e)
    return handler


def refuse(e):
    raise e


POLICIES = {
    "question": lambda e: ("?", e.end),
    "next": lambda e: ("<\u00e9>" if isinstance(e, UnicodeDecodeError) else "!", e.start + 1),
    "skip": lambda e: ("", e.end),
    "accent": lambda e: ("\u00e9", e.end),
    "bytes": lambda e: (b"\xff\xfe", e.end),
    "three": lambda e: (b"abc", e.end),
    "strict": refuse,
}
for standard in ("backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass"):
    POLICIES[standard] = codecs.lookup_error(standard)
for name, policy in POLICIES.items():
    codecs.register_error("check-" + name, logged(policy))

NAMES = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "ascii", "latin-1",
         "unicode_escape", "raw_unicode_escape")


def decode_wanted(name, last, policy, data):
    log.clear()
    errors = "check-" + policy
    order = 0
    try:
        if name.startswith(("utf-16", "utf-32")):
            start = -1 if name.endswith("le") else 1 if name.endswith("be") else 0
            function = codecs.utf_16_ex_decode if "16" in name else codecs.utf_32_ex_decode
            text, used, order = function(data, errors, start, last)
        elif name in ("ascii", "latin-1"):
            text, used = getattr(codecs, name.replace("-", "_") + "_decode")(data, errors)
        else:
            text, used = getattr(codecs, name.replace("-", "_") + "_decode")(data, errors, last)
    except UnicodeDecodeError:
        return "error|" + ";".join(log)
    return f"{' '.join('%x' % ord(c) for c in text)}|{used}|{order}|{';'.join(log)}"


def encode_wanted(name, policy, text):
    log.clear()
    try:
        data = getattr(codecs, name.replace("-", "_") + "_encode")(text, "check-" + policy)[0]
    except UnicodeEncodeError:
        return "error|" + ";".join(log)
    return data.hex() + "|" + ";".join(log)


INTERESTING = {
    "utf-8": [0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xA0, 0x9F, 0xED, 0xEE, 0xEF, 0xF0, 0x90, 0x8F, 0xF4, 0xF5, 0xFF, 0xE2, 0x82, 0xAC],
    "utf-16": [0, 0xD8, 0xDB, 0xDC, 0xDF, 0xFE, 0xFF, 0x41],
    "utf-32": [0, 0, 0, 0xD8, 0x10, 0x11, 0xFE, 0xFF, 0x41],
    "utf-7": list(b"++--AAa2/D3Z1 \n~\\\x80\xff!"),
    "ascii": [0x41, 0x80, 0xFF],
    "latin-1": [0x41, 0x80, 0xFF],
    "unicode_escape": list(b"\\\\\\\\nxuUN{}0017f'\"\nbq\xe9A"),
    "raw_unicode_escape": list(b"\\\\\\uuU0011fA\xe9"),
}
CHOSEN = [b"\\N{SNAKE}", b"\\N{snake}x", b"\\N{NULL}", b"\\N{LATIN SMALL LETTER R WITH TILDE}", b"\\N{foo}", b"\\U0010ffff", b"\\U00110000", b"\\ud800\\udc00",
          b"+2D3cDQ-", b"+AGEAYg", b"a+AGEAYg-b", b"+2D0-", b"+2D0", b"+2D3cDQ", b"+AG", b"+-+", b"+A-", b"+AA-", b"+AAA-", b"+AAB-", b"+IKwgrA",
          b"\xed\xa0\x80", b"\xed\xa0\x80\xed\xb0\x80", b"\xff\xfe\x00\xd8", b"\x00\x00\xfe\xff\x00\x00\xd8\x00"]
DECODE_POLICIES = ("question", "next", "skip", "strict", "backslashreplace", "surrogateescape", "surrogatepass")
ENCODE_POLICIES = ("question", "next", "accent", "bytes", "three", "strict", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass")


def cases():
    for name in NAMES:
        key = name if name in INTERESTING else name[:6]
        for i in range(6000):
            pool = INTERESTING[key] if i % 4 else range(256)
            data = bytes(rng.choice(pool) for _ in range(rng.randrange(0, 13)))
            if i < len(CHOSEN):
                data = CHOSEN[i]
            last, policy = rng.random() < 0.6, rng.choice(DECODE_POLICIES)
            yield f"decode {name} {int(last)} {policy} {data.hex()}", decode_wanted(name, last, policy, data)
        for _ in range(3000):
            pools = rng.sample([range(0x80), range(0x80, 0x100), range(0x110000), range(0xD800, 0xE000), range(0xDC80, 0xDD00), [0x2B, 0x2D, 0x5C, 0x7E], range(0x10000, 0x10FFFF)], 2)
            text = "".join(chr(rng.choice(rng.choice(pools))) for _ in range(rng.randrange(0, 9)))
            policy = rng.choice(ENCODE_POLICIES)
            yield f"encode {name} {policy} {' '.join('%x' % ord(c) for c in text)}", encode_wanted(name, policy, text)


lines = list(cases())
done = subprocess.run(COMMAND, cwd=ROOT, input="\n".join(line for line, _ in lines) + "\n", capture_output=True, text=True)
answers = done.stdout.splitlines()
wrong = 0
for (line, wanted), got in zip(lines, answers):
    if got != wanted:
        wrong += 1
        if wrong <= 20:
            print(f"{line}\n     got {got}\n  wanted {wanted}")
if len(answers) != len(lines):
    print(done.stderr)
    wrong += 1
print(f"{len(lines)} checks, {wrong} differences")
sys.exit(wrong != 0)
