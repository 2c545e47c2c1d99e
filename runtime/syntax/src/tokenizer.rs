//! The tokenizer: CPython's rules and errors, one token at a time.
//!
//! *Invariants*: the source has only `\n` as line end and is valid UTF-8; `cur <= inp`, where `inp` is the end of the
//! lines read so far, for error texts depend on how far the reader came.
//! *CPython*: `Parser/lexer/lexer.c`, `Parser/tokenizer/helpers.c`.

use crate::error::{ErrorClass, SyntaxError};
use crate::kind::Kind;
use crate::unicode;

mod fstring;
mod number;

const TAB_SIZE: u32 = 8;
const MAX_INDENT: usize = 100;
const MAX_LEVEL: usize = 200;
const MAX_FSTRING_LEVEL: usize = 150;
const MAX_EXPR_NESTING: i32 = 3;

/// A token; columns are in bytes, -1 where CPython has none.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    /// Byte range of the text.
    pub start: usize,
    pub end: usize,
    pub lineno: u32,
    pub col: i32,
    pub end_lineno: u32,
    pub end_col: i32,
    /// Open brackets after this token.
    pub level: usize,
}

/// Why the reader stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Ok,
    Eof,
    Error,
    Dedent,
    TabSpace,
    TooDeep,
    LineCont,
}

/// What the reader is inside of: the bottom entry is plain code, each other one an f- or t-string.
#[derive(Clone, Debug)]
struct ModeState {
    in_text: bool,
    letter: u8,
    quote: u8,
    quote_size: usize,
    raw: bool,
    start: usize,
    line_start: usize,
    lineno: u32,
    curly_depth: i32,
    expr_depth: i32,
    in_spec: bool,
    debug: bool,
}

impl ModeState {
    fn inside_expr(&self) -> bool {
        self.expr_depth >= 0
    }
}

#[derive(Debug)]
pub(crate) struct Tokenizer<'s> {
    pub(crate) text: &'s str,
    src: &'s [u8],
    pub(crate) cur: usize,
    pub(crate) inp: usize,
    pub(crate) buf: usize,
    pub(crate) line_start: usize,
    pub(crate) lineno: u32,
    start: Option<usize>,
    multi_line_start: usize,
    first_lineno: u32,
    /// Open brackets: character, line, column.
    pub(crate) parens: Vec<(u8, u32, usize)>,
    at_line_start: bool,
    pub(crate) indents: Vec<(u32, u32)>,
    pub(crate) pending: i32,
    pub(crate) done: Done,
    modes: Vec<ModeState>,
    /// Yield comments and blank lines, and let bad numbers and brackets pass, for the `tokenize` module.
    extra: bool,
    type_comments: bool,
    comment_newline: bool,
    /// `<>` is a token, as `from __future__ import barry_as_FLUFL` wants it.
    pub(crate) barry: bool,
    /// How much of a token that the end of the source cut was read.
    pub(crate) eof_offset: i32,
    /// The source ended inside a string.
    pub(crate) ended_in_string: bool,
    /// Set with `Done::Error`.
    pub(crate) error: Option<SyntaxError>,
}

impl<'s> Tokenizer<'s> {
    pub(crate) fn new(text: &'s str, extra: bool, type_comments: bool) -> Self {
        Self {
            text,
            src: text.as_bytes(),
            cur: 0,
            inp: 0,
            buf: 0,
            line_start: 0,
            lineno: 0,
            start: None,
            multi_line_start: 0,
            first_lineno: 0,
            parens: Vec::new(),
            at_line_start: true,
            indents: vec![(0, 0)],
            pending: 0,
            done: Done::Ok,
            modes: Vec::new(),
            extra,
            type_comments,
            comment_newline: false,
            barry: false,
            eof_offset: 0,
            ended_in_string: false,
            error: None,
        }
    }

    /// Next byte, reading a line when the ones at hand are used up.
    fn next(&mut self) -> Option<u8> {
        if self.cur == self.inp {
            if self.done != Done::Ok {
                return None;
            }
            if self.inp == self.src.len() {
                let from = match (self.modes.first(), self.start) {
                    (Some(outermost), _) => outermost.line_start,
                    (None, Some(_)) => self.buf,
                    (None, None) => self.inp,
                };
                self.eof_offset = (self.inp - from) as i32;
                self.done = Done::Eof;
                return None;
            }
            let rest = &self.src[self.inp..];
            if self.start.is_none() {
                self.buf = self.cur;
            }
            self.inp += memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            self.lineno += 1;
            self.line_start = self.cur;
        }
        let byte = self.src[self.cur];
        self.cur += 1;
        Some(byte)
    }

