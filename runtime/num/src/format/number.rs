//! Formatting of int, float and complex.

use super::spec::{Align, FormatError, FormatSpec, Grouping, Kind, SignMode};
use super::text::{Layout, padding};
use crate::complex::Complex;
use crate::float::{Flags, Form, format_float};
use crate::int;
use dashu_int::{IBig, Sign};

/// The texts that make up one number, before padding.
struct Parts<'a> {
    negative: bool,
    prefix: &'a str,
    /// Digits before the point.
    whole: &'a str,
    /// Digits after the point, None without a point.
    fraction: Option<&'a str>,
    /// Exponent, percent sign, or all of "inf".
    rest: &'a str,
}

impl<'a> Parts<'a> {
    /// Splits `[-]ddd[.ddd]rest`.
    fn split(text: &'a str, prefix: &'a str) -> Parts<'a> {
        let (negative, body) = match text.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = body.split_at(digits(body));
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) => {
                let (fraction, rest) = after.split_at(digits(after));
                (Some(fraction), rest)
            }
            None => (None, rest),
        };
        Parts { negative, prefix, whole, fraction, rest }
    }
}

/// How digits are grouped: separators with the number of digits between two.
#[derive(Clone, Copy)]
struct Groups {
    whole: Grouping,
    fraction: Grouping,
    size: usize,
}

impl Groups {
    fn of(spec: &FormatSpec) -> Groups {
        let size = if matches!(spec.code, 'b' | 'o' | 'x' | 'X') { 4 } else { 3 };
        Groups { whole: spec.grouping, fraction: spec.fraction_grouping, size }
    }
}

/// `digits` with separators, zeros added on the left until it has `min_width` characters (or one more, where a
/// separator would come first).
fn group_whole(digits: &str, groups: Groups, min_width: usize) -> String {
    let Some(separator) = groups.whole.separator() else { return digits.to_owned() };
    let mut reversed = Vec::with_capacity(min_width.max(digits.len()) * 4 / 3 + 2);
    let mut left = digits.bytes().rev();
    let mut in_group = 0;
    loop {
        let next = left.next();
        if next.is_none() && reversed.len() >= min_width {
            break;
        }
        if in_group == groups.size {
            reversed.push(separator as u8);
            in_group = 0;
        }
        reversed.push(next.unwrap_or(b'0'));
        in_group += 1;
    }
    reversed.iter().rev().map(|&b| b as char).collect()
}

fn group_fraction(digits: &str, groups: Groups) -> String {
    let Some(separator) = groups.fraction.separator() else { return digits.to_owned() };
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

fn sign_text(negative: bool, mode: SignMode) -> &'static str {
    match (negative, mode) {
        (true, _) => "-",
        (false, SignMode::Minus) => "",
        (false, SignMode::Plus) => "+",
        (false, SignMode::Space) => " ",
    }
}

/// Joins the parts with grouping and zero padding, then pads to the width.
fn assemble(spec: &FormatSpec, parts: &Parts<'_>, upper: bool) -> String {
    let groups = Groups::of(spec);
    let sign = sign_text(parts.negative, spec.sign);
    if spec.width.is_none() && parts.fraction.is_none() && groups.whole == Grouping::None && !upper {
        return [sign, parts.prefix, parts.whole, parts.rest].concat();
    }
    let grouped_fraction;
    let fraction = match parts.fraction {
        Some(digits) if groups.fraction != Grouping::None => {
            grouped_fraction = group_fraction(digits, groups);
            Some(grouped_fraction.as_str())
        }
        plain => plain,
    };
    // The rest may be one non-ASCII character (format code c).
    let fixed = sign.len() + parts.prefix.len() + fraction.map_or(0, |f| 1 + f.len()) + parts.rest.chars().count();
    let grouped_whole;
    let whole = if groups.whole == Grouping::None || parts.whole.is_empty() {
        parts.whole
    } else {
        // Zeros that fill the field are grouped with the digits.
        let zero_fill = spec.fill == '0' && spec.align == Align::AfterSign;
        let min_width = if zero_fill { spec.width.unwrap_or(0).saturating_sub(fixed) } else { 0 };
        grouped_whole = group_whole(parts.whole, groups, min_width);
        &grouped_whole
    };
    let used = fixed + whole.len();
    let (before, between, after) = match (padding(spec, used), spec.align) {
        ((free, _), Align::AfterSign) => (0, free, 0),
        ((before, after), _) => (before, 0, after),
    };
    let mut out = String::with_capacity(used + (before + between + after) * spec.fill.len_utf8() + 4);
    let fill = |out: &mut String, count: usize| out.extend(std::iter::repeat_n(spec.fill, count));
    fill(&mut out, before);
    out.push_str(sign);
    out.push_str(parts.prefix);
    fill(&mut out, between);
    let digits_at = out.len();
    out.push_str(whole);
    if upper {
        out[digits_at..].make_ascii_uppercase();
    }
    if let Some(digits) = fraction {
        out.push('.');
        out.push_str(digits);
    }
    out.push_str(parts.rest);
    fill(&mut out, after);
    out
}

/// `format(value, spec)`. An empty spec is `str(value)`, which the caller may have shortcut.
pub fn format_int(spec: &str, value: &IBig, type_name: &str) -> Result<String, FormatError> {
    let spec = FormatSpec::parse(spec, Kind::Int, type_name)?;
    match spec.code {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => integer(&spec, value),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let x = int::to_f64(value)
                .map_err(|_| FormatError::Overflow("int too large to convert to float".to_owned()))?;
            float(&spec, x)
        }
        code => Err(FormatError::unknown_code(code, type_name)),
    }
}

