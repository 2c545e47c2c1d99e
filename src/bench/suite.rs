//! The programs of a suite.
//!
//! Invariant: programs come in the order of their names; a folder without any is an error, never an empty table.

use super::options::{Measure, Target};
use super::subject::Subject;
use super::variant;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn subjects(o: &Measure) -> Result<Vec<Subject>, String> {
    let name = match &o.target {
        Target::File(path) => return Ok(vec![Subject::file(path, &o.args)?]),
        Target::Module(name) => return Ok(vec![Subject::module(name, &o.args)]),
        Target::Code(text) => return Ok(vec![Subject::code(text, &o.args)]),
        Target::Suite(name) => name,
    };
    let folder = match Path::new(name) {
        p if p.is_dir() => p.to_owned(),
        _ if name == "pyperformance" => pyperformance(o)?,
        p => return Err(format!("--suite: no folder {}; a name that is known is pyperformance", p.display())),
    };
    let mut found = programs(&folder)?;
    if !o.only.is_empty() {
        found.retain(|p| {
            let shown = p.strip_prefix(&folder).unwrap_or(p).to_string_lossy().into_owned();
            o.only.iter().any(|n| shown.contains(n.as_str()))
        });
    }
    if found.is_empty() {
        return Err(format!("--suite: no program to measure in {}", folder.display()));
    }
    found.iter().map(|p| Subject::file(p, &[])).collect()
}

/// `*.py` of a folder but those that begin with an underscore, and `run_benchmark.py` of its subfolders `bm_*`.
fn programs(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("--suite: {}: {e}", folder.display()))?;
    let mut found = vec![];
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("bm_") && path.is_dir() {
            found.push(path.join("run_benchmark.py"));
        } else if name.ends_with(".py") && !name.starts_with('_') {
            found.push(path);
        }
    }
    found.retain(|p| p.is_file());
    found.sort();
    Ok(found)
}

/// The folder of benchmarks inside the installed package, as the commands on the machine find it.
fn pyperformance(o: &Measure) -> Result<PathBuf, String> {
    let ask =
        "import os, pyperformance as p; print(os.path.join(os.path.dirname(p.__file__), 'data-files', 'benchmarks'))";
    let commands = o.vs.iter().map(|v| v.to_string_lossy().into_owned());
    for command in commands.chain(["python3".to_owned(), "python".to_owned()]) {
        let words = variant::words(&command);
        let Some((program, words)) = words.split_first() else { continue };
        let Ok(done) = Command::new(program).args(words).args(["-c", ask]).output() else { continue };
        let folder = PathBuf::from(String::from_utf8_lossy(&done.stdout).trim());
        if done.status.success() && folder.is_dir() {
            return Ok(folder);
        }
    }
    Err("--suite pyperformance: neither a command of --vs nor python3 can import it; install the package, or give its folder \
         data-files/benchmarks"
        .to_owned())
}
