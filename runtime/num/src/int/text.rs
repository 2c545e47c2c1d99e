//! Between int and its digits in any radix.
//!
//! *Invariants*: the digit limit is checked before any work that grows faster than the text.
//! *CPython*: longobject.c, PyLong_FromString and long_to_decimal_string.

use super::arith::bit_length;
use crate::tail::Tail;
use dashu_int::{IBig, Sign, UBig};

/// Why a text is not an int.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// ValueError: invalid literal for int() with base ...
    Invalid,
    /// ValueError: the limit on decimal digits; the payload is the number of digits in the text.
    TooManyDigits(usize),
}

/// An int that was read, with the number of digits in the text (leading zeros count, underscores do not).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub value: IBig,
    pub digits: usize,
}

/// CPython looks at the limit only for texts longer than this.
const LIMIT_THRESHOLD: usize = 640;

/// `int(text, base)` where base is 0 or 2 to 36. ASCII white space around the number is skipped; other spaces and
/// digits must have been mapped to ASCII by the caller. `max_digits` 0 means no limit.
pub fn parse(text: &[u8], base: u32, max_digits: usize) -> Result<Parsed, ParseError> {
    let space = |b: &u8| matches!(b, b' ' | b'\t'..=b'\r');
    let start = text.iter().take_while(|b| space(b)).count();
    let mut rest = &text[start..];
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), tail @ ..] = rest {
        negative = *sign == b'-';
        rest = tail;
    }
    let (base, must_be_zero, mut rest) = split_prefix(rest, base);
    if !(2..=36).contains(&base) {
        return Err(ParseError::Invalid);
    }
    if rest.first() == Some(&b'_') {
        return Err(ParseError::Invalid);
    }
    let (length, digits) = scan_digits(rest, base).ok_or(ParseError::Invalid)?;
    let body;
    (body, rest) = rest.split_at(length);
    if !base.is_power_of_two() && digits > LIMIT_THRESHOLD && max_digits > 0 && digits > max_digits {
        return Err(ParseError::TooManyDigits(digits));
    }
    if !rest.iter().all(space) {
        return Err(ParseError::Invalid);
    }
    let magnitude = digits_value(body, digits, base).ok_or(ParseError::Invalid)?;
    if must_be_zero && !magnitude.is_zero() {
        return Err(ParseError::Invalid);
    }
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    Ok(Parsed { value: IBig::from_parts(sign, magnitude), digits })
}

/// Resolves base 0 and eats the prefix that goes with the base. The flag says that only zeros may follow.
fn split_prefix(text: &[u8], base: u32) -> (u32, bool, &[u8]) {
    let marked = match text {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let (actual, must_be_zero) = match (base, text.first()) {
        (0, Some(b'0')) if marked != 0 => (marked, false),
        (0, Some(b'0')) => (10, true),
        (0, _) => (10, false),
        _ => (base, false),
    };
    if marked != 0 && marked == actual {
        let rest = &text[2..];
        // One underscore may stand between prefix and digits.
        return (actual, must_be_zero, rest.strip_prefix(b"_").unwrap_or(rest));
    }
    (actual, must_be_zero, text)
}

/// Length of the run of digits and single underscores between them, with the number of digits.
fn scan_digits(text: &[u8], base: u32) -> Option<(usize, usize)> {
    let mut digits = 0;
    let mut after_digit = false;
    let mut length = 0;
    for &b in text {
        if u32::from(DIGITS[usize::from(b)]) < base {
            digits += 1;
            after_digit = true;
        } else if b == b'_' {
            if !std::mem::take(&mut after_digit) {
                return None;
            }
        } else {
            break;
        }
        length += 1;
    }
    after_digit.then_some((length, digits))
}

/// The value of each byte as a digit, 255 where it is none.
const DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 36 {
        let b = b"0123456789abcdefghijklmnopqrstuvwxyz"[i];
        table[b as usize] = i as u8;
        table[b.to_ascii_uppercase() as usize] = i as u8;
        i += 1;
    }
    table
};

fn digits_value(body: &[u8], digits: usize, base: u32) -> Option<UBig> {
    let values = body.iter().filter(|&&b| b != b'_').map(|&b| u64::from(DIGITS[usize::from(b)]));
    if digits <= 12 {
        return Some(UBig::from(values.fold(0u64, |v, d| v * u64::from(base) + d)));
    }
    // A digit has less than six bits.
    if digits <= SHORT_WORDS * 64 / 6 {
        return Some(short_value(values, u64::from(base)));
    }
    let clean: String = body.iter().filter(|&&b| b != b'_').map(|&b| b as char).collect();
    UBig::from_str_radix(&clean, base).ok()
}

/// Collects digits into words, as many at once as a word holds.
fn short_value(mut values: impl Iterator<Item = u64>, base: u64) -> UBig {
    let mut words = [0u64; SHORT_WORDS];
    let mut used = 0;
    loop {
        let (mut chunk, mut scale) = (0u64, 1u64);
        while let Some(next) = scale.checked_mul(base) {
            let Some(d) = values.next() else { break };
            chunk = chunk * base + d;
            scale = next;
        }
        if scale == 1 {
            return UBig::from_words(&words[..used]);
        }
        let mut carry = chunk;
        for w in &mut words[..used] {
            let wide = u128::from(*w) * u128::from(scale) + u128::from(carry);
            (*w, carry) = (wide as u64, (wide >> 64) as u64);
        }
        if carry != 0 {
            words[used] = carry;
            used += 1;
        }
    }
}

