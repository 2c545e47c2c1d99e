import signal, subprocess, sys

for name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL", "SIGTERM"):
    program = f"import os, signal; os.kill(os.getpid(), signal.{name}); print('goes on')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    print(name, done.returncode, done.stdout, done.stderr)
# A handler of the program's own runs, and the program goes on.
program = """import os, signal
signal.signal(signal.SIGUSR1, lambda n, f: print('got', n == signal.SIGUSR1))
os.kill(os.getpid(), signal.SIGUSR1)
print('goes on')"""
print(subprocess.run([sys.executable, "-c", program], capture_output=True).stdout)
