//! How the command is linked, so that a start costs little.
//!
//! At a fixed address, as Debian's CPython is: no relocations to apply, and the tables of built-in types stay pages of the file
//! that processes share. The functions that every start runs lie side by side (`src/start_order.txt`, written by
//! `scripts/start-order`), and so do the constants, without those of crates that no start needs: the system maps the pages around
//! each one that is touched, and scattered ones would bring in all.

use std::fmt::Write;
use std::path::PathBuf;

/// Crates whose constants lie apart, as patterns: a start reads none of them, or of the library only its beginning.
const APART: [&str; 34] = [
    "adder_library",
    "adder_unicode",
    "adder_jit",
    "addr2line",
    "base64_simd",
    "blake2*",
    "bzip2*",
    "cranelift*",
    "crc32fast",
    "dashu*",
    "gimli",
    "hex_simd",
    "iced_x86",
    "keccak",
    "libbz2*",
    "liblzma*",
    "libm",
    "libsqlite3*",
    "md5",
    "miniz_oxide",
    "object",
    "regalloc2",
    "regex*",
    "ripemd",
    "rustc_demangle",
    "scrypt",
    "serde*",
    "sha*",
    "sm3",
    "unicode_names2",
    "unicode_normalization",
    "zlib_rs",
    "zmij",
    "zstd*",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/start_order.txt");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        if let Some(script) = layout() {
            println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
        }
    }
}

/// A linker script of both.
fn layout() -> Option<PathBuf> {
    let mut script = String::new();
    start_order(&mut script).ok()?;
    apart(&mut script).ok()?;
    let path = PathBuf::from(std::env::var_os("OUT_DIR")?).join("start.ld");
    std::fs::write(&path, script).ok()?;
    Some(path)
}

/// The functions of the list, which is of names mostly without their hashes, before the others.
fn start_order(script: &mut String) -> Result<(), std::fmt::Error> {
    let names = std::fs::read_to_string("src/start_order.txt").unwrap_or_default();
    script.push_str("SECTIONS {\n  .text.start : {\n");
    for name in names.lines().filter(|n| !n.is_empty()) {
        let whole = name.rsplit_once("17h").is_some_and(|(_, hash)| hash.len() >= 17);
        let ends: &[&str] = if name.starts_with("_ZN") && !whole { &["17h*"] } else { &["", ".llvm.*"] };
        for end in ends {
            writeln!(script, "    *(.text.{name}{end} .text.unlikely.{name}{end})")?;
        }
    }
    script.push_str("  }\n}\nINSERT BEFORE .text;\n");
    Ok(())
}

/// A crate is an object file of its own (`...NAME-HASH...`) or an archive (`libNAME-HASH.rlib`).
fn apart(script: &mut String) -> Result<(), std::fmt::Error> {
    script.push_str("SECTIONS {\n  .rodata.apart : {\n");
    for name in APART {
        for start in [".", "lib"] {
            writeln!(script, "    *{start}{name}-*(.rodata .rodata.*)")?;
        }
    }
    script.push_str("  }\n}\nINSERT AFTER .rodata;\n");
    Ok(())
}
