//! The slot functions of Python classes: each finds its dunder method on the type and calls it.
//!
//! CPython: the `slot_*` functions of Objects/typeobject.c.

use crate::call::{self, Args, call_special, prepended};
use crate::descr::StaticMethod;
use crate::names::names;
use crate::slots::SlotId;
use crate::typeobj::Type;
use crate::{CompareOp, Obj, ObjExt, PyResult, Vm, attr, error, exceptions as exc, int, ops, singletons, types};

/// The method's result, or TypeError when the type lost it meanwhile.
fn special(vm: &Vm, obj: &Obj, name: &Obj, args: &[Obj]) -> PyResult {
    vm.check_stack("")?;
    call_special(vm, obj, name, args)?.ok_or_else(|| error::no_attribute(obj, name))
}

macro_rules! unary {
    ($($f:ident $n:ident;)*) => { $(pub fn $f(vm: &Vm, a: &Obj) -> PyResult { special(vm, a, &names().$n, &[]) })* };
}
unary! {
    await_ __await__; aiter __aiter__; anext __anext__; negative __neg__; positive __pos__; absolute __abs__;
    invert __invert__; int __int__; float __float__; index __index__; iter_method __iter__; repr_method __repr__; str_method __str__;
}

pub fn repr(vm: &Vm, a: &Obj) -> PyResult {
    match call_special(vm, a, &names().__repr__, &[])? {
        Some(r) => Ok(r),
        None => crate::class::object_repr(vm, a),
    }
}
pub fn str(vm: &Vm, a: &Obj) -> PyResult {
    match call_special(vm, a, &names().__str__, &[])? {
        Some(r) => Ok(r),
        None => ops::repr(vm, a),
    }
}

pub fn iter(vm: &Vm, a: &Obj) -> PyResult {
    vm.check_stack("")?;
    match attr::lookup_special(vm, a, &names().__iter__)? {
        Some(attr::Method::Unbound(f) | attr::Method::Bound(f)) if f.is_none() => {
            Err(error::type_error(format!("'{}' object is not iterable", a.ty().tp_name())))
        }
        Some(attr::Method::Unbound(f)) => call::call_pos(vm, &f, std::slice::from_ref(a)),
        Some(attr::Method::Bound(f)) => call::call_pos(vm, &f, &[]),
        None => Err(error::no_attribute(a, &names().__iter__)),
    }
}

pub fn iternext(vm: &Vm, a: &Obj) -> PyResult<Option<Obj>> {
    match special(vm, a, &names().__next__, &[]) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&exc::STOP_ITERATION) => Ok(None),
        Err(e) => Err(e),
    }
}

pub fn hash_not_implemented(_: &Vm, a: &Obj) -> PyResult<i64> {
    Err(error::type_error(format!("unhashable type: '{}'", a.ty().tp_name())))
}

pub fn hash(vm: &Vm, a: &Obj) -> PyResult<i64> {
    let Some(h) = call_special(vm, a, &names().__hash__, &[])? else { return hash_not_implemented(vm, a) };
    match int::as_int(&h) {
        // What fits a machine word is the hash as it is; -1 means an error in C.
        Some(int::Int::Small(n)) => Ok(if n == -1 { -2 } else { n }),
        Some(int::Int::Big(b)) => Ok(i64::try_from(b).unwrap_or_else(|_| crate::hashing::big(b))),
        None => Err(error::type_error("__hash__ method should return an integer")),
    }
}

