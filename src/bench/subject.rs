//! [`Subject`]: one program to be measured.
//!
//! Invariant: its words are those of a Python command line, so that any Python runs it alike.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub struct Subject {
    pub name: String,
    /// `file`, `module` or `command`, as the driver calls them.
    pub kind: &'static str,
    pub target: OsString,
    pub args: Vec<OsString>,
    /// It hands its functions to a Runner: only iterations are measured.
    pub pyperf: bool,
    /// A folder that modules are found in after all others.
    pub modules: Option<PathBuf>,
}

impl Subject {
    pub fn file(path: &Path, args: &[OsString]) -> Result<Subject, String> {
        let bytes = std::fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        let imports =
            |l: &str| l.trim_start().starts_with("import pyperf") || l.trim_start().starts_with("from pyperf");
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = match stem.as_str() {
            "run_benchmark" | "__main__" => {
                let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
                folder.strip_prefix("bm_").map_or(folder.clone(), str::to_owned)
            }
            _ => stem,
        };
        let pyperf = text.lines().any(imports);
        Ok(Subject { name, kind: "file", target: path.into(), args: args.to_vec(), pyperf, modules: None })
    }
    pub fn module(name: &OsStr, args: &[OsString]) -> Subject {
        let target = name.to_owned();
        Subject {
            name: name.to_string_lossy().into_owned(),
            kind: "module",
            target,
            args: args.to_vec(),
            pyperf: false,
            modules: None,
        }
    }
    pub fn code(text: &OsStr, args: &[OsString]) -> Subject {
        let pyperf = text.to_string_lossy().contains("import pyperf");
        Subject {
            name: "-c".to_owned(),
            kind: "command",
            target: text.to_owned(),
            args: args.to_vec(),
            pyperf,
            modules: None,
        }
    }

    /// Behind the name of a Python: what runs the program by itself.
    pub fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = match self.kind {
            "module" => vec!["-m".into()],
            "command" => vec!["-c".into()],
            _ => vec![],
        };
        words.push(self.target.clone());
        words.extend_from_slice(&self.args);
        words
    }
}
