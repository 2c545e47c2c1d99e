# flags: -I -S
# env: PYTHONPATH=ignored
# Isolated mode: no environment, no script folder on the path, no site module.
import sys

print(sys.flags.isolated, sys.flags.ignore_environment, sys.flags.no_user_site, sys.flags.no_site, sys.flags.safe_path, any("ignored" in p for p in sys.path), "site" in sys.modules)
try:
    exit
except NameError as e:
    print(e)
