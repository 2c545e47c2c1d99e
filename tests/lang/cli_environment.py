# env: PYTHONHASHSEED=0
# env: MY_VARIABLE=hello world
# env: PYTHONPATH=extra_one:extra_two
# env: PYTHONUNBUFFERED=1
# flags: -X dev -B
# Environment variables and -X options as the program sees them.
import os
import sys

print(os.environ["MY_VARIABLE"], os.getenv("NOT_THERE", "default"), "HOME" in os.environ, [os.path.basename(p) for p in sys.path if "extra" in p])
print(sys.flags.dev_mode, sys.flags.dont_write_bytecode, sys.dont_write_bytecode, sys._xoptions, sys.flags.hash_randomization, sys.flags.ignore_environment, sys.flags.inspect, sys.flags.isolated, sys.flags.quiet)
os.environ["NEW"] = "value"
print(os.environ["NEW"], os.environ.pop("NEW"), "NEW" in os.environ, os.environ.get("PYTHONHASHSEED"))
try:
    os.environ["missing"]
except KeyError as e:
    print(repr(e))
try:
    os.environ["x"] = 5
except TypeError as e:
    print(e)
print(hash("stable") == hash("stable"), os.environb[b"MY_VARIABLE"], os.getcwd() == os.path.dirname(os.path.abspath(__file__)))
