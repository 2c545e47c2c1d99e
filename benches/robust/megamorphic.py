"""A site that meets a thousand classes, with an attribute at another place in each."""
import sys


def make(i):
    def __init__(self, value):
        for k in range(i % 7):
            setattr(self, f"pad{k}", k)
        self.value = value

    return type(f"C{i}", (), {"__init__": __init__, "get": lambda self: self.value + i % 3})


def run(objects, rounds):
    t = 0
    for _ in range(rounds):
        for o in objects:
            t += o.get()
            o.value = t & 1023
    return t


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
objects = [make(i)(i) for i in range(1000)]
print(run(objects, rounds))
