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

        def timed(loops):
            turns = range(loops)
            start = perf_counter()
            for _ in turns:
                call()
            return perf_counter() - start
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
