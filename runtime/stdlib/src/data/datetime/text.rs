//! Dates and times as text: ISO 8601 out and in, strftime.
//!
//! CPython: Modules/_datetimemodule.c (parse_isoformat_*, wrap_strftime).

use super::delta::Delta;
use super::tz;
use crate::functional::shared::text;
use adder_object::{Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, call, error, int, ops, str};

/// Hour, minute, second, microsecond, and the offset's microseconds if there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IsoTime {
    pub fields: [i64; 4],
    pub offset: Option<i64>,
}

fn number(s: &[u8], at: &mut usize, digits: usize) -> Option<i64> {
    let part = s.get(*at..*at + digits)?;
    if !part.iter().all(u8::is_ascii_digit) {
        return None;
    }
    *at += digits;
    Some(part.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
}

/// A date and how many characters it took: ISO calendar dates are told by `W`.
#[derive(Debug)]
pub enum IsoDate {
    Plain(i64, i64, i64),
    Week(i64, i64, i64),
}

pub fn parse_date(s: &[u8]) -> Option<IsoDate> {
    let mut at = 0;
    let year = number(s, &mut at, 4)?;
    let dashed = s.get(at) == Some(&b'-');
    at += usize::from(dashed);
    if s.get(at) == Some(&b'W') {
        at += 1;
        let week = number(s, &mut at, 2)?;
        let mut day = 1;
        if at < s.len() {
            if dashed {
                if s[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            day = number(s, &mut at, 1)?;
        }
        return Some(IsoDate::Week(year, week, day));
    }
    let month = number(s, &mut at, 2)?;
    if dashed {
        if s.get(at) != Some(&b'-') {
            return None;
        }
        at += 1;
    }
    let day = number(s, &mut at, 2)?;
    (at == s.len()).then_some(IsoDate::Plain(year, month, day))
}

/// Where the date ends and the separator stands in the text of a datetime.
pub fn separator(s: &[u8]) -> Option<usize> {
    let n = s.len();
    if n < 7 {
        return None;
    }
    if n == 7 {
        return Some(7);
    }
    let digit = |i: usize| s.get(i).is_some_and(u8::is_ascii_digit);
    if s[4] == b'-' {
        if s[5] != b'W' {
            return Some(10);
        }
        if n < 8 {
            return None;
        }
        if n > 8 && s[8] == b'-' {
            // YYYY-Www-D or YYYY-Www and a separator that is a dash: digits after it decide.
            if n == 9 {
                return None;
            }
            if n > 10 && digit(10) {
                return Some(8);
            }
            return Some(10);
        }
        return Some(8);
    }
    if s[4] == b'W' {
        // YYYYWww or YYYYWwwD: an even number of digits behind the week belongs to the time.
        let mut i = 7;
        while digit(i) {
            i += 1;
        }
        if i < 9 {
            return Some(i);
        }
        return Some(if i % 2 == 0 { 7 } else { 8 });
    }
    Some(8)
}

fn clock(s: &[u8]) -> Option<[i64; 4]> {
    let mut out = [0; 4];
    let mut at = 0;
    let mut colons = false;
    for i in 0..3 {
        out[i] = number(s, &mut at, 2)?;
        let Some(&c) = s.get(at) else { return Some(out) };
        if i == 0 {
            colons = c == b':';
        }
        match c {
            b':' if colons && i < 2 => at += 1,
            // A fraction belongs to the seconds alone.
            b'.' | b',' if i == 2 => at += 1,
            b'.' | b',' | b':' => return None,
            _ if colons => return None,
            _ => {}
        }
    }
    let fraction = &s[at..];
    if fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = &fraction[..fraction.len().min(6)];
    out[3] = kept.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')) * 10i64.pow(6 - kept.len() as u32);
    Some(out)
}

pub fn parse_time(s: &[u8]) -> Option<IsoTime> {
    let zone = s.iter().position(|c| matches!(c, b'+' | b'-' | b'Z'));
    let Some(z) = zone else { return Some(IsoTime { fields: clock(s)?, offset: None }) };
    let fields = clock(&s[..z])?;
    let rest = &s[z + 1..];
    if s[z] == b'Z' {
        return rest.is_empty().then_some(IsoTime { fields, offset: Some(0) });
    }
    let o = clock(rest)?;
    let us = ((o[0] * 60 + o[1]) * 60 + o[2]) * 1_000_000 + o[3];
    // An offset's parts have ranges of their own.
    if o[1] > 59 || o[2] > 59 {
        return None;
    }
    Some(IsoTime { fields, offset: Some(if s[z] == b'-' { -us } else { us }) })
}

#[cold]
pub fn invalid(vm: &Vm, o: &Obj) -> PyErr {
    match ops::repr_string(vm, o) {
        Ok(r) => error::value_error(format!("Invalid isoformat string: {r}")),
        Err(e) => e,
    }
}
/// The text of an argument of `fromisoformat`; what is not ASCII is replaced so that parsing fails where it matters.
pub fn argument(o: &Obj) -> PyResult<Vec<u8>> {
    match o.get::<Str>() {
        Some(s) => Ok(s.chars().iter().map(|c| if c < 128 { c as u8 } else { 0xFF }).collect()),
        None => Err(error::type_error("fromisoformat: argument must be str")),
    }
}

/// `HH:MM:SS.ffffff` as far as the timespec says.
pub fn clock_text(f: [i64; 4], timespec: &str) -> PyResult<String> {
    let [h, m, s, us] = f;
    Ok(match timespec {
        "auto" if us == 0 => format!("{h:02}:{m:02}:{s:02}"),
        "auto" | "microseconds" => format!("{h:02}:{m:02}:{s:02}.{us:06}"),
        "milliseconds" => format!("{h:02}:{m:02}:{s:02}.{:03}", us / 1000),
        "seconds" => format!("{h:02}:{m:02}:{s:02}"),
        "minutes" => format!("{h:02}:{m:02}"),
        "hours" => format!("{h:02}"),
        _ => return Err(error::value_error("Unknown timespec value")),
    })
}
pub fn offset_suffix(d: Option<&Delta>) -> String {
    d.map_or_else(String::new, |d| tz::offset_text(d, ":"))
}

/// `strftime` of an object: what the C library does not know is filled in first.
pub fn strftime(vm: &Vm, o: &Obj, format: &Obj, timetuple: &Obj) -> PyResult {
    let Some(f) = format.get::<Str>() else {
        return Err(error::type_error(format!("strftime() argument 1 must be str, not {}", format.ty().tp_name())));
    };
    let chars = f.code_points();
    let mut out: Vec<u32> = Vec::with_capacity(chars.len());
    let push = |out: &mut Vec<u32>, s: &str| out.extend(s.chars().map(|c| c as u32));
    let mut i = 0;
    let year = ops::getitem(vm, timetuple, &int::from_i64(0))?;
    let year = int::as_int(&year).and_then(|n| n.to_i64()).unwrap_or(1900);
    while i < chars.len() {
        let c = chars[i];
        i += 1;
        let Some(&d) = chars.get(i).filter(|_| c == u32::from(b'%')) else {
            out.push(c);
            continue;
        };
        i += 1;
        match char::from_u32(d) {
            Some('f') => push(&mut out, &format!("{:06}", microsecond(vm, o)?)),
            Some('z') => push(&mut out, &offset_for(vm, o, "")?),
            Some(':') if chars.get(i) == Some(&u32::from(b'z')) => {
                i += 1;
                push(&mut out, &offset_for(vm, o, ":")?);
            }
            Some('Z') => {
                let name = match attr::lookup_str(vm, o, "tzname")? {
                    Some(f) => call::call0(vm, &f)?,
                    None => adder_object::singletons::none(),
                };
                if let Some(s) = name.get::<Str>() {
                    let doubled = if name.is_exact(&adder_object::types::STR) {
                        s.to_string_lossy().replace('%', "%%")
                    } else {
                        let r = call::call_method_str(vm, &name, "replace", &[text("%"), text("%%")])?;
                        if r.get::<Str>().is_none() {
                            return Err(error::type_error("tzname.replace() did not return a string"));
                        }
                        ops::text(&r)
                    };
                    push(&mut out, &doubled);
                } else if !name.is_none() {
                    return Err(error::type_error("tzname() must return a str"));
                }
            }
            Some(c @ ('Y' | 'G' | 'C' | 'F')) if year < 1000 => {
                let y = if c == 'G' {
                    let g = library(vm, &text("%G"), timetuple)?;
                    ops::text(&g).parse().unwrap_or(year)
                } else {
                    year
                };
                match c {
                    'C' => push(&mut out, &format!("{:02}", y / 100)),
                    'F' => {
                        push(&mut out, &format!("{y:04}-"));
                        push(&mut out, "%m-%d");
                    }
                    _ => push(&mut out, &format!("{y:04}")),
                }
            }
            _ => out.extend([c, d]),
        }
    }
    library(vm, str::from_code_points(&out).obj(), timetuple)
}
fn library(vm: &Vm, format: &Obj, timetuple: &Obj) -> PyResult {
    call::call_method_str(vm, &vm.import("time")?, "strftime", &[format.clone(), timetuple.clone()])
}
fn microsecond(vm: &Vm, o: &Obj) -> PyResult<i64> {
    match attr::lookup_str(vm, o, "microsecond")? {
        Some(n) => ops::to_i64(vm, &n),
        None => Ok(0),
    }
}
fn offset_for(vm: &Vm, o: &Obj, sep: &str) -> PyResult<String> {
    let Some(f) = attr::lookup_str(vm, o, "utcoffset")? else { return Ok(String::new()) };
    let r = call::call0(vm, &f)?;
    Ok(r.get::<Delta>().map_or_else(String::new, |d| tz::offset_text(d, sep)))
}
