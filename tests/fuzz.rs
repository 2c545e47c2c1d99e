//! Fuzzing that every run of the tests does for a few seconds: changed sources for the front end, changed cache files for the
//! whole command.
//!
//! Invariants: the same numbers on every run, so that a failure comes back; `ADDER_FUZZ_SECONDS` gives it more time and
//! `ADDER_FUZZ_SEED` other numbers. Nothing here knows what the right answer is: it looks for panics, for code that the
//! verifier rejects although the compiler made it, and for processes that a signal ended.

use adder_isa::{marshal, verify};
use adder_syntax::{Mode, Options, parse};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A small generator of numbers.
struct Xorshift(u64);

impl Xorshift {
    fn new(stream: u64) -> Xorshift {
        let seed = std::env::var("ADDER_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1u64);
        Xorshift(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n.max(1)
    }
}

fn deadline() -> Instant {
    let seconds = std::env::var("ADDER_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(4);
    Instant::now() + Duration::from_secs(seconds)
}

/// The programs that changes start from.
fn seeds() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = ["tests/lang", "runtime/compile/tests/dis"]
        .iter()
        .filter_map(|folder| std::fs::read_dir(root.join(folder)).ok())
        .flat_map(|entries| entries.flatten().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "py"))
        .collect();
    paths.sort();
    paths.iter().filter_map(|p| std::fs::read_to_string(p).ok()).collect()
}

/// Pieces that are likely to matter where they do not belong.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "\n",
    "\n    ",
    "\t",
    "\\",
    "\"",
    "'",
    "\"\"\"",
    "f\"{",
    "t'{",
    "!r:",
    "=",
    ":=",
    "**",
    "*",
    "@",
    ",",
    ".",
    "...",
    ";",
    "lambda",
    "await ",
    "async ",
    "yield ",
    "yield from ",
    "return ",
    "del ",
    "global x\n",
    "nonlocal x\n",
    "match x:\n case ",
    "case _:",
    "except* ",
    "finally:",
    "with ",
    "class ",
    "def f(",
    "import ",
    "from . import *",
    "type X = ",
    "[T: int]",
    "0x",
    "1_",
    "1e",
    "0b2",
    "\0",
    "\u{feff}",
    "é",
    "\u{10ffff}",
    "# coding: latin-1\n",
    "__debug__",
    "None = 1\n",
    "if 1:\n",
    "while 1:",
    "for x in ",
    " in ",
    " not ",
    " is ",
    "else:",
    "elif ",
    "raise ",
    "assert ",
    "break\n",
    "continue\n",
    "pass\n",
    "super()",
    "__class__",
    "print(*a, **k)",
    "\r",
    "\x0c",
];

