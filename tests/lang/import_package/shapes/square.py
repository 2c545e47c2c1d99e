print("import square", __name__)


class Square:
    pass


def area(x):
    return x * x
