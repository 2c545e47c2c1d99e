# Packages: relative imports, circular imports, __all__, module __getattr__, namespace packages, failing modules.
import os
import sys

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "import_package")
sys.path[:0] = [here, os.path.join(here, "other")]
import shapes
import shapes.deep.bottom as bottom
from shapes import lazy, Sq, circle as c
from shapes.deep import bottom as again, here as deep_name

print(shapes.circle.PI, c is shapes.circle, Sq.__module__, lazy, bottom.value, again is bottom, deep_name, shapes.area(4), dir(shapes), shapes.__doc__, shapes.__version__)
print(shapes.__spec__.name, shapes.__spec__.submodule_search_locations is not None, bottom.__spec__.parent, c.__name__, os.path.basename(c.__file__), type(shapes.__loader__).__name__, c.__package__)
for code in ["shapes.nope", "from shapes import nope", "import shapes.nope", "from shapes.circle import nope", "import shapes.circle.nope", "import shapes.broken", "import shapes.badsyntax", "import shapes.deep.too_far", "from shapes import broken"]:
    try:
        exec(code)
        print(code, "ok")
    except Exception as e:
        print(code, "->", type(e).__name__, str(e).split(" (/")[0].replace(here, "<here>"))
print("shapes.broken" in sys.modules, hasattr(shapes, "broken"), "shapes.nope" in sys.modules)
import cycle_a

print(cycle_a.name, cycle_a.cycle_b.name)
import space.one.mod
import space.two

print(space.one.mod.which, space.two.which, type(space.__path__).__name__, len(list(space.__path__)), space.__file__ if hasattr(space, "__file__") else "no file", space.__spec__.origin)
ns = {}
exec("from stars import *", ns)
print(sorted(k for k in ns if k != "__builtins__"))
ns = {}
exec("from stars_all import *", ns)
print(sorted(k for k in ns if k != "__builtins__"))
try:
    exec("from stars_bad import *", {})
except AttributeError as e:
    print(e)
ns = {}
exec("from shapes import *", ns)
print(sorted(k for k in ns if k != "__builtins__"))
import importlib
import runpy

m = importlib.import_module("shapes.square")
m.area = "changed"
importlib.reload(m)
print(m.area(2), importlib.import_module(".square", "shapes") is m, importlib.util.find_spec("no_such_module"), importlib.util.find_spec("stars").name)
del sys.modules["stars"]
import stars as fresh

print(fresh.public, __import__("shapes.deep") is shapes, __import__("shapes.deep", fromlist=["x"]).__name__)
print(runpy.run_path(os.path.join(here, "runnable.py"))["__name__"], sorted(runpy.run_module("runnable", run_name="__main__"))[-1])
sys.modules["fake"] = 5
import fake

print(fake)
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as e:
    print(type(e).__name__, e)
try:
    importlib.import_module(".x")
except TypeError as e:
    print(e)
print(sorted(f.split(".")[1] for f in os.listdir(os.path.join(here, "__pycache__")) if f.startswith("stars."))[0][:3] != "" if os.path.isdir(os.path.join(here, "__pycache__")) else "no cache")
