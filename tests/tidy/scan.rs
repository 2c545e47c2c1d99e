//! The files of the repository, and Rust source split into code and comments.
//!
//! Invariants: `code` has exactly the lines of the source, with comments, string contents and char literals blanked, so
//! that a search in it finds code only; `live` is `code` without `#[cfg(test)]` items.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One Rust file, taken apart.
pub struct RustFile {
    pub path: String,
    pub text: Vec<String>,
    pub code: Vec<String>,
    pub live: Vec<String>,
    pub comments: Vec<String>,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the repository that git knows or would add; without git, every file outside `target*` and dot folders.
pub fn tracked_files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()
        .filter(|o| o.status.success());
    let mut files: Vec<String> = match listed {
        Some(o) => String::from_utf8_lossy(&o.stdout).lines().map(str::to_owned).collect(),
        None => walk(),
    };
    files.retain(|f| root().join(f).is_file());
    files.sort();
    files.dedup();
    files
}

fn walk() -> Vec<String> {
    let mut found = Vec::new();
    let mut queue = vec![root()];
    while let Some(dir) = queue.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                if !name.starts_with('.') && !name.starts_with("target") {
                    queue.push(entry.path());
                }
            } else {
                found.push(relative(&entry.path()));
            }
        }
    }
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The text of a repository file; empty for what is not UTF-8.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

pub fn rust_files() -> Vec<RustFile> {
    tracked_files().into_iter().filter(|f| f.ends_with(".rs")).map(|f| take_apart(f.clone(), &read(&f))).collect()
}

pub fn take_apart(path: String, source: &str) -> RustFile {
    let (code, comments) = split(source);
    let lines = |s: &str| s.lines().map(str::to_owned).collect::<Vec<_>>();
    let code = lines(&code);
    let mut live = code.clone();
    blank_test_items(&mut live);
    RustFile { path, text: lines(source), code, live, comments: lines(&comments) }
}

/// Copies `source` twice: once with only its code, once with only its comments; line breaks stay in both.
fn split(source: &str) -> (String, String) {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Split { chars: &chars, at: 0, code: String::new(), comments: String::new() };
    while out.at < chars.len() {
        out.token();
    }
    (out.code, out.comments)
}

struct Split<'a> {
    chars: &'a [char],
    at: usize,
    code: String,
    comments: String,
}

impl Split<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    /// Takes `n` chars, kept as they are in the code or in the comments, blank in the other.
    fn take(&mut self, n: usize, to_code: bool, to_comments: bool) {
        for _ in 0..n {
            let c = self.peek(0);
            self.at += 1;
            let shown = |wanted: bool| if wanted || c == '\n' { c } else { ' ' };
            self.code.push(shown(to_code));
            self.comments.push(shown(to_comments));
        }
    }

    fn token(&mut self) {
        let before_is_name = self.at > 0 && is_name(self.chars[self.at - 1]);
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.take(1, false, true);
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(),
            ('r', '"' | '#') if !before_is_name && self.raw_hashes(1).is_some() => self.raw_string(1),
            ('b' | 'c', 'r') if !before_is_name && self.raw_hashes(2).is_some() => self.raw_string(2),
            ('\'', _) => self.quote(),
            _ => self.take(1, true, false),
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => {
                    depth += 1;
                    self.take(2, false, true);
                }
                ('*', '/') => {
                    depth -= 1;
                    self.take(2, false, true);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.take(1, false, true),
            }
        }
    }

    fn string(&mut self) {
        self.take(1, true, false);
        while self.at < self.chars.len() {
            match self.peek(0) {
                '\\' => self.take(2, false, false),
                '"' => return self.take(1, true, false),
                _ => self.take(1, false, false),
            }
        }
    }

    /// How many `#` stand between the prefix and the opening quote, if this is a raw string at all.
    fn raw_hashes(&self, prefix: usize) -> Option<usize> {
        let mut n = 0;
        while self.peek(prefix + n) == '#' {
            n += 1;
        }
        (self.peek(prefix + n) == '"').then_some(n)
    }

    fn raw_string(&mut self, prefix: usize) {
        let hashes = self.raw_hashes(prefix).unwrap_or(0);
        self.take(prefix + hashes + 1, true, false);
        while self.at < self.chars.len() {
            if self.peek(0) == '"' && (1..=hashes).all(|i| self.peek(i) == '#') {
                return self.take(1 + hashes, true, false);
            }
            self.take(1, false, false);
        }
    }

    /// A char literal or a lifetime.
    fn quote(&mut self) {
        if self.peek(1) == '\\' {
            self.take(3, false, false);
            while self.at < self.chars.len() && self.peek(0) != '\'' {
                self.take(1, false, false);
            }
            self.take(1, false, false);
        } else if self.peek(2) == '\'' {
            self.take(3, false, false);
        } else {
            self.take(1, true, false);
        }
    }
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Blanks every item that follows a `#[cfg(test)]` attribute.
fn blank_test_items(lines: &mut [String]) {
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim_start().starts_with("#[cfg(test)]") {
            let end = item_end(lines, at + 1);
            for line in &mut lines[at..=end] {
                line.clear();
            }
            at = end;
        }
        at += 1;
    }
}

/// The last line of the item that starts at `start`: the one that closes its first brace, or has its `;`.
pub fn item_end(lines: &[String], start: usize) -> usize {
    let (mut depth, mut opened) = (0i32, false);
    for (offset, line) in lines[start.min(lines.len())..].iter().enumerate() {
        for c in line.chars() {
            match c {
                '{' => (depth, opened) = (depth + 1, true),
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                '}' => depth -= 1,
                ';' if depth == 0 && !opened => return start + offset,
                _ => {}
            }
        }
        if opened && depth <= 0 {
            return start + offset;
        }
    }
    lines.len().saturating_sub(1)
}

#[test]
fn code_is_told_from_text() {
    let file = take_apart(
        "x.rs".into(),
        "let a = \"// no { \\\" }\"; // yes {\nlet b = r#\"} \"x\" \"#; /* { */ let c = '{'; let d: &'a str;\n#[cfg(test)]\nmod t {\n x.unwrap()\n}\nfn f() {}\n",
    );
    assert_eq!(file.code[0].trim_end(), "let a = \"            \";");
    assert!(!file.code[1].contains(['{', '}']) && file.code[1].contains("&'a str"), "{}", file.code[1]);
    assert_eq!(file.comments[0].trim(), "// yes {");
    assert!(file.code[4].contains("unwrap") && file.live[4].is_empty() && !file.live[6].is_empty());
}
