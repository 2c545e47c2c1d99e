//! Answers requests of `scripts/syntax-diff.py` on stdin: a header line `MODE FLAGS LENGTH`, then the source.
//! The answer is a line with its length, then `ok` and the dumped tree, or `error` and the fields of the error.

use std::io::{BufRead, Read, Write};

use adder_syntax::tokens::TokenSource;

#[path = "../tests/answer/mod.rs"]
mod answer;

fn main() -> std::io::Result<()> {
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    let mut header = String::new();
    while input.read_line(&mut header)? > 0 {
        let words: Vec<&str> = header.split_whitespace().collect();
        let [mode, flags, length] = words[..] else { break };
        let mut source = vec![0; length.parse().unwrap_or(0)];
        input.read_exact(&mut source)?;
        let answer = match String::from_utf8(source) {
            Ok(_) if words[0] == "asdl" => classes(),
            Ok(source) if words[0] == "tokens" => tokens(&source, flags.contains('x')),
            Ok(source) => answer::answer(&source, mode, flags),
            Err(_) => "error not utf-8".to_owned(),
        };
        writeln!(output, "{}", answer.len())?;
        output.write_all(answer.as_bytes())?;
        output.flush()?;
        header.clear();
    }
    Ok(())
}

/// One node class a line: name, base, fields, documentation.
fn classes() -> String {
    let row = |n: &adder_syntax::asdl::Node| {
        let fields: Vec<&str> = n.fields.iter().map(|f| f.name).collect();
        format!("{}|{}|{}|{}|{:?}\n", n.name, n.base, fields.join(","), n.located, n.doc())
    };
    adder_syntax::asdl::NODES.iter().map(row).collect()
}

/// One token a line, up to the error if there is one.
fn tokens(source: &str, extra: bool) -> String {
    let source = TokenSource::new(source);
    let mut out = String::new();
    for token in source.tokens(extra) {
        let line = match token {
            Ok(t) => format!("{} {:?} {:?} {:?} {:?}\n", t.kind, t.start, t.end, t.string, t.line),
            Err(e) => format!("{:?} {} {} {} {:?}\n", e.class, e.message, e.lineno, e.offset, e.text),
        };
        out.push_str(&line);
    }
    out
}