pub fn length(vm: &Vm, a: &Obj) -> PyResult<usize> {
    let n = special(vm, a, &names().__len__, &[])?;
    let n = ops::index(vm, &n)?;
    match int::as_int(&n) {
        Some(i) if i.is_negative() => Err(error::value_error("__len__() should return >= 0")),
        Some(int::Int::Small(n)) => Ok(n as usize),
        _ => Err(error::overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

pub fn bool(vm: &Vm, a: &Obj) -> PyResult<bool> {
    let r = special(vm, a, &names().__bool__, &[])?;
    if r.is(singletons::true_ref()) || r.is(singletons::false_ref()) {
        return Ok(r.is(singletons::true_ref()));
    }
    Err(error::type_error(format!("__bool__ should return bool, returned {}", r.ty().tp_name())))
}

pub fn getitem(vm: &Vm, a: &Obj, k: &Obj) -> PyResult {
    special(vm, a, &names().__getitem__, std::slice::from_ref(k))
}
pub fn setitem(vm: &Vm, a: &Obj, k: &Obj, v: Option<&Obj>) -> PyResult<()> {
    match v {
        Some(v) => special(vm, a, &names().__setitem__, &[k.clone(), v.clone()])?,
        None => special(vm, a, &names().__delitem__, std::slice::from_ref(k))?,
    };
    Ok(())
}
pub fn contains(vm: &Vm, a: &Obj, k: &Obj) -> PyResult<bool> {
    match attr::lookup_special(vm, a, &names().__contains__)? {
        Some(attr::Method::Unbound(f) | attr::Method::Bound(f)) if f.is_none() => {
            Err(error::type_error(format!("'{}' object is not a container", a.ty().tp_name())))
        }
        Some(_) => {
            let r = special(vm, a, &names().__contains__, std::slice::from_ref(k))?;
            ops::truth(vm, &r)
        }
        None => ops::iter_contains(vm, a, k),
    }
}

pub fn call(vm: &Vm, a: &Obj, args: Args<'_>) -> PyResult {
    vm.check_stack(" while calling a Python object")?;
    match attr::lookup_special(vm, a, &names().__call__)? {
        Some(attr::Method::Unbound(f)) => prepended(a, args, |args| call_slot_of(vm, &f, args)),
        Some(attr::Method::Bound(f)) => call_slot_of(vm, &f, args),
        None => Err(error::type_error(format!("'{}' object is not callable", a.ty().tp_name()))),
    }
}
fn call_slot_of(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    crate::call::call(vm, f, args)
}

pub fn init(vm: &Vm, a: &Obj, args: Args<'_>) -> PyResult<()> {
    let r = match attr::lookup_special(vm, a, &names().__init__)? {
        Some(attr::Method::Unbound(f)) => prepended(a, args, |args| call_slot_of(vm, &f, args))?,
        Some(attr::Method::Bound(f)) => call_slot_of(vm, &f, args)?,
        None => return Err(error::no_attribute(a, &names().__init__)),
    };
    if r.is_none() {
        return Ok(());
    }
    Err(error::type_error(format!("__init__() should return None, not '{}'", r.ty().tp_name())))
}

pub fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let cls = ty.to_obj();
    // A class of the plain metaclass gives what its static method holds.
    let held = if cls.is_exact(&types::TYPE) {
        ty.lookup(&names().__new__).and_then(|f| f.get_exact::<StaticMethod>().and_then(|s| s.func.get()))
    } else {
        None
    };
    let f = held.map_or_else(|| attr::get(vm, &cls, &names().__new__), Ok)?;
    prepended(&cls, args, |args| call_slot_of(vm, &f, args))
}

pub fn finalize(vm: &Vm, a: &Obj) -> PyResult {
    // The exception being handled is none of the finalizer's business, nor may the finalizer replace it.
    let handled = vm.handled.get();
    let r = call_special(vm, a, &names().__del__, &[]);
    vm.handled.set_option(handled);
    r?;
    Ok(singletons::none())
}

pub fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    vm.check_stack(" in comparison")?;
    // A method that cannot even be looked up is as good as none.
    match attr::lookup_special(vm, a, op.name()) {
        Ok(Some(attr::Method::Unbound(f))) => crate::call::call2(vm, &f, a, b),
        Ok(Some(attr::Method::Bound(f))) => crate::call::call1(vm, &f, b),
        Ok(None) => Ok(singletons::not_implemented()),
        Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => Ok(singletons::not_implemented()),
        Err(e) => Err(e),
    }
}

pub fn descr_get(vm: &Vm, d: &Obj, obj: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let none = singletons::none_ref();
    let args = [obj.unwrap_or(none).clone(), owner.unwrap_or(none).clone()];
    match call_special(vm, d, &names().__get__, &args)? {
        Some(v) => Ok(v),
        None => Ok(d.clone()),
    }
}
pub fn descr_set(vm: &Vm, d: &Obj, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let (name, r) = match value {
        Some(v) => (&names().__set__, call_special(vm, d, &names().__set__, &[obj.clone(), v.clone()])?),
        None => (&names().__delete__, call_special(vm, d, &names().__delete__, std::slice::from_ref(obj))?),
    };
    r.map(drop).ok_or_else(|| attribute_text(name))
}
fn attribute_text(name: &Obj) -> crate::PyErr {
    error::attribute_error_text(ops::text(name))
}

pub fn getattro(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    let ty = obj.ty();
    let fallback = ty.lookup(&names().__getattr__);
    let first = match ty.lookup(&names().__getattribute__) {
        Some(g) if !attr::is_generic_getattribute(&g) => {
            match special(vm, obj, &names().__getattribute__, std::slice::from_ref(name)) {
                Err(e) if fallback.is_some() && e.is(&exc::ATTRIBUTE_ERROR) => None,
                r => Some(r),
            }
        }
        _ if fallback.is_some() => match attr::generic_lookup(vm, obj, name) {
            Ok(Some(v)) => Some(Ok(v)),
            Ok(None) => None,
            Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => None,
            Err(e) => Some(Err(e)),
        },
        _ => Some(attr::generic_get(vm, obj, name)),
    };
    match (first, fallback) {
        (Some(r), _) => r,
        (None, Some(_)) => special(vm, obj, &names().__getattr__, std::slice::from_ref(name)),
        (None, None) => Err(error::no_attribute(obj, name)),
    }
}
pub fn setattro(vm: &Vm, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(v) => special(vm, obj, &names().__setattr__, &[name.clone(), v.clone()])?,
        None => special(vm, obj, &names().__delattr__, std::slice::from_ref(name))?,
    };
    Ok(())
}

