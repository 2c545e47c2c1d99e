# xml.etree.ElementTree: elements, paths, building, parsing, events, serialising, errors.
import xml.etree.ElementTree as ET, copy, pickle, io, warnings

def show(f):
    try:
        r = f()
    except Exception as e:
        r = f'{type(e).__name__}: {e}'
    print(r)

E = ET.Element
root = ET.fromstring('<a x="1" y="&lt;2&gt;">t<b>one</b>u<b k="v">two<c/>w</b><!-- no --><d xmlns="urn:n" xmlns:p="urn:p" p:q="r"><p:e/></d>é&#65;</a>')
print(root.tag, root.attrib, root.text, len(root), [c.tag for c in root], [c.tail for c in root])
print(root.find('b').text, root.findtext('b'), root.findtext('zz', 'dflt'), root.find('zz'), [e.text for e in root.findall('b')])
print([e.tag for e in root.iter()], [e.tag for e in root.iter('b')], list(root.itertext()), root.find('.//c').tag, [e.tag for e in root.iterfind('.//*')])
print(root.find('{urn:n}d').attrib, root.find('n:d', {'n': 'urn:n'}).tag, root.find("b[@k='v']").text, [e.tag for e in root.findall('*')], root.find('{*}d').tag)
print(ET.tostring(root), ET.tostring(root, 'unicode', xml_declaration=True))
e = E('p', {'z': '1'}, w='2')
s = ET.SubElement(e, 'c', {'i': '0'}, j='1')
ET.SubElement(e, 'd').text = 'dt'
e.append(E('x')); e.insert(0, E('first')); e.insert(-1, E('y')); e.extend([E('m'), E('n')])
print([c.tag for c in e], e.get('z'), e.get('q', 5), e.keys(), e.items(), e[0].tag, [c.tag for c in e[1:3]], [c.tag for c in e[::-2]])
e[0] = E('new'); del e[1]; e[1:3] = [E('s1'), E('s2'), E('s3')]; e.remove(e[0]); e.set('z', 'changed'); del e[-1:]
print([c.tag for c in e], e.attrib)
c = copy.deepcopy(e); d = copy.copy(e); c[0].text = 'changed'
print(e[0].text, d[0] is e[0], ET.tostring(c), ET.tostring(pickle.loads(pickle.dumps(e))))
e.clear(); print(len(e), e.attrib, e.tag)
for f in (lambda: E(), lambda: E('a', 1), lambda: E('a').append(1), lambda: E('a')[0], lambda: E('a')['x'], lambda: E('a').remove(E('b')), lambda: E('a').extend(1),
          lambda: E('a').extend([1]), lambda: E('a').insert(0, 1), lambda: setattr(E('a'), 'attrib', 3), lambda: delattr(E('a'), 'tag'), lambda: setattr(E('a'), 'foo', 1), lambda: E('a').foo,
          lambda: ET.SubElement(1, 'b'), lambda: ET.SubElement(E('a')), lambda: ET.fromstring('<a>'), lambda: ET.fromstring(''), lambda: ET.fromstring('<a>&foo;</a>'),
          lambda: ET.fromstring('<a></b>'), lambda: ET.XMLParser(encoding=3), lambda: ET.XMLParser()._setevents([], ['x']), lambda: ET.TreeBuilder().end('a'), lambda: ET.TreeBuilder().start('a', 3),
          lambda: E('a').makeelement('x', {'y': '1'}).attrib, lambda: E('a').__getstate__()):
    show(f)
try:
    ET.fromstring('<a>\n <b></a>')
except ET.ParseError as x:
    print(x.code, x.position, x)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    print(bool(E('a')), w[0].category.__name__)
text = '<?xml version="1.0"?><?pi data?><r xmlns:p="u"><!--c--><a>1</a><p:b/></r>'
for ev in (None, ('start', 'end'), ('start-ns', 'end-ns'), ('comment', 'pi', 'end')):
    out = []
    for k, v in ET.iterparse(io.BytesIO(text.encode()), ev):
        out.append((k, getattr(v, 'tag', v) if not callable(getattr(v, 'tag', None)) else v.text))
    print(out)
p = ET.XMLPullParser(['end'])
for i in range(0, len(text), 7):
    p.feed(text[i:i + 7])
print([v.tag for _, v in p.read_events()])
class Target:
    def __init__(self): self.log = []
    def start(self, tag, attrs): self.log.append(('start', tag, attrs))
    def end(self, tag): self.log.append(('end', tag))
    def data(self, d): self.log.append(('data', d))
    def comment(self, c): self.log.append(('comment', c))
    def pi(self, t, d): self.log.append(('pi', t, d))
    def start_ns(self, p, u): self.log.append(('ns', p, u))
    def close(self): return self.log
x = ET.XMLParser(target=Target()); x.feed(text); print(x.close())
b = ET.TreeBuilder(insert_comments=True, insert_pis=True)
x = ET.XMLParser(target=b); x.feed(text); print(ET.tostring(x.close()))
b = ET.TreeBuilder(); b.start('q', {'k': 'v'}); b.data('a'); b.data('b'); b.start('w', {}); b.end('w'); b.data('t'); b.end('q')
print(ET.tostring(b.close()))
x = ET.XMLParser(); x.entity['foo'] = 'BAR'
x.feed('<!DOCTYPE a SYSTEM "y"><a>&foo;</a>'); print(x.close().text)
t = ET.ElementTree(root); ET.indent(t); print(ET.tostring(root, 'unicode')); print(ET.canonicalize('<a b="1" a="2"><c/></a>'))
print(ET.iselement(E('a')), ET.Comment('x').text, ET.QName('u', 'l').text, ET.fromstringlist(['<a>', 'x</a>']).text, ET.XMLID('<a id="1"/>')[1].keys())
