//! `adder explain` on programs with planted problems: each cause is named with its line.
//!
//! Invariant: nothing here depends on how fast anything is; what is asked for are lines, reasons and types.

use std::path::Path;
use std::process::{Command, Output};

fn explain(name: &str, program: &str, more: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    let path = folder.join(name);
    std::fs::write(&path, program).expect("the target folder is writable");
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.arg("explain").args(more).arg(path).output().expect("the binary starts")
}

/// Some line of the report has all these words.
fn says(o: &Output, words: &[&str]) {
    let report = String::from_utf8_lossy(&o.stderr).into_owned();
    let found = report.lines().any(|l| words.iter().all(|w| l.contains(w)));
    assert!(found, "no line with {words:?} in\n{report}");
}

#[test]
fn a_type_that_changes() {
    let program = "def total(values):\n    t = 0\n    for v in values:\n        t = t + v\n    return t\n\
                   for i in range(2000):\n    total([1, 2, 3] * 30)\nfor i in range(2000):\n    total([1.5, 2.5] * 30)\n";
    let o = explain("flip.py", program, &[]);
    says(&o, &["line 4", "expected int", "float"]);
    says(&o, &["change: let a variable keep one type"]);
}

#[test]
fn a_call_that_meets_many_classes() {
    let classes: String = "ABCDEF".chars().map(|c| format!("class {c}:\n    def size(self): return 1\n")).collect();
    let program = format!(
        "{classes}def ask(things):\n    n = 0\n    for t in things:\n        n += t.size()\n    return n\n\
         for i in range(3000): ask([A()] * 10)\nfor i in range(3000): ask([A(), B(), C(), D(), E(), F()])\n"
    );
    let o = explain("mega.py", &program, &[]);
    says(&o, &["line 16", "LOAD_ATTR size", "another class"]);
}

#[test]
fn a_global_that_is_bound_anew() {
    let program = "def double(x):\n    return x * 2\ndef triple(x):\n    return x * 3\nwork = double\n\
                   def run(n):\n    global work\n    t = 0\n    for i in range(n):\n        t += work(i)\n        if i % 1000 == 999:\n\
                   \x20           work = triple if work is double else double\n    return t\nprint(run(100000))\n";
    let o = explain("glob.py", program, &[]);
    assert_eq!(o.stdout, b"12524875000\n");
    says(&o, &["line 10", "LOAD_GLOBAL work", "not the same object"]);
}

#[test]
fn exceptions_in_a_loop() {
    let program = "def find(d, n):\n    misses = 0\n    for i in range(n):\n        try:\n            d[i]\n        except KeyError:\n\
                   \x20           misses += 1\n    return misses\nprint(find({}, 30000))\n";
    let o = explain("exc.py", program, &[]);
    says(&o, &["line 5", "an exception was raised", "dict, int"]);
}

#[test]
fn a_number_that_leaves_the_word() {
    let program = "def grow(n):\n    h = 1\n    for i in range(n):\n        h = (h * 1099511628211 + i) & 0xFFFFFFFFFFFFFFFF\n    return h\n\
                   print(grow(50000))\n";
    let o = explain("boxed.py", program, &[]);
    says(&o, &["line 4", "int beyond 62 bits"]);
    says(&o, &["change: mask or reduce the number"]);
}

#[test]
fn the_program_keeps_its_exit_code_and_files_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain");
    let (json, html) = (folder.join("x.json"), folder.join("x.html"));
    let words = ["--json", &json.to_string_lossy(), "--html", &html.to_string_lossy()].map(str::to_owned);
    let program = "def f(n):\n    for i in range(n):\n        if i < 0: print('<&>')\nf(100000)\nraise SystemExit(3)\n";
    let o = explain("exit.py", program, &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(o.status.code(), Some(3), "{}", String::from_utf8_lossy(&o.stderr));
    let read = |p: &Path| std::fs::read_to_string(p).expect("it was written");
    let v: serde_json::Value = serde_json::from_str(&read(&json)).expect("it is JSON");
    assert_eq!(v["compiled"][0]["name"], "f");
    let page = read(&html);
    assert!(page.starts_with("<!doctype html>") && page.contains("&lt;&amp;&gt;") && !page.contains("http"));
    let o = explain("gone.py", "import os\nos._exit(0)\n", &[]);
    assert_eq!(o.status.code(), Some(2));
    says(&o, &["without its counts"]);
}
