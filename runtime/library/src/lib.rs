//! The pure-Python standard library, compiled at build time and part of the binary: code by module name, source on demand.
//!
//! Invariant: LIB-1: the blobs come from the build script, so every range of the index holds what `marshal::write` and the
//! compressor made.
#![forbid(unsafe_code)]

use adder_isa::Code;
use std::ops::Range;

/// One module of the library.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    pub is_package: bool,
    /// Path below the library's folder.
    pub file: &'static str,
    code: Range<usize>,
    source: Range<usize>,
    /// Bytes of the source text.
    pub length: usize,
}

static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code.bin"));
static SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.bin"));
static INDEX: &[Entry] = include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// The module with this dotted name.
pub fn find(name: &str) -> Option<&'static Entry> {
    INDEX.binary_search_by(|e| e.name.cmp(name)).ok().map(|i| &INDEX[i])
}

/// The module whose file this is (relative to the library's folder).
pub fn find_file(file: &str) -> Option<&'static Entry> {
    INDEX.iter().find(|e| e.file == file)
}

pub fn entries() -> &'static [Entry] {
    INDEX
}

impl Entry {
    /// The code object; None if the blob is damaged.
    pub fn code(&self) -> Option<Code> {
        adder_isa::marshal::read(CODE.get(self.code.clone())?).ok()
    }

    /// The source text.
    pub fn source(&self) -> Option<String> {
        let bytes = miniz_oxide::inflate::decompress_to_vec(SOURCE.get(self.source.clone())?).ok()?;
        String::from_utf8(bytes).ok()
    }
}
