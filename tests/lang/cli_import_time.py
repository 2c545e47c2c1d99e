"""-X importtime: one line for each import, indented below the import that asked for it."""
import os
import re
import subprocess
import sys
import tempfile

os.chdir(tempfile.mkdtemp())
for name, text in [("outer", "import inner, last\nimport inner\n"), ("inner", "import deep\n"), ("deep", ""), ("last", "")]:
    with open(name + ".py", "w") as f:
        f.write(text)
clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))} | {"LANG": "C.UTF-8"}


def run(*args, **env):
    done = subprocess.run([sys.executable, *args, "-c", "import outer"], env=clean | env, capture_output=True, text=True)
    lines = done.stderr.splitlines()
    own = [l for l in lines if l.split("|")[-1].strip() in ("outer", "inner", "deep", "last")]
    print(done.returncode, lines[0], *[re.sub(r"\d", "N", re.sub(r" *\d+ \|", " N |", l)) for l in own], sep="\n")


run("-X", "importtime")
run("-X", "importtime=2")
run(PYTHONPROFILEIMPORTTIME="1")
