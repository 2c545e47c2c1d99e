"""Shows how a small program really runs: tokens, tree, symbol table, bytecode, and each step with the evaluation stack after it.

Runs as `-c` text with sys.argv = ["-c", KIND, TARGET, ARGUMENT...]. Only code of the program itself is traced.
"""
import sys


def stages():
    import ast, dis, io, os, symtable, tokenize
    import _adder_stages

    LIMIT = 2000    # steps that are shown
    kind, target, *rest = sys.argv[1:]
    if kind == "file":
        try:
            with tokenize.open(target) as file:
                source = file.read()
        except (OSError, SyntaxError, UnicodeDecodeError) as e:
            raise SystemExit(f"adder explain: cannot read {target}: {e}")
        name = os.path.abspath(target)
        sys.path[0] = os.path.dirname(name)
    else:
        source, name = target, "<string>"
    sys.argv = [target if kind == "file" else "-c", *rest]
    lines = source.splitlines()

    def head(text):
        print(f"== {text}")

    head("tokens")
    try:
        for t in tokenize.generate_tokens(io.StringIO(source).readline):
            place = f"{t.start[0]},{t.start[1]}-{t.end[0]},{t.end[1]}:"
            print(f"{place:<14} {tokenize.tok_name[t.exact_type]:<12} {t.string!r}")
    except (tokenize.TokenError, SyntaxError):
        pass    # The compiler says below what is wrong.
    try:
        tree = ast.parse(source, name)
        code = compile(source, name, "exec")
    except SyntaxError:
        sys.excepthook(*sys.exc_info())
        raise SystemExit(1)
    print()
    head("tree")
    print(ast.dump(tree, indent=2))

    def table(t, depth):
        pad = "  " * depth
        print(f"{pad}{str(t.get_type()).rpartition('.')[2].lower()} {t.get_name()} (line {t.get_lineno()})")
        for s in sorted(t.get_symbols(), key=lambda s: s.get_name()):
            facts = [w for w in ("parameter", "local", "global", "nonlocal", "free", "imported", "assigned", "referenced")
                     if getattr(s, f"is_{w}")()]
            print(f"{pad}  {s.get_name()}: {', '.join(facts)}")
        for child in t.get_children():
            table(child, depth + 1)

    print()
    head("symbol table")
    table(symtable.symtable(source, name, "exec"), 0)
    print()
    head("bytecode")
    dis.dis(code)
    print()
    head("steps: instruction, argument, and the evaluation stack before it (its top at the right)")

    known, steps, open_frames = {}, 0, []

    def instructions(c):
        if c not in known:
            known[c] = {i.offset: i for i in dis.get_instructions(c)}
        return known[c]

    def shown(entry):
        if entry is None:
            return "NULL"
        value, = entry
        try:
            text = repr(value)
        except Exception as e:
            text = f"<{type(value).__name__} whose repr raises {type(e).__name__}>"
        return text if len(text) <= 40 else text[:37] + "..."

    def trace(frame, event, arg):
        nonlocal steps
        if frame.f_code.co_filename != name:
            return None
        frame.f_trace_opcodes = True
        depth = 0
        f = frame.f_back
        while f is not None:
            depth += f.f_code.co_filename == name
            f = f.f_back
        pad = "  " * depth
        if event == "call":
            print(f"{pad}-> {frame.f_code.co_qualname}")
        elif event == "line":
            at = frame.f_lineno
            print(f"{pad}{at:>4} | {lines[at - 1] if 0 < at <= len(lines) else ''}")
        elif event == "opcode":
            i = instructions(frame.f_code).get(frame.f_lasti)
            if i is not None:
                steps += 1
                stack = ", ".join(map(shown, _adder_stages.stack(frame)))
                print(f"{pad}       {i.offset:>4} {i.opname:<26} {i.argrepr or (i.arg if i.arg is not None else ''):<20} [{stack}]")
            if steps >= LIMIT:
                sys.settrace(None)
                print(f"... the steps after the first {LIMIT} are not shown")
                f = frame
                while f is not None:
                    f.f_trace = None
                    f = f.f_back
                return None
        elif event == "return":
            print(f"{pad}<- {frame.f_code.co_qualname} gives {shown((arg,))}")
        elif event == "exception":
            print(f"{pad}     ! {arg[0].__name__}: {arg[1]}")
        return trace

    main = type(sys)("__main__")
    main.__builtins__ = __builtins__
    main.__dict__["__file__"] = name
    if kind != "file":
        del main.__dict__["__file__"]
    sys.modules["__main__"] = main
    sys.settrace(trace)
    try:
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException:
        sys.settrace(None)
        kind, value, tb = sys.exc_info()
        sys.excepthook(kind, value, tb.tb_next)
        raise SystemExit(1)
    finally:
        sys.settrace(None)


stages()
