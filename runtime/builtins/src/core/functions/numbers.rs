//! Functions about numbers and characters: abs, bin, hex, oct, chr, ord, divmod, pow, round.

use crate::numbers::float_methods;
use adder_num::int as num;
use adder_object::arith::{self, UnaryOp};
use adder_object::bind::Bound;
use adder_object::call::call_special;
use adder_object::int::{Int, as_int, from_i64};
use adder_object::{ByteArray, Bytes, Obj, ObjExt, PyResult, Str, Vm, error, names, ops, singletons, str, types};

pub fn abs(vm: &Vm, _: &Obj, x: &Obj) -> PyResult {
    arith::unary(vm, x, UnaryOp::Absolute)
}

/// The digits of an int behind a prefix, the sign first.
pub fn in_radix(vm: &Vm, o: &Obj, radix: u32, prefix: &::std::primitive::str) -> PyResult {
    let i = ops::index(vm, o)?;
    let text = |negative: bool, digits: &::std::primitive::str| {
        let sign = if negative { "-" } else { "" };
        let n = sign.len() + prefix.len() + digits.len();
        let text = str::ascii_with(n, |out| {
            let parts = sign.bytes().chain(prefix.bytes()).chain(digits.bytes());
            out.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        });
        Ok(text.into_obj())
    };
    match as_int(&i) {
        Some(Int::Small(n)) => text(n < 0, num::Short::new(n.unsigned_abs(), radix).text()),
        Some(Int::Big(b)) => {
            let digits = num::to_radix(b, radix);
            text(digits.starts_with('-'), digits.trim_start_matches('-'))
        }
        None => Err(error::type_error("an integer is required")),
    }
}

pub fn chr(vm: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let i = ops::index(vm, o)?;
    match as_int(&i).and_then(|i| i.to_i64()).and_then(|n| u32::try_from(n).ok()).filter(|&c| c < 0x11_0000) {
        Some(c) => Ok(str::from_char(c).into_obj()),
        None => Err(error::value_error("chr() arg not in range(0x110000)")),
    }
}

pub fn ord(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let wrong =
        |n: usize| Err(error::type_error(format!("ord() expected a character, but string of length {n} found")));
    if let Some(s) = o.get::<Str>() {
        return if s.len() == 1 { Ok(from_i64(s.at(0) as i64)) } else { wrong(s.len()) };
    }
    let bytes = match (o.get::<Bytes>(), o.get::<ByteArray>()) {
        (Some(b), _) => b.as_slice().to_vec(),
        (_, Some(b)) => b.data.borrow().clone(),
        _ => {
            return Err(error::type_error(format!(
                "ord() expected string of length 1, but {} found",
                o.ty().tp_name()
            )));
        }
    };
    match bytes[..] {
        [b] => Ok(from_i64(b as i64)),
        _ => wrong(bytes.len()),
    }
}

pub fn divmod(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    arith::divmod(vm, &a[0], &a[1])
}

pub fn pow(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    arith::power(vm, args.req(0), args.req(1), args.opt(2).unwrap_or(singletons::none_ref()))
}

pub fn round(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let number = args.req(0);
    let digits = args.opt_not_none(1).map(std::slice::from_ref).unwrap_or_default();
    if number.is_exact(&types::FLOAT) {
        return float_methods::round(vm, number, digits);
    }
    call_special(vm, number, &names().__round__, digits)?
        .ok_or_else(|| error::type_error(format!("type {} doesn't define __round__ method", number.ty().tp_name())))
}
