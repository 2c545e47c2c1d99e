"""Cache files checked by hash, their places, and what becomes of damaged ones."""
import os
import py_compile
import subprocess
import sys
import tempfile
from py_compile import PycInvalidationMode as Mode

os.chdir(tempfile.mkdtemp())
clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))} | {"LANG": "C.UTF-8"}
tag = sys.implementation.cache_tag


def write(value):
    with open("m.py", "w") as f:
        f.write(f"v = {value}\n")


def run(*args, **env):
    done = subprocess.run([sys.executable, *args, "-c", "import m; print(m.v)"], env=clean | env, capture_output=True, text=True)
    last = done.stderr.splitlines()[-1:]
    print([a.replace(os.getcwd(), "HERE") for a in args], *env, done.returncode, done.stdout.strip(), [e.split(":")[0] for e in last])


def caches(folder="."):
    found = [os.path.join(d, f) for d, _, files in os.walk(folder) for f in files if f.endswith((".pyc", ".tmp"))]
    found = [f for f in found if "m." in os.path.basename(f)]
    return sorted(os.path.basename(f).replace(tag, "TAG") for f in found)


write(1)
run("-B")
print(caches())
run()
print(caches())
run("-O")
run("-OO")
print(caches())
run("-X", f"pycache_prefix={os.getcwd()}/a")
run(PYTHONPYCACHEPREFIX=f"{os.getcwd()}/b")
print(caches("a"), caches("b"))
path = f"__pycache__/m.{tag}.pyc"
py_compile.compile("m.py", invalidation_mode=Mode.CHECKED_HASH)
run()
write(2)
run()
py_compile.compile("m.py", invalidation_mode=Mode.UNCHECKED_HASH)
write(3)
run()
run("--check-hash-based-pycs", "always")
write(4)
run("--check-hash-based-pycs", "never")
os.remove(path)
run()
with open(path, "rb") as f:
    good = f.read()
for length in [0, 1, 4, 15]:
    with open(path, "wb") as f:
        f.write(good[:length])
    run()
for damaged in [b"garbage, and enough of it to be longer than a header", good[:4] + b"\xff" * 4 + good[8:], b"\0" + good[1:]]:
    with open(path, "wb") as f:
        f.write(damaged)
    run()
with open(path, "wb") as f:
    f.write(good[:20])
run()
os.remove(path)
os.mkdir(path)
run()
os.rmdir(path)
os.rmdir("__pycache__") if not os.listdir("__pycache__") else [os.remove("__pycache__/" + f) for f in os.listdir("__pycache__")]
os.rmdir("__pycache__")
with open("__pycache__", "w"):
    pass
run()
