//! When code that is left again and again is made anew: once the exits have cost an eighth of what making it will cost, as who left often
//! leaves again; the third time half of it, and so on, as guesses that fail again and again teach little.
//!
//! Invariant: RENEW-1: what a version is made anew without is every guess that failed often in the last one, so the number of versions follows
//! what the exits cost, not the number of guesses.
//! Source: the ski-rental rule, which at most doubles the cost of the best decision.

use crate::exits::ExitRecord;
use crate::options::{self, Mode};
use crate::stats;
use crate::tier::{self, Data, MAX_VERSIONS, RENEWAL, with_data};
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_isa::exctable;
use adder_isa::reasons::Reason;
use std::time::Instant;

/// Nanoseconds that an exit costs, and what each unit of the code adds, a part of which the interpreter runs in its place.
const EXIT: u64 = 300;
const UNIT: u64 = 3;
/// Exits at one place before its guess counts as failed.
const PATIENCE: u32 = 4;
/// A guess that fails in fewer than one of so many exits stays.
const RARE: u64 = 64;

/// Code was left for the `n`-th time at this record, as a guess failed or a path ran for the first time.
pub fn left(code: &CodeObject, record: &ExitRecord, n: u32) {
    if record.reason == Reason::OtherNamespace {
        if n == PATIENCE {
            other_namespace(code, record);
        }
        return;
    }
    // What took the place of a value, or of a class, is there to stay, and the code keeps the old one alive.
    if matches!(record.reason, Reason::OtherValue | Reason::OtherShape | Reason::NamespaceChanged) {
        if n == PATIENCE && with_data(code, |d| d.note(record)) {
            make_anew(code, record.blame.1);
        }
        return;
    }
    let always = options::get().mode != Mode::On;
    let due = with_data(code, |d| {
        d.lost += EXIT + UNIT * code.code.units.len() as u64;
        d.versions < MAX_VERSIONS
            && if always {
                n.is_multiple_of(PATIENCE)
            } else {
                d.lost.saturating_mul(16) >= d.cost << d.versions.min(16)
            }
    });
    if due && (always || tier::has_time()) && with_data(code, learn) {
        make_anew(code, record.blame.1);
    }
}

impl Data {
    /// What the next version is made without, or with a path that ran; false when there is to be none.
    fn note(&mut self, r: &ExitRecord) -> bool {
        if r.reason == Reason::NeverRun {
            self.ran.insert(r.blame);
        } else {
            self.failed.entry(r.blame).or_default().note(r.reason);
        }
        self.versions < MAX_VERSIONS
    }
}

/// Notes what failed in the current versions; false when nothing did often enough.
fn learn(d: &mut Data) -> bool {
    let mut records = vec![];
    for v in &d.current {
        // SAFETY: EXIT-1: the version has its records.
        records.extend(v.compiled.records.iter().map(|&r| unsafe { &*r }).filter(|r| r.tells()));
    }
    let total: u64 = records.iter().map(|r| u64::from(r.count.get())).sum();
    let mut any = false;
    for r in records {
        let n = r.count.get();
        if n < PATIENCE || u64::from(n) * RARE < total {
            continue;
        }
        any = true;
        d.note(r);
    }
    any
}

/// A program that is run again has new namespaces. That does not count as a version, unless code goes back and forth between them.
fn other_namespace(code: &CodeObject, record: &ExitRecord) {
    let last = with_data(code, |d| {
        let now = Instant::now();
        if d.renewed.replace(now).is_none_or(|t| now.duration_since(t) > RENEWAL) {
            d.versions = d.versions.saturating_sub(1);
        }
        !d.note(record)
    });
    if last {
        // Every entry would leave at once.
        tier::leave_alone(code, record.reason);
    } else {
        make_anew(code, record.blame.1);
    }
}

/// An error left the frames from `top` to `this`, whose code is `code`: the handler that takes it will be compiled, and what has it is not inlined
/// any more.
pub fn error_passed(code: &CodeObject, this: *mut Frame, top: *mut Frame) {
    if options::get().mode != Mode::On {
        return;
    }
    let mut frame = top;
    loop {
        let at = Frame::code(frame);
        if let Some(h) = exctable::lookup(&at.code.exceptiontable, Frame::unit(frame) as u32) {
            let new = with_data(at, |d| d.caught.insert(h.target));
            if new && tier::has_time() && with_data(code, |d| d.versions < MAX_VERSIONS) {
                make_anew(code, h.target);
            }
            return;
        }
        if frame == this {
            return;
        }
        // SAFETY: FRAME-1: the frames from `top` to `this` are whole.
        frame = unsafe { (*frame).prev.get() };
    }
}

fn make_anew(code: &CodeObject, unit: u32) {
    stats::given_up(code, unit);
    if options::get().trace {
        eprintln!("jit: {}: made anew for {unit}", adder_object::ops::text(&code.qualname));
    }
    tier::retire_versions(code);
    tier::rest(code, options::get().threshold.min(8));
}