    fn back(&mut self, byte: Option<u8>) {
        if byte.is_some() {
            self.cur -= 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        let c = self.next();
        self.back(c);
        c
    }

    /// Text of the current line up to the cursor, in characters.
    fn chars_before(&self, to: usize) -> i32 {
        self.text.get(self.line_start..to).map_or(0, |t| t.chars().count()) as i32
    }

    fn line_text(&self) -> String {
        let rest = self.text.get(self.line_start..).unwrap_or("");
        rest.split('\n').next().unwrap_or("").to_owned()
    }

    /// Fails at the last character read.
    fn fail(&mut self, message: impl Into<String>) -> Kind {
        // The cursor may stand inside a character after a look at one byte of it.
        let mut to = self.cur;
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        let offset = self.chars_before(to);
        self.fail_over(message, offset, offset)
    }

    fn fail_over(&mut self, message: impl Into<String>, offset: i32, end_offset: i32) -> Kind {
        if self.done != Done::Error {
            self.error = Some(SyntaxError {
                class: ErrorClass::SyntaxError,
                message: message.into(),
                lineno: self.lineno as i32,
                offset,
                end_lineno: self.lineno as i32,
                end_offset,
                text: Some(self.line_text()),
                statement: None,
            });
            self.done = Done::Error;
        }
        Kind::Error
    }

    fn stop(&mut self, done: Done) -> Token {
        self.done = done;
        if done != Done::LineCont {
            self.cur = self.inp;
        }
        self.bare(Kind::Error)
    }

    /// A token without columns.
    fn bare(&self, kind: Kind) -> Token {
        Token {
            kind,
            start: self.cur,
            end: self.cur,
            lineno: self.lineno,
            col: -1,
            end_lineno: self.lineno,
            end_col: -1,
            level: self.parens.len(),
        }
    }

    /// A token from `start` to `end`, which is on the current line.
    fn token(&self, kind: Kind, start: usize, end: usize) -> Token {
        let multi = matches!(kind, Kind::String | Kind::FStringMiddle | Kind::TStringMiddle);
        let (lineno, line) =
            if multi { (self.first_lineno, self.multi_line_start) } else { (self.lineno, self.line_start) };
        let column = |at: usize, line: usize| if at >= line { (at - line) as i32 } else { -1 };
        Token {
            kind,
            start,
            end,
            lineno,
            col: column(start, line),
            end_lineno: self.lineno,
            end_col: column(end, self.line_start),
            level: self.parens.len(),
        }
    }

    fn error_token(&self) -> Token {
        self.bare(Kind::Error)
    }

    /// The next token; after an error or the end, that again.
    pub(crate) fn get(&mut self) -> Token {
        match self.modes.last() {
            Some(mode) if mode.in_text => self.fstring_text(),
            _ => self.code(),
        }
    }

    pub(crate) fn inside_fstring(&self) -> bool {
        !self.modes.is_empty()
    }

    fn code(&mut self) -> Token {
        loop {
            self.start = None;
            let mut blank = false;
            if self.at_line_start {
                match self.indentation() {
                    Ok(is_blank) => blank = is_blank,
                    Err(token) => return token,
                }
            }
            self.start = Some(self.cur);
            if self.pending < 0 {
                self.pending += 1;
                return if self.extra { self.token(Kind::Dedent, self.cur, self.cur) } else { self.bare(Kind::Dedent) };
            }
            if self.pending > 0 {
                self.pending -= 1;
                return if self.extra {
                    self.token(Kind::Indent, self.line_start, self.cur)
                } else {
                    self.bare(Kind::Indent)
                };
            }
            self.peek();
            match self.after_blanks(blank) {
                Some(token) => return token,
                None => continue,
            }
        }
    }

    /// Measures the indentation of a line; says whether the line is blank.
    fn indentation(&mut self) -> Result<bool, Token> {
        let (mut col, mut alt, mut continued) = (0u32, 0u32, 0u32);
        self.at_line_start = false;
        let c = loop {
            let c = self.next();
            match c {
                Some(b' ') => (col, alt) = (col + 1, alt + 1),
                Some(b'\t') => (col, alt) = ((col / TAB_SIZE + 1) * TAB_SIZE, alt + 1),
                Some(0x0c) => (col, alt) = (0, 0),
                Some(b'\\') => {
                    if continued == 0 {
                        continued = col;
                    }
                    self.continuation()?;
                }
                _ => break c,
            }
        };
        self.back(c);
        if matches!(c, Some(b'#' | b'\n')) {
            return Ok(true);
        }
        if !self.parens.is_empty() {
            return Ok(false);
        }
        if continued != 0 {
            (col, alt) = (continued, continued);
        }
        let &(top, top_alt) = self.indents.last().unwrap_or(&(0, 0));
        if col == top {
            if alt != top_alt {
                return Err(self.stop(Done::TabSpace));
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                return Err(self.stop(Done::TooDeep));
            }
            if alt <= top_alt {
                return Err(self.stop(Done::TabSpace));
            }
            self.pending += 1;
            self.indents.push((col, alt));
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|i| col < i.0) {
                self.pending -= 1;
                self.indents.pop();
            }
            let &(top, top_alt) = self.indents.last().unwrap_or(&(0, 0));
            if col != top {
                return Err(self.stop(Done::Dedent));
            }
            if alt != top_alt {
                return Err(self.stop(Done::TabSpace));
            }
        }
        Ok(false)
    }

