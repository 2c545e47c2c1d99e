# Classes: attributes on class and instance, methods, inheritance, super, properties, class bodies.
class Animal:
    """An animal."""
    kingdom = "animals"
    count = 0

    def __init__(self, name):
        self.name = name
        Animal.count += 1

    def speak(self):
        return f"{self.name} makes a sound"

    @property
    def title(self):
        "The title."
        return self.name.title()

    @title.setter
    def title(self, value):
        self.name = value.lower()

    @title.deleter
    def title(self):
        self.name = "nobody"

    @classmethod
    def create(cls, *names):
        return [cls(n) for n in names]

    @staticmethod
    def legs(n=4):
        return n


class Dog(Animal):
    def speak(self):
        return super().speak() + ": woof"

    @property
    def title(self):
        return "Dog " + super().title


class Puppy(Dog):
    def __init__(self, name, age):
        super().__init__(name)
        self.age = age

    def speak(self):
        return super(Puppy, self).speak().upper()


a, d, p = Animal("cat"), Dog("rex"), Puppy("bit", 1)
print(a.speak(), d.speak(), p.speak(), sep="; ")
print(a.title, d.title, p.title, Animal.count, Dog.count)
a.title = "LION"
print(a.name, a.title)
del a.title
print(a.name)
for obj in (d, Puppy("x", 2)):
    try:
        obj.title = "no"
    except AttributeError as e:
        print(e)
print([type(x).__name__ for x in Dog.create("a", "b")], Puppy.legs(), p.legs(3))
print(Puppy.__mro__, Puppy.__bases__, Puppy.__base__, Animal.__subclasses__() == [Dog])
print(isinstance(p, Animal), isinstance(a, Dog), issubclass(Puppy, (int, Dog)), issubclass(Dog, Dog))
print(Animal.__doc__, Dog.__doc__, Animal.title.__doc__, Animal.__name__, Puppy.__qualname__, Animal.__module__)
d.kingdom = "changed"
print(d.kingdom, Dog.kingdom, vars(d))
del d.kingdom
print(d.kingdom)
for code in ["d.nope", "Dog.nope", "del d.nope", "del d.kingdom", "d.speak.x = 1", "super().x", "p.title()", "Animal()",
             "Animal(1, 2)", "Dog.speak()", "del Dog.nope", "object().x = 1", "(5).x = 1", "len.x", "None.x", "Animal.title.fget(5)",
             "d.__class__ = int", "d.__dict__ = 5", "Animal.__name__ = 5", "Animal.__bases__ = ()", "Animal.__bases__ = (Puppy,)"]:
    try:
        exec(code)
        print(code, "ok")
    except Exception as e:
        print(code, "->", type(e).__name__ + ":", e)
Animal.speak = lambda self: "patched"
print(a.speak(), d.speak())
bound = d.speak
print(bound(), bound.__self__ is d, bound.__func__ is Dog.speak, bound == d.speak, bound is d.speak, bound.__name__)


class Body:
    x = 1
    y = [x for _ in range(2)] if False else x + 1
    for i in range(3):
        pass
    if x:
        def method(self): return "defined"
    z = (lambda: 5)()
    del x
    locals()["w"] = 6


print(sorted(k for k in vars(Body) if not k.startswith("__")), Body.i, Body().method(), Body.w)
p.__class__ = Dog
print(type(p).__name__, p.age, p.speak())
Class = type("Class", (Dog,), {"extra": 1, "speak": lambda self: "dynamic"})
print(Class("z").speak(), Class.extra, Class.__module__, Class.__qualname__)
