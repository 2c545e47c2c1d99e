//! From an `f64` to decimal text in the forms repr, e, f and g.
//!
//! *Invariants*: digits come correctly rounded (half to even on the exact value), so every text equals CPython's.
//! *CPython*: pystrtod.c, format_float_short.

use super::exact::{self, Decimal};

/// Which of C's conversions is wanted; `Repr` is the shortest text that reads back the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Repr,
    Exp,
    Fixed,
    General,
}

/// Switches of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Write '+' before non-negative numbers.
    pub plus: bool,
    /// Append ".0" to a finite number that would look like an int.
    pub add_dot_0: bool,
    /// The `#` flag: keep the point and, for g, trailing zeros.
    pub alt: bool,
    /// The `z` flag: a result that reads as zero loses its minus sign.
    pub no_neg_0: bool,
    /// Upper-case exponent letter, INF and NAN.
    pub upper: bool,
}

/// Decimal digits without trailing zeros; the value is 0.DIGITS * 10**point.
struct Digits {
    negative: bool,
    text: Vec<u8>,
    point: i64,
}

/// Past this many digits a binary64 has only zeros, whatever the position.
const MAX_USEFUL: usize = 1100;

impl Digits {
    /// Reads any decimal text std or zmij produces: `[-]ddd[.ddd][e[-]dd]`.
    fn read(text: &str) -> Digits {
        let mut digits = Digits { negative: false, text: Vec::with_capacity(24), point: 0 };
        let mut exponent = 0i64;
        let mut seen_point = false;
        for (i, b) in text.bytes().enumerate() {
            match b {
                b'-' => digits.negative = true,
                b'.' => seen_point = true,
                b'e' | b'E' => {
                    exponent = read_exponent(&text[i + 1..]);
                    break;
                }
                _ => {
                    if b != b'0' || !digits.text.is_empty() {
                        digits.text.push(b);
                        if !seen_point {
                            digits.point += 1;
                        }
                    } else if seen_point {
                        digits.point -= 1;
                    }
                }
            }
        }
        digits.point += exponent;
        while digits.text.last() == Some(&b'0') {
            digits.text.pop();
        }
        digits
    }

    /// Shortest digits that read back the same.
    fn shortest(x: f64) -> Digits {
        let mut d = Digits::read(zmij::Buffer::new().format_finite(x));
        d.fix_zero();
        d
    }

    /// `count` significant digits.
    fn significant(x: f64, count: usize) -> Digits {
        if x != 0.0
            && let Some((digits, point)) = exact::significant(x, count)
        {
            let text = Decimal::new(u128::from(digits), 1).text().trim_end_matches('0').as_bytes().to_vec();
            return Digits { negative: x < 0.0, text, point };
        }
        let places = count.clamp(1, MAX_USEFUL) - 1;
        let mut d = Digits::read(&format!("{x:.places$e}"));
        d.fix_zero();
        d
    }

    /// `places` digits after the point.
    fn fixed(x: f64, places: usize) -> Digits {
        let cut = places.min(MAX_USEFUL);
        let mut d = Digits::read(&format!("{x:.cut$}"));
        if d.text.is_empty() {
            if x == 0.0 {
                d.fix_zero();
            } else {
                d.point = -(places as i64);
            }
        }
        d
    }

    /// Zero is the digit 0 before the point.
    fn fix_zero(&mut self) {
        if self.text.is_empty() {
            self.text.push(b'0');
            self.point = 1;
        }
    }
}

/// The number that follows an `e`.
fn read_exponent(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    let mut out = String::with_capacity(24);
    repr_into(x, &mut out);
    out
}

/// Appends `repr(x)` to `out`.
pub fn repr_into(x: f64, out: &mut String) {
    // Small whole numbers are the common case and need no shortest-digits search.
    if x.abs() < 1e15 && x == x.trunc() {
        if x.is_sign_negative() {
            out.push('-');
        }
        out.push_str(&(x.abs() as u64).to_string());
        out.push_str(".0");
        return;
    }
    if (1e-3..1e15).contains(&x.abs()) {
        // Here zmij writes no exponent, nor does Python.
        out.push_str(zmij::Buffer::new().format_finite(x));
        return;
    }
    out.push_str(&format_float(x, Form::Repr, 0, Flags { add_dot_0: true, ..Flags::default() }));
}

