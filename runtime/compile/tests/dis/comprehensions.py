def f(rows, key):
    a = [x * y for x in rows if x for y in x]
    b = {k: v for k, v in rows}
    c = sum(x for x in rows)
    d = [lambda: x for x in rows]
    return all(x > key for x in rows)


class C:
    names = [n for n in dir()]
