//! The floors of the workspace, and the edges that the Cargo.toml files declare between them.

use crate::scan::{read, tracked_files};

/// Crate folder, package, floor. A crate depends on strictly lower floors only; siblings never see each other.
const FLOORS: &[(&str, &str, u8)] = &[
    ("runtime/unicode", "adder-unicode", 0),
    ("runtime/num", "adder-num", 0),
    ("runtime/isa", "adder-isa", 1),
    ("runtime/syntax", "adder-syntax", 1),
    ("runtime/mem", "adder-mem", 1),
    ("runtime/compile", "adder-compile", 2),
    ("runtime/object", "adder-object", 2),
    ("runtime/library", "adder-library", 3),
    ("runtime/builtins", "adder-builtins", 3),
    ("runtime/stdlib", "adder-stdlib", 3),
    ("runtime/interp", "adder-interp", 4),
    ("runtime/jit", "adder-jit", 5),
    ("", "adder", 6),
];

/// Edges that the floor numbers would allow and the design does not.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("adder-object", "adder-syntax", "the object model knows no source text"),
    ("adder-object", "adder-compile", "the object model calls the compiler through a hook"),
    ("adder-builtins", "adder-compile", "built-ins call the compiler through a hook"),
    ("adder-stdlib", "adder-compile", "native modules call the compiler through a hook"),
];

fn floor(package: &str) -> Option<u8> {
    FLOORS.iter().find(|f| f.1 == package).map(|f| f.2)
}

/// The workspace packages that a Cargo.toml names in `[dependencies]`; build and dev dependencies run elsewhere.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in read(manifest).lines().map(str::trim) {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
            if let Some(name) = section.strip_prefix("dependencies.") {
                found.push(name.to_owned());
            }
        } else if section == "dependencies" || section.ends_with(".dependencies") {
            let name = line.split(['=', '.', ' ']).next().unwrap_or("");
            found.push(name.to_owned());
        }
    }
    found.retain(|name| name.starts_with("adder"));
    found
}

pub fn upward_edges() -> Vec<String> {
    let mut complaints = Vec::new();
    for manifest in tracked_files().iter().filter(|f| f.ends_with("Cargo.toml")) {
        let folder = manifest.strip_suffix("Cargo.toml").unwrap_or("").trim_end_matches('/');
        if folder.starts_with("tests/") {
            continue;
        }
        let Some(&(_, package, own)) = FLOORS.iter().find(|f| f.0 == folder) else {
            complaints.push(format!("{manifest}: has no row in FLOORS of tests/tidy/floors.rs"));
            continue;
        };
        for dependency in dependencies(manifest) {
            match floor(&dependency) {
                Some(theirs) if theirs < own => {}
                _ => complaints.push(format!("{manifest}: {package} may not import {dependency}")),
            }
            if let Some(row) = FORBIDDEN.iter().find(|f| f.0 == package && f.1 == dependency) {
                complaints.push(format!("{manifest}: {package} may not import {dependency}: {}", row.2));
            }
        }
    }
    complaints
}
