//! `marshal`: from bytes to values.
//!
//! Invariant: whatever the bytes say, reading ends in a value or an exception: sizes are believed only as far as there are bytes, and code
//! is verified before it becomes an object. Containers that can hold themselves get their number before their items are read.

use super::{MAX_DEPTH, REF};
use crate::code::CodeObject;
use adder_object::call::{call_method, call_method_str, call1};
use adder_object::{
    ByteArray, Dict, List, Obj, PyErr, PyResult, Set, Slice, Vm, bytes, error, exceptions as exc, float, int, names,
    ops, singletons, str, tuple, types,
};

fn bad(what: &::std::primitive::str) -> PyErr {
    error::value_error(format!("bad marshal data ({what})"))
}
#[cold]
fn too_short() -> PyErr {
    PyErr::new(&exc::EOF_ERROR, "marshal data too short")
}
#[cold]
fn ended() -> PyErr {
    PyErr::new(&exc::EOF_ERROR, "EOF read where not expected")
}
#[cold]
fn no_object() -> PyErr {
    PyErr::new(&exc::EOF_ERROR, "EOF read where object expected")
}

/// Where bytes come from.
pub enum Source<'a> {
    Memory {
        data: &'a [u8],
        at: usize,
    },
    /// A file object, read no further than its value goes.
    File(&'a Obj),
}

pub struct Reader<'a> {
    source: Source<'a>,
    refs: Vec<Option<Obj>>,
    allow_code: bool,
}

