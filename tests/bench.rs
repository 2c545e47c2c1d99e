//! `adder bench` from outside: what it prints, writes and returns.
//!
//! Invariant: nothing here depends on how fast anything is.

mod browser;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn bench(args: &[&str]) -> Output {
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.arg("bench").args(args).output().expect("the binary starts")
}
fn quick(more: &[&str]) -> Output {
    bench(&[&["--processes", "2", "--iterations", "9"], more].concat())
}
fn text(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    folder.join(name)
}
fn file(name: &str, content: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, content).expect("the target folder is writable");
    path.to_string_lossy().into_owned()
}

const PROGRAM: &str = "t = 0\nfor i in range(3000):\n    t += i * i\nprint(t)\n";

#[test]
fn every_file_is_written_and_holds_every_iteration() {
    let program = file("squares.py", PROGRAM);
    let path = |n: &str| scratch(n).to_string_lossy().into_owned();
    let (json, csv, md, html) = (path("r.json"), path("r.csv"), path("r.md"), path("r.html"));
    let o = quick(&["--json", &json, "--csv", &csv, "--markdown", &md, "--html", &html, &program]);
    assert_eq!(o.status.code(), Some(0), "{}{}", text(&o), String::from_utf8_lossy(&o.stderr));
    assert!(text(&o).contains("interpreter") && text(&o).contains("output: the same everywhere"), "{}", text(&o));
    let read = |p: &str| std::fs::read_to_string(p).expect("it was written");
    let v: serde_json::Value = serde_json::from_str(&read(&json)).expect("it is JSON");
    let names: Vec<&str> =
        v["benchmarks"].as_array().unwrap().iter().filter_map(|b| b["metadata"]["name"].as_str()).collect();
    assert_eq!(
        names,
        ["squares [interpreter]", "squares process [interpreter]", "squares [jit]", "squares process [jit]"]
    );
    for b in v["benchmarks"].as_array().unwrap() {
        assert_eq!(b["runs"].as_array().unwrap().len(), 2);
    }
    assert_eq!(v["adder"][1]["processes"][0]["times"].as_array().unwrap().len(), 9);
    assert_eq!(read(&csv).lines().count(), 5);
    assert!(read(&md).contains("| variant | class |"));
    let page = read(&html);
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg") && !page.contains("http"));
    let count = "document.body.dataset.plots=document.querySelectorAll('svg').length";
    for (width, dark) in [(1280, false), (500, true)] {
        if let Some(dom) = browser::shown(&page, count, width, dark) {
            assert!(dom.contains("data-plots=\"2\""), "{}", browser::body(&dom));
        }
    }
    let same = bench(&["compare", "--fail-over", "5%", &json, &json]);
    assert_eq!(same.status.code(), Some(0));
    assert!(text(&same).contains("no certain change"), "{}", text(&same));
}

#[test]
fn different_outputs_fail() {
    let o = quick(&["-c", "import sys; print(sys._jit.is_enabled())"]);
    assert_eq!(o.status.code(), Some(1));
    assert!(text(&o).contains("DIFFERENT: line 1"), "{}", text(&o));
    // What a program says of its own speed is no difference.
    let o = quick(&["-c", "import os; print(f'took 0.{os.getpid()} s')"]);
    assert_eq!(o.status.code(), Some(0), "{}", text(&o));
    assert!(text(&o).contains("but for durations"));
}

