"""Programs that are folders, archives and cache files."""
import os
import py_compile
import re
import subprocess
import sys
import tempfile
import zipfile

os.chdir(tempfile.mkdtemp())
here = os.path.realpath(os.getcwd())


def run(*args):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True)
    text = done.stderr.replace(here, "HERE").replace(sys.executable, "PYTHON")
    text = re.sub(r'File "<frozen runpy>", line \d+', 'File "<frozen runpy>", line N', text)
    print(args, done.returncode, done.stdout.replace(here, "HERE"), text, sep="\n")


os.mkdir("empty")
run("empty")
os.mkdir("folder")
with open("folder/__main__.py", "w") as f:
    f.write("import sys, other\nprint(__name__, __package__, __file__, sys.argv, sys.path[0], other.x)\n")
with open("folder/other.py", "w") as f:
    f.write("x = 5\n")
run("folder", "-x", "a")
run("-P", "folder")
with zipfile.ZipFile("app.zip", "w") as z:
    z.writestr("other.py", "def f():\n    raise ValueError('from an archive')\n")
    z.writestr("__main__.py", "import other\nprint(__name__, __file__)\nother.f()\n")
run("app.zip")
with open("app.zip", "rb") as f, open("prefixed.pyz", "wb") as g:
    g.write(b"#!/usr/bin/env python3\n" + f.read())
run("prefixed.pyz")
with zipfile.ZipFile("nomain.zip", "w") as z:
    z.writestr("other.py", "")
run("nomain.zip")
with open("plain.py", "w") as f:
    f.write("print(__name__, __file__, 'PK\\x05\\x06')\n")
run("plain.py")
cache = py_compile.compile("plain.py", "compiled.pyc")
run("compiled.pyc")
with open("renamed", "wb") as g, open("compiled.pyc", "rb") as f:
    g.write(f.read())
run("renamed")
with open("bad.pyc", "wb") as f:
    f.write(b"nonsense, and more of it than a header has")
run("bad.pyc")
run("missing.py")
run("missing/it.py")
