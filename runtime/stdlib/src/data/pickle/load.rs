//! What an unpickler does for each opcode.
//!
//! Invariant: the stack is not borrowed while Python code runs; a mark is at most the height of the stack.
//! CPython: Modules/_pickle.c (load and the load_* functions).

use super::ops::*;
use super::state::{state, unpickling_error};
use super::unpickler::{Unpickler, put};
use super::{build, global};
use crate::functional::shared::text;
use adder_object::int::IBig;
use adder_object::{
    ByteArray, Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Str, Vm, attr, bytes, call, error, float, int, ops, set,
    singletons, str, tuple, types,
};

#[cold]
fn underflow(u: &Unpickler) -> PyErr {
    unpickling_error(if u.marks.borrow().is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" })
}
impl Unpickler {
    #[inline]
    pub fn push(&self, o: Obj) {
        self.stack.borrow_mut().push(o);
    }
    /// The lowest height that opcodes may pop to.
    fn floor(&self) -> usize {
        self.marks.borrow().last().copied().unwrap_or(0)
    }
    #[inline]
    pub fn pop(&self) -> PyResult {
        let floor = self.floor();
        let mut stack = self.stack.borrow_mut();
        if stack.len() > floor
            && let Some(o) = stack.pop()
        {
            return Ok(o);
        }
        drop(stack);
        Err(underflow(self))
    }
    /// The top, left where it is.
    #[inline]
    pub fn top(&self) -> PyResult {
        let floor = self.floor();
        let stack = self.stack.borrow();
        match stack.last() {
            Some(o) if stack.len() > floor => Ok(o.clone()),
            _ => {
                drop(stack);
                Err(underflow(self))
            }
        }
    }
    /// Everything above the last mark, which goes.
    pub fn pop_mark(&self) -> PyResult<Vec<Obj>> {
        let Some(at) = self.marks.borrow_mut().pop() else { return Err(unpickling_error("could not find MARK")) };
        let mut stack = self.stack.borrow_mut();
        let at = at.min(stack.len());
        Ok(stack.split_off(at))
    }
    fn length(&self, vm: &Vm, size: usize) -> PyResult<usize> {
        let n = self.take(vm, size, |b| b.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b)))?;
        if n > isize::MAX as u64 {
            return Err(error::overflow_error("length exceeds system's maximum size"));
        }
        Ok(n as usize)
    }
}

/// Reads one object: opcodes up to STOP.
pub fn run(vm: &Vm, u: &Unpickler) -> PyResult {
    let old = (std::mem::take(&mut *u.marks.borrow_mut()), u.stack.borrow_mut().split_off(0));
    drop(old);
    u.protocol.set(0);
    let r = opcodes(vm, u);
    let left = (u.marks.take(), u.stack.borrow_mut().split_off(0));
    drop(left);
    let o = r?;
    u.skip_consumed(vm)?;
    Ok(o)
}

fn opcodes(vm: &Vm, u: &Unpickler) -> PyResult {
    loop {
        let op = u.opcode(vm)?;
        match op {
            STOP => return u.pop(),
            BINGET => {
                let at = u.byte(vm)? as usize;
                get(u, at)?;
            }
            MEMOIZE => {
                let at = u.memo.borrow().len();
                let o = u.top()?;
                put(&mut u.memo.borrow_mut(), at, o)?;
            }
            BINPUT => {
                let at = u.byte(vm)? as usize;
                memo_top(u, at)?;
            }
            SHORT_BINUNICODE => {
                let n = u.byte(vm)? as usize;
                push_text(vm, u, n)?;
            }
            BININT1 => {
                let n = u.byte(vm)?;
                u.push(int::from_i64(i64::from(n)));
            }
            MARK => {
                let at = u.stack.borrow().len();
                u.marks.borrow_mut().push(at);
            }
            NONE => u.push(singletons::none()),
            NEWTRUE => u.push(singletons::true_obj()),
            NEWFALSE => u.push(singletons::false_obj()),
            EMPTY_DICT => u.push(Dict::new().into_obj()),
            EMPTY_LIST => u.push(List::new(vec![]).into_obj()),
            EMPTY_TUPLE => u.push(tuple::new(vec![])),
            EMPTY_SET => u.push(Set::new().into_obj()),
            BINFLOAT => {
                let x = u.take(vm, 8, |b| b.try_into().map_or(0.0, f64::from_be_bytes))?;
                u.push(float::from_f64_identity(x));
            }
            TUPLE1 | TUPLE2 | TUPLE3 => fixed_tuple(u, usize::from(op - TUPLE1) + 1)?,
            TUPLE => {
                let v = u.pop_mark()?;
                u.push(tuple::new(v));
            }
            APPEND | APPENDS => append(vm, u, op == APPENDS)?,
            SETITEM | SETITEMS => set_items(vm, u, op == SETITEMS)?,
            ADDITEMS => add_items(vm, u)?,
            BUILD => build::build(vm, u)?,
            REDUCE => {
                let args = u.pop()?;
                let f = u.pop()?;
                let Some(items) = tuple::as_slice(&args) else {
                    return Err(error::type_error(format!("argument list must be a tuple, not {}", args.ty().name())));
                };
                u.push(call::call_pos(vm, &f, items)?);
            }
            NEWOBJ => build::new_object(vm, u)?,
            STACK_GLOBAL => {
                let name = u.pop()?;
                let module = u.pop()?;
                if !(name.is_exact(&types::STR) && module.is_exact(&types::STR)) {
                    return Err(unpickling_error("STACK_GLOBAL requires str"));
                }
                let found = lookup(vm, u, &module, &name)?;
                u.push(found);
            }
            FRAME => {
                let n = u.length(vm, 8)?;
                u.need(vm, n)?;
            }
            PROTO => {
                let p = i64::from(u.byte(vm)?);
                if p > HIGHEST_PROTOCOL {
                    return Err(error::value_error(format!("unsupported pickle protocol: {p}")));
                }
                u.protocol.set(p);
            }
            _ => rare(vm, u, op)?,
        }
    }
}

