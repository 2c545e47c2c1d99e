# Everyday imports of the library.
import json
import math as m
import os.path
import random
import string
import sys
from collections import Counter, defaultdict, deque, namedtuple
from functools import lru_cache, partial, reduce
from itertools import chain, count, islice, permutations, product

print(json.loads('{"a": [1, 2.5, null, true]}'), json.dumps({"b": [1, "x", None]}), m.gcd(12, 18), m.factorial(5), os.path.join("a", "b"), os.path.basename("/x/y.txt"))
print(Counter("hello").most_common(1), defaultdict(int, a=1)["z"], deque([1, 2], 2), namedtuple("P", "x y")(1, 2), reduce(lambda a, b: a * b, [1, 2, 3]), partial(pow, 2)(5))
print(list(chain("ab", [1])), list(islice(count(3), 3)), list(permutations([1, 2])), list(product("a", [1, 2])), string.digits, sys.version_info[0])
random.seed(1)
print(random.random(), random.randint(1, 6), random.choice("abc"), random.sample(range(10), 3))


@lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(50), fib.cache_info().hits > 0)
import datetime
import re
import textwrap
import time
from dataclasses import dataclass
from enum import Enum


@dataclass
class P:
    x: int
    y: int = 2


class C(Enum):
    A = 1


print(P(1), C.A, C(1) is C.A, re.findall(r"\d+", "a1b22"), re.sub("a", "b", "banana"), datetime.date(2024, 1, 31) + datetime.timedelta(1), textwrap.shorten("a b c d", 5, placeholder=""), time.time() > 0)
import copy
import heapq
import io
import bisect
import operator

buf = io.StringIO()
print("to buffer", file=buf)
h = [3, 1, 2]
heapq.heapify(h)
print(repr(buf.getvalue()), heapq.heappop(h), bisect.bisect([1, 3], 2), operator.itemgetter(1)("ab"), copy.deepcopy([[1]]), sorted(["b", "A"], key=str.lower))
