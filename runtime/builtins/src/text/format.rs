//! `str.format`: replacement fields, their names and numbering; `str.__format__`; what f-strings call.
//!
//! *CPython*: stringlib/unicode_format.h; the mini-language itself is in adder-num.

use super::build::StrBuilder;
use adder_num::format::{FormatError, plan_str};
use adder_object::{Args, Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, error, exceptions as exc, int, ops, str, types};
use std::ops::Range;

/// Characters of a format string or of a part of it.
pub type Text<'a> = &'a [u32];

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

/// A replacement field: parts of the format string.
pub struct Field {
    pub name: Range<usize>,
    pub spec: Range<usize>,
    /// The spec holds fields itself.
    pub nested: bool,
    pub conversion: Option<u32>,
}

/// A run of literal text and the field behind it.
pub struct Piece {
    pub literal: Range<usize>,
    pub field: Option<Field>,
}

fn value<T>(text: &'static ::std::primitive::str) -> PyResult<T> {
    Err(error::value_error(text))
}

/// The next piece from `*at` on; None at the end.
pub fn next_piece(s: Text<'_>, at: &mut usize) -> PyResult<Option<Piece>> {
    let start = *at;
    if start >= s.len() {
        return Ok(None);
    }
    let Some(i) = (start..s.len()).find(|&i| s[i] == OPEN || s[i] == CLOSE) else {
        *at = s.len();
        return Ok(Some(Piece { literal: start..s.len(), field: None }));
    };
    let (c, following) = (s[i], s.get(i + 1).copied());
    if following == Some(c) {
        *at = i + 2;
        return Ok(Some(Piece { literal: start..i + 1, field: None }));
    }
    if c == CLOSE {
        return value("Single '}' encountered in format string");
    }
    if following.is_none() {
        return value("Single '{' encountered in format string");
    }
    *at = i + 1;
    let field = parse_field(s, at)?;
    Ok(Some(Piece { literal: start..i, field: Some(field) }))
}

fn parse_field(s: Text<'_>, at: &mut usize) -> PyResult<Field> {
    let start = *at;
    let mut i = start;
    let mut c = 0;
    while i < s.len() {
        c = s[i];
        i += 1;
        match char::from_u32(c) {
            Some('{') => return value("unexpected '{' in field name"),
            Some('[') => {
                while i < s.len() && s[i] != ']' as u32 {
                    i += 1;
                }
            }
            Some('}' | ':' | '!') => break,
            _ => {}
        }
    }
    let mut field = Field { name: start..i.saturating_sub(1).max(start), spec: 0..0, nested: false, conversion: None };
    match char::from_u32(c) {
        Some('}') => {
            *at = i;
            return Ok(field);
        }
        Some(':') => {}
        Some('!') => {
            let Some(&conversion) = s.get(i) else {
                return value("end of string while looking for conversion specifier");
            };
            field.conversion = Some(conversion);
            i += 1;
            if let Some(&c) = s.get(i) {
                i += 1;
                if c == CLOSE {
                    *at = i;
                    return Ok(field);
                }
                if c != ':' as u32 {
                    return value("expected ':' after conversion specifier");
                }
            }
        }
        _ => return value("expected '}' before end of string"),
    }
    let spec = i;
    let mut depth = 1;
    while i < s.len() {
        match s[i] {
            OPEN => {
                field.nested = true;
                depth += 1;
            }
            CLOSE => depth -= 1,
            _ => {}
        }
        i += 1;
        if depth == 0 {
            field.spec = spec..i - 1;
            *at = i;
            return Ok(field);
        }
    }
    value("unmatched '{' in format spec")
}

/// One step of a field name behind its first part.
pub enum Step {
    Attr(Range<usize>),
    Index(usize),
    Key(Range<usize>),
}

/// The number that a part spells; None when it is not one.
fn integer(s: Text<'_>) -> PyResult<Option<usize>> {
    let mut n = 0usize;
    for &c in s {
        let Some(d) = adder_unicode::decimal(c) else { return Ok(None) };
        match n.checked_mul(10).and_then(|n| n.checked_add(usize::from(d))).filter(|&n| n <= isize::MAX as usize) {
            Some(m) => n = m,
            None => return value("Too many decimal digits in format string"),
        }
    }
    Ok(if s.is_empty() { None } else { Some(n) })
}

/// Where the first part of a field name ends, with its number.
pub fn first_part(name: Text<'_>) -> PyResult<(usize, Option<usize>)> {
    let end = name.iter().position(|&c| c == '.' as u32 || c == '[' as u32).unwrap_or(name.len());
    Ok((end, integer(&name[..end])?))
}

