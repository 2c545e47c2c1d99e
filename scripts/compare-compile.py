"""Compares our code objects with CPython 3.14's, over files or folders.

Run with CPython 3.14: python3.14 scripts/compare-compile.py DUMPER [--limit N] [--no-lines] [--snippets] [--mode MODE] [--optimize N] PATH...
With --snippets it is not the files that are compared, but every string literal and doctest in them, as source.
DUMPER is the built example `dump_code` of the compile crate. Prints the differing code objects and a count by kind.
What is expected to differ is mapped away: borrowed loads are plain loads, cache units are ours.
"""

import ast
import dis
import doctest
import json
import os
import struct
import subprocess
import sys
import textwrap
import warnings
from collections import Counter

MODE = "exec"
RENAME = {
    "LOAD_FAST_BORROW": "LOAD_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": "LOAD_FAST_LOAD_FAST",
}


def bits(value):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", value))[0]


def constant(value):
    kind = type(value)
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "Ellipsis"
    if kind is int:
        if -(2**63) <= value < 2**63:
            return f"i{value}"
        return "I%s%x" % ("-" if value < 0 else "", abs(value))
    if kind is float:
        return "f" + bits(value)
    if kind is complex:
        return f"c{bits(value.real)},{bits(value.imag)}"
    if kind is str:
        return "s" + value.encode("utf-8", "surrogatepass").hex()
    if kind is bytes:
        return "b" + value.hex()
    if kind is tuple:
        return {"t": [constant(item) for item in value]}
    if kind is frozenset:
        return {"fs": [constant(item) for item in value]}
    if kind is slice:
        return {"sl": [constant(item) for item in (value.start, value.stop, value.step)]}
    return code(value)


def code(co):
    instrs = [i for i in dis.get_instructions(co, show_caches=False) if i.opname != "EXTENDED_ARG"]
    starts = [i.start_offset for i in instrs]
    index = {}
    for number, start in enumerate(starts):
        index[start] = number

    def index_of(offset):
        while offset not in index:
            if offset > starts[-1]:
                return len(instrs)
            offset += 2
        return index[offset]

    rows = []
    for i in instrs:
        arg = i.arg or 0
        name = RENAME.get(i.opname, i.opname)
        if i.opcode in dis.hasjump and name != "END_ASYNC_FOR":
            arg = index_of(i.argval)
        if name == "END_ASYNC_FOR":
            arg = 0
        p = i.positions
        rows.append([name, arg] + [-1 if v is None else v for v in (p.lineno, p.end_lineno, p.col_offset, p.end_col_offset)])
    table = [
        [index_of(e.start), index_of(e.end), index_of(e.target), e.depth, e.lasti]
        for e in dis._parse_exception_table(co)
    ]
    return {
        "name": co.co_name,
        "qualname": co.co_qualname,
        "argcount": co.co_argcount,
        "posonly": co.co_posonlyargcount,
        "kwonly": co.co_kwonlyargcount,
        "stacksize": co.co_stacksize,
        "flags": co.co_flags,
        "firstlineno": co.co_firstlineno,
        "names": list(co.co_names),
        "varnames": list(co.co_varnames),
        "cellvars": list(co.co_cellvars),
        "freevars": list(co.co_freevars),
        "instrs": rows,
        "exceptions": table,
        "consts": [constant(value) for value in co.co_consts],
    }


def coverage(co):
    """The handler of each instruction; what can't raise is not looked at."""
    covered = [None] * len(co["instrs"])
    for start, end, target, depth, lasti in co["exceptions"]:
        for number in range(start, end):
            covered[number] = (target, depth, lasti)
    harmless = ("NOT_TAKEN", "NOP", "JUMP_BACKWARD", "JUMP_FORWARD", "COPY", "POP_TOP", "JUMP_BACKWARD_NO_INTERRUPT")
    harmless += ("POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE", "POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE")
    return [None if row[0] in harmless else entry for row, entry in zip(co["instrs"], covered)]


def is_code(value):
    return isinstance(value, dict) and "instrs" in value


def strip(value):
    """A constant with nested code reduced to its name, and sets in a fixed order."""
    if is_code(value):
        return {"code": value["name"]}
    if isinstance(value, dict):
        (tag, items), = value.items()
        items = [strip(item) for item in items]
        return {tag: sorted(items, key=repr) if tag == "fs" else items}
    return value


