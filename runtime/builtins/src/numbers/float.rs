//! `float`: arithmetic, comparison, hash, text, construction.
//!
//! CPython: Objects/floatobject.c.

use super::convert::{ascii_text, division_by_zero, range_error, real_operand};
use super::float_methods;
use adder_num::IBig;
use adder_num::float::{self as num, FloatError};
use adder_object::bind::check_positional;
use adder_object::int::{Int, as_int};
use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{
    Args, Bytes, CompareOp, Obj, ObjExt, PyResult, Str, Type, Vm, buffer, error, exceptions as exc, float, hashing,
    ops, singletons, str, tuple, types,
};
use std::cmp::Ordering;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr),
        slot::hash(|_, a| Ok(hashing::float(value(a), a))),
        slot::richcompare(compare),
        slot::add(add),
        slot::subtract(subtract),
        slot::multiply(multiply),
        slot::remainder(remainder),
        slot::divmod(divmod),
        slot::power(power),
        slot::negative(|_, a| Ok(float::from_f64(-value(a)))),
        slot::positive(exact),
        slot::absolute(|_, a| Ok(float::from_f64(value(a).abs()))),
        slot::bool(|_, a| Ok(value(a) != 0.0)),
        slot::int(float_methods::trunc),
        slot::float(exact),
        slot::floor_divide(floor_divide),
        slot::true_divide(true_divide),
    ],
    methods: float_methods::METHODS,
    getset: float_methods::GETSET,
    doc: "float(x=0, /)\n--\n\nConvert a string or number to a floating-point number, if possible.",
    ..TypeSpec::of(&types::FLOAT)
};

/// The number of a value known to be a float.
#[inline]
pub fn value(a: &Obj) -> f64 {
    float::as_float(a).unwrap_or(0.0)
}

pub fn exact(_: &Vm, a: &Obj) -> PyResult {
    Ok(if a.is_exact(&types::FLOAT) { a.clone() } else { float::from_f64(value(a)) })
}

macro_rules! binary {
    ($($f:ident($x:ident, $y:ident) $e:expr;)*) => { $(
        fn $f(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
            match (real_operand(a)?, real_operand(b)?) {
                (Some($x), Some($y)) => $e,
                _ => Ok(singletons::not_implemented()),
            }
        }
    )* };
}
binary! {
    add(x, y) Ok(float::from_f64(x + y));
    subtract(x, y) Ok(float::from_f64(x - y));
    multiply(x, y) Ok(float::from_f64(x * y));
    true_divide(x, y) num::true_div(x, y).map(float::from_f64).map_err(|_| division_by_zero());
    floor_divide(x, y) num::floor_div(x, y).map(float::from_f64).map_err(|_| division_by_zero());
    remainder(x, y) num::modulo(x, y).map(float::from_f64).map_err(|_| division_by_zero());
    divmod(x, y) {
        let (q, r) = num::div_mod(x, y).map_err(|_| division_by_zero())?;
        Ok(tuple::from_array([float::from_f64(q), float::from_f64(r)]))
    };
}