/// Formats `x` as C's printf would with `form` and `precision` (ignored for `Repr`).
pub fn format_float(x: f64, form: Form, precision: usize, flags: Flags) -> String {
    if !x.is_finite() {
        return non_finite(x, flags);
    }
    if form == Form::Fixed && (precision > 0 || !flags.alt) && precision <= MAX_USEFUL {
        return fixed(x, precision, flags);
    }
    let precision = if form == Form::General { precision.max(1) } else { precision };
    let mut digits = match form {
        Form::Repr => Digits::shortest(x),
        Form::Exp => Digits::significant(x, precision.saturating_add(1)),
        Form::Fixed => Digits::fixed(x, precision),
        Form::General => Digits::significant(x, precision),
    };
    if x == 0.0 {
        digits.negative = x.is_sign_negative();
    }
    if flags.no_neg_0 && (digits.text.is_empty() || digits.text == b"0") {
        digits.negative = false;
    }
    layout(&digits, form, precision as i64, flags)
}

/// The usual case of form f.
fn fixed(x: f64, precision: usize, flags: Flags) -> String {
    let mut out = String::with_capacity(32);
    let sign = |zero: bool, out: &mut String| {
        if x.is_sign_negative() && !(zero && flags.no_neg_0) {
            out.push('-');
        } else if flags.plus {
            out.push('+');
        }
    };
    if precision <= exact::MAX_PLACES
        && let Some(n) = exact::scaled(x, precision)
    {
        sign(n == 0, &mut out);
        let digits = Decimal::new(n, precision + 1);
        let (whole, fraction) = digits.text().split_at(digits.text().len() - precision);
        out.push_str(whole);
        if precision > 0 {
            out.push('.');
            out.push_str(fraction);
        }
        return out;
    }
    // Here std writes just as Python does.
    let digits = format!("{:.precision$}", x.abs());
    sign(digits.bytes().all(|b| matches!(b, b'0' | b'.')), &mut out);
    out.push_str(&digits);
    out
}

fn non_finite(x: f64, flags: Flags) -> String {
    let name = match (x.is_nan(), flags.upper) {
        (true, false) => "nan",
        (true, true) => "NAN",
        (false, false) => "inf",
        (false, true) => "INF",
    };
    let sign = if x < 0.0 {
        "-"
    } else if flags.plus {
        "+"
    } else {
        ""
    };
    format!("{sign}{name}")
}

/// Places sign, point, zeros and exponent around the digits.
fn layout(digits: &Digits, form: Form, precision: i64, flags: Flags) -> String {
    let mut point = digits.point;
    let (use_exp, mut end) = match form {
        Form::Exp => (true, precision),
        Form::Fixed => (false, point + precision),
        Form::General => {
            let limit = if flags.add_dot_0 { precision - 1 } else { precision };
            (point <= -4 || point > limit, if flags.alt { precision } else { 0 })
        }
        Form::Repr => (point <= -4 || point > 16, 0),
    };
    let count = digits.text.len() as i64;
    end = end.max(count);
    let mut exponent = 0;
    if use_exp {
        exponent = point - 1;
        point = 1;
        if form == Form::Exp {
            end = end.max(precision + 1);
        }
    }
    end = end.max(if !use_exp && flags.add_dot_0 { point + 1 } else { point });

    let mut out = String::with_capacity(end.max(0) as usize + 8);
    if digits.negative {
        out.push('-');
    } else if flags.plus {
        out.push('+');
    }
    let run = |from: i64, to: i64, out: &mut String| {
        let (have, want) = (from.clamp(0, count) as usize, to.clamp(0, count) as usize);
        zeros(out, to.min(0) - from.min(0));
        out.push_str(std::str::from_utf8(digits.text.get(have..want).unwrap_or(&[])).unwrap_or_default());
        zeros(out, to.max(count) - from.max(count));
    };
    if point <= 0 {
        out.push('0');
    } else {
        run(0, point, &mut out);
    }
    if end > point || flags.alt {
        out.push('.');
    }
    if end > point {
        run(point, end, &mut out);
    }
    if use_exp {
        out.push(if flags.upper { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(Decimal::new(u128::from(exponent.unsigned_abs()), 2).text());
    }
    out
}

fn zeros(out: &mut String, count: i64) {
    out.extend(std::iter::repeat_n('0', count.max(0) as usize));
}
