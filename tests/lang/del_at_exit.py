# What hot code keeps for itself dies at the end of the program all the same.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)


def hot(n, default=Noisy("default of a function that calls itself")):
    return 0 if n == 0 else 1 + hot(n - 1)


def loop(n):
    t = 0
    for i in range(n):
        t += hot(i % 3)
    return t


for _ in range(60):
    r = loop(90)
print(r)
