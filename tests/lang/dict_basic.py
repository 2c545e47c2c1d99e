# Everyday dictionaries and sets.
ages = {"ann": 30, "bob": 25}
ages["cy"] = 40
print(ages, len(ages), ages["ann"], ages.get("zed"), ages.get("zed", 0), "bob" in ages)
for name in ages:
    print(name, ages[name], end="; ")
print()
for name, age in ages.items():
    print(f"{name}:{age}", end=" ")
print(list(ages.keys()), list(ages.values()))
del ages["bob"]
ages["ann"] += 1
ages.update(dan=5)
print(ages, ages.pop("cy"), ages, sorted(ages))
try:
    ages["nobody"]
except KeyError as e:
    print("KeyError", e)
counts = {}
for ch in "abracadabra":
    counts[ch] = counts.get(ch, 0) + 1
print(counts, sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])), max(counts, key=counts.get))
groups = {}
for w in ["apple", "avocado", "banana", "blueberry", "cherry"]:
    groups.setdefault(w[0], []).append(w)
print(groups)
print({x: x * x for x in range(4)}, dict([("a", 1)]), dict(zip("ab", [1, 2])), {**{"a": 1}, "b": 2}, {"a": 1} | {"a": 2})
nested = {"user": {"name": "x", "tags": ["a", "b"]}}
nested["user"]["tags"].append("c")
print(nested, nested["user"]["tags"][-1], {1: "int", "1": "str", (1, 2): "tuple", None: "none"})
s = {1, 2, 3}
s.add(3)
s.add(4)
s.discard(1)
print(s, 2 in s, len(s), s & {2, 3}, s | {9}, s - {2}, {1, 2} == {2, 1}, set(), sorted(set("hello")))
d = {}
d["self"] = d
print(d, bool({}), {} == dict(), list({"b": 1, "a": 2}), [k for k, v in {"x": 1, "y": 0}.items() if v])
cache = {}


def fib(n):
    if n not in cache:
        cache[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
    return cache[n]


print(fib(60), len(cache))
