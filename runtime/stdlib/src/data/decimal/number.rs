//! [`Dec`], a decimal number, and [`Rules`], the settings that arithmetic obeys; text to number and back.
//!
//! Invariants: `exp` of a finite number is within +-4 * 10^18, so that sums of two fit a word. The coefficient of a NaN is its
//! payload, that of an infinity is zero.
//! Specification: General Decimal Arithmetic 1.70.

use super::coef::{Coef, Tail};
use std::cmp::Ordering;

pub const MAX_PREC: i64 = 999_999_999_999_999_999;
pub const MAX_EMAX: i64 = 999_999_999_999_999_999;
pub const MIN_EMIN: i64 = -999_999_999_999_999_999;
pub const MIN_ETINY: i64 = MIN_EMIN - (MAX_PREC - 1);

/// Conditions and signals, one bit each.
pub mod flag {
    pub const CLAMPED: u32 = 1;
    pub const CONVERSION_SYNTAX: u32 = 2;
    pub const DIVISION_BY_ZERO: u32 = 4;
    pub const DIVISION_IMPOSSIBLE: u32 = 8;
    pub const DIVISION_UNDEFINED: u32 = 0x10;
    pub const INEXACT: u32 = 0x40;
    pub const INVALID_CONTEXT: u32 = 0x80;
    pub const INVALID_OPERATION: u32 = 0x100;
    pub const MALLOC_ERROR: u32 = 0x200;
    pub const FLOAT_OPERATION: u32 = 0x400;
    pub const OVERFLOW: u32 = 0x800;
    pub const ROUNDED: u32 = 0x1000;
    pub const SUBNORMAL: u32 = 0x2000;
    pub const UNDERFLOW: u32 = 0x4000;
    /// What counts as the signal InvalidOperation.
    pub const INVALID: u32 =
        CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION;
    pub const ERRORS: u32 = INVALID | DIVISION_BY_ZERO | MALLOC_ERROR;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Round {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    Up05,
}

impl Round {
    pub const NAMES: [(&'static str, Round); 8] = [
        ("ROUND_UP", Round::Up),
        ("ROUND_DOWN", Round::Down),
        ("ROUND_CEILING", Round::Ceiling),
        ("ROUND_FLOOR", Round::Floor),
        ("ROUND_HALF_UP", Round::HalfUp),
        ("ROUND_HALF_DOWN", Round::HalfDown),
        ("ROUND_HALF_EVEN", Round::HalfEven),
        ("ROUND_05UP", Round::Up05),
    ];
    pub fn name(self) -> &'static str {
        Round::NAMES.iter().find(|(_, r)| *r == self).map_or("", |(n, _)| n)
    }
    /// Does the number whose kept part is `kept` grow by one unit?
    #[inline]
    pub fn rounds_up(self, negative: bool, kept: &Coef, tail: Tail) -> bool {
        if tail == Tail::Zero {
            return false;
        }
        match self {
            Round::HalfEven => tail == Tail::AboveHalf || (tail == Tail::Half && kept.is_odd()),
            Round::Down => false,
            Round::HalfUp => matches!(tail, Tail::Half | Tail::AboveHalf),
            Round::HalfDown => tail == Tail::AboveHalf,
            Round::Up => true,
            Round::Ceiling => !negative,
            Round::Floor => negative,
            Round::Up05 => matches!(kept.last_digit(), 0 | 5),
        }
    }
}

/// The settings of a context that change results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    pub prec: i64,
    pub emax: i64,
    pub emin: i64,
    pub round: Round,
    pub clamp: bool,
}

