//! The differential fuzzer: random programs must do the same interpreted, compiled, compiled at once, and under forced exits and
//! collections; and what CPython 3.14 does, where one is at hand.
//!
//! Invariant: a seed names one program for ever (of one version of the generator), so a failure can be repeated: `FUZZ_SEED=N`.
//! `scripts/fuzz-jit` runs many: `FUZZ_PROGRAMS` of them from `FUZZ_SEED` on, differences reduced into the folder `FUZZ_KEEP`.

/// One formatted line of the program; the pieces may draw from the generator.
macro_rules! say {
    ($g:expr, $($arg:tt)*) => {{
        let text = format!($($arg)*);
        $g.line(&text)
    }};
}

#[path = "../child/mod.rs"]
mod child;
mod exprs;
mod program;
mod reduce;
mod rng;
mod run;
mod stmts;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Programs of the run that `cargo test` makes.
const FEW: u64 = 12;

#[test]
fn tiers_agree() {
    let (first, count) = (number("FUZZ_SEED", 1), number("FUZZ_PROGRAMS", FEW));
    let keep = std::env::var_os("FUZZ_KEEP").map(PathBuf::from);
    let folder =
        keep.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("adder-fuzz-{}", std::process::id())));
    std::fs::create_dir_all(&folder).expect("a folder for programs can be made");
    let (next, found) = (AtomicU64::new(0), Mutex::new(vec![]));
    std::thread::scope(|s| {
        for _ in 0..number("FUZZ_JOBS", 2) {
            s.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    if k >= count {
                        return;
                    }
                    let seed = first + k;
                    let file = folder.join(format!("seed{seed}.py"));
                    let source = program::program(seed);
                    std::fs::write(&file, &source).expect("a program can be written");
                    match run::compare(&file, &[]) {
                        None => {
                            let _ = std::fs::remove_file(&file);
                        }
                        Some(d) => {
                            let text = format!("seed {seed}: {}: {}", d.mode, d.text);
                            if keep.is_some() {
                                println!("{text}");
                                let small = folder.join(format!("small{seed}.py"));
                                reduce::reduce(&source, &d.mode, &small);
                            }
                            found.lock().expect("no panic").push(text);
                        }
                    }
                }
            });
        }
    });
    if keep.is_none() {
        let _ = std::fs::remove_dir_all(&folder);
    }
    let found = found.into_inner().expect("no panic");
    assert!(found.is_empty(), "{} of {count} programs differ:\n{}", found.len(), found.join("\n"));
}
