//! `_struct`: values to and from packed binary records.
//!
//! CPython: Modules/_struct.c.

mod item;
mod layout;

use adder_mem::heap::Global;
use adder_object::exceptions::{self as exc, BaseException};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    Args, Bytes, ModuleSpec, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, TypeFlags as F, TypeSpec, Vm,
    buffer, bytes, error, int, ops, payload, str, trace_fields,
};
use layout::Layout;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

pub static ERROR: StaticType =
    StaticType::new::<BaseException>("struct.error", F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS);
static ERROR_SPEC: TypeSpec = TypeSpec { base: Some(&exc::EXCEPTION), ..TypeSpec::of(&ERROR) };

#[cold]
fn struct_error(text: &str) -> PyErr {
    PyErr::new(&ERROR, text)
}

/// A compiled format; empty until `__init__` ran.
struct Struct {
    compiled: RefCell<Option<(Rc<Layout>, Obj)>>,
}
trace_fields!(Struct);
static STRUCT: StaticType = StaticType::new::<Struct>("_struct.Struct", F::BASETYPE | F::MANAGED_WEAKREF);
payload!(Struct, STRUCT);

static STRUCT_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Struct { compiled: RefCell::new(None) }).into_obj())),
        slot::init(struct_init),
        slot::repr(|vm, s| {
            let format = ops::repr_string(vm, &compiled(s)?.1)?;
            Ok(str::from_str(&format!("{}({format})", s.ty().name())).into_obj())
        }),
    ],
    methods: &[
        method(
            "iter_unpack($self, buffer, /)",
            Native::One(|vm, s, b| iterate(vm, &compiled(s)?.0, b)),
            "Return an iterator yielding tuples.",
        ),
        method(
            "pack",
            Native::Raw(|vm, s, a| {
                a.no_keywords("pack")?;
                pack(vm, &compiled(s)?.0, a.positional())
            }),
            "S.pack(v1, v2, ...) -> bytes",
        ),
        method(
            "pack_into",
            Native::Raw(|vm, s, a| {
                a.no_keywords("pack_into")?;
                pack_into(vm, &compiled(s)?.0, a.positional())
            }),
            "S.pack_into(buffer, offset, v1, v2, ...)",
        ),
        method(
            "unpack($self, buffer, /)",
            Native::One(|vm, s, b| unpack(vm, &compiled(s)?.0, b)),
            "Return a tuple containing unpacked values.",
        ),
        method(
            "unpack_from($self, /, buffer, offset=0)",
            Native::Bound(|vm, s, a| unpack_from(vm, &compiled(s)?.0, a.req(0), a.opt(1))),
            "Return a tuple containing unpacked values.",
        ),
        method(
            "__sizeof__($self, /)",
            Native::NoArgs(|_, s| Ok(int::from_usize(56 + 32 * (compiled(s)?.0.fields.len() + 1)))),
            "",
        ),
    ],
    getset: &[
        getter("format", |_, s| Ok(compiled(s)?.1), "struct format string"),
        getter(
            "size",
            |_, s| Ok(int::from_i64(s.this::<Struct>()?.compiled.borrow().as_ref().map_or(-1, |c| c.0.size as i64))),
            "struct size in bytes",
        ),
    ],
    doc: "Struct(fmt) --> compiled struct object",
    ..TypeSpec::of(&STRUCT)
};

static INIT: MethodDef = method("Struct($self, format)", Native::NoArgs(|_, s| Ok(s.clone())), "");

fn struct_init(_: &Vm, s: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = INIT.signature().bind(args)?;
    let (text, format) = format_text(a.req(0))?;
    let layout = Layout::parse(&text)?;
    s.this::<Struct>()?.compiled.replace(Some((Rc::new(layout), format)));
    Ok(())
}
fn compiled(s: &Obj) -> PyResult<(Rc<Layout>, Obj)> {
    s.this::<Struct>()?
        .compiled
        .borrow()
        .clone()
        .ok_or_else(|| error::runtime_error("Struct object is not initialized"))
}
/// The format's bytes, and the str that shows it.
fn format_text(o: &Obj) -> PyResult<(Vec<u8>, Obj)> {
    if let Some(b) = o.get::<Bytes>() {
        return Ok((b.as_slice().to_vec(), str::from_latin1(b.as_slice()).into_obj()));
    }
    let Some(s) = o.get::<Str>() else {
        return Err(error::type_error(format!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            o.ty().tp_name()
        )));
    };
    match s.as_ascii() {
        Some(text) => Ok((text.as_bytes().to_vec(), str::from_str(text).into_obj())),
        None => Err(not_ascii(o, s)),
    }
}
fn not_ascii(o: &Obj, s: &Str) -> PyErr {
    let points = s.code_points();
    let start = points.iter().position(|&c| c > 127).unwrap_or(0);
    let end = start + points[start..].iter().take_while(|&&c| c > 127).count();
    PyErr::with_args(
        &exc::UNICODE_ENCODE_ERROR,
        vec![
            str::from_str("ascii").into_obj(),
            o.clone(),
            int::from_usize(start),
            int::from_usize(end),
            str::from_str("ordinal not in range(128)").into_obj(),
        ],
    )
}

