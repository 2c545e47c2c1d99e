from ..square import area
here = __package__
