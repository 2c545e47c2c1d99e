//! Stored code that was changed is rejected or is still valid code; nothing panics on it.

use adder_compile::{Options, compile};
use adder_isa::{Code, dis, marshal, verify};
use adder_syntax::{Mode, parse};

/// A small generator of numbers, the same on every run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn programs() -> Vec<Code> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dis");
    let entries = std::fs::read_dir(folder).expect("tests/dis exists").filter_map(Result::ok);
    let mut paths: Vec<_> =
        entries.map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "py")).collect();
    paths.sort();
    let compiled = paths.iter().map(|path| {
        let source = std::fs::read_to_string(path).expect("source is readable");
        let parsed = parse(&source, Mode::Exec, &adder_syntax::Options::default()).expect("source parses");
        compile(&parsed.ast, "x", Options::default()).expect("source compiles").0
    });
    compiled.collect()
}

#[test]
fn damaged_bytes() {
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    for code in programs() {
        let stored = marshal::write(&code).expect("code can be stored");
        for _ in 0..3000 {
            let mut damaged = stored.clone();
            for _ in 0..=random.next() % 3 {
                let at = random.next() as usize % damaged.len();
                damaged[at] = random.next() as u8;
            }
            if let Ok(read) = marshal::read(&damaged) {
                let _ = verify::verify(&read);
                let _ = dis::disassemble(&read);
            }
        }
    }
}

#[test]
fn damaged_units() {
    let mut random = Xorshift(42);
    let mut accepted = 0;
    for code in programs() {
        for _ in 0..3000 {
            let mut damaged = code.clone();
            let at = random.next() as usize % damaged.units.len();
            damaged.units[at] = random.next() as u16;
            if random.next().is_multiple_of(4) && !damaged.exceptiontable.is_empty() {
                let at = random.next() as usize % damaged.exceptiontable.len();
                damaged.exceptiontable[at] = random.next() as u8;
            }
            accepted += u32::from(verify::verify(&damaged).is_ok());
        }
    }
    // Some changes are harmless, most are not.
    assert!(accepted < 9 * 3000 / 2, "{accepted} accepted");
}
