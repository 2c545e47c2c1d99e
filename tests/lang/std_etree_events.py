# xml.etree.ElementTree: what a parser's target is told and in which pieces, errors of targets, names, entities, encodings of output.
import io
import xml.etree.ElementTree as ET
from xml.parsers import expat


class Log:
    def __init__(self):
        self.log = []

    def start(self, tag, attrs):
        self.log.append((tag, attrs))

    def end(self, tag):
        self.log.append('/' + tag)

    def data(self, d):
        self.log.append(d)

    def close(self):
        return self.log


def told(text, target=None, pieces=None):
    p = ET.XMLParser(target=target or Log())
    try:
        for i in range(0, len(text), pieces or len(text)):
            p.feed(text[i:i + (pieces or len(text))])
        return p.close()
    except Exception as e:
        return f'{type(e).__name__}: {e}'


print(told('<a x="1">one\ntwo&lt;three&#65;<![CDATA[x\ny]]>\n\n z</a>'))
print(told(b'<?xml version="1.0" encoding="latin-1"?><a>\xe9\n\xe8</a>'))
print(told('<é xmlns="ü" ö="ä">ß</é>'), told('<é xmlns="ü" ö="ä">ß</é>'.encode(), pieces=3))


class Closer:
    def close(self):
        return 'closed'


for t in ('<a>&lt;</a>', '<a>&#65;</a>', '<a>b</a>', '<a>&foo;</a>', '<!DOCTYPE a SYSTEM "x"><a>&foo;</a>', '<a><!--c--><?p i?></a>'):
    print(told(t, Closer()))


class Raising(Log):
    def start(self, tag, attrs):
        if tag == 'b':
            raise ValueError(tag)
        self.log.append(tag)


# An error of the target ends the piece of input, not the document.
p = ET.XMLParser(target=Raising())
for t in ('<a><b/><c/>', '<d/>', '</a>'):
    try:
        p.feed(t)
    except ValueError as e:
        print('ValueError', e)
print(p.close())


class Doctype(Log):
    def doctype(self, name, pubid, system):
        self.log.append(('doctype', name, pubid, system))

    def start_ns(self, prefix, uri):
        self.log.append(('start_ns', prefix, uri))

    def end_ns(self, prefix):
        self.log.append(('end_ns', prefix))

    def comment(self, text):
        self.log.append(('comment', text))

    def pi(self, target, data):
        self.log.append(('pi', target, data))


print(told('<!DOCTYPE a PUBLIC "p" "s"><?pi?><?pi data?><a xmlns="u" xmlns:p="v"><p:b p:c="1" d="2"/><!--c--></a>', Doctype()))
print(told('<!DOCTYPE a [<!ATTLIST a x CDATA "dx" y NMTOKENS " d  y "><!ENTITY e "<i>t</i>&amp;">]><a y="  1   2 ">&e;</a>'))

# Names depend on the bindings in force, which change and come back.
nested = '''<r xmlns="1" xmlns:p="2" a="0" p:a="0"><p:x a="1" p:a="2"/><c xmlns="3" xmlns:p="4"><p:x a="1" p:a="2"/><x/></c
><p:x p:a="3"/><x xmlns=""><p:x/></x><x/></r>'''
print([(e.tag, e.attrib) for e in ET.fromstring(nested).iter()])
for text in ('<a p:x="1"/>', '<p:a/>', '<a xmlns:p="1" xmlns:q="1" p:x="" q:x=""/>', '<a x="1" x="2"/>', '<a xmlns:xmlns="x"/>',
             '<a xmlns:p=""/>', '<a><b></a></b>', '<a></a >', '<a></ a>', '<a', '<a x="<"/>', '<a x="1"y="2"/>', '<a x=1/>', '<a x/>',
             '<a>]]></a>', '<a>\x01</a>', '<a x="\x01"/>', '<a>\uffff</a>', '<a b="&#1;"/>', '<a><b/>', '<a/><b/>', '<1/>', '<a x="1"/ >'):
    print(ascii(text), told(text), told(text, pieces=1))
many = '<r>' + ''.join(f'<n{i % 150} k{i % 130}="{i}"/>' for i in range(600)) + '</r>'
root = ET.fromstring(many)
print(len(root), all(e.tag == f'n{i % 150}' and e.get(f'k{i % 130}') == str(i) for i, e in enumerate(root)))

# pyexpat's own view of the same.
for order, spec in ((0, 0), (1, 0), (1, 1)):
    p = expat.ParserCreate(namespace_separator=' ')
    p.ordered_attributes, p.specified_attributes, p.namespace_prefixes = order, spec, order
    out = []
    p.StartElementHandler = lambda *a: out.append(a)
    p.EndElementHandler = lambda *a: out.append(a)
    p.StartNamespaceDeclHandler = lambda *a: out.append(a)
    p.Parse('<!DOCTYPE r [<!ATTLIST p:x d CDATA "v">]>' + nested.replace('\n', ''), True)
    print(out)
intern = {}
p = expat.ParserCreate(intern=intern)
seen = []
p.StartElementHandler = lambda n, a: seen.append((n, *a))
p.Parse('<a b=""><b a=""/><a b=""/></a>', True)
print(seen, sorted(intern), seen[0][0] is seen[1][1] is seen[2][0])

# Output: characters that an encoding lacks become references.
e = ET.Element('é', {'ä': '€<"\n'})
e.text = 'ü\U0001F600&'
for encoding in (None, 'us-ascii', 'latin-1', 'utf-8', 'utf-16', 'cp1252', 'unicode'):
    print(encoding, ascii(ET.tostring(e, encoding)))
f = io.TextIOWrapper(io.BytesIO(), 'ascii', 'xmlcharrefreplace')
print(f.write('a€\ud800b'), f.write('c'), f.flush(), f.buffer.getvalue())
f = io.TextIOWrapper(io.BytesIO(b'a\xe9'), 'ascii', 'xmlcharrefreplace')
try:
    f.read()
except TypeError as x:
    print(x)
f = io.TextIOWrapper(io.BytesIO(), 'ascii')
f.buffer.close()
try:
    f.write('x')
except ValueError as x:
    print(x)
for bad in ('\ud800', 5):
    try:
        ET.XMLParser().feed(bad)
    except (UnicodeEncodeError, TypeError) as x:
        print(x)
