//! `memoryview`: a view of an exporter's memory with items, dimensions and strides.
//!
//! *Invariant*: VIEW-1: every item of a view lies within the region of its managed buffer; the region does not move while
//! the managed buffer lives. A released view has no managed buffer.
//! *CPython*: memoryobject.c.

mod access;
mod item;
mod methods;

use adder_object::buffer::{self, Buffer, Dims, Managed, View};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Trace, Type, TypeFlags, TypeSpec, Visit, Vm,
    class, error, int, singletons, str, tuple,
};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

pub struct MemoryView {
    managed: RefCell<Option<Ref<Managed>>>,
    /// Where in the region the first item is.
    start: usize,
    itemsize: usize,
    readonly: bool,
    format: Cow<'static, ::std::primitive::str>,
    shape: Dims,
    strides: Dims,
    /// Buffers of this view that are in use.
    exports: Cell<usize>,
    hash: Cell<i64>,
}
impl Trace for MemoryView {
    fn trace(&self, visit: &mut Visit<'_>) {
        if let Some(m) = &*self.managed.borrow() {
            m.trace(visit);
        }
    }
    fn clear(&self) {
        if self.exports.get() == 0 {
            let old = self.managed.borrow_mut().take();
            drop(old);
        }
    }
}
pub static MEMORYVIEW: StaticType =
    StaticType::new::<MemoryView>("memoryview", TypeFlags::GC | TypeFlags::SEQUENCE | TypeFlags::MANAGED_WEAKREF);
adder_object::payload!(MemoryView, MEMORYVIEW);

#[cold]
fn released() -> PyErr {
    error::value_error("operation forbidden on released memoryview object")
}

impl MemoryView {
    /// The managed buffer, unless the view was released.
    fn managed(&self) -> PyResult<Ref<Managed>> {
        self.managed.borrow().clone().ok_or_else(released)
    }
    fn ndim(&self) -> usize {
        self.shape.len()
    }
    fn count(&self) -> usize {
        self.shape.iter().product::<isize>() as usize
    }
    fn nbytes(&self) -> usize {
        self.count() * self.itemsize
    }
    fn c_contiguous(&self) -> bool {
        contiguous(self.itemsize, self.shape.iter().zip(&self.strides).rev()) || self.count() == 0
    }
    fn f_contiguous(&self) -> bool {
        contiguous(self.itemsize, self.shape.iter().zip(&self.strides)) || self.count() == 0
    }
    /// A view of the same memory with the same items.
    fn same(&self) -> PyResult<MemoryView> {
        Ok(MemoryView {
            managed: RefCell::new(Some(self.managed()?)),
            start: self.start,
            itemsize: self.itemsize,
            readonly: self.readonly,
            format: self.format.clone(),
            shape: self.shape.clone(),
            strides: self.strides.clone(),
            exports: Cell::new(0),
            hash: Cell::new(-1),
        })
    }
    /// The bytes of all items in C order, passed to `f`.
    fn with_bytes<R>(&self, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        let m = self.managed()?;
        let region = m.buffer.region();
        if self.c_contiguous() {
            return Ok(f(region.get(self.start..self.start + self.nbytes()).unwrap_or_default()));
        }
        let mut out = Vec::with_capacity(self.nbytes());
        self.each(0, self.start as isize, &mut |at| out.extend_from_slice(&region[at..at + self.itemsize]));
        Ok(f(&out))
    }
    fn to_vec(&self) -> PyResult<Vec<u8>> {
        self.with_bytes(<[u8]>::to_vec)
    }
    /// Calls `f` with the place of each item, in C order, of dimension `dim` and those behind it.
    fn each(&self, dim: usize, at: isize, f: &mut dyn FnMut(usize)) {
        if dim == self.ndim() {
            return f(at as usize);
        }
        for i in 0..self.shape[dim] {
            self.each(dim + 1, at + i * self.strides[dim], f);
        }
    }
}

/// Whether dimensions, the innermost first, follow each other without gaps.
fn contiguous<'a>(itemsize: usize, dims: impl Iterator<Item = (&'a isize, &'a isize)>) -> bool {
    let mut want = itemsize as isize;
    for (&n, &s) in dims {
        if n > 1 && s != want {
            return false;
        }
        want *= n;
    }
    true
}

/// Strides of contiguous items.
fn c_strides(itemsize: usize, shape: &[isize]) -> Dims {
    let mut strides = Dims::from_elem(itemsize as isize, shape.len());
    for i in (0..shape.len().saturating_sub(1)).rev() {
        strides[i] = strides[i + 1] * shape[i + 1];
    }
    strides
}

fn of_buffer(b: Buffer) -> MemoryView {
    let (start, itemsize, readonly, format) = (b.start(), b.itemsize, b.readonly, b.format.clone());
    let (shape, strides) = (b.shape.clone(), b.strides.clone());
    MemoryView {
        managed: RefCell::new(Some(Ref::new(Managed { buffer: b }))),
        start,
        itemsize,
        readonly,
        format,
        shape,
        strides,
        exports: Cell::new(0),
        hash: Cell::new(-1),
    }
}