/// Opcodes of numbers, text and bytes that are seldom met.
fn rare(vm: &Vm, u: &Unpickler, op: u8) -> PyResult<()> {
    match op {
        BININT2 => {
            let n = u.length(vm, 2)?;
            u.push(int::from_usize(n));
        }
        BININT => {
            let n = u.length(vm, 4)? as u32 as i32;
            u.push(int::from_i64(i64::from(n)));
        }
        LONG1 => {
            let n = u.byte(vm)? as usize;
            long(vm, u, n)?;
        }
        LONG4 => {
            let n = u.length(vm, 4)? as u32 as i32;
            let Ok(n) = usize::try_from(n) else {
                return Err(unpickling_error("LONG pickle has negative byte count"));
            };
            long(vm, u, n)?;
        }
        BINUNICODE | BINUNICODE8 => {
            let n = u.length(vm, if op == BINUNICODE { 4 } else { 8 })?;
            push_text(vm, u, n)?;
        }
        SHORT_BINBYTES | BINBYTES | BINBYTES8 => {
            let n = u.length(
                vm,
                if op == SHORT_BINBYTES {
                    1
                } else if op == BINBYTES {
                    4
                } else {
                    8
                },
            )?;
            let b = u.large(vm, n)?;
            u.push(bytes::new(&b));
        }
        BYTEARRAY8 => {
            let n = u.length(vm, 8)?;
            let b = u.large(vm, n)?;
            u.push(ByteArray::new(b).into_obj());
        }
        _ => rarest(vm, u, op)?,
    }
    Ok(())
}

/// Opcodes of containers, the stack, the memo and names that are seldom met, and all of protocol 0.
fn rarest(vm: &Vm, u: &Unpickler, op: u8) -> PyResult<()> {
    match op {
        FROZENSET => {
            let items = u.pop_mark()?;
            let s = Set::new();
            for x in items {
                s.add(vm, x)?;
            }
            u.push(set::make(&types::FROZENSET, s.copy()));
        }
        LIST => {
            let v = u.pop_mark()?;
            u.push(List::new(v).into_obj());
        }
        DICT => {
            let v = u.pop_mark()?;
            if v.len() % 2 != 0 {
                return Err(unpickling_error("odd number of items for DICT"));
            }
            let d = Dict::new();
            for pair in v.chunks(2) {
                d.set_item(vm, &pair[0], pair[1].clone())?;
            }
            u.push(d.into_obj());
        }
        POP => pop_any(u)?,
        POP_MARK => drop(u.pop_mark()?),
        DUP => {
            let o = u.top()?;
            u.push(o);
        }
        LONG_BINGET => {
            let at = u.length(vm, 4)?;
            get(u, at)?;
        }
        LONG_BINPUT => {
            let at = u.length(vm, 4)?;
            memo_top(u, at)?;
        }
        NEWOBJ_EX => build::new_object_ex(vm, u)?,
        BINPERSID => {
            let id = u.pop()?;
            persistent(vm, u, &id)?;
        }
        EXT1 | EXT2 | EXT4 => {
            let n = u.length(
                vm,
                if op == EXT1 {
                    1
                } else if op == EXT2 {
                    2
                } else {
                    4
                },
            )?;
            extension(vm, u, n as u32 as i32)?;
        }
        NEXT_BUFFER => next_buffer(vm, u)?,
        READONLY_BUFFER => readonly_buffer(vm, u)?,
        STRING | BINSTRING | SHORT_BINSTRING => old_string(vm, u, op)?,
        _ => lines(vm, u, op)?,
    }
    Ok(())
}