pub fn buffer(vm: &Vm, obj: &Obj, flags: u32) -> PyResult<crate::buffer::Buffer> {
    let view = special(vm, obj, &names().__buffer__, &[int::from_i64(flags as i64)])?;
    crate::buffer::of_python_buffer(vm, obj, view, flags)
}
pub fn release_buffer(vm: &Vm, obj: &Obj, view: &Obj) -> PyResult {
    special(vm, obj, &names().__release_buffer__, std::slice::from_ref(view))
}

/// Binary operators: `__op__` of the left, `__rop__` of the right, the right first when its class overrides the left's.
fn binary(vm: &Vm, a: &Obj, b: &Obj, slot: SlotId, me: *const (), name: &Obj, reflected: &Obj) -> PyResult {
    vm.check_stack("")?;
    let (ta, tb) = (a.ty(), b.ty());
    let mut other = !ta.is(tb) && std::ptr::eq(tb.slots.raw(slot), me);
    if std::ptr::eq(ta.slots.raw(slot), me) {
        if other && tb.is_subtype(ta) && overrides(ta, tb, reflected) {
            if let Some(r) = call_special(vm, b, reflected, std::slice::from_ref(a))?
                && !singletons::is_not_implemented(&r)
            {
                return Ok(r);
            }
            other = false;
        }
        if let Some(r) = call_special(vm, a, name, std::slice::from_ref(b))?
            && (!singletons::is_not_implemented(&r) || ta.is(tb))
        {
            return Ok(r);
        }
    }
    if other && let Some(r) = call_special(vm, b, reflected, std::slice::from_ref(a))? {
        return Ok(r);
    }
    Ok(singletons::not_implemented())
}

