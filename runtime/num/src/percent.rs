//! The pieces of printf-style formatting (`str % args`, `bytes % args`).
//!
//! *CPython*: unicode_format.c and bytesobject.c.

use crate::float::{Flags, Form, format_float};
use crate::int;
use dashu_int::{IBig, Sign};

/// A width or precision: absent, taken from the next argument, or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    None,
    Star,
    Given(usize),
}

/// One conversion specifier, without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentSpec {
    pub left: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Option<usize>,
    pub precision: Option<usize>,
    /// The conversion letter.
    pub code: u32,
}

/// What `parse` found after a '%'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Start and end of the mapping key, without the parentheses.
    pub key: Option<(usize, usize)>,
    pub spec: PercentSpec,
    /// Stars are resolved by the caller with `set_width` and `set_precision`.
    pub width: Size,
    pub precision: Size,
    /// Position of the conversion letter, for its error text.
    pub code_at: usize,
    /// Position after the specifier.
    pub end: usize,
}

/// Why a specifier cannot be read; all are ValueErrors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentError {
    /// incomplete format
    Incomplete,
    /// incomplete format key
    IncompleteKey,
    /// width too big
    WidthTooBig,
    /// precision too big (str), prec too big (bytes)
    PrecisionTooBig,
}

impl PercentError {
    /// The exception's text for `str % args`.
    pub fn text(self) -> &'static str {
        match self {
            PercentError::Incomplete => "incomplete format",
            PercentError::IncompleteKey => "incomplete format key",
            PercentError::WidthTooBig => "width too big",
            PercentError::PrecisionTooBig => "precision too big",
        }
    }

    /// The exception's text for `bytes % args`.
    pub fn bytes_text(self) -> &'static str {
        if self == PercentError::PrecisionTooBig { "prec too big" } else { self.text() }
    }
}

/// "unsupported format character ..." for a letter that nothing knows.
pub fn unsupported(code: u32, at: usize) -> String {
    let shown = if (31..127).contains(&code) { char::from_u32(code).unwrap_or('?') } else { '?' };
    format!("unsupported format character '{shown}' (0x{code:x}) at index {at}")
}

/// Reads the specifier that starts at `pos`, just after a '%'. `at(i)` is the character at `i`, None past the end.
pub fn parse(at: impl Fn(usize) -> Option<u32>, mut pos: usize) -> Result<Parsed, PercentError> {
    let is = |i: usize, c: char| at(i) == Some(c as u32);
    let mut key = None;
    if is(pos, '(') {
        let start = pos + 1;
        let mut depth = 1;
        pos = start;
        while depth > 0 {
            match at(pos) {
                None => return Err(PercentError::IncompleteKey),
                Some(c) if c == '(' as u32 => depth += 1,
                Some(c) if c == ')' as u32 => depth -= 1,
                Some(_) => {}
            }
            pos += 1;
        }
        key = Some((start, pos - 1));
    }
    let mut spec = PercentSpec {
        left: false,
        plus: false,
        space: false,
        alternate: false,
        zero: false,
        width: None,
        precision: None,
        code: 0,
    };
    loop {
        match at(pos).and_then(char::from_u32) {
            Some('-') => spec.left = true,
            Some('+') => spec.plus = true,
            Some(' ') => spec.space = true,
            Some('#') => spec.alternate = true,
            Some('0') => spec.zero = true,
            _ => break,
        }
        pos += 1;
    }
    let (width, next) = size(&at, pos, isize::MAX as usize).ok_or(PercentError::WidthTooBig)?;
    pos = next;
    let mut precision = Size::None;
    if is(pos, '.') {
        let (given, next) = size(&at, pos + 1, i32::MAX as usize).ok_or(PercentError::PrecisionTooBig)?;
        // A lone point means zero.
        precision = if given == Size::None { Size::Given(0) } else { given };
        pos = next;
    }
    if is(pos, 'h') || is(pos, 'l') || is(pos, 'L') {
        pos += 1;
    }
    spec.code = at(pos).ok_or(PercentError::Incomplete)?;
    if let Size::Given(n) = width {
        spec.width = Some(n);
    }
    if let Size::Given(n) = precision {
        spec.precision = Some(n);
    }
    Ok(Parsed { key, spec, width, precision, code_at: pos, end: pos + 1 })
}

