which = "two"
