"""Shapes."""
print("import shapes", __name__, __package__, __path__ is not None)
from . import circle
from .square import Square as Sq, area
__all__ = ["circle", "Sq", "lazy"]
__version__ = "1.2"


def __getattr__(name):
    if name == "lazy":
        return "made on demand"
    raise AttributeError(f"no {name} in shapes")


def __dir__():
    return ["only", "these"]
