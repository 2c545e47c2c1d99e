//! The tokens of a source as `_tokenize.TokenizerIter` yields them.
//!
//! *Invariants*: columns count characters; with `extra` tokens operators are all `OP`, comments and blank lines are
//! tokens, and the end lies on a line of its own.
//! *CPython*: `Python/Python-tokenize.c`.

use crate::error::{ErrorClass, SyntaxError};
use crate::kind::Kind;
use crate::tokenizer::{Done, Token, Tokenizer};

/// One token of the `tokenize` module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Number in the `token` module.
    pub kind: u8,
    pub string: String,
    pub start: (u32, i32),
    pub end: (u32, i32),
    /// The line, or lines, that the token is on.
    pub line: String,
}

/// Iterates over the tokens of a whole source.
#[derive(Debug)]
pub struct Tokens<'s> {
    inner: Tokenizer<'s>,
    extra: bool,
    finished: bool,
    /// The source lacks a line end at its end, and the tokenizer was given one.
    implicit_newline: bool,
    /// Lines of the original end in `\r\n`.
    crlf: bool,
    last_lineno: u32,
    last_line: String,
}

/// A source made ready for [`Tokens`].
#[derive(Debug)]
pub struct TokenSource {
    text: String,
    implicit_newline: bool,
    crlf: bool,
}

impl TokenSource {
    #[must_use]
    pub fn new(source: &str) -> Self {
        let crlf = source.contains("\r\n");
        let mut text = if crlf { source.replace("\r\n", "\n") } else { source.to_owned() };
        let implicit_newline = !text.is_empty() && !text.ends_with('\n');
        if implicit_newline {
            text.push('\n');
        }
        Self { text, implicit_newline, crlf }
    }

    #[must_use]
    pub fn tokens(&self, extra: bool) -> Tokens<'_> {
        Tokens {
            inner: Tokenizer::new(&self.text, extra, false),
            extra,
            // Nothing at all is what CPython makes of nothing without the extra tokens.
            finished: self.text.is_empty() && !extra,
            implicit_newline: self.implicit_newline,
            crlf: self.crlf,
            last_lineno: 0,
            last_line: String::new(),
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<TokenInfo, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let token = self.inner.get();
        match token.kind {
            Kind::Error => {
                self.finished = true;
                Some(Err(self.failed()))
            }
            kind => {
                self.finished = kind == Kind::EndMarker;
                Some(Ok(self.info(&token)))
            }
        }
    }
}

impl Tokens<'_> {
    fn info(&mut self, token: &Token) -> TokenInfo {
        let text = self.inner.text;
        let at_end = self.inner.done == Done::Eof;
        let trailing = token.kind == Kind::EndMarker || (token.kind == Kind::Dedent && at_end);
        // The line end that was added shows nowhere.
        let last = self.implicit_newline && self.inner.inp == text.len();
        let shown_end = self.inner.inp - usize::from(last && self.inner.inp > 0);
        let multi = matches!(
            token.kind,
            Kind::String
                | Kind::FStringStart
                | Kind::FStringMiddle
                | Kind::FStringEnd
                | Kind::TStringStart
                | Kind::TStringMiddle
                | Kind::TStringEnd
        );
        let line_start = if multi { line_of(text, token.start) } else { self.inner.line_start };
        // After the end only the line of a token on the last line is still at hand.
        let line = if trailing && !self.extra && self.last_lineno == token.lineno {
            self.last_line.clone()
        } else if trailing {
            String::new()
        } else {
            self.restore(text.get(line_start..shown_end).unwrap_or(""))
        };
        self.last_lineno = token.lineno;
        if !self.extra {
            self.last_line.clone_from(&line);
        }
        let mut start = (token.lineno, self.column(token.start, token.col));
        let mut end = (token.end_lineno, self.column(token.end, token.end_col));
        let mut kind = token.kind.number();
        let mut string = if token.col < 0 { "" } else { text.get(token.start..token.end).unwrap_or("") };
        if matches!(token.kind, Kind::FStringMiddle | Kind::TStringMiddle) {
            // The parser counts the second of two braces in.
            end.1 = self.column(token.end, (token.end - line_of(text, token.end)) as i32);
        }
        if token.kind == Kind::Newline {
            // The parser counts the line end in, this module does not.
            end.1 = self.column(token.end, token.end_col - 1);
            if self.crlf {
                end.1 += 1;
                string = "\r";
            }
        }
        if self.extra {
            if trailing {
                start = (token.lineno + 1, 0);
                end = start;
            }
            match token.kind {
                Kind::Newline => {
                    string = if last { "" } else { "\n" };
                    end.1 += 1;
                }
                Kind::Nl if last => string = "",
                _ if token.kind.is_operator() => kind = Kind::Op as u8,
                _ => {}
            }
        }
        let string = if string == "\r" { string.to_owned() } else { self.restore(string) };
        TokenInfo { kind, string, start, end, line }
    }

    /// Puts the original line ends back.
    fn restore(&self, text: &str) -> String {
        if self.crlf { text.replace('\n', "\r\n") } else { text.to_owned() }
    }

    /// Column in characters of a place whose column in bytes is known to exist.
    fn column(&self, at: usize, bytes: i32) -> i32 {
        if bytes < 0 {
            return -1;
        }
        let text = self.inner.text;
        text.get(at.saturating_sub(bytes as usize)..at).map_or(bytes, |before| before.chars().count() as i32)
    }

    fn failed(&mut self) -> SyntaxError {
        if let Some(error) = self.inner.error.take() {
            return error;
        }
        let tok = &self.inner;
        let (class, message) = match tok.done {
            Done::Eof => (ErrorClass::SyntaxError, "unexpected EOF in multi-line statement"),
            Done::Dedent => (ErrorClass::IndentationError, "unindent does not match any outer indentation level"),
            Done::TabSpace => (ErrorClass::TabError, "inconsistent use of tabs and spaces in indentation"),
            Done::TooDeep => (ErrorClass::IndentationError, "too many levels of indentation"),
            Done::LineCont => (ErrorClass::SyntaxError, "unexpected character after line continuation character"),
            Done::Ok | Done::Error => (ErrorClass::SyntaxError, "unknown tokenization error"),
        };
        let line = tok.text.get(tok.buf..tok.inp).unwrap_or("");
        let eof = tok.done == Done::Eof;
        SyntaxError {
            lineno: tok.lineno as i32,
            offset: if eof { tok.eof_offset } else { line.chars().count() as i32 },
            text: (!eof).then(|| line.trim_end_matches('\n').to_owned()),
            ..SyntaxError::bare(class, message)
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1)
}
