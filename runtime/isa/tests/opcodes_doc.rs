//! docs/opcodes.md says what the op table says. `BLESS=1 cargo test -p adder-isa` rewrites it.

use std::fmt::Write;
use std::path::Path;

use adder_isa::Opcode;
use adder_isa::ops::{ALL, flags};

fn flag_names(op: Opcode) -> String {
    let names = [
        (flags::HAS_CONST, "const"),
        (flags::HAS_NAME, "name"),
        (flags::HAS_LOCAL, "local"),
        (flags::HAS_FREE, "cell"),
        (flags::HAS_JUMP, "jump"),
        (flags::BACKWARD, "backward"),
        (flags::TERMINATES, "ends"),
        (flags::RAISES, "raises"),
        (flags::CALLS, "calls"),
        (flags::INTERNAL, "internal"),
    ];
    names.iter().filter(|(flag, _)| op.has(*flag)).map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
}

/// The text of doc comment links without what they point to.
fn without_links(doc: &str) -> String {
    let mut out = String::new();
    let mut rest = doc;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((name, tail)) = after.split_once("`](").and_then(|(name, tail)| Some((name, tail.split_once(')')?.1)))
        else {
            break;
        };
        out.push_str(&format!("{before}`{name}`"));
        rest = tail;
    }
    out + rest
}

fn rows(out: &mut String, ops: impl Iterator<Item = Opcode>) {
    out.push_str("| no. | op | arg | cache | stack | has, may | meaning |\n|---|---|---|---|---|---|---|\n");
    for op in ops {
        let name =
            if op.is_specialised() { format!("{} of {}", op.name(), op.base().name()) } else { op.name().to_owned() };
        let doc = without_links(op.doc()).lines().map(str::trim).collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let _ = writeln!(
            out,
            "| {} | {name} | {} | {} | {} | {} | {} |",
            op as u8,
            if op.has(flags::HAS_ARG) { "yes" } else { "" },
            if op.cache_units() > 0 { "1" } else { "" },
            op.effect_text(),
            flag_names(op),
            doc.trim()
        );
    }
}

#[test]
fn opcodes_doc_is_current() {
    let mut text = String::from(
        "# Opcodes\n\nGenerated from the op table, runtime/isa/src/ops.rs, by `BLESS=1 cargo test -p adder-isa`; do not edit.\n\n\
         A code unit is 16 bits: low byte op, high byte argument; EXTENDED_ARG before it supplies the higher bytes. An op with\n\
         a cache is followed by one unit that holds the index of its cache entry. Jumps count units from the instruction after.\n\
         The stack column reads `taken -- left`, top on the right; a plural name stands for several items.\n\n## Base ops\n\n",
    );
    rows(&mut text, ALL.iter().copied().filter(|op| !op.is_specialised()));
    text.push_str(
        "\n## Specialised ops\n\nThe interpreter puts them in place of their base; they are never stored.\n\n",
    );
    rows(&mut text, ALL.iter().copied().filter(|op| op.is_specialised()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/opcodes.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("docs/opcodes.md is writable");
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(current == text, "docs/opcodes.md is stale: BLESS=1 cargo test -p adder-isa");
}
