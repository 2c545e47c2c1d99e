# exit: 1
# stderr: exact
# sys.exit with anything but a number prints it to stderr and ends with 1.
import sys

print("before")
sys.exit(["not", "a", "number"])
