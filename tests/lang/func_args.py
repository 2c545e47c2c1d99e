# Argument binding: every kind of parameter, defaults, star arguments, and the texts of the errors.
def plain(a, b, c=3): return a, b, c
def star(a, *rest, **more): return a, rest, sorted(more.items())
def kwonly(*, x, y=2): return x, y
def posonly(a, b=2, /, c=3): return a, b, c
def mixed(a, /, b, *args, c, d=4, **kw): return a, b, args, c, d, sorted(kw.items())
def none(): return "none"
def posname(name, /, **kw): return name, kw
def onereq(*, key): return key
def many(a, b, c, d, e): return a


calls = """
plain(1, 2)
plain(1, b=2, c=4)
plain(*[1, 2, 3])
plain(*[1], **{'b': 2})
plain(c=1, b=2, a=3)
star(1, 2, 3, x=4)
star(*range(4), **{'y': 1}, z=2)
star(a=1, b=2)
kwonly(x=1)
kwonly(y=5, x=1)
posonly(1)
posonly(1, 2, c=5)
mixed(1, 2, 3, 4, c=5, e=6)
mixed(1, b=2, c=3, a=9)
posname('x', name='y')
none()
plain()
plain(1)
plain(1, 2, 3, 4)
plain(1, 2, d=4)
plain(1, 2, a=3)
plain(b=1)
kwonly()
kwonly(1)
kwonly(1, 2, x=1)
onereq()
posonly()
posonly(a=1)
posonly(1, b=2)
posonly(1, 2, 3, 4)
mixed(1)
mixed(1, 2)
mixed()
none(1)
none(1, 2)
none(x=1)
many()
many(1, 2)
many(1, 2, 3, 4)
many(1, 2, 3, 4, 5, 6, x=1)
star()
star(1, a=2)
plain(*5)
plain(**5)
plain(*[1], *None)
plain(**{1: 2})
plain(1, **{'b': 1}, **{'b': 2})
star(1, **{'x': 1}, x=2)
(lambda: 0)(1)
(lambda x, y=1: 0)()
len()
len(1, 2)
len(obj=[])
int(1, 2, 3)
abs(x=1)
print(sepp='')
sorted()
sorted([1], 2)
isinstance(1)
[].append()
[].append(1, 2)
{}.get()
'x'.join()
'x'.join(1)
'x'.split(1)
'x'.split(foo=1)
dict(1)
dict([1])
dict([(1, 2, 3)])
range()
range('a')
type(1, 2)
object(1)
getattr(1)
max()
max([])
min(1)
sum()
sum(['a'])
chr()
ord('ab')
open()
"""
for call in calls.strip().splitlines():
    try:
        print(call, "=", eval(call))
    except Exception as e:
        print(call, "->", type(e).__name__ + ":", e)


class K:
    def method(self, a): return a
    @classmethod
    def make(cls, a): return a
    @staticmethod
    def free(a): return a
    def __call__(self, a, *, b): return a, b


for call in ["K().method()", "K.method()", "K.method(1)", "K.make()", "K.free()", "K()(1)", "K(1)", "K().method(1, 2)",
             "K().method(self=1)", "K()(1, b=2)", "K.make(1, 2)", "K().nope()", "K()()"]:
    try:
        print(call, "=", eval(call))
    except Exception as e:
        print(call, "->", type(e).__name__ + ":", e)
