# Import machinery from Python: finders, loaders, path hooks, zip files, cached bytecode, __import__ overrides.
import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import zipfile


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual"):
            print("find", name, path)
            return importlib.machinery.ModuleSpec(name, Loader(), is_package=name == "virtual")


class Loader(importlib.abc.Loader):
    def create_module(self, spec): return None
    def exec_module(self, module):
        print("exec", module.__name__)
        exec("value = __name__ + '!'\nif __name__ == 'virtual.bad': 1 / 0", module.__dict__)


finder = Finder()
sys.meta_path.insert(0, finder)
import virtual
import virtual.sub
from virtual import other

print(virtual.value, virtual.sub.value, other.value, virtual.__path__, virtual.__spec__.loader.__class__.__name__)
try:
    import virtual.bad
except ZeroDivisionError:
    print("virtual.bad" in sys.modules)
sys.meta_path.remove(finder)
try:
    import virtual.late
except ModuleNotFoundError as e:
    print(e)
with tempfile.TemporaryDirectory() as tmp:
    z = os.path.join(tmp, "lib.zip")
    with zipfile.ZipFile(z, "w") as f:
        f.writestr("zipped.py", "def hello(): return 'from zip'\n")
        f.writestr("zpkg/__init__.py", "from . import inner\n")
        f.writestr("zpkg/inner.py", "x = 5\n")
    sys.path.insert(0, z)
    import zipped
    import zpkg

    print(zipped.hello(), zpkg.inner.x, zipped.__file__.replace(tmp, "<tmp>"), type(zipped.__loader__).__name__)
    sys.path.remove(z)
    src = os.path.join(tmp, "cached.py")
    with open(src, "w") as f:
        f.write("value = 1\n")
    sys.path.insert(0, tmp)
    importlib.invalidate_caches()
    import cached

    print(cached.value, os.path.exists(cached.__cached__) if cached.__cached__ else "none", os.path.dirname(cached.__cached__) == os.path.join(tmp, "__pycache__"))
    with open(src, "w") as f:
        f.write("value = 22222\n")
    importlib.invalidate_caches()
    importlib.reload(cached)
    print(cached.value)
    with open(cached.__cached__, "wb") as f:
        f.write(b"garbage")
    importlib.reload(cached)
    print(cached.value)
    spec = importlib.util.spec_from_file_location("by_hand", src)
    mod = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mod)
    print(mod.value, mod.__name__, "by_hand" in sys.modules, spec.origin == src)
    sys.path.remove(tmp)
original = builtins.__import__


def spy(name, globals=None, locals=None, fromlist=(), level=0):
    if name in ("string", "textwrap"):
        print("__import__", name, fromlist, level)
    return original(name, globals, locals, fromlist, level)


builtins.__import__ = spy
import string
from textwrap import dedent, fill

builtins.__import__ = original
lazy = importlib.util.find_spec("colorsys")
loader = importlib.util.LazyLoader(lazy.loader)
lazy.loader = loader
m = importlib.util.module_from_spec(lazy)
loader.exec_module(m)
print(m.rgb_to_hsv(1, 1, 1), importlib.util.cache_from_source("/a/b.py").startswith("/a/__pycache__/b."), importlib.machinery.SOURCE_SUFFIXES, importlib.util.source_hash(b"x") != b"")
print(sys.builtin_module_names.count("sys"), "os" in sys.stdlib_module_names, importlib.util.resolve_name(".x", "pkg.sub"), [type(f).__name__ if not isinstance(f, type) else f.__name__ for f in sys.meta_path][-1], sys.modules["__main__"].__name__)
