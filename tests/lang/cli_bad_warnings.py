# flags: -W foo -W error::Nosuch -W a:b:c:d:e:f -W default::DeprecationWarning:x:y -W ignore::UserWarning
# stderr: exact
# What is wrong with -W options is said once, before anything runs.
import sys
import warnings

print(sys.warnoptions)
warnings.warn("silent")
