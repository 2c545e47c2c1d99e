# exit: 1
# stderr: exact
# An exception group with nesting, notes and causes.
def leaf(n):
    raise ValueError(f"leaf {n}")


def make():
    out = []
    for n in range(2):
        try:
            leaf(n)
        except ValueError as e:
            if n:
                e.add_note("second leaf")
            out.append(e)
    try:
        raise TypeError("t") from out[0]
    except TypeError as e:
        out.append(ExceptionGroup("nested", [e, KeyError("k")]))
    return out


raise ExceptionGroup("top level", make())
