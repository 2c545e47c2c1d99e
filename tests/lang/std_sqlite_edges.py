import sqlite3

c = sqlite3.connect(":memory:")
for name in ("autocommit", "isolation_level", "row_factory", "text_factory"):
    try:
        delattr(c, name)
    except AttributeError as e:
        print(e)
c.execute("create table t(b blob)")
c.execute("insert into t values (?)", (b"0123456789",))
blob = c.blobopen("t", "b", 1)
print(blob[3:8:-1], blob[2:8:2])
blob[3:8:-1] = b""
blob[0:4:2] = b"xy"
for part in (slice(9, 0, -2), slice(None, None, -1)):
    try:
        blob[part]
    except ValueError as e:
        print(e)
    try:
        blob[part] = bytes(len(range(*part.indices(10))))
    except ValueError as e:
        print(e)
print(blob[:])
