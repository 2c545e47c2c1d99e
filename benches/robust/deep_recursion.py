"""Recursion to the limit and back, ended by a result or by RecursionError."""
import sys


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def endless(n):
    return endless(n + 1) + 1


class Node:
    def __init__(self, depth):
        self.child = Node(depth - 1) if depth else None

    def size(self):
        return 1 + (self.child.size() if self.child else 0)


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
sys.setrecursionlimit(3000)
t = 0
caught = 0
for i in range(rounds):
    t += down(2500) + even(2000) + Node(700).size()
    try:
        endless(0)
    except RecursionError as e:
        caught += 1
        assert "recursion" in str(e)
print(t, caught)
