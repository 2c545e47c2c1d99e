# exit: 1
# stderr: exact
# sys.excepthook, threading.excepthook, unraisable errors, traceback module functions, SystemExit inside handlers.
import io
import sys
import threading
import traceback


def hook(kind, value, tb):
    print("hook", kind.__name__, value, tb.tb_lineno > 0)


def run():
    raise ValueError("in thread")


threading.excepthook = lambda args: print("thread hook", args.exc_type.__name__, args.exc_value, args.thread.name)
t = threading.Thread(target=run, name="worker")
t.start()
t.join()


def outer():
    inner()


def inner():
    raise KeyError("traced")


try:
    outer()
except KeyError as e:
    print(traceback.format_exc(), end="")
    print([(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)])
    print("".join(traceback.format_tb(e.__traceback__, limit=1)), end="")
    print("".join(traceback.format_tb(e.__traceback__, limit=-1)), end="")
    print(traceback.format_exception_only(e), traceback.TracebackException.from_exception(e).exc_type_str)
    out = io.StringIO()
    traceback.print_exception(e, file=out, chain=False)
    print(len(out.getvalue().splitlines()))
print("".join(traceback.format_list(traceback.extract_stack())), end="")
print([f.name for f in traceback.StackSummary.extract(traceback.walk_stack(None))])


class Bad(Exception):
    def __str__(self): raise RuntimeError("no str")


print(traceback.format_exception_only(Bad()))
print(traceback.format_exception_only(ValueError("multi\nline")), traceback.format_exception(None))
sys.excepthook = hook
sys.stdout.flush()
try:
    raise OSError("first")
except OSError:
    sys.excepthook = sys.__excepthook__
    sys.stdout.flush()
    raise SystemExit("message to stderr")
