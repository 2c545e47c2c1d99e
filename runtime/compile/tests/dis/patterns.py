def match_it(command):
    match command:
        case [x, 0, *rest] if x:
            return rest
        case {"key": value, **others}:
            return value, others
        case Point(x=0, y=y) | Pair(0, y):
            return y
        case "a" | -1 | 1 + 2j | None:
            return True
        case str() as text:
            return text
        case _:
            return False
