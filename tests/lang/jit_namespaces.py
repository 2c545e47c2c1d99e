"""The same code in one namespace after another, and by turns in two."""

SOURCE = """
def twice(x):
    return x * 2 + less(x)
def less(x):
    return x - STEP
def main(n):
    s = 0
    for i in range(n):
        s += twice(i)
    return s
result = main(N)
"""
code = compile(SOURCE, "<again>", "exec")
for k in range(20):
    space = {"N": 3000, "STEP": k}
    exec(code, space)
    print(space["result"], end=" ")
print()
one, two = {"N": 5, "STEP": 1}, {"N": 5, "STEP": 100}
exec(code, one)
exec(code, two)
total = 0
for i in range(4000):
    total += one["twice"](i) - two["twice"](i)
    if i % 500 == 0:
        one["STEP"] += 1
        total += one["main"](4) + two["main"](3)
print(total)


def numbers(n):
    for i in range(n):
        yield BASE + i


import types

makers = [types.FunctionType(numbers.__code__, {"BASE": b, "range": range}) for b in (0, 10, 20)]
total = 0
for i in range(600):
    total += sum(makers[i % 3](5))
print(total)
