//! Rules about single files: length, header, names, unsafe, panics, paths and reminders.

use crate::ledger::Found;
use crate::scan::{RustFile, is_name, item_end, read};

const FILE_LIMIT: usize = 800;
const FUNCTION_LIMIT: usize = 100;

/// Tables and generated files are long because their subject is.
fn is_table(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains("table") || name == "ops.rs" || name == "ast.rs" || path.contains("/generated")
}

fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.starts_with("tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

pub fn headers(files: &[RustFile]) -> Vec<String> {
    let starts = |f: &RustFile| f.text.iter().find(|l| !l.trim().is_empty()).is_some_and(|l| l.starts_with("//!"));
    files.iter().filter(|f| !starts(f)).map(|f| f.path.clone()).collect()
}

pub fn file_lengths(files: &[RustFile]) -> Found {
    let mut found = Found::new();
    for file in files.iter().filter(|f| !is_table(&f.path) && !is_test_file(&f.path)) {
        let tests = (0..file.code.len()).filter(|&i| file.live[i].is_empty() && !file.code[i].is_empty()).count();
        let lines = file.text.len() - tests;
        if lines > FILE_LIMIT {
            found.insert(file.path.clone(), lines);
        }
    }
    found
}

pub fn function_lengths(files: &[RustFile]) -> Found {
    let mut found = Found::new();
    for file in files.iter().filter(|f| !is_table(&f.path) && !is_test_file(&f.path)) {
        for (start, line) in file.live.iter().enumerate() {
            let Some(name) = function_name(line) else { continue };
            let lines = item_end(&file.live, start) - start + 1;
            if lines >= FUNCTION_LIMIT {
                let place = format!("{}::{name}", file.path);
                let entry = found.entry(place).or_insert(0);
                *entry = lines.max(*entry);
            }
        }
    }
    found
}

/// The name of the function that a line of code begins, if it begins one.
fn function_name(line: &str) -> Option<&str> {
    let at = find_word(line, "fn", 0)?;
    let rest = line[at + 2..].trim_start();
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    (end > 0 && matches!(rest[end..].chars().next(), Some('(' | '<') | None)).then_some(&rest[..end])
}

/// Where `word` stands in `line` from `from` on, as a word of its own.
fn find_word(line: &str, word: &str, from: usize) -> Option<usize> {
    let mut from = from;
    while let Some(at) = line.get(from..)?.find(word).map(|i| i + from) {
        let before = line[..at].chars().next_back().is_some_and(is_name);
        let after = line[at + word.len()..].chars().next().is_some_and(is_name);
        if !before && !after {
            return Some(at);
        }
        from = at + word.len();
    }
    None
}

pub fn panics(files: &[RustFile]) -> Found {
    const CALLS: &[&str] = &[".unwrap()", ".expect(\"", ".expect(&format!", "panic!(", "todo!(", "unimplemented!("];
    let mut found = Found::new();
    let runtime = |f: &&RustFile| f.path.starts_with("runtime/") && f.path.contains("/src/") && !is_test_file(&f.path);
    for file in files.iter().filter(runtime) {
        let count = |line: &String| CALLS.iter().map(|call| line.matches(call).count()).sum::<usize>();
        let n: usize = file.live.iter().map(count).sum();
        if n > 0 {
            found.insert(file.path.clone(), n);
        }
    }
    found
}

/// The only places that may say `unsafe`, by the start of their path.
const UNSAFE_HOMES: &[&str] = &[
    "runtime/mem/src/",
    "runtime/object/src/",
    // The evaluator and the frames it works on: ADR 0009.
    "runtime/interp/src/eval/",
    "runtime/interp/src/frame.rs",
    "runtime/interp/src/frame_object.rs",
    "runtime/interp/src/generator.rs",
    "runtime/interp/src/generator/",
    "runtime/interp/src/code.rs",
    // The border to machine code, what it calls, and constants it holds: ADR 0010.
    "runtime/interp/src/native.rs",
    "runtime/jit/src/",
    // Calls into libc.
    "runtime/stdlib/src/os/sys_calls",
    // Calls into SQLite: ADR 0013.
    "runtime/stdlib/src/data/sqlite/raw",
];

pub fn unsafe_homes(files: &[RustFile]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|f| !UNSAFE_HOMES.iter().any(|home| f.path.starts_with(home))) {
        for line in unsafe_lines(file) {
            complaints.push(format!("{}:{}", file.path, line + 1));
        }
    }
    complaints
}

fn unsafe_lines(file: &RustFile) -> impl Iterator<Item = usize> + '_ {
    file.code.iter().enumerate().filter(|(_, l)| find_word(l, "unsafe", 0).is_some()).map(|(i, _)| i)
}

