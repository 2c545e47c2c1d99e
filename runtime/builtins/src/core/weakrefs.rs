//! `weakref.ref` and the weak proxies, whose every slot delegates to the object.
//!
//! CPython: Objects/weakrefobject.c.

use adder_object::arith::{self, BinOp, UnaryOp};
use adder_object::bind::check_positional;
use adder_object::call::{self, call_method};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, member, method};
use adder_object::weakref::{self, CALLABLE_PROXY, PROXY, WEAKREF, WeakRef};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Str, Type, Vm, attr, class, error, names, ops, singletons, str,
};

fn of(o: &Obj) -> PyResult<&WeakRef> {
    weakref::payload(o).ok_or_else(|| error::type_error("a weak reference is required"))
}

pub static REFERENCE: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::init(|_, _, args| check_positional("__init__", args.len(), 1, 2)),
        slot::call(call_reference),
        slot::repr(repr),
        slot::hash(hash),
        slot::richcompare(compare),
    ],
    methods: &[class_method(
        "__class_getitem__($type, object, /)",
        Native::One(class::generic_alias),
        "Weakrefs are generic over the type of the referenced object.",
    )],
    getset: &[member("__callback__", |_, o| Ok(of(o)?.callback.get().unwrap_or_else(singletons::none)), "")],
    ..TypeSpec::of(&WEAKREF)
};

fn new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if ty.is(&WEAKREF) {
        args.no_keywords("ReferenceType")?;
    }
    check_positional("__new__", args.len(), 1, 2)?;
    let a = args.positional();
    weakref::new(ty, &a[0], a.get(1).cloned())
}

fn call_reference(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords("weakref")?;
    check_positional("weakref", args.len(), 0, 0)?;
    Ok(of(o)?.target().unwrap_or_else(singletons::none))
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let text = match of(o)?.target() {
        None => format!("<weakref at {:#x}; dead>", o.bits()),
        Some(t) => {
            let name = match attr::lookup_special(vm, &t, &names().__name__)? {
                Some(attr::Method::Unbound(n) | attr::Method::Bound(n)) => Some(n),
                None => None,
            };
            let name = name.filter(|n| n.get::<Str>().is_some());
            let name = name.map(|n| format!(" ({})", ops::text(&n))).unwrap_or_default();
            let ty = class::full_name(vm, t.ty())?;
            format!("<weakref at {:#x}; to '{ty}' at {:#x}{name}>", o.bits(), t.bits())
        }
    };
    Ok(str::from_str(&text).into_obj())
}

/// The object's hash, remembered so that a dead reference can still be found.
fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let w = of(o)?;
    if let Some(h) = w.hash.get() {
        return Ok(h);
    }
    let Some(t) = w.target() else { return Err(error::type_error("weak object has gone away")) };
    let h = ops::hash(vm, &t)?;
    w.hash.set(Some(h));
    Ok(h)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let is_reference = |o: &Obj| o.ty().is_subtype(&WEAKREF);
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !is_reference(a) || !is_reference(b) {
        return Ok(singletons::not_implemented());
    }
    match (of(a)?.target(), of(b)?.target()) {
        (Some(x), Some(y)) => ops::compare(vm, &x, &y, op),
        _ => Ok(singletons::bool_obj(a.is(b) == (op == CompareOp::Eq))),
    }
}

// ---- proxies ----

#[cold]
fn gone() -> PyErr {
    error::reference_error("weakly-referenced object no longer exists")
}

/// The object behind a proxy.
fn target(o: &Obj) -> PyResult {
    of(o)?.target().ok_or_else(gone)
}
/// The object behind a proxy, anything else itself.
fn unwrapped(o: &Obj) -> PyResult {
    if o.ty().is(&PROXY) || o.ty().is(&CALLABLE_PROXY) { target(o) } else { Ok(o.clone()) }
}

macro_rules! binary {
    ($($f:ident $apply:ident $op:ident;)*) => { $(
        fn $f(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
            arith::$apply(vm, &unwrapped(a)?, &unwrapped(b)?, BinOp::$op)
        }
    )* };
}
binary! {
    add binary Add; subtract binary Subtract; multiply binary Multiply; remainder binary Remainder; lshift binary Lshift;
    rshift binary Rshift; and binary And; or binary Or; xor binary Xor; floor_divide binary FloorDivide;
    true_divide binary TrueDivide; matrix_multiply binary MatrixMultiply;
    inplace_add inplace Add; inplace_subtract inplace Subtract; inplace_multiply inplace Multiply;
    inplace_remainder inplace Remainder; inplace_lshift inplace Lshift; inplace_rshift inplace Rshift; inplace_and inplace And;
    inplace_or inplace Or; inplace_xor inplace Xor; inplace_floor_divide inplace FloorDivide;
    inplace_true_divide inplace TrueDivide; inplace_matrix_multiply inplace MatrixMultiply;
}

