//! What `-X jit=...`, `-X jit-...` and their environment twins ask for.

use crate::profilers::Backend;
use adder_mem::heap::Global;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Off,
    On,
    /// Everything is compiled at its first entry.
    Eager,
    /// As Eager, but the library stays interpreted: for tests of programs.
    EagerOwn,
    /// Everything is compiled at its second entry, with what the first one saw.
    Stress,
    /// As Stress, but the library stays interpreted.
    StressOwn,
}

/// Guards from one forced exit to the next, and objects from one forced collection to the next, of `-X jit=stress`: primes, so that
/// no loop keeps step with them.
const STRESS_EXITS: u32 = 7;
const STRESS_COLLECTIONS: u32 = 211;

#[derive(Clone)]
pub struct Options {
    pub mode: Mode,
    pub threshold: u32,
    pub loop_threshold: u16,
    /// Says on standard error what is compiled, left and given up.
    pub trace: bool,
    /// `stage[,stage...]:NAME` of `-X jit-dump`.
    pub dump: Option<(Vec<String>, String)>,
    pub stats: Option<String>,
    /// Compilations allowed in this process: how `-X jit-bisect` finds the one to blame.
    pub limit: u64,
    /// Every n-th guard leaves compiled code although it holds; 0: none.
    pub exit_every: u32,
    /// The cycle collector runs whenever so many objects were made; 0: as it likes.
    pub collect_every: u32,
    /// Bytes that machine code may take; the oldest is given up for more.
    pub memory: usize,
    /// Names of machine code for `perf`.
    pub perf: Option<Backend>,
    /// Names of machine code for debuggers.
    pub gdb: bool,
    /// Microseconds of processor time from one sample of a report to the next; 0: none are taken.
    pub sample: u32,
    /// A report has every stage of what was compiled, and exact counts.
    pub stages: bool,
    pub exact: bool,
    /// Milliseconds that the compiler may spend whatever the length of the run, and its part of a longer run: one in so many.
    pub budget: u32,
    pub share: u32,
    /// Calls of helpers are counted by place, for `-X jit-stats`.
    pub helpers: bool,
    /// Whether calls are inlined.
    pub inline: bool,
}

/// The options; each has a variable of the environment beside it, in capitals behind `ADDER_`. `jit` comes first, as it sets others.
pub const NAMES: &[&str] = &[
    "jit",
    "jit-threshold",
    "jit-stats",
    "jit-dump",
    "jit-trace",
    "jit-bisect",
    "jit-exit-every",
    "jit-collect-every",
    "jit-inline",
    "jit-memory",
    "jit-perf",
    "jit-gdb",
    "jit-sample",
    "jit-stages",
    "jit-exact",
    "jit-helpers",
    "jit-budget",
    "jit-share",
];

static OPTIONS: Global<Options> = Global::new(Options {
    mode: Mode::Off,
    threshold: 250,
    loop_threshold: 2000,
    trace: false,
    dump: None,
    stats: None,
    limit: u64::MAX,
    exit_every: 0,
    collect_every: 0,
    memory: 64 << 20,
    perf: None,
    gdb: false,
    sample: 0,
    stages: false,
    exact: false,
    helpers: false,
    budget: 60,
    share: 6,
    inline: true,
});

pub fn get() -> &'static Options {
    OPTIONS.get()
}

/// Reads one option; false when it is none of the JIT's or its value is wrong.
pub fn set(name: &str, value: &str) -> bool {
    let o = OPTIONS.get();
    match name {
        "jit" => {
            o.mode = match value {
                "off" | "0" => Mode::Off,
                "on" | "1" | "" => Mode::On,
                "eager" => Mode::Eager,
                "eager-own" => Mode::EagerOwn,
                "stress" => Mode::Stress,
                "stress-own" => Mode::StressOwn,
                _ => return false,
            };
            if matches!(o.mode, Mode::Stress | Mode::StressOwn) {
                (o.exit_every, o.collect_every) = (STRESS_EXITS, STRESS_COLLECTIONS);
            }
        }
        "jit-sample" => return number(value, &mut o.sample),
        "jit-stages" => o.stages = value != "0",
        "jit-exact" => o.exact = value != "0",
        "jit-helpers" => o.helpers = value != "0",
        "jit-budget" => return number(value, &mut o.budget),
        "jit-share" => return number(value, &mut o.share) && o.share > 0,
        "jit-exit-every" => return number(value, &mut o.exit_every),
        "jit-collect-every" => return number(value, &mut o.collect_every),
        "jit-threshold" => match value.parse::<u32>() {
            Ok(n) if n > 0 => {
                o.threshold = n;
                o.loop_threshold = n.saturating_mul(8).min(60_000) as u16;
            }
            _ => return false,
        },
        "jit-inline" => o.inline = value != "0",
        "jit-gdb" => o.gdb = value != "0",
        "jit-perf" => match value {
            "map" | "1" | "" => o.perf = Some(Backend::Map),
            "dump" => o.perf = Some(Backend::Dump),
            "0" => o.perf = None,
            _ => return false,
        },
        // CPython's names.
        "perf" => o.perf = (value != "0").then_some(Backend::Map),
        "perf_jit" => o.perf = (value != "0").then_some(Backend::Dump),
        "jit-memory" => return size(value, &mut o.memory),
        "jit-trace" => o.trace = value != "0",
        "jit-stats" => o.stats = Some(value.to_owned()),
        "jit-bisect" => match value.parse() {
            Ok(n) => o.limit = n,
            Err(_) => return false,
        },
        "jit-dump" => match value.split_once(':') {
            Some((stages, name)) => {
                o.dump = Some((stages.split(',').map(str::to_owned).collect(), name.to_owned()));
            }
            None => return false,
        },
        _ => return false,
    }
    true
}

/// Bytes, with K, M or G behind the number for their multiples.
fn size(value: &str, place: &mut usize) -> bool {
    let (digits, shift) = match value.as_bytes().last() {
        Some(b'k' | b'K') => (&value[..value.len() - 1], 10),
        Some(b'm' | b'M') => (&value[..value.len() - 1], 20),
        Some(b'g' | b'G') => (&value[..value.len() - 1], 30),
        _ => (value, 0),
    };
    // Addresses within the reservation are 32 bits apart at the most.
    let bytes = digits.parse::<usize>().ok().and_then(|n| n.checked_mul(1 << shift)).filter(|&n| n <= 1 << 30);
    bytes.map(|n| *place = n).is_some()
}

fn number(value: &str, place: &mut u32) -> bool {
    value.parse().map(|n| *place = n).is_ok()
}
