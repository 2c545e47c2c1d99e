# pyexpat: encodings given and found, parts of a document type in other files, limits, reentrancy, deferred tokens.
import io
from xml.parsers import expat

HANDLERS = ('StartElementHandler', 'EndElementHandler', 'CharacterDataHandler', 'NotStandaloneHandler', 'StartDoctypeDeclHandler',
            'EndDoctypeDeclHandler', 'EntityDeclHandler', 'ElementDeclHandler', 'AttlistDeclHandler', 'SkippedEntityHandler',
            'NotationDeclHandler', 'UnparsedEntityDeclHandler', 'XmlDeclHandler', 'CommentHandler', 'ProcessingInstructionHandler')


def hook(p, out, names=HANDLERS):
    def make(name):
        short = name.removesuffix('Handler')

        def handler(*args):
            out.append((short, *args))
            return 1
        return handler
    for n in names:
        setattr(p, n, make(n))


def run(data, files={}, parsing=0, foreign=False, encoding=None, names=HANDLERS, last=True):
    p, out = expat.ParserCreate(encoding), []
    hook(p, out, names)
    print('set', p.SetParamEntityParsing(parsing), end=' ')
    if foreign:
        p.UseForeignDTD(True)

    def external(context, base, system, public):
        out.append(('external', context, base, system, public))
        if system in files or None in files:
            q = p.ExternalEntityParserCreate(context)
            q.Parse(files.get(system, files.get(None)), True)
        return 1
    p.ExternalEntityRefHandler = external
    try:
        p.Parse(data, last)
    except Exception as e:
        out.append(f'{type(e).__name__}: {e}')
    for o in out:
        print(o)
    print('--', p.SetParamEntityParsing(0))


dtd = '''<?xml version="1.0" encoding="utf-8"?>
<!-- of the file -->
<!ENTITY % atts 'x CDATA "from file"'>
<!ENTITY % model "(#PCDATA|b)*">
<!ENTITY % on "INCLUDE"><!ENTITY % off "IGNORE">
<!ELEMENT a %model;>
<!ATTLIST a %atts; y CDATA "100%">
<![%on;[<!ENTITY e "included"><![IGNORE[<!ENTITY f "ignored">]]>]]>
<![%off;[<!ENTITY e2 "no"><![INCLUDE[<!ENTITY e3 "no">]]>]]>
<!ENTITY g "%on;-value">
<!ENTITY internal "of the file">
<!NOTATION n PUBLIC "p">
<?pi of file?>
'''
doc = '''<?xml version="1.0"?>
<!DOCTYPE a SYSTEM "x.dtd" [<!ENTITY internal "of the document"><!ATTLIST a z CDATA "of the document">]>
<a>&e;&g;&internal;&missing;</a>'''
for parsing in (0, 1, 2):
    run(doc, {'x.dtd': dtd}, parsing)
run(doc, {}, 2)
run(doc.replace('?>', ' standalone="yes"?>', 1), {'x.dtd': dtd}, 1)
run('<!DOCTYPE a PUBLIC "p" "s"><a/>', {}, 2, True)
run('<a>&e;</a>', {None: '<!ENTITY e "foreign">'}, 2, True)
run('<a/>', {None: '<!ENTITY e "foreign">'}, 0, True)
pes = '''<!DOCTYPE a [<!ENTITY % one "<!ENTITY e 'text of one'>"><!ENTITY % two SYSTEM "two">%one;%two;<!ENTITY later "later">]><a>&e;&two;&later;</a>'''
for parsing in (0, 2):
    run(pes, {'two': '<!ENTITY two "text of two">'}, parsing)
run('<!DOCTYPE a [%unknown;<!ENTITY e "x"><!ATTLIST a b CDATA "c"><!ELEMENT a ANY>]><a>&e;</a>', {}, 0)
run('<!DOCTYPE a [<!ENTITY e SYSTEM "e">]><a>&e;</a>', {'e': 'x<b/>y'}, 0)
for bad in ('<!DOCTYPE a [%x]><a/>', '<!DOCTYPE a [<!ENTITY % p "<!ELEMENT">%p;]><a/>'):
    p = expat.ParserCreate()
    p.SetParamEntityParsing(2)
    try:
        p.Parse(bad, True)
    except expat.ExpatError as e:
        print(bad, e)

