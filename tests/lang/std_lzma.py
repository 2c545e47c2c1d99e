# Streams of the three container formats, filter chains, and the errors of wrong ones.
import _lzma
import lzma

data = b"the same words again and again, " * 200 + bytes(range(256))


def report(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


for options in [
    {},
    {"format": lzma.FORMAT_ALONE},
    {"check": lzma.CHECK_SHA256, "preset": 1},
    {"check": lzma.CHECK_NONE, "preset": 9 | lzma.PRESET_EXTREME},
    {"filters": [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 3, "lc": 1, "lp": 2}]},
    {"filters": [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "mf": lzma.MF_HC3, "mode": lzma.MODE_FAST}]},
]:
    packed = lzma.compress(data, **options)
    d = lzma.LZMADecompressor()
    out = b"".join(d.decompress(packed[i : i + 7]) for i in range(0, len(packed), 7))
    print(len(packed), out == data, d.check, d.eof, d.needs_input, d.unused_data)

raw = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
packed = lzma.compress(data, lzma.FORMAT_RAW, filters=raw)
print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=raw) == data)

packed = lzma.compress(data)
d = lzma.LZMADecompressor()
parts = [d.decompress(packed + b"rest", 100)]
while not d.eof:
    parts.append(d.decompress(b"", 1000))
print([len(p) for p in parts], b"".join(parts) == data, d.unused_data)
print(lzma.decompress(packed + packed) == data + data)

report(lzma.LZMADecompressor, format=3, filters={})
for spec in [
    {"id": 33, "dict_size": 12345},
    {"id": lzma.FILTER_LZMA1, "lc": 1, "lp": 2, "pb": 0, "dict_size": 99999},
    {"id": 3, "dist": 5},
    {"id": 3, "dist": 0},
    {"id": 4, "start_offset": 16},
    {"id": 98},
    {"id": 33, "foo": 1},
    3,
    {},
]:
    report(_lzma._encode_filter_properties, spec)
for id, props in [(33, b"\x12"), (33, b"\xff"), (lzma.FILTER_LZMA1, b"]\0\0\x80\0"), (3, b"\4"), (4, b""), (4, b"a"), (98, b"")]:
    report(_lzma._decode_filter_properties, id, props)

report(lzma.LZMACompressor, format=5)
report(lzma.LZMACompressor, format=2, check=1)
report(lzma.LZMACompressor, preset=99)
report(lzma.LZMACompressor, preset=1, filters=[])
report(lzma.LZMACompressor, filters=[{"id": 33}] * 5)
report(lzma.LZMADecompressor, format=3)
report(lzma.LZMADecompressor, filters=raw)
report(lzma.decompress, b"garbage" * 3)
report(lzma.decompress, packed[:-5])
report(lzma.LZMADecompressor(memlimit=1).decompress, packed)
report(d.decompress, b"")