/// `*`, digits, or nothing; None when the number is above `limit`.
fn size(at: &impl Fn(usize) -> Option<u32>, mut pos: usize, limit: usize) -> Option<(Size, usize)> {
    if at(pos) == Some('*' as u32) {
        return Some((Size::Star, pos + 1));
    }
    let mut value = None;
    while let Some(digit) = at(pos).and_then(char::from_u32).and_then(|c| c.to_digit(10)) {
        let next = value.unwrap_or(0usize).checked_mul(10)?.checked_add(digit as usize)?;
        if next > limit {
            return None;
        }
        value = Some(next);
        pos += 1;
    }
    Some((value.map_or(Size::None, Size::Given), pos))
}

impl PercentSpec {
    /// A width from an argument; a negative one means left-justified.
    pub fn set_width(&mut self, width: i64) {
        self.left |= width < 0;
        self.width = Some(width.unsigned_abs() as usize);
    }

    /// A precision from an argument; a negative one means zero.
    pub fn set_precision(&mut self, precision: i64) {
        self.precision = Some(precision.max(0) as usize);
    }

    /// Whether there is nothing but the letter.
    pub fn is_plain(&self) -> bool {
        let flags = self.left | self.plus | self.space | self.alternate | self.zero;
        !flags && self.width.is_none() && self.precision.is_none()
    }

    /// Whether the field is too large to be made: the caller raises MemoryError before formatting.
    pub fn too_large(&self) -> bool {
        self.width.max(self.precision) > Some(crate::format::MAX_FIELD)
    }

    fn letter(&self) -> char {
        char::from_u32(self.code).unwrap_or('\0')
    }

    /// `%d %i %u %o %x %X` of an int.
    pub fn int(&self, value: &IBig) -> String {
        let (radix, prefix) = match self.letter() {
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = int::to_radix(value, radix).trim_start_matches('-').to_owned();
        if self.letter() == 'X' {
            digits.make_ascii_uppercase();
        }
        let missing = self.precision.unwrap_or(0).saturating_sub(digits.len());
        if missing > 0 {
            digits.insert_str(0, &"0".repeat(missing));
        }
        self.number(value.sign() == Sign::Negative, if self.alternate { prefix } else { "" }, &digits)
    }

    pub fn int_i64(&self, value: i64) -> String {
        let radix = match self.letter() {
            'd' | 'i' | 'u' => 10,
            'x' => 16,
            _ => return self.int(&IBig::from(value)),
        };
        if self.precision.is_some() || self.alternate {
            return self.int(&IBig::from(value));
        }
        let digits = int::Short::new(value.unsigned_abs(), radix);
        self.number(value < 0, "", digits.text())
    }

    /// `%e %E %f %F %g %G` of a float.
    pub fn float(&self, value: f64) -> String {
        let form = match self.letter() {
            'e' | 'E' => Form::Exp,
            'f' | 'F' => Form::Fixed,
            _ => Form::General,
        };
        let flags = Flags { alt: self.alternate, upper: self.letter().is_ascii_uppercase(), ..Flags::default() };
        let text = format_float(value, form, self.precision.unwrap_or(6), flags);
        if self.width.is_none() && !self.plus && !self.space {
            return text;
        }
        match text.strip_prefix('-') {
            Some(digits) => self.number(true, "", digits),
            None => self.number(false, "", &text),
        }
    }

    fn number(&self, negative: bool, prefix: &str, digits: &str) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let free = self.width.unwrap_or(0).saturating_sub(sign.len() + prefix.len() + digits.len());
        let (before, zeros, after) = match (self.left, self.zero) {
            (true, _) => (0, 0, free),
            (_, true) => (0, free, 0),
            _ => (free, 0, 0),
        };
        // std's own padding stops at 65,535.
        let repeat = |c: char, count: usize| std::iter::repeat_n(c, count);
        let mut out = String::with_capacity(before + zeros + after + digits.len() + 4);
        out.extend(repeat(' ', before));
        out.push_str(sign);
        out.push_str(prefix);
        out.extend(repeat('0', zeros));
        out.push_str(digits);
        out.extend(repeat(' ', after));
        out
    }

    /// Fill before a text (`%s %r %a %c %%`) of `chars` characters, how many of them are kept, fill after.
    pub fn text_layout(&self, chars: usize) -> (usize, usize, usize) {
        let keep = match self.letter() {
            'c' | '%' => chars,
            _ => self.precision.map_or(chars, |p| p.min(chars)),
        };
        let free = self.width.unwrap_or(0).saturating_sub(keep);
        if self.left { (0, keep, free) } else { (free, keep, 0) }
    }
}
