# flags: -b
# stderr: exact
"""-b: a warning wherever bytes meet str."""
import warnings

warnings.simplefilter("always")
for action in [lambda: str(b"a"), lambda: str(bytearray(b"a")), lambda: f"{b'a'}", lambda: b"a" == "a", lambda: "a" == b"a",
               lambda: b"a" != "a", lambda: b"a" == 97, lambda: "%s" % b"a", lambda: b"a" < b"b"]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        result = action()
    print(result, [str(w.message) for w in seen])