/// A block or an impl says why it is sound right above or on its line; an `unsafe fn` says what it asks for.
pub fn unsafe_reasons(files: &[RustFile]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for at in unsafe_lines(file) {
            let line = &file.code[at];
            let declares = find_word(line, "fn", 0).is_some() || find_word(line, "extern", 0).is_some();
            let wanted = if declares { "# Safety" } else { "SAFETY" };
            let is_type =
                [": unsafe", "(unsafe", "<unsafe", "= unsafe extern", "= unsafe fn"].iter().any(|t| line.contains(t));
            let private = declares && !line.trim_start().starts_with("pub ");
            if !is_type && !private && !reason_near(file, at, wanted) {
                complaints.push(format!("{}:{}: no {wanted}", file.path, at + 1));
            }
        }
    }
    complaints
}

/// Whether the comment of line `at`, or of the comment and attribute lines (and the unfinished statement) above it, has `wanted`.
fn reason_near(file: &RustFile, at: usize, wanted: &str) -> bool {
    let says = |i: usize| file.comments[i].contains(wanted);
    if says(at) || file.comments.get(at + 1).is_some_and(|c| c.contains(wanted)) {
        return true;
    }
    let mut unfinished = 0;
    for i in (0..at).rev() {
        if says(i) {
            return true;
        }
        let code = file.code[i].trim();
        if code.is_empty() || code.starts_with("#[") {
            if file.text[i].trim().is_empty() {
                return false;
            }
            continue;
        }
        unfinished += 1;
        if unfinished > 4 || code.ends_with(['}', ';']) {
            return false;
        }
    }
    false
}

/// Files whose name says nothing; `helpers.rs` is allowed where it is the table of the runtime's helpers.
pub fn drawer_names(files: &[String]) -> Vec<String> {
    const DRAWERS: &[&str] = &["util", "utils", "helper", "helpers", "misc", "common", "manager", "stuff"];
    const ALLOWED: &[&str] = &["runtime/isa/src/helpers.rs", "runtime/jit/src/helpers"];
    let stem = |part: &str| part.split('.').next().unwrap_or(part).to_lowercase();
    let drawer = |f: &&String| f.split('/').any(|part| DRAWERS.contains(&stem(part).as_str()));
    files.iter().filter(drawer).filter(|f| !ALLOWED.iter().any(|a| f.starts_with(a))).cloned().collect()
}

/// What lies at the top and does not belong there, such as what a program of the tests left behind.
pub fn strangers(files: &[String]) -> Vec<String> {
    const FOLDERS: &[&str] = &[".ci", "benches", "docs", "examples", "runtime", "scripts", "src", "tests"];
    const FILES: &[&str] =
        &[".gitignore", "Cargo.lock", "Cargo.toml", "README.md", "build.rs", "deny.toml", "rustfmt.toml"];
    let at_home = |f: &&String| match f.split_once('/') {
        Some((top, _)) => FOLDERS.contains(&top),
        None => FILES.contains(&f.as_str()) || f.starts_with("LICENSE-"),
    };
    files.iter().filter(|f| !at_home(f)).cloned().collect()
}

fn is_text(path: &str) -> bool {
    const ENDINGS: &[&str] = &["rs", "py", "md", "toml", "sh", "yml", "out", "err", "txt", "clif", "hir"];
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, ending)) => ENDINGS.contains(&ending),
        None => path.starts_with("scripts/") || path.starts_with(".ci/"),
    }
}

pub fn machine_paths(files: &[String]) -> Vec<String> {
    // Written so that this file does not complain about itself.
    let forbidden = ["root", "home", "work"].map(|top| format!("/{top}/"));
    let mut complaints = Vec::new();
    for path in files.iter().filter(|f| is_text(f)) {
        for (i, line) in read(path).lines().enumerate() {
            let hit = forbidden.iter().any(|f| {
                line.match_indices(f.as_str()).any(|(at, _)| !line[..at].ends_with(|c: char| is_name(c) || c == '.'))
            });
            if hit {
                complaints.push(format!("{path}:{}: {}", i + 1, line.trim()));
            }
        }
    }
    complaints
}

pub fn reminders(files: &[String]) -> Vec<String> {
    let words = ["TO", "FIX"].map(|start| format!("{start}{}", if start == "TO" { "DO" } else { "ME" }));
    let mut complaints = Vec::new();
    for path in files.iter().filter(|f| is_text(f) && !f.starts_with("docs/style.md")) {
        for (i, line) in read(path).lines().enumerate() {
            let bare =
                |word: &String| find_word(line, word, 0).is_some_and(|at| !line[at + word.len()..].starts_with("(#"));
            let quoted = line.contains(&format!("a {}", words[0]));
            if !quoted && words.iter().any(bare) {
                complaints.push(format!("{path}:{}: {}", i + 1, line.trim()));
            }
        }
    }
    complaints
}

#[test]
fn functions_are_recognised() {
    assert_eq!(function_name("    pub(crate) fn slow_add<'a>(x: u8) {"), Some("slow_add"));
    assert_eq!(function_name("    f: fn(u8) -> u8,"), None);
    assert_eq!(function_name("unsafe extern \"C\" fn go("), Some("go"));
}
