//! `marshal`: plain data in CPython's format (version 5), code objects as our own verified form.
//!
//! A code object is `'c'`, a 32-bit length and what `isa::marshal` writes; reading verifies it before it can run.
//! CPython: Python/marshal.c.

use crate::code::CodeObject;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{
    Bytes, Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Slice, Str, Vm, bytes, error, exceptions as exc, float, int,
    module, ops, singletons, str, tuple, types,
};

const MAX_DEPTH: usize = 1000;
const REF: u8 = 0x80;

fn bad(what: &::std::primitive::str) -> PyErr {
    error::value_error(format!("bad marshal data ({what})"))
}
fn too_short() -> PyErr {
    PyErr::new(&exc::EOF_ERROR, "marshal data too short")
}

struct Writer {
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
}

impl Writer {
    fn size(&mut self, n: usize) -> PyResult<()> {
        let n = i32::try_from(n).map_err(|_| error::value_error("unmarshallable object"))?;
        self.out.extend(n.to_le_bytes());
        Ok(())
    }

    fn value(&mut self, vm: &Vm, o: &Obj, depth: usize) -> PyResult<()> {
        if depth > MAX_DEPTH {
            return Err(error::value_error("object too deeply nested to marshal"));
        }
        if self.scalar(o)? || self.text(o)? {
            return Ok(());
        }
        if o.is_exact(&types::TUPLE) {
            let items = tuple::to_vec(o);
            return self.sequence(vm, b'(', &items, depth);
        }
        if let Some(l) = o.get_exact::<List>() {
            return self.sequence(vm, b'[', &l.to_vec(), depth);
        }
        if let Some(d) = o.get_exact::<Dict>() {
            self.out.push(b'{');
            for (k, v) in d.items_vec() {
                self.value(vm, &k, depth + 1)?;
                self.value(vm, &v, depth + 1)?;
            }
            self.out.push(b'0');
            return Ok(());
        }
        if o.is_exact(&types::SET) || o.is_exact(&types::FROZENSET) {
            let items = ops::collect(vm, o)?;
            return self.sequence(vm, if o.is_exact(&types::SET) { b'<' } else { b'>' }, &items, depth);
        }
        if let Some(s) = o.get_exact::<Slice>() {
            if self.version < 5 {
                return Err(error::value_error("unmarshallable object"));
            }
            self.out.push(b':');
            return [&s.start, &s.stop, &s.step].into_iter().try_for_each(|p| self.value(vm, p, depth + 1));
        }
        if let Some(c) = o.get_exact::<CodeObject>() {
            if !self.allow_code {
                return Err(error::value_error("marshalling code objects is disallowed"));
            }
            if !c.is_plain() {
                return Err(error::value_error("unmarshallable object"));
            }
            let blob = adder_isa::marshal::write(&c.code)
                .map_err(|_| error::value_error("object too deeply nested to marshal"))?;
            self.out.push(b'c');
            self.size(blob.len())?;
            self.out.extend(blob);
            return Ok(());
        }
        if adder_object::buffer::has_buffer(o) {
            let b = adder_object::buffer::to_vec(vm, o)?;
            self.out.push(b's');
            self.size(b.len())?;
            self.out.extend(b);
            return Ok(());
        }
        Err(error::value_error("unmarshallable object"))
    }

    fn sequence(&mut self, vm: &Vm, tag: u8, items: &[Obj], depth: usize) -> PyResult<()> {
        if tag == b'(' && self.version >= 4 && items.len() < 256 {
            self.out.extend([b')', items.len() as u8]);
        } else {
            self.out.push(tag);
            self.size(items.len())?;
        }
        items.iter().try_for_each(|x| self.value(vm, x, depth + 1))
    }

