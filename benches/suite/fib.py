"""Fibonacci numbers by recursion: calls and nothing else. Beside c/fib.c."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(25))
