# Subscripts and slices on every kind of sequence, user-defined item access, evaluation order, errors.
class Show:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("del", key)

    def __class_getitem__(cls, key):
        return ("class", key)


s = Show()
print(s[1], s[1:2], s[1:2:3], s[:], s[::], s[1, 2], s[1:2, ..., None], s[()], s[(1,)], s[-1:], s[*[1, 2]], s[0, *"ab"])
s[1:2] = 3
s[1, 2] = 4
del s[::2], s["k"]
s[0] = s[1] = "chain"
print(Show[int], Show[1, 2])
text = "abcdefghij"
for sl in [slice(2, 5), slice(None, None, -1), slice(-3, None), slice(8, 2, -2), slice(100, 200), slice(-100, 3),
           slice(3, -100, -1), slice(None, None, 3), slice(5, 5), slice(2**70, None), slice(None, -2**70, -1)]:
    print(sl, repr(text[sl]), list(range(10))[sl], tuple(range(10))[sl], bytes(range(65, 75))[sl], range(10)[sl],
          sl.indices(10))
values = list(range(10))
values[2:5] = "xy"
print(values)
values[::3] = [0, 0, 0]
print(values)
values[1:1] = [7, 7]
print(values)
values[-1:] = []
print(values)
del values[::2]
print(values)
del values[5:1]
del values[-2:]
print(values)
for code in ["[1, 2][5]", "[1, 2][-3]", "(1,)[1]", "'a'[1]", "b''[0]", "range(3)[3]", "[1]['a']", "'a'['b']", "(1,)[1.0]",
             "{}['x']", "{}[[]]", "5[0]", "None[0]", "len[0]", "[1][2**70]", "object()[0]", "{1}[0]", "int['x']",
             "[1, 2, 3][::0]", "'abc'[::0]", "[1][None]", "[1]['a':]", "(1, 2)[1, 2]"]:
    try:
        print(code, "=", eval(code))
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
for code in ["v[5] = 1", "v['a'] = 1", "t[0] = 1", "st[0] = 'x'", "v[::2] = [1]", "v[0:1] = 5", "del v[9]", "del t[0]",
             "del st[0]", "r[0] = 1", "v[::0] = []", "None[0] = 1", "del (5)[0]", "b[0] = 1"]:
    v, t, st, r, b = [1, 2, 3], (1,), "s", range(3), b"b"
    try:
        exec(code)
        print(code, "ok", v)
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)


def say(x):
    print("eval", x, end="; ")
    return x


say(values)[say(0)] = say("new")
print(values)


class Index:
    def __index__(self):
        return 2


print("abcdef"[Index()], [0, 1, 2, 3][Index():], bytes(5)[Index()], range(10)[Index()::Index()])
print(slice(1, 2) == slice(1, 2), slice(1, 2, None) < slice(1, 3), hash(slice(1, 2)) == hash(slice(1, 2)), slice(3).stop)