#[test]
fn programs_that_fail_keep_the_other_rows() {
    let folder = scratch("suite");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    for (name, content) in [
        ("a_good.py", PROGRAM),
        ("b_raises.py", "raise ValueError('no')\n"),
        ("c_reads.py", "print(input())\n"),
        ("d_moves.py", "import os\nos.chdir('/')\nprint(os.getcwd())\n"),
        ("e_exits.py", "import os\nos._exit(0)\n"),
        ("f_prints.py", "for i in range(40000): print('line', i)\n"),
        ("g_hangs.py", "while True: pass\n"),
        ("h_says.py", "print('nothing to do here')\nraise SystemExit(4)\n"),
    ] {
        std::fs::write(folder.join(name), content).expect("the target folder is writable");
    }
    let o = quick(&["--timeout", "3", "--iterations", "3", "--suite", &folder.to_string_lossy()]);
    let out = text(&o);
    assert_eq!(o.status.code(), Some(1), "{out}");
    for wanted in [
        "exit code 1: ValueError: no",
        "EOFError",
        "(--timeout)",
        "before its iterations were complete",
        "8 benchmarks",
        "interpreter, jit: FAILED: exit code 4: nothing to do here",
    ] {
        assert!(out.contains(wanted), "no {wanted:?} in {out}");
    }
    assert_eq!(out.matches("output: the same everywhere").count(), 4, "{out}");
}

#[test]
fn standard_input_comes_from_a_file() {
    let input = file("input.txt", "hello\n");
    let o = bench(&["--processes", "2", "--iterations", "1", "--stdin", &input, "-c", "print(input())"]);
    assert_eq!(o.status.code(), Some(0), "{}", text(&o));
}

#[test]
fn pyperf_scripts_run_unchanged() {
    let script = "import pyperf\ndef f(n):\n    return sum(range(n))\nr = pyperf.Runner()\nr.metadata['description'] = 'x'\n\
                  r.bench_func('one', f, 2000)\nr.timeit('two', 'x + 1', 'x = 1')\n\
                  async def g():\n    pass\nr.bench_async_func('three', g)\n";
    let o = quick(&["--loops", "3", &file("perf.py", script)]);
    assert_eq!(o.status.code(), Some(0), "{}{}", text(&o), String::from_utf8_lossy(&o.stderr));
    for name in ["one\n", "two\n", "three\n"] {
        assert!(text(&o).contains(name), "{}", text(&o));
    }
}

#[test]
fn results_of_pyperf_functions_are_compared() {
    let script = "import pyperf, sys\ndef f():\n    return [1, {'jit': sys._jit.is_enabled()}]\ndef g():\n    return (2.5, object())\n\
                  r = pyperf.Runner()\nr.bench_func('same', g)\nr.bench_func('other', f)\n";
    let o = quick(&["--loops", "3", &file("results.py", script)]);
    assert_eq!(o.status.code(), Some(1), "{}", text(&o));
    let wanted = "DIFFERENT: line 1: interpreter printed \"result of other: [1, {'jit', False}]\"";
    assert!(text(&o).contains(wanted), "{}", text(&o));
}

/// The package itself may be installed: its place is taken, as its Runner measures in processes of its own.
#[test]
fn an_installed_pyperf_is_stood_in_for() {
    let folder = scratch("installed");
    std::fs::create_dir_all(folder.join("pyperf")).expect("the target folder is writable");
    std::fs::write(folder.join("pyperf/__init__.py"), "raise SystemExit('the real one')\n").expect("it is writable");
    let script = file("perf2.py", "import pyperf\npyperf.Runner().bench_func('alone', sum, [1, 2])\n");
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.args(["bench", "--processes", "2", "--iterations", "9", &script]).env("PYTHONPATH", &folder);
    let o = c.output().expect("the binary starts");
    assert!(o.status.success() && text(&o).contains("alone"), "{}", text(&o));
}

#[test]
fn damaged_and_foreign_files_are_named() {
    let runs = |factor: f64| {
        let runs: Vec<String> =
            (0..5).map(|i| format!("{{\"values\":[{}]}}", factor * (1.0 + 0.01 * i as f64))).collect();
        format!(
            "{{\"version\":\"1.0\",\"benchmarks\":[{{\"metadata\":{{\"name\":\"a\"}},\"runs\":[{}]}}]}}",
            runs.join(",")
        )
    };
    let (good, slow) = (file("good.json", &runs(1.0)), file("slow.json", &runs(2.0)));
    let o = bench(&["compare", &good, &slow, "--fail-over", "5%"]);
    assert_eq!(o.status.code(), Some(1), "{}", text(&o));
    for (name, content) in
        [("x.json", "{"), ("y.json", "[1]"), ("z.json", "{\"benchmarks\":[{}]}"), ("e.json", "{\"benchmarks\":[]}")]
    {
        let o = bench(&["compare", &good, &file(name, content)]);
        assert_eq!(o.status.code(), Some(2), "{name}");
    }
}

