"""Standard streams that are closed, full or broken."""
import os
import subprocess
import sys

clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_"))} | {"LANG": "C.UTF-8"}


def run(command):
    done = subprocess.run(["bash", "-c", command], env=clean | {"X": sys.executable}, capture_output=True, text=True)
    print(command, done.returncode, done.stdout, done.stderr, sep="\n")


run('"$X" -c "import sys; print(sys.stdin, sys.stdout is None)" <&-')
run('"$X" -c "import sys; print(sys.stdout, sys.stdin is None, file=sys.stderr); print(1)" >&-')
run('"$X" -c "import sys; print(sys.stderr, sys.__stderr__); 1/0" 2>&-')
run('"$X" -c "input()" <&-')
run('"$X" -c "input()" </dev/null')
run('"$X" <&-')
run('"$X" - <&- >&- 2>&-')
run('"$X" -c "print(1)" >/dev/full')
run('"$X" -u -c "print(1)" >/dev/full')
run('"$X" -c "import sys; sys.stdout.write(\'x\' * 100000)" >/dev/full')
run('"$X" -c "import sys; sys.stderr.write(\'x\')" 2>/dev/full')
run('"$X" -V >/dev/full')
run('"$X" -c "import sys; sys.stdout.close(); print(1)"')
run('"$X" -c "import os; os.close(1); print(1)"')
run('"$X" -c "import os; os.close(2); 1/0"')
run('"$X" -c "for i in range(100000): print(i)" | head -1; echo ${PIPESTATUS[0]}')
run('"$X" -u -c "import sys; print(sys.stderr.line_buffering, sys.stdout.line_buffering, sys.stdout.write_through, sys.stdout.buffer)"')
run('"$X" -c "raise KeyboardInterrupt" 2>/dev/null; echo $?')
run('"$X" -c "import os, signal; os.kill(os.getpid(), signal.SIGINT); print(1)" 2>/dev/null; echo $?')
run('"$X" -c "import os, signal; os.kill(os.getpid(), signal.SIGTERM); print(1)"; echo $?')
run('"$X" -c "import sys; print(ascii(sys.argv), ascii(sys.orig_argv[3:]))" "$(printf "a\\xff\\xc3\\xa9")"')
run('mkdir -p /tmp/gone$$ && cd /tmp/gone$$ && rmdir /tmp/gone$$ && "$X" -c "import sys; print(sys.path[0])"')
