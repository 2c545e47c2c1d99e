//! What `-X jit=...`, `-X jit-...` and their environment twins ask for.

use adder_mem::heap::Global;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Off,
    On,
    /// Everything is compiled at its first entry.
    Eager,
    /// As Eager, but the library as usual: for tests of programs.
    EagerOwn,
}

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
}

static OPTIONS: Global<Options> = Global::new(Options {
    mode: Mode::Off,
    threshold: 250,
    loop_threshold: 2000,
    trace: false,
    dump: None,
    stats: None,
    limit: u64::MAX,
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
                _ => return false,
            }
        }
        "jit-threshold" => match value.parse::<u32>() {
            Ok(n) if n > 0 => {
                o.threshold = n;
                o.loop_threshold = n.saturating_mul(8).min(60_000) as u16;
            }
            _ => return false,
        },
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
