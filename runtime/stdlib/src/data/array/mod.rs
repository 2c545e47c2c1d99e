//! `array`: typed sequences of numbers or characters.
//!
//! Invariant: ARRAY-1: the storage's length is a multiple of the item size, and it never changes while a buffer is exported.
//! CPython: Modules/arraymodule.c.

mod kind;
mod methods;
mod pickle;

use adder_object::buffer::{self, Buffer, Managed, View};
use adder_object::handle::PAYLOAD;
use adder_object::packed::{self, Packed};
use adder_object::slots::slot;
use adder_object::{
    Args, ByteArray, Bytes, CompareOp, List, ModuleSpec, Obj, ObjCell, ObjExt, PyResult, Ref, Slice, StaticType, Str,
    Type, TypeFlags as F, TypeSpec, Vm, attr, call, error, exceptions as exc, int, module, ops, payload, singletons,
    slice, str, trace_fields,
};
use kind::Kind;
use std::cell::Cell;
use std::mem::offset_of;

pub struct Array {
    kind: &'static Kind,
    storage: Ref<ByteArray>,
}
trace_fields!(Array { storage });
static ARRAY: StaticType =
    StaticType::new::<Array>("array.array", F::BASETYPE | F::GC | F::MANAGED_WEAKREF | F::SEQUENCE);
payload!(Array, ARRAY);

