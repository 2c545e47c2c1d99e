//! Bytes of a source file turned into text for the parser: byte order mark, coding cookie, line ends.
//!
//! *Invariants*: the text that comes out has only `\n` as line end and no NUL.
//! *CPython*: `Parser/tokenizer/{helpers,string_tokenizer,file_tokenizer}.c`.

use std::borrow::Cow;

use crate::error::{ErrorClass, SyntaxError};

/// Where bytes come from; it decides the wording of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A bytes object given to `compile` and the like.
    Bytes,
    /// A file of that name.
    File(&'a str),
}

/// Decodes bytes with the codec of that name; the error is the text of the exception.
pub type Codec<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<String, String>;

/// Encoding of a source, by its first two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// `utf-8`, `iso-8859-1`, or the name as written.
    pub name: String,
    pub bom: bool,
    /// Named by a cookie.
    pub explicit: bool,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Finds the encoding of a source.
pub fn encoding(bytes: &[u8]) -> Result<Encoding, SyntaxError> {
    let bom = bytes.starts_with(BOM);
    let body = if bom { &bytes[BOM.len()..] } else { bytes };
    let mut lines = body.split(|&b| b == b'\n' || b == b'\r').filter(|l| !l.is_empty() || !bytes.contains(&b'\r'));
    let mut found = None;
    for (index, line) in lines.by_ref().take(2).enumerate() {
        let start = line.iter().position(|b| !matches!(b, b' ' | b'\t' | 0x0c));
        match start {
            None => continue,
            Some(at) if line[at] == b'#' => {}
            Some(_) => break,
        }
        if let Some(name) = cookie(line) {
            found = Some((index, normal_name(name), line));
            break;
        }
    }
    match found {
        None => Ok(Encoding { name: "utf-8".to_owned(), bom, explicit: false }),
        Some((index, name, line)) if bom && name != "utf-8" => Err(SyntaxError {
            class: ErrorClass::SyntaxError,
            message: format!("encoding problem: {name} with BOM"),
            lineno: index as i32 + 1,
            offset: 0,
            end_lineno: index as i32 + 1,
            end_offset: line.len() as i32,
            text: Some(String::from_utf8_lossy(line).into_owned()),
            statement: None,
        }),
        Some((_, name, _)) => Ok(Encoding { name, bom, explicit: true }),
    }
}

/// The name after `coding:` or `coding=` in a comment line.
fn cookie(line: &[u8]) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&line[from..], b"coding") {
        let mut at = from + at + 6;
        from = at;
        if !matches!(line.get(at), Some(b':' | b'=')) {
            continue;
        }
        at += 1;
        while matches!(line.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        let good = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let length = line[at..].iter().take_while(good).count();
        if length > 0 {
            return std::str::from_utf8(&line[at..at + length]).ok();
        }
    }
    None
}

/// The usual spelling of UTF-8 and Latin-1; other names stay.
fn normal_name(name: &str) -> String {
    let short: String = name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |base: &str| short == base || short.strip_prefix(base).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

/// Decodes a source. Latin-1 and ASCII are built in; other encodings go through `codec`.
pub fn decode(bytes: &[u8], origin: Origin<'_>, codec: Codec<'_>) -> Result<String, SyntaxError> {
    if origin == Origin::Bytes && memchr::memchr(0, bytes).is_some() {
        return Err(null_bytes());
    }
    let encoding = encoding(bytes)?;
    let body = if encoding.bom { &bytes[BOM.len()..] } else { bytes };
    let unknown = |message: String| SyntaxError { offset: -1, ..SyntaxError::bare(ErrorClass::SyntaxError, message) };
    let lower = encoding.name.to_ascii_lowercase().replace('_', "-");
    let text = match &*lower {
        "utf-8" | "utf8" => match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            Err(error) if origin != Origin::Bytes && memchr::memchr(0, &body[..error.valid_up_to()]).is_some() => {
                // Files are read line by line: what comes first is reported.
                let text = String::from_utf8_lossy(&body[..error.valid_up_to()]).into_owned();
                return Err(null_in_file(&text, memchr::memchr(0, text.as_bytes()).unwrap_or(0)));
            }
            Err(error) => return Err(not_utf8(body, error.valid_up_to(), origin)),
        },
        "iso-8859-1" | "latin1" | "latin-1" => body.iter().map(|&b| char::from(b)).collect(),
        "ascii" | "us-ascii" => match body.iter().position(|b| !b.is_ascii()) {
            None => String::from_utf8_lossy(body).into_owned(),
            Some(at) => {
                let line = body[..at].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
                let shown = if origin == Origin::Bytes { at } else { at - line };
                return Err(unknown(format!(
                    "'ascii' codec can't decode byte 0x{:02x} in position {shown}: ordinal not in range(128)",
                    body[at]
                )));
            }
        },
        _ => codec(&encoding.name, body).map_err(unknown)?,
    };
    let text = match normalize(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    };
    match memchr::memchr(0, text.as_bytes()) {
        None => Ok(text),
        Some(at) => Err(null_in_file(&text, at)),
    }
}

