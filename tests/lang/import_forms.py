# Forms of the import statement on library modules, binding rules, imports in functions and classes, attributes of modules.
import os, sys as system
import os.path as p
import collections.abc
from os import (
    path,
    sep as separator,
)
from math import *

print(system is __import__("sys"), p is os.path, path is p, separator, collections.abc.Sized.__name__, sqrt(16), "pi" in globals())


def inside():
    import json
    from itertools import count as c
    import xml.dom as dom
    return json.dumps([1]), next(c(5)), dom.__name__, sorted(locals())


print(inside())
try:
    json
except NameError as e:
    print(e)


class Holder:
    import string as s
    from os.path import join, basename
    letters = s.ascii_lowercase


print(Holder.letters[:3], Holder.join("a", "b"), Holder.s.digits, "import_forms" in system.modules, __name__, __file__.endswith("import_forms.py"), __spec__, __package__, __doc__, __builtins__ is not None)


def glob():
    global imported_globally
    import textwrap as imported_globally


glob()
print(imported_globally.__name__)
if True:
    import bisect
try:
    import missing_one
except ImportError:
    missing_one = None
print(bisect.bisect([1, 3], 2), missing_one)
for name in ("re", "json", "decimal"):
    mod = __import__(name)
    print(mod.__name__, mod.__spec__.name, hasattr(mod, "__file__"))
for src in ["import a.b as c.d", "from a import", "from a import (b, c", "import a, ", "from a import *, b", "def f(): from a import *", "from . import *", "from .. import x as y", "from a import b,", "from a import (b,)", "import (a)", "from a import b.c", "import a as 5", "class C: from a import *", "from __future__ import nope", "from __future__ import braces", "x = 1\nfrom __future__ import annotations", "from __future__ import annotations as a", "import", "from a", "import a b", "from .a import b as c, d"]:
    try:
        compile(src, "s", "exec")
        print("ok", repr(src))
    except SyntaxError as e:
        print(repr(src), "->", e.msg)
