//! Names of machine code for Linux `perf`: the map of addresses (`-X perf`), and jitdump with the code itself (`-X perf_jit`).
//!
//! Invariant: PERF-1: nothing is written before someone asks; a file that cannot be written is given up, and the program goes on.

use crate::memory::Block;
use adder_mem::heap::Global;
use std::fs::File;
use std::io::Write;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    /// `/tmp/perf-PID.map`, which `perf report` reads.
    Map,
    /// `/tmp/jit-PID.dump`, which `perf inject --jit` reads.
    Dump,
}

/// What a piece of machine code is called.
pub struct Named<'a> {
    pub name: &'a str,
    pub file: &'a str,
    pub line: i32,
}

struct Out {
    backend: Backend,
    file: File,
    /// The process that opened it: a child of a fork opens its own.
    pid: u32,
    index: u64,
}

static OUT: Global<Option<Out>> = Global::new(None);

pub fn active() -> Option<Backend> {
    OUT.get().as_ref().map(|o| o.backend)
}

/// Code is named from here on.
pub fn activate(backend: Backend) {
    if active() != Some(backend) {
        *OUT.get() = open(backend).ok();
    }
}
pub fn deactivate() {
    *OUT.get() = None;
}

/// Code was published, or was there when the profiler came.
pub fn code_made(what: &Named<'_>, block: &Block, bytes: usize) {
    let Some(out) = OUT.get() else { return };
    if out.pid != std::process::id() {
        let backend = out.backend;
        *OUT.get() = open(backend).ok();
        return code_made(what, block, bytes);
    }
    let written = match out.backend {
        Backend::Map => writeln!(out.file, "{:x} {bytes:x} py::{}:{}", block.at, what.name, what.file),
        Backend::Dump => {
            out.index += 1;
            let records = records(what, block.at, bytes, out.index);
            out.file.write_all(&records)
        }
    };
    if written.is_err() {
        deactivate();
    }
}

fn open(backend: Backend) -> std::io::Result<Out> {
    let pid = std::process::id();
    let path = match backend {
        Backend::Map => format!("/tmp/perf-{pid}.map"),
        Backend::Dump => format!("/tmp/jit-{pid}.dump"),
    };
    // Never through a link that someone else left in the shared folder.
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = File::options().read(true).write(true).create_new(true).open(path)?;
    if backend == Backend::Dump {
        file.write_all(&header(pid))?;
        mark(&file);
    }
    Ok(Out { backend, file, pid, index: 0 })
}

// ---- jitdump: tools/perf/Documentation/jitdump-specification.txt ----

const LOAD: u32 = 0;
const DEBUG_INFO: u32 = 2;

fn header(pid: u32) -> Vec<u8> {
    let machine: u32 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    let mut out = vec![];
    for word in [0x4A69_5444, 1, 40, machine, 0, pid] {
        out.extend(u32::to_ne_bytes(word));
    }
    out.extend(now().to_ne_bytes());
    out.extend(0u64.to_ne_bytes());
    out
}

/// Where the code comes from, then the code.
fn records(what: &Named<'_>, at: usize, bytes: usize, index: u64) -> Vec<u8> {
    let mut out = vec![];
    let mut body = vec![];
    for word in [at as u64, 1, at as u64] {
        body.extend(word.to_ne_bytes());
    }
    body.extend(what.line.max(1).to_ne_bytes());
    body.extend(0u32.to_ne_bytes());
    text(&mut body, what.file);
    record(&mut out, DEBUG_INFO, &body);

    let mut body = vec![];
    body.extend(std::process::id().to_ne_bytes());
    body.extend(thread().to_ne_bytes());
    for word in [at as u64, at as u64, bytes as u64, index] {
        body.extend(word.to_ne_bytes());
    }
    text(&mut body, &format!("py::{}:{}", what.name, what.file));
    // SAFETY: CODE-3: published code, which the caller holds.
    body.extend_from_slice(unsafe { std::slice::from_raw_parts(at as *const u8, bytes) });
    record(&mut out, LOAD, &body);
    out
}
fn text(out: &mut Vec<u8>, s: &str) {
    out.extend(s.bytes().filter(|&b| b != 0));
    out.push(0);
}
fn record(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    out.extend(kind.to_ne_bytes());
    out.extend((body.len() as u32 + 16).to_ne_bytes());
    out.extend(now().to_ne_bytes());
    out.extend_from_slice(body);
}

/// The clock of `perf record -k mono`.
fn now() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: SYS-1: a clock that exists, and room for its time.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}
fn thread() -> u32 {
    // SAFETY: SYS-1: no arguments.
    unsafe { libc::gettid() as u32 }
}

/// `perf record` sees the file by an executable mapping of its first page, which stays.
fn mark(file: &File) {
    use std::os::fd::AsRawFd;
    // SAFETY: SYS-1: a new mapping of an open file.
    unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_EXEC,
            libc::MAP_PRIVATE,
            file.as_raw_fd(),
            0,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_say_their_own_length() {
        static CODE: [u8; 3] = [1, 2, 3];
        let what = Named { name: "f", file: "a.py", line: 7 };
        let bytes = records(&what, CODE.as_ptr() as usize, 3, 1);
        let mut kinds = vec![];
        let mut at = 0;
        while at < bytes.len() {
            let word = |i: usize| u32::from_ne_bytes([0, 1, 2, 3].map(|k| bytes[at + i + k]));
            kinds.push(word(0));
            at += word(4) as usize;
        }
        assert_eq!((kinds, at), (vec![DEBUG_INFO, LOAD], bytes.len()));
        assert!(bytes.ends_with(b"py::f:a.py\0\x01\x02\x03"));
        assert_eq!(header(1).len(), 40);
    }
}
