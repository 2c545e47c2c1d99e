"""Runs a program under the interpreter and under the JIT, and prints both times.

usage: adder examples/compare.py [PROGRAM [ARGUMENT...]]      (default: nbody.py beside this file)
"""

import os
import re
import subprocess
import sys
import time

RUNS = 3


def run(mode, command):
    """Lowest wall time of a few runs in seconds, and what the program printed."""
    best, text = float("inf"), b""
    for _ in range(RUNS):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-X", f"jit={mode}", *command], stdout=subprocess.PIPE)
        best = min(best, time.perf_counter() - start)
        if done.returncode:
            sys.exit(f"compare: {command[0]} ended with exit code {done.returncode} under jit={mode}")
        text = done.stdout
    return best, text


def untimed(text):
    """The output without the seconds that programs print of themselves."""
    return re.sub(rb"\d+\.\d+ s\b", b"", text)


def main():
    command = sys.argv[1:] or [os.path.join(os.path.dirname(os.path.abspath(__file__)), "nbody.py")]
    interpreter, expected = run("off", command)
    jit, printed = run("on", command)
    sys.stdout.write(expected.decode(errors="replace"))
    print(f"interpreter {interpreter:7.3f} s\njit         {jit:7.3f} s    {interpreter / jit:.1f} times as fast")
    if untimed(printed) != untimed(expected):
        sys.exit("compare: the outputs DIFFER")


main()
