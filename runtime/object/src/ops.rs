//! The abstract operations: what `hash`, `==`, `str`, `len`, `in`, iteration and truth mean for any value.
//!
//! Number operators are in `arith`. CPython: Objects/abstract.c, Objects/object.c.

use crate::call::call_special;
use crate::handle::Ref;
use crate::int::Int;
pub use crate::items::{Items, Steps};
use crate::names::names;
use crate::plain::{PLAIN_DEPTH, compares_as_tuple, plain_order};
pub use crate::plain::{plain_equal, plain_prefix, plain_truth};
use crate::typeobj::Type;
use crate::{
    Bytes, Dict, List, Obj, ObjExt, PyErr, PyResult, Range, Str, TypeFlags, Vm, error, exceptions as exc, hashing, int,
    singletons, str, tuple, types,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] =
        [CompareOp::Lt, CompareOp::Le, CompareOp::Eq, CompareOp::Ne, CompareOp::Gt, CompareOp::Ge];
    /// The operator seen from the right operand.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            op => op,
        }
    }
    #[inline(always)]
    pub fn holds(self, o: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => o.is_lt(),
            CompareOp::Le => o.is_le(),
            CompareOp::Eq => o.is_eq(),
            CompareOp::Ne => o.is_ne(),
            CompareOp::Gt => o.is_gt(),
            CompareOp::Ge => o.is_ge(),
        }
    }
    pub fn symbol(self) -> &'static ::std::primitive::str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
    pub fn name(self) -> &'static Obj {
        let n = names();
        [&n.__lt__, &n.__le__, &n.__eq__, &n.__ne__, &n.__gt__, &n.__ge__][self as usize]
    }
}

/// Text of a str value for messages; "" for anything else.
pub fn text(o: &Obj) -> String {
    o.get::<Str>().map(Str::to_string_lossy).unwrap_or_default()
}

#[inline]
pub fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if let Some(s) = o.get_exact::<Str>() {
        return Ok(s.hash());
    }
    if let Some(n) = o.small_int() {
        return Ok(hashing::int(n));
    }
    if let Some(x) = o.small_float() {
        return Ok(hashing::float(x, o));
    }
    match o.ty().hash() {
        Some(f) => f(vm, o),
        None => Err(error::type_error(format!("unhashable type: '{}'", o.ty().tp_name()))),
    }
}

/// `a is b or a == b`, as containers compare keys and items.
#[inline]
pub fn key_equals(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    if a.is(b) { Ok(true) } else { equals(vm, a, b) }
}

/// Truth of `a == b`.
#[inline]
pub fn equals(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    if a.is_int() && b.is_int() {
        return Ok(a.is(b));
    }
    if let (Some(x), Some(y)) = (a.get_exact::<Str>(), b.get_exact::<Str>()) {
        return Ok(x.equals(y));
    }
    if a.ty().is_heap() && !a.ty().has(TypeFlags::TUPLE_SUBCLASS) {
        return compare_bool_slow(vm, a, b, CompareOp::Eq);
    }
    if compares_as_tuple(a)
        && let Some(equal) = plain_equal(a, b)
    {
        return Ok(equal);
    }
    compare_bool(vm, a, b, CompareOp::Eq)
}

/// Truth of a comparison.
#[inline]
pub fn compare_bool(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    if a.is_ptr() && a.ty().is_heap() {
        return compare_bool_slow(vm, a, b, op);
    }
    match plain_order(a, b, PLAIN_DEPTH) {
        Some(order) => Ok(op.holds(order)),
        None => compare_bool_slow(vm, a, b, op),
    }
}
fn compare_bool_slow(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    let r = compare(vm, a, b, op)?;
    if let Some(holds) = plain_truth(&r) { Ok(holds) } else { truth(vm, &r) }
}

