//! The code of small programs, as text beside them. `BLESS=1 cargo test -p adder-compile` rewrites the texts; what they
//! should say is decided by scripts/compare-compile.py, which compares with CPython.

use std::path::Path;

use adder_compile::{Options, compile};
use adder_isa::{dis, marshal, verify};
use adder_syntax::{Mode, parse};

#[test]
fn disassembly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dis");
    let bless = std::env::var_os("BLESS").is_some();
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("tests/dis exists")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "py"))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let mut stale = Vec::new();
    for path in names {
        let source = std::fs::read_to_string(&path).expect("source is readable");
        let parsed = parse(&source, Mode::Exec, &adder_syntax::Options::default()).expect("source parses");
        let (code, _) = compile(&parsed.ast, "golden.py", Options::default()).expect("source compiles");
        verify::verify(&code).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let stored = marshal::write(&code).expect("code can be stored");
        assert_eq!(marshal::read(&stored).expect("code can be read"), code);
        let text = dis::disassemble(&code);
        let golden = path.with_extension("txt");
        if bless {
            std::fs::write(&golden, &text).expect("golden is writable");
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != text {
            stale.push(golden.display().to_string());
        }
    }
    assert!(stale.is_empty(), "differ: {stale:#?}; BLESS=1 to accept");
}