/// The step at `*at` of a field name; None at the end.
pub fn next_step(name: Text<'_>, at: &mut usize) -> PyResult<Option<Step>> {
    let Some(&c) = name.get(*at) else { return Ok(None) };
    let start = *at + 1;
    let step = if c == '.' as u32 {
        let end = (start..name.len()).find(|&i| name[i] == '.' as u32 || name[i] == '[' as u32).unwrap_or(name.len());
        *at = end;
        if start == end {
            return value("Empty attribute in format string");
        }
        Step::Attr(start..end)
    } else if c == '[' as u32 {
        let Some(end) = (start..name.len()).find(|&i| name[i] == ']' as u32) else {
            return value("Missing ']' in format string");
        };
        *at = end + 1;
        match integer(&name[start..end])? {
            Some(i) => Step::Index(i),
            None if start == end => return value("Empty attribute in format string"),
            None => Step::Key(start..end),
        }
    } else {
        return value("Only '.' or '[' may follow ']' in format field specifier");
    };
    Ok(Some(step))
}

/// Where fields find their values.
enum Values<'a> {
    Args(Args<'a>),
    Mapping(&'a Obj),
}

/// How fields are numbered so far.
#[derive(PartialEq, Eq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Formatter<'a> {
    vm: &'a Vm,
    values: Values<'a>,
    numbering: Numbering,
}

pub fn text_obj(s: Text<'_>) -> Obj {
    str::from_code_points(s).into_obj()
}

impl Formatter<'_> {
    fn build(&mut self, s: Text<'_>, depth: u32, out: &mut StrBuilder) -> PyResult<()> {
        if depth == 0 {
            return value("Max string recursion exceeded");
        }
        let mut at = 0;
        while let Some(piece) = next_piece(s, &mut at)? {
            out.push_slice(&s[piece.literal]);
            if let Some(f) = piece.field {
                self.field(s, &f, depth, out)?;
            }
        }
        Ok(())
    }

    fn field(&mut self, s: Text<'_>, f: &Field, depth: u32, out: &mut StrBuilder) -> PyResult<()> {
        let vm = self.vm;
        let mut v = self.find(&s[f.name.clone()])?;
        if let Some(c) = f.conversion {
            v = convert(vm, &v, c)?;
        }
        let spec = &s[f.spec.clone()];
        if spec.is_empty() {
            let r = format_simple(vm, &v)?;
            out.push_text(r.this::<Str>()?);
            return Ok(());
        }
        let spec = if f.nested {
            let mut inner = StrBuilder::new();
            self.build(spec, depth - 1, &mut inner)?;
            inner.finish()
        } else {
            text_obj(spec)
        };
        let r = ops::format(vm, &v, &spec)?;
        out.push_text(r.this::<Str>()?);
        Ok(())
    }

    fn find(&mut self, name: Text<'_>) -> PyResult {
        let (end, number) = first_part(name)?;
        let automatic = end == 0;
        let index = if automatic || number.is_some() { Some(self.number(automatic, number)?) } else { None };
        let mut v = match (index, &self.values) {
            (Some(_), Values::Mapping(_)) => return value("Format string contains positional fields"),
            (Some(i), Values::Args(a)) => match a.positional().get(i) {
                Some(v) => v.clone(),
                None => {
                    let text = format!("Replacement index {i} out of range for positional args tuple");
                    return Err(error::index_error(text));
                }
            },
            (None, Values::Mapping(m)) => ops::getitem(self.vm, m, &text_obj(&name[..end]))?,
            (None, Values::Args(a)) => {
                let key = text_obj(&name[..end]);
                let wanted = key.this::<Str>()?;
                let found = a.keywords().find(|(k, _)| k.get::<Str>().is_some_and(|k| k.equals(wanted)));
                match found {
                    Some((_, v)) => v.clone(),
                    None => return Err(error::key_error(&key)),
                }
            }
        };
        let mut at = end;
        while let Some(step) = next_step(name, &mut at)? {
            v = match step {
                Step::Attr(r) => attr::get(self.vm, &v, str::intern(&str::from_code_points(&name[r])).obj())?,
                Step::Index(i) => ops::getitem(self.vm, &v, &int::from_usize(i))?,
                Step::Key(r) => ops::getitem(self.vm, &v, &text_obj(&name[r]))?,
            };
        }
        Ok(v)
    }

    fn number(&mut self, automatic: bool, number: Option<usize>) -> PyResult<usize> {
        if self.numbering == Numbering::Unknown {
            self.numbering = if automatic { Numbering::Automatic(0) } else { Numbering::Manual };
        }
        match (&mut self.numbering, automatic) {
            (Numbering::Automatic(n), true) => {
                *n += 1;
                Ok(*n - 1)
            }
            (Numbering::Automatic(_), false) => {
                value("cannot switch from automatic field numbering to manual field specification")
            }
            (_, true) => value("cannot switch from manual field specification to automatic field numbering"),
            (_, false) => Ok(number.unwrap_or(0)),
        }
    }
}

