//! `complex`.
//!
//! CPython: Objects/complexobject.c (with the mixed real and complex arithmetic of 3.14).

use super::convert::{ascii_text, division_by_zero, format_spec, formatted, real_operand};
use super::float::{compare_with_int, number_float, value};
use adder_num::complex::{self as num, Complex, ComplexError};
use adder_num::{format, hash};
use adder_object::bind::Signature;
use adder_object::call::{call_special, call1};
use adder_object::int::as_int;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, member, method};
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyErr, PyResult, Ref, Str, Type, Vm, error, exceptions as exc, float, hashing, names,
    singletons, str, tuple, types,
};
use std::sync::LazyLock;

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(|_, a| Ok(str::from_str(&num::repr(parts(a))).into_obj())),
        slot::hash(hash),
        slot::richcompare(compare),
        slot::add(add),
        slot::subtract(subtract),
        slot::multiply(multiply),
        slot::power(power),
        slot::negative(|_, a| Ok(make(negated(parts(a))))),
        slot::positive(|_, a| Ok(exact(a))),
        slot::absolute(absolute),
        slot::bool(|_, a| Ok(parts(a) != Complex { re: 0.0, im: 0.0 })),
        slot::true_divide(true_divide),
    ],
    methods: &[
        class_method(
            "from_number($type, number, /)",
            Native::One(from_number),
            "Convert number to a complex floating-point number.",
        ),
        method(
            "conjugate($self, /)",
            Native::NoArgs(|_, a| Ok(make(Complex { im: -parts(a).im, ..parts(a) }))),
            "Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.",
        ),
        method(
            "__complex__($self, /)",
            Native::NoArgs(|_, a| Ok(exact(a))),
            "Convert this value to exact type complex.",
        ),
        method(
            "__getnewargs__($self, /)",
            Native::NoArgs(|_, a| {
                let z = parts(a);
                Ok(tuple::from_array([float::from_f64(z.re), float::from_f64(z.im)]))
            }),
            "",
        ),
        method(
            "__format__($self, format_spec, /)",
            Native::One(format_method),
            "Convert to a string according to format_spec.",
        ),
    ],
    getset: &[
        member("real", |_, a| Ok(float::from_f64(parts(a).re)), "the real part of a complex number"),
        member("imag", |_, a| Ok(float::from_f64(parts(a).im)), "the imaginary part of a complex number"),
    ],
    doc: "complex(real=0, imag=0)\n--\n\nCreate a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.",
    ..TypeSpec::of(&types::COMPLEX)
};

/// The number of a value known to be complex.
pub fn parts(a: &Obj) -> Complex {
    as_complex(a).unwrap_or(Complex { re: 0.0, im: 0.0 })
}
/// The number, when `a` is a complex.
pub fn as_complex(a: &Obj) -> Option<Complex> {
    a.get::<float::Complex>().map(|z| Complex { re: z.re, im: z.im })
}
fn make(z: Complex) -> Obj {
    float::complex(z.re, z.im)
}
fn negated(z: Complex) -> Complex {
    Complex { re: -z.re, im: -z.im }
}
fn with_type(ty: &Type, re: f64, im: f64) -> Obj {
    Ref::with_type(ty, float::Complex { re, im }).into_obj()
}
fn exact(a: &Obj) -> Obj {
    if a.is_exact(&types::COMPLEX) { a.clone() } else { make(parts(a)) }
}

enum Operand {
    Real(f64),
    Complex(Complex),
}
fn operand(o: &Obj) -> PyResult<Option<Operand>> {
    match as_complex(o) {
        Some(z) => Ok(Some(Operand::Complex(z))),
        None => Ok(real_operand(o)?.map(Operand::Real)),
    }
}

use Operand::{Complex as C, Real as R};
macro_rules! binary {
    ($($f:ident { ($z:ident, $w:ident) $cc:expr; ($y:ident) $cr:expr; ($x:ident) $rc:expr; })*) => { $(
        fn $f(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
            match (operand(a)?, operand(b)?) {
                (Some(C($z)), Some(C($w))) => $cc.map(make),
                (Some(C($z)), Some(R($y))) => $cr.map(make),
                (Some(R($x)), Some(C($w))) => $rc.map(make),
                _ => Ok(singletons::not_implemented()),
            }
        }
    )* };
}
binary! {
    add {
        (z, w) Ok(Complex { re: z.re + w.re, im: z.im + w.im });
        (y) Ok(Complex { re: z.re + y, im: z.im });
        (x) Ok(Complex { re: x + w.re, im: w.im });
    }
    subtract {
        (z, w) Ok(Complex { re: z.re - w.re, im: z.im - w.im });
        (y) Ok(Complex { re: z.re - y, im: z.im });
        (x) Ok(Complex { re: x - w.re, im: -w.im });
    }
    multiply {
        (z, w) Ok(num::mul(z, w));
        (y) Ok(Complex { re: z.re * y, im: z.im * y });
        (x) Ok(Complex { re: x * w.re, im: x * w.im });
    }
    true_divide {
        (z, w) num::div(z, w).map_err(|_| division_by_zero());
        (y) num::div_by_real(z, y).map_err(|_| division_by_zero());
        (x) num::real_div(x, w).map_err(|_| division_by_zero());
    }
}

fn power(_: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    let plain = |o| match o {
        C(z) => z,
        R(x) => Complex::from(x),
    };
    match (operand(a)?, operand(b)?) {
        (Some(z), Some(w)) => {
            if !m.is_none() {
                return Err(error::value_error("complex modulo"));
            }
            power_of(plain(z), plain(w))
        }
        _ => Ok(singletons::not_implemented()),
    }
}