/// `a op b`, CPython's PyObject_RichCompare.
pub fn compare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if let (Some(x), Some(y)) = (a.small_int(), b.small_int()) {
        return Ok(singletons::bool_obj(op.holds(x.cmp(&y))));
    }
    let (ta, tb) = (a.ty(), b.ty());
    let mut tried_right = false;
    if !ta.is(tb)
        && tb.is_subtype(ta)
        && let Some(f) = tb.richcompare()
    {
        tried_right = true;
        let r = f(vm, b, a, op.swapped())?;
        if !singletons::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    if let Some(f) = ta.richcompare() {
        let r = f(vm, a, b, op)?;
        if !singletons::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    if !tried_right && let Some(f) = tb.richcompare() {
        let r = f(vm, b, a, op.swapped())?;
        if !singletons::is_not_implemented(&r) {
            return Ok(r);
        }
    }
    match op {
        CompareOp::Eq => Ok(singletons::bool_obj(a.is(b))),
        CompareOp::Ne => Ok(singletons::bool_obj(!a.is(b))),
        _ => Err(error::type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            ta.tp_name(),
            tb.tp_name()
        ))),
    }
}

#[inline]
pub fn truth(vm: &Vm, o: &Obj) -> PyResult<bool> {
    if let Some(holds) = plain_truth(o) {
        return Ok(holds);
    }
    if let Some(s) = o.get_exact::<Str>() {
        return Ok(!s.is_empty());
    }
    let ty = o.ty();
    if let Some(f) = ty.bool() {
        return f(vm, o);
    }
    if let Some(f) = ty.length() {
        return Ok(f(vm, o)? != 0);
    }
    Ok(true)
}

