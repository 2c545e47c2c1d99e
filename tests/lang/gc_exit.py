# What still dies when the interpreter ends: module globals, atexit functions first, cycles with finalisers.
import atexit


class Obj:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("died", self.name)


atexit.register(print, "atexit one")
atexit.register(print, "atexit two", sep="-")


@atexit.register
def last_words():
    print("atexit function sees", kept.name)


kept = Obj("global")
cycle = Obj("cycle")
cycle.me = cycle
del cycle
print("end of program")