impl Array {
    fn with(kind: &'static Kind, data: Vec<u8>) -> Array {
        Array { kind, storage: ByteArray::new(data) }
    }
    fn len(&self) -> usize {
        self.storage.data.borrow().len() / self.kind.size
    }
    fn bytes(&self) -> Vec<u8> {
        self.storage.data.borrow().clone()
    }
    fn get(&self, i: usize) -> PyResult<Option<Obj>> {
        let data = self.storage.data.borrow();
        let size = self.kind.size;
        data.get(i * size..(i + 1) * size).map(|b| self.kind.read(b)).transpose()
    }
    fn set(&self, i: usize, item: kind::Item) {
        let size = self.kind.size;
        if let Some(b) = self.storage.data.borrow_mut().get_mut(i * size..(i + 1) * size) {
            b.copy_from_slice(&item[..size]);
        }
    }
    fn check_resizable(&self) -> PyResult<()> {
        if self.storage.exports.get() == 0 {
            return Ok(());
        }
        Err(error::buffer_error("cannot resize an array that is exporting buffers"))
    }
    /// Replaces the bytes of items `start..end`.
    fn splice(&self, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let size = self.kind.size;
        if new.len() != (end - start) * size {
            self.check_resizable()?;
        }
        self.storage.data.borrow_mut().splice(start * size..end * size, new.iter().copied());
        Ok(())
    }
    fn push(&self, item: kind::Item) -> PyResult<()> {
        self.check_resizable()?;
        self.storage.data.borrow_mut().extend_from_slice(&item[..self.kind.size]);
        Ok(())
    }
    fn append(&self, vm: &Vm, v: &Obj) -> PyResult<()> {
        let item = self.kind.item(vm, v)?;
        self.push(item)
    }
    fn append_bytes(&self, data: &[u8]) -> PyResult<()> {
        if !data.len().is_multiple_of(self.kind.size) {
            return Err(error::value_error("bytes length not a multiple of item size"));
        }
        if !data.is_empty() {
            self.check_resizable()?;
        }
        self.storage.data.borrow_mut().extend_from_slice(data);
        Ok(())
    }
    fn append_text(&self, s: &Str) -> PyResult<()> {
        if !s.is_empty() {
            self.check_resizable()?;
        }
        let mut data = self.storage.data.borrow_mut();
        s.chars().iter().for_each(|c| data.extend_from_slice(&c.to_le_bytes()));
        Ok(())
    }
    fn text(&self) -> PyResult {
        let points = self.storage.data.borrow();
        let points = points.chunks_exact(4).map(|b| kind::check_point(u32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        Ok(str::from_code_points(&points.collect::<PyResult<Vec<u32>>>()?).into_obj())
    }
    fn list(&self) -> PyResult {
        let data = self.storage.data.borrow();
        let items = data.chunks_exact(self.kind.size).map(|b| self.kind.read(b)).collect::<PyResult<Vec<_>>>()?;
        Ok(List::new(items).into_obj())
    }
    /// Appends the items of an array of the same kind, or of any iterable.
    fn extend(&self, vm: &Vm, o: &Obj) -> PyResult<()> {
        if let Some(other) = o.get::<Array>() {
            if other.kind.code != self.kind.code {
                return Err(error::type_error("can only extend with array of same kind"));
            }
            return self.append_bytes(&other.bytes());
        }
        let it = ops::iter(vm, o)?;
        while let Some(v) = ops::next(vm, &it)? {
            self.append(vm, &v)?;
        }
        Ok(())
    }
}
fn of(o: &Obj) -> PyResult<&Array> {
    o.this()
}
fn make(kind: &'static Kind, data: Vec<u8>) -> Obj {
    Ref::new(Array::with(kind, data)).into_obj()
}

static ARRAY_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::richcompare(compare),
        slot::iter(|_, a| Ok(Ref::new(ArrayIterator { array: ObjCell::new(a.clone()), at: Cell::new(0) }).into_obj())),
        slot::length(|_, a| Ok(of(a)?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(contains),
        slot::concat(concat),
        slot::repeat(repeat),
        slot::inplace_concat(inplace_concat),
        slot::inplace_repeat(inplace_repeat),
        slot::buffer(export),
    ],
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and initialized\nfrom the optional initializer value.",
    ..TypeSpec::of(&ARRAY)
};

fn type_code(o: &Obj, function: &str) -> PyResult<char> {
    let wrong =
        |what: String| error::type_error(format!("{function} argument 1 must be a unicode character, not {what}"));
    match o.get::<Str>() {
        Some(s) if s.len() == 1 => Ok(char::from_u32(s.at(0)).unwrap_or('\0')),
        Some(s) => Err(wrong(format!("a string of length {}", s.len()))),
        None => Err(wrong(o.ty().tp_name())),
    }
}
fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords()
        && (ty.is(&ARRAY) || ty.init().is_some_and(|f| ARRAY.init().is_some_and(|g| std::ptr::fn_addr_eq(f, g))))
    {
        return Err(error::type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match args.positional() {
        [code] => (code, None),
        [code, initial] => (code, Some(initial)),
        a => {
            let (bound, n, s) = if a.is_empty() { ("least", 1, "") } else { ("most", 2, "s") };
            return Err(error::type_error(format!("array() takes at {bound} {n} argument{s} ({} given)", a.len())));
        }
    };
    let code = type_code(code, "array()")?;
    if code == 'u' {
        vm.warn(&exc::DEPRECATION_WARNING, "The 'u' type code is deprecated and will be removed in Python 3.16", 1)?;
    }
    if let Some(initial) = initial.filter(|_| code != 'u' && code != 'w') {
        if initial.get::<Str>().is_some() {
            return Err(error::type_error(format!("cannot use a str to initialize an array with typecode '{code}'")));
        }
        if initial.get::<Array>().is_some_and(|a| a.kind.is_text()) {
            return Err(error::type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{code}'"
            )));
        }
    }
    let Some(kind) = kind::find(code) else {
        return Err(error::value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
    };
    let a = Ref::with_type(ty, Array::with(kind, vec![]));
    if let Some(initial) = initial {
        fill(vm, &a, initial)?;
    }
    Ok(a.into_obj())
}
fn fill(vm: &Vm, a: &Array, initial: &Obj) -> PyResult<()> {
    if let Some(b) = initial.get::<Bytes>() {
        return a.append_bytes(b.as_slice());
    }
    if let Some(b) = initial.get::<ByteArray>() {
        return a.append_bytes(&b.data.borrow());
    }
    if let Some(s) = initial.get::<Str>() {
        return a.append_text(s);
    }
    if let Some(other) = initial.get::<Array>() {
        if other.kind.code == a.kind.code {
            return a.append_bytes(&other.bytes());
        }
        let items = other.list()?;
        return a.extend(vm, &items);
    }
    a.extend(vm, initial)
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    let name = o.ty().name();
    let (len, code) = (a.len(), a.kind.code);
    if len == 0 {
        return Ok(str::from_str(&format!("{name}('{code}')")).into_obj());
    }
    let items = ops::repr_string(vm, &if a.kind.is_text() { a.text()? } else { a.list()? })?;
    Ok(str::from_str(&format!("{name}('{code}', {items})")).into_obj())
}
fn compare(vm: &Vm, x: &Obj, y: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (x.get::<Array>(), y.get::<Array>()) else {
        return Ok(singletons::not_implemented());
    };
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::bool_obj(op == CompareOp::Ne));
    }
    let mut i = 0;
    while let (Some(v), Some(w)) = (a.get(i)?, b.get(i)?) {
        if !ops::equals(vm, &v, &w)? {
            return match op {
                CompareOp::Eq | CompareOp::Ne => Ok(singletons::bool_obj(op == CompareOp::Ne)),
                _ => ops::compare(vm, &v, &w, op),
            };
        }
        i += 1;
    }
    Ok(singletons::bool_obj(op.holds(a.len().cmp(&b.len()))))
}
fn contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    Ok(methods::position(vm, of(o)?, item, 0, usize::MAX)?.is_some())
}

