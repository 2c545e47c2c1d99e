//! `sqlite3.Blob`: a blob of a row, read and written in place.
//!
//! CPython: Modules/_sqlite/blob.c.

use super::connection::Connection;
use super::raw_blob::RawBlob;
use super::{errors, functions};
use adder_object::bind::Bound;
use adder_object::int::Int;
use adder_object::slice::Indices;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, Slice, StaticType, Type, TypeFlags as F, Vm, buffer, bytes, error, int, ops,
    payload, singletons, trace_fields,
};
use std::cell::Cell;
use std::rc::Rc;

pub struct Blob {
    connection: Obj,
    raw: Rc<RawBlob>,
    at: Cell<usize>,
}
trace_fields!(Blob { connection });
pub static BLOB: StaticType = StaticType::new::<Blob>("sqlite3.Blob", F::GC | F::MANAGED_WEAKREF);
payload!(Blob, BLOB);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty: &Type, _: Args<'_>| {
            Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())))
        }),
        slot::length(|vm, o| Ok(usable(vm, o)?.raw.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
    ],
    methods: METHODS,
    ..TypeSpec::of(&BLOB)
};

/// `Connection.blobopen`.
pub fn open(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let (table, column) =
        (functions::name_of(vm, a.req(0), "blobopen")?, functions::name_of(vm, a.req(1), "blobopen")?);
    let row = match int::as_int(&ops::index(vm, a.req(2))?) {
        Some(Int::Small(n)) => n,
        Some(Int::Big(b)) => {
            i64::try_from(b).map_err(|_| error::overflow_error("Python int too large to convert to C long"))?
        }
        None => 0,
    };
    let readonly = a.opt(3).map_or(Ok(false), |r| ops::truth(vm, r))?;
    let name = match a.opt(4) {
        Some(n) => functions::name_of(vm, n, "blobopen")?,
        None => c"main".to_owned(),
    };
    let raw = c.run(vm, || RawBlob::open(&db, [&name, &table, &column], row, !readonly))?;
    Ok(Ref::new(Blob { connection: o.clone(), raw, at: Cell::new(0) }).into_obj())
}

fn usable<'a>(vm: &Vm, o: &'a Obj) -> PyResult<&'a Blob> {
    let b = o.this::<Blob>()?;
    b.connection.this::<Connection>()?.open(vm)?;
    if b.raw.is_open() { Ok(b) } else { Err(errors::programming(vm, "Cannot operate on a closed blob.")) }
}
impl Blob {
    fn read(&self, vm: &Vm, at: usize, n: usize) -> PyResult<Vec<u8>> {
        self.connection.this::<Connection>()?.run(vm, || self.raw.read(at, n))
    }
    fn write(&self, vm: &Vm, at: usize, data: &[u8]) -> PyResult<()> {
        let left = self.raw.len().saturating_sub(at);
        if data.len() > left {
            return Err(error::value_error("data longer than blob length"));
        }
        self.connection.this::<Connection>()?.run(vm, || self.raw.write(at, data))
    }
    /// The bytes that a slice names; one that names none may have any step.
    fn part(&self, vm: &Vm, s: &Slice) -> PyResult<Indices> {
        let at = s.indices(vm, self.raw.len())?;
        if at.step < 0 && at.len > 0 {
            return Err(error::value_error("Blob doesn't support slices with a negative step"));
        }
        Ok(at)
    }
    /// The place that an index names.
    fn place(&self, vm: &Vm, key: &Obj) -> PyResult<usize> {
        let n = self.raw.len() as isize;
        let i = ops::index_isize(vm, key)?;
        let i = if i < 0 { i + n } else { i };
        if (0..n).contains(&i) { Ok(i as usize) } else { Err(error::index_error("Blob index out of range")) }
    }
}