/// `repr(o)`: always a str.
pub fn repr(vm: &Vm, o: &Obj) -> PyResult {
    if let Some(n) = o.small_int() {
        return Ok(str::from_i64(n).into_obj());
    }
    vm.check_stack(" while getting the repr of an object")?;
    let Some(f) = o.ty().repr() else { return crate::class::object_repr(vm, o) };
    let r = f(vm, o)?;
    if r.get::<Str>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!("__repr__ returned non-string (type {})", r.ty().tp_name())))
}
/// `str(o)`: always a str.
pub fn str(vm: &Vm, o: &Obj) -> PyResult {
    if o.is_exact(&types::STR) {
        return Ok(o.clone());
    }
    if let Some(n) = o.small_int() {
        return Ok(str::from_i64(n).into_obj());
    }
    let Some(f) = o.ty().str() else { return repr(vm, o) };
    vm.check_stack(" while getting the str of an object")?;
    let r = f(vm, o)?;
    if r.get::<Str>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!("__str__ returned non-string (type {})", r.ty().tp_name())))
}
/// `repr(o)` as text.
pub fn repr_string(vm: &Vm, o: &Obj) -> PyResult<String> {
    Ok(text(&repr(vm, o)?))
}
/// `str(o)` for messages; errors become a placeholder.
pub fn str_lossy(vm: &Vm, o: &Obj) -> String {
    str(vm, o).map(|s| text(&s)).unwrap_or_else(|_| format!("<unprintable {} object>", o.ty().name()))
}
/// `format(o, spec)`.
pub fn format(vm: &Vm, o: &Obj, spec: &Obj) -> PyResult {
    if spec.get::<Str>().is_some_and(Str::is_empty) && (o.is_exact(&types::STR) || o.is_exact(&types::INT)) {
        return str(vm, o);
    }
    let r = call_special(vm, o, &names().__format__, std::slice::from_ref(spec))?
        .ok_or_else(|| error::type_error(format!("Type {} doesn't define __format__", o.ty().name())))?;
    if r.get::<Str>().is_some() {
        return Ok(r);
    }
    Err(error::type_error(format!("__format__ must return a str, not {}", r.ty().tp_name())))
}
/// `ascii(o)`.
pub fn ascii(vm: &Vm, o: &Obj) -> PyResult {
    let r = repr(vm, o)?;
    let s = r.this::<Str>()?;
    if s.is_ascii() {
        return Ok(r.clone());
    }
    let mut out = String::new();
    for c in s.chars().iter() {
        match c {
            0..=0x7F => out.push(c as u8 as char),
            0x80..=0xFF => out.push_str(&format!("\\x{c:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{c:04x}")),
            _ => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    Ok(str::from_str(&out).into_obj())
}

pub fn len(vm: &Vm, o: &Obj) -> PyResult<usize> {
    match o.ty().length() {
        Some(f) => f(vm, o),
        None => Err(error::type_error(format!("object of type '{}' has no len()", o.ty().tp_name()))),
    }
}
/// `operator.length_hint(o, default)`.
pub fn length_hint(vm: &Vm, o: &Obj, default: usize) -> PyResult<usize> {
    if o.ty().length().is_some() {
        match len(vm, o) {
            Err(e) if e.is(&exc::TYPE_ERROR) => {}
            r => return r,
        }
    }
    let hint = match call_special(vm, o, &names().__length_hint__, &[]) {
        Ok(None) => return Ok(default),
        Ok(Some(h)) => h,
        Err(e) if e.is(&exc::TYPE_ERROR) => return Ok(default),
        Err(e) => return Err(e),
    };
    if singletons::is_not_implemented(&hint) {
        return Ok(default);
    }
    match int::as_int(&hint) {
        None => Err(error::type_error(format!("__length_hint__ must be an integer, not {}", hint.ty().tp_name()))),
        Some(i) if i.is_negative() => Err(error::value_error("__length_hint__() should return >= 0")),
        Some(Int::Small(n)) => Ok(n as usize),
        Some(Int::Big(_)) => Err(error::overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

#[inline]
pub fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    match o.ty().getitem() {
        Some(f) => f(vm, o, key),
        None => getitem_of_type(vm, o, key),
    }
}
fn getitem_of_type(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    if let Some(t) = o.get::<Type>() {
        if t.is(&types::TYPE) {
            return crate::class::generic_alias(vm, o, key);
        }
        if let Some(f) = crate::attr::lookup(vm, o, &names().__class_getitem__)?.filter(|f| !f.is_none()) {
            return crate::call::call1(vm, &f, key);
        }
        return Err(error::type_error(format!("type '{}' is not subscriptable", t.name())));
    }
    Err(error::type_error(format!("'{}' object is not subscriptable", o.ty().tp_name())))
}
#[inline]
pub fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
    match o.ty().setitem() {
        Some(f) => f(vm, o, key, Some(value)),
        None => Err(error::type_error(format!("'{}' object does not support item assignment", o.ty().tp_name()))),
    }
}
pub fn delitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult<()> {
    match o.ty().setitem() {
        Some(f) => f(vm, o, key, None),
        None => {
            // A sequence that is asked by an index has a text of its own in CPython; so has whatever a class statement made.
            let ty = o.ty();
            let sequence = ty.is_heap() || ty.contains().is_some() || ty.concat().is_some();
            let not = if sequence && key.ty().index().is_some() { "doesn't" } else { "does not" };
            Err(error::type_error(format!("'{}' object {not} support item deletion", ty.tp_name())))
        }
    }
}

/// `item in o`.
pub fn contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    match o.ty().contains() {
        Some(f) => f(vm, o, item),
        None => iter_contains(vm, o, item),
    }
}
pub fn iter_contains(vm: &Vm, o: &Obj, item: &Obj) -> PyResult<bool> {
    let it = match iter(vm, o) {
        Err(e) if e.is(&exc::TYPE_ERROR) && o.ty().iter().is_none() => {
            return Err(error::type_error(format!(
                "argument of type '{}' is not a container or iterable",
                o.ty().tp_name()
            )));
        }
        r => r?,
    };
    while let Some(x) = next(vm, &it)? {
        if key_equals(vm, &x, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `iter(o)`.
#[inline]
pub fn iter(vm: &Vm, o: &Obj) -> PyResult {
    if let Some(f) = o.ty().iter() {
        let it = f(vm, o)?;
        if it.ty().iternext().is_some() {
            return Ok(it);
        }
        return Err(error::type_error(format!("iter() returned non-iterator of type '{}'", it.ty().tp_name())));
    }
    if o.ty().getitem().is_some() && o.get::<Dict>().is_none() {
        return Ok(crate::seqiter::new(o.clone()));
    }
    Err(error::type_error(format!("'{}' object is not iterable", o.ty().tp_name())))
}
/// The `iter` slot of iterators.
pub fn iter_self(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.clone())
}
/// One step of an iterator; Ok(None) at the end.
#[inline]
pub fn next(vm: &Vm, it: &Obj) -> PyResult<Option<Obj>> {
    match it.ty().iternext() {
        Some(f) => match f(vm, it) {
            Ok(x) => Ok(x),
            Err(e) => crate::items::end(e),
        },
        None => Err(crate::items::no_iterator(it)),
    }
}
/// Calls `f` with each item; stops at its first error.
pub fn for_each(vm: &Vm, o: &Obj, mut f: impl FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
    if o.is_exact(&types::TUPLE)
        && let Some(items) = tuple::as_slice(o)
    {
        return items.iter().try_for_each(|x| f(x.clone()));
    }
    if let Some(l) = o.get_exact::<List>() {
        let mut i = 0;
        while let Some(x) = l.get(i) {
            f(x)?;
            i += 1;
        }
        return Ok(());
    }
    let it = Steps::of(vm, o)?;
    while let Some(x) = it.next(vm)? {
        f(x)?;
    }
    Ok(())
}
/// The items of a plain container, whose iterator runs no code of the program: taken without it.
pub fn at_once(o: &Obj) -> Option<Vec<Obj>> {
    if let Some(d) = o.get_exact::<Dict>() {
        return Some(d.keys_vec());
    }
    if let Some(b) = o.get_exact::<Bytes>() {
        return Some(b.as_slice().iter().map(|&b| int::from_i64(i64::from(b))).collect());
    }
    if let Some(s) = o.get_exact::<Str>() {
        return Some(s.chars().iter().map(|c| str::from_char(c).into_obj()).collect());
    }
    if let Some((start, step, n @ ..1_000_000)) = o.get_exact::<Range>().and_then(Range::small) {
        return Some((0..n).map(|i| int::from_i64(start + i * step)).collect());
    }
    let is_set = o.is_exact(&types::SET) || o.is_exact(&types::FROZENSET);
    if is_set { crate::set::view(o).map(crate::Set::to_vec) } else { None }
}
/// All items of an iterable.
pub fn collect(vm: &Vm, o: &Obj) -> PyResult<Vec<Obj>> {
    if o.is_exact(&types::TUPLE) {
        return Ok(tuple::to_vec(o));
    }
    if let Some(l) = o.get_exact::<List>() {
        return Ok(l.to_vec());
    }
    if let Some(v) = at_once(o) {
        return Ok(v);
    }
    let mut v = Vec::new();
    let it = Steps::of(vm, o)?;
    let hint = length_hint(vm, o, 0)?;
    if List::can_hold(hint) && v.try_reserve(hint.min(1 << 24)).is_err() {
        return Err(error::no_memory());
    }
    while let Some(x) = it.next(vm)? {
        v.push(x);
    }
    Ok(v)
}

/// `operator.index(o)`: an exact int.
pub fn index(vm: &Vm, o: &Obj) -> PyResult {
    if o.is_int() || o.is_exact(&types::INT) {
        return Ok(o.clone());
    }
    if int::is_int(o) {
        return Ok(int::to_exact(o));
    }
    let Some(f) = o.ty().index() else {
        return Err(error::type_error(format!("'{}' object cannot be interpreted as an integer", o.ty().tp_name())));
    };
    let r = f(vm, o)?;
    if r.is_int() || r.is_exact(&types::INT) {
        return Ok(r);
    }
    if !int::is_int(&r) {
        return Err(error::type_error(format!("__index__ returned non-int (type {})", r.ty().tp_name())));
    }
    vm.warn(
        &exc::DEPRECATION_WARNING,
        &format!(
            "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, \
             and may be removed in a future version of Python.",
            r.ty().tp_name()
        ),
        1,
    )?;
    Ok(int::to_exact(&r))
}
/// An index as isize; out of range gives IndexError as subscripts do.
#[inline]
pub fn index_isize(vm: &Vm, o: &Obj) -> PyResult<isize> {
    index_isize_or(vm, o, |o| {
        error::index_error(format!("cannot fit '{}' into an index-sized integer", o.ty().tp_name()))
    })
}
/// A count as isize; out of range gives OverflowError.
pub fn size_isize(vm: &Vm, o: &Obj) -> PyResult<isize> {
    index_isize_or(vm, o, |o| {
        error::overflow_error(format!("cannot fit '{}' into an index-sized integer", o.ty().tp_name()))
    })
}
#[inline]
fn index_isize_or(vm: &Vm, o: &Obj, e: fn(&Obj) -> PyErr) -> PyResult<isize> {
    if let Some(n) = o.small_int() {
        return Ok(n as isize);
    }
    let i = index(vm, o)?;
    int::as_int(&i).and_then(|i| i.to_i64()).map(|n| n as isize).ok_or_else(|| e(o))
}
/// An index clamped to the isize range (slices).
pub fn index_clamped(vm: &Vm, o: &Obj) -> PyResult<isize> {
    let i = index(vm, o)?;
    Ok(match int::as_int(&i) {
        Some(n) => n.to_i64().map_or(if n.is_negative() { isize::MIN } else { isize::MAX }, |n| n as isize),
        None => 0,
    })
}
/// A C int argument: OverflowError beyond 32 bits.
pub fn to_i32(vm: &Vm, o: &Obj) -> PyResult<i32> {
    let i = index(vm, o)?;
    match int::as_int(&i).and_then(|n| n.to_i64()) {
        Some(n) => i32::try_from(n).map_err(|_| {
            error::overflow_error(if n > 0 {
                "signed integer is greater than maximum"
            } else {
                "signed integer is less than minimum"
            })
        }),
        None => Err(error::overflow_error("Python int too large to convert to C int")),
    }
}
pub fn to_i64(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let i = index(vm, o)?;
    int::as_int(&i)
        .and_then(|n| n.to_i64())
        .ok_or_else(|| error::overflow_error("Python int too large to convert to C long"))
}
/// A number of an unsigned C type of 64 bits, which the error names.
pub fn to_u64(vm: &Vm, o: &Obj, c_type: &str) -> PyResult<u64> {
    let i = index(vm, o)?;
    let Some(n) = int::as_int(&i) else { return Ok(0) };
    if n.is_negative() {
        return Err(error::value_error("Cannot convert negative int"));
    }
    adder_num::int::to_u64(&n.to_big())
        .ok_or_else(|| error::overflow_error(format!("Python int too large for C {c_type}")))
}
/// Any real number as f64 (`float(x)` without strings).
pub fn to_f64(vm: &Vm, o: &Obj) -> PyResult<f64> {
    if let Some(x) = crate::float::as_float(o) {
        return Ok(x);
    }
    if let Some(i) = int::as_int(o) {
        return i.to_f64();
    }
    if let Some(f) = o.ty().float() {
        let r = f(vm, o)?;
        return crate::float::as_float(&r).ok_or_else(|| {
            error::type_error(format!("{}.__float__ returned non-float (type {})", o.ty().tp_name(), r.ty().tp_name()))
        });
    }
    if o.ty().index().is_some() {
        let i = index(vm, o)?;
        return int::as_int(&i).map_or(Ok(0.0), |i| i.to_f64());
    }
    Err(error::type_error(format!("must be real number, not {}", o.ty().tp_name())))
}
/// A str argument as UTF-8 text; TypeError naming the function otherwise.
pub fn expect_str(o: &Obj, what: &::std::primitive::str) -> PyResult<String> {
    match o.get::<Str>() {
        Some(s) => s.to_utf8().ok_or_else(|| error::value_error("surrogates not allowed")),
        None => Err(error::type_error(format!("{what} must be str, not {}", o.ty().tp_name()))),
    }
}

/// Tuples of classes nested deeper than this are a RecursionError: each check walks them all, so the stack's own limit comes late.
const MAX_NESTED_CLASSES: u32 = 50_000;

fn check_nesting(vm: &Vm, depth: u32, what: &'static ::std::primitive::str) -> PyResult<()> {
    if depth > MAX_NESTED_CLASSES {
        return Err(error::recursion_error(format!("maximum recursion depth exceeded{what}")));
    }
    vm.check_stack(what)
}

/// `isinstance(o, cls)`.
pub fn isinstance(vm: &Vm, o: &Obj, cls: &Obj) -> PyResult<bool> {
    isinstance_nested(vm, o, cls, 0)
}
fn isinstance_nested(vm: &Vm, o: &Obj, cls: &Obj, depth: u32) -> PyResult<bool> {
    if let Some(t) = cls.get::<Type>() {
        if o.ty().is(t) {
            return Ok(true);
        }
        if cls.ty().is(&types::TYPE) {
            return instance_of_type(vm, o, t);
        }
    }
    if let Some(items) = tuple::as_slice(cls) {
        check_nesting(vm, depth, " in __instancecheck__")?;
        for c in items {
            if isinstance_nested(vm, o, c, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(r) = call_special(vm, cls, &names().__instancecheck__, std::slice::from_ref(o))? {
        return truth(vm, &r);
    }
    plain_isinstance(vm, o, cls)
}
fn instance_of_type(vm: &Vm, o: &Obj, t: &Type) -> PyResult<bool> {
    if o.ty().is_subtype(t) {
        return Ok(true);
    }
    if o.is_ptr() && o.ty().is_heap()
        || o.ty()
            .getattro()
            .is_some_and(|f| !std::ptr::fn_addr_eq(f, crate::attr::generic_get as crate::slots::BinaryFn))
    {
        // Proxies may claim another class.
        if let Some(c) = crate::attr::lookup(vm, o, &names().__class__)?
            && let Some(ct) = c.get::<Type>()
        {
            return Ok(!ct.is(o.ty()) && ct.is_subtype(t));
        }
    }
    Ok(false)
}
/// `type.__instancecheck__`.
pub fn plain_isinstance(vm: &Vm, o: &Obj, cls: &Obj) -> PyResult<bool> {
    if let Some(t) = cls.get::<Type>() {
        return instance_of_type(vm, o, t);
    }
    check_class(vm, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
    match crate::attr::lookup(vm, o, &names().__class__)? {
        Some(c) => abstract_subclass(vm, &c, cls),
        None => Ok(false),
    }
}
/// `issubclass(derived, cls)`.
pub fn issubclass(vm: &Vm, derived: &Obj, cls: &Obj) -> PyResult<bool> {
    issubclass_nested(vm, derived, cls, 0)
}
fn issubclass_nested(vm: &Vm, derived: &Obj, cls: &Obj, depth: u32) -> PyResult<bool> {
    if cls.ty().is(&types::TYPE) {
        if derived.is(cls) {
            return Ok(true);
        }
        return plain_issubclass(vm, derived, cls);
    }
    if let Some(items) = tuple::as_slice(cls) {
        check_nesting(vm, depth, " in __subclasscheck__")?;
        for c in items {
            if issubclass_nested(vm, derived, c, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(r) = call_special(vm, cls, &names().__subclasscheck__, std::slice::from_ref(derived))? {
        return truth(vm, &r);
    }
    plain_issubclass(vm, derived, cls)
}
/// `type.__subclasscheck__`.
pub fn plain_issubclass(vm: &Vm, derived: &Obj, cls: &Obj) -> PyResult<bool> {
    if let (Some(d), Some(c)) = (derived.get::<Type>(), cls.get::<Type>()) {
        return Ok(d.is_subtype(c));
    }
    check_class(vm, derived, "issubclass() arg 1 must be a class")?;
    check_class(vm, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    abstract_subclass(vm, derived, cls)
}
fn bases_of(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    Ok(crate::attr::lookup(vm, o, &names().__bases__)?.filter(|b| tuple::as_slice(b).is_some()))
}
fn check_class(vm: &Vm, o: &Obj, message: &'static ::std::primitive::str) -> PyResult<()> {
    if bases_of(vm, o)?.is_some() { Ok(()) } else { Err(error::type_error(message)) }
}
fn abstract_subclass(vm: &Vm, derived: &Obj, cls: &Obj) -> PyResult<bool> {
    vm.check_stack(" in __issubclass__")?;
    if derived.is(cls) {
        return Ok(true);
    }
    let Some(bases) = bases_of(vm, derived)? else { return Ok(false) };
    for b in tuple::to_vec(&bases) {
        if abstract_subclass(vm, &b, cls)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A fresh list with the items of an iterable.
pub fn to_list(vm: &Vm, o: &Obj) -> PyResult<Ref<List>> {
    Ok(List::new(collect(vm, o)?))
}
pub fn to_tuple(vm: &Vm, o: &Obj) -> PyResult {
    if o.is_exact(&types::TUPLE) {
        return Ok(o.clone());
    }
    match o.get_exact::<List>() {
        Some(l) => Ok(tuple::from_slice(l.as_slice())),
        None => Ok(tuple::new(collect(vm, o)?)),
    }
}
