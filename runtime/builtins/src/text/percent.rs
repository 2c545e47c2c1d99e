//! `text % arguments` for str and bytes: the arguments' bookkeeping, numbers, and the two drivers.
//!
//! *CPython*: unicode_format.c; bytesobject.c, _PyBytes_FormatEx.

use super::build::StrBuilder;
use adder_num::int::Short;
use adder_num::percent::{self, Parsed, PercentSpec, Size};
use adder_object::int::IBig;
use adder_object::{
    ByteArray, Bytes, Obj, ObjExt, PyResult, Str, Vm, buffer, bytes, call, error, exceptions as exc, float, int, names,
    ops, str, tuple,
};

/// The right operand: a tuple of values, one value, or a mapping for keyed specifiers.
struct Source<'a> {
    args: &'a Obj,
    /// The value found by the last key, which the specifier then uses.
    keyed: Option<Obj>,
    next: usize,
    mapping: bool,
    what: &'static ::std::primitive::str,
}

impl<'a> Source<'a> {
    fn new(args: &'a Obj, for_bytes: bool) -> Source<'a> {
        let text = args.get::<Str>().is_some()
            || (for_bytes && (args.get::<Bytes>().is_some() || args.get::<ByteArray>().is_some()));
        let mapping = tuple::as_slice(args).is_none() && !text && args.ty().getitem().is_some();
        Source { args, keyed: None, next: 0, mapping, what: if for_bytes { "bytes" } else { "string" } }
    }
    /// The value that comes next.
    fn present(&self) -> Option<&'a Obj> {
        match tuple::as_slice(self.args) {
            Some(items) => items.get(self.next),
            None => (self.next == 0).then_some(self.args),
        }
    }
    fn take(&mut self) -> PyResult {
        if self.keyed.is_some() || self.next == usize::MAX {
            return self.keyed.take().ok_or_else(|| error::type_error("not enough arguments for format string"));
        }
        let found = self.present().cloned();
        self.next += 1;
        found.ok_or_else(|| error::type_error("not enough arguments for format string"))
    }
    fn key(&mut self, vm: &Vm, key: Obj) -> PyResult<()> {
        if !self.mapping {
            return Err(error::type_error("format requires a mapping"));
        }
        self.keyed = Some(ops::getitem(vm, self.args, &key)?);
        self.next = usize::MAX;
        Ok(())
    }
    fn finish(&self) -> PyResult<()> {
        let n = tuple::as_slice(self.args).map_or(1, <[Obj]>::len);
        if self.mapping || self.next >= n {
            return Ok(());
        }
        Err(error::type_error(format!("not all arguments converted during {} formatting", self.what)))
    }
    /// Resolves the stars of a specifier.
    fn sizes(&mut self, vm: &Vm, p: &mut Parsed) -> PyResult<()> {
        let _ = vm;
        if p.width == Size::Star {
            let o = self.take()?;
            let Some(n) = int::as_int(&o) else { return Err(error::type_error("* wants int")) };
            let n = n.to_i64().ok_or_else(|| error::overflow_error("Python int too large to convert to C ssize_t"))?;
            if n == i64::MIN {
                return Err(error::overflow_error("width too big"));
            }
            p.spec.set_width(n);
        }
        if p.precision == Size::Star {
            let o = self.take()?;
            let Some(n) = int::as_int(&o) else { return Err(error::type_error("* wants int")) };
            let n = n.to_i64().and_then(|n| i32::try_from(n).ok());
            let n = n.ok_or_else(|| error::overflow_error("Python int too large to convert to C int"))?;
            p.spec.set_precision(i64::from(n));
        }
        if p.spec.too_large() { Err(error::no_memory()) } else { Ok(()) }
    }
}

fn letter(spec: &PercentSpec) -> char {
    char::from_u32(spec.code).unwrap_or('\0')
}

/// The int that `%d` and its siblings show.
fn integer(vm: &Vm, spec: &PercentSpec, v: &Obj) -> PyResult<IBig> {
    let code = letter(spec);
    let radix = matches!(code, 'o' | 'x' | 'X');
    if let Some(n) = int::as_int(v) {
        return Ok(n.to_big());
    }
    let wrong = || {
        let what = if radix { "an integer" } else { "a real number" };
        error::type_error(format!("%{code} format: {what} is required, not {}", v.ty().tp_name()))
    };
    let converted = if let Some(x) = float::as_float(v).filter(|_| !radix) {
        return truncated(x);
    } else if let (Some(f), false) = (v.ty().int(), radix) {
        f(vm, v)
    } else if v.ty().index().is_some() {
        ops::index(vm, v)
    } else {
        return Err(wrong());
    };
    match converted {
        Ok(n) => int::as_int(&n).map(|n| n.to_big()).ok_or_else(wrong),
        Err(e) if e.is(&exc::TYPE_ERROR) => Err(wrong()),
        Err(e) => Err(e),
    }
}