/// Opcodes whose argument is a line of text.
fn lines(vm: &Vm, u: &Unpickler, op: u8) -> PyResult<()> {
    match op {
        INT => {
            let line = u.line(vm)?;
            match line.as_slice() {
                b"00" => u.push(singletons::false_obj()),
                b"01" => u.push(singletons::true_obj()),
                _ => u.push(whole(vm, &line)?),
            }
        }
        LONG => {
            let line = u.line(vm)?;
            u.push(whole(vm, line.strip_suffix(b"L").unwrap_or(&line))?);
        }
        FLOAT => {
            let line = u.line(vm)?;
            let text = String::from_utf8_lossy(&line).into_owned();
            let x = call::call1(vm, &types::FLOAT.obj(), &crate::functional::shared::text(&text))
                .map_err(|_| error::value_error("could not convert string to float"))?;
            u.push(x);
        }
        UNICODE => {
            let line = bytes::new(&u.line(vm)?);
            u.push(call::call_method_str(vm, &line, "decode", &[text("raw_unicode_escape")])?);
        }
        GET => {
            let line = u.line(vm)?;
            get(u, place(vm, &line)?)?;
        }
        PUT => {
            let line = u.line(vm)?;
            let n = whole(vm, &line)?;
            let Ok(at) = usize::try_from(ops::to_i64(vm, &n)?) else {
                return Err(error::value_error("negative PUT argument"));
            };
            memo_top(u, at)?;
        }
        GLOBAL => {
            let found = named(vm, u)?;
            u.push(found);
        }
        INST => {
            let cls = named(vm, u)?;
            let args = u.pop_mark()?;
            u.push(build::instantiate(vm, &cls, args)?);
        }
        OBJ => {
            let mut args = u.pop_mark()?;
            if args.is_empty() {
                return Err(underflow(u));
            }
            let cls = args.remove(0);
            u.push(build::instantiate(vm, &cls, args)?);
        }
        PERSID => {
            let line = u.line(vm)?;
            if !line.is_ascii() {
                return Err(unpickling_error("persistent IDs in protocol 0 must be ASCII strings"));
            }
            persistent(vm, u, &text(&String::from_utf8_lossy(&line)))?;
        }
        c if (0x20..0x7F).contains(&c) && c != b'\'' && c != b'\\' => {
            return Err(unpickling_error(format!("invalid load key, '{}'.", c as char)));
        }
        c => return Err(unpickling_error(format!("invalid load key, '\\x{c:02x}'."))),
    }
    Ok(())
}

fn whole(vm: &Vm, line: &[u8]) -> PyResult {
    let text = String::from_utf8_lossy(line);
    let o = crate::functional::shared::text(&text);
    call::call_pos(vm, &types::INT.obj(), &[o, int::from_i64(10)])
}
fn place(vm: &Vm, line: &[u8]) -> PyResult<usize> {
    let n = whole(vm, line)?;
    let n = ops::to_i64(vm, &n)?;
    usize::try_from(n).map_err(|_| unpickling_error(format!("Memo value not found at index {n}")))
}
fn long(vm: &Vm, u: &Unpickler, n: usize) -> PyResult<()> {
    let b = u.large(vm, n)?;
    let big = if b.is_empty() { IBig::ZERO } else { IBig::from_le_bytes(&b) };
    u.push(int::from_big(big));
    Ok(())
}
fn push_text(vm: &Vm, u: &Unpickler, n: usize) -> PyResult<()> {
    let ascii = if n <= 0xFF || u.input.borrow().len() - u.pos.get() >= n {
        u.need(vm, n)?;
        let at = u.pos.get();
        let input = u.input.borrow();
        let data = input.get(at..at + n).unwrap_or(&[]);
        data.is_ascii().then(|| str::from_ascii(data).into_obj())
    } else {
        None
    };
    if let Some(o) = ascii {
        u.pos.set(u.pos.get() + n);
        u.push(o);
        return Ok(());
    }
    let data = bytes::new(&u.large(vm, n)?);
    u.push(call::call_method_str(vm, &data, "decode", &[text("utf-8"), text("surrogatepass")])?);
    Ok(())
}

