//! What a pickler writes for objects of the built-in types.
//!
//! Invariant: the buffer is not borrowed while Python code runs.
//! CPython: Modules/_pickle.c (save and the save_* functions).

use super::buffer::{self, PickleBuffer};
use super::ops::*;
use super::pickler::Pickler;
use super::state::{pickling_error, state};
use super::{global, reduce};
use adder_object::int::Int;
use adder_object::{
    Bytes, Dict, List, Obj, ObjExt, PyErr, PyResult, Set, Str, Vm, call, error, float, int, ops, singletons, str,
    tuple, types,
};

/// Adds "when serializing ..." to an error.
#[cold]
pub fn noted(e: PyErr, o: &Obj, what: &str) -> PyErr {
    let note = str::from_str(&format!("when serializing {} {what}", full_name(o))).into_obj();
    // An exception that refuses notes keeps its message; the note is only a help.
    let _ = call::call_method_str(Vm::current(), e.obj(), "add_note", &[note]);
    e
}
/// The type's name with its module where that says something.
pub fn full_name(o: &Obj) -> String {
    let vm = Vm::current();
    let ty = o.ty();
    let module = adder_object::attr::lookup_str(vm, &ty.to_obj(), "__module__").ok().flatten();
    let qualname = adder_object::attr::lookup_str(vm, &ty.to_obj(), "__qualname__").ok().flatten();
    let q = qualname.map_or_else(|| ty.name(), |q| ops::text(&q));
    match module.as_ref().map(ops::text) {
        Some(m) if !matches!(m.as_str(), "" | "builtins" | "__main__") => format!("{m}.{q}"),
        _ => q,
    }
}

/// Writes an object; `plain` leaves persistent ids out.
#[inline]
pub fn save(vm: &Vm, p: &Pickler, o: &Obj, plain: bool) -> PyResult<()> {
    match o.small_int().map(i32::try_from) {
        Some(Ok(n)) if p.bin() && (plain || !p.persistent_id.is_some()) => p.out.borrow_mut().int(n),
        _ => save_inner(vm, p, o, plain)?,
    }
    if p.out.borrow().data.len() < FRAME_TARGET { Ok(()) } else { boundary(vm, p) }
}

#[cold]
fn boundary(vm: &Vm, p: &Pickler) -> PyResult<()> {
    let file = p.write.get();
    let mut out = std::mem::take(&mut *p.out.borrow_mut());
    let r = out.boundary(vm, file.as_ref());
    *p.out.borrow_mut() = out;
    r
}

fn save_inner(vm: &Vm, p: &Pickler, o: &Obj, plain: bool) -> PyResult<()> {
    if !plain && p.persistent_id.is_some() && save_persistent(vm, p, o)? {
        return Ok(());
    }
    // Atoms are not memoised.
    if o.is_none() {
        p.byte(NONE);
        return Ok(());
    }
    if o.is_exact(&types::INT) {
        save_int(p, o);
        return Ok(());
    }
    if o.is_exact(&types::FLOAT) {
        save_float(vm, p, o)?;
        return Ok(());
    }
    if o.is_exact(&types::BOOL) {
        save_bool(p, o.is_true_singleton());
        return Ok(());
    }
    if let Some(at) = p.memo.get(o) {
        write_get(p, at);
        return Ok(());
    }
    if let Some(s) = o.get_exact::<Str>() {
        return save_str(vm, p, o, s);
    }
    if let Some(b) = o.get_exact::<Bytes>() {
        return save_bytes(vm, p, o, b);
    }
    vm.check_stack(" while pickling an object")?;
    let ty = o.ty();
    if ty.is(&types::DICT) {
        return save_dict(vm, p, o);
    }
    if ty.is(&types::SET) {
        return save_set(vm, p, o);
    }
    if ty.is(&types::FROZENSET) {
        return save_frozenset(vm, p, o);
    }
    if ty.is(&types::LIST) {
        return save_list(vm, p, o);
    }
    if ty.is(&types::TUPLE) {
        return save_tuple(vm, p, o);
    }
    if o.is_exact(&types::BYTEARRAY) {
        return save_bytearray(vm, p, o);
    }
    if let Some(b) = o.get_exact::<PickleBuffer>() {
        return save_buffer(vm, p, o, b);
    }
    reduce::save(vm, p, o)
}