fn truncated(x: f64) -> PyResult<IBig> {
    if x.is_nan() {
        return Err(error::value_error("cannot convert float NaN to integer"));
    }
    IBig::try_from(x.trunc()).map_err(|_| error::overflow_error("cannot convert float infinity to integer"))
}

/// The text of a number conversion; None when the letter is not a number's.
fn number(vm: &Vm, spec: &PercentSpec, v: &Obj, for_bytes: bool) -> PyResult<Option<String>> {
    Ok(Some(match letter(spec) {
        'd' | 'i' | 'u' => match v.small_int() {
            Some(n) => spec.int_i64(n),
            None => spec.int(&integer(vm, spec, v)?),
        },
        'o' | 'x' | 'X' => spec.int(&integer(vm, spec, v)?),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = ops::to_f64(vm, v);
            let x = if for_bytes {
                x.map_err(|_| error::type_error(format!("float argument required, not {}", v.ty().tp_name())))
            } else {
                x
            };
            spec.float(x?)
        }
        _ => return Ok(None),
    }))
}

/// `str % args`.
pub fn format_str(vm: &Vm, format: &Obj, args: &Obj) -> PyResult {
    let Some(f) = format.get::<Str>() else { return Ok(adder_object::singletons::not_implemented()) };
    let chars = f.chars();
    let n = f.len();
    let mut source = Source::new(args, false);
    let mut out = StrBuilder::with_capacity(n + 16);
    let mut i = 0;
    while i < n {
        let end = match chars {
            str::Chars::One(s) => s[i..].iter().position(|&c| c == b'%').map_or(n, |k| i + k),
            chars => (i..n).find(|&k| chars.at(k) == 0x25).unwrap_or(n),
        };
        if i < end {
            out.push_chars(chars.slice(i, end));
        }
        if end == n {
            break;
        }
        if end + 1 < n && chars.at(end + 1) == 0x25 {
            out.push(0x25);
            i = end + 2;
            continue;
        }
        // A letter alone takes what is there as it is, which runs no code.
        if end + 1 < n
            && !source.mapping
            && source.keyed.is_none()
            && let Some(v) = source.present()
            && plain(chars.at(end + 1), v, &mut out)
        {
            source.next += 1;
            i = end + 2;
            continue;
        }
        let at = |k: usize| (k < n).then(|| chars.at(k));
        let mut p = percent::parse(at, end + 1).map_err(|e| error::value_error(e.text()))?;
        if let Some((a, b)) = p.key {
            source.key(vm, str::from_chars(chars.slice(a, b)).into_obj())?;
        }
        source.sizes(vm, &mut p)?;
        let v = source.take()?;
        one_str(vm, &p, &v, &mut out)?;
        i = p.end;
    }
    source.finish()?;
    Ok(out.finish())
}

fn one_str(vm: &Vm, p: &Parsed, v: &Obj, out: &mut StrBuilder) -> PyResult<()> {
    let spec = &p.spec;
    if spec.is_plain() && plain(spec.code, v, out) {
        return Ok(());
    }
    let text = match letter(spec) {
        's' => ops::str(vm, v)?,
        'r' => ops::repr(vm, v)?,
        'a' => ops::ascii(vm, v)?,
        'c' => character(vm, v)?,
        _ => match number(vm, spec, v, false)? {
            Some(s) => {
                out.push_latin1(s.as_bytes());
                return Ok(());
            }
            None => return Err(error::value_error(percent::unsupported(spec.code, p.code_at))),
        },
    };
    let s = text.this::<Str>()?;
    let (before, keep, after) = spec.text_layout(s.len());
    out.push_repeat(32, before);
    out.push_chars(s.chars().slice(0, keep));
    out.push_repeat(32, after);
    Ok(())
}

/// The frequent conversions without width, precision and flags; false for what is none of them.
fn plain(code: u32, v: &Obj, out: &mut StrBuilder) -> bool {
    let letter = char::from_u32(code).unwrap_or('\0');
    if let Some(n) = v.small_int() {
        let radix = match letter {
            'd' | 's' | 'i' | 'r' => 10,
            'x' => 16,
            _ => return false,
        };
        if n < 0 {
            out.push(u32::from(b'-'));
        }
        out.push_latin1(Short::new(n.unsigned_abs(), radix).bytes());
        return true;
    }
    match v.get_exact::<Str>() {
        Some(s) if letter == 's' => {
            out.push_text(s);
            true
        }
        _ => false,
    }
}

