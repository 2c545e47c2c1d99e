//! The line that tells what is being measured.
//!
//! Invariant: nothing is written unless standard error is a terminal; the line is gone before anything else is printed.

use std::io::{IsTerminal, Write};
use std::time::Instant;

pub struct Progress {
    on: bool,
    subject: String,
    index: usize,
    subjects: usize,
    started: Instant,
}

const WIDTH: usize = 20;

impl Progress {
    pub fn new(quiet: bool, subjects: usize) -> Progress {
        let on = !quiet && std::io::stderr().is_terminal();
        Progress { on, subject: String::new(), index: 0, subjects, started: Instant::now() }
    }
    pub fn subject(&mut self, index: usize, name: &str) {
        (self.index, self.subject) = (index, name.to_owned());
    }
    /// Step `n` of `of` of this subject, which began at `began`.
    pub fn step(&mut self, n: usize, of: usize, what: &str, began: Instant) {
        if !self.on {
            return;
        }
        let done = (self.index as f64 + n as f64 / of.max(1) as f64) / self.subjects.max(1) as f64;
        let filled = (done * WIDTH as f64) as usize;
        let bar: String = (0..WIDTH).map(|i| if i < filled { '#' } else { '.' }).collect();
        let left = if n == 0 && self.index == 0 {
            String::new()
        } else if self.index == 0 {
            let rest = began.elapsed().as_secs_f64() / n as f64 * (of * self.subjects - n) as f64;
            format!(", about {rest:.0} s left")
        } else {
            format!(", about {:.0} s left", self.started.elapsed().as_secs_f64() / done * (1.0 - done))
        };
        let suite = if self.subjects > 1 { format!(" {}/{}", self.index + 1, self.subjects) } else { String::new() };
        eprint!("\r\x1b[K[{bar}]{suite} {}: {what} ({}/{of}){left}", self.subject, n + 1);
        let _ = std::io::stderr().flush();
    }
    pub fn clear(&self) {
        if self.on {
            eprint!("\r\x1b[K");
        }
        // Rows appear as soon as they are measured.
        let _ = std::io::stdout().flush();
    }
}
