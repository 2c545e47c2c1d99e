//! `_uuid`: identifiers of version 1, made from the clock, a sequence number and the address of a network interface.
//!
//! Invariant: within a process no two identifiers have the same time and sequence number. Other processes are not asked, so none is safe
//! across processes (-1), as where no daemon of the system hands them out.
//! CPython: Modules/_uuidmodule.c; the layout is that of RFC 9562, section 5.1.

use super::sys_calls as sys;
use adder_mem::heap::Global;
use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, PyResult, Vm, bytes, error, int, module, tuple};
use std::time::{SystemTime, UNIX_EPOCH};

/// Steps of 100 ns from the start of the Gregorian calendar to that of Unix time.
const EPOCH: u64 = 0x01b2_1dd2_1381_4000;

struct Source {
    last: u64,
    sequence: u16,
    node: [u8; 6],
}
static SOURCE: Global<Option<Source>> = Global::new(None);

/// The address of the first interface that has one.
fn address() -> Option<[u8; 6]> {
    let mut names: Vec<_> = std::fs::read_dir("/sys/class/net").ok()?.flatten().map(|e| e.path()).collect();
    names.sort();
    names.iter().find_map(|n| {
        let text = std::fs::read_to_string(n.join("address")).ok()?;
        let parts: Vec<u8> = text.trim().split(':').map_while(|p| u8::from_str_radix(p, 16).ok()).collect();
        parts.try_into().ok().filter(|a| *a != [0; 6])
    })
}

fn source() -> PyResult<Source> {
    let mut random = [0; 8];
    sys::getrandom(&mut random, 0).map_err(|e| error::os_error(e, None, None))?;
    let [a, b, node @ ..] = random;
    // The bit of multicast marks an address that no interface has.
    let [first, rest @ ..] = node;
    let [c, d, e, f, g] = rest;
    let node = address().unwrap_or([first | 1, c, d, e, f, g]);
    Ok(Source { last: 0, sequence: u16::from_be_bytes([a, b]), node })
}

fn generate_time_safe(_: &Vm, _: &Obj) -> PyResult {
    let slot = SOURCE.get();
    let made = match slot.take() {
        Some(s) => s,
        None => source()?,
    };
    let s = slot.insert(made);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = (since.as_nanos() / 100) as u64 + EPOCH;
    if now + 10_000_000 < s.last {
        // The clock was set back.
        s.sequence = s.sequence.wrapping_add(1);
        s.last = now;
    } else {
        s.last = now.max(s.last + 1);
    }
    let mut id = [0; 16];
    id[..4].copy_from_slice(&(s.last as u32).to_be_bytes());
    id[4..6].copy_from_slice(&((s.last >> 32) as u16).to_be_bytes());
    id[6..8].copy_from_slice(&((s.last >> 48) as u16 & 0xfff | 0x1000).to_be_bytes());
    id[8..10].copy_from_slice(&(s.sequence & 0x3fff | 0x8000).to_be_bytes());
    id[10..].copy_from_slice(&s.node);
    Ok(tuple::from_array([bytes::new(&id), int::from_i64(-1)]))
}

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[method("generate_time_safe", Native::NoArgs(generate_time_safe), "")],
    init: Some(|_, m| {
        let d = module::dict(m.obj());
        d.set_str("has_uuid_generate_time_safe", int::from_i64(1));
        d.set_str("has_stable_extractable_node", int::from_i64(0));
        Ok(())
    }),
    ..ModuleSpec::new("_uuid")
};
