def add(a, b=1, *args, c, d=2, **kwargs):
    """Doc."""
    return a + b


def outer():
    x = 0

    def inner():
        nonlocal x
        x += 1
        return x

    return inner


square = lambda x: x * x
print(*[1, 2, 3], sep="", **options)
obj.method(1, key=2)