def compare(path, ours, theirs, report, lines):
    where = f"{path}:{theirs['firstlineno']} {theirs['qualname']}"
    for row in ours["instrs"]:
        if row[0] == "END_ASYNC_FOR":
            row[1] = 0
    for key in theirs:
        if key in ("instrs", "consts", "exceptions"):
            continue
        if ours[key] != theirs[key]:
            report(key, where, f"ours {ours[key]}\n    theirs {theirs[key]}")
    a, b = [strip(c) for c in ours["consts"]], [strip(c) for c in theirs["consts"]]
    if a != b:
        report("consts", where, f"ours {a}\n    theirs {b}")
    a, b = [r[:2] for r in ours["instrs"]], [r[:2] for r in theirs["instrs"]]
    if a != b:
        at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        show = lambda rows: " ".join(f"{n}({v})" for n, v, *_ in rows[max(0, at - 4): at + 6])
        line = theirs["instrs"][min(at, len(b) - 1)][2]
        report("instrs", f"{where} line {line}", f"at {at}: ours   {show(a)}\n              theirs {show(b)}")
    elif coverage(ours) != coverage(theirs):
        differ = [row[:2] for row, x, y in zip(theirs["instrs"], coverage(ours), coverage(theirs)) if x != y]
        report("exceptions", where, f"ours {ours['exceptions']}\n    theirs {theirs['exceptions']}\n    at {differ}")
    elif lines:
        a, b = ours["instrs"], theirs["instrs"]
        for number, (x, y) in enumerate(zip(a, b)):
            if x != y:
                report("lines", where, f"at {number}: ours {x} theirs {y}")
                break
    inner_a = [c for c in flatten(ours["consts"]) if is_code(c)]
    inner_b = [c for c in flatten(theirs["consts"]) if is_code(c)]
    if len(inner_a) == len(inner_b):
        for x, y in zip(inner_a, inner_b):
            compare(path, x, y, report, lines)


def flatten(consts):
    for value in consts:
        yield value
        if isinstance(value, dict) and not is_code(value):
            yield from flatten(next(iter(value.values())))


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            for name in sorted(names):
                if name.endswith(".py") and os.path.exists(os.path.join(folder, name)):
                    yield os.path.join(folder, name)


def snippets(paths):
    """Every distinct string literal of the files, and the examples of doctests in them."""
    seen = set()
    parser = doctest.DocTestParser()
    for path in files(paths):
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or len(node.value) > 100_000:
                continue
            texts = [node.value, textwrap.dedent(node.value)]
            try:
                texts += [example.source for example in parser.get_examples(node.value)]
            except ValueError:
                pass
            for text in texts:
                if text not in seen and "\0" not in text and text.isprintable() or "\n" in text:
                    if text in seen or "\0" in text:
                        continue
                    seen.add(text)
                    try:
                        text.encode()
                    except UnicodeEncodeError:
                        continue
                    yield f"{path}:{node.lineno} {text[:60]!r}", text


def expected(source, level, report):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = compile(source, "x", MODE, dont_inherit=True, optimize=level)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            result = error
    return result, [f"{w.lineno}:{w.message}" for w in caught if issubclass(w.category, SyntaxWarning)]


def check(where, source, result, level, report, lines):
    ours = json.loads(result)
    theirs, warned = expected(source, level, report)
    if isinstance(theirs, Exception):
        if "error" not in ours:
            report("accepted", where, repr(theirs))
        elif isinstance(theirs, SyntaxError):
            text = f"Syntax {theirs.lineno}:{theirs.offset}-{theirs.end_lineno}:{theirs.end_offset}: {theirs.msg}"
            if ours["error"] != text and not ours["error"].startswith(("parse", "unreadable")):
                report("message", where, f"ours   {ours['error']}\n    theirs {text}")
        return
    if "error" in ours:
        if ours["error"] != "unreadable":
            report("rejected", where, ours["error"])
        return
    # What the parser warns about is not the compiler's.
    warned = [w for w in warned if "escape sequence" not in w and not w.split(":", 1)[1].startswith("invalid ")]
    if warned != ours["warnings"]:
        report("warnings", where, f"ours   {ours['warnings']}\n    theirs {warned}")
    compare(where, ours["code"], code(theirs), report, lines)


def main():
    args = sys.argv[1:]
    dumper = args.pop(0)
    limit, lines, level, literals = 20, True, 0, False
    while args and args[0].startswith("--"):
        option = args.pop(0)
        if option == "--limit":
            limit = int(args.pop(0))
        elif option == "--no-lines":
            lines = False
        elif option == "--snippets":
            literals = True
        elif option == "--mode":
            global MODE
            MODE = args.pop(0)
        elif option == "--optimize":
            level = int(args.pop(0))
    counts = Counter()

    def report(kind, where, text):
        counts[kind] += 1
        if counts[kind] <= limit:
            print(f"[{kind}] {where}\n    {text}")

    todo = list(snippets(args)) if literals else [(path, None) for path in files(args)]
    size = 2000 if literals else 50
    for start in range(0, len(todo), size):
        batch = todo[start:start + size]
        env = dict(os.environ, OPTIMIZE=str(level), MODE=MODE)
        command = [dumper, "-"] if literals else [dumper, *(path for path, _ in batch)]
        given = "\0".join(text for _, text in batch) if literals else None
        output = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, input=given)
        results = output.stdout.split("\n")[:-1]
        if len(results) != len(batch):
            print("dumper stopped at", batch[len(results)][0], output.stderr[-2000:])
            counts["crash"] += 1
        for (where, text), result in zip(batch, results):
            if text is None:
                with open(where, "rb") as file:
                    text = file.read()
            check(where, text, result, level, report, lines)
    print(f"{len(todo)} sources compared;", dict(counts) or "no differences")
    return bool(counts)


if __name__ == "__main__":
    sys.exit(main())
