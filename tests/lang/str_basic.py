# Everyday strings.
name = "Ada"
greeting = "Hello, " + name + "!"
print(greeting, len(greeting), greeting[0], greeting[-1], greeting[7:10], greeting[::-1])
print(greeting.upper(), greeting.lower(), greeting.replace("l", "L"), greeting.find("Ada"), greeting.count("l"))
words = "the quick brown fox".split()
print(words, len(words), " ".join(reversed(words)), "-".join(words), [w.capitalize() for w in words])
print("abc" in "xabcx", "z" not in "abc", "a" < "b", "abc" == "ab" + "c", "a" * 5, "=" * 10)
print("  strip me ".strip(), "a,b,c".split(","), "line1\nline2".splitlines(), "x=1".partition("="))
for ch in "hey":
    print(ch, ord(ch), end=" ")
print()
print("%s is %d years and %.1f%%" % ("Bob", 42, 99.5), "{} and {}".format(1, "two"), f"{name!r} {len(name):>5} {3.14159:.2f}")
print("multi"
      "part", 'single "quoted"', "it's", "tab\there", r"raw\n", """triple
quoted""")
s = ""
for i in range(5):
    s += str(i)
print(s, int(s) + 1, s.isdigit(), "abc".isalpha(), "aB".swapcase(), "title case".title())
print(sorted("hello"), list("abc"), "".join(sorted(set("mississippi"))), max("hello"), "abc".startswith("ab"), "abc".endswith("bc"))
vowels = sum(1 for c in "programming language" if c in "aeiou")
print(vowels, "racecar" == "racecar"[::-1], chr(65), "ABC".lower().upper(), "a-b_c".replace("-", " ").replace("_", " "))
print(str(3.0), str(True), str(None), str([1, "a"]), repr("a\nb"), "é".upper(), len("héllo"), "x".rjust(3) + "|" + "x".ljust(3) + "|" + "x".center(3))
try:
    "abc"[10]
except IndexError as e:
    print(e)
try:
    "abc" + 1
except TypeError as e:
    print(e)
