# exit: 1
# stderr: exact
# A traceback through two functions ends the program with status 1.
def inner(values, index):
    return values[index] + 1


def outer():
    values = [1, 2, 3]
    return inner(values, 10)


print("before")
outer()
print("never")
