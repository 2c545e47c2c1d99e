//! Number tokens.

use super::{Token, Tokenizer};
use crate::kind::Kind;

type Byte = Option<u8>;

fn digit(c: Byte) -> bool {
    c.is_some_and(|b| b.is_ascii_digit())
}

impl Tokenizer<'_> {
    /// A number whose first digit was just read.
    pub(super) fn number(&mut self, start: usize, first: u8) -> Token {
        if first != b'0' {
            let Some(c) = self.decimal_tail() else { return self.error_token() };
            return self.after_integer(start, c);
        }
        let c = self.next();
        match c {
            Some(b'x' | b'X') => self.based(start, "hexadecimal", 16),
            Some(b'o' | b'O') => self.based(start, "octal", 8),
            Some(b'b' | b'B') => self.based(start, "binary", 2),
            _ => self.zeros(start, c),
        }
    }

    /// Digits after `0x`, `0o` or `0b`.
    fn based(&mut self, start: usize, name: &str, radix: u32) -> Token {
        let fits = |c: Byte| c.is_some_and(|b| char::from(b).is_digit(radix));
        let mut c = self.next();
        loop {
            if c == Some(b'_') {
                c = self.next();
            }
            if !fits(c) {
                return self.bad_digit(c, name);
            }
            while fits(c) {
                c = self.next();
            }
            if c != Some(b'_') {
                break;
            }
        }
        if digit(c) {
            return self.bad_digit(c, name);
        }
        if !self.check_end(c, name) {
            return self.error_token();
        }
        self.back(c);
        self.token(Kind::Number, start, self.cur)
    }

    fn bad_digit(&mut self, c: Byte, name: &str) -> Token {
        match c.filter(u8::is_ascii_digit) {
            Some(b) => self.fail(format!("invalid digit '{}' in {name} literal", char::from(b))),
            None => {
                self.back(c);
                self.fail(format!("invalid {name} literal"))
            }
        };
        self.error_token()
    }

    /// A number that starts with zeros.
    fn zeros(&mut self, start: usize, mut c: Byte) -> Token {
        loop {
            if c == Some(b'_') {
                c = self.next();
                if !digit(c) {
                    self.back(c);
                    self.fail("invalid decimal literal");
                    return self.error_token();
                }
            }
            if c != Some(b'0') {
                break;
            }
            c = self.next();
        }
        let zeros_end = self.cur;
        let mut nonzero = false;
        if digit(c) {
            nonzero = true;
            match self.decimal_tail() {
                Some(next) => c = next,
                None => return self.error_token(),
            }
        }
        match c {
            Some(b'.') => {
                let c = self.next();
                self.fraction(start, c)
            }
            Some(b'e' | b'E') => self.exponent(start, c),
            Some(b'j' | b'J') => self.imaginary(start),
            _ if nonzero && !self.extra => {
                self.back(c);
                let from = self.chars_before(start) + 1;
                let to = self.chars_before(zeros_end);
                self.fail_over(
                    "leading zeros in decimal integer literals are not permitted; \
                     use an 0o prefix for octal integers",
                    from,
                    to,
                );
                self.error_token()
            }
            _ => self.finish(start, c, "decimal"),
        }
    }

    /// Digits with single underscores between them; the byte after them, or `None` after an error.
    fn decimal_tail(&mut self) -> Option<Byte> {
        loop {
            let mut c = self.next();
            while digit(c) {
                c = self.next();
            }
            if c != Some(b'_') {
                return Some(c);
            }
            c = self.next();
            if !digit(c) {
                self.back(c);
                self.fail("invalid decimal literal");
                return None;
            }
        }
    }

    fn after_integer(&mut self, start: usize, c: Byte) -> Token {
        if c == Some(b'.') {
            let c = self.next();
            return self.fraction(start, c);
        }
        self.after_fraction(start, c)
    }

    /// What follows a decimal point; `c` is the byte after it.
    pub(super) fn fraction(&mut self, start: usize, mut c: Byte) -> Token {
        if digit(c) {
            match self.decimal_tail() {
                Some(next) => c = next,
                None => return self.error_token(),
            }
        }
        self.after_fraction(start, c)
    }

    fn after_fraction(&mut self, start: usize, c: Byte) -> Token {
        match c {
            Some(b'e' | b'E') => self.exponent(start, c),
            Some(b'j' | b'J') => self.imaginary(start),
            _ => self.finish(start, c, "decimal"),
        }
    }

    fn exponent(&mut self, start: usize, e: Byte) -> Token {
        let mut c = self.next();
        if matches!(c, Some(b'+' | b'-')) {
            c = self.next();
            if !digit(c) {
                self.back(c);
                self.fail("invalid decimal literal");
                return self.error_token();
            }
        } else if !digit(c) {
            self.back(c);
            if !self.check_end(e, "decimal") {
                return self.error_token();
            }
            self.back(e);
            return self.token(Kind::Number, start, self.cur);
        }
        match self.decimal_tail() {
            Some(Some(b'j' | b'J')) => self.imaginary(start),
            Some(c) => self.finish(start, c, "decimal"),
            None => self.error_token(),
        }
    }

    fn imaginary(&mut self, start: usize) -> Token {
        let c = self.next();
        self.finish(start, c, "imaginary")
    }

    fn finish(&mut self, start: usize, c: Byte, name: &str) -> Token {
        if !self.check_end(c, name) {
            return self.error_token();
        }
        self.back(c);
        self.token(Kind::Number, start, self.cur)
    }

    /// Whether `c`, the byte after a number, may follow it: a keyword may, another letter not.
    fn check_end(&mut self, c: Byte, name: &str) -> bool {
        let Some(first) = c.filter(|_| !self.extra) else { return true };
        let rest = &self.src[self.cur..self.inp];
        let word =
            |tail: &[u8]| rest.starts_with(tail) && !rest.get(tail.len()).is_some_and(|&b| super::is_word_byte(b));
        let keyword = match first {
            b'a' => word(b"nd"),
            b'e' => word(b"lse"),
            b'f' => word(b"or"),
            b'i' => matches!(rest.first(), Some(b'f' | b'n' | b's')),
            b'o' => word(b"r"),
            b'n' => word(b"ot"),
            _ => false,
        };
        if !keyword && first < 128 && super::is_word_byte(first) {
            self.back(c);
            self.fail(format!("invalid {name} literal"));
            return false;
        }
        true
    }
}
