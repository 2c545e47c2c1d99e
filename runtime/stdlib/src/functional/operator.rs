//! `_operator`: the operators as functions. The getters are in operator_getters.rs.

use super::operator_getters as getters;
use adder_object::arith::{self, BinOp, UnaryOp};
use adder_object::spec::{Native, method};
use adder_object::{
    Args, CompareOp, ModuleSpec, Obj, ObjExt, PyResult, Str, Vm, buffer, call, error, int, ops, singletons,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    functions: &[
        method(
            "truth($module, a, /)",
            Native::One(|vm, _, a| boolean(ops::truth(vm, a))),
            "Return True if a is true, False otherwise.",
        ),
        method(
            "contains($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| boolean(ops::contains(vm, &a[0], &a[1]))),
            "Same as b in a (note reversed operands).",
        ),
        method("indexOf($module, a, b, /)", Native::Pos(2, 2, index_of), "Return the first index of b in a."),
        method(
            "countOf($module, a, b, /)",
            Native::Pos(2, 2, count_of),
            "Return the number of items in a which are, or which equal, b.",
        ),
        method("is_($module, a, b, /)", Native::Pos(2, 2, |_, _, a| boolean(Ok(a[0].is(&a[1])))), "Same as a is b."),
        method(
            "is_not($module, a, b, /)",
            Native::Pos(2, 2, |_, _, a| boolean(Ok(!a[0].is(&a[1])))),
            "Same as a is not b.",
        ),
        method("is_none($module, a, /)", Native::One(|_, _, a| boolean(Ok(a.is_none()))), "Same as a is None."),
        method(
            "is_not_none($module, a, /)",
            Native::One(|_, _, a| boolean(Ok(!a.is_none()))),
            "Same as a is not None.",
        ),
        method(
            "add($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Add)),
            "Same as a + b.",
        ),
        method(
            "sub($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Subtract)),
            "Same as a - b.",
        ),
        method(
            "mul($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Multiply)),
            "Same as a * b.",
        ),
        method(
            "matmul($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::MatrixMultiply)),
            "Same as a @ b.",
        ),
        method(
            "floordiv($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::FloorDivide)),
            "Same as a // b.",
        ),
        method(
            "truediv($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::TrueDivide)),
            "Same as a / b.",
        ),
        method(
            "mod($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Remainder)),
            "Same as a % b.",
        ),
        method(
            "pow($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Power)),
            "Same as a ** b.",
        ),
        method(
            "lshift($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Lshift)),
            "Same as a << b.",
        ),
        method(
            "rshift($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Rshift)),
            "Same as a >> b.",
        ),
        method(
            "and_($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::And)),
            "Same as a & b.",
        ),
        method(
            "or_($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Or)),
            "Same as a | b.",
        ),
        method(
            "xor($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::binary(vm, &a[0], &a[1], BinOp::Xor)),
            "Same as a ^ b.",
        ),
        method(
            "iadd($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Add)),
            "Same as a += b.",
        ),
        method(
            "isub($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Subtract)),
            "Same as a -= b.",
        ),
        method(
            "imul($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Multiply)),
            "Same as a *= b.",
        ),
        method(
            "imatmul($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::MatrixMultiply)),
            "Same as a @= b.",
        ),
        method(
            "ifloordiv($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::FloorDivide)),
            "Same as a //= b.",
        ),
        method(
            "itruediv($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::TrueDivide)),
            "Same as a /= b.",
        ),
        method(
            "imod($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Remainder)),
            "Same as a %= b.",
        ),
        method(
            "ipow($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Power)),
            "Same as a **= b.",
        ),
        method(
            "ilshift($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Lshift)),
            "Same as a <<= b.",
        ),
        method(
            "irshift($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Rshift)),
            "Same as a >>= b.",
        ),
        method(
            "iand($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::And)),
            "Same as a &= b.",
        ),
        method(
            "ior($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Or)),
            "Same as a |= b.",
        ),
        method(
            "ixor($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| arith::inplace(vm, &a[0], &a[1], BinOp::Xor)),
            "Same as a ^= b.",
        ),
        method(
            "concat($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| concat(vm, a, BinOp::Add, false)),
            "Same as a + b, for a and b sequences.",
        ),
        method(
            "iconcat($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| concat(vm, a, BinOp::Add, true)),
            "Same as a += b, for a and b sequences.",
        ),
        method("index($module, a, /)", Native::One(|vm, _, a| ops::index(vm, a)), "Same as a.__index__()"),
        method("neg($module, a, /)", Native::One(|vm, _, a| arith::unary(vm, a, UnaryOp::Negative)), "Same as -a."),
        method("pos($module, a, /)", Native::One(|vm, _, a| arith::unary(vm, a, UnaryOp::Positive)), "Same as +a."),
        method("abs($module, a, /)", Native::One(|vm, _, a| arith::unary(vm, a, UnaryOp::Absolute)), "Same as abs(a)."),
        method("inv($module, a, /)", Native::One(|vm, _, a| arith::unary(vm, a, UnaryOp::Invert)), "Same as ~a."),
        method("invert($module, a, /)", Native::One(|vm, _, a| arith::unary(vm, a, UnaryOp::Invert)), "Same as ~a."),
        method("not_($module, a, /)", Native::One(|vm, _, a| boolean(ops::truth(vm, a).map(|t| !t))), "Same as not a."),
        method(
            "getitem($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::getitem(vm, &a[0], &a[1])),
            "Same as a[b].",
        ),
        method(
            "setitem($module, a, b, c, /)",
            Native::Pos(3, 3, |vm, _, a| ops::setitem(vm, &a[0], &a[1], &a[2]).map(|()| singletons::none())),
            "Same as a[b] = c.",
        ),
        method(
            "delitem($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::delitem(vm, &a[0], &a[1]).map(|()| singletons::none())),
            "Same as del a[b].",
        ),
        method(
            "lt($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Lt)),
            "Same as a < b.",
        ),
        method(
            "le($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Le)),
            "Same as a <= b.",
        ),
        method(
            "eq($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Eq)),
            "Same as a == b.",
        ),
        method(
            "ne($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Ne)),
            "Same as a != b.",
        ),
        method(
            "gt($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Gt)),
            "Same as a > b.",
        ),
        method(
            "ge($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| ops::compare(vm, &a[0], &a[1], CompareOp::Ge)),
            "Same as a >= b.",
        ),
        method(
            "length_hint($module, obj, default=0, /)",
            Native::Pos(1, 2, length_hint),
            "Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.\nThe result will be an integer >= 0.",
        ),
        method("call($module, obj, /, *args, **kwargs)", Native::Raw(call_function), "Same as obj(*args, **kwargs)."),
        method(
            "_compare_digest($module, a, b, /)",
            Native::Pos(2, 2, |vm, _, a| compare_digest(vm, &a[0], &a[1])),
            "Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.",
        ),
    ],
    types: &[&getters::ITEMGETTER_SPEC, &getters::ATTRGETTER_SPEC, &getters::METHODCALLER_SPEC],
    ..ModuleSpec::new("_operator")
};

