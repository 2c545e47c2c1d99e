print("b starts")
import cycle_a
print("b sees a", hasattr(cycle_a, "name"))
name = "b"
try:
    from cycle_a import name as a_name
except ImportError as e:
    print(str(e).split(" (")[0])
from_a = True
