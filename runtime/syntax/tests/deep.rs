//! Deeply nested sources end in an error or a tree, never in a crash, even on a small stack.

use adder_syntax::{ErrorClass, Mode, Options, parse};

fn outcome(source: &str) -> Result<(), (ErrorClass, String)> {
    parse(source, Mode::Exec, &Options::default()).map(|_| ()).map_err(|e| (e.class, e.message))
}

#[test]
fn deep_sources() {
    for n in [50, 150, 250, 900, 3_000, 9_000, 30_000, 100_000] {
        let sources = [
            "(".repeat(n) + &")".repeat(n),
            "[".repeat(n),
            "-".repeat(n) + "1",
            "not ".repeat(n) + "1",
            "lambda: ".repeat(n) + "1",
            "a if b else ".repeat(n) + "1",
            "a".to_owned() + &"**a".repeat(n),
            "a".to_owned() + &".a".repeat(n),
            "a".to_owned() + &"+a".repeat(n),
            "f".to_owned() + &"()".repeat(n),
            "a".to_owned() + &"[0]".repeat(n),
            "if x: pass\n".to_owned() + &"elif x: pass\n".repeat(n),
            "a = ".repeat(n) + "a",
            "a = ".to_owned() + &"'a' ".repeat(n),
            "a".to_owned() + &" < a".repeat(n),
            "a".to_owned() + &" and a".repeat(n),
            "x = [".to_owned() + &"-1,".repeat(n) + "]",
            "x = [".to_owned() + &"a if b else c,\n".repeat(n) + "]",
            "-".repeat(n) + "1 1",
            "a".to_owned() + &".a".repeat(n) + " 1",
            "f'{".repeat(n),
            "match a:\n case ".to_owned() + &"(".repeat(n),
        ];
        for source in &sources {
            let found = outcome(source);
            if n <= 100 {
                let wrong = source.contains("1 1") || source.contains("a 1") || source.contains("f'{");
                let unclosed = source.starts_with('[') || source.starts_with("match");
                assert_eq!(found.is_err(), wrong || unclosed, "{n} {}", &source[..20.min(source.len())]);
            }
        }
    }
}

#[test]
fn limits_of_cpython() {
    let syntax = |m: &str| Err((ErrorClass::SyntaxError, m.to_owned()));
    assert_eq!(outcome(&("(".repeat(201) + &")".repeat(201))), syntax("too many nested parentheses"));
    assert_eq!(outcome(&"(".repeat(100_000)), syntax("too many nested parentheses"));
    assert_eq!(outcome(&("(".repeat(200) + "a" + &")".repeat(200))), Ok(()));
    let indents: String = (0..100).map(|i| " ".repeat(i) + "if x:\n").collect();
    let message = "too many levels of indentation".to_owned();
    assert_eq!(outcome(&(indents + &" ".repeat(100) + "pass\n")), Err((ErrorClass::IndentationError, message)));
    let (class, message) = outcome(&("-".repeat(100_000) + "1")).unwrap_err();
    assert_eq!(class, ErrorClass::MemoryError);
    assert_eq!(message, "Parser stack overflowed - Python source too complex to parse");
    assert_eq!(outcome(&("a".to_owned() + &".a".repeat(100_000))).unwrap_err().0, ErrorClass::RecursionError);
}
