# exit: 1
# stderr: exact
# A chain: cause, context, suppressed context, notes.
def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise LookupError(f"no number in {text!r}") from error


def middle():
    try:
        parse("x1")
    except LookupError:
        {}["while handling"]


def top():
    try:
        middle()
    except KeyError as e:
        e.add_note("a note\nof two lines")
        e.add_note("another")
        raise


top()
