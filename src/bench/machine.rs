//! What a measurement depends on besides the program: processor, load, frequency governor, binary.
//!
//! Invariant: what the system does not tell is absent, never guessed.

use adder_stdlib::os::sys_calls;
use std::hash::Hasher;
use std::io::Read;

#[derive(Clone, Debug, Default)]
pub struct Machine {
    pub processor: Option<String>,
    pub cores: usize,
    /// The one that all is measured on.
    pub core: Option<usize>,
    pub governor: Option<String>,
    pub load: Option<f64>,
    pub system: String,
    /// Fingerprint of this binary.
    pub binary: String,
    pub date: String,
}

impl Machine {
    pub fn look() -> Machine {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let info = read("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find(|l| l.starts_with("model name")).and_then(|l| l.split_once(':'));
        let names = sys_calls::uname().unwrap_or_default();
        let name = |i: usize| String::from_utf8_lossy(&names[i]).into_owned();
        Machine {
            processor: model.map(|(_, v)| v.trim().to_owned()),
            cores: sys_calls::getaffinity(0).map_or(0, |c| c.len()),
            core: None,
            governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").map(|s| s.trim().to_owned()),
            load: sys_calls::getloadavg().map(|l| l[0]),
            system: format!("{} {} {}", name(0), name(2), name(4)),
            binary: fingerprint(),
            date: date(now()),
        }
    }
}

fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// As pyperf writes dates.
pub fn date(unix: f64) -> String {
    let Ok(t) = sys_calls::gmtime(unix as i64) else { return String::new() };
    let t = t.tm;
    let micros = (unix.fract() * 1e6) as u32;
    let (year, month) = (t.tm_year + 1900, t.tm_mon + 1);
    format!("{year:04}-{month:02}-{:02} {:02}:{:02}:{:02}.{micros:06}", t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec)
}

/// Read in pieces: the memory of this process counts in what its children are said to have used.
fn fingerprint() -> String {
    let Some(mut file) = std::env::current_exe().ok().and_then(|p| std::fs::File::open(p).ok()) else {
        return String::new();
    };
    let mut h = std::hash::DefaultHasher::new();
    let mut piece = [0; 1 << 16];
    while let Ok(n @ 1..) = file.read(&mut piece) {
        h.write(&piece[..n]);
    }
    format!("{:016x}", h.finish())
}
