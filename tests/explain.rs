//! `adder explain` on programs with planted problems: each cause is named with its line.
//!
//! Invariant: nothing here depends on how fast anything is; what is asked for are lines, reasons and types.

mod browser;

use std::os::unix::process::CommandExt;
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
fn globals_that_a_loop_binds() {
    let program = "COUNT = 0\ndef work(n):\n    global COUNT\n    t = 0\n    for i in range(n):\n        COUNT += 1\n        t += i\n    return t\n\
                   print(work(50000), COUNT)\nfor k in range(50000):\n    last = k * 2\n";
    let o = explain("count.py", program, &[]);
    says(&o, &["loop at line 5", "line 6 binds the global COUNT", "change: use a local variable"]);
    says(&o, &["loop at line 10", "last", "live in the module", "put the loop into a function"]);
}

#[test]
fn a_function_that_changes_from_call_to_call() {
    let program = "def a(x): return x + 1\ndef b(x): return x + 2\ndef run(n):\n    t = 0\n    for i in range(n):\n        f = (a, b)[i & 1]\n\
                   \x20       t += f(i)\n    return t\nprint(run(50000))\n";
    let o = explain("calls.py", program, &[]);
    says(&o, &["line 7", "CALL", "not the same object"]);
    says(&o, &["change: several functions are called at this place"]);
}

#[test]
fn exceptions_in_a_loop() {
    let program = "def find(d, n):\n    misses = 0\n    for i in range(n):\n        try:\n            d[i]\n        except KeyError:\n\
                   \x20           misses += 1\n    return misses\nprint(find({}, 30000))\n";
    let o = explain("exc.py", program, &[]);
    says(&o, &["line 5", "an exception was raised", "dict, int"]);
    let report = String::from_utf8_lossy(&o.stderr).into_owned();
    assert!(!report.contains("recompiled too often"), "{report}");
}

#[test]
fn a_number_that_leaves_the_word() {
    let program = "def grow(n):\n    h = 1\n    for i in range(n):\n        h = h * 31 + i\n        h = h % (2**89 - 1)\n    return h\n\
                   print(grow(50000))\n";
    let o = explain("boxed.py", program, &[]);
    says(&o, &["line 4", "int beyond 62 bits"]);
    says(&o, &["change: mask or reduce the number"]);
    says(&o, &["loop at line 3: h is boxed", "does arithmetic on an object"]);
}

/// Guards on the way into a loop belong to that way alone, also where no earlier state takes them over, as in watched code.
#[test]
fn a_loop_that_a_branch_leads_into_runs_as_without() {
    let program = "def wait(n, timeout=None):\n    if timeout is not None:\n        deadline = 10.0 + timeout\n    while True:\n\
                   \x20       n -= 1\n        if n < 0:\n            return n\n        if timeout is not None:\n            timeout = deadline - 10.5\n\
                   for i in range(3000):\n    wait(3, 1.0)\n    wait(2)\nprint('done')\n";
    let o = explain("branch.py", program, &[]);
    assert_eq!(o.stdout, b"done\n", "{}", String::from_utf8_lossy(&o.stderr));
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
    assert!(page.starts_with("<!doctype html>") && page.contains("\\u003c&>") && !page.contains("http"));
    let o = explain("gone.py", "import os\nos._exit(0)\n", &[]);
    assert_eq!(o.status.code(), Some(2));
    says(&o, &["without its counts"]);
}

#[test]
fn an_interrupted_program_is_explained_until_then() {
    let ready = std::path::PathBuf::from(scratch("interrupted.ready"));
    let _ = std::fs::remove_file(&ready);
    let program = format!(
        "def spin():\n    t = 0\n    while True:\n        t = (t + 1) % 1000\nopen({:?}, 'w').close()\nspin()\n",
        ready.to_string_lossy()
    );
    let path = scratch("interrupted.py");
    std::fs::write(&path, program).expect("the target folder is writable");
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.args(["explain", &path]).stderr(std::process::Stdio::piped()).process_group(0);
    let child = c.spawn().expect("the binary starts");
    while !ready.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    // As a terminal sends it: to all of the group.
    let sent = Command::new("kill").args(["-INT", "--", &format!("-{}", child.id())]).status().expect("kill is there");
    assert!(sent.success());
    let o = child.wait_with_output().expect("it ends");
    says(&o, &["KeyboardInterrupt"]);
    says(&o, &["spin", "interrupted.py:1"]);
    assert_eq!(o.status.code(), Some(130));
}

#[test]
fn a_variable_of_a_loop_is_blamed_where_it_is_bound() {
    let program = "def total(values, start):\n    t = start\n    for v in range(len(values)):\n        t = t + values[v]\n    return t\n\
                   for i in range(2000):\n    total([1, 2, 3] * 30, 0)\nfor i in range(2000):\n    total([1, 2] * 30, 0.5)\n";
    let o = explain("flip_start.py", program, &[]);
    says(&o, &["line 4", "STORE_FAST t", "expected int", "float"]);
}

