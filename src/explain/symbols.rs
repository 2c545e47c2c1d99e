//! What lies at an address of the process that was watched.
//!
//! Invariant: an address that nothing is known of is native code without a name; nothing here fails.

use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};
use serde_json::Value;
use std::collections::HashMap;

/// What runs at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    Interpreter,
    Jit,
    /// The runtime's own functions, libraries, the system.
    Native,
    /// The JIT's compiler.
    Compiler,
}

impl Tier {
    pub const NAMES: [&str; 4] = ["interpreter", "JIT code", "native", "compiler"];
}

struct Mapped {
    start: u64,
    end: u64,
    offset: u64,
    file: String,
}

struct Symbols {
    /// (offset in the file, address) of what is loaded: start, end, address of the start.
    segments: Vec<(u64, u64, u64)>,
    /// (address, size, mangled name), sorted.
    functions: Vec<(u64, u64, String)>,
}

pub struct Finder {
    mapped: Vec<Mapped>,
    files: HashMap<String, Symbols>,
    known: HashMap<u64, (Tier, String)>,
}

impl Finder {
    /// `mapped` is the list of the report.
    pub fn new(mapped: &[Value]) -> Finder {
        let entry = |v: &Value| {
            let n = |i: usize| v.get(i).and_then(Value::as_u64);
            Some(Mapped { start: n(0)?, end: n(1)?, offset: n(2)?, file: v.get(3)?.as_str()?.to_owned() })
        };
        Finder { mapped: mapped.iter().filter_map(entry).collect(), files: HashMap::new(), known: HashMap::new() }
    }

    pub fn find(&mut self, address: u64) -> (Tier, String) {
        if let Some(found) = self.known.get(&address) {
            return found.clone();
        }
        let found = self.look_up(address).unwrap_or((Tier::Native, String::new()));
        self.known.insert(address, found.clone());
        found
    }

    fn look_up(&mut self, address: u64) -> Option<(Tier, String)> {
        let m = self.mapped.iter().find(|m| (m.start..m.end).contains(&address))?;
        if !m.file.starts_with('/') {
            return Some((Tier::Native, m.file.clone()));
        }
        let offset = address - m.start + m.offset;
        let file = m.file.clone();
        let symbols = self.files.entry(file.clone()).or_insert_with(|| Symbols::read(&file));
        let short = file.rsplit('/').next().unwrap_or("").to_owned();
        Some(symbols.name(offset).map_or((Tier::Native, short), |n| (tier(&n), n)))
    }
}

impl Symbols {
    fn read(file: &str) -> Symbols {
        let mut s = Symbols { segments: vec![], functions: vec![] };
        let Ok(file) = std::fs::File::open(file) else { return s };
        // Debug information is most of the file, and is not read.
        let parts = object::ReadCache::new(file);
        let Ok(object) = object::File::parse(&parts) else { return s };
        for segment in object.segments() {
            let (offset, size) = segment.file_range();
            s.segments.push((offset, offset + size, segment.address()));
        }
        for symbol in object.symbols().chain(object.dynamic_symbols()) {
            if symbol.kind() == SymbolKind::Text
                && symbol.address() != 0
                && let Ok(name) = symbol.name()
            {
                s.functions.push((symbol.address(), symbol.size(), name.to_owned()));
            }
        }
        s.functions.sort_unstable();
        s
    }
    /// None between functions: a library that was stripped names only those it exports. Those without a size reach to the next one.
    fn name(&self, offset: u64) -> Option<String> {
        let (start, _, address) = self.segments.iter().find(|s| (s.0..s.1).contains(&offset))?;
        let address = address + (offset - start);
        let k = self.functions.partition_point(|f| f.0 <= address);
        let (at, size, name) = &self.functions[k.checked_sub(1)?];
        (*size == 0 || address < at + size).then(|| format!("{:#}", rustc_demangle::demangle(name)))
    }
}

/// The tier of a function of the runtime, by the module it is in.
fn tier(name: &str) -> Tier {
    let is = |parts: &[&str]| parts.iter().any(|p| name.contains(p));
    if is(&["cranelift", "regalloc2", "adder_jit::build", "adder_jit::passes", "adder_jit::lower", "adder_jit::hir"])
        || is(&["adder_jit::tier", "adder_jit::code", "adder_jit::memory"])
    {
        return Tier::Compiler;
    }
    if is(&["adder_interp::eval", "adder_interp::frame", "adder_interp::native", "adder_interp::generator"]) {
        return Tier::Interpreter;
    }
    Tier::Native
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_a_function_is_not_its() {
        let functions = vec![(0x100, 0x20, "first".to_owned()), (0x180, 0, "second".to_owned())];
        let s = Symbols { segments: vec![(0, 0x1000, 0)], functions };
        let names = [0x110, 0x130, 0x190, 0x50].map(|a| s.name(a));
        assert_eq!(names, [Some("first".to_owned()), None, Some("second".to_owned()), None]);
    }

    #[test]
    fn functions_of_the_runtime_have_their_tier() {
        assert_eq!(tier("adder_interp::eval::number::binary_op"), Tier::Interpreter);
        assert_eq!(tier("<adder_jit::lower::Lower>::inst"), Tier::Compiler);
        assert_eq!(tier("adder_object::list::sort"), Tier::Native);
    }
}