/// Strings of Python 2.
fn old_string(vm: &Vm, u: &Unpickler, op: u8) -> PyResult<()> {
    let data = match op {
        STRING => {
            let line = u.line(vm)?;
            let t = line.trim_ascii_end();
            let quoted = t.len() >= 2 && t[0] == t[t.len() - 1] && matches!(t[0], b'"' | b'\'');
            if !quoted {
                return Err(unpickling_error("the STRING opcode argument must be quoted"));
            }
            let inner = bytes::new(&t[1..t.len() - 1]);
            let decoded = call::call_method_str(vm, &vm.import("_codecs")?, "escape_decode", &[inner])?;
            tuple::to_vec(&decoded).first().cloned().unwrap_or_else(singletons::none)
        }
        SHORT_BINSTRING => {
            let n = u.byte(vm)? as usize;
            bytes::new(&u.large(vm, n)?)
        }
        _ => {
            let n = u.length(vm, 4)? as u32 as i32;
            let Ok(n) = usize::try_from(n) else {
                return Err(unpickling_error("BINSTRING pickle has negative byte count"));
            };
            bytes::new(&u.large(vm, n)?)
        }
    };
    let or = |s: &str, default: &str| if s.is_empty() { default.to_owned() } else { s.to_owned() };
    let (encoding, errors) = (or(&u.encoding.borrow(), "ASCII"), or(&u.errors.borrow(), "strict"));
    if encoding == "bytes" {
        u.push(data);
        return Ok(());
    }
    u.push(call::call_method_str(vm, &data, "decode", &[text(&encoding), text(&errors)])?);
    Ok(())
}

// ---- memo ----

fn get(u: &Unpickler, at: usize) -> PyResult<()> {
    let found = u.memo.borrow().get(at).cloned().flatten();
    match found {
        Some(o) => {
            u.push(o);
            Ok(())
        }
        None => Err(unpickling_error(format!("Memo value not found at index {at}"))),
    }
}
fn memo_top(u: &Unpickler, at: usize) -> PyResult<()> {
    let o = u.top()?;
    let mut memo = u.memo.borrow_mut();
    put(&mut memo, at, o)
}

// ---- containers ----

fn fixed_tuple(u: &Unpickler, n: usize) -> PyResult<()> {
    let floor = u.marks.borrow().last().copied().unwrap_or(0);
    let mut stack = u.stack.borrow_mut();
    if stack.len() < floor + n {
        drop(stack);
        return Err(underflow(u));
    }
    let at = stack.len() - n;
    let items = stack.split_off(at);
    stack.push(tuple::new(items));
    Ok(())
}
fn pop_any(u: &Unpickler) -> PyResult<()> {
    // A POP may also take a mark away.
    let height = u.stack.borrow().len();
    if u.marks.borrow().last() == Some(&height) {
        u.marks.borrow_mut().pop();
        return Ok(());
    }
    u.pop().map(drop)
}
fn append(vm: &Vm, u: &Unpickler, many: bool) -> PyResult<()> {
    let items = if many { u.pop_mark()? } else { vec![u.pop()?] };
    let list = u.top()?;
    if let Some(l) = list.get_exact::<List>() {
        l.extend(items);
        return Ok(());
    }
    if items.is_empty() {
        return Ok(());
    }
    if let Some(extend) = attr::lookup_str(vm, &list, "extend")? {
        call::call1(vm, &extend, &List::new(items).into_obj())?;
        return Ok(());
    }
    let append = attr::get_str(vm, &list, "append")?;
    items.iter().try_for_each(|x| call::call1(vm, &append, x).map(drop))
}
fn set_items(vm: &Vm, u: &Unpickler, many: bool) -> PyResult<()> {
    let items = if many {
        u.pop_mark()?
    } else {
        let v = u.pop()?;
        vec![u.pop()?, v]
    };
    let dict = u.top()?;
    if items.len() % 2 != 0 {
        return Err(unpickling_error("odd number of items for SETITEMS"));
    }
    match dict.get_exact::<Dict>() {
        Some(d) => {
            let mut items = items.into_iter();
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                d.set_item(vm, &key, value)?;
            }
        }
        None => {
            for pair in items.chunks(2) {
                ops::setitem(vm, &dict, &pair[0], &pair[1])?;
            }
        }
    }
    Ok(())
}
fn add_items(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let items = u.pop_mark()?;
    let o = u.top()?;
    if o.is_exact(&types::SET)
        && let Some(s) = set::view(&o)
    {
        for x in items {
            s.add(vm, x)?;
        }
        return Ok(());
    }
    if items.is_empty() {
        return Ok(());
    }
    let add = attr::get_str(vm, &o, "add")?;
    items.iter().try_for_each(|x| call::call1(vm, &add, x).map(drop))
}