/// Layouts of formats seen by the module's functions.
static CACHE: Global<Option<HashMap<Vec<u8>, Rc<Layout>>>> = Global::new(None);
const CACHE_LIMIT: usize = 100;

fn layout_of(format: &Obj) -> PyResult<Rc<Layout>> {
    if let Some((last, layout)) = LAST.get()
        && last.is(format)
    {
        return Ok(layout.clone());
    }
    let layout = find_layout(format)?;
    // An immutable object, which being kept cannot become another one.
    if format.get_exact::<Str>().is_some() || format.get_exact::<Bytes>().is_some() {
        *LAST.get() = Some((format.clone(), layout.clone()));
    }
    Ok(layout)
}

/// The format used last.
static LAST: Global<Option<(Obj, Rc<Layout>)>> = Global::new(None);

fn find_layout(format: &Obj) -> PyResult<Rc<Layout>> {
    let cache = CACHE.get().get_or_insert_with(HashMap::new);
    let known = match (format.get::<Bytes>(), format.get::<Str>().and_then(Str::as_ascii)) {
        (Some(b), _) => cache.get(b.as_slice()),
        (_, Some(s)) => cache.get(s.as_bytes()),
        _ => None,
    };
    if let Some(l) = known {
        return Ok(l.clone());
    }
    let (text, _) = format_text(format)?;
    let layout = Rc::new(Layout::parse(&text)?);
    if cache.len() >= CACHE_LIMIT {
        cache.clear();
    }
    cache.insert(text, layout.clone());
    Ok(layout)
}

fn wrong_count(function: &str, layout: &Layout, got: usize) -> PyErr {
    struct_error(&format!("{function} expected {} items for packing (got {got})", layout.items))
}
fn pack(vm: &Vm, layout: &Layout, values: &[Obj]) -> PyResult {
    if values.len() != layout.items {
        return Err(wrong_count("pack", layout, values.len()));
    }
    Ok(bytes::new(&item::pack_all(vm, layout, values)?))
}
fn pack_into(vm: &Vm, layout: &Layout, a: &[Obj]) -> PyResult {
    let [target, offset, values @ ..] = a else {
        let missing = if a.is_empty() { "buffer" } else { "offset" };
        return Err(struct_error(&format!("pack_into expected {missing} argument")));
    };
    if values.len() != layout.items {
        return Err(wrong_count("pack_into", layout, values.len()));
    }
    let not_writable =
        || error::type_error(format!("argument must be read-write bytes-like object, not {}", target.ty().tp_name()));
    let b = buffer::get(vm, target, buffer::WRITABLE).map_err(|_| not_writable())?;
    let offset = ops::index_isize(vm, offset)?;
    let at = layout.check_offset(offset, b.len, "packing", "pack_into")?;
    // The values may run code that looks at the buffer, so the bytes are written in one go at the end.
    let data = item::pack_all(vm, layout, values)?;
    let out = b.bytes_mut().ok_or_else(not_writable)?;
    out[at..at + layout.size].copy_from_slice(&data);
    Ok(adder_object::singletons::none())
}
fn unpack(vm: &Vm, layout: &Layout, data: &Obj) -> PyResult {
    let wrong = || struct_error(&format!("unpack requires a buffer of {} bytes", layout.size));
    if let Some(b) = data.get::<Bytes>() {
        return if b.len() == layout.size { Ok(item::unpack_all(layout, b.as_slice())) } else { Err(wrong()) };
    }
    let b = buffer::get(vm, data, buffer::SIMPLE)?;
    if b.len == layout.size { Ok(item::unpack_all(layout, b.bytes())) } else { Err(wrong()) }
}
fn unpack_from(vm: &Vm, layout: &Layout, data: &Obj, offset: Option<&Obj>) -> PyResult {
    let b = buffer::get(vm, data, buffer::SIMPLE)?;
    let offset = match offset {
        None => 0,
        Some(o) => {
            let i = ops::index(vm, o)?;
            int::as_int(&i)
                .and_then(|n| n.to_i64())
                .ok_or_else(|| error::overflow_error("Python int too large to convert to C ssize_t"))?
                as isize
        }
    };
    let at = layout.check_offset(offset, b.len, "unpacking", "unpack_from")?;
    Ok(item::unpack_all(layout, &b.bytes()[at..at + layout.size]))
}