/// Where an index points; None when out of range.
fn locate(i: isize, len: usize) -> Option<usize> {
    let i = if i < 0 { i + len as isize } else { i };
    (i >= 0 && (i as usize) < len).then_some(i as usize)
}
fn is_index(o: &Obj) -> bool {
    int::is_int(o) || o.ty().index().is_some()
}
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let a = of(o)?;
    if key.is_int() || is_index(key) {
        let i = ops::index_isize(vm, key)?;
        return match locate(i, a.len()).map(|i| a.get(i)).transpose()?.flatten() {
            Some(v) => Ok(v),
            None => Err(error::index_error("array index out of range")),
        };
    }
    let Some(s) = key.get::<Slice>() else { return Err(error::type_error("array indices must be integers")) };
    let (start, stop, step) = s.unpack(vm)?;
    let indices = slice::adjust(start, stop, step, a.len());
    let data = a.storage.data.borrow();
    let size = a.kind.size;
    let mut out = Vec::with_capacity(indices.len * size);
    indices.iter().for_each(|i| out.extend_from_slice(&data[i * size..(i + 1) * size]));
    Ok(make(a.kind, out))
}
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let a = of(o)?;
    if key.is_int() || is_index(key) {
        let i = ops::index_isize(vm, key)?;
        let out_of_range = || error::index_error("array assignment index out of range");
        let Some(v) = value else {
            let i = locate(i, a.len()).ok_or_else(out_of_range)?;
            return a.splice(i, i + 1, &[]);
        };
        locate(i, a.len()).ok_or_else(out_of_range)?;
        let item = a.kind.item(vm, v)?;
        // The conversion may have run code that changed the array.
        let at = locate(i, a.len()).ok_or_else(out_of_range)?;
        a.set(at, item);
        return Ok(());
    }
    let Some(s) = key.get::<Slice>() else { return Err(error::type_error("array indices must be integers")) };
    let new = match value {
        None => vec![],
        Some(v) => match v.get::<Array>() {
            Some(other) if other.kind.code == a.kind.code => other.bytes(),
            Some(_) => return Err(error::type_error("bad argument type for built-in operation")),
            None => {
                return Err(error::type_error(format!(
                    "can only assign array (not \"{}\") to array slice",
                    v.ty().tp_name()
                )));
            }
        },
    };
    let (start, stop, step) = s.unpack(vm)?;
    let i = slice::adjust(start, stop, step, a.len());
    if step == 1 {
        let start = i.start as usize;
        return a.splice(start, start + i.len, &new);
    }
    set_extended(a, i, value.is_some(), &new)
}
/// Assignment to or deletion of a slice with a step.
fn set_extended(a: &Array, i: slice::Indices, assign: bool, new: &[u8]) -> PyResult<()> {
    let size = a.kind.size;
    if assign {
        if new.len() / size != i.len {
            return Err(error::value_error(format!(
                "attempt to assign array of size {} to extended slice of size {}",
                new.len() / size,
                i.len
            )));
        }
        let mut data = a.storage.data.borrow_mut();
        for (at, b) in i.iter().zip(new.chunks_exact(size)) {
            data[at * size..(at + 1) * size].copy_from_slice(b);
        }
        return Ok(());
    }
    if i.len == 0 {
        return Ok(());
    }
    a.check_resizable()?;
    let mut gone: Vec<usize> = i.iter().collect();
    gone.sort_unstable();
    let mut data = a.storage.data.borrow_mut();
    let mut next = 0;
    let mut kept = Vec::with_capacity(data.len() - gone.len() * size);
    for (at, b) in data.chunks_exact(size).enumerate() {
        if gone.get(next) == Some(&at) {
            next += 1;
        } else {
            kept.extend_from_slice(b);
        }
    }
    *data = kept;
    Ok(())
}

