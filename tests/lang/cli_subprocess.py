# The command line seen from outside: -c, -m, -, options, exit codes, usage errors.
import os
import subprocess
import sys


def run(*args, stdin="", env=None):
    p = subprocess.run([sys.executable, *args], input=stdin, capture_output=True, text=True, env={**os.environ, **(env or {})})
    last = p.stderr.splitlines()[-1] if p.stderr else ""
    print(args, p.returncode, repr(p.stdout), repr(last.replace(sys.executable, "<exe>").replace("`adder ", "`python ")))


run("-c", "print(1 + 1)")
run("-c", "import sys; print(sys.argv, __name__)", "a", "-b", "--c")
run("-c", "raise SystemExit(4)")
run("-c", "1/0")
run("-c", "x = (")
run("-c", "  print('indented')")
run("-", "arg", stdin="import sys\nprint(sys.argv, __name__)\n")
run(stdin="print('from pipe')\nprint(__name__)\n")
run("-m", "no_such_module_at_all")
run("no_such_file.py")
run(".")
with open("prog.py", "w") as f:
    f.write("import sys\nprint(sys.argv, __name__, sys.path[0] == sys.argv[0].rpartition('/')[0] or 'cwd')\n")
run("prog.py", "x")
run("-m", "prog", "y")
run("-B", "-s", "-E", "-u", "-q", "-P", "prog.py")
os.mkdir("folder")
with open("folder/__main__.py", "w") as f:
    f.write("import sys\nprint('main of folder', __name__, repr(__package__), sys.argv)\nsys.exit(9)\n")
run("folder", "z")
run("-m", "folder", "z")
run("-m", "json.tool", "--compact", stdin='{"a": [1,  2]}')
run("-x", "prog.py")
run("-Wd", "-c", "import warnings; warnings.warn('w', DeprecationWarning); print('on')")
run("-bb", "-c", "print(b'a' == 'a')")
run("-i", "-c", "x = 5", stdin="print(x * 2)\n")
run("-c", "import sys; sys.stderr.write('e'); sys.stdout.write('o')")
run("-c", "print(__debug__)", env={"PYTHONOPTIMIZE": "1"})
run("-E", "-c", "print(__debug__)", env={"PYTHONOPTIMIZE": "1"})
run("-c", "import os; os._exit(5)")
run("-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
run("-c")
run("-Z")
run("-X", "utf8", "-c", "import sys; print(sys.flags.utf8_mode)")
p = subprocess.run([sys.executable, "-V"], capture_output=True, text=True)
print(p.returncode, p.stdout.count("3.14"))
with open("latin.py", "wb") as f:
    f.write(b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n")
run("latin.py")
with open("badenc.py", "wb") as f:
    f.write(b"print('\xe9')\n")
run("badenc.py")
with open("nul.py", "wb") as f:
    f.write(b"print(1)\0\n")
run("nul.py")
with open("bom.py", "wb") as f:
    f.write(b"\xef\xbb\xbfprint('bom')\r\nprint('crlf')\r\n")
run("bom.py")
