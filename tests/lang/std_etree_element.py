# xml.etree.ElementTree.Element: attributes that are words of the object, subclasses, iteration while the tree changes, cycles.
import copy
import gc
import pickle
import weakref
import xml.etree.ElementTree as ET

E = ET.Element


def show(f):
    try:
        r = f()
    except Exception as e:
        r = f'{type(e).__name__}: {e}'
    print(r)


class Sub(E):
    def __init__(self, tag, **kw):
        super().__init__(tag, **kw)
        self.extra = 1


class Slotted(E):
    __slots__ = ('more',)


class Other:
    tag = E.__dict__['tag']


class Shadow(E):
    text = property(lambda self: 'shadow', lambda self, v: setattr(self, 'seen', v))
    tail = 'class attribute'


def fields(e):
    return e.tag, e.text, e.tail


def store(e, value):
    e.tag = e.text = e.tail = value


for make in (E, Sub, Slotted):
    for value in ('x', 5, 2.5, None, [1], (2, 3)):
        for _ in range(30):
            e = make('a')
            before = fields(e)
            store(e, value)
            after = fields(e)
        print(make.__name__, before, after)
s = Shadow('a')
for _ in range(30):
    f = fields(s)
print(f)
try:
    store(s, 7)
except AttributeError as x:
    print(x)
print(s.__dict__, s.tag)
for _ in range(30):
    try:
        Other().tag
    except TypeError as x:
        message = str(x)
print(message)
try:
    Other().tag = 5
except TypeError as x:
    print(x)
print(type(E.tag), type(E.text).__name__, type(E.attrib).__name__)
e = E('a')
for name in ('tag', 'text', 'tail', 'attrib'):
    show(lambda: delattr(e, name))
print(fields(e), e.attrib)
blank = E.__new__(E)
print(fields(blank), blank.attrib, len(blank))
e = E('a', {'k': 'v'})
e.text, e.tail = 'x', 'y'
e.append(E('b'))
e.clear()
print(fields(e), e.attrib, len(e))
e.__init__('again', q='1')
print(fields(e), e.attrib)
e.text = 'kept'
for c in (copy.copy(e), copy.deepcopy(e), pickle.loads(pickle.dumps(e))):
    print(fields(c), c.attrib)


# A class whose attribute changes after it was used.
class Changing(E):
    pass


def text_of(e):
    return e.text


c = Changing('a')
c.text = 'own'
print({text_of(c) for _ in range(50)})
Changing.text = property(lambda self: 'now a property')
print({text_of(c) for _ in range(50)})
del Changing.text
print({text_of(c) for _ in range(50)})

# Values die when they are replaced.
class Value:
    def __del__(self):
        print('gone')


def replace(e):
    e.text = None


for _ in range(3):
    e = E('a')
    e.text = Value()
    replace(e)
    print('replaced')
e = E('a')
e.text = e.tail = e
e.append(e)
ref = weakref.ref(e)
del e
gc.collect()
print(ref() is None)

# Children come and go under an iterator.
r = E('r')
for t in 'abcd':
    ET.SubElement(r, t)
seen = []
for c in r:
    seen.append(c.tag)
    if c.tag == 'b':
        r.remove(c)
print(seen)
seen = []
for c in r:
    seen.append(c.tag)
    if len(r) < 6:
        ET.SubElement(r, 'n')
print(seen)
seen = []
for c in r.iter():
    seen.append(c.tag)
    if c.tag == 'a':
        ET.SubElement(c, 'inner')
    elif c.tag == 'inner':
        r.clear()
print(seen)
it = iter(r)
print(list(it), list(it), type(it).__name__)
r.append(E('late'))
print(list(it), [c.tag for c in r])
r = ET.fromstring('<a>t<b>1</b>u<!--no--><c>2<b>3</b></c>v</a>')
print([e.text for e in r.iter('b')], [e.tag for e in r.iter('*')], [e.tag for e in r.iter(None)], list(r.itertext()))
r[0].tag = 5
print([e.text for e in r.iter(5)], r.find('b'), r.findtext('c'), r.findtext('zz', 'd'), [e.tag for e in r.findall('c')])
print(show(lambda: r.find('{}')), show(lambda: r.findall('')), show(lambda: [e.tag for e in r.findall('{*}c')]))


class Loud(str):
    def __eq__(self, other):
        return str(other) == 'c'
    __hash__ = str.__hash__


print([e.tag for e in r.iter(Loud('q'))], r.find(Loud('q')).tag)
