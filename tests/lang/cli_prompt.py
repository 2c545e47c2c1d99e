"""The prompt on an input that is no terminal."""
import os
import subprocess
import sys
import tempfile

os.chdir(tempfile.mkdtemp())
clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))} | {"LANG": "C.UTF-8"}


def run(*args, stdin, **env):
    done = subprocess.run([sys.executable, *args], input=stdin, env=clean | env, capture_output=True, text=True)
    err = done.stderr.replace(os.path.realpath(os.getcwd()), "HERE")
    print(args, done.returncode, done.stdout, err, sep="\n")


run("-iq", stdin="1 + 1\nprint(2)\n_\n1/0\ndef f():\n    return 3\n\nf()\nx = (\n5)\nx\nfor i in range(2): print(i)\n\nf(:\nexit(4)\n")
run("-i", "-c", "x = 5", stdin="print(x)\nx\n1/0\n")
with open("raises.py", "w") as f:
    f.write("def f():\n    1/0\nf()\n")
run("-i", "raises.py", stdin="print(f.__name__)\nimport sys\nsys.last_exc\n")
with open("exits.py", "w") as f:
    f.write("import sys\nsys.exit(3)\n")
run("-i", "exits.py", stdin="print('still here')\n")
run("-i", "-c", "pass", stdin="raise SystemExit(7)\n")
run("-q", stdin="print(1)\n")
with open("sets.py", "w") as f:
    f.write("import os\nos.environ['PYTHONINSPECT'] = '1'\n")
run("-i", "-q", "sets.py", stdin="__name__\n")
with open("startup.py", "w") as f:
    f.write("print('startup'); y = 9\n")
run("-iq", stdin="y\n", PYTHONSTARTUP="startup.py")
run("-iq", stdin="1\n", PYTHONSTARTUP="nonesuch.py")
