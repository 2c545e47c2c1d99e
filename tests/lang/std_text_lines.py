# Lines of text files: what is decoded already, ends of lines, positions, closed files.
import io, os, tempfile
path = os.path.join(tempfile.mkdtemp(), 'f.txt')
with open(path, 'wb') as f:
    f.write(b'one\ntwo\r\nthree\rfour\n\nlast')
for newline in (None, '', '\n', '\r', '\r\n'):
    with open(path, newline=newline) as f:
        print(list(f), end=' ')
    with open(path, newline=newline) as f:
        print(f.readline(), f.readline(2), f.readline(), f.tell(), f.readlines() == f.readlines(), repr(f.readline()))
with open(path, 'w', encoding='utf-8') as f:
    f.writelines(f'line {i} \u20ac\n' for i in range(5000))
with open(path, encoding='utf-8') as f:
    n = sum(len(l) for l in f)
print(n)
with open(path, encoding='utf-8') as f:
    first = next(f)
    try:
        f.tell()
    except OSError as e:
        print(e)
    rest = f.read()
    print(first, len(rest))
f = open(path, encoding='utf-8')
next(f)
f.close()
for call in (f.readline, f.__next__, f.readlines):
    try:
        call()
    except ValueError as e:
        print(e)
with open(path, 'r+', encoding='utf-8') as f:
    print(f.readline().strip())
    f.seek(0, 2)
    f.write('end\n')
    f.seek(0)
    print(f.readline().strip(), len(f.readlines(20)), f.readline())
f = open(path, encoding='utf-8')
f.readline()
b = f.detach()
try:
    f.readline()
except ValueError as e:
    print(e)
b.close()
os.unlink(path)