/// A memoryview of an object; the hook of the object model.
pub fn of(vm: &Vm, o: &Obj, flags: u32) -> PyResult {
    if let Some(m) = o.get::<MemoryView>() {
        return Ok(Ref::new(m.same()?).into_obj());
    }
    if !buffer::has_buffer(o) {
        let t = o.ty().tp_name();
        return Err(error::type_error(format!("memoryview: a bytes-like object is required, not '{t}'")));
    }
    Ok(Ref::new(of_buffer(buffer::get(vm, o, flags)?)).into_obj())
}

fn new(vm: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method("memoryview($self, /, object)", Native::Raw(|_, o, _| Ok(o.clone())), "");
    if let ([o], false) = (args.positional(), args.has_keywords()) {
        return of(vm, o, buffer::FULL_RO);
    }
    let n = args.len() + args.names().len();
    if n > 1 {
        return Err(error::type_error(format!("memoryview() takes at most 1 argument ({n} given)")));
    }
    of(vm, SIG.signature().bind(args)?.req(0), buffer::FULL_RO)
}

/// The buffer of a memoryview.
pub fn export(_: &Vm, o: &Obj, flags: u32) -> PyResult<Buffer> {
    let m = o.this::<MemoryView>()?;
    let managed = m.managed()?;
    let fail = |text: &::std::primitive::str| Err(error::buffer_error(format!("memoryview: {text}")));
    if flags & buffer::WRITABLE != 0 && m.readonly {
        return fail("underlying buffer is not writable");
    }
    let strided = flags & buffer::STRIDES == buffer::STRIDES;
    if !strided && !m.c_contiguous() {
        return fail("underlying buffer is not C-contiguous");
    }
    let view = View {
        start: m.start,
        len: m.nbytes(),
        readonly: m.readonly,
        itemsize: m.itemsize,
        format: m.format.clone(),
        shape: m.shape.clone(),
        strides: m.strides.clone(),
    };
    m.exports.set(m.exports.get() + 1);
    let give_back = |b: &Buffer| {
        if let Some(m) = b.owner.get::<MemoryView>() {
            m.exports.set(m.exports.get().saturating_sub(1));
        }
    };
    match Buffer::within(&managed, o.clone(), view, give_back) {
        Some(b) => Ok(b),
        None => fail("view leaves its buffer"),
    }
}

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let m = o.this::<MemoryView>()?;
    let what = if m.managed.borrow().is_some() { "memory" } else { "released memory" };
    Ok(str::from_str(&format!("<{what} at 0x{:x}>", o.bits())).into_obj())
}

fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let m = o.this::<MemoryView>()?;
    if m.hash.get() != -1 {
        return Ok(m.hash.get());
    }
    let managed = m.managed()?;
    if !m.readonly {
        return Err(error::value_error("cannot hash writable memoryview object"));
    }
    if !item::native_size(&m.format).is_some_and(|(c, _)| item::is_byte_format(c)) {
        return Err(error::value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let _held = export(vm, o, buffer::FULL_RO)?;
    adder_object::ops::hash(vm, &managed.buffer.owner)?;
    m.hash.set(str::hash_bytes(&m.to_vec()?));
    Ok(m.hash.get())
}

fn length(_: &Vm, o: &Obj) -> PyResult<usize> {
    let m = o.this::<MemoryView>()?;
    m.managed()?;
    match m.shape.first() {
        Some(&n) => Ok(n as usize),
        None => Err(error::type_error("0-dim memory has no length")),
    }
}

fn ints(v: &[isize]) -> Obj {
    tuple::new(v.iter().map(|&n| int::from_i64(n as i64)).collect())
}

macro_rules! fields {
    ($($name:ident |$m:ident| $e:expr;)*) => {$(
        fn $name(_: &Vm, o: &Obj) -> PyResult {
            let $m = o.this::<MemoryView>()?;
            $m.managed()?;
            Ok($e)
        }
    )*};
}
fields! {
    get_nbytes |m| int::from_usize(m.nbytes());
    get_itemsize |m| int::from_usize(m.itemsize);
    get_format |m| str::from_str(&m.format).into_obj();
    get_readonly |m| singletons::bool_obj(m.readonly);
    get_ndim |m| int::from_usize(m.ndim());
    get_shape |m| ints(&m.shape);
    get_strides |m| ints(&m.strides);
    get_suboffsets |_m| ints(&[]);
    get_c_contiguous |m| singletons::bool_obj(m.c_contiguous());
    get_f_contiguous |m| singletons::bool_obj(m.f_contiguous());
    get_contiguous |m| singletons::bool_obj(m.c_contiguous() || m.f_contiguous());
}
fn get_obj(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.this::<MemoryView>()?.managed()?.buffer.owner.clone())
}