impl Rules {
    /// The widest rules there are: conversions under them are exact.
    pub const MAX: Rules =
        Rules { prec: MAX_PREC, emax: MAX_EMAX, emin: MIN_EMIN, round: Round::HalfEven, clamp: false };
    pub fn etiny(&self) -> i64 {
        self.emin - (self.prec - 1)
    }
    pub fn etop(&self) -> i64 {
        self.emax - (self.prec - 1)
    }
    pub fn with_round(self, round: Round) -> Rules {
        Rules { round, ..self }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

#[derive(Clone, Debug)]
pub struct Dec {
    pub negative: bool,
    pub kind: Kind,
    pub coef: Coef,
    pub exp: i64,
}

impl Dec {
    #[inline]
    pub fn finite(negative: bool, coef: Coef, exp: i64) -> Dec {
        Dec { negative, kind: Kind::Finite, coef, exp }
    }
    pub fn small(n: i64) -> Dec {
        Dec::finite(n < 0, Coef::Small(u128::from(n.unsigned_abs())), 0)
    }
    pub fn one(negative: bool) -> Dec {
        Dec::finite(negative, Coef::ONE, 0)
    }
    pub fn infinite(negative: bool) -> Dec {
        Dec { negative, kind: Kind::Infinite, coef: Coef::ZERO, exp: 0 }
    }
    pub fn nan() -> Dec {
        Dec { negative: false, kind: Kind::Quiet, coef: Coef::ZERO, exp: 0 }
    }
    /// Sets a condition; the result is a NaN.
    #[cold]
    pub fn invalid(condition: u32, status: &mut u32) -> Dec {
        *status |= condition;
        Dec::nan()
    }
    #[inline]
    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }
    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }
    #[inline]
    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }
    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.is_finite() && self.coef.is_zero()
    }
    /// Exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exp + self.coef.digits() - 1
    }
    pub fn negated(&self) -> Dec {
        Dec { negative: !self.negative, ..self.clone() }
    }
    pub fn with_sign(&self, negative: bool) -> Dec {
        Dec { negative, ..self.clone() }
    }
    /// Is a finite number without a fractional part?
    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exp >= 0
                || self.coef.is_zero()
                || (-self.exp < self.coef.digits()
                    && self.coef.trailing_zeros(self.exp.unsigned_abs()) == self.exp.unsigned_abs()))
    }
    /// Is a number that [`Dec::is_integer`] accepts odd?
    pub fn is_odd(&self) -> bool {
        match self.exp {
            0 => self.coef.is_odd(),
            e if e > 0 => false,
            e => self.coef.cut(e.unsigned_abs()).0.is_odd(),
        }
    }
    pub fn is_normal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coef.is_zero() && self.adjusted() >= rules.emin
    }
    pub fn is_subnormal(&self, rules: &Rules) -> bool {
        self.is_finite() && !self.coef.is_zero() && self.adjusted() < rules.emin
    }

    /// Makes the number obey the rules: precision, exponent range, clamping.
    pub fn finish(mut self, rules: &Rules, status: &mut u32) -> Dec {
        match self.kind {
            Kind::Infinite => {}
            Kind::Quiet | Kind::Signaling => {
                let room = (rules.prec - i64::from(rules.clamp)).max(0) as u64;
                if self.coef.digits() as u64 > room {
                    self.coef = if room == 0 { Coef::ZERO } else { self.coef.low_digits(room) };
                }
            }
            Kind::Finite => {
                // Nothing to do is the common case.
                let digits = self.coef.digits();
                let adjusted = self.exp + digits - 1;
                if digits <= rules.prec
                    && adjusted <= rules.emax
                    && adjusted >= rules.emin
                    && (!rules.clamp || self.exp <= rules.etop())
                {
                    return self;
                }
                self.fit_exponent(rules, status);
                if self.is_finite() {
                    self.fit_precision(rules, status);
                }
            }
        }
        self
    }

    fn fit_exponent(&mut self, rules: &Rules, status: &mut u32) {
        let adjusted = self.adjusted();
        if adjusted > rules.emax {
            if self.coef.is_zero() {
                self.exp = if rules.clamp { rules.etop() } else { rules.emax };
                *status |= flag::CLAMPED;
            } else {
                self.overflow(rules, status);
            }
        } else if rules.clamp && self.exp > rules.etop() {
            self.coef = self.coef.grown((self.exp - rules.etop()) as u64, status);
            self.exp = rules.etop();
            *status |= flag::CLAMPED;
            if !self.coef.is_zero() && adjusted < rules.emin {
                *status |= flag::SUBNORMAL;
            }
        } else if adjusted < rules.emin {
            let etiny = rules.etiny();
            if self.coef.is_zero() {
                if self.exp < etiny {
                    self.exp = etiny;
                    *status |= flag::CLAMPED;
                }
                return;
            }
            *status |= flag::SUBNORMAL;
            if self.exp < etiny {
                let tail = self.cut((etiny - self.exp) as u64, rules.round);
                self.exp = etiny;
                *status |= flag::ROUNDED;
                if tail != Tail::Zero {
                    *status |= flag::INEXACT | flag::UNDERFLOW;
                    if self.coef.is_zero() {
                        *status |= flag::CLAMPED;
                    }
                }
            }
        }
    }

    fn overflow(&mut self, rules: &Rules, status: &mut u32) {
        *status |= flag::OVERFLOW | flag::INEXACT | flag::ROUNDED;
        let to_infinity = match rules.round {
            Round::HalfUp | Round::HalfDown | Round::HalfEven | Round::Up => true,
            Round::Down | Round::Up05 => false,
            Round::Ceiling => !self.negative,
            Round::Floor => self.negative,
        };
        if to_infinity {
            *self = Dec::infinite(self.negative);
        } else if rules.prec > 1 << 30 {
            // Nines of that number fit no memory.
            *self = Dec::invalid(flag::MALLOC_ERROR, status);
        } else {
            self.coef = Coef::ONE.shifted(rules.prec as u64).sub(&Coef::ONE);
            self.exp = rules.etop();
        }
    }

    fn fit_precision(&mut self, rules: &Rules, status: &mut u32) {
        let digits = self.coef.digits();
        if digits <= rules.prec {
            return;
        }
        let n = digits - rules.prec;
        let tail = self.cut(n as u64, rules.round);
        self.exp += n;
        self.after_rounding(tail, rules, status);
    }

    /// Drops the last `n` digits, rounding; the exponent is the caller's.
    pub fn cut(&mut self, n: u64, round: Round) -> Tail {
        let (kept, tail) = self.coef.cut(n);
        self.coef = if round.rounds_up(self.negative, &kept, tail) { kept.add(&Coef::ONE) } else { kept };
        tail
    }

    /// Flags of a rounding to the precision that was done, and what a carry into a new digit brings.
    #[inline]
    pub fn after_rounding(&mut self, tail: Tail, rules: &Rules, status: &mut u32) {
        *status |= flag::ROUNDED;
        if tail != Tail::Zero {
            *status |= flag::INEXACT;
            if self.coef.digits() > rules.prec {
                self.coef = self.coef.cut(1).0;
                self.exp += 1;
                self.fit_exponent(rules, status);
            }
        }
    }

    /// Order of two numbers that are not NaN.
    pub fn order(&self, o: &Dec) -> Ordering {
        let sign = |d: &Dec| match (d.is_zero(), d.negative) {
            (true, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (s, t) = (sign(self), sign(o));
        if s != t || s == 0 {
            return s.cmp(&t);
        }
        let by_size = self.order_abs(o);
        if s < 0 { by_size.reverse() } else { by_size }
    }

    /// Order of the absolute values of two numbers that are not NaN.
    pub fn order_abs(&self, o: &Dec) -> Ordering {
        match (self.is_infinite(), o.is_infinite()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        if self.exp == o.exp || self.coef.is_zero() || o.coef.is_zero() {
            return self.coef.cmp(&o.coef);
        }
        match self.adjusted().cmp(&o.adjusted()) {
            Ordering::Equal => {}
            other => return other,
        }
        let d = self.exp.abs_diff(o.exp);
        if self.exp > o.exp { self.coef.shifted(d).cmp(&o.coef) } else { self.coef.cmp(&o.coef.shifted(d)) }
    }
}

/// Reads a number as the specification's numeric-string; None when the text is not one.
pub fn parse(text: &[u8]) -> Option<Dec> {
    let (negative, rest) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if !rest.first().is_some_and(|c| c.is_ascii_digit() || *c == b'.') {
        return parse_special(negative, rest);
    }
    let end = rest.iter().position(|c| !(c.is_ascii_digit() || *c == b'.')).unwrap_or(rest.len());
    let (mantissa, tail) = rest.split_at(end);
    let mut exp: i64 = 0;
    if !tail.is_empty() {
        let (b'e' | b'E', e) = (tail[0], &tail[1..]) else { return None };
        let (minus, e) = match e.first()? {
            b'-' => (true, &e[1..]),
            b'+' => (false, &e[1..]),
            _ => (false, e),
        };
        if e.is_empty() || !e.iter().all(u8::is_ascii_digit) {
            return None;
        }
        // Beyond every legal exponent all are alike.
        let size = exponent_of(e);
        exp = if minus { -size } else { size };
    }
    let coef = match mantissa.iter().position(|c| *c == b'.') {
        None => digits(mantissa),
        Some(p) => {
            let fraction = &mantissa[p + 1..];
            exp -= fraction.len() as i64;
            if fraction.contains(&b'.') || mantissa.len() == 1 {
                return None;
            }
            digits(&[&mantissa[..p], fraction].concat())
        }
    };
    Some(Dec::finite(negative, coef, exp.clamp(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000)))
}

fn exponent_of(text: &[u8]) -> i64 {
    text.iter().fold(0i128, |n, d| (n * 10 + i128::from(d - b'0')).min(3_900_000_000_000_000_000)) as i64
}

fn digits(text: &[u8]) -> Coef {
    let start = text.iter().position(|c| *c != b'0').unwrap_or(text.len());
    Coef::parse(&text[start..])
}

fn parse_special(negative: bool, text: &[u8]) -> Option<Dec> {
    let lower = text.to_ascii_lowercase();
    if lower == b"inf" || lower == b"infinity" {
        return Some(Dec::infinite(negative));
    }
    let (kind, payload) = match (lower.strip_prefix(b"snan"), lower.strip_prefix(b"nan")) {
        (Some(p), _) => (Kind::Signaling, p),
        (_, Some(p)) => (Kind::Quiet, p),
        _ => return None,
    };
    payload.iter().all(u8::is_ascii_digit).then(|| Dec { negative, kind, coef: digits(payload), exp: 0 })
}

/// `to-scientific-string` and `to-engineering-string`.
pub fn to_text(d: &Dec, engineering: bool, capitals: bool) -> String {
    let mut out = String::new();
    if d.negative {
        out.push('-');
    }
    match d.kind {
        Kind::Infinite => out.push_str("Infinity"),
        Kind::Quiet | Kind::Signaling => {
            out.push_str(if d.kind == Kind::Quiet { "NaN" } else { "sNaN" });
            if !d.coef.is_zero() {
                out.push_str(&d.coef.text());
            }
        }
        Kind::Finite => finite_text(d, engineering, capitals, &mut out),
    }
    out
}

fn finite_text(d: &Dec, engineering: bool, capitals: bool, out: &mut String) {
    let text = d.coef.text();
    let n = text.len() as i64;
    let left = d.exp + n;
    // Digits before the point.
    let point = if d.exp <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if text == "0" {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&text);
    } else if point >= n {
        out.push_str(&text);
        out.extend(std::iter::repeat_n('0', (point - n) as usize));
    } else {
        out.push_str(&text[..point as usize]);
        out.push('.');
        out.push_str(&text[point as usize..]);
    }
    if left != point {
        out.push(if capitals { 'E' } else { 'e' });
        out.push_str(&format!("{:+}", left - point));
    }
}
