print("a starts")
import cycle_b
name = "a"
print("a sees b", cycle_b.name, hasattr(cycle_b, "from_a"))
