public, _private, __dunder__ = 1, 2, 3
import os as visible
