//! Times the phases from source to stored code over files.

use std::time::{Duration, Instant};

use adder_compile::{Options, compile};
use adder_syntax::{Mode, parse};

fn main() {
    let mut times = [Duration::ZERO; 5];
    let mut bytes = 0;
    let mut stored_bytes = 0;
    for path in std::env::args().skip(1) {
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        bytes += source.len();
        let mut at = Instant::now();
        let mut lap = |phase: usize| {
            times[phase] += at.elapsed();
            at = Instant::now();
        };
        let Ok(parsed) = parse(&source, Mode::Exec, &adder_syntax::Options::default()) else { continue };
        lap(0);
        let Ok((code, _)) = compile(&parsed.ast, &path, Options::default()) else { continue };
        lap(1);
        let Ok(stored) = adder_isa::marshal::write(&code) else { continue };
        lap(2);
        stored_bytes += stored.len();
        let Ok(back) = adder_isa::marshal::read(&stored) else { continue };
        lap(3);
        if adder_isa::verify::verify(&back).is_err() {
            println!("{path}: not valid");
        }
        lap(4);
    }
    println!("{bytes} bytes of source, {stored_bytes} bytes stored");
    for (phase, time) in ["parse", "compile", "write", "read", "verify"].iter().zip(times) {
        println!("{phase:>8} {time:?}");
    }
}
