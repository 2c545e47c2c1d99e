__all__ = ["_chosen", "b"]
_chosen, b, c = 1, 2, 3
