"""The interactive interpreter that the command line starts: reads statements, runs them in __main__.

A terminal gets the library's _pyrepl; other inputs, and terminals that it cannot use, get prompts on stderr as from CPython's
basic REPL.
"""

import code
import linecache
import os
import sys


class Console(code.InteractiveConsole):
    """Statements from standard input."""

    def __init__(self, namespace):
        super().__init__(namespace, filename="<stdin>")
        self.resetbuffer()

    def runsource(self, source, filename="<stdin>", symbol="single"):
        try:
            code = self.compile(source, filename, symbol)
        except (OverflowError, SyntaxError, ValueError):
            self.showsyntaxerror(filename, source=source)
            return False
        if code is None:
            return True
        linecache._register_code(code, source, filename)
        self.runcode(code)
        return False

    def raw_input(self, prompt=""):
        if sys.stdin is not None and sys.stdin.isatty():
            return input(prompt)
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            raise EOFError
        return line.removesuffix("\n")

    def read_all(self):
        """Runs statements until the input ends; KeyboardInterrupt drops the statement being typed."""
        more = False
        while True:
            try:
                line = self.raw_input(str(sys.ps2 if more else sys.ps1))
            except EOFError:
                if more:
                    # The end of the input ends the statement too.
                    self.push("")
                print(file=sys.stderr)
                return
            except KeyboardInterrupt:
                self.write("\nKeyboardInterrupt\n")
                self.resetbuffer()
                more = False
                continue
            more = self.push(line)


def run_startup(namespace):
    path = os.environ.get("PYTHONSTARTUP")
    if not path or sys.flags.ignore_environment:
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"Could not open PYTHONSTARTUP\n{type(error).__name__}: {error}", file=sys.stderr)
        return
    try:
        exec(compile(source, path, "exec"), namespace)
    except SystemExit:
        raise
    except BaseException:
        sys.excepthook(*sys.exc_info())


def basic():
    """The prompt without line editing: sys._baserepl()."""
    import __main__

    Console(__main__.__dict__).read_all()


def main():
    import __main__

    if not hasattr(sys, "ps1"):
        sys.ps1 = ">>> "
    if not hasattr(sys, "ps2"):
        sys.ps2 = "... "
    terminal = sys.stdin is not None and sys.stdin.isatty()
    # A program ran before (-i): its prompt comes without a greeting.
    if not sys.flags.quiet and not hasattr(__main__, "__file__") and not sys.argv[0]:
        print(f"Python {sys.version} on {sys.platform}", file=sys.stderr)
        if not sys.flags.no_site:
            print('Type "help", "copyright", "credits" or "license" for more information.', file=sys.stderr)
    hook = getattr(sys, "__interactivehook__", None)
    if hook is not None and (terminal or sys.flags.interactive):
        try:
            hook()
        except Exception:
            print("Failed calling sys.__interactivehook__", file=sys.stderr)
            sys.excepthook(*sys.exc_info())
    run_startup(__main__.__dict__)
    if terminal and (sys.flags.ignore_environment or not os.environ.get("PYTHON_BASIC_REPL")):
        sys._baserepl = basic
        from _pyrepl.main import interactive_console

        interactive_console(__main__)
    else:
        basic()
