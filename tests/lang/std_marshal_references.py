import io, marshal

shared = "a text of some length, made at run time" + str(1)[:0]
pair = [shared, shared]
new = marshal.loads(marshal.dumps(pair))
print(new == pair, new[0] is new[1])
print(len(marshal.dumps(pair)) < len(marshal.dumps(pair, 2)))
print(marshal.loads(marshal.dumps(pair, 2))[0] is not None)

loop = []
loop.append(loop)
new = marshal.loads(marshal.dumps(loop))
print(type(new), new[0] is new)
loop = {}
loop[None] = loop
new = marshal.loads(marshal.dumps(loop))
print(type(new), new[None] is new)
loop = ([],)
loop[0].append(loop)
new = marshal.loads(marshal.dumps(loop))
print(type(new), new[0][0] is new)
part = slice([], None)
part.start.append(part)
for bad in (part, [1, object()], {1: {2: int}}):
    try:
        marshal.dumps(bad)
    except ValueError as e:
        print(e)
loop = []
loop.append(loop)
try:
    marshal.dumps(loop, 2)
except ValueError as e:
    print(e)
for kind in set, frozenset:
    for version in range(6):
        for items in ([1, 2, "x", b"y", (1.5, 2j)], [("Spam", i) for i in range(6)]):
            new = marshal.loads(marshal.dumps(kind(items), version))
            assert type(new) is kind and new == kind(items)
for x in (1.5, -0.0, 1e300, 1.1, 3.5 - 2.25j):
    for version in (0, 1, 2):
        assert repr(marshal.loads(marshal.dumps(x, version))) == repr(x)
print(marshal.dumps(0.1, 0), marshal.dumps(1 / 3, 1))

for data in (
    b"I" + b"\1" * 8, b"f\x031.5", b"x\x031.5\x032.5", b"\xa8\1\0\0\0[\1\0\0\0r\0\0\0\0", b"\xdb\1\0\0\0r\0\0\0\0",
    b"l\2\0\0\0\0\0\0\0", b"l\1\0\0\0\0\x80", b"l\xff\xff\xff\x7f", b"[\xff\xff\xff\xff", b"\0", b"Q", b"", b"[\1\0\0\0",
    b"\x81", b"[\1\0\0\0\x30", b"u\1\0\0\0\xff", b"{N", b"r\0\0\0\0", b"\xbe\1\0\0\0r\0\0\0\0", b"\xbar\0\0\0\0NN",
    b"\xbc\1\0\0\0r\0\0\0\0", b"t\1\0\0\0x", b"(\xff\xff\xff\x7f", b"z",
):
    try:
        print(data, marshal.loads(data))
    except Exception as e:
        print(data, repr(e))

file = io.BytesIO()
values = [1, "abc", b"def", 1.0, (2, "a", ["b", b"c"], {3: {4}}), None, -(2**100), [shared] * 3]
for v in values:
    marshal.dump(v, file)
    file.write(b"between")
file.seek(0)
for v in values:
    print(marshal.load(file) == v, file.read(7))


class Wrong(io.BytesIO):
    def readinto(self, room):
        return super().readinto(room) + 1000


class Text:
    def read(self, n):
        return "x"


for file in (Wrong(marshal.dumps(1.0)), io.BytesIO(marshal.dumps("text")[:3]), Text(), io.BytesIO()):
    try:
        marshal.load(file)
    except Exception as e:
        print(repr(e))


class Item:
    def __hash__(self):
        return 0

    def __buffer__(self, flags):
        sample.update(range(1000, 1400))
        return memoryview(b"abc")


sample = {Item()} | set(range(1, 60))
try:
    marshal.dumps(sample)
except RuntimeError as e:
    print(e)
