"""Text built piece by piece: concatenation, join, formatting, slicing, replacing."""


def rows(n):
    out = ""
    for i in range(n):
        out += f"{i:05d};" + "ab"[i % 2] * (i % 7) + ";" + str(i * i) + "\n"
    return out


def summary(text):
    parts = []
    for line in text.splitlines():
        number, letters, square = line.split(";")
        parts.append(number[-3:] + letters.upper().replace("B", "<>") + square[::-1])
    return "|".join(parts)


text = rows(15_000)
packed = summary(text)
print(len(text), len(packed), packed.count("<>"), packed[-20:])
