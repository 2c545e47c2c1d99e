//! `OSError`: construction by errno, texts.

use super::base::{new as base_new, no_keywords, reduced, state, store_args, str_of};
use super::{Parts, field, of};
use adder_object::exceptions::{self as exc, OS_ERROR};
use adder_object::int::as_int;
use adder_object::slots::{InitFn, NewFn, slot};
use adder_object::spec::{Native, getset, method};
use adder_object::{Args, Obj, ObjExt, PyResult, Type, Vm, error, int, ops, singletons, str, tuple};

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

pub const PARTS: Parts = Parts {
    slots: &[slot::new(new), slot::init(init), slot::str(text)],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(reduce), "")],
    getset: &[
        field::<ERRNO>("errno", "POSIX exception code"),
        field::<STRERROR>("strerror", "exception strerror"),
        field::<FILENAME>("filename", "exception filename"),
        field::<FILENAME2>("filename2", "second exception filename"),
        getset("characters_written", written, set_written, ""),
    ],
};

/// A class with its own `__init__` and the inherited `__new__` gets its fields from `init`, all others from `new`.
fn init_fills(ty: &Type) -> bool {
    ty.init().is_some_and(|f| !std::ptr::fn_addr_eq(f, init as InitFn))
        && ty.new().is_some_and(|f| std::ptr::fn_addr_eq(f, new as NewFn))
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if init_fills(ty) {
        return base_new(vm, ty, Args::EMPTY);
    }
    if args.has_keywords() {
        return Err(error::type_error(format!("{}() takes no keyword arguments", ty.tp_name())));
    }
    let mut real = ty;
    if ty.is(&OS_ERROR)
        && (2..=5).contains(&args.len())
        && let Some(n) = as_int(&args.positional()[0]).and_then(|n| n.to_i64())
    {
        real = i32::try_from(n).map_or(&*OS_ERROR, |n| &**exc::os_error_type(n));
    }
    let o = base_new(vm, real, args)?;
    fill(vm, &o, args.positional())?;
    Ok(o)
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    if !init_fills(o.ty()) {
        return Ok(());
    }
    no_keywords(o, args)?;
    store_args(o, args.positional())?;
    fill(vm, o, args.positional())
}

fn fill(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult<()> {
    if o.ty().is_subtype(&exc::BLOCKING_IO_ERROR)
        && let [_, _, n, ..] = args
        && args.len() <= 5
        && (n.ty().index().is_some() || n.ty().int().is_some())
    {
        let count = ops::index(vm, n)?;
        let e = of(o)?;
        e.set_field(ERRNO, args[0].clone());
        e.set_field(STRERROR, args[1].clone());
        e.set_field(WRITTEN, count);
        return Ok(());
    }
    exc::fill_fields(o.ty(), of(o)?, args);
    Ok(())
}

fn text(vm: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let part = |i: usize| ops::str(vm, &e.field(i).unwrap_or_else(singletons::none)).map(|s| ops::text(&s));
    let shown = |f: &Obj| ops::repr_string(vm, f);
    let s = match (e.field(FILENAME), e.field(FILENAME2)) {
        (Some(f), Some(g)) => {
            format!("[Errno {}] {}: {} -> {}", part(ERRNO)?, part(STRERROR)?, shown(&f)?, shown(&g)?)
        }
        (Some(f), None) => format!("[Errno {}] {}: {}", part(ERRNO)?, part(STRERROR)?, shown(&f)?),
        _ if e.field(ERRNO).is_some() && e.field(STRERROR).is_some() => {
            format!("[Errno {}] {}", part(ERRNO)?, part(STRERROR)?)
        }
        _ => return str_of(vm, o),
    };
    Ok(str::from_str(&s).into_obj())
}

fn reduce(_: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let mut args = e.args();
    if let (Some([a, b]), Some(f)) = (tuple::as_slice(&args), e.field(FILENAME)) {
        let mut all = vec![a.clone(), b.clone(), f];
        if let Some(g) = e.field(FILENAME2) {
            all.extend([singletons::none(), g]);
        }
        args = tuple::new(all);
    }
    reduced(o, args, state(o))
}

fn written(_: &Vm, o: &Obj) -> PyResult {
    of(o)?.field(WRITTEN).ok_or_else(|| error::attribute_error_text("characters_written"))
}

fn set_written(vm: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let e = of(o)?;
    match value {
        Some(v) => {
            let n = ops::size_isize(vm, v)?;
            e.set_field(WRITTEN, int::from_i64(n as i64));
        }
        None if e.field(WRITTEN).is_none() => return Err(error::attribute_error_text("characters_written")),
        None => e.set_field_option(WRITTEN, None),
    }
    Ok(())
}
