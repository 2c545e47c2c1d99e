which = "one"
