//! `format(decimal, spec)`.
//!
//! CPython: Modules/_decimal (mpd_parse_fmt_str, mpd_qformat_spec).

use super::coef::Tail;
use super::number::{Dec, Kind, Round, Rules, flag, to_text};

/// Separators and grouping of a locale or of an override dict.
#[derive(Clone, Debug)]
pub struct Numeric {
    pub point: String,
    pub separator: String,
    pub grouping: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: char,
    pub align: char,
    pub sign: char,
    pub no_negative_zero: bool,
    pub width: usize,
    pub precision: Option<i64>,
    pub kind: char,
    pub numeric: Numeric,
}

/// Reads a format spec; None when it is not one. `locale` is asked for the type 'n'.
pub fn parse(text: &[char], capitals: bool, locale: impl FnOnce() -> Numeric) -> Option<Spec> {
    let plain = Numeric { point: ".".into(), separator: String::new(), grouping: vec![] };
    let mut s = Spec {
        fill: ' ',
        align: '>',
        sign: '-',
        no_negative_zero: false,
        width: 0,
        precision: None,
        kind: 'g',
        numeric: plain,
    };
    if capitals {
        s.kind = 'G';
    }
    let is_align = |c: Option<&char>| c.is_some_and(|c| matches!(c, '<' | '>' | '=' | '^'));
    let mut i = 0;
    let mut has_align = false;
    if is_align(text.get(1)) {
        (s.fill, s.align, has_align, i) = (text[0], text[1], true, 2);
    } else if is_align(text.first()) {
        (s.align, has_align, i) = (text[0], true, 1);
    }
    if let Some(c @ ('+' | '-' | ' ')) = text.get(i) {
        (s.sign, i) = (*c, i + 1);
    }
    if text.get(i) == Some(&'z') {
        (s.no_negative_zero, i) = (true, i + 1);
    }
    if text.get(i) == Some(&'0') {
        // Zero padding is an alignment of its own.
        if has_align {
            return None;
        }
        (s.align, s.fill, i) = ('z', '0', i + 1);
    }
    let number = |i: &mut usize| -> Option<Option<i64>> {
        let start = *i;
        let mut n = 0i64;
        while let Some(d) = text.get(*i).and_then(|c| c.to_digit(10)).filter(|_| text[*i].is_ascii()) {
            n = n.checked_mul(10)?.checked_add(i64::from(d))?;
            *i += 1;
        }
        Some((*i > start).then_some(n))
    };
    if let Some(w) = number(&mut i)? {
        s.width = usize::try_from(w).ok().filter(|w| *w < 1 << 40)?;
    }
    if let Some(c @ (',' | '_')) = text.get(i) {
        s.numeric.separator = c.to_string();
        s.numeric.grouping = vec![3, 0];
        i += 1;
    }
    if text.get(i) == Some(&'.') {
        i += 1;
        s.precision = Some(number(&mut i)??);
    }
    if let Some(c) = text.get(i) {
        match c {
            'E' | 'e' | 'F' | 'f' | 'G' | 'g' | '%' => s.kind = *c,
            'N' | 'n' => {
                if !s.numeric.separator.is_empty() {
                    return None;
                }
                s.kind = if *c == 'N' { 'G' } else { 'g' };
                s.numeric = locale();
            }
            _ => return None,
        }
        i += 1;
    }
    (i == text.len()).then_some(s)
}

/// The number as text under a spec; None when it does not fit.
pub fn format(d: &Dec, s: &Spec, rules: &Rules) -> Option<String> {
    let mut spec = s.clone();
    if !d.is_finite() && spec.align == 'z' {
        (spec.align, spec.fill) = ('>', ' ');
    }
    let mut d = d.clone();
    let mut status = 0;
    if d.is_finite() {
        if spec.kind == '%' {
            d.exp += 2;
        }
        if d.coef.is_zero() && d.exp > 0 && matches!(spec.kind, 'f' | 'F' | '%') {
            d.exp = 0;
        }
        round_for(&mut d, &spec, rules.round, &mut status);
        if status & flag::MALLOC_ERROR != 0 {
            return None;
        }
        if spec.no_negative_zero && d.coef.is_zero() {
            d.negative = false;
        }
    }
    let (integer, fraction, exponent) = parts(&d, &spec);
    let sign = if d.negative {
        "-"
    } else if spec.sign == '-' {
        ""
    } else if spec.sign == '+' {
        "+"
    } else {
        " "
    };
    let mut tail = String::new();
    if !fraction.is_empty() {
        tail.push_str(&spec.numeric.point);
        tail.push_str(&fraction);
    }
    tail.push_str(&exponent);
    if spec.kind == '%' {
        tail.push('%');
    }
    let tail_len = tail.chars().count();
    let room = if spec.align == 'z' { spec.width.saturating_sub(sign.len() + tail_len) } else { 0 };
    let integer = if d.is_finite() { grouped(&integer, &spec, room) } else { integer };
    let len = sign.len() + integer.chars().count() + tail_len;
    let pad = |n: usize| std::iter::repeat_n(spec.fill, n).collect::<String>();
    let missing = spec.width.saturating_sub(len);
    Some(match spec.align {
        '<' => format!("{sign}{integer}{tail}{}", pad(missing)),
        '=' => format!("{sign}{}{integer}{tail}", pad(missing)),
        '^' => format!("{}{sign}{integer}{tail}{}", pad(missing / 2), pad(missing - missing / 2)),
        'z' => format!("{sign}{integer}{tail}"),
        _ => format!("{}{sign}{integer}{tail}", pad(missing)),
    })
}

