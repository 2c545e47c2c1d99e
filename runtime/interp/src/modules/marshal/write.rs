//! `marshal`: from values to bytes.
//!
//! An object gets its number when it is met first, before what it contains, and is written as that number afterwards (format 3 and later);
//! objects with one reference cannot be met again and get none, as in CPython.

use super::{MAX_DEPTH, REF};
use crate::code::CodeObject;
use adder_object::call::call_method_str;
use adder_object::{
    Bytes, Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Slice, Str, Vm, error, exceptions as exc, float, int, ops,
    set, singletons, str, tuple, types,
};
use std::collections::HashMap;

pub struct Writer {
    pub out: Vec<u8>,
    version: i32,
    allow_code: bool,
    /// By identity: the number, and whether a reference may be made already.
    numbers: HashMap<u64, (i32, bool)>,
    /// What is numbered lives until all is written, so that no other object gets its identity.
    kept: Vec<Obj>,
}

#[cold]
fn unmarshallable() -> PyErr {
    error::value_error("unmarshallable object")
}
#[cold]
fn too_deep() -> PyErr {
    error::value_error("object too deeply nested to marshal")
}

impl Writer {
    pub fn new(version: i32, allow_code: bool) -> Writer {
        Writer { out: vec![], version, allow_code, numbers: HashMap::new(), kept: vec![] }
    }

    fn size(&mut self, n: usize) -> PyResult<()> {
        let n = i32::try_from(n).map_err(|_| unmarshallable())?;
        self.out.extend(n.to_le_bytes());
        Ok(())
    }

    /// Writes a value of which this writer itself holds `held` references.
    pub fn value(&mut self, vm: &Vm, o: &Obj, depth: usize, held: u32) -> PyResult<()> {
        if depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        if let Some(tag) = singleton(o) {
            self.out.push(tag);
            return Ok(());
        }
        let number = match self.reference(o, held)? {
            Number::Written => return Ok(()),
            Number::New => Some(self.out.len()),
            Number::None => None,
        };
        self.whole(vm, o, depth)?;
        if let Some(at) = number {
            self.out[at] |= REF;
            self.numbers.entry(o.bits()).and_modify(|n| n.1 = true);
        }
        Ok(())
    }

    fn reference(&mut self, o: &Obj, held: u32) -> PyResult<Number> {
        if self.version < 3 || !may_be_met_again(o, held) {
            return Ok(Number::None);
        }
        if let Some(&(n, complete)) = self.numbers.get(&o.bits()) {
            if !complete {
                return Err(unmarshallable());
            }
            self.out.push(b'r');
            self.out.extend(n.to_le_bytes());
            return Ok(Number::Written);
        }
        let n = i32::try_from(self.numbers.len()).map_err(|_| too_deep())?;
        let may_hold_itself = [&types::TUPLE, &types::LIST, &types::DICT, &types::SET].iter().any(|t| o.is_exact(t));
        self.numbers.insert(o.bits(), (n, may_hold_itself));
        self.kept.push(o.clone());
        Ok(Number::New)
    }

    fn whole(&mut self, vm: &Vm, o: &Obj, depth: usize) -> PyResult<()> {
        if self.number(vm, o)? || self.text(o)? {
            return Ok(());
        }
        if o.is_exact(&types::TUPLE) {
            let items = tuple::as_slice(o).unwrap_or(&[]);
            if self.version >= 4 && items.len() < 256 {
                self.out.extend([b')', items.len() as u8]);
            } else {
                self.out.push(b'(');
                self.size(items.len())?;
            }
            return items.iter().try_for_each(|x| self.value(vm, x, depth + 1, 0));
        }
        if let Some(l) = o.get_exact::<List>() {
            let items = l.to_vec();
            self.out.push(b'[');
            self.size(items.len())?;
            return items.iter().try_for_each(|x| self.value(vm, x, depth + 1, 1));
        }
        if let Some(d) = o.get_exact::<Dict>() {
            self.out.push(b'{');
            for (k, v) in d.items_vec() {
                self.value(vm, &k, depth + 1, 1)?;
                self.value(vm, &v, depth + 1, 1)?;
            }
            self.out.push(b'0');
            return Ok(());
        }
        if let Some(s) = set::view(o).filter(|_| o.is_exact(&types::SET) || o.is_exact(&types::FROZENSET)) {
            return self.set(vm, s, if o.is_exact(&types::SET) { b'<' } else { b'>' }, depth);
        }
        if let Some(s) = o.get_exact::<Slice>() {
            if self.version < 5 {
                return Err(unmarshallable());
            }
            self.out.push(b':');
            return [&s.start, &s.stop, &s.step].into_iter().try_for_each(|p| self.value(vm, p, depth + 1, 0));
        }
        if let Some(c) = o.get_exact::<CodeObject>() {
            return self.code(c);
        }
        if adder_object::buffer::has_buffer(o) {
            let b = adder_object::buffer::to_vec(vm, o)?;
            self.out.push(b's');
            self.size(b.len())?;
            self.out.extend(b);
            return Ok(());
        }
        Err(unmarshallable())
    }

