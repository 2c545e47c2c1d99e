# and, or, not, conditional expressions, walrus: what is evaluated, and what the result is.
def say(x):
    print("<", x, ">", end=" ")
    return x


print(say(0) or say("") or say([]) or say("last"))
print(say(1) and say("a") and say(0) and say("never"))
print(say(0) or say(5) and say(6))
print(not say(0), not say(1), not not say([]))
print(say(1) if say(0) else say(2))
print((say(1) if say(1) else say(2)) if say(True) else say(4))
print([x for x in range(10) if not x % 2 and x or x == 9])


class Truth:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        print("bool?", end=" ")
        return self.answer


class Length:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        print("len?", end=" ")
        return self.n


print(bool(Truth(True)), bool(Truth(False)), bool(Length(0)), bool(Length(2)))
if Truth(False) or Length(3):
    print("taken")
while Length(0):
    print("never")
else:
    print("else of while")
for bad in (Truth(1), Truth(None), Length(-1), Length("x"), Length(2**70)):
    try:
        print(bool(bad))
    except Exception as e:
        print(type(e).__name__, e)
if (n := len("hello")) > 3:
    print("walrus", n)
print([y := 5, y**2, (z := y + 1) * z], y, z)
print([last := v for v in range(4)], last)
data = [3, -1, 4]
while (item := data.pop()) > 0:
    print("item", item)
print(item, data)
print(any((hit := v) > 2 for v in [1, 2, 3, 4]), hit)
x = None
print(x is None and "none" or "some", x or "default", (x or {}).get("a", "missing"))
print(True and not False or False, False == False in [False], not 1 == 2)
assert not (None or 0 or "" or () or {} or set() or 0.0 or 0j or range(0) or b"")
assert None is None and ... is ... and NotImplemented is not None
try:
    bool(NotImplemented)
except TypeError as e:
    print(e)
print(("a", "b")[True], ["no", "yes"][1 > 0], {True: "t", False: "f"}[not 0])
