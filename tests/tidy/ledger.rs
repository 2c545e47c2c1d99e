//! The ledger of today's exceptions: `tests/tidy_ledger.toml`.
//!
//! Invariants: a number in it equals what the rule finds today; it is lowered in the change that improves the code.

use crate::scan::{read, root};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a rule found: place (a file, or `file::function`) to number.
pub type Found = BTreeMap<String, usize>;

pub struct Ledger {
    sections: BTreeMap<String, Found>,
}

const PATH: &str = "tests/tidy_ledger.toml";

impl Ledger {
    /// Reads the subset of TOML that the ledger uses: `[section]` and `"place" = number`.
    pub fn read() -> Ledger {
        let mut sections: BTreeMap<String, Found> = BTreeMap::new();
        let mut section = String::new();
        for line in read(PATH).lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name.to_owned();
            } else if let Some((place, number)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
                let number = number.trim().parse().unwrap_or_else(|_| panic!("{PATH}: not a number: {line}"));
                sections.entry(section.clone()).or_default().insert(place.trim().trim_matches('"').to_owned(), number);
            }
        }
        Ledger { sections }
    }

    /// Complaints about what is new or has grown, and about rows that promise more than is there.
    pub fn judge(&self, section: &str, found: &Found) -> Vec<String> {
        if std::env::var("TIDY_LEDGER").as_deref() == Ok("write") {
            return Vec::new();
        }
        let empty = Found::new();
        let allowed = self.sections.get(section).unwrap_or(&empty);
        let mut complaints = Vec::new();
        for (place, &n) in found {
            match allowed.get(place) {
                Some(&limit) if n <= limit => {}
                Some(&limit) => complaints.push(format!("{place}: {n}, and the ledger allows {limit}")),
                None => complaints.push(format!("{place}: {n}")),
            }
        }
        for (place, &limit) in allowed {
            let n = found.get(place).copied().unwrap_or(0);
            if n < limit {
                complaints.push(format!("{place}: {n} is better than the ledger's {limit}; lower [{section}] there"));
            }
        }
        complaints
    }

    pub fn dead_rows(&self) -> Vec<String> {
        let places = self.sections.values().flat_map(|s| s.keys());
        let file_of = |p: &str| p.split("::").next().unwrap_or(p).to_owned();
        places.map(|p| file_of(p)).filter(|f| !root().join(f).is_file()).collect()
    }
}

pub fn write(sections: &[(&str, Found)]) {
    let mut text = String::from(
        "# Exceptions from the rules of tests/tidy.rs as they stand today. A number may only fall, and falls in the change\n\
         # that improves the code. `TIDY_LEDGER=write cargo test --test tidy` writes this file; growth needs a reason in review.\n",
    );
    for (name, found) in sections {
        write!(text, "\n[{name}]\n").expect("a String takes text");
        for (place, n) in found {
            writeln!(text, "\"{place}\" = {n}").expect("a String takes text");
        }
    }
    std::fs::write(root().join(PATH), text).expect("the ledger is writable");
}