#[test]
fn loops_inlining_and_exact_counts_are_told() {
    let program = "def square(x):\n    return x * x\ndef run(n):\n    t = 0\n    for i in range(n):\n        t += square(i)\n    return t\n\
                   def make(n):\n    for i in range(n):\n        pair = [i, i]\n    return pair\n\
                   for k in range(300):\n    run(1000)\nmake(5000)\n";
    let o = explain("counts.py", program, &["--exact"]);
    says(&o, &["line 6", "square", "is inlined"]);
    says(&o, &["loop at line 5", "in registers", "t (int)"]);
    says(&o, &["300000", "square"]);
    let report = String::from_utf8_lossy(&o.stderr).into_owned();
    let made = report.lines().find_map(|l| l.trim().strip_prefix("line 10: ")?.strip_suffix(" objects made"));
    let made: u64 = made.and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!((4990..=5010).contains(&made), "{report}");
}

#[test]
fn time_is_shared_out_over_lines_and_tiers() {
    let program = "def run(n):\n    t = 0\n    for i in range(n):\n        t = (t * 3 + i) % 1000003\n    return t\n\
                   import time\nend = time.process_time() + 1.0\nwhile time.process_time() < end:\n    run(20000)\n";
    let o = explain("busy.py", program, &["--json", &scratch("busy.json")]);
    let text = std::fs::read_to_string(scratch("busy.json")).expect("it was written");
    let v: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let taken = v["samples"]["taken"].as_u64().unwrap_or(0);
    assert!(taken > 20, "{taken} samples");
    says(&o, &["% JIT code", "% interpreter", "samples"]);
    // The line of the loop's body is by far the hottest one.
    says(&o, &["4 |", "t = (t * 3 + i) % 1000003"]);
    says(&o, &["line 4: time in", "JIT code"]);
}

#[test]
fn stages_show_how_a_line_runs() {
    let o = explain("stages.py", "x = 2\nprint(x + 3)\n", &["--stages"]);
    let out = String::from_utf8_lossy(&o.stdout).into_owned();
    for wanted in ["NAME         'x'", "BinOp(", "x: ", "BINARY_OP", "[<built-in function print>, NULL, 2, 3]", "\n5\n"]
    {
        assert!(out.contains(wanted), "no {wanted:?} in\n{out}");
    }
    let o = explain("wrong.py", "x = = 2\n", &["--stages"]);
    assert_eq!(o.status.code(), Some(1));
    says(&o, &["SyntaxError: invalid syntax"]);
}

fn scratch(name: &str) -> String {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain").join(name).to_string_lossy().into_owned()
}

#[test]
fn the_page_works_in_a_browser() {
    let program = "def square(x):\n    return x * x\ndef run(n):\n    t = 0\n    for i in range(n):\n        t = t + square(i)\n    return t\n\
                   import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end:\n    run(20000)\n";
    let html = scratch("page.html");
    let o = explain("page.py", program, &["--html", &html]);
    assert_eq!(o.status.code(), Some(0), "{}", String::from_utf8_lossy(&o.stderr));
    let page = std::fs::read_to_string(&html).expect("it was written");
    let script = "const f=[...document.querySelectorAll('section')].find(s=>s.querySelector('h2').firstChild.data=='run');\
                  f.querySelector('[data-line=\"6\"]').click();\
                  const p=[...f.querySelectorAll('.pane')];\
                  document.body.dataset.panes=p.map(x=>x.querySelector('h3').textContent).join('|');\
                  document.body.dataset.bytecode=p[0].textContent.includes('BINARY_OP');\
                  document.body.dataset.hir=p[1].textContent.includes('Int2');\
                  document.body.dataset.clif=p[2].textContent.includes('mul');\
                  document.body.dataset.machine=/imul|mul/.test(p[3].textContent);\
                  document.body.dataset.inlined=p[1].textContent.includes('inlined from square:2');\
                  const s=document.querySelector('input[type=search]');s.value='square';s.dispatchEvent(new Event('input'));\
                  document.body.dataset.found=document.querySelectorAll('section:not(.hidden)').length;\
                  s.value='';s.dispatchEvent(new Event('input'));\
                  document.dispatchEvent(new KeyboardEvent('keydown',{key:'/'}));\
                  document.body.dataset.key=document.activeElement===s;\
                  document.body.dataset.flame=document.querySelectorAll('.flame .t1').length>0";
    let Some(dom) = browser::shown(&page, script, 1280, false) else { return };
    for wanted in ["data-ready=\"yes\"", "data-panes=\"bytecode (", "data-bytecode=\"true\"", "data-hir=\"true\""] {
        assert!(dom.contains(wanted), "no {wanted} in {}", browser::body(&dom));
    }
    for wanted in ["data-clif", "data-inlined", "data-key", "data-flame"] {
        assert!(dom.contains(&format!("{wanted}=\"true\"")), "{wanted}");
    }
    if cfg!(target_arch = "x86_64") {
        assert!(dom.contains("data-machine=\"true\""));
    }
    // On a phone and in the dark.
    browser::shown(&page, "document.querySelector('[data-line=\"6\"]').click()", 500, true);
}