#[test]
fn wrong_command_lines_are_refused() {
    let cases: [&[&str]; 6] = [
        &[],
        &["--nonsense", "1", "x.py"],
        &["no_such_file.py"],
        &["--vs", "no-such-python", "-c", "1"],
        &["--cpu", "9999", "-c", "1"],
        &["--seconds", "x", "-c", "1"],
    ];
    for words in cases {
        let o = bench(words);
        assert_eq!(o.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&o.stderr));
    }
}

#[test]
fn an_interrupt_keeps_what_was_measured() {
    let (json, program) = (scratch("stopped.json"), file("sleeps.py", "import time\ntime.sleep(0.05)\nprint(1)\n"));
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.args(["bench", "--processes", "500", "--iterations", "5", "--json", &json.to_string_lossy(), &program]);
    let child = c.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_secs(6));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    let o = child.wait_with_output().expect("it ends");
    assert_eq!(o.status.code(), Some(130), "{}", text(&o));
    assert!(text(&o).contains("interpreter"), "{}", text(&o));
    assert!(String::from_utf8_lossy(&o.stderr).contains("interrupted"));
    let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json).expect("written")).expect("JSON");
    assert!(v["benchmarks"].as_array().is_some_and(|b| !b.is_empty()), "{v}");
}

#[test]
fn an_empty_program_is_one() {
    let o = bench(&["--processes", "2", "--iterations", "1", "-c", ""]);
    assert_eq!(o.status.code(), Some(0), "{}{}", text(&o), String::from_utf8_lossy(&o.stderr));
}

/// As the real package asks for: what is compared has as many values on both sides.
#[test]
fn variants_have_as_many_values() {
    let json = scratch("equal.json").to_string_lossy().into_owned();
    quick(&["--processes", "3", "--iterations", "30", "--json", &json, &file("equal.py", PROGRAM)]);
    let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json).expect("written")).expect("JSON");
    let count = |b: &serde_json::Value| -> Vec<usize> {
        b["runs"].as_array().unwrap().iter().map(|r| r["values"].as_array().unwrap().len()).collect()
    };
    let all: Vec<Vec<usize>> = v["benchmarks"].as_array().unwrap().iter().map(count).collect();
    let sums: Vec<usize> = all.iter().map(|v| v.iter().sum()).collect();
    assert_eq!((all.len(), sums[0], sums[1]), (4, sums[2], sums[3]), "{all:?}");
    assert!(sums[0].is_power_of_two() && sums[0] > 3, "{all:?}");
}

/// Classes made anew in each iteration are no new surprise: what was learnt of the old ones is forgotten with their namespace.
#[test]
fn iterations_in_new_namespaces_keep_their_speed() {
    let program = "class P:\n    __slots__ = ('x', 'v')\n    def __init__(self, v):\n        self.x, self.v = 0.0, v\n\
                   def run(ps, n):\n    for _ in range(n):\n        for p in ps:\n            p.x += p.v * STEP\n\
                   STEP = 0.5\nps = [P(1.0), P(2.0)]\nrun(ps, 20000)\nprint(ps[0].x + ps[1].x)\n";
    let json = scratch("again.json").to_string_lossy().into_owned();
    let o = bench(&["--processes", "1", "--iterations", "14", "--json", &json, &file("again.py", program)]);
    assert_eq!(o.status.code(), Some(0), "{}", text(&o));
    let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&json).expect("written")).expect("JSON");
    let exits = v["adder"][1]["jit"][0]["exits"].as_array().expect("the JIT's counts");
    let all: u64 = exits.iter().filter_map(|e| e["count"].as_u64()).sum();
    assert!(all < 14 * 20, "{all} exits: {exits:?}");
}

