//! Bytes in any supported encoding to text, with positions.
//!
//! Invariant: XML-INPUT-1: `text[..pos]` was consumed; `mark` never lies behind a place whose position may still be asked for.

#[derive(Clone, Debug, PartialEq)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Latin1,
    Ascii,
    /// One byte a character; None where the byte has no character.
    Table(Vec<Option<char>>),
}

impl Encoding {
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Encoding::Utf8,
            "utf-16" => Encoding::Utf16 { big: true },
            "utf-16be" => Encoding::Utf16 { big: true },
            "utf-16le" => Encoding::Utf16 { big: false },
            "iso-8859-1" => Encoding::Latin1,
            "us-ascii" => Encoding::Ascii,
            _ => return None,
        })
    }
    /// Bytes that the text took in the source.
    fn width(&self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 { .. } => text.encode_utf16().count() * 2,
            _ => text.chars().count(),
        }
    }
}

/// What ends the decoding of a piece early.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stop {
    Invalid,
    Partial,
}

#[derive(Clone, Copy)]
struct Mark {
    offset: usize,
    line: usize,
    column: usize,
    byte: usize,
}

/// A place for messages: line from 1, column from 0, byte from 0.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    pub byte: usize,
}

pub struct Input {
    pub text: String,
    pub pos: usize,
    raw: Vec<u8>,
    pub encoding: Option<Encoding>,
    mark: Mark,
    /// Decoding stopped here for good.
    pub stop: Option<Stop>,
    cr: bool,
    /// There are bytes in `raw` that nobody tried to decode.
    undecoded: bool,
    /// The bytes are those of a str.
    pub is_text: bool,
    /// The encoding is settled.
    settled: bool,
    /// The caller said what the encoding is; a declaration in the document counts for nothing.
    pub is_given: bool,
}

impl Input {
    pub fn new(encoding: Option<Encoding>) -> Input {
        let is_given = encoding.is_some();
        Input {
            text: String::new(),
            pos: 0,
            raw: vec![],
            encoding,
            mark: Mark { offset: 0, line: 1, column: 0, byte: 0 },
            stop: None,
            cr: false,
            undecoded: false,
            is_text: false,
            settled: false,
            is_given,
        }
    }
    pub fn push(&mut self, data: &[u8]) {
        let plain = self.settled
            && self.raw.is_empty()
            && self.stop.is_none()
            && self.encoding == Some(Encoding::Utf8)
            && !self.cr;
        match std::str::from_utf8(data) {
            Ok(s) if plain && memchr::memchr(b'\r', data).is_none() => self.text.push_str(s),
            _ => {
                self.raw.extend_from_slice(data);
                self.undecoded = true;
            }
        }
    }
    /// Size of what was not consumed.
    pub fn waiting(&self) -> usize {
        self.text.len() - self.pos + self.raw.len()
    }
    /// Drops the text before `keep`.
    pub fn compact(&mut self, keep: usize) {
        if keep < 1 << 16 {
            return;
        }
        self.mark = self.walk(keep);
        self.text.drain(..keep);
        self.pos -= keep;
        self.mark.offset = 0;
    }
    fn walk(&self, to: usize) -> Mark {
        let mut m = self.mark;
        let Some(part) = self.text.get(m.offset..to.max(m.offset)) else { return m };
        match part.rfind('\n') {
            Some(i) => {
                m.line += part.bytes().filter(|&b| b == b'\n').count();
                m.column = part[i + 1..].chars().count();
            }
            None => m.column += part.chars().count(),
        }
        m.byte += self.encoding.as_ref().map_or(part.len(), |e| e.width(part));
        m.offset = to.max(m.offset);
        m
    }
    pub fn place(&self, at: usize) -> Place {
        let m = self.walk(at);
        Place { line: m.line, column: m.column, byte: m.byte }
    }

