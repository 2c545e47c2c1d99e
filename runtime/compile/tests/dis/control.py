def loops(items):
    for a, b in items:
        if a and not b:
            continue
        elif a is None:
            break
    else:
        return "done"
    while items:
        items.pop()
    return 1 < len(items) <= 3


def handled(path):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, ValueError) as error:
        print(error)
    finally:
        print("end")