impl Reader<'_> {
    pub fn new(source: Source<'_>, allow_code: bool) -> Reader<'_> {
        Reader { source, refs: vec![], allow_code }
    }

    /// The one value that the source begins with.
    pub fn read(&mut self, vm: &Vm) -> PyResult {
        self.required(vm, 0, "object")
    }

    fn take<R>(&mut self, vm: &Vm, n: usize, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        match &mut self.source {
            Source::Memory { data, at } => {
                let end = at.checked_add(n).filter(|e| *e <= data.len()).ok_or_else(too_short)?;
                let r = f(&data[*at..end]);
                *at = end;
                Ok(r)
            }
            Source::File(file) => {
                let mut room = vec![];
                room.try_reserve_exact(n).map_err(|_| error::no_memory())?;
                room.resize(n, 0);
                let room = ByteArray::new(room);
                let got = call_method(vm, file, &names().readinto, &[room.obj().clone()])?;
                match ops::size_isize(vm, &got)? {
                    got if got == n as isize => Ok(f(&room.data.borrow())),
                    got if got > n as isize => {
                        let text = format!("read() returned too much data: {n} bytes requested, {got} returned");
                        Err(error::value_error(text))
                    }
                    _ => Err(ended()),
                }
            }
        }
    }
    fn array<const N: usize>(&mut self, vm: &Vm) -> PyResult<[u8; N]> {
        self.take(vm, N, |b| std::array::from_fn(|i| b[i]))
    }
    fn byte(&mut self, vm: &Vm) -> PyResult<u8> {
        let b = self.array::<1>(vm).map_err(|e| if e.is(&exc::EOF_ERROR) { ended() } else { e })?;
        Ok(b[0])
    }
    fn i32(&mut self, vm: &Vm) -> PyResult<i32> {
        self.array(vm).map(i32::from_le_bytes)
    }
    fn f64(&mut self, vm: &Vm) -> PyResult<f64> {
        self.array(vm).map(f64::from_le_bytes)
    }
    fn size(&mut self, vm: &Vm, what: &::std::primitive::str) -> PyResult<usize> {
        usize::try_from(self.i32(vm)?).map_err(|_| bad(&format!("{what} size out of range")))
    }

    /// A value; None for the mark that ends a dict.
    fn value(&mut self, vm: &Vm, depth: usize) -> PyResult<Option<Obj>> {
        let tag = self.byte(vm).map_err(|e| if e.is(&exc::EOF_ERROR) { no_object() } else { e })?;
        if depth >= MAX_DEPTH {
            return Err(bad("recursion limit exceeded"));
        }
        let slot = if tag & REF != 0 {
            self.refs.push(None);
            Some(self.refs.len() - 1)
        } else {
            None
        };
        let v = match tag & !REF {
            b'0' => return Ok(None),
            b'r' => {
                let i = self.i32(vm)?;
                let found = usize::try_from(i).ok().and_then(|i| self.refs.get(i).cloned().flatten());
                return found.map(Some).ok_or_else(|| bad("invalid reference"));
            }
            t @ (b'[' | b'{' | b'(' | b')' | b'<') => return self.container(vm, t, slot, depth).map(Some),
            t @ (b'>' | b':') => self.frozen(vm, t, depth)?,
            b'c' => self.code(vm)?,
            t @ (b'i' | b'I' | b'l' | b'g' | b'f' | b'y' | b'x') => self.number(vm, t)?,
            t => self.plain(vm, t)?,
        };
        self.name(slot, &v);
        Ok(Some(v))
    }
    fn name(&mut self, slot: Option<usize>, v: &Obj) {
        if let Some(i) = slot {
            self.refs[i] = Some(v.clone());
        }
    }

    fn container(&mut self, vm: &Vm, tag: u8, slot: Option<usize>, depth: usize) -> PyResult {
        match tag {
            b'[' => {
                let n = self.size(vm, "list")?;
                let l = List::new(vec![]);
                self.name(slot, l.obj());
                for _ in 0..n {
                    l.push(self.required(vm, depth + 1, "list")?);
                }
                Ok(l.into_obj())
            }
            b'{' => {
                let d = Dict::new();
                self.name(slot, d.obj());
                while let Some(k) = self.value(vm, depth + 1)? {
                    let Some(v) = self.value(vm, depth + 1)? else { break };
                    d.set_item(vm, &k, v)?;
                }
                Ok(d.into_obj())
            }
            b'<' => {
                let n = self.size(vm, "set")?;
                let s = Set::new();
                self.name(slot, s.obj());
                self.members(vm, &s, n, depth)?;
                Ok(s.into_obj())
            }
            _ => {
                let n = if tag == b')' { self.byte(vm)? as usize } else { self.size(vm, "tuple")? };
                if slot.is_none() {
                    return Ok(tuple::new(self.items(vm, n, depth, "tuple")?));
                }
                self.check_room(n)?;
                tuple::known_first(n, |t| {
                    self.name(slot, t);
                    self.required(vm, depth + 1, "tuple")
                })
                .inspect(|t| self.name(slot, t))
            }
        }
    }
    /// What cannot hold itself: a frozenset or a slice.
    fn frozen(&mut self, vm: &Vm, tag: u8, depth: usize) -> PyResult {
        if tag == b'>' {
            let n = self.size(vm, "set")?;
            let s = Set::new_of(&types::FROZENSET);
            self.members(vm, &s, n, depth)?;
            return Ok(s.into_obj());
        }
        let mut part = || self.required(vm, depth + 1, "slice");
        let (start, stop, step) = (part()?, part()?, part()?);
        Ok(Slice::new(start, stop, step))
    }
    fn members(&mut self, vm: &Vm, s: &Set, n: usize, depth: usize) -> PyResult<()> {
        for _ in 0..n {
            let x = self.required(vm, depth + 1, "set")?;
            s.add(vm, x)?;
        }
        Ok(())
    }
    fn required(&mut self, vm: &Vm, depth: usize, what: &::std::primitive::str) -> PyResult {
        self.value(vm, depth)?.ok_or_else(|| error::type_error(format!("NULL object in marshal data for {what}")))
    }
    fn items(&mut self, vm: &Vm, n: usize, depth: usize, what: &::std::primitive::str) -> PyResult<Vec<Obj>> {
        let mut items = vec![];
        for _ in 0..n {
            items.push(self.required(vm, depth + 1, what)?);
        }
        Ok(items)
    }
    /// Every item takes at least a byte, so memory for more than there are is not taken.
    fn check_room(&self, n: usize) -> PyResult<()> {
        match self.source {
            Source::Memory { data, at } if n > data.len() - at => Err(too_short()),
            Source::File(_) if n > 1 << 24 => Err(error::no_memory()),
            _ => Ok(()),
        }
    }

    fn number(&mut self, vm: &Vm, tag: u8) -> PyResult {
        Ok(match tag {
            b'i' => int::from_i64(self.i32(vm)?.into()),
            b'I' => int::from_i64(self.array(vm).map(i64::from_le_bytes)?),
            b'l' => self.big(vm)?,
            b'g' => float::from_f64_identity(self.f64(vm)?),
            b'f' => float::from_f64_identity(self.float_text(vm)?),
            b'y' => float::complex(self.f64(vm)?, self.f64(vm)?),
            _ => float::complex(self.float_text(vm)?, self.float_text(vm)?),
        })
    }
    fn float_text(&mut self, vm: &Vm) -> PyResult<f64> {
        let n = self.byte(vm)? as usize;
        let text = self.take(vm, n, bytes::new)?;
        Ok(float::as_float(&call1(vm, &types::FLOAT.obj(), &text)?).unwrap_or(0.0))
    }

    fn plain(&mut self, vm: &Vm, tag: u8) -> PyResult {
        Ok(match tag {
            b'N' => singletons::none(),
            b'T' => singletons::true_obj(),
            b'F' => singletons::false_obj(),
            b'.' => singletons::ellipsis(),
            b'S' => exc::STOP_ITERATION.obj(),
            b's' => {
                let n = self.size(vm, "bytes object")?;
                self.take(vm, n, bytes::new)?
            }
            b'u' | b't' => {
                let n = self.size(vm, "string")?;
                let read = self.take(vm, n, |w| match adder_isa::marshal::is_wtf8(w) {
                    true => Ok(str::from_wtf8(w)),
                    false => Err(bytes::new(w)),
                })?;
                match read {
                    Ok(s) if tag == b't' => str::intern(&s).into_obj(),
                    Ok(s) => s.into_obj(),
                    Err(b) => {
                        let how = ["utf-8", "surrogatepass"].map(|s| str::from_str(s).into_obj());
                        call_method_str(vm, &b, "decode", &how)?
                    }
                }
            }
            b'a' | b'A' | b'z' | b'Z' => {
                let short = matches!(tag, b'z' | b'Z');
                let n = if short { self.byte(vm)? as usize } else { self.size(vm, "string")? };
                let s = self.take(vm, n, str::from_latin1)?;
                if matches!(tag, b'A' | b'Z') { str::intern(&s).into_obj() } else { s.into_obj() }
            }
            _ => return Err(bad("unknown type code")),
        })
    }

    fn big(&mut self, vm: &Vm) -> PyResult {
        let n = self.i32(vm)?;
        let digits = self.take(vm, n.unsigned_abs() as usize * 2, <[u8]>::to_vec)?;
        if n != 0 && digits.ends_with(&[0, 0]) {
            return Err(bad("unnormalized long data"));
        }
        let mut v = int::IBig::ZERO;
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
        let n = self.size(vm, "code")?;
        let code = self.take(vm, n, adder_isa::marshal::read)?.map_err(|_| bad("code object"))?;
        adder_isa::verify::verify(&code).map_err(|_| bad("invalid bytecode"))?;
        Ok(CodeObject::make(vm, std::sync::Arc::new(code)).into_obj())
    }
}