static GETSET: &[GetSetDef] = &[
    getter("obj", get_obj, "The underlying object of the memoryview."),
    getter(
        "nbytes",
        get_nbytes,
        "The amount of space in bytes that the array would use in\n a contiguous representation.",
    ),
    getter("readonly", get_readonly, "A bool indicating whether the memory is read only."),
    getter("itemsize", get_itemsize, "The size in bytes of each element of the memoryview."),
    getter(
        "format",
        get_format,
        "A string containing the format (in struct module style)\n for each element in the view.",
    ),
    getter(
        "ndim",
        get_ndim,
        "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents.",
    ),
    getter("shape", get_shape, "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array."),
    getter(
        "strides",
        get_strides,
        "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array.",
    ),
    getter("suboffsets", get_suboffsets, "A tuple of integers used internally for PIL-style arrays."),
    getter("c_contiguous", get_c_contiguous, "A bool indicating whether the memory is C contiguous."),
    getter("f_contiguous", get_f_contiguous, "A bool indicating whether the memory is Fortran contiguous."),
    getter("contiguous", get_contiguous, "A bool indicating whether the memory is contiguous."),
];

/// Equality of memory: same shape, equal items. Order is not defined.
fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let answer = |equal: bool| Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)));
    let v = a.this::<MemoryView>()?;
    if v.managed.borrow().is_none() {
        return answer(a.is(b));
    }
    let other = match b.get::<MemoryView>() {
        Some(w) if w.managed.borrow().is_none() => return answer(false),
        Some(w) => w.same()?,
        None if buffer::has_buffer(b) => match buffer::get(vm, b, buffer::FULL_RO) {
            Ok(buf) => of_buffer(buf),
            Err(_) => return Ok(singletons::not_implemented()),
        },
        None => return Ok(singletons::not_implemented()),
    };
    answer(access::equal_items(vm, v, &other)?)
}

use Native::{Bound, NoArgs, One, Pos};

static METHODS: &[MethodDef] = &[
    method(
        "release($self, /)",
        NoArgs(methods::release),
        "Release the underlying buffer exposed by the memoryview object.",
    ),
    method("tobytes($self, /, order='C')", Bound(methods::tobytes), "Return the data in the buffer as a byte string."),
    method(
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        Bound(methods::hex),
        "Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    What to put between groups of bytes: one character.\n  bytes_per_sep\n    Bytes in a group, counted from the end; negative: from the start.\n\n>>> data = memoryview(b'\\x0a\\xff')\n>>> data.hex()\n'0aff'\n>>> data.hex('-')\n'0a-ff'",
    ),
    method("tolist($self, /)", NoArgs(methods::tolist), "Return the data in the buffer as a list of elements."),
    method(
        "cast($self, /, format, shape=<unrepresentable>)",
        Bound(methods::cast),
        "Cast a memoryview to a new format or shape.",
    ),
    method("toreadonly($self, /)", NoArgs(methods::toreadonly), "Return a readonly version of the memoryview."),
    class_method(
        "_from_flags($type, /, object, flags)",
        Bound(methods::from_flags),
        "Create a new memoryview object which references the given object.",
    ),
    method("count($self, value, /)", One(methods::count), "Count the number of occurrences of a value."),
    method(
        "index($self, value, start=0, stop=sys.maxsize, /)",
        Pos(1, 3, methods::index),
        "Return the index of the first occurrence of a value.",
    ),
    method("__enter__($self, /)", NoArgs(methods::enter), ""),
    method(
        "__exit__($self, /, *exc_info)",
        Native::Raw(methods::exit),
        "Release the underlying buffer exposed by the memoryview object.",
    ),
    class_method(
        "__class_getitem__($type, object, /)",
        One(class::generic_alias),
        "memoryviews are generic over the type of their underlying data",
    ),
];

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(richcompare),
        slot::iter(methods::iter),
        slot::length(length),
        slot::getitem(access::getitem),
        slot::setitem(access::setitem),
        slot::buffer(export),
    ],
    methods: METHODS,
    getset: GETSET,
    doc: "Create a new memoryview object which references the given object.",
    ..TypeSpec::of(&MEMORYVIEW)
};
pub static MANAGED_SPEC: TypeSpec = TypeSpec::of(&buffer::MANAGED);
pub use methods::ITERATOR_SPEC;

/// Connects the hook through which the object model makes memoryviews.
pub fn install() {
    *buffer::MEMORYVIEW.get() = of;
}

/// A str argument, for the methods.
fn text<'a>(o: &'a Obj, function: &::std::primitive::str, what: &::std::primitive::str) -> PyResult<&'a Str> {
    o.get::<Str>().ok_or_else(|| {
        error::type_error(format!("{function}() argument '{what}' must be str, not {}", o.ty().tp_name()))
    })
}
