//! `_json.make_scanner`: JSON text to objects.
//!
//! *CPython*: Modules/_json.c, scanner_call and the functions it uses.

use super::strings::{decode_error, scan, stop as end_of_string, text_arg};
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::str::Chars;
use adder_object::{
    Args, Dict, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags, TypeSpec, Vm, attr,
    call, error, float, int, ops, singletons, str, trace_fields, tuple, types,
};

pub struct Scanner {
    strict: bool,
    object_hook: Obj,
    object_pairs_hook: Obj,
    parse_float: Obj,
    parse_int: Obj,
    parse_constant: Obj,
}
trace_fields!(Scanner { object_hook, object_pairs_hook, parse_float, parse_int, parse_constant });
static SCANNER: StaticType = StaticType::new::<Scanner>("_json.Scanner", TypeFlags::GC | TypeFlags::BASETYPE);
adder_object::payload!(Scanner, SCANNER);

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method("make_scanner(context)", Native::Raw(|_, o, _| Ok(o.clone())), "");
    let bound = SIG.signature().bind(args)?;
    let context = bound.req(0);
    let get = |name: &::std::primitive::str| attr::get_str(vm, context, name);
    let s = Scanner {
        strict: ops::truth(vm, &get("strict")?)?,
        object_hook: get("object_hook")?,
        object_pairs_hook: get("object_pairs_hook")?,
        parse_float: get("parse_float")?,
        parse_int: get("parse_int")?,
        parse_constant: get("parse_constant")?,
    };
    Ok(Ref::with_type(ty, s).into_obj())
}

fn scanner_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method("scan_once(string, idx)", Native::Raw(|_, o, _| Ok(o.clone())), "");
    let bound: Bound<'_> = SIG.signature().bind(args)?;
    let (text, idx) = (bound.req(0), ops::size_isize(vm, bound.req(1))?);
    let s = text_arg(text)?;
    let Ok(idx) = usize::try_from(idx) else { return Err(error::value_error("idx cannot be negative")) };
    let bytes = match s.chars() {
        Chars::One(b) => Some(b),
        _ => None,
    };
    let short_keys = [const { ObjCell::empty() }; SHORT_KEYS];
    let reader = Reader { vm, scanner: o.this::<Scanner>()?, text, s, bytes, keys: Dict::new(), short_keys };
    let (value, end) = reader.value(idx)?;
    Ok(tuple::from_array([value, int::from_usize(end)]))
}

/// One parse: the text, and the keys seen so far, so that equal keys are one object.
struct Reader<'a> {
    vm: &'a Vm,
    scanner: &'a Scanner,
    text: &'a Obj,
    s: &'a Str,
    /// The characters, if each is a byte.
    bytes: Option<&'a [u8]>,
    keys: Ref<Dict>,
    /// Some of them that are short and ASCII, by `short_key_place`: found without a str made to look for them.
    short_keys: [ObjCell; SHORT_KEYS],
}
const SHORT_KEYS: usize = 32;

fn short_key_place(text: &[u8]) -> usize {
    let byte = |i: usize| text.get(i).map_or(0, |&b| b as usize);
    (text.len() * 7 + byte(0) * 5 + byte(text.len() / 2) * 3 + byte(text.len().wrapping_sub(1))) % SHORT_KEYS
}

fn stop(at: usize) -> PyErr {
    error::stop_iteration(int::from_usize(at))
}