/// Rounds to what the precision of the spec asks for.
fn round_for(d: &mut Dec, spec: &Spec, round: Round, status: &mut u32) {
    let Some(p) = spec.precision else { return };
    let to_exp = |d: &mut Dec, exp: i64, status: &mut u32| {
        if d.exp < exp {
            d.cut((exp - d.exp) as u64, round);
        } else {
            d.coef = d.coef.grown((d.exp - exp) as u64, status);
        }
        d.exp = exp;
    };
    match spec.kind {
        'f' | 'F' | '%' => to_exp(d, -p, status),
        'e' | 'E' => {
            if d.coef.is_zero() {
                return;
            }
            let digits = d.coef.digits();
            if digits > p + 1 {
                cut_to(d, p + 1, round);
            } else {
                d.coef = d.coef.grown((p + 1 - digits) as u64, status);
                d.exp -= p + 1 - digits;
            }
        }
        _ => {
            let p = p.max(1);
            if d.coef.digits() > p {
                cut_to(d, p, round);
            }
        }
    }
}

fn cut_to(d: &mut Dec, digits: i64, round: Round) {
    let n = d.coef.digits() - digits;
    let tail = d.cut(n as u64, round);
    d.exp += n;
    if tail != Tail::Zero && d.coef.digits() > digits {
        d.coef = d.coef.cut(1).0;
        d.exp += 1;
    }
}

/// Integer digits, fraction digits and exponent text.
fn parts(d: &Dec, spec: &Spec) -> (String, String, String) {
    if d.kind != Kind::Finite {
        return (to_text(&Dec { negative: false, ..d.clone() }, false, true), String::new(), String::new());
    }
    let text = d.coef.text();
    let n = text.len() as i64;
    let left = d.exp + n;
    let point = match spec.kind {
        'e' | 'E' if d.coef.is_zero() && spec.precision.is_some() => 1 - spec.precision.unwrap_or(0),
        'e' | 'E' => 1,
        'f' | 'F' | '%' => left,
        _ if d.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    let (integer, fraction) = if point < 0 {
        ("0".to_owned(), format!("{}{text}", "0".repeat(-point as usize)))
    } else if point > n {
        (format!("{text}{}", "0".repeat((point - n) as usize)), String::new())
    } else {
        let (a, b) = text.split_at(point as usize);
        (if a.is_empty() { "0".to_owned() } else { a.to_owned() }, b.to_owned())
    };
    let exp = left - point;
    let exponent = match spec.kind {
        'e' | 'g' if exp != 0 || spec.kind == 'e' => format!("e{exp:+}"),
        'E' | 'G' if exp != 0 || spec.kind == 'E' => format!("E{exp:+}"),
        _ => String::new(),
    };
    (integer, fraction, exponent)
}

/// Inserts separators; with zero padding the zeros take part, up to `room` characters.
fn grouped(digits: &str, spec: &Spec, room: usize) -> String {
    let sep = &spec.numeric.separator;
    let sep_len = sep.chars().count();
    if sep.is_empty() || spec.numeric.grouping.is_empty() {
        let missing = room.saturating_sub(digits.len());
        return format!("{}{digits}", "0".repeat(missing));
    }
    let mut groups: Vec<String> = vec![];
    let mut rest = digits.to_owned();
    let mut room = room as isize;
    let mut sizes = spec.numeric.grouping.iter();
    let mut size = 0;
    loop {
        // The last size repeats (0 at the end) or is followed by one group of all that is left (127).
        size = match sizes.next() {
            Some(0) | None => size,
            Some(n) => *n as usize,
        };
        // At least one digit stands left of a separator.
        let most = rest.len().max(room.max(1) as usize);
        let all = size == 0 || size == 127;
        let take = if all { most } else { most.min(size) };
        let cut = rest.len().saturating_sub(take);
        groups.push(format!("{}{}", "0".repeat(take.saturating_sub(rest.len())), &rest[cut..]));
        rest.truncate(cut);
        room -= take as isize;
        if all || (rest.is_empty() && room <= 0) {
            break;
        }
        room -= sep_len as isize;
    }
    groups.reverse();
    groups.join(sep)
}

#[cfg(test)]
fn dec(n: i64, exp: i64) -> Dec {
    Dec::finite(n < 0, super::coef::Coef::Small(u128::from(n.unsigned_abs())), exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(d: &Dec, spec: &str) -> String {
        let chars: Vec<char> = spec.chars().collect();
        let s = parse(&chars, true, || Numeric { point: ".".into(), separator: String::new(), grouping: vec![] });
        s.and_then(|s| format(d, &s, &Rules::MAX)).unwrap_or_default()
    }

    #[test]
    fn padding_and_groups() {
        assert_eq!(shown(&dec(1234567, 0), ","), "1,234,567");
        assert_eq!(shown(&dec(123, 0), "05,"), "0,123");
        assert_eq!(shown(&dec(123, 0), "06,"), "00,123");
        assert_eq!(shown(&dec(123456, -2), ".1f"), "1234.6");
        assert_eq!(shown(&dec(0, 0), ".3e"), "0.000e+3");
    }
}
