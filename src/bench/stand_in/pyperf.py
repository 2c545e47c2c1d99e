"""Stands in for pyperf under `adder bench`: the same calls, with every iteration of a benchmark taken in this process and kept.

What spawns and aggregates in pyperf is the business of the command here, so options of the Runner are accepted and ignored.
"""
import argparse
import functools
import subprocess
import sys
from time import perf_counter

VERSION = (2, 9, 0)
__version__ = "2.9.0"
# A benchmark was run: the driver takes no iterations of its own.
RAN = False
# Items of a result that are compared.
MANY = 1000
# Seconds that one iteration should take at least, once the first is known.
SHORTEST = 0.001


def python_implementation():
    return sys.implementation.name


def python_has_jit():
    return hasattr(sys, "pypy_version_info") or bool(getattr(getattr(sys, "_jit", None), "is_enabled", bool)())


def format_timedelta(seconds):
    for unit, factor in (("sec", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def plain(value, depth=3):
    """The text of a result that reads alike everywhere; None for objects, whose text has an address or an order of its own."""
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return repr(value)
    if type(value) is dict and depth:
        value, brackets = [item for pair in value.items() for item in pair], "{}"
    elif type(value) in (list, tuple) and depth:
        brackets = "[]" if type(value) is list else "()"
    else:
        return None
    parts = [plain(v, depth - 1) for v in value[:MANY]]
    if None in parts:
        return None
    return brackets[0] + ", ".join(parts) + (f", ... {len(value)}" if len(value) > MANY else "") + brackets[1]


class Runner:
    """Takes the place of `pyperf.Runner`."""

    def __init__(self, values=None, processes=None, loops=0, min_time=0.1, metadata=None, show_name=True,
                 program_args=None, add_cmdline_args=None, _argparser=None, warmups=None):
        self.metadata = dict(metadata or {})
        self.argparser = _argparser or argparse.ArgumentParser()
        self.args = None
        self.add_cmdline_args = add_cmdline_args

    def parse_args(self, args=None):
        if self.args is None:
            self.args, _ = self.argparser.parse_known_args(args)
        return self.args

    def _take(self, name, timed, inner_loops):
        """Iterations of `timed(loops)`, which gives seconds."""
        global RAN
        RAN = True
        self.parse_args()
        record, new_turns, loops = sys.bench_record
        per = max(inner_loops or 1, 1)
        given, now = loops, max(loops, 1)
        turns, more = new_turns(), True
        while more:
            took = timed(now)
            record.line("iteration", name, repr(took / now / per), -1, -1, now)
            more = turns.more(took)
            if turns.done == 1 and not given and 0 < took < SHORTEST:
                now = 1 << max(int(SHORTEST / took) - 1, 0).bit_length()

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        call = functools.partial(func, *args) if args else func
        first = True

        def timed(loops):
            nonlocal first
            if first:
                first = False
                return noted(loops)
            turns = range(loops)
            start = perf_counter()
            for _ in turns:
                call()
            return perf_counter() - start

        def noted(loops):
            turns = range(loops)
            start = perf_counter()
            for _ in turns:
                result = call()
            took = perf_counter() - start
            text = plain(result)
            if text is not None:
                sys.bench_record[0].line("result", name, text)
            return took
        self._take(name, timed, inner_loops)

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        self._take(name, lambda loops: time_func(loops, *args), inner_loops)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        import asyncio

        async def body(loops):
            start = perf_counter()
            for _ in range(loops):
                await func(*args)
            return perf_counter() - start

        def timed(loops):
            if loop_factory is None:
                return asyncio.run(body(loops))
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(body(loops))
        self._take(name, timed, inner_loops)

    def timeit(self, name, stmt=None, setup="pass", teardown="pass", inner_loops=None, duplicate=None,
               metadata=None, globals=None):
        import timeit
        if stmt is None:
            stmt = name
        duplicate = duplicate or 1
        if isinstance(stmt, (list, tuple)):
            stmt = "\n".join(stmt)
        if isinstance(setup, (list, tuple)):
            setup = "\n".join(setup)
        timer = timeit.Timer("\n".join([stmt] * duplicate), setup, globals=globals)
        self._take(name, timer.timeit, (inner_loops or 1) * duplicate)

    def bench_command(self, name, command):
        def timed(loops):
            start = perf_counter()
            for _ in range(loops):
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            return perf_counter() - start
        self._take(name, timed, None)


def __getattr__(name):
    raise AttributeError(f"adder bench stands in for pyperf, and its stand-in has no {name!r}")
