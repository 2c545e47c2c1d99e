//! The interface through which GDB and LLDB learn of machine code: a linked list of symbol files in memory (`-X jit-gdb`).
//!
//! Invariants: GDB-1: an entry of the list and its file live until they are unlinked, which is reported too; the names and layouts of the
//! symbols here are fixed by the debuggers (GDB manual, "JIT Compilation Interface").

use crate::memory::Block;
use crate::profilers::Named;
use adder_mem::heap::Global;
use std::collections::BTreeMap;
use std::ptr::null_mut;

#[repr(C)]
struct Entry {
    next: *mut Entry,
    prev: *mut Entry,
    file: *const u8,
    size: u64,
}

#[repr(C)]
pub struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

/// The debugger reads this by name.
// SAFETY: GDB-1: no other symbol of the process has this name.
#[unsafe(no_mangle)]
#[used]
pub static mut __jit_debug_descriptor: Descriptor =
    Descriptor { version: 1, action: 0, relevant: null_mut(), first: null_mut() };

/// The debugger stops here.
// SAFETY: GDB-1: as above.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn __jit_debug_register_code() {
    std::hint::black_box(());
}

/// Entries by the address of their code.
static ENTRIES: Global<BTreeMap<usize, (Box<Entry>, Vec<u8>)>> = Global::new(BTreeMap::new());

pub fn code_made(what: &Named<'_>, block: &Block, bytes: usize) {
    let file = symbol_file(&format!("py::{}:{}", what.name, what.file), block.at, bytes);
    let mut entry =
        Box::new(Entry { next: null_mut(), prev: null_mut(), file: file.as_ptr(), size: file.len() as u64 });
    let this: *mut Entry = &mut *entry;
    // SAFETY: GDB-1, GIL-1: nobody else changes the list; its first entry is alive.
    unsafe {
        let d = &raw mut __jit_debug_descriptor;
        (*this).next = (*d).first;
        if let Some(next) = (*d).first.as_mut() {
            next.prev = this;
        }
        (*d).first = this;
        report(REGISTER, this);
    }
    ENTRIES.get().insert(block.at, (entry, file));
}

/// The code in a block is no more.
pub fn code_gone(block: &Block) {
    let Some((mut entry, _)) = ENTRIES.get().remove(&block.at) else { return };
    // SAFETY: GDB-1, GIL-1: the neighbours in the list are alive.
    unsafe {
        match entry.prev.as_mut() {
            Some(prev) => prev.next = entry.next,
            None => __jit_debug_descriptor.first = entry.next,
        }
        if let Some(next) = entry.next.as_mut() {
            next.prev = entry.prev;
        }
        report(UNREGISTER, &mut *entry);
    }
}

/// # Safety
/// `entry` is alive.
unsafe fn report(action: u32, entry: *mut Entry) {
    // SAFETY: GIL-1.
    unsafe {
        let d = &raw mut __jit_debug_descriptor;
        (*d).action = action;
        (*d).relevant = entry;
        __jit_debug_register_code();
        (*d).action = 0;
        (*d).relevant = null_mut();
    }
}

/// An ELF file with one function symbol:
///
/// ```text
///  0 header (64)   64 names of sections   104 symbols (2 x 24)   152 the symbol's name   then 5 section headers (64 each)
/// ```
fn symbol_file(name: &str, at: usize, bytes: usize) -> Vec<u8> {
    const SECTIONS: &[u8; 40] = b"\0.text\0.symtab\0.strtab\0.shstrtab\0\0\0\0\0\0\0\0";
    let machine: u16 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    let name_bytes: Vec<u8> = name.bytes().filter(|&b| b != 0).collect();
    let names = name_bytes.len() + 2;
    let headers = (152 + names).next_multiple_of(8);
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let half = |out: &mut Vec<u8>, words: &[u16]| words.iter().for_each(|w| out.extend(w.to_le_bytes()));
    let long = |out: &mut Vec<u8>, words: &[u64]| words.iter().for_each(|w| out.extend(w.to_le_bytes()));
    // A relocatable file of version 1, whose section headers stand at `headers`.
    half(&mut out, &[1, machine, 1, 0]);
    long(&mut out, &[0, 0, headers as u64]);
    half(&mut out, &[0, 0, 64, 0, 0, 64, 5, 4]);
    out.extend(SECTIONS);
    out.extend([0; 24]);
    // Name 1, a global function in section 1, at its start.
    out.extend(1u32.to_le_bytes());
    out.extend([0x12, 0]);
    half(&mut out, &[1]);
    long(&mut out, &[0, bytes as u64]);
    out.push(0);
    out.extend(name_bytes);
    out.resize(headers, 0);
    let mut section =
        |name: u32, kind: u32, flags: u64, at: u64, offset: u64, size: u64, link: u32, info: u32, item: u64| {
            out.extend(name.to_le_bytes());
            out.extend(kind.to_le_bytes());
            long(&mut out, &[flags, at, offset, size]);
            out.extend(link.to_le_bytes());
            out.extend(info.to_le_bytes());
            long(&mut out, &[8, item]);
        };
    section(0, 0, 0, 0, 0, 0, 0, 0, 0);
    // The code itself is read from memory: NOBITS, ALLOC | EXECINSTR.
    section(1, 8, 6, at as u64, 64, bytes as u64, 0, 0, 0);
    section(7, 2, 0, 0, 104, 48, 3, 1, 24);
    section(15, 3, 0, 0, 152, names as u64, 0, 0, 0);
    section(23, 3, 0, 0, 64, SECTIONS.len() as u64, 0, 0, 0);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_symbol_file_is_as_long_as_it_says() {
        let file = super::symbol_file("py::f:a.py", 0x1000, 32);
        let headers = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|k| file[40 + k])) as usize;
        assert_eq!(file.len(), headers + 5 * 64);
        assert_eq!(&file[153..163], b"py::f:a.py");
    }
}
