# Searching, counting and splitting on long and adversarial texts, checked against a slow definition.
def slow_find(s, sub, start=0):
    for i in range(start, len(s) - len(sub) + 1):
        if s[i:i + len(sub)] == sub:
            return i
    return -1


def slow_count(s, sub):
    n = i = 0
    while (i := slow_find(s, sub, i)) >= 0:
        n += 1
        i += len(sub)
    return n


def slow_rfind(s, sub):
    for i in range(len(s) - len(sub), -1, -1):
        if s[i:i + len(sub)] == sub:
            return i
    return -1


state = 1


def rand(n):
    global state
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    return (state >> 12) % n


checks = bad = 0
for alphabet in ("ab", "abc\u00e9", "a\u65e5", "x\U0001f600y"):
    for _ in range(150):
        s = "".join(alphabet[rand(len(alphabet))] for _ in range(rand(40)))
        sub = "".join(alphabet[rand(len(alphabet))] for _ in range(1 + rand(4)))
        checks += 1
        got = (s.find(sub), s.rfind(sub), s.count(sub), sub in s, s.split(sub), s.replace(sub, "<>"), s.partition(sub)[0], s.rpartition(sub)[2])
        parts, i = [], 0
        while (j := slow_find(s, sub, i)) >= 0:
            parts.append(s[i:j])
            i = j + len(sub)
        parts.append(s[i:])
        first = slow_find(s, sub)
        last = slow_rfind(s, sub)
        want = (first, last, slow_count(s, sub), first >= 0, parts, "<>".join(parts), s[:first] if first >= 0 else s, s[last + len(sub):] if last >= 0 else s)
        if got != want:
            bad += 1
            print("differs", ascii(s), ascii(sub), got, want)
print(checks, "checks,", bad, "differences")
long = "a" * 10000 + "b"
print(long.find("b"), long.find("ab"), long.rfind("a"), long.count("a"), ("a" * 5000 + "b") in long, long.find("a" * 5000 + "c"), long.replace("a", "").count("b"))
text = "the quick brown fox " * 500
print(len(text.split()), text.count("quick"), text.rfind("fox"), len(set(text.split())), text.replace("quick ", "").count("brown"), text.find("fox the", 9000))
print(len("x,y," * 1000), len(("x,y," * 1000).split(",")), ("x,y," * 1000).rsplit(",", 2)[1:], ",".join(["z"] * 5), sum(map(len, text.splitlines())))
s = ""
for i in range(2000):
    s += chr(97 + i % 26)
print(len(s), s[1000:1010], s.count("abc"), s[-5:], hash(s) == hash("".join(chr(97 + i % 26) for i in range(2000))))
parts = []
for i in range(300):
    parts.append(str(i))
joined = "".join(parts)
print(len(joined), joined[100:110], joined.find("299"), joined.isdigit(), int(joined) % 1000007)
words = {}
for w in (text + "lazy dog " * 3).split():
    words[w] = words.get(w, 0) + 1
print(sorted(words.items(), key=lambda kv: (-kv[1], kv[0])))
print("abc".find("c", -1), "abc".find("a", -1), "abc".find("a", -100, 100), "abc".count("a", 1), "abc".count("", 1, 2), "aXbX".rfind("X", 0, 3), "abc".index("", 3), "ababab".rfind("ab", 1, 4))
print("é" * 100 == "é" * 99 + "é", ("日" * 50).find("日", 49), ("a" * 50 + "日").find("日"), ("a日" * 20).count("a日"), "x".join(["日"] * 3))
