# exit: 1
# stderr: exact
# A program that does not compile runs no line of it.
print("never printed")


def broken(a, b:
    return a