    /// The rest of a line that ends in a backslash.
    fn continuation(&mut self) -> Result<(), Token> {
        if self.next() != Some(b'\n') {
            return Err(self.stop(Done::LineCont));
        }
        let c = self.next();
        if c.is_none() {
            return Err(self.stop(Done::Eof));
        }
        self.back(c);
        Ok(())
    }

    /// A token on the current line; `None` for a line end that counts for nothing.
    fn after_blanks(&mut self, blank: bool) -> Option<Token> {
        loop {
            self.start = None;
            let mut c = self.next();
            while matches!(c, Some(b' ' | b'\t' | 0x0c)) {
                c = self.next();
            }
            let start = if c.is_some() { self.cur - 1 } else { self.cur };
            self.start = Some(start);
            if c == Some(b'#') {
                while !matches!(c, None | Some(b'\n')) {
                    c = self.next();
                }
                if let Some(token) = self.comment(start, c, blank) {
                    return Some(token);
                }
            }
            let Some(byte) = c else {
                let kind = if self.parens.is_empty() && self.done == Done::Eof { Kind::EndMarker } else { Kind::Error };
                return Some(self.bare(kind));
            };
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => return Some(self.word(start, byte)),
                b'\n' => {
                    self.at_line_start = true;
                    if blank || !self.parens.is_empty() || (self.comment_newline && self.extra) {
                        self.comment_newline = false;
                        return self.extra.then(|| self.token(Kind::Nl, start, self.cur));
                    }
                    // The text ends before the line end, the columns after it.
                    let token = self.token(Kind::Newline, start, self.cur);
                    return Some(Token { end: self.cur - 1, ..token });
                }
                b'.' => return Some(self.dot(start)),
                b'0'..=b'9' => return Some(self.number(start, byte)),
                b'\'' | b'"' => return Some(self.string(start, byte)),
                b'\\' => {
                    if let Err(token) = self.continuation() {
                        return Some(token);
                    }
                }
                _ => return Some(self.punctuation(start, byte)),
            }
        }
    }

    /// A comment that is a token: any for `tokenize`, a type comment when those are asked for.
    fn comment(&mut self, start: usize, c: Option<u8>, blank: bool) -> Option<Token> {
        let end = if c.is_some() { self.cur - 1 } else { self.cur };
        if self.type_comments {
            let text = self.text.get(start..end).unwrap_or("");
            let trim = |s: &'s str| s.trim_start_matches([' ', '\t']);
            let body = text.strip_prefix('#').map(trim).and_then(|t| t.strip_prefix("type:"));
            // The blanks after the colon may be missing; the type starts after them.
            if let Some(body) = body.map(trim) {
                self.back(c);
                let from = end - body.len();
                let ignore = body
                    .strip_prefix("ignore")
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii()));
                if !ignore {
                    return Some(self.token(Kind::TypeComment, from, end));
                }
                if blank {
                    self.next();
                    self.at_line_start = true;
                }
                return Some(self.token(Kind::TypeIgnore, from + 6, end));
            }
        }
        if self.extra {
            self.back(c);
            self.comment_newline = blank;
            return Some(self.token(Kind::Comment, start, end));
        }
        None
    }

    /// A name, a keyword, or a string with a prefix.
    fn word(&mut self, start: usize, first: u8) -> Token {
        let mut seen = Prefix::default();
        let mut c = Some(first);
        while c.is_some_and(|b| seen.take(b)) {
            c = self.next();
            if let Some(quote @ (b'"' | b'\'')) = c {
                if let Some((a, b)) = seen.conflict() {
                    let from = self.chars_before(start) + 1;
                    let to = self.chars_before(self.cur);
                    self.fail_over(format!("'{a}' and '{b}' prefixes are incompatible"), from, to);
                    return self.error_token();
                }
                return if seen.f || seen.t { self.fstring_start(start, quote) } else { self.string(start, quote) };
            }
        }
        let mut ascii = true;
        while let Some(b) = c.filter(|&b| is_word_byte(b)) {
            ascii &= b.is_ascii();
            c = self.next();
        }
        self.back(c);
        if !ascii && !self.extra && !self.check_identifier(start) {
            return self.error_token();
        }
        let kind = Kind::keyword(&self.text[start..self.cur]).unwrap_or(Kind::Name);
        self.token(kind, start, self.cur)
    }

    fn check_identifier(&mut self, start: usize) -> bool {
        let name = &self.text[start..self.cur];
        let good = |(at, c): &(usize, char)| if *at == 0 { unicode::is_start(*c) } else { unicode::is_continue(*c) };
        let Some((at, bad)) = name.char_indices().find(|pair| !good(pair)) else { return true };
        self.cur = start + at + bad.len_utf8();
        let code = u32::from(bad);
        if unicode::is_printable(bad) {
            self.fail(format!("invalid character '{bad}' (U+{code:04X})"));
        } else {
            self.fail(format!("invalid non-printable character U+{code:04X}"));
        }
        false
    }

    fn dot(&mut self, start: usize) -> Token {
        let c = self.next();
        if c.is_some_and(|b| b.is_ascii_digit()) {
            return self.fraction(start, c);
        }
        if c == Some(b'.') {
            let c = self.next();
            if c == Some(b'.') {
                return self.token(Kind::Ellipsis, start, self.cur);
            }
            self.back(c);
        }
        self.back(c);
        self.token(Kind::Dot, start, self.cur)
    }

    /// A plain string, whose opening quote was just read.
    fn string(&mut self, start: usize, quote: u8) -> Token {
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        let (mut size, mut closing) = (1, 0);
        let mut c = self.next();
        if c == Some(quote) {
            c = self.next();
            if c == Some(quote) {
                size = 3;
            } else {
                closing = 1;
            }
        }
        if c != Some(quote) {
            self.back(c);
        }
        let mut escaped_quote = false;
        while closing != size {
            let c = self.next();
            if c.is_none() || (size == 1 && c == Some(b'\n')) {
                return self.unterminated(start, quote, size, escaped_quote, c.is_none());
            }
            if c == Some(quote) {
                closing += 1;
                continue;
            }
            closing = 0;
            if c == Some(b'\\') && self.next() == Some(quote) {
                escaped_quote = true;
            }
        }
        self.token(Kind::String, start, self.cur)
    }

    fn unterminated(&mut self, start: usize, quote: u8, size: usize, escaped_quote: bool, at_end: bool) -> Token {
        self.cur = start + 1;
        self.line_start = self.multi_line_start;
        let detected = self.lineno;
        self.lineno = self.first_lineno;
        if let Some(mode) = self.modes.last()
            && mode.quote == quote
            && mode.quote_size == size
        {
            let letter = char::from(mode.letter);
            self.fail(format!("{letter}-string: expecting '}}'"));
            return self.error_token();
        }
        self.ended_in_string = at_end;
        if size == 3 {
            self.fail(format!("unterminated triple-quoted string literal (detected at line {detected})"));
        } else if escaped_quote {
            self.fail(format!(
                "unterminated string literal (detected at line {detected}); perhaps you escaped the end quote?"
            ));
        } else {
            self.fail(format!("unterminated string literal (detected at line {detected})"));
        }
        self.error_token()
    }

    fn punctuation(&mut self, start: usize, byte: u8) -> Token {
        if byte == b':'
            && let Some(mode) = self.modes.last_mut()
            && mode.inside_expr()
            && mode.curly_depth - 1 == mode.expr_depth
        {
            mode.in_text = true;
            mode.in_spec = true;
            return self.token(Kind::Colon, start, self.cur);
        }
        // The look at a second character is what finds the end of the source.
        self.peek();
        let rest = &self.src[start..self.inp];
        let found =
            if self.barry && rest.starts_with(b"<>") { Some((Kind::NotEqual, 2)) } else { Kind::operator(rest) };
        if let Some((kind, length)) = found
            && length > 1
        {
            self.cur = start + length;
            if length == 2 {
                // As above, of a third.
                self.peek();
            }
            return self.token(kind, start, self.cur);
        }
        let failed = match byte {
            b'(' | b'[' | b'{' => self.open(start, byte),
            b')' | b']' | b'}' => self.close(byte),
            _ => false,
        };
        if failed {
            return self.error_token();
        }
        if byte < 0x20 || byte == 0x7f {
            self.fail(format!("invalid non-printable character U+{byte:04X}"));
            return self.error_token();
        }
        if byte == b'='
            && let Some(mode) = self.modes.last_mut()
            && mode.curly_depth - mode.expr_depth == 1
        {
            mode.debug = true;
        }
        self.token(found.map_or(Kind::Op, |f| f.0), start, self.cur)
    }

    fn open(&mut self, start: usize, byte: u8) -> bool {
        if self.parens.len() >= MAX_LEVEL {
            self.fail("too many nested parentheses");
            return true;
        }
        self.parens.push((byte, self.lineno, start - self.line_start));
        if let Some(mode) = self.modes.last_mut() {
            mode.curly_depth += 1;
        }
        false
    }

    fn close(&mut self, byte: u8) -> bool {
        let shown = char::from(byte);
        let mode = self.modes.last().map(|m| (m.curly_depth, m.expr_depth, char::from(m.letter)));
        if let Some((0, _, letter)) = mode
            && byte == b'}'
        {
            self.fail(format!("{letter}-string: single '}}' is not allowed"));
            return true;
        }
        if !self.extra && self.parens.is_empty() {
            self.fail(format!("unmatched '{shown}'"));
            return true;
        }
        if let Some((opening, line, _)) = self.parens.pop() {
            let fits = matches!((opening, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
            let opening = char::from(opening);
            if !fits
                && let Some((depth, expr, letter)) = mode
                && opening == '{'
                && depth - 1 == expr
            {
                self.fail(format!("{letter}-string: unmatched '{shown}'"));
                return true;
            }
            if !self.extra && !fits {
                if line == self.lineno {
                    self.fail(format!("closing parenthesis '{shown}' does not match opening parenthesis '{opening}'"));
                } else {
                    self.fail(format!(
                        "closing parenthesis '{shown}' does not match opening parenthesis '{opening}' on line {line}"
                    ));
                }
                return true;
            }
        }
        if let Some(mode) = self.modes.last_mut() {
            mode.curly_depth -= 1;
            if mode.curly_depth < 0 {
                let letter = char::from(mode.letter);
                self.fail(format!("{letter}-string: unmatched '{shown}'"));
                return true;
            }
            if byte == b'}' && mode.curly_depth == mode.expr_depth {
                mode.expr_depth -= 1;
                mode.in_text = true;
                mode.in_spec = false;
                mode.debug = false;
            }
        }
        false
    }
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 128
}

/// Letters of a string prefix seen so far.
#[derive(Default)]
struct Prefix {
    b: bool,
    r: bool,
    u: bool,
    f: bool,
    t: bool,
}

impl Prefix {
    /// Counts one more letter, unless it is none of a prefix or a repeated one.
    fn take(&mut self, byte: u8) -> bool {
        let slot = match byte.to_ascii_lowercase() {
            b'b' => &mut self.b,
            b'r' => &mut self.r,
            b'u' => &mut self.u,
            b'f' => &mut self.f,
            b't' => &mut self.t,
            _ => return false,
        };
        !std::mem::replace(slot, true)
    }

    /// Two letters that may not stand together.
    fn conflict(&self) -> Option<(char, char)> {
        let pairs = [
            (self.u, 'u', self.b, 'b'),
            (self.u, 'u', self.r, 'r'),
            (self.u, 'u', self.f, 'f'),
            (self.u, 'u', self.t, 't'),
            (self.b, 'b', self.f, 'f'),
            (self.b, 'b', self.t, 't'),
            (self.f, 'f', self.t, 't'),
        ];
        pairs.into_iter().find(|p| p.0 && p.2).map(|p| (p.1, p.3))
    }
}