fn concat(_: &Vm, x: &Obj, y: &Obj) -> PyResult {
    let a = of(x)?;
    let Some(b) = y.get::<Array>() else {
        return Err(error::type_error(format!("can only append array (not \"{}\") to array", y.ty().tp_name())));
    };
    if a.kind.code != b.kind.code {
        return Err(error::type_error("bad argument type for built-in operation"));
    }
    let mut data = a.bytes();
    data.extend_from_slice(&b.storage.data.borrow());
    Ok(make(a.kind, data))
}
fn repeated(a: &Array, n: isize) -> PyResult<Vec<u8>> {
    let data = a.storage.data.borrow();
    let n = n.max(0) as usize;
    let mut out = Vec::new();
    match data.len().checked_mul(n).filter(|&n| n <= isize::MAX as usize) {
        Some(total) if out.try_reserve_exact(total).is_ok() => {}
        _ => return Err(error::no_memory()),
    }
    (0..n).for_each(|_| out.extend_from_slice(&data));
    Ok(out)
}
fn repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let a = of(o)?;
    Ok(make(a.kind, repeated(a, n)?))
}
fn inplace_concat(vm: &Vm, x: &Obj, y: &Obj) -> PyResult {
    if y.get::<Array>().is_none() {
        return Err(error::type_error(format!("can only extend array with array (not \"{}\")", y.ty().tp_name())));
    }
    of(x)?.extend(vm, y)?;
    Ok(x.clone())
}
fn inplace_repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let a = of(o)?;
    let data = repeated(a, n)?;
    if data.len() != a.storage.data.borrow().len() {
        a.check_resizable()?;
        *a.storage.data.borrow_mut() = data;
    }
    Ok(o.clone())
}
fn export(vm: &Vm, o: &Obj, flags: u32) -> PyResult<Buffer> {
    let a = of(o)?;
    let inner = buffer::of_bytearray(vm, a.storage.obj(), flags)?;
    let size = a.kind.size;
    let view = View {
        start: 0,
        len: inner.len,
        readonly: false,
        itemsize: size,
        format: if flags & buffer::FORMAT != 0 { a.kind.format.into() } else { "B".into() },
        shape: buffer::Dims::from_slice(&[(inner.len / size) as isize]),
        strides: buffer::Dims::from_slice(&[size as isize]),
    };
    let source = Ref::new(Managed { buffer: inner });
    Buffer::within(&source, o.clone(), view, |_| ()).ok_or_else(|| error::buffer_error("array buffer out of bounds"))
}

struct ArrayIterator {
    array: ObjCell,
    at: Cell<usize>,
}
trace_fields!(ArrayIterator { array });
static ARRAY_ITERATOR: StaticType = StaticType::new::<ArrayIterator>("array.arrayiterator", F::GC);
payload!(ArrayIterator, ARRAY_ITERATOR);
static ARRAY_ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(|_, it| Ok(it.clone())), slot::iternext(iterator_next)],
    methods: methods::ITERATOR_METHODS,
    ..TypeSpec::of(&ARRAY_ITERATOR)
};
fn iterator_next(_: &Vm, it: &Obj) -> PyResult<Option<Obj>> {
    let it = it.this::<ArrayIterator>()?;
    let Some(array) = it.array.get() else { return Ok(None) };
    let i = it.at.get();
    match of(&array)?.get(i)? {
        Some(v) => {
            it.at.set(i + 1);
            Ok(Some(v))
        }
        None => {
            drop(it.array.take());
            Ok(None)
        }
    }
}

/// Where compiled code finds the items.
fn packed(o: &Obj) -> Option<Packed> {
    let a = o.get_exact::<Array>()?;
    let (len, items) = packed::storage()?;
    let at = |field: usize| (PAYLOAD + field) as i32;
    let ty: &Type = &ARRAY;
    Some(Packed {
        ty: std::ptr::from_ref(ty) as usize,
        kind: Some((at(offset_of!(Array, kind)), std::ptr::from_ref(a.kind) as u64)),
        storage: Some(at(offset_of!(Array, storage))),
        len,
        items,
        behind_pointer: true,
        element: a.kind.element()?,
        writable: true,
    })
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.",
    functions: pickle::FUNCTIONS,
    types: &[&ARRAY_SPEC],
    init: Some(|vm, m| {
        packed::register(packed);
        adder_object::spec::ready(&ARRAY_ITERATOR_SPEC);
        let sequence = attr::get_str(vm, &vm.import("collections.abc")?, "MutableSequence")?;
        call::call_method_str(vm, &sequence, "register", &[ARRAY.obj()])?;
        let d = module::dict(m.obj());
        d.set_str("ArrayType", ARRAY.obj());
        let codes: String = kind::KINDS.iter().map(|k| k.code).collect();
        d.set_str("typecodes", str::from_str(&codes).into_obj());
        Ok(())
    }),
    ..ModuleSpec::new("array")
};