/// The methods of a binary operator and of its in-place form.
pub fn operator_names(op: crate::arith::BinOp) -> (&'static Obj, &'static Obj) {
    use crate::arith::BinOp::*;
    let n = names();
    match op {
        Add => (&n.__add__, &n.__iadd__),
        And => (&n.__and__, &n.__iand__),
        FloorDivide => (&n.__floordiv__, &n.__ifloordiv__),
        Lshift => (&n.__lshift__, &n.__ilshift__),
        MatrixMultiply => (&n.__matmul__, &n.__imatmul__),
        Multiply => (&n.__mul__, &n.__imul__),
        Remainder => (&n.__mod__, &n.__imod__),
        Or => (&n.__or__, &n.__ior__),
        Power => (&n.__pow__, &n.__ipow__),
        Rshift => (&n.__rshift__, &n.__irshift__),
        Subtract => (&n.__sub__, &n.__isub__),
        TrueDivide => (&n.__truediv__, &n.__itruediv__),
        Xor => (&n.__xor__, &n.__ixor__),
    }
}

fn overrides(base: &Type, derived: &Type, name: &Obj) -> bool {
    match (base.lookup(name), derived.lookup(name)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(a), Some(b)) => !a.is(&b),
    }
}

macro_rules! binary {
    ($($f:ident $slot:ident $n:ident $r:ident;)*) => { $(
        pub fn $f(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
            binary(vm, a, b, SlotId::$slot, $f as crate::slots::BinaryFn as *const (), &names().$n, &names().$r)
        }
    )* };
}
binary! {
    add ADD __add__ __radd__; subtract SUBTRACT __sub__ __rsub__; multiply MULTIPLY __mul__ __rmul__;
    remainder REMAINDER __mod__ __rmod__; divmod DIVMOD __divmod__ __rdivmod__; lshift LSHIFT __lshift__ __rlshift__;
    rshift RSHIFT __rshift__ __rrshift__; and AND __and__ __rand__; xor XOR __xor__ __rxor__; or OR __or__ __ror__;
    floor_divide FLOOR_DIVIDE __floordiv__ __rfloordiv__; true_divide TRUE_DIVIDE __truediv__ __rtruediv__;
    matrix_multiply MATRIX_MULTIPLY __matmul__ __rmatmul__;
}

pub fn power(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    if m.is_none() {
        let me = power as crate::slots::TernaryFn as *const ();
        return binary(vm, a, b, SlotId::POWER, me, &names().__pow__, &names().__rpow__);
    }
    let me = power as crate::slots::TernaryFn as *const ();
    if std::ptr::eq(a.ty().slots.raw(SlotId::POWER), me) {
        return Ok(
            call_special(vm, a, &names().__pow__, &[b.clone(), m.clone()])?.unwrap_or_else(singletons::not_implemented)
        );
    }
    if std::ptr::eq(b.ty().slots.raw(SlotId::POWER), me) {
        return Ok(call_special(vm, b, &names().__rpow__, &[a.clone(), m.clone()])?
            .unwrap_or_else(singletons::not_implemented));
    }
    Ok(singletons::not_implemented())
}
pub fn inplace_power(vm: &Vm, a: &Obj, b: &Obj, _: &Obj) -> PyResult {
    special(vm, a, &names().__ipow__, std::slice::from_ref(b))
}

macro_rules! inplace {
    ($($f:ident $n:ident;)*) => { $(pub fn $f(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
        special(vm, a, &names().$n, std::slice::from_ref(b))
    })* };
}
inplace! {
    inplace_add __iadd__; inplace_subtract __isub__; inplace_multiply __imul__; inplace_remainder __imod__;
    inplace_lshift __ilshift__; inplace_rshift __irshift__; inplace_and __iand__; inplace_xor __ixor__; inplace_or __ior__;
    inplace_floor_divide __ifloordiv__; inplace_true_divide __itruediv__; inplace_matrix_multiply __imatmul__;
}