fn save_persistent(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<bool> {
    let Some(f) = p.persistent_id.get() else { return Ok(false) };
    let id = call::call1(vm, &f, o)?;
    if id.is_none() {
        return Ok(false);
    }
    if p.bin() {
        save(vm, p, &id, true)?;
        p.byte(BINPERSID);
        return Ok(true);
    }
    let text = ops::str(vm, &id)?;
    let Some(ascii) = text.this::<Str>()?.as_ascii() else {
        return Err(pickling_error("persistent IDs in protocol 0 must be ASCII strings"));
    };
    p.byte(PERSID);
    p.write(ascii.as_bytes());
    p.byte(b'\n');
    Ok(true)
}

// ---- memo ----

pub fn write_get(p: &Pickler, at: usize) {
    if !p.bin() {
        p.write(format!("g{at}\n").as_bytes());
    } else if at < 256 {
        p.write(&[BINGET, at as u8]);
    } else {
        let n = (at as u32).to_le_bytes();
        p.write(&[LONG_BINGET, n[0], n[1], n[2], n[3]]);
    }
}
pub fn memoize(p: &Pickler, o: &Obj) {
    if p.fast.get() {
        return;
    }
    let at = p.memo.len();
    p.memo.put(o, at);
    if p.protocol.get() >= 4 {
        p.byte(MEMOIZE);
    } else if !p.bin() {
        p.write(format!("p{at}\n").as_bytes());
    } else if at < 256 {
        p.write(&[BINPUT, at as u8]);
    } else {
        let n = (at as u32).to_le_bytes();
        p.write(&[LONG_BINPUT, n[0], n[1], n[2], n[3]]);
    }
}

// ---- atoms ----

pub fn save_bool(p: &Pickler, b: bool) {
    if p.protocol.get() >= 2 {
        p.byte(if b { NEWTRUE } else { NEWFALSE });
    } else {
        p.write(if b { b"I01\n" } else { b"I00\n" });
    }
}

fn save_int(p: &Pickler, o: &Obj) {
    let Some(n) = int::as_int(o) else { return };
    let small = n.to_i64().and_then(|n| i32::try_from(n).ok());
    if let Some(n) = small {
        if p.bin() {
            p.out.borrow_mut().int(n);
        } else {
            p.write(format!("I{n}\n").as_bytes());
        }
        return;
    }
    if p.protocol.get() < 2 {
        p.write(format!("L{}L\n", n.to_big()).as_bytes());
        return;
    }
    let data: Vec<u8> = match &n {
        Int::Small(n) => {
            let mut b = n.to_le_bytes().to_vec();
            while b.len() > 1 {
                let (last, before) = (b[b.len() - 1], b[b.len() - 2]);
                if (last == 0 && before < 0x80) || (last == 0xFF && before >= 0x80) {
                    b.pop();
                } else {
                    break;
                }
            }
            b
        }
        Int::Big(n) => n.to_le_bytes().to_vec(),
    };
    if data.len() < 256 {
        p.write(&[LONG1, data.len() as u8]);
    } else {
        p.byte(LONG4);
        p.write(&(data.len() as u32).to_le_bytes());
    }
    p.write(&data);
}

fn save_float(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    let x = float::as_float(o).unwrap_or(0.0);
    if p.bin() {
        let b = x.to_be_bytes();
        p.write(&[BINFLOAT, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
        return Ok(());
    }
    let shown = ops::repr_string(vm, o)?;
    p.write(format!("F{shown}\n").as_bytes());
    Ok(())
}

/// Header with the length and then the data.
fn write_sized(vm: &Vm, p: &Pickler, header: &[u8], data: &[u8], payload: Option<&Obj>) -> PyResult<()> {
    if data.len() < FRAME_TARGET {
        let mut out = p.out.borrow_mut();
        out.write(header);
        out.write(data);
        return Ok(());
    }
    let file = p.write.get();
    let mut out = std::mem::take(&mut *p.out.borrow_mut());
    let r = out.write_large(vm, file.as_ref(), header, data, payload);
    *p.out.borrow_mut() = out;
    r
}
fn header(short: Option<u8>, long: u8, huge: u8, n: usize) -> ([u8; 9], usize) {
    let mut h = [0; 9];
    match short {
        Some(op) if n <= 0xFF => {
            h[..2].copy_from_slice(&[op, n as u8]);
            (h, 2)
        }
        _ if n <= 0xFFFF_FFFF => {
            h[0] = long;
            h[1..5].copy_from_slice(&(n as u32).to_le_bytes());
            (h, 5)
        }
        _ => {
            h[0] = huge;
            h[1..].copy_from_slice(&(n as u64).to_le_bytes());
            (h, 9)
        }
    }
}

fn save_str(vm: &Vm, p: &Pickler, o: &Obj, s: &Str) -> PyResult<()> {
    if !p.bin() {
        p.byte(UNICODE);
        let mut out = vec![];
        for c in s.chars().iter() {
            match c {
                0x5C | 0 | 0x0A | 0x0D | 0x1A => out.extend(format!("\\u{c:04x}").bytes()),
                0..=0xFF => out.push(c as u8),
                0x100..=0xFFFF => out.extend(format!("\\u{c:04x}").bytes()),
                _ => out.extend(format!("\\U{c:08x}").bytes()),
            }
        }
        out.push(b'\n');
        p.write(&out);
        memoize(p, o);
        return Ok(());
    }
    let encoded;
    let data = match s.as_ascii() {
        Some(t) => t.as_bytes(),
        None => {
            encoded = s.to_wtf8();
            &encoded
        }
    };
    if data.len() < 256 && p.protocol.get() >= 4 && !p.fast.get() {
        p.out.borrow_mut().short_text(data);
        p.memo.put(o, p.memo.len());
        return Ok(());
    }
    let short = (p.protocol.get() >= 4).then_some(SHORT_BINUNICODE);
    let (h, n) = header(short, BINUNICODE, BINUNICODE8, data.len());
    if data.len() > 0xFFFF_FFFF && p.protocol.get() < 4 {
        return Err(error::overflow_error(
            "serializing a string larger than 4 GiB requires pickle protocol 4 or higher",
        ));
    }
    write_sized(vm, p, &h[..n], data, None)?;
    memoize(p, o);
    Ok(())
}

fn save_bytes(vm: &Vm, p: &Pickler, o: &Obj, b: &Bytes) -> PyResult<()> {
    if p.protocol.get() < 3 {
        // Python 2 gets it through a function of codecs.
        let value = if b.is_empty() {
            tuple::from_array([types::BYTES.obj(), tuple::new(vec![])])
        } else {
            let args = [str::from_latin1(b.as_slice()).into_obj(), str::from_str("latin1").into_obj()];
            tuple::from_array([state()?.codecs_encode.clone(), tuple::from_array(args)])
        };
        return reduce::save_value(vm, p, o, &value);
    }
    write_bytes(vm, p, b.as_slice(), Some(o))?;
    memoize(p, o);
    Ok(())
}
fn write_bytes(vm: &Vm, p: &Pickler, data: &[u8], payload: Option<&Obj>) -> PyResult<()> {
    if data.len() > 0xFFFF_FFFF && p.protocol.get() < 4 {
        return Err(error::overflow_error(
            "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher",
        ));
    }
    let (h, n) = header(Some(SHORT_BINBYTES), BINBYTES, BINBYTES8, data.len());
    write_sized(vm, p, &h[..n], data, payload)
}
fn write_bytearray(vm: &Vm, p: &Pickler, data: &[u8]) -> PyResult<()> {
    let mut h = [0; 9];
    h[0] = BYTEARRAY8;
    h[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
    write_sized(vm, p, &h, data, None)
}
fn save_bytearray(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    let data = adder_object::buffer::to_vec(vm, o)?;
    if p.protocol.get() < 5 {
        let args = if data.is_empty() { vec![] } else { vec![adder_object::bytes::new(&data)] };
        let value = tuple::from_array([types::BYTEARRAY.obj(), tuple::new(args)]);
        return reduce::save_value(vm, p, o, &value);
    }
    write_bytearray(vm, p, &data)?;
    memoize(p, o);
    Ok(())
}

fn save_buffer(vm: &Vm, p: &Pickler, o: &Obj, b: &PickleBuffer) -> PyResult<()> {
    if p.protocol.get() < 5 {
        return Err(pickling_error("PickleBuffer can only be pickled with protocol >= 5"));
    }
    let view = buffer::view(vm, b)?;
    if !view.is_contiguous() {
        return Err(pickling_error("PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
    }
    let read_only = view.region_mut().is_none();
    let in_band = match p.buffer_callback.get() {
        None => true,
        Some(f) => {
            let r = call::call1(vm, &f, o)?;
            ops::truth(vm, &r)?
        }
    };
    if !in_band {
        p.byte(NEXT_BUFFER);
        if read_only {
            p.byte(READONLY_BUFFER);
        }
        return Ok(());
    }
    let data = view.bytes().to_vec();
    if read_only {
        write_bytes(vm, p, &data, None)?
    } else {
        write_bytearray(vm, p, &data)?
    }
    memoize(p, o);
    Ok(())
}

// ---- containers ----

/// In fast mode there is no memo that would end a cycle.
pub fn fast_enter(p: &Pickler, o: &Obj) -> PyResult<()> {
    if !p.fast.get() {
        return Ok(());
    }
    let mut stack = p.fast_stack.borrow_mut();
    if stack.len() >= 50 && stack.contains(&o.bits()) {
        return Err(error::value_error(format!(
            "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
            o.ty().name(),
            o.bits()
        )));
    }
    stack.push(o.bits());
    Ok(())
}
pub fn fast_leave(p: &Pickler) {
    if p.fast.get() {
        p.fast_stack.borrow_mut().pop();
    }
}

fn save_tuple(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    let items = tuple::as_slice(o).unwrap_or(&[]);
    let n = items.len();
    if n == 0 {
        p.write(if p.bin() { &[EMPTY_TUPLE] } else { &[MARK, TUPLE] });
        return Ok(());
    }
    let short = n <= 3 && p.protocol.get() >= 2;
    if !short {
        p.byte(MARK);
    }
    for (i, x) in items.iter().enumerate() {
        save(vm, p, x, false).map_err(|e| noted(e, o, &format!("item {i}")))?;
    }
    if let Some(at) = p.memo.get(o) {
        // Its items held the tuple itself, so it is there already: forget what was put down.
        if short {
            p.write(&vec![POP; n]);
        } else if p.bin() {
            p.byte(POP_MARK);
        } else {
            p.write(&vec![POP; n + 1]);
        }
        write_get(p, at);
        return Ok(());
    }
    p.byte(if short { [TUPLE1, TUPLE2, TUPLE3][n - 1] } else { TUPLE });
    memoize(p, o);
    Ok(())
}

fn save_list(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    fast_enter(p, o)?;
    p.write(if p.bin() { &[EMPTY_LIST] } else { &[MARK, LIST] });
    memoize(p, o);
    let l = o.this::<List>()?;
    let r = if l.is_empty() {
        Ok(())
    } else if p.bin() {
        batch_list(vm, p, o, l)
    } else {
        let it = ops::iter(vm, o)?;
        append_all(vm, p, &it, o)
    };
    fast_leave(p);
    r
}
fn batch_list(vm: &Vm, p: &Pickler, o: &Obj, l: &List) -> PyResult<()> {
    if l.len() == 1 {
        let Some(x) = l.get(0) else { return Ok(()) };
        save(vm, p, &x, false).map_err(|e| noted(e, o, "item 0"))?;
        p.byte(APPEND);
        return Ok(());
    }
    let mut i = 0;
    while i < l.len() {
        p.byte(MARK);
        let stop = i + BATCH;
        while let Some(x) = l.get(i) {
            save(vm, p, &x, false).map_err(|e| noted(e, o, &format!("item {i}")))?;
            i += 1;
            if i == stop {
                break;
            }
        }
        p.byte(APPENDS);
    }
    Ok(())
}
/// Items of an iterator, appended to the object on top of the stack.
pub fn append_all(vm: &Vm, p: &Pickler, it: &Obj, o: &Obj) -> PyResult<()> {
    let item = |x: &Obj, i: usize| save(vm, p, x, false).map_err(|e| noted(e, o, &format!("item {i}")));
    let mut i = 0;
    if !p.bin() {
        while let Some(x) = ops::next(vm, it)? {
            item(&x, i)?;
            p.byte(APPEND);
            i += 1;
        }
        return Ok(());
    }
    loop {
        let Some(first) = ops::next(vm, it)? else { return Ok(()) };
        let Some(second) = ops::next(vm, it)? else {
            item(&first, i)?;
            p.byte(APPEND);
            return Ok(());
        };
        p.byte(MARK);
        item(&first, i)?;
        let mut next = Some(second);
        let mut n = 1;
        while let Some(x) = next.take() {
            item(&x, i + n)?;
            n += 1;
            if n == BATCH {
                break;
            }
            next = ops::next(vm, it)?;
        }
        p.byte(APPENDS);
        i += n;
        if n < BATCH {
            return Ok(());
        }
    }
}

fn save_dict(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    fast_enter(p, o)?;
    p.write(if p.bin() { &[EMPTY_DICT] } else { &[MARK, DICT] });
    memoize(p, o);
    let d = o.this::<Dict>()?;
    let r = if d.is_empty() {
        Ok(())
    } else if p.bin() {
        batch_dict(vm, p, o, d)
    } else {
        let items = call::call_method_str(vm, o, "items", &[])?;
        let it = ops::iter(vm, &items)?;
        set_all(vm, p, &it, o)
    };
    fast_leave(p);
    r
}
fn pair(vm: &Vm, p: &Pickler, o: &Obj, k: &Obj, v: &Obj) -> PyResult<()> {
    save(vm, p, k, false)?;
    save(vm, p, v, false).map_err(|e| match ops::repr_string(vm, k) {
        Ok(k) => noted(e, o, &format!("item {k}")),
        Err(_) => e,
    })
}
fn batch_dict(vm: &Vm, p: &Pickler, o: &Obj, d: &Dict) -> PyResult<()> {
    let size = d.len();
    let mut at = 0;
    if size == 1 {
        if let Some((k, v)) = d.next_entry(&mut at) {
            pair(vm, p, o, &k, &v)?;
            p.byte(SETITEM);
        }
        return Ok(());
    }
    loop {
        let mut i = 0;
        p.byte(MARK);
        while i < BATCH
            && let Some((k, v)) = d.next_entry(&mut at)
        {
            pair(vm, p, o, &k, &v)?;
            i += 1;
            if d.len() != size {
                return Err(error::runtime_error("dictionary changed size during iteration"));
            }
        }
        p.byte(SETITEMS);
        if i < BATCH {
            return Ok(());
        }
    }
}
/// Pairs of an iterator, set in the object on top of the stack.
pub fn set_all(vm: &Vm, p: &Pickler, it: &Obj, o: &Obj) -> PyResult<()> {
    let save_pair = |x: &Obj| match tuple::as_slice(x) {
        Some([k, v]) => pair(vm, p, o, k, v),
        _ => Err(error::type_error("dict items iterator must return 2-tuples")),
    };
    if !p.bin() {
        while let Some(x) = ops::next(vm, it)? {
            save_pair(&x)?;
            p.byte(SETITEM);
        }
        return Ok(());
    }
    loop {
        let Some(first) = ops::next(vm, it)? else { return Ok(()) };
        let Some(second) = ops::next(vm, it)? else {
            save_pair(&first)?;
            p.byte(SETITEM);
            return Ok(());
        };
        p.byte(MARK);
        save_pair(&first)?;
        let mut next = Some(second);
        let mut n = 1;
        while let Some(x) = next.take() {
            save_pair(&x)?;
            n += 1;
            if n == BATCH {
                break;
            }
            next = ops::next(vm, it)?;
        }
        p.byte(SETITEMS);
        if n < BATCH {
            return Ok(());
        }
    }
}

fn as_list(vm: &Vm, o: &Obj) -> PyResult {
    Ok(List::new(ops::collect(vm, o)?).into_obj())
}
fn save_set(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    if p.protocol.get() < 4 {
        let value = tuple::from_array([types::SET.obj(), tuple::from_array([as_list(vm, o)?])]);
        return reduce::save_value(vm, p, o, &value);
    }
    p.byte(EMPTY_SET);
    memoize(p, o);
    let Some(s) = adder_object::set::view(o) else { return Ok(()) };
    let (size, mut slot) = (s.len(), 0);
    if size == 0 {
        return Ok(());
    }
    loop {
        let mut i = 0;
        p.byte(MARK);
        while i < BATCH && slot < s.slots() {
            if let Some(x) = s.key_at(slot) {
                save(vm, p, &x, false).map_err(|e| noted(e, o, "element"))?;
                i += 1;
            }
            slot += 1;
        }
        p.byte(ADDITEMS);
        if s.len() != size {
            return Err(error::runtime_error("set changed size during iteration"));
        }
        if i < BATCH {
            return Ok(());
        }
    }
}
fn save_frozenset(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    fast_enter(p, o)?;
    if p.protocol.get() < 4 {
        let value = tuple::from_array([types::FROZENSET.obj(), tuple::from_array([as_list(vm, o)?])]);
        fast_leave(p);
        return reduce::save_value(vm, p, o, &value);
    }
    p.byte(MARK);
    for x in adder_object::set::view(o).map(Set::to_vec).unwrap_or_default() {
        save(vm, p, &x, false).map_err(|e| noted(e, o, "element"))?;
    }
    fast_leave(p);
    if let Some(at) = p.memo.get(o) {
        p.byte(POP_MARK);
        write_get(p, at);
        return Ok(());
    }
    p.byte(FROZENSET);
    memoize(p, o);
    Ok(())
}

/// A class, function or other named object.
pub fn save_type(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    let singleton = [
        (&types::NONE, singletons::none()),
        (&types::ELLIPSIS, singletons::ellipsis()),
        (&types::NOT_IMPLEMENTED, singletons::not_implemented()),
    ]
    .into_iter()
    .find(|(t, _)| o.is(&t.obj()));
    match singleton {
        Some((_, v)) => {
            let value = tuple::from_array([types::TYPE.obj(), tuple::from_array([v])]);
            reduce::save_value(vm, p, o, &value)
        }
        None => global::save(vm, p, o, None),
    }
}