/// `!r`, `!s`, `!a`.
pub fn convert(vm: &Vm, v: &Obj, c: u32) -> PyResult {
    match char::from_u32(c) {
        Some('r') => ops::repr(vm, v),
        Some('s') => ops::str(vm, v),
        Some('a') => ops::ascii(vm, v),
        Some(c) if (' '..'\x7f').contains(&c) && c != ' ' => {
            Err(error::value_error(format!("Unknown conversion specifier {c}")))
        }
        _ => Err(error::value_error(format!("Unknown conversion specifier \\x{c:x}"))),
    }
}

pub fn str_format(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    run(vm, o, Values::Args(args))
}
pub fn str_format_map(vm: &Vm, o: &Obj, mapping: &Obj) -> PyResult {
    run(vm, o, Values::Mapping(mapping))
}
fn run(vm: &Vm, o: &Obj, values: Values<'_>) -> PyResult {
    let s = o.this::<Str>()?.code_points();
    let mut out = StrBuilder::with_capacity(s.len() + 16);
    Formatter { vm, values, numbering: Numbering::Unknown }.build(&s, 2, &mut out)?;
    Ok(out.finish())
}

/// `format(v, "")`, as f-strings use it for fields without a spec.
#[inline]
pub fn format_simple(vm: &Vm, v: &Obj) -> PyResult {
    if v.is_exact(&types::STR) {
        return Ok(v.clone());
    }
    if let Some(n) = v.small_int() {
        let mut buffer = [0u8; 20];
        return Ok(str::from_ascii(decimal(n, &mut buffer)).into_obj());
    }
    ops::format(vm, v, str::empty().obj())
}

/// The digits of a small int.
fn decimal(n: i64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut rest = n.unsigned_abs();
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

/// A format spec as text for adder-num, with its fill character when that is half of a pair (text has U+FFFD there).
/// Decimal digits of other scripts become ASCII ones, the fill character excepted.
pub fn spec_text(spec: &Str) -> (String, Option<u32>) {
    if let Some(s) = spec.as_ascii() {
        return (s.to_owned(), None);
    }
    let s = spec.code_points();
    let filled = s.len() > 1 && matches!(char::from_u32(s[1]), Some('<' | '>' | '^' | '='));
    let fill = s.first().copied().filter(|&c| filled && char::from_u32(c).is_none());
    let one = |(i, &c): (usize, &u32)| match char::from_u32(c) {
        Some(ch) if i == 0 && filled => ch,
        Some(ch) => adder_unicode::decimal(c).map_or(ch, |d| (b'0' + d) as char),
        None => '\u{FFFD}',
    };
    (s.iter().enumerate().map(one).collect(), fill)
}

/// The exception of a failed format.
pub fn format_error(e: &FormatError) -> PyErr {
    match e {
        FormatError::Overflow(t) => error::overflow_error(t),
        FormatError::Memory => error::no_memory(),
        e => error::value_error(e.text()),
    }
}

/// `str.__format__`.
pub fn str_dunder_format(vm: &Vm, o: &Obj, spec: &Obj) -> PyResult {
    let Some(spec) = spec.get::<Str>() else {
        let t = spec.ty().tp_name();
        return Err(PyErr::new(&exc::TYPE_ERROR, format!("__format__() argument must be str, not {t}")));
    };
    if spec.is_empty() {
        return if o.is_exact(&types::STR) { Ok(o.clone()) } else { ops::str(vm, o) };
    }
    let s = o.this::<Str>()?;
    let (text, fill) = spec_text(spec);
    let layout = plan_str(&text, s.len(), &o.ty().tp_name()).map_err(|e| format_error(&e))?;
    let fill = fill.unwrap_or(layout.fill as u32);
    let mut out = StrBuilder::with_capacity(layout.left + layout.keep + layout.right);
    out.push_repeat(fill, layout.left);
    out.push_chars(s.chars().slice(0, layout.keep));
    out.push_repeat(fill, layout.right);
    Ok(out.finish())
}