    /// Items in the order of their own bytes, so that hash randomisation does not show.
    fn set(&mut self, vm: &Vm, s: &Set, tag: u8, depth: usize) -> PyResult<()> {
        self.out.push(tag);
        let n = s.len();
        self.size(n)?;
        let mut items = vec![];
        for item in s.to_vec() {
            let mut alone = Writer::new(self.version, self.allow_code);
            alone.value(vm, &item, 0, 1)?;
            if s.len() != n {
                return Err(error::runtime_error("set changed size during iteration"));
            }
            items.push((alone.out, item));
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        items.iter().try_for_each(|(_, x)| self.value(vm, x, depth + 1, 1))
    }

    fn code(&mut self, c: &CodeObject) -> PyResult<()> {
        if !self.allow_code {
            return Err(error::value_error("marshalling code objects is disallowed"));
        }
        if !c.is_plain() {
            return Err(unmarshallable());
        }
        let blob = adder_isa::marshal::write(&c.code).map_err(|_| too_deep())?;
        self.out.push(b'c');
        self.size(blob.len())?;
        self.out.extend(blob);
        Ok(())
    }

    fn number(&mut self, vm: &Vm, o: &Obj) -> PyResult<bool> {
        if o.is_exact(&types::FLOAT) {
            self.floats(vm, b'g', b'f', &[float::as_float(o).unwrap_or(0.0)])?;
        } else if let Some(c) = o.get_exact::<float::Complex>() {
            self.floats(vm, b'y', b'x', &[c.re, c.im])?;
        } else if o.is_exact(&types::INT)
            && let Some(n) = int::as_int(o)
        {
            match n.to_i64().and_then(|n| i32::try_from(n).ok()) {
                Some(n) => {
                    self.out.push(b'i');
                    self.out.extend(n.to_le_bytes());
                }
                None => self.big(&n.to_big())?,
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// As bits, or as text in the oldest formats.
    fn floats(&mut self, vm: &Vm, bits: u8, text: u8, numbers: &[f64]) -> PyResult<()> {
        self.out.push(if self.version > 1 { bits } else { text });
        for x in numbers {
            if self.version > 1 {
                self.out.extend(x.to_le_bytes());
                continue;
            }
            let t = call_method_str(vm, &float::from_f64(*x), "__format__", &[str::from_str(".17g").into_obj()])?;
            let t = ops::text(&t);
            self.out.push(t.len() as u8);
            self.out.extend(t.as_bytes());
        }
        Ok(())
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
        let interned = s.is_interned();
        match s.as_ascii() {
            Some(t) if self.version >= 4 => {
                if t.len() < 256 {
                    self.out.extend([if interned { b'Z' } else { b'z' }, t.len() as u8]);
                } else {
                    self.out.push(if interned { b'A' } else { b'a' });
                    self.size(t.len())?;
                }
                self.out.extend_from_slice(t.as_bytes());
            }
            _ => {
                let w = s.to_wtf8();
                self.out.push(if self.version >= 3 && interned { b't' } else { b'u' });
                self.size(w.len())?;
                self.out.extend(w);
            }
        }
        Ok(true)
    }
}

enum Number {
    /// Met before: its number is written.
    Written,
    New,
    None,
}

fn singleton(o: &Obj) -> Option<u8> {
    Some(match o {
        o if o.is_none() => b'N',
        o if o.is(singletons::true_ref()) => b'T',
        o if o.is(singletons::false_ref()) => b'F',
        o if o.is(singletons::ellipsis_ref()) => b'.',
        o if o.is(&exc::STOP_ITERATION.obj()) => b'S',
        _ => return None,
    })
}

/// CPython keeps one object of each small int; other immediate numbers have no identity that a reference could keep.
fn may_be_met_again(o: &Obj, held: u32) -> bool {
    if o.header().is_none() {
        return int::as_int(o).and_then(|n| n.to_i64()).is_some_and(|n| (-5..=256).contains(&n));
    }
    o.refcount() > 1 + held || o.get_exact::<Str>().is_some_and(Str::is_interned)
}
