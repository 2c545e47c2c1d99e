//! Rules about documents: the index of decisions, links, and the ids of invariants.

use crate::scan::{RustFile, read, root, tracked_files};
use std::collections::BTreeSet;

const SECTIONS: &[&str] =
    &["## Context", "## Decision", "## Rejected", "## Consequences", "## How we would know it is wrong"];

/// Complaints about decisions that the index lacks, rows without a file, gaps in the numbers and missing sections.
pub fn decisions() -> Vec<String> {
    let index = read("docs/adr/README.md");
    let files: Vec<String> =
        tracked_files().into_iter().filter_map(|f| f.strip_prefix("docs/adr/").map(str::to_owned)).collect();
    let mut complaints = Vec::new();
    let mut number = 0;
    for file in files.iter().filter(|f| *f != "README.md") {
        number += 1;
        if !file.starts_with(&format!("{number:04}-")) {
            complaints.push(format!("docs/adr/{file}: expected number {number:04}"));
        }
        if !index.contains(&format!("({file})")) {
            complaints.push(format!("docs/adr/{file}: not in the index"));
        }
        let text = read(&format!("docs/adr/{file}"));
        for section in SECTIONS.iter().filter(|s| !text.contains(**s)) {
            complaints.push(format!("docs/adr/{file}: lacks \"{section}\""));
        }
    }
    complaints
}

/// Relative links of Markdown files whose target does not exist.
pub fn links(files: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    for path in files.iter().filter(|f| f.ends_with(".md")) {
        let folder = root().join(path).parent().map(|p| p.to_path_buf()).unwrap_or_else(root);
        for (i, line) in read(path).lines().enumerate() {
            for target in link_targets(line) {
                let file = target.split('#').next().unwrap_or("");
                let outside = target.contains("://") || target.starts_with("../shared") || file.is_empty();
                if !outside && !folder.join(file).exists() {
                    complaints.push(format!("{path}:{}: {target}", i + 1));
                }
            }
        }
    }
    complaints
}

fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// Ids such as `RC-2` in SAFETY comments that neither docs/invariants.md nor the `//!` of a file (`RC-2: ...`) states.
pub fn cited_invariants(files: &[RustFile]) -> Vec<String> {
    const NOT_IDS: &[&str] = &["UTF", "WTF", "PEP", "ISO", "LATIN"];
    let mut stated: BTreeSet<String> = ids(&read("docs/invariants.md")).collect();
    for line in files.iter().flat_map(|f| &f.text).filter(|l| l.starts_with("//!")) {
        stated.extend(ids(line).filter(|id| line.contains(&format!("{id}:"))));
    }
    let mut complaints = Vec::new();
    for file in files {
        for (i, comment) in file.comments.iter().enumerate().filter(|(_, c)| c.contains("SAFETY")) {
            for id in ids(comment) {
                let family = id.split('-').next().unwrap_or("");
                if !NOT_IDS.contains(&family) && !stated.contains(&id) {
                    complaints.push(format!("{}:{}: {id}", file.path, i + 1));
                }
            }
        }
    }
    complaints
}

/// Words made of capitals, a dash and digits.
fn ids(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter_map(|word| {
        let (family, number) = word.split_once('-')?;
        let good = !family.is_empty() && family.chars().all(|c| c.is_ascii_uppercase());
        (good && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())).then(|| word.to_owned())
    })
}