    fn scalar(&mut self, o: &Obj) -> PyResult<bool> {
        let single = if o.is_none() {
            b'N'
        } else if o.is(singletons::true_ref()) {
            b'T'
        } else if o.is(singletons::false_ref()) {
            b'F'
        } else if o.is(singletons::ellipsis_ref()) {
            b'.'
        } else if o.is(&exc::STOP_ITERATION.obj()) {
            b'S'
        } else {
            0
        };
        if single != 0 {
            self.out.push(single);
            return Ok(true);
        }
        if o.is_exact(&types::FLOAT) {
            self.out.push(b'g');
            self.out.extend(float::as_float(o).unwrap_or(0.0).to_le_bytes());
            return Ok(true);
        }
        if let Some(c) = o.get_exact::<float::Complex>() {
            self.out.push(b'y');
            self.out.extend(c.re.to_le_bytes());
            self.out.extend(c.im.to_le_bytes());
            return Ok(true);
        }
        if o.is_exact(&types::INT)
            && let Some(n) = int::as_int(o)
        {
            match n.to_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(n) => {
                    self.out.push(b'i');
                    self.out.extend(n.to_le_bytes());
                }
                None => self.big(&n.to_big())?,
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// 15-bit digits, the count negative for negative numbers.
    fn big(&mut self, n: &int::IBig) -> PyResult<()> {
        let negative = *n < int::IBig::ZERO;
        let mut magnitude = if negative { -n.clone() } else { n.clone() };
        let mask = int::IBig::from(0x7FFF);
        let mut digits: Vec<u16> = vec![];
        while magnitude != int::IBig::ZERO {
            digits.push(u16::try_from(&magnitude & &mask).unwrap_or(0));
            magnitude >>= 15;
        }
        self.out.push(b'l');
        let count = digits.len() as i32;
        self.out.extend((if negative { -count } else { count }).to_le_bytes());
        digits.iter().for_each(|d| self.out.extend(d.to_le_bytes()));
        Ok(())
    }

    fn text(&mut self, o: &Obj) -> PyResult<bool> {
        if let Some(b) = o.get_exact::<Bytes>() {
            self.out.push(b's');
            self.size(b.len())?;
            self.out.extend_from_slice(b.as_slice());
            return Ok(true);
        }
        let Some(s) = o.get_exact::<Str>() else { return Ok(false) };
        match s.as_ascii() {
            Some(t) if self.version >= 4 && t.len() < 256 => {
                self.out.extend([if s.is_interned() { b'Z' } else { b'z' }, t.len() as u8]);
                self.out.extend_from_slice(t.as_bytes());
            }
            Some(t) if self.version >= 4 => {
                self.out.push(if s.is_interned() { b'A' } else { b'a' });
                self.size(t.len())?;
                self.out.extend_from_slice(t.as_bytes());
            }
            _ => {
                let w = s.to_wtf8();
                self.out.push(b'u');
                self.size(w.len())?;
                self.out.extend(w);
            }
        }
        Ok(true)
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    refs: Vec<Option<Obj>>,
    allow_code: bool,
}

impl Reader<'_> {
    fn take(&mut self, n: usize) -> PyResult<&[u8]> {
        let end = self.at.checked_add(n).filter(|e| *e <= self.data.len()).ok_or_else(too_short)?;
        let s = &self.data[self.at..end];
        self.at = end;
        Ok(s)
    }
    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.take(1)?[0])
    }
    fn i32(&mut self) -> PyResult<i32> {
        let b = self.take(4)?;
        Ok(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
    fn f64(&mut self) -> PyResult<f64> {
        let mut a = [0; 8];
        a.copy_from_slice(self.take(8)?);
        Ok(f64::from_le_bytes(a))
    }
    fn size(&mut self, what: &::std::primitive::str) -> PyResult<usize> {
        let n = self.i32()?;
        // Every item takes at least one byte, so a count beyond the data is damage, not a request for memory.
        usize::try_from(n)
            .ok()
            .filter(|n| *n <= self.data.len())
            .ok_or_else(|| bad(&format!("{what} size out of range")))
    }

    fn value(&mut self, vm: &Vm, depth: usize) -> PyResult<Option<Obj>> {
        if depth > MAX_DEPTH {
            return Err(bad("recursion limit exceeded"));
        }
        let tag = self.byte()?;
        let slot = if tag & REF != 0 {
            self.refs.push(None);
            Some(self.refs.len() - 1)
        } else {
            None
        };
        let v = match tag & !REF {
            b'0' => return Ok(None),
            b'r' => {
                let i = self.i32()?;
                let found = usize::try_from(i).ok().and_then(|i| self.refs.get(i).cloned().flatten());
                return found.map(Some).ok_or_else(|| bad("invalid reference"));
            }
            t @ (b'[' | b'{') => return self.container(vm, t, slot, depth).map(Some),
            t => self.plain(vm, t, depth)?,
        };
        if let Some(i) = slot {
            self.refs[i] = Some(v.clone());
        }
        Ok(Some(v))
    }

    /// Lists and dicts are known to `r` before their contents are read: they may contain themselves.
    fn container(&mut self, vm: &Vm, tag: u8, slot: Option<usize>, depth: usize) -> PyResult {
        if tag == b'[' {
            let n = self.size("list")?;
            let l = List::new(vec![]);
            if let Some(i) = slot {
                self.refs[i] = Some(l.obj().clone());
            }
            for _ in 0..n {
                l.push(self.required(vm, depth, "list")?);
            }
            return Ok(l.into_obj());
        }
        let d = Dict::new();
        if let Some(i) = slot {
            self.refs[i] = Some(d.obj().clone());
        }
        while let Some(k) = self.value(vm, depth + 1)? {
            let v = self.required(vm, depth, "dict")?;
            d.set_item(vm, &k, v)?;
        }
        Ok(d.into_obj())
    }

    fn required(&mut self, vm: &Vm, depth: usize, what: &::std::primitive::str) -> PyResult {
        self.value(vm, depth + 1)?.ok_or_else(|| error::type_error(format!("NULL object in marshal data for {what}")))
    }
    fn items(&mut self, vm: &Vm, n: usize, depth: usize, what: &::std::primitive::str) -> PyResult<Vec<Obj>> {
        (0..n).map(|_| self.required(vm, depth, what)).collect()
    }

    fn plain(&mut self, vm: &Vm, tag: u8, depth: usize) -> PyResult {
        Ok(match tag {
            b'N' => singletons::none(),
            b'T' => singletons::true_obj(),
            b'F' => singletons::false_obj(),
            b'.' => singletons::ellipsis(),
            b'S' => exc::STOP_ITERATION.obj(),
            b'i' => int::from_i64(self.i32()? as i64),
            b'l' => self.big()?,
            b'g' => float::from_f64_identity(self.f64()?),
            b'y' => float::complex(self.f64()?, self.f64()?),
            b's' => {
                let n = self.size("bytes object")?;
                bytes::new(self.take(n)?)
            }
            b'u' | b't' => {
                let n = self.size("string")?;
                let w = self.take(n)?;
                if !adder_isa::marshal::is_wtf8(w) {
                    return Err(bad("string is not UTF-8"));
                }
                str::from_wtf8(w).into_obj()
            }
            b'a' | b'A' | b'z' | b'Z' => {
                let n = if matches!(tag, b'z' | b'Z') { self.byte()? as usize } else { self.size("string")? };
                let s = str::from_latin1(self.take(n)?);
                if matches!(tag, b'A' | b'Z') { str::intern(&s).into_obj() } else { s.into_obj() }
            }
            b')' => {
                let n = self.byte()? as usize;
                tuple::new(self.items(vm, n, depth, "tuple")?)
            }
            b'(' => {
                let n = self.size("tuple")?;
                tuple::new(self.items(vm, n, depth, "tuple")?)
            }
            b'<' | b'>' => {
                let n = self.size("set")?;
                let s = if tag == b'<' { Set::new() } else { Set::new_of(&types::FROZENSET) };
                for x in self.items(vm, n, depth, "set")? {
                    s.add(vm, x)?;
                }
                s.into_obj()
            }
            b':' => {
                let mut p = self.items(vm, 3, depth, "slice")?.into_iter();
                let mut next = || p.next().unwrap_or_else(singletons::none);
                Slice::new(next(), next(), next())
            }
            b'c' => self.code(vm)?,
            _ => return Err(bad("unknown type code")),
        })
    }

    fn big(&mut self) -> PyResult {
        let n = self.i32()?;
        let mut v = int::IBig::ZERO;
        let digits: Vec<u8> = self.take(n.unsigned_abs() as usize * 2)?.to_vec();
        for d in digits.chunks_exact(2).rev() {
            let d = u16::from_le_bytes([d[0], d[1]]);
            if d > 0x7FFF {
                return Err(bad("digit out of range in long"));
            }
            v = (v << 15) + int::IBig::from(d);
        }
        Ok(int::from_big(if n < 0 { -v } else { v }))
    }

    fn code(&mut self, vm: &Vm) -> PyResult {
        if !self.allow_code {
            return Err(error::value_error("unmarshalling code objects is disallowed"));
        }
        let n = self.size("code")?;
        let code = adder_isa::marshal::read(self.take(n)?).map_err(|_| bad("code object"))?;
        adder_isa::verify::verify(&code).map_err(|_| bad("invalid bytecode"))?;
        Ok(CodeObject::make(vm, std::sync::Arc::new(code)).into_obj())
    }
}

fn dumps(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    Ok(bytes::new(&write(vm, a.req(0), a.opt(1), a.opt(2))?))
}
fn write(vm: &Vm, o: &Obj, version: Option<&Obj>, allow: Option<&Obj>) -> PyResult<Vec<u8>> {
    let version = version.map_or(Ok(5), |v| ops::to_i32(vm, v))?;
    let allow_code = allow.map_or(Ok(true), |a| ops::truth(vm, a))?;
    let mut w = Writer { out: vec![], version, allow_code };
    w.value(vm, o, 0)?;
    Ok(w.out)
}
fn loads(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let data = adder_object::buffer::to_vec(vm, a.req(0))?;
    let allow_code = a.opt(1).map_or(Ok(true), |a| ops::truth(vm, a))?;
    read(vm, &data, allow_code).map(|r| r.0)
}
/// The value and how many bytes it took.
fn read(vm: &Vm, data: &[u8], allow_code: bool) -> PyResult<(Obj, usize)> {
    let mut r = Reader { data, at: 0, refs: vec![], allow_code };
    let v = r.value(vm, 0)?.ok_or_else(|| error::type_error("NULL object in marshal data for object"))?;
    Ok((v, r.at))
}
fn dump(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let data = bytes::new(&write(vm, a.req(0), a.opt(2), a.opt(3))?);
    adder_object::call::call_method(vm, a.req(1), &adder_object::names().write, &[data])
}
fn load(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let allow_code = a.opt(1).map_or(Ok(true), |a| ops::truth(vm, a))?;
    let data = adder_object::call::call_method(vm, a.req(0), &adder_object::names().read, &[])?;
    let data = adder_object::buffer::to_vec(vm, &data)?;
    let (v, used) = read(vm, &data, allow_code)?;
    let back = int::from_i64(used as i64 - data.len() as i64);
    if used < data.len() {
        adder_object::call::call_method(vm, a.req(0), &adder_object::names().seek, &[back, int::from_i64(1)])?;
    }
    Ok(v)
}

static FUNCTIONS: [MethodDef; 4] = [
    method(
        "dump($module, value, file, version=version, /, *, allow_code=True)",
        Native::Bound(dump),
        "Write the value on the open file.",
    ),
    method(
        "load($module, file, /, *, allow_code=True)",
        Native::Bound(load),
        "Read one value from the open file and return it.",
    ),
    method(
        "dumps($module, value, version=version, /, *, allow_code=True)",
        Native::Bound(dumps),
        "Return the bytes object that would be written to a file by dump(value, file).",
    ),
    method(
        "loads($module, bytes, /, *, allow_code=True)",
        Native::Bound(loads),
        "Convert the bytes-like object to a value.",
    ),
];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module contains functions that can read and write Python values in\na binary format.",
    functions: &FUNCTIONS,
    init: Some(|_, m| {
        module::dict(m.obj()).set_str("version", int::from_i64(5));
        Ok(())
    }),
    ..ModuleSpec::new("marshal")
};