/// A changed program: pieces cut, doubled, moved, and inserted.
fn change(random: &mut Xorshift, seeds: &[String]) -> String {
    let seed = &seeds[random.below(seeds.len())];
    let lines: Vec<&str> = seed.split_inclusive('\n').collect();
    let start = random.below(lines.len());
    let mut text: String = lines[start..(start + 1 + random.below(25)).min(lines.len())].concat();
    for _ in 0..=random.below(4) {
        let boundary = |random: &mut Xorshift, text: &str| {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (a, b) = (boundary(random, &text), boundary(random, &text));
        let (a, b) = (a.min(b), a.max(b));
        match random.below(5) {
            0 => {
                let end = text[a..b].char_indices().nth(8).map_or(b, |(i, _)| a + i);
                text.replace_range(a..end, "");
            }
            1 => text.insert_str(a, PIECES[random.below(PIECES.len())]),
            2 => {
                let part = text[a..b].to_owned();
                text.insert_str(b, &part);
            }
            3 => {
                let other = &seeds[random.below(seeds.len())];
                let line = other.lines().nth(random.below(other.lines().count())).unwrap_or("").to_owned();
                text.insert_str(a, &line);
            }
            _ => {
                let part: String = text.drain(a..b).collect();
                let at = boundary(random, &text);
                text.insert_str(at, &part);
            }
        }
        if text.len() > 1 << 16 {
            text.clear();
        }
    }
    text
}

#[test]
fn changed_sources_parse_compile_and_verify() {
    let (mut random, seeds, end) = (Xorshift::new(1), seeds(), deadline());
    let (mut tried, mut compiled) = (0u64, 0u64);
    while Instant::now() < end {
        let text = change(&mut random, &seeds);
        let mode = [Mode::Exec, Mode::Single, Mode::Eval][random.below(8).saturating_sub(5)];
        tried += 1;
        let Ok(tree) = parse(&text, mode, &Options::default()) else { continue };
        let options = adder_compile::Options { optimize: (random.next() % 3) as u8, ..Default::default() };
        let Ok((code, _)) = adder_compile::compile(&tree.ast, "fuzz.py", options) else { continue };
        compiled += 1;
        if let Err(e) = verify::verify(&code) {
            panic!("the verifier rejects compiled code: {e}\n{text}");
        }
        let stored = marshal::write(&code).expect("code can be stored");
        assert!(marshal::read(&stored).is_ok_and(|c| c == code), "stored code reads back differently\n{text}");
    }
    assert!(compiled > 0, "none of {tried} programs compiled");
}

/// Changed caches, as a damaged disk or an enemy leaves them, run in a process of their own: an error is fine, a crash is not.
#[test]
fn changed_caches_do_not_crash() {
    let folder = std::env::temp_dir().join(format!("adder-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for cache files");
    let (mut random, mut seeds, end) = (Xorshift::new(2), seeds(), deadline());
    // What is run after a change must not be able to do harm outside its process.
    seeds.retain(|s| {
        !["os", "open(", "subprocess", "shutil", "tempfile", "signal", "socket"].iter().any(|w| s.contains(w))
    });
    assert!(!seeds.is_empty(), "there are harmless programs");
    let header = header(&folder);
    let mut runs = 0;
    while Instant::now() < end {
        let seed = &seeds[random.below(seeds.len())];
        let Ok(tree) = parse(seed, Mode::Exec, &Options::default()) else { continue };
        let Ok((code, _)) = adder_compile::compile(&tree.ast, "fuzz.py", Default::default()) else { continue };
        let stored = marshal::write(&code).expect("code can be stored");
        // Only what the verifier lets through is worth a process.
        for _ in 0..400 {
            let mut bytes = stored.clone();
            for _ in 0..=random.below(2) {
                let at = random.below(bytes.len());
                bytes[at] = random.next() as u8;
            }
            let accepted = marshal::read(&bytes).is_ok_and(|c| c != code && verify::verify(&c).is_ok());
            if accepted && random.below(4) == 0 {
                run_cache(&folder, &header, &bytes);
                runs += 1;
                break;
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(runs > 0, "no changed cache passed the verifier");
}

/// The bytes before the code in a cache file, from one that the command wrote.
fn header(folder: &Path) -> Vec<u8> {
    let source = folder.join("empty.py");
    std::fs::write(&source, "").expect("a source file");
    let cache = folder.join("empty.pyc");
    let script = "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2])";
    let done = Command::new(env!("CARGO_BIN_EXE_adder")).args(["-c", script]).args([&source, &cache]).status();
    assert!(done.is_ok_and(|s| s.success()), "py_compile works");
    let bytes = std::fs::read(&cache).expect("a cache file");
    bytes[..16].to_vec()
}

fn run_cache(folder: &Path, header: &[u8], code: &[u8]) {
    let path = folder.join("changed.pyc");
    // `marshal`: a code object is 'c', its length, and the bytes.
    let length = (code.len() as u32).to_le_bytes();
    std::fs::write(&path, [header, b"c", &length, code].concat()).expect("a cache file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_adder"))
        .arg(&path)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let end = Instant::now() + Duration::from_secs(5);
    let status = loop {
        match child.try_wait().expect("the child can be waited for") {
            Some(status) => break Some(status),
            // A changed program may loop for ever.
            None if Instant::now() > end => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let signal = status.and_then(|s| std::os::unix::process::ExitStatusExt::signal(&s));
    // Programs of tests/lang send themselves signals; what counts is damage of our own: SIGILL, SIGABRT, SIGBUS, SIGSEGV.
    if signal.is_some_and(|s| [4, 6, 7, 11].contains(&s)) || status.and_then(|s| s.code()) == Some(70) {
        let kept = std::env::temp_dir().join("adder-fuzz-crash.pyc");
        let _ = std::fs::copy(&path, &kept);
        panic!("a changed cache crashed the command ({status:?}); it is kept as {}", kept.display());
    }
}
