//! Errors and warnings of the compiler: text and place as CPython 3.14 has them.

use adder_compile::{CompileError, ErrorKind, Options, Warning, compile};
use adder_isa::Code;
use adder_syntax::{Mode, parse};

fn run(source: &str) -> Result<(Code, Vec<Warning>), CompileError> {
    let parsed = parse(source, Mode::Exec, &adder_syntax::Options::default()).expect("source parses");
    compile(&parsed.ast, "test.py", Options::default())
}

#[test]
fn syntax_errors() {
    let cases: &[(&str, i32, i32, &str)] = &[
        ("return 1", 1, 1, "'return' outside function"),
        ("def f():\n    x = 1\n    global x", 3, 5, "name 'x' is assigned to before global declaration"),
        ("def f():\n    print(x)\n    nonlocal x", 3, 5, "name 'x' is used prior to nonlocal declaration"),
        ("def f():\n    nonlocal y", 2, 5, "no binding for nonlocal 'y' found"),
        ("nonlocal x", 1, 1, "nonlocal declaration not allowed at module level"),
        ("def f(a, a): pass", 1, 10, "duplicate argument 'a' in function definition"),
        ("class C[T, T]: pass", 1, 12, "duplicate type parameter 'T'"),
        ("break", 1, 1, "'break' outside loop"),
        ("continue", 1, 1, "'continue' not properly in loop"),
        ("def f():\n    from os import *", 2, 20, "import * only allowed at module level"),
        (
            "x = 1\nfrom __future__ import annotations",
            2,
            1,
            "from __future__ imports must occur at the beginning of the file",
        ),
        ("from __future__ import braces", 1, 24, "not a chance"),
        ("def f():\n    await x", 2, 5, "'await' outside async function"),
        ("[(yield) for x in y]", 1, 3, "'yield' inside list comprehension"),
        ("[x for x in (y := z)]", 1, 14, "assignment expression cannot be used in a comprehension iterable expression"),
        (
            "class C:\n    [(y := x) for x in z]",
            2,
            7,
            "assignment expression within a comprehension cannot be used in a class body",
        ),
        ("__debug__ = 1", 1, 1, "cannot assign to __debug__"),
        ("a, *b, *c = d", 1, 1, "multiple starred expressions in assignment"),
        ("f(a=1, a=2)", 1, 8, "keyword argument repeated: a"),
        (
            "match x:\n    case y: pass\n    case 1: pass",
            2,
            10,
            "name capture 'y' makes remaining patterns unreachable",
        ),
        ("match x:\n    case a | 1: pass", 2, 10, "name capture 'a' makes remaining patterns unreachable"),
        ("match x:\n    case [a, a]: pass", 2, 14, "multiple assignments to name 'a' in pattern"),
        ("match x:\n    case {1: a, 1: b}: pass", 2, 10, "mapping pattern checks duplicate key (1)"),
        ("def f[T: (yield)](): pass", 1, 11, "yield expression cannot be used within a TypeVar bound"),
        (
            "def f():\n    try: pass\n    except* E: return",
            3,
            16,
            "'break', 'continue' and 'return' cannot appear in an except* block",
        ),
        ("async def f():\n    yield\n    return 1", 3, 5, "'return' with value in async generator"),
    ];
    for (source, line, col, message) in cases {
        let error = run(source).err().unwrap_or_else(|| panic!("{source:?} compiles"));
        assert_eq!((error.kind, error.lineno, error.col, &*error.message), (ErrorKind::Syntax, *line, *col, *message));
    }
}

#[test]
fn warnings() {
    let cases: &[(&str, &[&str])] = &[
        ("x is 1", &["\"is\" with 'int' literal. Did you mean \"==\"?"]),
        ("x is not ()", &["\"is not\" with 'tuple' literal. Did you mean \"!=\"?"]),
        ("x is None", &[]),
        ("assert (x, 'text')", &["assertion is always true, perhaps remove parentheses?"]),
        ("[1](2)", &["'list' object is not callable; perhaps you missed a comma?"]),
        ("1[2]", &["'int' object is not subscriptable; perhaps you missed a comma?"]),
        ("[1]['a']", &["list indices must be integers or slices, not str; perhaps you missed a comma?"]),
        (
            "def f():\n    try: pass\n    finally: return 1[2]",
            &["'return' in a 'finally' block", "'int' object is not subscriptable; perhaps you missed a comma?"],
        ),
    ];
    for (source, expected) in cases {
        let (_, warnings) = run(source).unwrap_or_else(|error| panic!("{source:?}: {error}"));
        let texts: Vec<&str> = warnings.iter().map(|warning| &*warning.message).collect();
        assert_eq!(texts, *expected, "{source:?}");
    }
}

#[test]
fn deep_trees_end_in_an_error_or_in_code() {
    let deep = [
        format!("x = {}y", "-".repeat(5000)),
        format!("x = {}y", "not ".repeat(5000)),
        format!("x = y{}", ".a".repeat(5000)),
        format!("x = y{}", "()".repeat(5000)),
        format!("x = y{}", " + y".repeat(5000)),
        format!("x = {}y", "lambda: ".repeat(500)),
        format!("x = {}z", "y if w else ".repeat(3000)),
        format!("if x: pass\n{}", "elif y: pass\n".repeat(3000)),
        format!("with {}x: pass", "x, ".repeat(15)),
    ];
    for source in deep {
        let Ok(parsed) = parse(&source, Mode::Exec, &adder_syntax::Options::default()) else { continue };
        match compile(&parsed.ast, "deep.py", Options::default()) {
            Ok((code, _)) => assert_eq!(adder_isa::verify::verify(&code), Ok(())),
            Err(error) => assert_eq!(error.kind, ErrorKind::Recursion, "{error}"),
        }
    }
}
