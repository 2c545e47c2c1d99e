# Errors in a generator whose inner loop runs long enough to be compiled apart.
class CalcError(Exception):
    def __init__(self, message, at):
        super().__init__(message)
        self.at = at


class Token:
    __slots__ = ("kind", "value", "at")

    def __init__(self, kind, value, at):
        self.kind, self.value, self.at = kind, value, at

    def __repr__(self):
        return f"{self.kind}:{self.value}@{self.at}"


def tokens(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit() or c == ".":
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == "."):
                j += 1
            try:
                number = float(text[i:j]) if "." in text[i:j] else int(text[i:j])
            except ValueError:
                raise CalcError(f"bad number {text[i:j]}", i) from None
            yield Token("num", number, i)
            i = j
        elif c.isalpha():
            j = i
            while j < len(text) and text[j].isalnum():
                j += 1
            yield Token("name", text[i:j], i)
            i = j
        elif c in "+-*/%^()=,!":
            yield Token("op", c, i)
            i += 1
        else:
            raise CalcError(f"unexpected {c!r}", i)
    yield Token("end", None, len(text))

for t in ['1 + 2', '2 - x', '$', '1.2.3', '1']:
    try:
        print(list(tokens(t)))
    except CalcError as e:
        print('ok', e)
