from .. import square as sq
from . import here
value = sq.area(3)
