"""Counts words in text made on the spot: str methods, dict lookups, a sort by count."""


def text(n):
    state, syllables = 7, ["ka", "lo", "mi", "ne", "ru", "sa", "to"]
    words = []
    for _ in range(n):
        state = state * 48271 % 2147483647
        word = "".join(syllables[state // 7 ** k % 7] for k in range(1 + state % 3))
        words.append(word.title() if state % 11 == 0 else word + "," if state % 13 == 0 else word)
    return " ".join(words)


def count(text):
    counts = {}
    for word in text.split():
        word = word.strip(",.").lower()
        counts[word] = counts.get(word, 0) + 1
    return counts


counts = count(text(20_000))
top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
print(len(counts), sum(counts.values()), *(f"{w}:{n}" for w, n in top))
