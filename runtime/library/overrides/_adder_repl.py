"""The interactive interpreter that the command line starts: reads statements, runs them in __main__.

A terminal gets line editing where the readline module exists; other inputs get their prompts on stderr, as CPython's
basic REPL does.
"""

import code
import os
import sys


class Console(code.InteractiveConsole):
    """Statements from standard input."""

    def __init__(self, namespace):
        super().__init__(namespace, filename="<stdin>")
        self.resetbuffer()

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


def main():
    import __main__

    if not hasattr(sys, "ps1"):
        sys.ps1 = ">>> "
    if not hasattr(sys, "ps2"):
        sys.ps2 = "... "
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if terminal:
        try:
            import readline  # noqa: F401
        except ImportError:
            pass
    if not sys.flags.quiet:
        more = 'Type "help", "copyright", "credits" or "license" for more information.'
        print(f"Python {sys.version} on {sys.platform}\n{more}", file=sys.stderr)
    hook = getattr(sys, "__interactivehook__", None)
    if hook is not None and terminal:
        try:
            hook()
        except Exception:
            sys.excepthook(*sys.exc_info())
    run_startup(__main__.__dict__)
    Console(__main__.__dict__).read_all()
    if terminal:
        print(file=sys.stderr)
