# mmap: access modes, items and slices, file-like reading, searching, resizing, errors.
import mmap, tempfile, os

f=tempfile.TemporaryFile(); f.write(b'hello\nworld\n'*10); f.flush()
m=mmap.mmap(f.fileno(),0)
print(repr(m)); 
def t(s):
    try: print(s,'->',repr(eval(s)))
    except BaseException as e: print(s,'!!',type(e).__name__,e)
for s in '''m[0]
m[1000]
m['a']
m[0:5]
m[::-20]
m.__setitem__(0,65)
m.__setitem__(0,300)
m.__setitem__(0,b'a')
m.__setitem__(slice(0,2),b'XY')
m.__setitem__(slice(0,2),b'XYZ')
m.__setitem__(slice(0,4,2),b'XZ')
m.__delitem__(0)
m.read(3), m.read_byte(), m.readline(), m.tell()
m.seek(5), m.seek(-1,2), m.seek(1,1), m.tell()
m.seek(1000)
m.seek(0,9)
m.seek(0)
m.find(b'world'), m.rfind(b'world'), m.find(b'zz'), m.find(b'hello',3,8)
m.write(b'abc'), m.write_byte(5)
m.write_byte(500)
m.write(b'x'*1000)
m.move(0,10,5)
m.move(0,1000,5)
m.flush(), m.size(), len(m), m.seekable()
m.flush(1,2)
m.flush(0,99999)
m.resize(50), len(m)
m.madvise(mmap.MADV_NORMAL)
memoryview(m)[:3].tobytes(), memoryview(m).readonly
m.__enter__() is m
m.closed
m.close()
m.closed, repr(m)
m[0]
len(m)
m.read()
mmap.mmap(-1,0)
mmap.mmap(-1,-5)
mmap.mmap(-1,10)[:]
mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ).__setitem__(0,1)
mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ).write(b'x')
mmap.mmap(f.fileno(),0,access=9)
mmap.mmap(f.fileno(),0,prot=1,access=1)
mmap.mmap(f.fileno(),100000)
mmap.mmap(f.fileno(),5,offset=3)
mmap.mmap(f.fileno(),5,offset=-3)
mmap.mmap(999,5)
mmap.mmap('a',5)
repr(mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ)),repr(mmap.mmap(f.fileno(),0,access=mmap.ACCESS_COPY))
mmap.error is OSError
mmap.mmap(-1,3)+b'' '''.splitlines(): t(s)
m = mmap.mmap(-1, 5); v = memoryview(m); v[0] = 7
t('m.close()'); t('m.resize(3)'); print(m[0], bytes(v)); v.release(); m.close()
with tempfile.TemporaryFile() as f:
    f.write(b'x' * 5000); f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        m[4095:4097] = b'YZ'; m.flush()
    f.seek(4095); print(f.read(2))
    with mmap.mmap(f.fileno(), 904, offset=4096) as m: print(m[0], len(m))
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY) as m: m[0] = 1; print(m[0])
    f.seek(0); print(f.read(1))