#[test]
fn programs_begin_with_no_signal_blocked() {
    let program = "import signal\nassert not signal.pthread_sigmask(signal.SIG_BLOCK, [])\n";
    let o = bench(&["--processes", "1", "--iterations", "2", "-c", program]);
    assert_eq!(o.status.code(), Some(0), "{}", text(&o));
}

/// A Python that has the real pyperf, and the folder that the package lies in. `ADDER_TEST_PYPERF` names one, which then must have it.
fn real_pyperf() -> Option<(String, String)> {
    let ask = "import os, pyperf; print(os.path.dirname(os.path.dirname(pyperf.__file__)))";
    let folder = |python: &str| {
        let o = Command::new(python).args(["-c", ask]).output().ok().filter(|o| o.status.success())?;
        Some(text(&o).trim().to_owned())
    };
    if let Ok(python) = std::env::var("ADDER_TEST_PYPERF") {
        let found = folder(&python).unwrap_or_else(|| panic!("ADDER_TEST_PYPERF={python} has no pyperf"));
        return Some((python, found));
    }
    let found = ["python3", "python3.14"].iter().find_map(|p| Some(((*p).to_owned(), folder(p)?)));
    if found.is_none() {
        eprintln!("skipped: no Python here has the package pyperf");
    }
    found
}

#[test]
fn the_real_pyperf_opens_what_is_written() {
    let Some((python, folder)) = real_pyperf() else { return };
    let path = |n: &str| scratch(n).to_string_lossy().into_owned();
    quick(&["--json", &path("real-%v.json"), &file("real.py", PROGRAM)]);
    quick(&["--json", &path("real.json"), &file("real.py", PROGRAM)]);
    let (one, other, both) = (path("real-interpreter.json"), path("real-jit.json"), path("real.json"));
    let cases: [(&[&str], &str); 6] = [
        (&["stats", &one], "Mean +- std dev"),
        (&["hist", &one], "#"),
        (&["show", &other], "real"),
        (&["check", &one], ""),
        (&["compare_to", "--table", &one, &other], "real"),
        (&["stats", &both], "real process [jit]"),
    ];
    // By that Python, and by this one.
    for binary in [python.as_str(), env!("CARGO_BIN_EXE_adder")] {
        for (words, wanted) in cases {
            let mut c = Command::new(binary);
            let o = c.args(["-m", "pyperf"]).args(words).env("PYTHONPATH", &folder).output().expect("it starts");
            let shown = format!("{}{}", text(&o), String::from_utf8_lossy(&o.stderr));
            assert!(o.status.success() && shown.contains(wanted), "{binary} {words:?}: {shown}");
        }
    }
}

/// Without `bench` the package measures, in processes of its own.
#[test]
fn the_real_pyperf_measures_this_python() {
    let Some((_, folder)) = real_pyperf() else { return };
    let out = scratch("measured.json");
    let _ = std::fs::remove_file(&out);
    let script = file("measured.py", "import pyperf\npyperf.Runner().bench_func('sum', sum, range(100))\n");
    let mut c = Command::new(env!("CARGO_BIN_EXE_adder"));
    c.args([&script, "--processes=2", "--values=2", "--warmups=1", "--loops=64", "--inherit-environ=PYTHONPATH", "-o"]);
    let o = c.arg(&out).env("PYTHONPATH", &folder).output().expect("the binary starts");
    assert!(o.status.success(), "{}{}", text(&o), String::from_utf8_lossy(&o.stderr));
    let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&out).expect("written")).expect("JSON");
    assert_eq!(v["benchmarks"][0]["runs"].as_array().map(Vec::len), Some(2), "{v}");
}