fn close(vm: &Vm, o: &Obj) -> PyResult {
    let b = o.this::<Blob>()?;
    b.connection.this::<Connection>()?.open(vm)?;
    b.raw.close();
    Ok(singletons::none())
}
fn read(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let n = args.first().map_or(Ok(-1), |n| ops::to_i32(vm, n))?;
    let b = usable(vm, o)?;
    let left = b.raw.len().saturating_sub(b.at.get());
    let n = usize::try_from(n).map_or(left, |n| n.min(left));
    let data = b.read(vm, b.at.get(), n)?;
    b.at.set(b.at.get() + n);
    Ok(bytes::new(&data))
}
fn write(vm: &Vm, o: &Obj, data: &Obj) -> PyResult {
    let data = buffer::get(vm, data, buffer::SIMPLE)?;
    let b = usable(vm, o)?;
    b.write(vm, b.at.get(), data.bytes())?;
    b.at.set(b.at.get() + data.len);
    Ok(singletons::none())
}
fn seek(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let offset = i64::from(ops::to_i32(vm, &args[0])?);
    let origin = args.get(1).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    let b = usable(vm, o)?;
    let n = b.raw.len() as i64;
    let from = match origin {
        0 => 0,
        1 => b.at.get() as i64,
        2 => n,
        _ => return Err(error::value_error("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")),
    };
    if from + offset > i64::from(i32::MAX) {
        return Err(error::overflow_error("seek offset results in offset too large"));
    }
    if !(0..=n).contains(&(from + offset)) {
        return Err(error::value_error("offset out of blob range"));
    }
    b.at.set((from + offset) as usize);
    Ok(singletons::none())
}
fn exit(vm: &Vm, o: &Obj, _: &[Obj]) -> PyResult {
    let b = usable(vm, o)?;
    b.raw.close();
    Ok(singletons::false_obj())
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let b = usable(vm, o)?;
    let Some(s) = key.get::<Slice>() else {
        if key.ty().index().is_none() {
            return Err(error::type_error("Blob indices must be integers"));
        }
        let data = b.read(vm, b.place(vm, key)?, 1)?;
        return Ok(int::from_i64(data.first().copied().unwrap_or(0).into()));
    };
    let at = b.part(vm, s)?;
    if at.len == 0 {
        return Ok(bytes::new(b""));
    }
    if at.step == 1 {
        return Ok(bytes::new(&b.read(vm, at.start as usize, at.len)?));
    }
    let all = b.read(vm, 0, b.raw.len())?;
    let picked: Vec<u8> = at.iter().filter_map(|i| all.get(i).copied()).collect();
    Ok(bytes::new(&picked))
}
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let b = usable(vm, o)?;
    let Some(s) = key.get::<Slice>() else {
        if key.ty().index().is_none() {
            return Err(error::type_error("Blob indices must be integers"));
        }
        let Some(v) = value else { return Err(error::type_error("Blob doesn't support item deletion")) };
        let at = b.place(vm, key)?;
        if !int::is_int(v) {
            let t = v.ty().tp_name();
            return Err(error::type_error(format!("'{t}' object cannot be interpreted as an integer")));
        }
        let byte = v.small_int().and_then(|n| u8::try_from(n).ok());
        let Some(byte) = byte else { return Err(error::value_error("byte must be in range(0, 256)")) };
        return b.write(vm, at, &[byte]);
    };
    let Some(v) = value else { return Err(error::type_error("Blob doesn't support slice deletion")) };
    let at = b.part(vm, s)?;
    let data = buffer::get(vm, v, buffer::SIMPLE)?;
    if data.len != at.len {
        return Err(error::index_error("Blob slice assignment is wrong size"));
    }
    if at.len == 0 {
        return Ok(());
    }
    if at.step == 1 {
        return b.write(vm, at.start as usize, data.bytes());
    }
    let mut all = b.read(vm, 0, b.raw.len())?;
    for (i, &byte) in at.iter().zip(data.bytes()) {
        all[i] = byte;
    }
    b.write(vm, 0, &all)
}

static METHODS: &[MethodDef] = &[
    method("close($self, /)", Native::NoArgs(close), "Close the blob."),
    method(
        "read($self, length=-1, /)",
        Native::Pos(0, 1, read),
        "Read data at the current offset position.\n\n  length\n    Read length in bytes.\n\nIf the end of the blob is reached, the data up to end of file will be returned.\nWhen length is not specified, or is negative, Blob.read() will read until the\nend of the blob.",
    ),
    method(
        "write($self, data, /)",
        Native::One(write),
        "Write data at the current offset.\n\nThis function cannot change the blob length.  Writing beyond the end of the\nblob will result in an exception being raised.",
    ),
    method(
        "seek($self, offset, origin=0, /)",
        Native::Pos(1, 2, seek),
        "Set the current access position to offset.\n\nThe origin argument defaults to os.SEEK_SET or 0 (absolute blob positioning).\nOther values for origin are os.SEEK_CUR or 1 (seek relative to the current position)\nand os.SEEK_END or 2 (seek relative to the blob's end).",
    ),
    method(
        "tell($self, /)",
        Native::NoArgs(|vm, o| Ok(int::from_usize(usable(vm, o)?.at.get()))),
        "Return the current access position for the blob.",
    ),
    method(
        "__enter__($self, /)",
        Native::NoArgs(|vm, o| usable(vm, o).map(|_| o.clone())),
        "Blob context manager enter.",
    ),
    method("__exit__($self, type, val, tb, /)", Native::Pos(3, 3, exit), "Blob context manager exit."),
];