fn proxy_repr(vm: &Vm, o: &Obj) -> PyResult {
    let text = match of(o)?.target() {
        None => format!("<weakproxy at {:#x}; dead>", o.bits()),
        Some(t) => {
            format!("<weakproxy at {:#x}; to '{}' at {:#x}>", o.bits(), class::full_name(vm, t.ty())?, t.bits())
        }
    };
    Ok(str::from_str(&text).into_obj())
}

fn proxy_next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let t = target(o)?;
    if t.ty().iternext().is_none() {
        return Err(error::type_error(format!(
            "Weakref proxy referenced a non-iterator '{}' object",
            t.ty().tp_name()
        )));
    }
    ops::next(vm, &t)
}

macro_rules! proxy_spec {
    ($name:ident $ty:expr, [$($extra:expr),*]) => {
        pub static $name: TypeSpec = TypeSpec {
            slots: &[
                slot::repr(proxy_repr),
                slot::str(|vm, o| ops::str(vm, &target(o)?)),
                slot::getattro(|vm, o, name| attr::get(vm, &target(o)?, name)),
                slot::setattro(|vm, o, name, v| attr::store(vm, &target(o)?, name, v)),
                slot::richcompare(|vm, a, b, op| ops::compare(vm, &unwrapped(a)?, &unwrapped(b)?, op)),
                slot::iter(|vm, o| ops::iter(vm, &target(o)?)),
                slot::iternext(proxy_next),
                slot::length(|vm, o| ops::len(vm, &target(o)?)),
                slot::getitem(|vm, o, k| ops::getitem(vm, &target(o)?, &unwrapped(k)?)),
                slot::setitem(|vm, o, k, v| {
                    let t = target(o)?;
                    match v {
                        Some(v) => ops::setitem(vm, &t, k, v),
                        None => ops::delitem(vm, &t, k),
                    }
                }),
                slot::contains(|vm, o, x| ops::contains(vm, &target(o)?, x)),
                slot::bool(|vm, o| ops::truth(vm, &target(o)?)),
                slot::int(|vm, o| crate::numbers::int_new::number_int(vm, &target(o)?)),
                slot::float(|vm, o| crate::numbers::float::number_float(vm, &target(o)?)),
                slot::index(|vm, o| ops::index(vm, &target(o)?)),
                slot::negative(|vm, o| arith::unary(vm, &target(o)?, UnaryOp::Negative)),
                slot::positive(|vm, o| arith::unary(vm, &target(o)?, UnaryOp::Positive)),
                slot::absolute(|vm, o| arith::unary(vm, &target(o)?, UnaryOp::Absolute)),
                slot::invert(|vm, o| arith::unary(vm, &target(o)?, UnaryOp::Invert)),
                slot::divmod(|vm, a, b| arith::divmod(vm, &unwrapped(a)?, &unwrapped(b)?)),
                slot::power(|vm, a, b, m| arith::power(vm, &unwrapped(a)?, &unwrapped(b)?, &unwrapped(m)?)),
                slot::inplace_power(|vm, a, b, _| arith::inplace(vm, &unwrapped(a)?, &unwrapped(b)?, BinOp::Power)),
                slot::add(add), slot::subtract(subtract), slot::multiply(multiply), slot::remainder(remainder),
                slot::lshift(lshift), slot::rshift(rshift), slot::and(and), slot::or(or), slot::xor(xor),
                slot::floor_divide(floor_divide), slot::true_divide(true_divide), slot::matrix_multiply(matrix_multiply),
                slot::inplace_add(inplace_add), slot::inplace_subtract(inplace_subtract),
                slot::inplace_multiply(inplace_multiply), slot::inplace_remainder(inplace_remainder),
                slot::inplace_lshift(inplace_lshift), slot::inplace_rshift(inplace_rshift),
                slot::inplace_and(inplace_and), slot::inplace_or(inplace_or), slot::inplace_xor(inplace_xor),
                slot::inplace_floor_divide(inplace_floor_divide), slot::inplace_true_divide(inplace_true_divide),
                slot::inplace_matrix_multiply(inplace_matrix_multiply),
                $($extra),*
            ],
            methods: &[
                method(
                    "__bytes__($self, /)",
                    Native::NoArgs(|vm, o| call_method(vm, &target(o)?, &names().__bytes__, &[])),
                    "",
                ),
                method(
                    "__reversed__($self, /)",
                    Native::NoArgs(|vm, o| call_method(vm, &target(o)?, &names().__reversed__, &[])),
                    "",
                ),
            ],
            ..TypeSpec::of(&$ty)
        };
    };
}
proxy_spec!(PROXY_SPEC PROXY, []);
proxy_spec!(CALLABLE_PROXY_SPEC CALLABLE_PROXY, [slot::call(|vm, o, args| call::call(vm, &target(o)?, args))]);

/// `weakref.proxy(object[, callback])`.
pub fn proxy(target: &Obj, callback: Option<Obj>) -> PyResult {
    let ty: &Type = if call::is_callable(target) { &CALLABLE_PROXY } else { &PROXY };
    weakref::new(ty, target, callback)
}