/// The one-character str of `%c`.
fn character(vm: &Vm, v: &Obj) -> PyResult {
    if let Some(s) = v.get::<Str>() {
        if s.len() == 1 {
            return Ok(v.clone());
        }
        return Err(error::type_error(format!(
            "%c requires an int or a unicode character, not a string of length {}",
            s.len()
        )));
    }
    let n = match ops::index(vm, v) {
        Ok(n) => n,
        Err(e) if e.is(&exc::TYPE_ERROR) => {
            let t = adder_object::class::full_name(vm, v.ty())?;
            return Err(error::type_error(format!("%c requires an int or a unicode character, not {t}")));
        }
        Err(e) => return Err(e),
    };
    match int::as_int(&n).and_then(|n| n.to_i64()).filter(|n| (0..0x11_0000).contains(n)) {
        Some(c) => Ok(str::from_char(c as u32).into_obj()),
        None => Err(error::overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `bytes % args` and `bytearray % args`: the bytes of the result.
pub fn format_bytes(vm: &Vm, f: &[u8], args: &Obj) -> PyResult<Vec<u8>> {
    let n = f.len();
    let mut source = Source::new(args, true);
    let mut out = Vec::with_capacity(n + 16);
    let mut i = 0;
    while i < n {
        let end = memchr::memchr(b'%', &f[i..]).map_or(n, |k| i + k);
        out.extend_from_slice(&f[i..end]);
        if end == n {
            break;
        }
        if f.get(end + 1) == Some(&b'%') {
            out.push(b'%');
            i = end + 2;
            continue;
        }
        let at = |k: usize| f.get(k).map(|&b| u32::from(b));
        let mut p = percent::parse(at, end + 1).map_err(|e| error::value_error(e.bytes_text()))?;
        if let Some((a, b)) = p.key {
            source.key(vm, bytes::new(&f[a..b]))?;
        }
        source.sizes(vm, &mut p)?;
        let v = source.take()?;
        one_bytes(vm, &p, &v, &mut out)?;
        i = p.end;
    }
    source.finish()?;
    Ok(out)
}

fn one_bytes(vm: &Vm, p: &Parsed, v: &Obj, out: &mut Vec<u8>) -> PyResult<()> {
    let spec = &p.spec;
    let data = match letter(spec) {
        'a' | 'r' => ops::text(&ops::ascii(vm, v)?).into_bytes(),
        's' | 'b' => as_bytes(vm, v)?,
        'c' => vec![byte(vm, v)?],
        _ => match number(vm, spec, v, true)? {
            Some(s) => {
                out.extend_from_slice(s.as_bytes());
                return Ok(());
            }
            None => return Err(error::value_error(percent::unsupported(spec.code, p.code_at))),
        },
    };
    let (before, keep, after) = spec.text_layout(data.len());
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(&data[..keep]);
    out.resize(out.len() + after, b' ');
    Ok(())
}

fn as_bytes(vm: &Vm, v: &Obj) -> PyResult<Vec<u8>> {
    if let Some(b) = v.get_exact::<Bytes>() {
        return Ok(b.as_slice().to_vec());
    }
    if let Some(b) = v.get_exact::<ByteArray>() {
        return Ok(b.data.borrow().clone());
    }
    if let Some(r) = call::call_special(vm, v, &names().__bytes__, &[])? {
        return match r.get::<Bytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(error::type_error(format!("__bytes__ returned non-bytes (type {})", r.ty().tp_name()))),
        };
    }
    if buffer::has_buffer(v) {
        return buffer::to_vec(vm, v);
    }
    Err(error::type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        v.ty().tp_name()
    )))
}

fn byte(vm: &Vm, v: &Obj) -> PyResult<u8> {
    let wrong =
        |what: String| error::type_error(format!("%c requires an integer in range(256) or a single byte, not {what}"));
    if let Some(b) = v.get::<Bytes>() {
        return match b.as_slice() {
            [b] => Ok(*b),
            s => Err(wrong(format!("a bytes object of length {}", s.len()))),
        };
    }
    if let Some(b) = v.get::<ByteArray>() {
        return match b.data.borrow().as_slice() {
            [b] => Ok(*b),
            s => Err(wrong(format!("a bytearray object of length {}", s.len()))),
        };
    }
    if v.ty().index().is_none() && !int::is_int(v) {
        return Err(wrong(adder_object::class::full_name(vm, v.ty())?));
    }
    let n = ops::index(vm, v)?;
    let n = int::as_int(&n).and_then(|n| n.to_i64());
    n.and_then(|n| u8::try_from(n).ok()).ok_or_else(|| error::overflow_error("%c arg not in range(256)"))
}
