a = 2 * 3 + 4**5
b = "x" * 3 + "y"
c = (1, 2, (3, "four"))
d = [1, 2, 3]
e = x in {1, 2, 3}
f = -1, ~5, not True
g = 10**20, 1e3, 2j, b"bytes", ..., None
h = "abc"[1], (1, 2)[0:1], s[1:2]
i = f"{x!r:>{width}} and {y}"
j = "%s=%r" % (x, y)
k = t"{x} {y:spec}"
while True:
    if 0:
        never()
    assert z, "message"
