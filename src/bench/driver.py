"""Runs a program again and again inside one process, and writes down how long each time took.

usage: driver.py RECORD LEAST MOST SECONDS LIMIT LOOPS KIND TARGET [ARGUMENT...]

RECORD is the file for the results, one line each. After SECONDS no further iteration begins, unless there are fewer than LEAST and so many
take no longer than LIMIT; there are MOST at the most. KIND is file, module or command. The program runs as `__main__`, in a module made
anew for each iteration from one code object. Its output goes where it always goes; the record says which part belongs to which
iteration. Programs that import pyperf get the stand-in beside this file, whose Runner reports to the same record.
"""
import os
import sys
from time import perf_counter

RECORD, LEAST, MOST, SECONDS, LIMIT, LOOPS, KIND, TARGET = sys.argv[1:9]
ARGUMENTS = sys.argv[9:]
# An output longer than this is kept once and only compared afterwards.
LARGE = 1 << 20


class Turns:
    """Whether there is time for another iteration."""

    def __init__(self):
        self.done, self.began = 0, perf_counter()

    def more(self, took):
        """The last iteration took so many seconds."""
        self.done += 1
        elapsed = perf_counter() - self.began
        if self.done >= int(MOST):
            return False
        if self.done < int(LEAST) and elapsed / self.done * int(LEAST) <= float(LIMIT):
            return True
        return elapsed + took <= float(SECONDS)


class Record:
    """The file of results; every line is complete when it is there."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")

    def line(self, *words):
        self.file.write("\t".join(str(w).replace("\n", " ").replace("\t", " ") for w in words) + "\n")
        self.file.flush()


class Output:
    """What the program printed, found in the file that standard output is."""

    def __init__(self):
        self.first = None
        self.start = self.size()

    @staticmethod
    def size():
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, ValueError, OSError):
                pass
        try:
            return os.fstat(1).st_size
        except OSError:
            return 0

    def iteration(self):
        """Start and end of what came since the last call; equal to the first output it is cut off again, with -1 for both."""
        start, end = self.start, self.size()
        if self.first is None:
            self.first = (start, end)
        elif self.equal(start, end):
            os.ftruncate(1, start)
            os.lseek(1, start, os.SEEK_SET)
            return -1, -1
        self.start = end
        return start, end

    def equal(self, start, end):
        first, last = self.first
        if last - first != end - start:
            return False
        for at in range(0, end - start, LARGE):
            n = min(LARGE, end - start - at)
            if os.pread(1, n, first + at) != os.pread(1, n, start + at):
                return False
        return True


def peak():
    """Greatest resident memory of this process in bytes; 0 when the system does not tell."""
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def read_program():
    """The code object of the program and the value of its `__file__`."""
    if KIND == "command":
        return compile(TARGET, "<string>", "exec"), None
    if KIND == "file":
        path = os.path.abspath(TARGET)
        sys.path[0] = os.path.dirname(os.path.realpath(path))
        with open(path, "rb") as file:
            return compile(file.read(), path, "exec"), path
    import runpy
    sys.path[0] = os.getcwd()
    _, spec, code = runpy._get_module_details(TARGET)
    return code, spec.origin


def fresh_main(path, name=""):
    main = type(sys)("__main__")
    main.__builtins__ = __builtins__
    if path is not None:
        main.__file__ = path
    if name:
        main.__package__ = name.rpartition(".")[0]
    sys.modules["__main__"] = main
    return main


def once(code, path):
    """Seconds of one run of the program; an error of the program is raised."""
    main = fresh_main(path, TARGET if KIND == "module" else "")
    space = main.__dict__
    start = perf_counter()
    try:
        exec(code, space)
    except SystemExit as e:
        took = perf_counter() - start
        if e.code not in (None, 0):
            raise
        return took
    return perf_counter() - start


def main():
    record = Record(RECORD)
    here = os.getcwd()
    folder = os.path.dirname(os.path.abspath(__file__))
    code, path = read_program()
    # Before the package itself, whose Runner would take its iterations in processes of its own.
    sys.path.insert(1, os.path.join(folder, "stand_in"))
    sys.argv = [path or ("-c" if KIND == "command" else TARGET)] + ARGUMENTS
    arguments = sys.argv[:]
    output = Output()
    sys.bench_record = (record, Turns, int(LOOPS))
    turns, more = Turns(), True
    while more:
        took = once(code, path)
        stand_in = sys.modules.get("pyperf")
        if getattr(stand_in, "RAN", False):
            # Its Runner took the iterations.
            break
        start, end = output.iteration()
        record.line("iteration", "", repr(took), start, end)
        os.chdir(here)
        sys.argv = arguments[:]
        more = turns.more(took)
    record.line("peak", peak())
    record.line("done")


main()
