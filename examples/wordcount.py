"""Counts words of a made-up text: string methods, dictionaries, sorting with keys, f-strings.

usage: wordcount.py [WORDS]       (default 500000)
"""
import sys
import time
from collections import Counter, defaultdict

SYLLABLES = "ba be bi bo ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to".split()


def make_text(words):
    state = 12345
    parts = []
    for i in range(words):
        state = (state * 1103515245 + 12345) % 2147483648
        # Low numbers come up more often than high ones, as with real words.
        rank = (state >> 8) % (1 + (state >> 16) % 400)
        word = SYLLABLES[rank % 32] + SYLLABLES[rank // 32 % 32] + SYLLABLES[rank * 7 % 32]
        parts.append(word.capitalize() if i % 9 == 0 else word)
        parts.append(". " if i % 9 == 8 else ", " if i % 5 == 4 else " ")
        if i % 60 == 59:
            parts.append("\n")
    return "".join(parts)


def by_dict(text):
    counts = {}
    for line in text.splitlines():
        for raw in line.split():
            word = raw.strip(".,").lower()
            counts[word] = counts.get(word, 0) + 1
    return counts


def by_chars(text):
    """Without split: one character at a time."""
    counts = defaultdict(int)
    word = []
    for char in text:
        if char.isalpha():
            word.append(char.lower())
        elif word:
            counts["".join(word)] += 1
            word.clear()
    return dict(counts)


def main():
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    text = make_text(words)
    start = time.perf_counter()
    first = by_dict(text)
    second = by_chars(text)
    third = Counter(text.translate(str.maketrans(".,\n", "   ")).casefold().split())
    took = time.perf_counter() - start
    assert first == second == third and sum(first.values()) == words, "the ways disagree"
    ranking = sorted(first.items(), key=lambda item: (-item[1], item[0]))
    for word, n in ranking[:5]:
        print(f"{word:10} {n:7,} {n / words:7.2%}")
    longest = max(len(line) for line in text.splitlines())
    figures = (len(first), ranking[0], len(text), longest)
    assert words != 500_000 or figures == (400, ("bababa", 8185), 3652777, 438), f"other figures than expected: {figures}"
    print(f"ok: {len(first)} different words among {words} in {took:.2f} s")


main()
