//! [`Variant`]: one way to run a program.
//!
//! Invariant: labels are unique; the first variant is what the others are compared with.

use super::options::Measure;
use std::ffi::OsString;
use std::path::Path;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    Interpreter,
    Jit,
    /// Another command.
    Peer,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub label: String,
    pub command: Vec<OsString>,
    pub tier: Tier,
}

pub fn all(o: &Measure) -> Result<Vec<Variant>, String> {
    let own = std::env::current_exe().map_err(|e| format!("cannot find the binary of adder: {e}"))?;
    let mut found: Vec<Variant> = vec![];
    let ours = [("interpreter", "jit=off", Tier::Interpreter, o.interpreter), ("jit", "jit=on", Tier::Jit, o.jit)];
    for (label, option, tier, wanted) in ours {
        if wanted {
            let command = vec![own.clone().into(), "-X".into(), option.into()];
            found.push(Variant { label: label.to_owned(), command, tier });
        }
    }
    for command in &o.vs {
        let words = words(&command.to_string_lossy());
        let Some(program) = words.first() else { return Err("--vs: an empty command".to_owned()) };
        let path = find(program).ok_or_else(|| format!("--vs: no program {program:?} is found"))?;
        let mut label = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        if words.len() > 1 {
            label = format!("{label} {}", words[1..].join(" "));
        }
        if found.iter().any(|v| v.label == label) {
            label = words.join(" ");
        }
        while found.iter().any(|v| v.label == label) {
            label += "'";
        }
        let command = std::iter::once(path).chain(words[1..].iter().map(OsString::from)).collect();
        found.push(Variant { label, command, tier: Tier::Peer });
    }
    Ok(found)
}

/// Words of a command; quotes keep blanks together.
pub fn words(text: &str) -> Vec<String> {
    let mut found = vec![];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => found.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word);
    found
}

/// The full path of a program, so that a change of the folder or of PATH changes nothing.
fn find(program: &str) -> Option<OsString> {
    let absolute = |p: &Path| std::path::absolute(p).ok().filter(|p| p.is_file()).map(OsString::from);
    if program.contains('/') {
        return absolute(Path::new(program));
    }
    std::env::split_paths(&std::env::var_os("PATH")?).find_map(|folder| absolute(&folder.join(program)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn commands_are_split_as_a_shell_does() {
        assert_eq!(super::words("python3 -X 'a b' \"c\"d ''"), ["python3", "-X", "a b", "cd", ""]);
    }
}
