//! How the command is linked, so that a start costs little.
//!
//! At a fixed address, as Debian's CPython is: no relocations to apply, and the tables of built-in types stay pages of the file
//! that processes share. The functions that every start runs lie side by side (`src/start_order.txt`, written by
//! `scripts/start-order`): the system maps the pages around each one that is touched, and scattered ones would bring in all.

use std::fmt::Write;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/start_order.txt");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        if let Some(script) = start_order() {
            println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
        }
    }
}

/// A linker script that puts the functions of the list, which is of names mostly without their hashes, before the others.
fn start_order() -> Option<PathBuf> {
    let names = std::fs::read_to_string("src/start_order.txt").ok()?;
    let mut script = String::from("SECTIONS {\n  .text.start : {\n");
    for name in names.lines().filter(|n| !n.is_empty()) {
        let whole = name.rsplit_once("17h").is_some_and(|(_, hash)| hash.len() >= 17);
        let hash = if name.starts_with("_ZN") && !whole { "17h*" } else { "" };
        writeln!(script, "    *(.text.{name}{hash} .text.unlikely.{name}{hash})").ok()?;
    }
    script.push_str("  }\n}\nINSERT BEFORE .text;\n");
    let path = PathBuf::from(std::env::var_os("OUT_DIR")?).join("start.ld");
    std::fs::write(&path, script).ok()?;
    Some(path)
}
