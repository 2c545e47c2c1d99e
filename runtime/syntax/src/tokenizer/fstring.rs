//! Tokens of f- and t-strings: start, text between the replacement fields, end.

use super::{MAX_EXPR_NESTING, MAX_FSTRING_LEVEL, ModeState, Token, Tokenizer};
use crate::kind::Kind;

impl Tokenizer<'_> {
    /// The prefix and opening quotes; the first quote was just read.
    pub(super) fn fstring_start(&mut self, start: usize, quote: u8) -> Token {
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        let mut quote_size = 1;
        let after = self.next();
        if after == Some(quote) {
            let third = self.next();
            if third == Some(quote) {
                quote_size = 3;
            } else {
                self.back(third);
                self.back(after);
            }
        } else {
            self.back(after);
        }
        if self.modes.len() + 1 >= MAX_FSTRING_LEVEL {
            self.fail("too many nested f-strings or t-strings");
            return self.error_token();
        }
        let prefix = self.src[start..self.cur].to_ascii_lowercase();
        let letter = if prefix.contains(&b't') { b't' } else { b'f' };
        self.modes.push(ModeState {
            in_text: true,
            letter,
            quote,
            quote_size,
            raw: prefix.contains(&b'r'),
            start,
            line_start: self.line_start,
            lineno: self.lineno,
            curly_depth: 0,
            expr_depth: -1,
            in_spec: false,
            debug: false,
        });
        let kind = if letter == b't' { Kind::TStringStart } else { Kind::FStringStart };
        self.token(kind, start, self.cur)
    }

    fn mode(&mut self) -> Option<&mut ModeState> {
        self.modes.last_mut()
    }

    /// Enters a replacement field; `true` after an error.
    fn enter_field(&mut self) -> bool {
        let Some(mode) = self.mode() else { return false };
        mode.expr_depth += 1;
        let letter = char::from(mode.letter);
        if mode.expr_depth >= MAX_EXPR_NESTING {
            self.fail(format!("{letter}-string: expressions nested too deeply"));
            return true;
        }
        if let Some(mode) = self.mode() {
            mode.in_text = false;
        }
        false
    }

    pub(super) fn fstring_text(&mut self) -> Token {
        let Some(mode) = self.modes.last().cloned() else { return self.error_token() };
        let start = self.cur;
        self.start = Some(start);
        self.first_lineno = self.lineno;
        let (middle, end) = if mode.letter == b't' {
            (Kind::TStringMiddle, Kind::TStringEnd)
        } else {
            (Kind::FStringMiddle, Kind::FStringEnd)
        };
        let first = self.next();
        if first == Some(b'{') {
            let second = self.peek();
            self.back(first);
            if second != Some(b'{') {
                if self.enter_field() {
                    return self.error_token();
                }
                return self.code();
            }
        } else {
            self.back(first);
        }
        let closes = (0..mode.quote_size).all(|_| {
            let c = self.next();
            if c != Some(mode.quote) {
                self.back(c);
            }
            c == Some(mode.quote)
        });
        if closes {
            self.modes.pop();
            return self.token(end, start, self.cur);
        }
        self.multi_line_start = self.line_start;
        self.middle(start, middle, &mode)
    }

    fn middle(&mut self, start: usize, kind: Kind, mode: &ModeState) -> Token {
        let letter = char::from(mode.letter);
        let mut closing = 0;
        // Quotes that did not close the string were read before this; they count as text.
        let mut in_name = false;
        while closing != mode.quote_size {
            let c = self.next();
            let in_spec = self.modes.last().is_some_and(|m| m.in_spec && m.inside_expr());
            if c.is_none() || (mode.quote_size == 1 && c == Some(b'\n')) {
                if in_spec && c == Some(b'\n') {
                    self.fail(format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted \
                         {letter}-strings"
                    ));
                    return self.error_token();
                }
                self.ended_in_string = c.is_none() && mode.quote_size == 3;
                return self.unterminated_fstring(mode);
            }
            if c == Some(mode.quote) {
                closing += 1;
                continue;
            }
            closing = 0;
            match c {
                Some(b'{') => {
                    let peek = self.next();
                    if peek == Some(b'{') && !in_spec {
                        return self.doubled_brace(kind, start);
                    }
                    self.back(peek);
                    self.back(c);
                    if self.enter_field() {
                        return self.error_token();
                    }
                    if let Some(mode) = self.mode() {
                        mode.in_spec = false;
                    }
                    return self.token(kind, start, self.cur);
                }
                Some(b'}') => {
                    if in_name {
                        return self.token(kind, start, self.cur);
                    }
                    let peek = self.next();
                    let depth = self.modes.last().map_or(0, |m| m.curly_depth);
                    if peek == Some(b'}') && !in_spec && depth == 0 {
                        return self.doubled_brace(kind, start);
                    }
                    self.back(peek);
                    self.back(c);
                    if let Some(mode) = self.mode() {
                        mode.in_text = false;
                        mode.in_spec = false;
                    }
                    return self.token(kind, start, self.cur);
                }
                Some(b'\\') => {
                    let peek = self.next();
                    if matches!(peek, Some(b'{' | b'}')) {
                        self.back(peek);
                    } else if peek == Some(b'N') && !mode.raw {
                        let peek = self.next();
                        if peek == Some(b'{') {
                            in_name = true;
                        } else {
                            self.back(peek);
                        }
                    }
                }
                _ => {}
            }
        }
        self.cur -= mode.quote_size;
        self.token(kind, start, self.cur)
    }

    /// Text that ends in a doubled brace, just read: one is of the text, both of the columns.
    fn doubled_brace(&self, kind: Kind, start: usize) -> Token {
        Token { end: self.cur - 1, ..self.token(kind, start, self.cur) }
    }

    fn unterminated_fstring(&mut self, mode: &ModeState) -> Token {
        let letter = char::from(mode.letter);
        let detected = self.lineno;
        self.cur = mode.start + 1;
        self.line_start = mode.line_start;
        self.lineno = mode.lineno;
        let triple = if mode.quote_size == 3 { "triple-quoted " } else { "" };
        self.fail(format!("unterminated {triple}{letter}-string literal (detected at line {detected})"));
        self.error_token()
    }
}
