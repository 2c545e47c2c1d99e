//! `adder bench`: measures a program in fresh processes under interpreter, JIT and other commands, and compares what was measured.
//!
//! Reading order: `options`, `subject` (what is measured), `variant` (what runs it), `core` (where it runs), `process` (one child), `plan` (how much of each), `schedule` (all of them),
//! `stats`, `warmup`, `row` (what follows from the times), then the outputs. Invariant: every time measured is kept and written out; a
//! program that fails, hangs or prints something else is said to, and costs no other row.

mod advice;
mod compare;
mod core;
mod csv;
mod html;
mod machine;
mod options;
mod output;
mod plan;
mod process;
mod progress;
mod pyperf;
mod row;
mod schedule;
mod stats;
mod subject;
mod suite;
mod svg;
mod table;
mod variant;
mod warmup;

pub use html::{STYLE, escape};

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Runs the command with the words behind `bench`.
pub fn main(args: &[OsString]) -> ExitCode {
    let code = match options::parse(args) {
        Ok(options::Command::Help) => {
            print!("{}", options::USAGE);
            Ok(0)
        }
        Ok(options::Command::Compare(c)) => compare::run(&c),
        Ok(options::Command::Measure(o)) => measure(&o),
        Err(text) => Err(format!("{text}\nTry `adder bench --help' for the options.")),
    };
    match code {
        Ok(n) => ExitCode::from(n),
        Err(text) => {
            eprintln!("adder bench: {text}");
            ExitCode::from(2)
        }
    }
}

fn measure(o: &options::Measure) -> Result<u8, String> {
    let subjects = suite::subjects(o)?;
    let variants = variant::all(o)?;
    for path in [&o.json, &o.csv, &o.markdown, &o.html].into_iter().flatten() {
        writable(path)?;
    }
    let mut machine = machine::Machine::look();
    machine.core = core::pin(o)?;
    let advice = advice::before(&machine);
    let mut progress = progress::Progress::new(o.quiet, subjects.len());
    let mut rows: Vec<row::Row> = vec![];
    let mut interrupted = false;
    for (i, subject) in subjects.iter().enumerate() {
        progress.subject(i, &subject.name);
        let measured = schedule::measure(o, subject, &variants, &mut progress)?;
        interrupted = measured.interrupted;
        let new = row::rows(subject, &variants, measured);
        progress.clear();
        for r in &new {
            print!("{}", table::text(r, !rows.is_empty()));
            rows.push(r.clone());
        }
        if interrupted {
            break;
        }
    }
    progress.clear();
    print!("{}", table::summary(&rows));
    for line in advice.iter().chain(&advice::after(&rows)) {
        eprintln!("note: {line}");
    }
    if interrupted {
        eprintln!("adder bench: interrupted; what was measured until then is above and in the files");
    }
    write_all(o, &rows, &machine)?;
    if interrupted {
        return Ok(130);
    }
    Ok(u8::from(rows.iter().any(row::Row::bad)))
}

fn write_all(o: &options::Measure, rows: &[row::Row], machine: &machine::Machine) -> Result<(), String> {
    if let Some(path) = &o.json {
        for (path, text) in pyperf::files(path, rows, machine) {
            write(&path, &text)?;
        }
    }
    if let Some(path) = &o.csv {
        write(path, &csv::text(rows))?;
    }
    if let Some(path) = &o.markdown {
        write(path, &table::markdown(rows))?;
    }
    if let Some(path) = &o.html {
        write(path, &html::page(rows, machine))?;
    }
    Ok(())
}

/// A wrong path is found before minutes of measuring.
fn writable(path: &Path) -> Result<(), String> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() || !folder.is_dir() {
        return Err(format!("cannot write {}: no such folder, or a folder itself", path.display()));
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
}
