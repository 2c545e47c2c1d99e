"""Options that are none, and values that are none: exit code and first line of the complaint."""
import os
import subprocess
import sys


def run(*args, **env):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))} | {"LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, *args], env=clean | env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.splitlines()


for args in [("-J",), ("-Z",), ("--nonesuch",), ("-c",), ("-m",), ("-W",), ("-X",), ("--check-hash-based-pycs",),
             ("--check-hash-based-pycs", "maybe"), ("--check-hash-based-pycs=never",), ("-OZ", "-c", "1")]:
    code, out, err = run(*args)
    print(args, code, out, err[0], err[-1].replace("python", "adder").split("`")[0])

for option in ["utf8=2", "int_max_str_digits=639", "int_max_str_digits=abc", "int_max_str_digits", "tracemalloc=x",
               "frozen_modules=maybe", "cpu_count=x", "cpu_count=0", "cpu_count", "gil=0", "gil=2", "importtime=3"]:
    print(option, *run("-X", option, "-c", "print('ran')"))

for name, value in [("PYTHONHASHSEED", "abc"), ("PYTHONHASHSEED", "-1"), ("PYTHONHASHSEED", "4294967296"), ("PYTHONUTF8", "2"),
                    ("PYTHONINTMAXSTRDIGITS", "12"), ("PYTHONINTMAXSTRDIGITS", "x"), ("PYTHONTRACEMALLOC", "x"),
                    ("PYTHON_CPU_COUNT", "x"), ("PYTHON_GIL", "0"), ("PYTHONMALLOC", "nonesuch")]:
    print(name, value, *run("-c", "print('ran')", **{name: value}))
    print(name, "ignored", *run("-E", "-c", "print('ran')", **{name: value}) if name != "PYTHONMALLOC" else ())

for name, value in [("PYTHONOPTIMIZE", "0"), ("PYTHONOPTIMIZE", "x"), ("PYTHONVERBOSE", "0"), ("PYTHONDEBUG", "1"),
                    ("PYTHONINSPECT", "0"), ("PYTHONNOUSERSITE", "0"), ("PYTHONDONTWRITEBYTECODE", "0"), ("PYTHONHASHSEED", "0"),
                    ("PYTHONHASHSEED", "random"), ("PYTHONHASHSEED", ""), ("PYTHONPATH", "/nonesuch"), ("PYTHONIOENCODING", "latin-1"),
                    ("PYTHONIOENCODING", ":replace"), ("PYTHONIOENCODING", "utf-8:ignore"), ("LC_ALL", "C"), ("LC_ALL", "POSIX")]:
    print(name, value, *run("-c", "import sys; print(sys.flags, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)", **{name: value}))
