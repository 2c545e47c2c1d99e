# exit: 3
# stderr: exact
# sys.exit with a number ends with it, after finally blocks and atexit functions.
import atexit
import sys

atexit.register(print, "atexit")
try:
    try:
        sys.exit("caught first")
    except SystemExit as e:
        print("code", e.code)
    for arg in (None, 0, 5, "text", (1, 2), True):
        try:
            sys.exit(arg)
        except SystemExit as e:
            print(repr(e.code), e.args)
    try:
        exit(7)
    except SystemExit as e:
        print("exit", e.code)
    sys.exit(3)
finally:
    print("finally")
