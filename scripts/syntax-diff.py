"""Compare the syntax crate with CPython (run under python3.14).

  syntax-diff.py tree PATH...          trees and warnings of .py files, folders searched
  syntax-diff.py tokens PATH...        tokens of .py files, or of the programs of a corpus (.json)
  syntax-diff.py asdl                  the table of node classes
  syntax-diff.py corpus OUT TESTS LIB  collect small programs: doctests and strings of CPython's tests in the
                                       folder TESTS, mutated functions of the library in the folder LIB
  syntax-diff.py errors CORPUS [N]     trees and errors of a corpus (JSON list of [origin, mode, source, flags]); shows N
  syntax-diff.py bless CORPUS OUT      write the corpus with CPython's outcomes, as the crate's own test reads it

The probe is `cargo build -p adder-syntax --example syntax_probe`; SYNTAX_PROBE names another binary.
"""

import ast
import collections
import doctest
import json
import os
import random
import re
import struct
import subprocess
import sys
import tokenize
import warnings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROBE = os.environ.get("SYNTAX_PROBE", os.path.join(ROOT, "target/debug/examples/syntax_probe"))


class Probe:
    def __init__(self):
        self.start()

    def start(self):
        self.child = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, source, mode="exec", flags="-"):
        data = source.encode("utf-8", "surrogatepass")
        try:
            self.child.stdin.write(f"{mode} {flags} {len(data)}\n".encode() + data)
            self.child.stdin.flush()
            size = int(self.child.stdout.readline())
        except (ValueError, BrokenPipeError):
            self.child.wait()
            self.start()
            return "error\nCRASH\n\n0 0 0 0 (0, 0)\n"
        return self.child.stdout.read(size).decode()


def value(v):
    if type(v) is float:
        return "float:" + struct.pack(">d", v).hex()
    if type(v) is complex:
        return "complex:" + struct.pack(">d", v.real).hex() + ":" + struct.pack(">d", v.imag).hex()
    return ascii(v)


def dump(node, out):
    """The form that dump.rs writes: ast.dump with include_attributes, values in ASCII."""
    if isinstance(node, ast.AST):
        cls = type(node)
        out.append(cls.__name__ + "(")
        first = True
        for name in cls._fields:
            v = getattr(node, name, None)
            if v is None and getattr(cls, name, ...) is None or v == [] and name != "value":
                continue
            out.append(f"{name}=" if first else f", {name}=")
            first = False
            if isinstance(v, (ast.AST, list)):
                dump(v, out)
            else:
                out.append(value(v))
        for name in cls._attributes:
            out.append(f"{name}={getattr(node, name)}" if first else f", {name}={getattr(node, name)}")
            first = False
        out.append(")")
    elif isinstance(node, list):
        out.append("[")
        for i, item in enumerate(node):
            if i:
                out.append(", ")
            dump(item, out)
        out.append("]")
    else:
        out.append(value(node))


