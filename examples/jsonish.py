"""A parser and printer for JSON, written as a class with one method for each rule, checked against the library's json.

usage: jsonish.py [RECORDS]       (default 10000)
"""
import json
import sys
import time

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}


class Malformed(ValueError):
    def __init__(self, message, at):
        super().__init__(f"{message} at {at}")
        self.at = at


class Parser:
    def __init__(self, text):
        self.text, self.at = text, 0

    def parse(self):
        value = self.value()
        self.blank()
        if self.at != len(self.text):
            raise Malformed("something after the value", self.at)
        return value

    def blank(self):
        text, at, end = self.text, self.at, len(self.text)
        while at < end and text[at] in " \t\r\n":
            at += 1
        self.at = at

    def peek(self):
        self.blank()
        return self.text[self.at] if self.at < len(self.text) else ""

    def expect(self, char):
        if self.peek() != char:
            raise Malformed(f"expected {char!r}", self.at)
        self.at += 1

    def value(self):
        match self.peek():
            case "{":
                return self.object()
            case "[":
                return self.array()
            case '"':
                return self.string()
            case "t" | "f" | "n":
                return self.word()
            case "":
                raise Malformed("expected a value", self.at)
            case _:
                return self.number()

    def object(self):
        self.expect("{")
        found = {}
        if self.peek() == "}":
            self.at += 1
            return found
        while True:
            self.blank()
            key = self.string()
            self.expect(":")
            found[key] = self.value()
            if self.peek() == "}":
                self.at += 1
                return found
            self.expect(",")

    def array(self):
        self.expect("[")
        found = []
        if self.peek() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value())
            if self.peek() == "]":
                self.at += 1
                return found
            self.expect(",")

    def string(self):
        self.expect('"')
        parts, text = [], self.text
        while True:
            start = self.at
            while self.at < len(text) and text[self.at] not in '"\\':
                self.at += 1
            parts.append(text[start:self.at])
            if self.at >= len(text):
                raise Malformed("string without an end", start)
            self.at += 1
            if text[self.at - 1] == '"':
                return "".join(parts)
            escape = text[self.at]
            self.at += 1
            if escape == "u":
                parts.append(chr(int(text[self.at:self.at + 4], 16)))
                self.at += 4
            elif escape in ESCAPES:
                parts.append(ESCAPES[escape])
            else:
                raise Malformed("unknown escape", self.at)

    def word(self):
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        raise Malformed("unknown word", self.at)

    def number(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "+-.eE0123456789":
            self.at += 1
        digits = self.text[start:self.at]
        try:
            return float(digits) if set(digits) & set(".eE") else int(digits)
        except ValueError:
            raise Malformed("not a number", start) from None


def show(value):
    """The value as text, from a generator that calls itself."""
    if isinstance(value, dict):
        yield "{"
        for i, (key, item) in enumerate(value.items()):
            yield f'{", " if i else ""}{json.dumps(key)}: '
            yield from show(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for i, item in enumerate(value):
            if i:
                yield ", "
            yield from show(item)
        yield "]"
    elif value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    else:
        yield json.dumps(value) if isinstance(value, str) else repr(value)


def record(n):
    return {
        "id": n, "name": f"item \"{n}\"\n", "price": n * 1.25 + 0.1, "tags": [f"t{n % k}" for k in range(1, 7)],
        "nested": {"even": n % 2 == 0, "none": None, "big": 3**n % 10**20, "tiny": 1 / (n + 1), "empty": [{}, []]},
        "unicode": "h\u00e9llo \u2713",
    }


def main():
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    data = [record(n) for n in range(records)]
    text = json.dumps(data)
    start = time.perf_counter()
    parsed = Parser(text).parse()
    shown = "".join(show(parsed))
    took = time.perf_counter() - start
    assert parsed == data == json.loads(text), "parsed something else"
    assert shown == text, "printed something else"
    for bad in ['{"a" 1}', "[1, 2", '"abc', "tru", "[1] 2", "-", '{"a": }']:
        try:
            Parser(bad).parse()
        except Malformed as error:
            print(f"{bad:10} {error}")
        else:
            raise AssertionError(f"{bad} went through")
    print(f"ok: {len(text)} characters in {took:.2f} s")


main()
