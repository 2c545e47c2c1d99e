//! A quick bound on how deep the tree of a source can get, so that hostile sources are refused before they are parsed.
//!
//! *Invariants*: the bound is never lower than the depth of the tree but for the indentation of blocks, which the
//! tokenizer limits; short sources are not looked at, for they cannot be deep enough to matter.

use crate::ast::MAX_DEPTH;
use crate::error::SyntaxError;

/// Sources below this many bytes are safe in any case.
const SHORT: usize = 400;

/// Open brackets that CPython allows.
const MAX_BRACKETS: usize = 200;

/// An indentation in columns that may be of too many levels.
const MANY_COLUMNS: usize = 99;

/// Deepest nesting by prefixes and the like, at which CPython's parser gives up.
const MAX_PREFIXES: u32 = 4_000;

/// Operators since the last separator at one level of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Nest to the right: prefixes, `**`, `lambda`, conditional expressions.
    prefixes: u32,
    /// Nest to the left: operators, attributes, calls, subscripts.
    chain: u32,
}

/// Refuses a source whose tree would be too deep; says whether brackets or indentation may be. With `brackets` false
/// it has been found out that they are not.
pub fn check(source: &str, brackets: bool) -> Result<bool, SyntaxError> {
    if source.len() < SHORT {
        return Ok(false);
    }
    let mut suspicious = false;
    let bytes = source.as_bytes();
    let mut outer: Vec<Level> = Vec::new();
    let mut sum = Level::default();
    let mut here = Level::default();
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        at += 1;
        match b {
            b'#' => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n),
            b'"' | b'\'' => at = skip_string(bytes, at, b),
            b'(' | b'[' | b'{' => {
                sum.prefixes += here.prefixes;
                sum.chain += here.chain + 1;
                outer.push(here);
                if brackets && outer.len() > MAX_BRACKETS {
                    return Ok(true);
                }
                here = Level::default();
            }
            b')' | b']' | b'}' => {
                here = outer.pop().unwrap_or_default();
                sum.prefixes = sum.prefixes.saturating_sub(here.prefixes);
                sum.chain = sum.chain.saturating_sub(here.chain + 1);
                here.chain += 1;
            }
            b',' | b';' => here = Level::default(),
            b'\n' if outer.is_empty() => {
                here = Level::default();
                let blanks = bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                suspicious |= blanks >= MANY_COLUMNS;
                at += blanks;
            }
            b'-' | b'+' | b'~' => {
                here.prefixes += 1;
                here.chain += 1;
            }
            b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>' | b'.' => here.chain += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => {
                let start = at - 1;
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 128) {
                    at += 1;
                }
                if matches!(&bytes[start..at], b"not" | b"lambda" | b"if" | b"await" | b"else" | b"yield") {
                    here.prefixes += 1;
                }
            }
            _ => {}
        }
        if here.prefixes + sum.prefixes > MAX_PREFIXES && nests(bytes, at) {
            return Err(SyntaxError::too_complex());
        }
        if here.chain + sum.chain > MAX_DEPTH {
            return Err(SyntaxError::too_deep());
        }
    }
    Ok(suspicious)
}

/// Whether lines are indented with tabs as well as blanks, which only CPython's tokenizer measures as CPython does.
pub fn mixed_indentation(source: &str) -> bool {
    let bytes = source.as_bytes();
    if memchr::memchr2(b'\t', 0x0c, bytes).is_none() {
        return false;
    }
    let (mut tabs, mut blanks) = (false, false);
    for line in bytes.split(|&b| b == b'\n') {
        for b in line.iter().take_while(|b| matches!(b, b' ' | b'\t' | 0x0c)) {
            tabs |= *b != b' ';
            blanks |= *b == b' ';
        }
        if tabs && blanks {
            return true;
        }
    }
    false
}

/// Tells a long sum or a long list of conditions, which are flat or nest to the left, from true prefixes: looks back
/// at whether operands stand between the last operators.
fn nests(bytes: &[u8], at: usize) -> bool {
    let tail = &bytes[at.saturating_sub(64)..at];
    let signs = tail.iter().filter(|b| matches!(b, b'-' | b'+' | b'~')).count();
    let words = tail.split(|b| !b.is_ascii_alphabetic()).filter(|w| matches!(*w, b"not" | b"lambda" | b"else")).count();
    signs > 24 || words > 3
}

/// Offset after a string whose first quote is before `at`.
fn skip_string(bytes: &[u8], at: usize, quote: u8) -> usize {
    let triple = bytes.get(at) == Some(&quote) && bytes.get(at + 1) == Some(&quote);
    let mut at = if triple { at + 2 } else { at };
    while let Some(&b) = bytes.get(at) {
        at += 1;
        match b {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if b == quote => {
                if !triple {
                    return at;
                }
                if bytes.get(at) == Some(&quote) && bytes.get(at + 1) == Some(&quote) {
                    return at + 2;
                }
            }
            _ => {}
        }
    }
    at
}
