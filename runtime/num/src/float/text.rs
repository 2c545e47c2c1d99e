//! From decimal text to `f64` by the rules of `float(str)`.

/// `float(text)`: None when the text is not a number. White space around it must have been stripped, and decimal
/// digits of other scripts mapped to ASCII, by the caller.
pub fn parse(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return None;
    }
    if bytes.contains(&b'_') {
        return parse_strict(&drop_underscores(bytes)?);
    }
    parse_strict(text)
}

/// Underscores are allowed only between two digits.
pub(crate) fn drop_underscores(bytes: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut previous = 0u8;
    for &b in bytes {
        if b == b'_' {
            if !previous.is_ascii_digit() {
                return None;
            }
        } else {
            if previous == b'_' && !b.is_ascii_digit() {
                return None;
            }
            // A non-ASCII byte cannot be part of any number.
            if !b.is_ascii() {
                return None;
            }
            out.push(b as char);
        }
        previous = b;
    }
    if previous == b'_' { None } else { Some(out) }
}

/// std's grammar is Python's, apart from texts such as "infinity" which both take in any case.
fn parse_strict(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    if value.is_nan() {
        // "-nan" keeps its sign in Python, which copysign can see.
        return Some(if text.starts_with('-') { -f64::NAN } else { f64::NAN });
    }
    Some(value)
}

/// The length of the longest prefix that is a float literal (no white space, no underscores), 0 when none.
pub(crate) fn prefix_len(bytes: &[u8]) -> usize {
    let mut i = 0;
    if matches!(bytes.first(), Some(b'+' | b'-')) {
        i = 1;
    }
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if bytes.len() >= i + word.len() && bytes[i..i + word.len()].eq_ignore_ascii_case(word) {
            return i + word.len();
        }
    }
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = run(i);
    i += whole;
    let mut fraction = 0;
    if bytes.get(i) == Some(&b'.') {
        fraction = run(i + 1);
        if whole + fraction > 0 {
            i += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(i), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(i + 1), Some(b'+' | b'-')));
        let count = if i + 1 + sign <= bytes.len() { run(i + 1 + sign) } else { 0 };
        if count > 0 {
            i += 1 + sign + count;
        }
    }
    i
}
