print("import circle", __name__, __package__)
from . import square
from .deep import bottom as renamed
PI = 3
