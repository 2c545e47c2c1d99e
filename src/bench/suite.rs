//! The programs of a suite.
//!
//! Invariant: programs come in the order of their names; a folder without any is an error, never an empty table.

use super::options::{Measure, Target};
use super::subject::Subject;
use super::variant;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn subjects(o: &Measure) -> Result<Vec<Subject>, String> {
    let name = match &o.target {
        Target::File(path) => return Ok(vec![Subject::file(path, &o.args)?]),
        Target::Module(name) => return Ok(vec![Subject::module(name, &o.args)]),
        Target::Code(text) => return Ok(vec![Subject::code(text, &o.args)]),
        Target::Suite(name) => name,
    };
    let (folder, modules) = match Path::new(name) {
        p if p.is_dir() => (p.to_owned(), None),
        _ if name == "pyperformance" => pyperformance(o)?,
        p => return Err(format!("--suite: no folder {}; a name that is known is pyperformance", p.display())),
    };
    let mut found = programs(&folder)?;
    if !o.only.is_empty() {
        found.retain(|p| {
            let path = p.path.strip_prefix(&folder).unwrap_or(&p.path).to_string_lossy().into_owned();
            let shown = [Some(path), p.name.clone()];
            o.only.iter().any(|n| shown.iter().flatten().any(|s| s.contains(n.as_str())))
        });
    }
    if found.is_empty() {
        return Err(format!("--suite: no program to measure in {}", folder.display()));
    }
    let subject = |p: &Program| {
        let mut s = Subject::file(&p.path, &p.args)?;
        s.name = p.name.clone().unwrap_or(s.name);
        s.modules = modules.clone();
        Ok(s)
    };
    found.iter().map(subject).collect()
}

/// A program of a suite, with the name and the arguments that a description beside it gives.
#[derive(Debug)]
struct Program {
    path: PathBuf,
    name: Option<String>,
    args: Vec<OsString>,
}

/// `*.py` of a folder but those that begin with an underscore, and `run_benchmark.py` of its subfolders `bm_*`.
fn programs(folder: &Path) -> Result<Vec<Program>, String> {
    let mut found = vec![];
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("bm_") && path.join("run_benchmark.py").is_file() {
            found.extend(described(&path)?);
        } else if name.ends_with(".py") && !name.starts_with('_') && path.is_file() {
            found.push(Program { path, name: None, args: vec![] });
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("--suite: {}: {e}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    found.sort();
    Ok(found)
}

/// The benchmarks of a folder of pyperformance: one for each of its descriptions, `pyproject.toml` and `bm_*.toml`.
fn described(folder: &Path) -> Result<Vec<Program>, String> {
    let path = folder.join("run_benchmark.py");
    let mut found = vec![];
    for file in entries(folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "pyproject.toml" || name.starts_with("bm_") && name.ends_with(".toml") {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            let (name, args) = description(&text);
            found.push(Program { path: path.clone(), name, args });
        }
    }
    if found.is_empty() {
        found.push(Program { path, name: None, args: vec![] });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// `name` and `extra_opts` of the table `tool.pyperformance`.
fn description(text: &str) -> (Option<String>, Vec<OsString>) {
    let Some((_, table)) = text.split_once("[tool.pyperformance]") else { return (None, vec![]) };
    let table = table.split("\n[").next().unwrap_or("");
    let quoted = |t: &str| t.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    let name = value(table, "name").and_then(|v| quoted(v.lines().next()?).into_iter().next());
    let args = value(table, "extra_opts").and_then(|v| Some(quoted(v.strip_prefix('[')?.split(']').next()?)));
    (name, args.unwrap_or_default().into_iter().map(OsString::from).collect())
}

/// What stands behind the key of a table, up to the table's end.
fn value<'a>(table: &'a str, key: &str) -> Option<&'a str> {
    let mut end = 0;
    table.split_inclusive('\n').find_map(|line| {
        end += line.len();
        let v = line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=')?;
        Some(table[end - v.len()..].trim_start())
    })
}

/// The folder of benchmarks inside the installed package, as the commands on the machine find it, and the folder that the package lies in: what
/// its benchmarks need is installed there too.
fn pyperformance(o: &Measure) -> Result<(PathBuf, Option<PathBuf>), String> {
    let ask = "import os, pyperformance as p; print(os.path.dirname(p.__file__))";
    let commands = o.vs.iter().map(|v| v.to_string_lossy().into_owned());
    for command in commands.chain(["python3".to_owned(), "python".to_owned()]) {
        let words = variant::words(&command);
        let Some((program, words)) = words.split_first() else { continue };
        let Ok(done) = Command::new(program).args(words).args(["-c", ask]).output() else { continue };
        let package = PathBuf::from(String::from_utf8_lossy(&done.stdout).trim());
        let folder = package.join("data-files/benchmarks");
        if done.status.success() && folder.is_dir() {
            return Ok((folder, package.parent().map(Path::to_owned)));
        }
    }
    Err("--suite pyperformance: neither a command of --vs nor python3 can import it; install the package, or give its folder \
         data-files/benchmarks"
        .to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn descriptions_give_name_and_arguments() {
        let text = "[project]\nname = \"x\"\n\n[tool.pyperformance]\nname = \"tree_io\"\nextra_opts = [\n  \"io\", \"--groups\",\n]\n[other]\nname = \"y\"\n";
        let (name, args) = super::description(text);
        assert_eq!((name.as_deref(), args), (Some("tree_io"), vec!["io".into(), "--groups".into()]));
        let (name, args) = super::description("[tool.pyperformance]\nname = \"nbody\"\n");
        assert_eq!((name.as_deref(), args.len()), (Some("nbody"), 0));
        assert_eq!(super::description("[project]\nname = \"z\"\n"), (None, vec![]));
    }
}
