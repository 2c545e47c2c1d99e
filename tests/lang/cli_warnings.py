# flags: -W error::UserWarning -W ignore::DeprecationWarning
# stderr: exact
# -W options become warning filters, in order; warnings as errors.
import sys
import warnings

print(sys.warnoptions)
try:
    warnings.warn("as error")
except UserWarning as e:
    print("raised", e)
warnings.warn("silent", DeprecationWarning)
warnings.warn("shown", RuntimeWarning)


def deprecated():
    warnings.warn("two up", FutureWarning, stacklevel=2)


deprecated()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("recorded", ImportWarning)
    deprecated()
    print([(w.category.__name__, str(w.message), w.lineno > 0) for w in caught])
warnings.filterwarnings("once", category=BytesWarning)
for _ in range(3):
    warnings.warn("once only", BytesWarning)
exec("x = 1 is 1\ny = '\\d'\nassert (1, 'always true')", {})
