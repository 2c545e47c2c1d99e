"""Names of a module in loops that get compiled: added, removed and replaced behind the loop's back."""
import sys

total = 0
small = 1
for i in range(3000):
    total += small
    if i == 1500:
        small = 2.5
    if i == 2000:
        small = 2**70
    if i == 2500:
        globals()["small"] = "x"
        break
print(total, small, i)

text = ""
for i in range(2000):
    text = text + "ab" if i % 100 == 0 else text
print(len(text))

# A global hides a builtin, and goes again.
seen = []
for i in range(3000):
    if i == 1000:
        len = lambda x: -1
    if i == 2000:
        del len
    n = len("four")
    if not seen or seen[-1] != n:
        seen.append(n)
print(seen)

# A name that is deleted in the loop.
errors = 0
for i in range(2000):
    gone = i
    if i % 500 == 0:
        del gone
    try:
        gone
    except NameError as e:
        errors += 1
        last = str(e)
print(errors, last)

# New names while it runs.
for i in range(1500):
    globals()[f"new{i % 40}"] = i
    total2 = new0 + i
print(total2, new39)

# The same code with other namespaces.
code = compile("""
k = 0
for i in range(n):
    k += i
    if i == 700:
        who = where
""", "<names>", "exec")
where = "module"
for g, l in (({"n": 1000, "where": "a"}, None), ({"n": 1000, "where": "b"}, {}), ({"n": 10}, {"n": 900, "where": "c"})):
    if l is None:
        exec(code, g)
        print(g["k"], g["who"], sorted(x for x in g if not x.startswith("__")))
    else:
        exec(code, g, l)
        print(l["k"], l["who"], sorted(l), sorted(x for x in g if not x.startswith("__")))


class Watch(dict):
    def __getitem__(self, name):
        if name == "n":
            return 800
        return super().__getitem__(name)


w = Watch(where="w")
exec(code, {}, w)
print(w["k"], w["who"], sorted(w))


# Objects die as they are replaced.
class Loud:
    count = 0

    def __del__(self):
        Loud.count += 1


for i in range(1000):
    thing = Loud()
print(Loud.count)
thing = None
print(Loud.count)


def bump():
    global counter
    counter += 1
    return counter


counter = 0
for i in range(2000):
    if bump() != i + 1 or counter != i + 1:
        print("wrong", i, counter)
        break
    if i == 1000:
        counter = 1001
print(counter)

step = 1
k = 0
while k < 5000:
    k += step
    if k == 2500:
        step = True
    if k == 4000:
        step = 1 << 61
print(k)


class Finds:
    """A finaliser that changes a global while it is stored to."""

    def __del__(self):
        global found
        found = "by finaliser"


for i in range(600):
    found = Finds() if i % 2 else 0
print(type(found).__name__)
for n in ("small", "i"):
    print(n in vars(sys.modules[__name__]))
