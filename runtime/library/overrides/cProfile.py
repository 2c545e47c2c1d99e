"""The profiler of _lsprof behind the interface of the module profile."""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import importlib.machinery
import importlib.util
import io
import profile as _pyprofile


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    A profiler that measures with the function timer; one that returns ints needs timeunit, the seconds of one step.
    """

    def print_stats(self, sort=-1):
        import pstats

        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal

        with open(file, "wb") as f:
            self.create_stats()
            marshal.dump(self.stats, f)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Sets self.stats: place of a function to calls (primitive, all), own and total time, and the same by its callers."""
        entries = self.getstats()
        self.stats = {}
        callers_of = {}
        for entry in entries:
            # Several code objects may have one place: a function that is defined again.
            place = label(entry.code)
            callers = callers_of.setdefault(id(entry.code), {})
            row = (entry.callcount - entry.reccallcount, entry.callcount, entry.inlinetime, entry.totaltime)
            if place in self.stats:
                old = self.stats[place]
                row = tuple(map(sum, zip(row, old)))
                callers.update(old[4])
            self.stats[place] = (*row, callers)
        for entry in entries:
            place = label(entry.code)
            for sub in entry.calls or ():
                callers = callers_of.get(id(sub.code))
                if callers is None:
                    continue
                row = (sub.callcount, sub.callcount - sub.reccallcount, sub.inlinetime, sub.totaltime)
                if place in callers:
                    row = tuple(map(sum, zip(row, callers[place])))
                callers[place] = row

    def run(self, cmd):
        import __main__

        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    if isinstance(code, str):
        return ("~", 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def main():
    import os
    import pstats
    import runpy
    import sys
    from optparse import OptionParser

    parser = OptionParser(usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", help="Save stats to <outfile>", default=None)
    parser.add_option(
        "-s",
        "--sort",
        dest="sort",
        help="Sort order when printing to stdout, based on pstats.Stats class",
        default=2,
        choices=sorted(pstats.Stats.sort_arg_dict_default),
    )
    parser.add_option("-m", dest="module", action="store_true", help="Profile a library module", default=False)
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The program may change the current folder.
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        globs = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        name = args[0]
        sys.path.insert(0, os.path.dirname(name))
        with io.open_code(name) as f:
            code = compile(f.read(), name, "exec")
        spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=name)
        module = importlib.util.module_from_spec(spec)
        # What the program looks up in __main__ is its own; the profiler's module must outlive it.
        sys.modules["__main__"] = module
        globs = module.__dict__
        globs.update(__spec__=spec, __file__=spec.origin, __name__=spec.name, __package__=None, __cached__=None)
    try:
        runctx(code, globs, None, options.outfile, options.sort)
    except BrokenPipeError as e:
        # Nobody reads; the flush at the end must not say so again.
        sys.stdout = None
        sys.exit(e.errno)
    return parser


if __name__ == "__main__":
    main()