/// The iterator of `iter_unpack`; gives its buffer up at the end.
struct UnpackIterator {
    layout: Rc<Layout>,
    buffer: RefCell<Option<buffer::Buffer>>,
    owner: ObjCell,
    at: Cell<usize>,
}
trace_fields!(UnpackIterator { owner });
static UNPACK_ITERATOR: StaticType = StaticType::new::<UnpackIterator>("_struct.unpack_iterator", F::GC);
payload!(UnpackIterator, UNPACK_ITERATOR);
static UNPACK_ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(|_, it| Ok(it.clone())), slot::iternext(iterator_next)],
    methods: &[method(
        "__length_hint__",
        Native::NoArgs(|_, it| {
            let it = it.this::<UnpackIterator>()?;
            let len = it.buffer.borrow().as_ref().map_or(0, |b| b.len - it.at.get());
            Ok(int::from_usize(len / it.layout.size.max(1)))
        }),
        "",
    )],
    ..TypeSpec::of(&UNPACK_ITERATOR)
};

fn iterate(vm: &Vm, layout: &Rc<Layout>, data: &Obj) -> PyResult {
    if layout.size == 0 {
        return Err(struct_error("cannot iteratively unpack with a struct of length 0"));
    }
    let b = buffer::get(vm, data, buffer::SIMPLE)?;
    if b.len % layout.size != 0 {
        return Err(struct_error(&format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            layout.size
        )));
    }
    let it = UnpackIterator {
        layout: layout.clone(),
        buffer: RefCell::new(Some(b)),
        owner: ObjCell::new(data.clone()),
        at: Cell::new(0),
    };
    Ok(Ref::new(it).into_obj())
}
fn iterator_next(_: &Vm, it: &Obj) -> PyResult<Option<Obj>> {
    let it = it.this::<UnpackIterator>()?;
    let (at, size) = (it.at.get(), it.layout.size);
    let end = it.buffer.borrow().as_ref().is_none_or(|b| at + size > b.len);
    if end {
        drop(it.buffer.take());
        return Ok(None);
    }
    it.at.set(at + size);
    let b = it.buffer.borrow();
    Ok(b.as_ref().map(|b| item::unpack_all(&it.layout, &b.bytes()[at..at + size])))
}

fn format_argument<'a>(a: Args<'a>, function: &str) -> PyResult<(&'a Obj, &'a [Obj])> {
    a.no_keywords(function)?;
    a.positional().split_first().ok_or_else(|| error::type_error("missing format argument"))
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Functions to convert between Python values and C structs.",
    functions: &[
        method(
            "_clearcache($module, /)",
            Native::NoArgs(|_, _| {
                *CACHE.get() = None;
                Ok(adder_object::singletons::none())
            }),
            "Clear the internal cache.",
        ),
        method(
            "calcsize($module, format, /)",
            Native::One(|_, _, f| Ok(int::from_usize(layout_of(f)?.size))),
            "Return size in bytes of the struct described by the format string.",
        ),
        method(
            "iter_unpack($module, format, buffer, /)",
            Native::Pos(2, 2, |vm, _, a| iterate(vm, &layout_of(&a[0])?, &a[1])),
            "Return an iterator yielding tuples unpacked from the given bytes.",
        ),
        method(
            "pack",
            Native::Raw(|vm, _, a| {
                let (f, rest) = format_argument(a, "pack")?;
                pack(vm, &*layout_of(f)?, rest)
            }),
            "pack(format, v1, v2, ...) -> bytes",
        ),
        method(
            "pack_into",
            Native::Raw(|vm, _, a| {
                let (f, rest) = format_argument(a, "pack_into")?;
                pack_into(vm, &*layout_of(f)?, rest)
            }),
            "pack_into(format, buffer, offset, v1, v2, ...)",
        ),
        method(
            "unpack($module, format, buffer, /)",
            Native::Pos(2, 2, |vm, _, a| unpack(vm, &*layout_of(&a[0])?, &a[1])),
            "Return a tuple containing values unpacked according to the format string.",
        ),
        method(
            "unpack_from($module, format, /, buffer, offset=0)",
            Native::Bound(|vm, _, a| unpack_from(vm, &*layout_of(a.req(0))?, a.req(1), a.opt(2))),
            "Return a tuple containing values unpacked according to the format string.",
        ),
    ],
    types: &[&STRUCT_SPEC, &ERROR_SPEC],
    init: Some(|_, _| {
        adder_object::spec::ready(&UNPACK_ITERATOR_SPEC);
        Ok(())
    }),
    ..ModuleSpec::new("_struct")
};