pub fn power_of(z: Complex, w: Complex) -> PyResult {
    num::pow(z, w).map(make).map_err(|e| match e {
        ComplexError::ZeroDivision => error::zero_division_error("zero to a negative or complex power"),
        ComplexError::Overflow => error::overflow_error("complex exponentiation"),
    })
}

fn absolute(_: &Vm, a: &Obj) -> PyResult {
    num::abs(parts(a)).map(float::from_f64).map_err(|_| error::overflow_error("absolute value too large"))
}

fn hash(_: &Vm, a: &Obj) -> PyResult<i64> {
    let z = parts(a);
    Ok(hash::hash_complex(hashing::float(z.re, a), hashing::float(z.im, a)))
}

fn compare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let z = parts(a);
    let equal = if let Some(w) = as_complex(b) {
        z == w
    } else if let Some(x) = float::as_float(b) {
        z.im == 0.0 && z.re == x
    } else if let Some(n) = as_int(b) {
        z.im == 0.0 && compare_with_int(z.re, &n).is_some_and(|o| o.is_eq())
    } else {
        return Ok(singletons::not_implemented());
    };
    Ok(singletons::bool_obj(equal == (op == CompareOp::Eq)))
}

fn format_method(vm: &Vm, a: &Obj, spec: &Obj) -> PyResult {
    let spec = format_spec(spec)?;
    if spec.is_empty() {
        return adder_object::ops::str(vm, a);
    }
    formatted(format::format_complex(&spec, parts(a), &a.ty().tp_name()))
}

/// The result of `__complex__`, for types other than complex that define it.
pub fn special_complex(vm: &Vm, o: &Obj) -> PyResult<Option<Complex>> {
    let Some(r) = call_special(vm, o, &names().__complex__, &[])? else { return Ok(None) };
    let Some(z) = as_complex(&r) else {
        return Err(error::type_error(format!("__complex__ returned non-complex (type {})", r.ty().tp_name())));
    };
    if !r.is_exact(&types::COMPLEX) {
        let text = format!(
            "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python.",
            r.ty().tp_name()
        );
        vm.warn(&exc::DEPRECATION_WARNING, &text, 1)?;
    }
    Ok(Some(z))
}

fn from_number(vm: &Vm, cls: &Obj, number: &Obj) -> PyResult {
    let plain = cls.get::<Type>().is_some_and(|t| t.is(&types::COMPLEX));
    if plain && number.is_exact(&types::COMPLEX) {
        return Ok(number.clone());
    }
    let z = match special_complex(vm, number)? {
        Some(z) => z,
        None => match as_complex(number) {
            Some(z) => z,
            None => Complex::from(adder_object::ops::to_f64(vm, number)?),
        },
    };
    if plain { Ok(make(z)) } else { call1(vm, cls, &make(z)) }
}

static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::parse("complex(real=0, imag=0)"));

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() || args.len() > 1 {
        let a = SIGNATURE.bind(args)?;
        return from_two(vm, ty, a.opt(0), a.opt(1));
    }
    let Some(x) = args.positional().first() else { return Ok(with_type(ty, 0.0, 0.0)) };
    if x.is_exact(&types::COMPLEX) && ty.is(&types::COMPLEX) {
        return Ok(x.clone());
    }
    if let Some(s) = x.get::<Str>() {
        let z = std::str::from_utf8(&ascii_text(s)).ok().and_then(num::parse);
        let z = z.ok_or_else(|| error::value_error("complex() arg is a malformed string"))?;
        return Ok(with_type(ty, z.re, z.im));
    }
    if let Some(z) = special_complex(vm, x)? {
        return Ok(with_type(ty, z.re, z.im));
    }
    if let Some(z) = as_complex(x) {
        return Ok(with_type(ty, z.re, z.im));
    }
    if is_real(x) {
        return Ok(with_type(ty, value(&number_float(vm, x)?), 0.0));
    }
    Err(error::type_error(format!("complex() argument must be a string or a number, not {}", x.ty().tp_name())))
}

fn is_real(o: &Obj) -> bool {
    o.ty().float().is_some() || o.ty().index().is_some()
}

fn not_real(which: &::std::primitive::str, o: &Obj) -> String {
    format!("complex() argument '{which}' must be a real number, not {}", o.ty().tp_name())
}
fn not_real_error(which: &::std::primitive::str, o: &Obj) -> PyErr {
    error::type_error(not_real(which, o))
}

/// `complex(real, imag)`, each part possibly complex (deprecated).
fn from_two(vm: &Vm, ty: &Type, r: Option<&Obj>, i: Option<&Obj>) -> PyResult {
    let zero = adder_object::int::from_i64(0);
    let r = r.unwrap_or(&zero);
    let special = special_complex(vm, r)?;
    let r_complex = special.or_else(|| as_complex(r));
    if r_complex.is_none() && !is_real(r) {
        return Err(not_real_error("real", r));
    }
    if let Some(i) = i
        && as_complex(i).is_none()
        && !is_real(i)
    {
        return Err(not_real_error("imag", i));
    }
    let cr = match r_complex {
        Some(z) => {
            if !is_real(r) {
                vm.warn(&exc::DEPRECATION_WARNING, &not_real("real", r), 1)?;
            }
            z
        }
        None => Complex::from(value(&number_float(vm, r)?)),
    };
    let Some(i) = i else { return Ok(with_type(ty, cr.re, cr.im)) };
    let (mut re, mut im) = (cr.re, 0.0);
    match as_complex(i) {
        Some(w) => {
            vm.warn(&exc::DEPRECATION_WARNING, &not_real("imag", i), 1)?;
            im += w.re;
            re -= w.im;
        }
        None => im = value(&number_float(vm, i)?),
    }
    if r_complex.is_some() {
        im += cr.im;
    }
    Ok(with_type(ty, re, im))
}