def cpython(source, mode="exec", flags="-"):
    """What CPython answers, in the probe's form."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        options = ast.PyCF_ONLY_AST
        if "t" in flags:
            options |= ast.PyCF_TYPE_COMMENTS
        if "i" in flags:
            options |= 0x4000
        if "d" in flags:
            options |= 0x200
        try:
            minor = int(flags.partition("v")[2] or -1)
            tree = compile(source, "<test>", mode, options, dont_inherit=True, _feature_version=minor)
        except SyntaxError as e:
            return (f"error\n{type(e).__name__}\n{e.msg}\n"
                    f"{e.lineno or 0} {e.offset or 0} {e.end_lineno or 0} {e.end_offset or 0} "
                    f"{e._metadata[:2] if e._metadata else (0, 0)}\n{e.text or ''}")
        except Exception as e:
            return f"error\n{type(e).__name__}\n{e}\n0 0 0 0 (0, 0)\n"
        out = []
        dump(tree, out)
        notes = [f"{w.lineno}:{w.message}" for w in caught if w.category is SyntaxWarning]
        return "ok\n" + "".join(out) + "\n" + "\n".join(notes)


def normal(answer):
    """Class names that the probe spells its own way, and the big integers that it leaves as they are."""
    answer = answer.replace("error\nIncompleteInput\n", "error\n_IncompleteInputError\n", 1)
    if answer.startswith("ok"):
        answer = re.sub(r"value=(0x[0-9a-f]+)", lambda m: "value=" + str(int(m[1], 16)), answer)
    return answer


def py_files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for base, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if name.endswith(".py"):
                    yield os.path.join(base, name)


def first_difference(a, b):
    n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return a[max(0, n - 100):n + 160], b[max(0, n - 100):n + 160]


def tree(paths):
    probe = Probe()
    count = bad = 0
    for path in py_files(paths):
        try:
            with tokenize.open(path) as f:
                source = f.read()
        except (SyntaxError, UnicodeDecodeError, OSError):
            continue
        count += 1
        theirs, ours = cpython(source), normal(probe.ask(source))
        if theirs != ours:
            bad += 1
            if bad <= 20:
                a, b = first_difference(theirs, ours)
                print(f"{path}\n  cpython {a!r}\n  ours    {b!r}")
    print(f"{count} files, {bad} differ")
    return bad == 0


def cpython_tokens(source, extra):
    import _tokenize
    out = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for t in _tokenize.TokenizerIter(iter(re.findall(r"[^\n]*\n|[^\n]+", source)).__next__, extra_tokens=extra):
                out.append((t[0], t[2], t[3], t[1], t[4]))
    except SyntaxError as e:
        out.append((type(e).__name__, e.msg, e.lineno, e.offset, e.text))
    return out


def our_tokens(answer):
    unescape = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}

    def text(literal):
        return re.sub(r"\\(u\{([0-9a-f]+)\}|.)",
                      lambda m: chr(int(m[2], 16)) if m[2] else unescape.get(m[1], m[1]), literal)

    out = []
    for line in answer.splitlines():
        m = re.fullmatch(r'(\d+) \((\d+), (-?\d+)\) \((\d+), (-?\d+)\) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', line)
        if m:
            a, b, c, d = (int(m[i]) for i in range(2, 6))
            out.append((int(m[1]), (a, b), (c, d), text(m[6]), text(m[7])))
            continue
        m = re.fullmatch(r'(\w+) (.*) (-?\d+) (-?\d+) (None|Some\("((?:[^"\\]|\\.)*)"\))', line)
        out.append((m[1], m[2], int(m[3]), int(m[4]), None if m[5] == "None" else text(m[6])) if m else line)
    return out


def tokens(paths):
    probe = Probe()
    count = bad = 0
    sources = []
    for path in paths:
        if path.endswith(".json"):
            sources += [(p[0], p[2]) for p in json.load(open(path))]
        else:
            for name in py_files([path]):
                try:
                    sources.append((name, tokenize.open(name).read()))
                except (SyntaxError, UnicodeDecodeError, OSError):
                    pass
    for name, source in sources:
        for extra in (True, False):
            theirs = cpython_tokens(source, extra)
            ours = our_tokens(probe.ask(source, "tokens", "x" if extra else "-"))
            count += 1
            if theirs != ours:
                bad += 1
                if bad <= 25:
                    print(name, extra, repr(source[:300]) if len(source) < 300 else "")
                    for a, b in zip(theirs + [None], ours + [None]):
                        if a != b:
                            print("  cpython", a, "\n  ours   ", b)
                            break
    print(count, "runs,", bad, "differ")
    return bad == 0


def asdl():
    """The table of node classes against the ast module."""
    good = True
    seen = set()
    for line in Probe().ask("", "asdl").splitlines():
        name, base, fields, located, doc = line.split("|", 4)
        cls = getattr(ast, name)
        seen.add(cls)
        theirs = (cls.__base__.__name__, ",".join(cls._fields), bool(cls._attributes), cls.__doc__)
        ours = (base, fields, located == "true", json.loads(doc))
        if theirs != ours:
            good = False
            print(name, theirs, ours, sep="\n  ")
    for cls in vars(ast).values():
        if isinstance(cls, type) and issubclass(cls, ast.AST) and cls not in seen and cls is not ast.AST:
            if "Deprecated" not in (cls.__doc__ or ""):
                good = False
                print("missing", cls)
    print(len(seen), "classes")
    return good


def mutate(source, rng):
    """One to three random changes of tokens."""
    tokens = re.findall(r"\n[ \t]*|\s+|\w+|\"[^\"\n]*\"|'[^'\n]*'|[^\w\s]", source)
    others = ["(", ")", "[", "]", "{", "}", ":", ",", "=", "==", ":=", "*", "**", "if", "else", "for", "in", "lambda",
              "def", "class", "not", "and", ".", "'", "1", "x", "\n", " ", "yield", "await", "async", "import", "from",
              "as", "return", "None", "True", "@", "->", "+=", "!", "?", "$", "0x", "1_", "f'{", "try", "except", "with",
              ";", "pass", "del", "is", "global", "match", "case", "type", "f'{x!}'", "0777", "1.e", "elif", "while"]
    for _ in range(rng.randint(1, 3)):
        if not tokens:
            break
        i = rng.randrange(len(tokens))
        kind = rng.random()
        if kind < 0.35:
            del tokens[i]
        elif kind < 0.55:
            tokens.insert(i, rng.choice(others))
        elif kind < 0.7:
            tokens[i] = rng.choice(others)
        elif kind < 0.8:
            tokens.insert(i, tokens[rng.randrange(len(tokens))])
        elif kind < 0.9 and len(tokens[i]) > 2:
            cut = rng.randrange(1, len(tokens[i]))
            tokens[i] = tokens[i][:cut] + tokens[i][cut + 1:]
        else:
            j = rng.randrange(len(tokens))
            tokens[i], tokens[j] = tokens[j], tokens[i]
    return "".join(tokens)


def corpus(out, tests, lib):
    rng = random.Random(314)
    programs, seen = [], set()

    def add(origin, source, mode="exec"):
        if len(source) < 4000 and (mode, source) not in seen and "\0" not in source:
            seen.add((mode, source))
            try:
                source.encode()
            except UnicodeEncodeError:
                return
            programs.append([origin, mode, source])

    parser = doctest.DocTestParser()
    names = ["test_syntax", "test_generators", "test_genexps", "test_listcomps", "test_setcomps", "test_dictcomps",
             "test_unpack_ex", "test_extcall", "test_cmd_line_script"]
    for name in names:
        path = os.path.join(tests, name + ".py")
        if not os.path.exists(path):
            continue
        for node in ast.walk(ast.parse(open(path).read())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
                try:
                    for example in parser.get_examples(node.value):
                        add(name, example.source)
                except ValueError:
                    pass
    names = ["test_syntax", "test_exceptions", "test_fstring", "test_tstring", "test_grammar", "test_named_expressions",
             "test_positional_only_arg", "test_patma", "test_string_literals", "test_eof", "test_exception_group",
             "test_except_star", "test_type_params", "test_type_comments", "test_unparse", "test_ast", "test_codeop",
             "test_compile", "test_coroutines", "test_keywordonlyarg", "test_lambda", "test_global", "test_scope",
             "test_future_stmt", "test_flufl", "test_unpack_ex", "test_augassign", "test_bytes", "test_complex",
             "test_decorators", "test_dictcomps", "test_float", "test_listcomps", "test_type_annotations", "test_with",
             "test_tokenize", "test_asyncgen", "test_builtin", "test_class", "test_numeric_tower", "test_int",
             "test_unicode_identifiers", "test_parser", "test_peg_generator", "test_traceback", "test_generators",
             "test_cmd_line", "test_source_encoding", "test_textwrap", "test_code", "test_dis", "test_pep646_syntax",
             "test_monitoring", "test_sys_settrace", "test_inspect", "test_weakref"]
    for name in names:
        for path in py_files([os.path.join(tests, name + ".py"), os.path.join(tests, name)]):
            try:
                nodes = list(ast.walk(ast.parse(open(path, encoding="utf-8").read())))
            except (SyntaxError, ValueError, OSError):
                continue
            for node in nodes:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
                    if re.search(r"[^\w\s.,-]", node.value):
                        add(name, node.value)
                        if "\n" not in node.value and len(node.value) < 200:
                            add(name, node.value, "eval")
    functions = []
    for path in py_files([lib]):
        if "/idlelib/" in path or "/pydoc_data/" in path or "/encodings/" in path:
            continue
        try:
            source = open(path, encoding="utf-8").read()
            nodes = list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError, OSError):
            continue
        lines = source.splitlines(keepends=True)
        for node in nodes:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) and node.col_offset == 0:
                if node.end_lineno - node.lineno < 40:
                    functions.append("".join(lines[node.lineno - 1:node.end_lineno]))
    for _ in range(6000):
        add("mutation", mutate(rng.choice(functions), rng))
    with open(out, "w") as f:
        json.dump(programs, f)
    print(len(programs), "programs", dict(collections.Counter(p[0] for p in programs)))


def errors(path, show):
    probe = Probe()
    totals = collections.defaultdict(collections.Counter)
    shown = 0
    only = os.environ.get("ONLY")
    for origin, mode, source, *flags in json.load(open(path)):
        if only and only not in origin:
            continue
        flags = flags[0] if flags else "-"
        theirs = cpython(source, mode, flags)
        ours = normal(probe.ask(source.replace("\r\n", "\n").replace("\r", "\n"), mode, flags))
        if "MemoryError" in theirs:
            continue
        total = totals[origin]
        failed = theirs.startswith("error")
        total["programs"] += 1
        total["errors"] += failed
        total["same"] += theirs == ours
        total["same errors"] += failed and theirs == ours
        t, o = theirs.split("\n"), ours.split("\n")
        total["same verdict"] += t[0] == o[0]
        if failed and t[0] == o[0]:
            total["same message"] += t[1:3] == o[1:3]
        if theirs != ours and shown < show:
            shown += 1
            print("-" * 30, origin, mode, flags)
            print(source if len(source) < 600 else source[:600] + "...")
            if failed or t[0] != o[0]:
                print("  cpython", t[1:4] if failed else "ok")
                print("  ours   ", o[1:4] if o[0] == "error" else "ok")
                if t[:4] == o[:4]:
                    print("  text   ", t[4:6], o[4:6])
            else:
                print(*first_difference(theirs, ours), sep="\n")
    whole = collections.Counter()
    for origin, total in sorted(totals.items()):
        whole.update(total)
        print(f"{origin:28}", dict(total))
    rate = 100 * whole["same errors"] / max(1, whole["errors"])
    print(f"{'all':28}", dict(whole), f"errors equal: {rate:.2f} %")
    return True


def bless(path, out):
    """A header line `MODE FLAGS SOURCE-LENGTH OUTCOME-LENGTH` (in bytes), the source, the outcome; a line end each."""
    with open(out, "wb") as f:
        for origin, mode, source, *flags in json.load(open(path)):
            flags = flags[0] if flags else "-"
            outcome = cpython(source, mode, flags).replace("error\n_Incomplete", "error\nIncomplete", 1)
            outcome = outcome.replace("error\nIncompleteInputError", "error\nIncompleteInput", 1).encode()
            source = source.encode()
            f.write(f"{mode} {flags} {len(source)} {len(outcome)}\n".encode() + source + b"\n" + outcome + b"\n")
    return True


def main():
    sys.setrecursionlimit(100_000)
    sys.set_int_max_str_digits(0) if "tree" in sys.argv else None
    command, *rest = sys.argv[1:]
    if command == "tree":
        good = tree(rest)
    elif command == "asdl":
        good = asdl()
    elif command == "tokens":
        good = tokens(rest)
    elif command == "corpus":
        good = corpus(*rest)
    elif command == "errors":
        good = errors(rest[0], int(rest[1]) if len(rest) > 1 else 0)
    elif command == "bless":
        good = bless(*rest)
    else:
        sys.exit(__doc__)
    sys.exit(good is False)


if __name__ == "__main__":
    main()