/// Prepares a `str` given to `compile` and the like.
pub fn prepare(text: &str) -> Result<Cow<'_, str>, SyntaxError> {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(null_bytes());
    }
    Ok(normalize(text))
}

fn null_bytes() -> SyntaxError {
    SyntaxError::bare(ErrorClass::SyntaxError, "source code string cannot contain null bytes")
}

fn null_in_file(text: &str, at: usize) -> SyntaxError {
    let line = text[..at].bytes().filter(|&b| b == b'\n').count() as i32 + 1;
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    SyntaxError {
        lineno: line,
        end_lineno: line,
        text: Some(text[start..at].to_owned()),
        ..SyntaxError::bare(ErrorClass::SyntaxError, "source code cannot contain null bytes")
    }
}

/// Line ends of other systems made `\n`.
#[must_use]
pub fn normalize(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn not_utf8(body: &[u8], at: usize, origin: Origin<'_>) -> SyntaxError {
    let line = body[..at].iter().filter(|&&b| b == b'\n').count() as i32 + 1;
    let start = body[..at].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
    let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |n| at + n);
    let offset = String::from_utf8_lossy(&body[start..at]).chars().count() as i32 + 1;
    let file = match origin {
        Origin::Bytes => String::new(),
        Origin::File(name) => format!(" in file {name}"),
    };
    SyntaxError {
        class: ErrorClass::SyntaxError,
        message: format!(
            "Non-UTF-8 code starting with '\\x{:02x}'{file} on line {line}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details",
            body[at]
        ),
        lineno: line,
        offset,
        end_lineno: line,
        end_offset: offset,
        text: Some(String::from_utf8_lossy(&body[start..end]).trim_end_matches('\r').to_owned()),
        statement: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> Result<String, String> {
        decode(bytes, Origin::Bytes, &mut |name, _| Err(format!("unknown encoding: {name}"))).map_err(|e| e.message)
    }

    #[test]
    fn finds_cookies() {
        assert_eq!(plain(b"# coding: latin-1\nx=\"\xe9\"\n").as_deref(), Ok("# coding: latin-1\nx=\"\u{e9}\"\n"));
        assert_eq!(plain(b"# coding: foo\n").unwrap_err(), "unknown encoding: foo");
        assert_eq!(plain(b"\xef\xbb\xbf# coding: latin-1\n").unwrap_err(), "encoding problem: iso-8859-1 with BOM");
        assert_eq!(plain(b"\xef\xbb\xbfx\r\ny\rz").as_deref(), Ok("x\ny\nz"));
        assert!(
            plain(b"#!/bin/x\n# vim: set fileencoding=iso_latin_1-unix :\n\xe9").is_ok_and(|s| s.ends_with("\u{e9}"))
        );
    }

    #[test]
    fn words_of_bad_bytes() {
        assert_eq!(
            plain(b"x\n# coding: latin-1\ny=\"\xe9\"").unwrap_err(),
            "Non-UTF-8 code starting with '\\xe9' on line 3, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details"
        );
        assert_eq!(plain(b"x\0").unwrap_err(), "source code string cannot contain null bytes");
        assert_eq!(
            plain(b"# coding: ascii\nx=\"\xc3\xa9\"\n").unwrap_err(),
            "'ascii' codec can't decode byte 0xc3 in position 19: ordinal not in range(128)"
        );
    }
}