root = expat.ParserCreate()
sub = root.ExternalEntityParserCreate(None)
for name in ('SetBillionLaughsAttackProtectionActivationThreshold', 'SetBillionLaughsAttackProtectionMaximumAmplification'):
    for who in (root, sub):
        for v in (1.0, -1.5, -5, 2**64, 2**64 - 1, 'x', None, float('nan'), 0.5, float('inf'), 1, True, 0):
            try:
                print(getattr(who, name)(v))
            except Exception as e:
                print(type(e).__name__, e, getattr(e, 'code', None))
laughs = '<!DOCTYPE d [<!ENTITY a "."><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><d>&c;</d>'
for threshold, factor in ((0, 1.0), (0, 100.0), (10**5, 1.0)):
    p = expat.ParserCreate()
    p.SetBillionLaughsAttackProtectionActivationThreshold(threshold)
    p.SetBillionLaughsAttackProtectionMaximumAmplification(factor)
    try:
        print(p.Parse(laughs, True))
    except expat.ExpatError as e:
        print(str(e).partition(':')[0], e.code)

for enc in (None, 'utf-16', 'utf-8', 'utf-16-le', 'utf-16le', 'iso-8859-1'):
    for payload in ('<a>x</a>'.encode('utf-16'), '<a>x</a>'.encode('utf-16-le'), '<a>x</a>'.encode('utf-16-be'), b'\xef\xbb\xbf<a>x</a>'):
        for step in (1, 100):
            p, out = expat.ParserCreate(enc), []
            p.CharacterDataHandler = out.append
            try:
                for i in range(0, len(payload), step):
                    p.Parse(payload[i:i + step])
                p.Parse(b'', True)
            except Exception as e:
                out.append(str(e))
            print(enc, payload[:4], step, out)
for enc in ('cp864', 'mac_arabic', 'cp037', 'koi8-r', 'utf-7'):
    p = expat.ParserCreate(enc)
    try:
        print(enc, p.Parse(b'<a/>', True))
    except Exception as e:
        print(enc, type(e).__name__, e)
p, out = expat.ParserCreate(), []
p.CharacterDataHandler = out.append
print(p.Parse('\ufeff<a>x</a>', True), out)

for f in ('Parse', 'ParseFile'):
    p = expat.ParserCreate()
    p.CharacterDataHandler = lambda d: getattr(p, f)(d if f == 'Parse' else io.BytesIO(b'x'))
    for _ in range(2):
        try:
            p.Parse('<a>x</a>', True)
        except Exception as e:
            print(type(e).__name__, e)

for enabled in (True, False):
    p, out = expat.ParserCreate(), []
    p.SetReparseDeferralEnabled(enabled)
    p.StartElementHandler = lambda name, attrs: out.append(name)
    print(p.ExternalEntityParserCreate(None).GetReparseDeferralEnabled() is enabled)
    for chunk in ('<doc', '/>'):
        p.Parse(chunk)
    print(out, p.Parse('', True), out)

for data in ('<?xml version="1.0" encoding="utf-8"?><a/>'.encode('utf-16'), b'<?xml version="1.0" encoding="utf-16"?><a/>',
             '<?xml version="1.0" encoding="utf-16le"?><a/>'.encode('utf-16'), '<?xml version="1.0" encoding="utf-16"?><a/>',
             b'<!DOCTYPEx a><a/>', b'<![x[]]><a/>', b'<!ELEMENT a ANY><a/>', b'<!DOCTYPE a><a/>', b'<!1'):
    p = expat.ParserCreate()
    try:
        print(p.Parse(data, True))
    except expat.ExpatError as e:
        print(data, e.code, e.lineno, e.offset if data[0] != 255 else '')
f = io.TextIOWrapper(io.BytesIO(), 'ascii', newline='\n')
for i in range(3000):
    assert f.write('abcdefg') == 7
print(len(f.buffer.getvalue()) % 7, f.tell(), f.write('é'.encode().decode('latin-1')[:0]), f.seek(5), f.read(4), f.write('XY'), f.seek(0), f.read(12))
