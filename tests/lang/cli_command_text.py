"""-c: indentation that all lines share goes away, tracebacks show the text, and the file of errors is <string>."""
import subprocess
import sys


def run(*args, stdin=""):
    done = subprocess.run([sys.executable, *args], input=stdin, capture_output=True, text=True)
    print(done.returncode, done.stdout, done.stderr, sep="\n")


run("-c", "  print(1)")
run("-c", "\n    print(1)\n\n    if 1:\n        print(2)\n  \n    print('''a\n    b''')")
run("-c", "\tprint(1)\n        print(2)")
run("-c", "1/0")
run("-c", "def f():\n  return g()\ndef g():\n  raise ValueError('x')\nf()")
run("-c", "import traceback\ntry:\n  {}['k']\nexcept KeyError:\n  print(traceback.format_exc())")
run("-c", "print(1")
run("-c", "")
run("-c", "import sys; print(sys.argv, __name__, '__file__' in globals(), sys.path[0] == '')", "a", "-b")
run("-", "a", stdin="import sys; print(sys.argv, __name__)\n1/0\n")
run(stdin="def f(:\n")
run("-X", "no_debug_ranges", "-c", "print(1/0)")