/// A plain run of 1 to 18 ASCII digits with an optional sign: the common case of `int(str)`.
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if body.is_empty() || body.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for b in body {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(b - b'0');
    }
    Some(if negative { -value } else { value })
}

/// `str(value)`. The caller has asked `exceeds_digit_limit` if a limit is set.
pub fn to_str(value: &IBig) -> String {
    let (sign, words) = value.as_sign_words();
    let minus = if sign == Sign::Negative { "-" } else { "" };
    match words {
        [] => "0".to_owned(),
        [w] => format!("{minus}{w}"),
        [low, high] => format!("{minus}{}", u128::from(*high) << 64 | u128::from(*low)),
        _ if words.len() <= SHORT_WORDS => short_decimal(minus, words),
        _ => value.to_string(),
    }
}

pub fn to_str_i64(value: i64) -> String {
    value.to_string()
}

/// Up to this many words, dividing the number down by 10**19 beats dashu's general way.
const SHORT_WORDS: usize = 12;

fn short_decimal(minus: &str, words: &[u64]) -> String {
    const CHUNK: u64 = 10_000_000_000_000_000_000;
    let mut buffer = [0u64; SHORT_WORDS];
    buffer[..words.len()].copy_from_slice(words);
    let mut used = words.len();
    let mut chunks = [0u64; SHORT_WORDS * 2];
    let mut count = 0;
    while used > 0 {
        let mut rem = 0u64;
        for w in buffer[..used].iter_mut().rev() {
            let wide = u128::from(rem) << 64 | u128::from(*w);
            *w = (wide / u128::from(CHUNK)) as u64;
            rem = (wide % u128::from(CHUNK)) as u64;
        }
        chunks[count] = rem;
        count += 1;
        while used > 0 && buffer[used - 1] == 0 {
            used -= 1;
        }
    }
    let mut out = String::with_capacity(count * 19 + 1);
    out.push_str(minus);
    for (i, chunk) in chunks[..count].iter().rev().enumerate() {
        let digits = Short::new(*chunk, 10);
        if i > 0 {
            out.extend(std::iter::repeat_n('0', 19 - digits.text().len()));
        }
        out.push_str(digits.text());
    }
    out
}

/// Digits in radix 2 to 36, lower case, '-' first, no prefix.
pub fn to_radix(value: &IBig, radix: u32) -> String {
    match radix {
        10 => to_str(value),
        2 | 8 | 16 => match (value.as_sign_words(), radix) {
            ((_, []), _) => "0".to_owned(),
            ((Sign::Positive, [w]), 2) => format!("{w:b}"),
            ((Sign::Positive, [w]), 8) => format!("{w:o}"),
            ((Sign::Positive, [w]), 16) => format!("{w:x}"),
            _ => value.in_radix(radix as u8).to_string(),
        },
        _ => value.in_radix(radix.clamp(2, 36) as u8).to_string(),
    }
}

/// The digits of a number of one word in radix 2 to 16, on the stack.
pub struct Short(Tail<64>);

/// The two digits of each number below a hundred.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + n as u8 / 10, b'0' + n as u8 % 10];
        n += 1;
    }
    pairs
};

impl Short {
    #[inline]
    pub fn new(n: u64, radix: u32) -> Short {
        match radix {
            2 => Short::of_bits(n, 1),
            8 => Short::of_bits(n, 3),
            16 => Short::of_bits(n, 4),
            _ => Short::decimal(n),
        }
    }
    fn of_bits(mut n: u64, bits: u32) -> Short {
        let mut s = Tail::new();
        loop {
            s.put(b"0123456789abcdef"[(n & ((1 << bits) - 1)) as usize & 15]);
            n >>= bits;
            if n == 0 {
                return Short(s);
            }
        }
    }
    fn decimal(mut n: u64) -> Short {
        let mut s = Tail::new();
        while n >= 100 {
            let [tens, ones] = PAIRS[(n % 100) as usize];
            n /= 100;
            s.put(ones);
            s.put(tens);
        }
        let [tens, ones] = PAIRS[n as usize];
        s.put(ones);
        if n >= 10 {
            s.put(tens);
        }
        Short(s)
    }
    pub fn text(&self) -> &str {
        self.0.text()
    }
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Whether `str(value)` would have more than `max_digits` digits (0: no limit).
pub fn exceeds_digit_limit(value: &IBig, max_digits: usize) -> bool {
    let bits = bit_length(value);
    // 10**n has more than 3.32 n bits, so most values never get to the exact test.
    if max_digits == 0 || bits <= max_digits.saturating_mul(332) / 100 {
        return false;
    }
    if bits > max_digits.saturating_mul(333) / 100 + 4 {
        return true;
    }
    UBig::from_words(value.as_sign_words().1) >= UBig::from(10u8).pow(max_digits)
}