impl Reader<'_> {
    #[inline(always)]
    fn at(&self, i: usize) -> Option<u8> {
        match self.bytes {
            Some(b) => b.get(i).copied(),
            None => self.wide_at(i),
        }
    }
    fn wide_at(&self, i: usize) -> Option<u8> {
        // Only ASCII characters mean anything outside strings.
        if i < self.s.len() { u8::try_from(self.s.at(i)).ok().or(Some(0x80)) } else { None }
    }
    fn skip(&self, mut i: usize) -> usize {
        while matches!(self.at(i), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            i += 1;
        }
        i
    }
    fn fail<T>(&self, message: &::std::primitive::str, at: usize) -> PyResult<T> {
        Err(decode_error(self.vm, message, self.text, at as i64))
    }
    fn is_word(&self, at: usize, word: &::std::primitive::str) -> bool {
        word.bytes().enumerate().all(|(k, b)| self.at(at + k) == Some(b))
    }

    fn value(&self, i: usize) -> PyResult<(Obj, usize)> {
        let constant = |word: &::std::primitive::str| -> PyResult<(Obj, usize)> {
            let v = call::call1(self.vm, &self.scanner.parse_constant, str::intern_str(word).obj())?;
            Ok((v, i + word.len()))
        };
        match self.at(i) {
            None => return Err(stop(i)),
            Some(b'"') => return scan(self.vm, self.text, self.s, i + 1, self.scanner.strict),
            Some(b'{') => {
                self.vm.check_stack(" while decoding a JSON object from a unicode string")?;
                return self.object(i + 1);
            }
            Some(b'[') => {
                self.vm.check_stack(" while decoding a JSON array from a unicode string")?;
                return self.array(i + 1);
            }
            Some(b'n') if self.is_word(i, "null") => return Ok((singletons::none(), i + 4)),
            Some(b't') if self.is_word(i, "true") => return Ok((singletons::true_obj(), i + 4)),
            Some(b'f') if self.is_word(i, "false") => return Ok((singletons::false_obj(), i + 5)),
            Some(b'N') if self.is_word(i, "NaN") => return constant("NaN"),
            Some(b'I') if self.is_word(i, "Infinity") => return constant("Infinity"),
            Some(b'-') if self.is_word(i, "-Infinity") => return constant("-Infinity"),
            _ => {}
        }
        self.number(i)
    }

    fn number(&self, start: usize) -> PyResult<(Obj, usize)> {
        let digits = |mut i: usize| {
            while self.at(i).is_some_and(|b| b.is_ascii_digit()) {
                i += 1;
            }
            i
        };
        let mut i = start;
        if self.at(i) == Some(b'-') {
            i += 1;
        }
        i = match self.at(i) {
            Some(b'0') => i + 1,
            Some(b'1'..=b'9') => digits(i),
            _ => return Err(stop(start)),
        };
        let mut is_float = false;
        if self.at(i) == Some(b'.') && self.at(i + 1).is_some_and(|b| b.is_ascii_digit()) {
            is_float = true;
            i = digits(i + 1);
        }
        if matches!(self.at(i), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.at(i + 1), Some(b'+' | b'-')));
            let end = digits(i + 1 + sign);
            if end > i + 1 + sign {
                is_float = true;
                i = end;
            }
        }
        let value = match self.bytes {
            Some(b) => self.make_number(&b[start..i], is_float)?,
            None => self.make_number(&(start..i).filter_map(|k| self.at(k)).collect::<Vec<u8>>(), is_float)?,
        };
        Ok((value, i))
    }

    fn make_number(&self, text: &[u8], is_float: bool) -> PyResult {
        let parse = if is_float { &self.scanner.parse_float } else { &self.scanner.parse_int };
        if is_float && parse.is(&types::FLOAT.obj()) {
            let plain = ::std::primitive::str::from_utf8(text).unwrap_or("");
            if let Ok(x) = plain.parse::<f64>() {
                return Ok(float::from_f64(x));
            }
        } else if !is_float && parse.is(&types::INT.obj()) && text.len() < 19 {
            let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
            let n = digits.iter().fold(0i64, |n, &d| n * 10 + i64::from(d & 15));
            return Ok(int::from_i64(if negative { -n } else { n }));
        }
        call::call1(self.vm, parse, str::from_ascii(text).obj())
    }

    fn array(&self, i: usize) -> PyResult<(Obj, usize)> {
        let mut items = Vec::new();
        let mut i = self.skip(i);
        if self.at(i) == Some(b']') {
            return Ok((List::new(items).into_obj(), i + 1));
        }
        loop {
            let (v, next) = self.value(i)?;
            items.push(v);
            i = self.skip(next);
            match self.at(i) {
                Some(b']') => return Ok((List::new(items).into_obj(), i + 1)),
                Some(b',') => {}
                _ => return self.fail("Expecting ',' delimiter", i),
            }
            let comma = i;
            i = self.skip(i + 1);
            if self.at(i) == Some(b']') {
                return self.fail("Illegal trailing comma before end of array", comma);
            }
        }
    }

    /// The key that begins at `i`, behind the quote, and the position behind it.
    fn key(&self, i: usize) -> PyResult<(Obj, usize)> {
        let known = self.bytes.filter(|_| self.s.is_ascii()).and_then(|b| {
            let end = end_of_string(Chars::One(b), i, true)?;
            (b[end] == b'"' && end - i <= 40).then(|| (&b[i..end], end + 1))
        });
        let Some((text, next)) = known else {
            let (key, next) = scan(self.vm, self.text, self.s, i, self.scanner.strict)?;
            return Ok((self.keys.set_default(self.vm, &key, key.clone())?, next));
        };
        let place = &self.short_keys[short_key_place(text)];
        let same = |o: &Obj| o.get::<Str>().is_some_and(|s| matches!(s.chars(), Chars::One(b) if b == text));
        if let Some(key) = place.with(|o| o.filter(|o| same(o)).cloned()) {
            return Ok((key, next));
        }
        let key = str::from_ascii(text).into_obj();
        let key = self.keys.set_default(self.vm, &key, key.clone())?;
        place.set(key.clone());
        Ok((key, next))
    }

    fn object(&self, i: usize) -> PyResult<(Obj, usize)> {
        let vm = self.vm;
        let pairs_hook = !self.scanner.object_pairs_hook.is_none();
        let mut pairs = Vec::new();
        let d = Dict::new();
        let mut i = self.skip(i);
        if self.at(i) != Some(b'}') {
            loop {
                if self.at(i) != Some(b'"') {
                    return self.fail("Expecting property name enclosed in double quotes", i);
                }
                let (key, next) = self.key(i + 1)?;
                i = self.skip(next);
                if self.at(i) != Some(b':') {
                    return self.fail("Expecting ':' delimiter", i);
                }
                let (v, next) = self.value(self.skip(i + 1))?;
                if pairs_hook {
                    pairs.push(tuple::from_array([key, v]));
                } else {
                    d.set_name(&key, v);
                }
                i = self.skip(next);
                match self.at(i) {
                    Some(b'}') => break,
                    Some(b',') => {}
                    _ => return self.fail("Expecting ',' delimiter", i),
                }
                let comma = i;
                i = self.skip(i + 1);
                if self.at(i) == Some(b'}') {
                    return self.fail("Illegal trailing comma before end of object", comma);
                }
            }
        }
        let value = if pairs_hook {
            call::call1(vm, &self.scanner.object_pairs_hook, List::new(pairs).obj())?
        } else if !self.scanner.object_hook.is_none() {
            call::call1(vm, &self.scanner.object_hook, d.obj())?
        } else {
            d.into_obj()
        };
        Ok((value, i + 1))
    }
}

macro_rules! field {
    ($name:ident) => {
        getter(stringify!($name), |_, o| Ok(o.this::<Scanner>()?.$name.clone()), "")
    };
}
pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::call(scanner_call)],
    getset: &[
        getter("strict", |_, o| Ok(singletons::bool_obj(o.this::<Scanner>()?.strict)), ""),
        field!(object_hook),
        field!(object_pairs_hook),
        field!(parse_float),
        field!(parse_int),
        field!(parse_constant),
    ],
    doc: "JSON scanner object",
    ..TypeSpec::of(&SCANNER)
};
