import sys
def lcg(n, x=12345):
    out=[]
    for i in range(n):
        x=(x*6364136223846793005+1442695040888963407)&0xffffffffffffffff
        out.append(x)
    return x, sum(out)
def xs(n, x=88172645463325252):
    for i in range(n):
        x ^= (x << 13) & 0xffffffffffffffff
        x ^= x >> 7
        x ^= (x << 17) & 0xffffffffffffffff
    return x
def fnv(s):
    h=0xcbf29ce484222325
    for c in s:
        h = ((h ^ ord(c)) * 0x100000001b3) & 0xffffffffffffffff
    return h
def splitmix(n, s=42):
    r=0
    for i in range(n):
        s = (s + 0x9e3779b97f4a7c15) & 0xffffffffffffffff
        z = s
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & 0xffffffffffffffff
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & 0xffffffffffffffff
        r ^= z ^ (z >> 31)
    return r
def small(n, x=12345):
    for i in range(n):
        x=(x*1103515245+12345)&0x7fffffff
    return x
def neg(n):
    x=-5; t=0
    for i in range(n):
        x = (x * 6364136223846793005 + i) & 0xffffffffffffffff
        t += x
        if i % 100 == 99: x = -x
    return t
def fl(n):
    x=1
    try:
        for i in range(n):
            x=(x*6364136223846793005+1)&0xffffffffffffffff
            if i==n-2: x=1.5
    except TypeError as e:
        return str(e)
def edge():
    r=[]
    for v in (0,1,2**61-1,2**61,2**62,2**63-1,2**63,2**64-1,2**64,-1,-2**63,2**100, True):
        for k in range(3):
            r.append((v*3+1)&0xffffffffffffffff)
            r.append((v<<5)&0xffffffffffff)
            r.append((v*0x9e3779b97f4a7c15)&0x1fffffffffffffff)
            r.append((v*0x9e3779b97f4a7c15)&0x3fffffffffffffff)
            r.append((v-7)&0xffffffffffffffff)
            r.append((v|7)&0xffffffffffffffff)
    return r
for k in range(3):
    print(lcg(3000), xs(3000), fnv('hello world'*300), splitmix(3000), small(3000), neg(3000), fl(3000))
for k in range(60): e=edge()
print(e)