fn boolean(r: PyResult<bool>) -> PyResult {
    r.map(singletons::bool_obj)
}

fn index_of(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (it, mut i) = (iterate(vm, &a[0])?, 0);
    while let Some(x) = ops::next(vm, &it)? {
        if ops::key_equals(vm, &x, &a[1])? {
            return Ok(int::from_i64(i));
        }
        i += 1;
    }
    Err(error::value_error("sequence.index(x): x not in sequence"))
}
fn count_of(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (it, mut n) = (iterate(vm, &a[0])?, 0);
    while let Some(x) = ops::next(vm, &it)? {
        n += i64::from(ops::key_equals(vm, &x, &a[1])?);
    }
    Ok(int::from_i64(n))
}
fn iterate(vm: &Vm, o: &Obj) -> PyResult {
    match ops::iter(vm, o) {
        Err(e) if e.is(&adder_object::exceptions::TYPE_ERROR) => {
            Err(error::type_error(format!("argument of type '{}' is not iterable", o.ty().tp_name())))
        }
        r => r,
    }
}

fn concat(vm: &Vm, a: &[Obj], op: BinOp, inplace: bool) -> PyResult {
    let sequence = |o: &Obj| o.ty().concat().is_some() || o.ty().is_heap() && o.ty().getitem().is_some();
    if !sequence(&a[0]) {
        return Err(error::type_error(format!("'{}' object can't be concatenated", a[0].ty().tp_name())));
    }
    let slot = if inplace { a[0].ty().inplace_concat().or(a[0].ty().concat()) } else { a[0].ty().concat() };
    match slot {
        Some(f) => f(vm, &a[0], &a[1]),
        None if inplace => arith::inplace(vm, &a[0], &a[1], op),
        None => arith::binary(vm, &a[0], &a[1], op),
    }
}

fn length_hint(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let default = match a.get(1) {
        None => 0,
        Some(d) if !int::is_int(d) => {
            return Err(error::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                d.ty().tp_name()
            )));
        }
        Some(d) => ops::size_isize(vm, d)?,
    };
    if default >= 0 {
        return ops::length_hint(vm, &a[0], default as usize).map(int::from_usize);
    }
    // A negative default is handed back as it is.
    let n = ops::length_hint(vm, &a[0], usize::MAX)?;
    Ok(if n == usize::MAX { int::from_i64(default as i64) } else { int::from_usize(n) })
}

fn call_function(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.positional().first() {
        Some(f) => call::call(vm, f, args.skip(1)),
        None => Err(error::type_error("call expected at least 1 argument, got 0")),
    }
}

/// Compares without stopping at the first difference.
/// Whether two texts or byte strings are equal, in a time that does not depend on where they differ.
pub fn compare_digest(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let same = |x: &[u8], y: &[u8]| {
        let mut diff = u8::from(x.len() != y.len());
        let left = if x.len() == y.len() { x } else { y };
        for (p, q) in left.iter().zip(y) {
            diff |= p ^ q;
        }
        if x.len() != y.len() {
            diff = 1;
        }
        diff == 0
    };
    if let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>()) {
        if !x.is_ascii() || !y.is_ascii() {
            return Err(error::type_error("comparing strings with non-ASCII characters is not supported"));
        }
        return boolean(Ok(same(x.raw_bytes(), y.raw_bytes())));
    }
    if let (Some(x), Some(y)) = (a.get::<adder_object::Bytes>(), b.get::<adder_object::Bytes>()) {
        return boolean(Ok(same(x.as_slice(), y.as_slice())));
    }
    if !buffer::has_buffer(a) && !buffer::has_buffer(b) {
        return Err(error::type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().tp_name(),
            b.ty().tp_name()
        )));
    }
    boolean(Ok(same(&buffer::to_vec(vm, a)?, &buffer::to_vec(vm, b)?)))
}