    /// Settles the family of the encoding from the first bytes, and gives the name that an XML declaration declares.
    /// None: more bytes are needed.
    /// An encoding that the caller gave yields to what the bytes show.
    pub fn sniff(&mut self, last: bool, is_fragment: bool) -> Option<Option<String>> {
        let r = &self.raw;
        if r.len() < 4 && !last {
            return None;
        }
        let (latin, wide) = match self.encoding {
            Some(Encoding::Latin1) => (is_fragment, false),
            Some(Encoding::Utf16 { .. }) => (false, is_fragment),
            _ => (false, false),
        };
        let (encoding, skip) = match r.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] if !latin && !wide => (Some(Encoding::Utf8), 3),
            [0xFE, 0xFF, ..] if !latin && !self.is_text => (Some(Encoding::Utf16 { big: true }), 2),
            [0xFF, 0xFE, ..] if !latin && !self.is_text => (Some(Encoding::Utf16 { big: false }), 2),
            [b'<', 0, ..] if !wide && !self.is_text => (Some(Encoding::Utf16 { big: false }), 0),
            [0, b'<', ..] if !wide && !self.is_text => (Some(Encoding::Utf16 { big: true }), 0),
            _ => (None, 0),
        };
        if self.encoding.is_some() {
            self.raw.drain(..skip);
            self.mark.byte = skip;
            self.encoding = encoding.or(self.encoding.take());
            return Some(None);
        }
        if let Some(e) = encoding {
            self.raw.drain(..skip);
            self.mark.byte = skip;
            let declared = if e == Encoding::Utf8 { self.declared(last)? } else { None };
            self.encoding = Some(e);
            return Some(declared.filter(|d| !d.eq_ignore_ascii_case("utf-8")));
        }
        let declared = self.declared(last)?;
        self.encoding = Some(Encoding::Utf8);
        Some(declared)
    }
    /// The encoding name of a declaration in ASCII-compatible bytes.
    fn declared(&self, last: bool) -> Option<Option<String>> {
        if !self.raw.starts_with(b"<?xml") {
            return if last || self.raw.len() >= 5 || !b"<?xml".starts_with(&self.raw) { Some(None) } else { None };
        }
        let Some(end) = self.raw.windows(2).position(|w| w == b"?>") else {
            return if last { Some(None) } else { None };
        };
        let text = String::from_utf8_lossy(&self.raw[..end]);
        let name = text.find("encoding").and_then(|i| {
            let rest = text[i + 8..].trim_start().strip_prefix('=')?.trim_start();
            let quote = rest.chars().next().filter(|&q| q == '"' || q == '\'')?;
            rest[1..].split(quote).next().map(str::to_owned)
        });
        Some(name)
    }

    /// Moves what can be decoded from bytes to text.
    pub fn decode(&mut self, last: bool) {
        if self.stop == Some(Stop::Invalid) || !(self.undecoded || last) {
            return;
        }
        let Some(encoding) = self.encoding.take() else { return };
        self.undecoded = false;
        self.settled = true;
        let raw = std::mem::take(&mut self.raw);
        let mut out = String::with_capacity(raw.len());
        let (used, stop) = match &encoding {
            Encoding::Utf8 => utf8(&raw, &mut out),
            Encoding::Utf16 { big } => utf16(&raw, *big, &mut out),
            Encoding::Latin1 => {
                out.extend(raw.iter().map(|&b| b as char));
                (raw.len(), None)
            }
            Encoding::Ascii => single(&raw, &mut out, |b| b.is_ascii().then_some(b as char)),
            Encoding::Table(t) => single(&raw, &mut out, |b| t.get(usize::from(b)).copied().flatten()),
        };
        self.raw = raw[used..].to_vec();
        self.stop = match stop {
            Some(Stop::Partial) if !last => None,
            s => s,
        };
        self.encoding = Some(encoding);
        self.append(&out);
    }
    /// Line ends become `\n`.
    fn append(&mut self, new: &str) {
        if !self.cr && !new.contains('\r') {
            self.text.push_str(new);
            return;
        }
        for c in new.chars() {
            match c {
                '\r' => self.text.push('\n'),
                '\n' if self.cr => {}
                c => self.text.push(c),
            }
            self.cr = c == '\r';
        }
    }
}

fn utf8(raw: &[u8], out: &mut String) -> (usize, Option<Stop>) {
    match std::str::from_utf8(raw) {
        Ok(s) => {
            out.push_str(s);
            (raw.len(), None)
        }
        Err(e) => {
            let n = e.valid_up_to();
            out.push_str(std::str::from_utf8(&raw[..n]).unwrap_or(""));
            (n, Some(if e.error_len().is_some() { Stop::Invalid } else { Stop::Partial }))
        }
    }
}
fn utf16(raw: &[u8], big: bool, out: &mut String) -> (usize, Option<Stop>) {
    let unit = |i: usize| {
        raw.get(i..i + 2).map(|b| if big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) })
    };
    let mut i = 0;
    while i < raw.len() {
        let Some(a) = unit(i) else { return (i, Some(Stop::Partial)) };
        if (0xD800..0xDC00).contains(&a) {
            let Some(b) = unit(i + 2) else { return (i, Some(Stop::Partial)) };
            match char::decode_utf16([a, b]).next() {
                Some(Ok(c)) => out.push(c),
                _ => return (i, Some(Stop::Invalid)),
            }
            i += 4;
        } else {
            match char::from_u32(a.into()) {
                Some(c) => out.push(c),
                None => return (i, Some(Stop::Invalid)),
            }
            i += 2;
        }
    }
    (i, None)
}
fn single(raw: &[u8], out: &mut String, f: impl Fn(u8) -> Option<char>) -> (usize, Option<Stop>) {
    for (i, &b) in raw.iter().enumerate() {
        match f(b) {
            Some(c) => out.push(c),
            None => return (i, Some(Stop::Invalid)),
        }
    }
    (raw.len(), None)
}
