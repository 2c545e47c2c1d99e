//! `adder explain --stages`: how a small program really runs, from its characters to the evaluation stack.
//!
//! Invariant: every stage is that of the runtime itself; the program runs once, interpreted, under a trace function (`stages.py`).

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

pub fn run(own: &Path, program: &[OsString]) -> Result<u8, String> {
    let kind = match program.first().and_then(|w| w.to_str()) {
        Some("-m") => return Err("--stages takes a file or -c CODE".to_owned()),
        Some("-c") => "command",
        _ => "file",
    };
    let words = if kind == "command" { &program[1..] } else { program };
    if words.is_empty() {
        return Err("-c needs a value".to_owned());
    }
    let mut command = Command::new(own);
    command.args(["-X", "jit=off", "-c", include_str!("stages.py"), kind]).args(words);
    let status = command.status().map_err(|e| format!("cannot start the program: {e}"))?;
    Ok(status.code().map_or(1, |c| c.clamp(0, 255) as u8))
}
