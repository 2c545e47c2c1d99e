//! The format specifier: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.

use super::text::Layout;

/// A format that cannot be carried out, with the exception's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    Value(String),
    Overflow(String),
    /// MemoryError: the field would be larger than `MAX_FIELD`.
    Memory,
    /// Not an error: code c of a surrogate, which no String can hold; the caller lays it out.
    Surrogate(u32, Layout),
}

/// Wider fields are refused before memory is asked for.
pub const MAX_FIELD: usize = 1 << 32;

impl FormatError {
    pub(crate) fn value(text: impl Into<String>) -> FormatError {
        FormatError::Value(text.into())
    }

    /// "Unknown format code ..."
    pub(crate) fn unknown_code(code: char, type_name: &str) -> FormatError {
        let shown = show_code(code);
        FormatError::Value(format!("Unknown format code '{shown}' for object of type '{type_name}'"))
    }

    /// The exception's text.
    pub fn text(&self) -> &str {
        match self {
            FormatError::Value(t) | FormatError::Overflow(t) => t,
            FormatError::Memory | FormatError::Surrogate(..) => "",
        }
    }
}

fn show_code(code: char) -> String {
    if code > ' ' && code < '\x7f' || code == '\x7f' { code.to_string() } else { format!("\\x{:x}", code as u32) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Between sign and digits.
    AfterSign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignMode {
    Minus,
    Plus,
    Space,
}

/// A separator between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
}

impl Grouping {
    pub(crate) fn separator(self) -> Option<char> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(','),
            Grouping::Underscore => Some('_'),
        }
    }
}

/// What kind of object a specifier is read for: it sets the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Str,
    Int,
    Float,
    Complex,
}

/// A parsed specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: char,
    pub align: Align,
    pub sign: SignMode,
    /// `sign` was written, even as '-'.
    pub sign_given: bool,
    pub no_neg_0: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub precision: Option<usize>,
    pub fraction_grouping: Grouping,
    /// The type letter, or '\0' when there is none and the kind has no default.
    pub code: char,
}

fn alignment(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// A cursor over the specifier's characters.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A decimal number, None when there is no digit.
    fn integer(&mut self) -> Result<Option<usize>, FormatError> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Ok(None);
        }
        let value = self.rest[..count]
            .parse::<i64>()
            .map_err(|_| FormatError::value("Too many decimal digits in format string"))?;
        self.rest = &self.rest[count..];
        Ok(Some(value as usize))
    }

    /// `,` or `_`, but not both.
    fn grouping(&mut self) -> Result<Grouping, FormatError> {
        let both = || Err(FormatError::value("Cannot specify both ',' and '_'."));
        if self.take(',') {
            return if self.take('_') { both() } else { Ok(Grouping::Comma) };
        }
        if self.take('_') {
            return if self.peek() == Some(',') { both() } else { Ok(Grouping::Underscore) };
        }
        Ok(Grouping::None)
    }
}

impl FormatSpec {
    /// Reads `text` as the specifier for an object of `kind`, whose type's name goes into error texts.
    /// Decimal digits of other scripts must have been mapped to ASCII by the caller.
    pub fn parse(text: &str, kind: Kind, type_name: &str) -> Result<FormatSpec, FormatError> {
        let numeric = kind != Kind::Str;
        let mut spec = FormatSpec {
            fill: ' ',
            align: if numeric { Align::Right } else { Align::Left },
            sign: SignMode::Minus,
            sign_given: false,
            no_neg_0: false,
            alternate: false,
            width: None,
            grouping: Grouping::None,
            precision: None,
            fraction_grouping: Grouping::None,
            code: match kind {
                Kind::Str => 's',
                Kind::Int => 'd',
                Kind::Float | Kind::Complex => '\0',
            },
        };
        let mut reader = Reader { rest: text };
        let (fill_given, align_given) = spec.read_alignment(&mut reader);
        spec.read_flags(&mut reader);
        if !fill_given && reader.take('0') {
            spec.fill = '0';
            if !align_given && numeric {
                spec.align = Align::AfterSign;
            }
        }
        spec.width = reader.integer()?;
        spec.grouping = reader.grouping()?;
        if reader.take('.') {
            spec.precision = reader.integer()?;
            spec.fraction_grouping = reader.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping == Grouping::None {
                return Err(FormatError::value("Format specifier missing precision"));
            }
        }
        let mut tail = reader.rest.chars();
        if let Some(code) = tail.next() {
            if tail.next().is_some() {
                let message = format!("Invalid format specifier '{text}' for object of type '{type_name}'");
                return Err(FormatError::Value(message));
            }
            spec.code = code;
        }
        spec.check_grouping()?;
        // A str's precision only cuts; elsewhere both make the result longer.
        let precision = if kind == Kind::Str { None } else { spec.precision };
        if spec.width.max(precision.filter(|&p| p <= i32::MAX as usize)) > Some(MAX_FIELD) {
            return Err(FormatError::Memory);
        }
        Ok(spec)
    }

    fn read_alignment(&mut self, reader: &mut Reader<'_>) -> (bool, bool) {
        let mut ahead = reader.rest.chars();
        let (first, second) = (ahead.next(), ahead.next());
        if let (Some(fill), Some(align)) = (first, second.and_then(alignment)) {
            (self.fill, self.align) = (fill, align);
            reader.rest = ahead.as_str();
            return (true, true);
        }
        if let Some(align) = first.and_then(alignment) {
            self.align = align;
            reader.rest = &reader.rest[1..];
            return (false, true);
        }
        (false, false)
    }

    fn read_flags(&mut self, reader: &mut Reader<'_>) {
        for (c, mode) in [('+', SignMode::Plus), ('-', SignMode::Minus), (' ', SignMode::Space)] {
            if reader.take(c) {
                (self.sign, self.sign_given) = (mode, true);
                break;
            }
        }
        self.no_neg_0 = reader.take('z');
        self.alternate = reader.take('#');
    }

    fn check_grouping(&self) -> Result<(), FormatError> {
        let refuse = |grouping: Grouping| {
            let mark = grouping.separator().unwrap_or(',');
            Err(FormatError::Value(format!("Cannot specify '{mark}' with '{}'.", show_code(self.code))))
        };
        let allowed = match self.code {
            'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => true,
            'b' | 'o' | 'x' | 'X' => self.grouping == Grouping::Underscore,
            _ => false,
        };
        if self.grouping != Grouping::None && !allowed {
            return refuse(self.grouping);
        }
        if self.code == 'n' && self.fraction_grouping != Grouping::None {
            return refuse(self.fraction_grouping);
        }
        Ok(())
    }
}
