# Equal numbers have equal hashes, whatever their type.
from decimal import Decimal as D
from fractions import Fraction as F

for text in ("0", "-0", "1", "-1", "0.5", "-0.25", "1.2345", "1e10", "1e400", "-1e400", "1e-400", "123456789012345678901234567890",
             "2305843009213693951", "2305843009213693950", "-2305843009213693952", "4611686018427387902", "3e-17", "9" * 40, "1e61", "7e-61"):
    d = D(text)
    print(text, hash(d), hash(d) == hash(F(d)))
for x in (0.1, 2.5, -1e300, 5e-324, 1e17, 0.0):
    assert hash(D(x)) == hash(x), x
for n in (0, 1, -1, 2**61 - 1, 2**61 - 2, 2**61, 2**122, -2**61, 10**50):
    assert hash(D(n)) == hash(n), n
print(hash(D("inf")), hash(D("-inf")), hash(D("1e999999")), hash(D("-3e-999999")))
