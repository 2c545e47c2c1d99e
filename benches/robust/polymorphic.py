"""One call site and one attribute site, four classes by turns."""
import sys


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height


class Triangle(Rectangle):
    def area(self):
        return self.width * self.height / 2


class Unit:
    side = 1

    def area(self):
        return self.side


def total(shapes, rounds):
    t = 0
    for _ in range(rounds):
        for s in shapes:
            t += s.area()
    return t


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60000
shapes = [Square(3), Rectangle(2, 5), Triangle(3, 4), Unit()] * 5
print(total(shapes, rounds))