// ---- names ----

/// Module and name as two lines.
fn named(vm: &Vm, u: &Unpickler) -> PyResult {
    let line = |u: &Unpickler| -> PyResult {
        let data = bytes::new(&u.line(vm)?);
        call::call_method_str(vm, &data, "decode", &[text("utf-8")])
    };
    let module = line(u)?;
    let name = line(u)?;
    lookup(vm, u, &module, &name)
}
fn lookup(vm: &Vm, u: &Unpickler, module: &Obj, name: &Obj) -> PyResult {
    match u.find_class.get() {
        Some(f) => call::call_pos(vm, &f, &[module.clone(), name.clone()]),
        None => find_class(vm, u, module, name),
    }
}
pub fn find_class(vm: &Vm, u: &Unpickler, module: &Obj, name: &Obj) -> PyResult {
    let (mut module, mut name) = (module.clone(), name.clone());
    if u.protocol.get() < 3 && u.fix_imports.get() {
        let st = state()?;
        let find = |d: &Obj, k: &Obj| d.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, k));
        let key = tuple::from_array([module.clone(), name.clone()]);
        if let Some(pair) = find(&st.name_mapping, &key)? {
            if let Some([m, n]) = tuple::as_slice(&pair) {
                (module, name) = (m.clone(), n.clone());
            }
        } else if let Some(m) = find(&st.import_mapping, &module)? {
            module = m;
        }
    }
    let m = global::module(vm, &module)?;
    global::find(vm, &m, &name, u.protocol.get() >= 4)
}

fn extension(vm: &Vm, u: &Unpickler, code: i32) -> PyResult<()> {
    let st = state()?;
    let key = int::from_i64(i64::from(code));
    let find = |d: &Obj| d.get::<Dict>().map_or(Ok(None), |d| d.get_item(vm, &key));
    if let Some(o) = find(&st.extension_cache)? {
        u.push(o);
        return Ok(());
    }
    let Some(pair) = find(&st.inverted_registry)? else {
        if code <= 0 {
            return Err(unpickling_error("EXT specifies code <= 0"));
        }
        return Err(error::value_error(format!("unregistered extension code {code}")));
    };
    let Some([module, name]) = tuple::as_slice(&pair).filter(|t| t.iter().all(|x| x.get::<Str>().is_some())) else {
        return Err(error::value_error("_inverted_registry[code] isn't a 2-tuple of strings"));
    };
    let o = lookup(vm, u, module, name)?;
    if let Some(d) = st.extension_cache.get::<Dict>() {
        d.set_item(vm, &key, o.clone())?;
    }
    u.push(o);
    Ok(())
}

fn persistent(vm: &Vm, u: &Unpickler, id: &Obj) -> PyResult<()> {
    let Some(f) = u.persistent_load.get() else {
        return Err(unpickling_error(
            "A load persistent id instruction was encountered, but no persistent_load function was specified.",
        ));
    };
    u.push(call::call1(vm, &f, id)?);
    Ok(())
}

fn next_buffer(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let Some(it) = u.buffers.get() else {
        return Err(unpickling_error("pickle stream refers to out-of-band data but no *buffers* argument was given"));
    };
    match ops::next(vm, &it)? {
        Some(b) => {
            u.push(b);
            Ok(())
        }
        None => Err(unpickling_error("not enough out-of-band buffers")),
    }
}
fn readonly_buffer(vm: &Vm, u: &Unpickler) -> PyResult<()> {
    let o = u.pop()?;
    let view = adder_object::buffer::memoryview_of(vm, &o, adder_object::buffer::FULL_RO)?;
    let read_only = attr::get_str(vm, &view, "readonly")?;
    if ops::truth(vm, &read_only)? {
        u.push(o);
        return Ok(());
    }
    u.push(call::call_method_str(vm, &view, "toreadonly", &[])?);
    Ok(())
}
