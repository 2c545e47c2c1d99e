//! What the parser says of a source, as text that the script writes of CPython too.

use adder_syntax::{Mode, Options, dump};

/// `ok`, the tree and the warnings, or `error` and its fields. The flags are `t` for type comments, `i` for incomplete
/// input, `d` for no implied dedent, and `v` with a minor version at the end.
pub fn answer(source: &str, mode: &str, flags: &str) -> String {
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" => Mode::FuncType,
        _ => Mode::Exec,
    };
    let options = Options {
        type_comments: flags.contains('t'),
        allow_incomplete_input: flags.contains('i'),
        dont_imply_dedent: flags.contains('d'),
        feature_version: flags.split_once('v').and_then(|(_, minor)| minor.parse().ok()).unwrap_or(14),
        ..Options::default()
    };
    match adder_syntax::parse(source, mode, &options) {
        Ok(parsed) => {
            let warnings: Vec<String> = parsed.warnings.iter().map(|w| format!("{}:{}", w.lineno, w.message)).collect();
            format!("ok\n{}\n{}", dump::dump(&parsed.ast), warnings.join("\n"))
        }
        Err(e) => format!(
            "error\n{:?}\n{}\n{} {} {} {} {:?}\n{}",
            e.class,
            e.message,
            e.lineno,
            e.offset,
            e.end_lineno,
            e.end_offset,
            e.statement.unwrap_or_default(),
            e.text.unwrap_or_default()
        ),
    }
}
