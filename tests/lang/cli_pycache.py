# Cached bytecode from outside: written on import, not for the program itself, ignored when stale or damaged, -B, a prefix, read-only folders.
import glob
import os
import subprocess
import sys
import time


def run(*args, **env):
    p = subprocess.run([sys.executable, *args], capture_output=True, text=True, env={**os.environ, **env})
    return p.stdout.strip() + p.stderr.strip()[-60:]


def caches(): return [os.path.basename(p).split(".")[0] + ".*" + os.path.splitext(p)[1] for p in sorted(glob.glob("**/__pycache__/*", recursive=True))]


def write(name, text):
    with open(name, "w") as f:
        f.write(text)


write("mod.py", "value = 'one'\n")
write("prog.py", "import mod\nprint(mod.value)\n")
print(run("-B", "prog.py"), caches())
print(run("prog.py"), caches())
print(run("prog.py"), run("-c", "import mod; print(mod.__cached__.startswith(__import__('os').getcwd()))"))
[cache] = glob.glob("__pycache__/mod.*.pyc")
good = open(cache, "rb").read()
print(len(good) > 16, good[4:8] == b"\0\0\0\0", int.from_bytes(good[12:16], "little") == os.path.getsize("mod.py"))
for damaged in (b"", good[:10], b"\0" * len(good), b"foreign magic" + good):
    with open(cache, "wb") as f:
        f.write(damaged)
    print(run("prog.py"), open(cache, "rb").read() == good)
write("mod.py", "value = 'two, longer'\n")
print(run("prog.py"), open(cache, "rb").read() == good)
print(run("prog.py", PYTHONPYCACHEPREFIX="elsewhere"), os.path.isdir("elsewhere"))
print(run("prog.py", PYTHONDONTWRITEBYTECODE="1"))
os.remove(cache)
os.chmod("__pycache__", 0o555)
print(run("prog.py"))
os.chmod("__pycache__", 0o755)
print(run("-m", "py_compile", "mod.py"), caches())
print(run("-m", "compileall", "-q", "-f", "."), caches())
print(run("-c", "import py_compile; py_compile.compile('mod.py', invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)"), open(cache, "rb").read()[4] & 3)
write("mod.py", "value = 'three'\n")
print(run("prog.py"))
os.rename(cache, "legacy.pyc")
print(run("-c", "import legacy; print(legacy.value)"), run("legacy.pyc"))
