# exit: 1
# stderr: exact
# Suggestions for misspelt names, attributes, imports and keyword arguments.
import collections
import re
import traceback


class Thing:
    colour = 1
    def method(self): return self.colur
    def local(self):
        longname = 1
        return longnam


def keyword(alpha, beta=1): pass


for f in [lambda: prnt, lambda: Thing().colr, Thing().method, Thing().local, lambda: collections.OrderdDict, lambda: [].appendd, lambda: keyword(alhpa=1), lambda: keyword(1, bta=2), lambda: colour, lambda: Thng,
          lambda: exec("from collections import defaultdit"), lambda: exec("import colections"), lambda: "".uper, lambda: sys.argv, lambda: traceback.print_exce, lambda: os, lambda: len.nam, lambda: xyzzy_unlike_anything, lambda: Thing.metod]:
    try:
        f()
    except Exception as e:
        print(re.sub(r" \(.*\)", "", traceback.format_exception_only(e)[-1]), end="")


class Self:
    def __init__(self): self.value = 1
    def get(self): return value


Self().get()