fn power(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    if !m.is_none() {
        return Err(error::type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    match (real_operand(a)?, real_operand(b)?) {
        (Some(x), Some(y)) => float_power(vm, x, y),
        _ => Ok(singletons::not_implemented()),
    }
}

/// `x ** y` of two floats; complex for a fractional power of a negative number.
pub fn float_power(_: &Vm, x: f64, y: f64) -> PyResult {
    match num::pow(x, y) {
        Ok(r) => Ok(float::from_f64(r)),
        Err(FloatError::ZeroDivision) => Err(error::zero_division_error("zero to a negative power")),
        Err(FloatError::ComplexResult) => super::complex::power_of(x.into(), y.into()),
        Err(_) => Err(range_error()),
    }
}

fn repr(_: &Vm, a: &Obj) -> PyResult {
    Ok(str::from_str(&num::repr(value(a))).into_obj())
}

/// How a float compares with an int, exactly; None for NaN.
pub fn compare_with_int(x: f64, n: &Int<'_>) -> Option<Ordering> {
    if let Int::Small(n) = n
        && n.unsigned_abs() < 1 << 53
    {
        return x.partial_cmp(&(*n as f64));
    }
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let floor = x.floor();
    let whole: IBig = adder_num::int::from_f64(floor).unwrap_or(IBig::ZERO);
    Some(match whole.cmp(&n.to_big()) {
        Ordering::Equal if x > floor => Ordering::Greater,
        o => o,
    })
}

fn compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let x = value(a);
    let order = match float::as_float(b) {
        Some(y) => x.partial_cmp(&y),
        None => match as_int(b) {
            Some(n) => compare_with_int(x, &n),
            None => return Ok(singletons::not_implemented()),
        },
    };
    Ok(singletons::bool_obj(order.map_or(op == CompareOp::Ne, |o| op.holds(o))))
}

/// Whether nothing but `__new__` looks at the arguments of a call, so that it must refuse what it does not know.
pub fn plain_init(ty: &Type) -> bool {
    ty.init().is_none_or(|f| std::ptr::fn_addr_eq(f, adder_object::class::object_init as adder_object::slots::InitFn))
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() && plain_init(ty) {
        return Err(error::type_error("float() takes no keyword arguments"));
    }
    check_positional("float", args.len(), 0, 1)?;
    let Some(x) = args.positional().first() else { return Ok(float::with_type(ty, 0.0)) };
    let r = number_float(vm, x)?;
    if ty.is(&types::FLOAT) { Ok(r) } else { Ok(float::with_type(ty, value(&r))) }
}

/// `float(x)`: an exact float.
pub fn number_float(vm: &Vm, x: &Obj) -> PyResult {
    if x.is_exact(&types::FLOAT) {
        return Ok(x.clone());
    }
    if let Some(s) = x.get_exact::<Str>() {
        return from_text(vm, &ascii_text(s), x);
    }
    if let Some(f) = x.ty().float() {
        let r = f(vm, x)?;
        if r.is_exact(&types::FLOAT) {
            return Ok(r);
        }
        let (of, got) = (x.ty().tp_name(), r.ty().tp_name());
        if !float::is_float(&r) {
            return Err(error::type_error(format!("{of}.__float__ returned non-float (type {got})")));
        }
        let text = format!(
            "{of}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python."
        );
        vm.warn(&exc::DEPRECATION_WARNING, &text, 1)?;
        return exact(vm, &r);
    }
    if x.ty().index().is_some() {
        let i = ops::index(vm, x)?;
        return Ok(float::from_f64(as_int(&i).map_or(Ok(0.0), |i| i.to_f64())?));
    }
    if let Some(s) = x.get::<Str>() {
        return from_text(vm, &ascii_text(s), x);
    }
    if let Some(b) = x.get::<Bytes>() {
        return from_text(vm, b.as_slice(), x);
    }
    if buffer::has_buffer(x) {
        return from_text(vm, &buffer::to_vec(vm, x)?, x);
    }
    Err(error::type_error(format!("float() argument must be a string or a real number, not '{}'", x.ty().tp_name())))
}

fn from_text(vm: &Vm, text: &[u8], source: &Obj) -> PyResult {
    let space = |b: u8| matches!(b, b' ' | b'\t'..=b'\r');
    let start = text.iter().take_while(|&&b| space(b)).count();
    let end = text.len() - text[start..].iter().rev().take_while(|&&b| space(b)).count();
    match std::str::from_utf8(&text[start..end]).ok().and_then(num::parse) {
        Some(x) => Ok(float::from_f64_identity(x)),
        None => {
            let shown = ops::repr_string(vm, source)?;
            Err(error::value_error(format!("could not convert string to float: {shown}")))
        }
    }
}
