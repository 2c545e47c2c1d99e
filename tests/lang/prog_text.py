# Text processing: word wrap, justify, caesar and vigenere, run lengths, anagrams, roman numerals, edit distance, Huffman, LZ, base conversion.
import heapq

TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness"


def wrap(text, width):
    line, out = [], []
    for word in text.split():
        if line and len(" ".join(line + [word])) > width:
            out.append(line)
            line = []
        line.append(word)
    return out + [line]


def justify(words, width):
    if len(words) == 1:
        return words[0]
    gaps, extra = divmod(width - sum(map(len, words)), len(words) - 1)
    return "".join(w + " " * (gaps + (i < extra)) for i, w in enumerate(words[:-1])) + words[-1]


for line in wrap(TEXT, 30):
    print(f"|{justify(line, 30)}|{' '.join(line):^30}|")


def caesar(s, k): return "".join(chr((ord(c) - b + k) % 26 + b) if c.isalpha() and (b := ord("a") if c.islower() else ord("A")) else c for c in s)
def vigenere(s, key, sign=1): return "".join(caesar(c, sign * (ord(key[i % len(key)]) - 97)) for i, c in enumerate(s))


print(caesar("Hello, World!", 3), caesar(caesar("Hello, World!", 3), -3), vigenere("attackatdawn", "lemon"), vigenere("lxfopvefrnhr", "lemon", -1))


def rle(s):
    out = []
    for c in s:
        if out and out[-1][0] == c:
            out[-1][1] += 1
        else:
            out.append([c, 1])
    return out


print(rle("aaabccdddd"), "".join(c * n for c, n in rle("wwwab")), "".join(f"{n}{c}" for c, n in rle("aab")))
groups = {}
for w in "listen silent enlist google elbow below state taste".split():
    groups.setdefault("".join(sorted(w)), []).append(w)
print([g for g in groups.values() if len(g) > 1])


def roman(n):
    out = ""
    for v, s in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split()):
        while n >= v:
            out, n = out + s, n - v
    return out


def unroman(s):
    values = dict(I=1, V=5, X=10, L=50, C=100, D=500, M=1000)
    return sum(v if v >= n else -v for v, n in zip([values[c] for c in s], [values[c] for c in s[1:]] + [0]))


print([roman(n) for n in (1, 4, 9, 14, 40, 90, 400, 1994, 2024)], all(unroman(roman(n)) == n for n in range(1, 3000, 7)))


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diag, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diag, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diag + (x != y))
    return row[-1]


def lcs(a, b):
    table = [[""] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + x if x == y else max(table[i][j + 1], table[i + 1][j], key=len)
    return table[-1][-1]


print(distance("kitten", "sitting"), distance("", "abc"), distance("flaw", "lawn"), lcs("AGGTAB", "GXTXAYB"), lcs("python runtime", "pantomime"))


def huffman(text):
    heap = [(text.count(c), i, c) for i, c in enumerate(sorted(set(text)))]
    heapq.heapify(heap)
    n = len(heap)
    while len(heap) > 1:
        (a, _, x), (b, _, y) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, n, (x, y)))
        n += 1
    codes = {}

    def walk(node, prefix):
        if isinstance(node, str):
            codes[node] = prefix or "0"
        else:
            walk(node[0], prefix + "0")
            walk(node[1], prefix + "1")
    walk(heap[0][2], "")
    return codes


codes = huffman(TEXT)
coded = "".join(codes[c] for c in TEXT)
back, cur, rev = "", "", {v: k for k, v in codes.items()}
for bit in coded:
    cur += bit
    if cur in rev:
        back, cur = back + rev[cur], ""
print(len(coded), back == TEXT, codes["e"], codes[" "], sorted(codes, key=lambda c: (len(codes[c]), c))[:5])


def lzw(s):
    table, w, out = {chr(i): i for i in range(128)}, "", []
    for c in s:
        if w + c in table:
            w += c
        else:
            out.append(table[w])
            table[w + c] = len(table)
            w = c
    return out + [table[w]]


def unlzw(codes):
    table, w = {i: chr(i) for i in range(128)}, chr(codes[0])
    out = [w]
    for k in codes[1:]:
        entry = table[k] if k in table else w + w[0]
        out.append(entry)
        table[len(table)] = w + entry[0]
        w = entry
    return "".join(out)


print(lzw("abababab"), unlzw(lzw(TEXT)) == TEXT, len(lzw(TEXT)), len(TEXT))


def to_base(n, b): return "0" if n == 0 else (to_base(n // b, b).lstrip("0") if n >= b else "") + "0123456789abcdefghijklmnopqrstuvwxyz"[n % b]


print(to_base(255, 16), to_base(10**20, 36), to_base(0, 2), all(int(to_base(n, b), b) == n for n in range(0, 5000, 37) for b in (2, 7, 36)), "racecar"[::-1] == "racecar", " ".join(w[::-1] for w in "abc de".split()), "".join(sorted("pangram")), sum(c in "aeiou" for c in TEXT), max(TEXT.split(), key=len), TEXT.title().swapcase()[:12])