pub fn format_i64(spec: &str, value: i64, type_name: &str) -> Result<String, FormatError> {
    let parsed = FormatSpec::parse(spec, Kind::Int, type_name)?;
    let (radix, prefix) = match parsed.code {
        'd' => (10, ""),
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        _ => return format_int(spec, &IBig::from(value), type_name),
    };
    if parsed.precision.is_some() || parsed.no_neg_0 {
        return format_int(spec, &IBig::from(value), type_name);
    }
    let digits = int::Short::new(value.unsigned_abs(), radix);
    let parts = Parts {
        negative: value < 0,
        prefix: if parsed.alternate { prefix } else { "" },
        whole: digits.text(),
        fraction: None,
        rest: "",
    };
    Ok(assemble(&parsed, &parts, false))
}

fn integer(spec: &FormatSpec, value: &IBig) -> Result<String, FormatError> {
    let refuse = |text: &str| Err(FormatError::value(text));
    if spec.precision.is_some() {
        return refuse("Precision not allowed in integer format specifier");
    }
    if spec.no_neg_0 {
        return refuse("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if spec.code == 'c' {
        return character(spec, value);
    }
    let (radix, prefix) = match spec.code {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let text = int::to_radix(value, radix);
    let parts = Parts {
        negative: value.sign() == Sign::Negative,
        prefix: if spec.alternate { prefix } else { "" },
        whole: text.trim_start_matches('-'),
        fraction: None,
        rest: "",
    };
    Ok(assemble(spec, &parts, spec.code == 'X'))
}

fn character(spec: &FormatSpec, value: &IBig) -> Result<String, FormatError> {
    if spec.sign_given {
        return Err(FormatError::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(FormatError::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let Some(number) = int::to_i64(value) else {
        return Err(FormatError::Overflow("Python int too large to convert to C long".to_owned()));
    };
    let code = u32::try_from(number).ok().filter(|&c| c < 0x11_0000);
    let code = code.ok_or_else(|| FormatError::Overflow("%c arg not in range(0x110000)".to_owned()))?;
    let Some(c) = char::from_u32(code) else {
        let (left, right) = padding(spec, 1);
        return Err(FormatError::Surrogate(code, Layout { left, keep: 1, right, fill: spec.fill }));
    };
    let text = c.to_string();
    let parts = Parts { negative: false, prefix: "", whole: "", fraction: None, rest: &text };
    Ok(assemble(spec, &parts, false))
}

/// `format(value, spec)` for a float.
pub fn format_f64(spec: &str, value: f64, type_name: &str) -> Result<String, FormatError> {
    let spec = FormatSpec::parse(spec, Kind::Float, type_name)?;
    match spec.code {
        '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%' => float(&spec, value),
        code => Err(FormatError::unknown_code(code, type_name)),
    }
}

/// The conversion that a type letter stands for, with precision.
fn conversion(spec: &FormatSpec, dot_0: bool) -> Result<(Form, usize, Flags), FormatError> {
    if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
        return Err(FormatError::value("precision too big"));
    }
    let flags = Flags {
        plus: false,
        add_dot_0: spec.code == '\0' && dot_0,
        alt: spec.alternate,
        no_neg_0: spec.no_neg_0,
        upper: matches!(spec.code, 'E' | 'F' | 'G'),
    };
    let form = match (spec.code, spec.precision) {
        ('\0', None) => Form::Repr,
        ('e' | 'E', _) => Form::Exp,
        ('f' | 'F' | '%', _) => Form::Fixed,
        _ => Form::General,
    };
    Ok((form, spec.precision.unwrap_or(6), flags))
}

fn float(spec: &FormatSpec, value: f64) -> Result<String, FormatError> {
    let (form, precision, flags) = conversion(spec, true)?;
    let percent = spec.code == '%';
    let mut text = format_float(if percent { value * 100.0 } else { value }, form, precision, flags);
    if percent {
        text.push('%');
    }
    let plain = spec.width.is_none() && spec.sign == SignMode::Minus;
    if plain && spec.grouping == Grouping::None && spec.fraction_grouping == Grouping::None {
        return Ok(text);
    }
    Ok(assemble(spec, &Parts::split(&text, ""), false))
}

/// `format(value, spec)` for a complex.
pub fn format_complex(spec: &str, value: Complex, type_name: &str) -> Result<String, FormatError> {
    let spec = FormatSpec::parse(spec, Kind::Complex, type_name)?;
    if !matches!(spec.code, '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') {
        return Err(FormatError::unknown_code(spec.code, type_name));
    }
    let (form, precision, flags) = conversion(&spec, false)?;
    if spec.fill == '0' {
        return Err(FormatError::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(FormatError::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let plain = spec.code == '\0';
    let skip_real = plain && value.re == 0.0 && value.re.is_sign_positive();
    let parens = plain && !skip_real;
    let mut inner = FormatSpec { width: None, align: Align::Left, fill: ' ', ..spec.clone() };
    let mut text = String::new();
    if parens {
        text.push('(');
    }
    if !skip_real {
        let re = format_float(value.re, form, precision, flags);
        text.push_str(&assemble(&inner, &Parts::split(&re, ""), false));
        inner.sign = SignMode::Plus;
    }
    let im = format_float(value.im, form, precision, flags);
    text.push_str(&assemble(&inner, &Parts::split(&im, ""), false));
    text.push_str(if parens { "j)" } else { "j" });
    let (left, right) = padding(&spec, text.len());
    let fill = |count: usize| std::iter::repeat_n(spec.fill, count);
    Ok(fill(left).chain(text.chars()).chain(fill(right)).collect())
}
