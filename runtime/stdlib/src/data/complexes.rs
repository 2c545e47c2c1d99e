//! Reading complex numbers from any value.

use adder_object::call::call_special;
use adder_object::float::Complex;
use adder_object::{Obj, ObjExt, PyResult, Vm, error, exceptions as exc, names, ops, types};

/// Real and imaginary part of any number.
pub fn parts(vm: &Vm, o: &Obj) -> PyResult<(f64, f64)> {
    if let Some(z) = o.get::<Complex>() {
        return Ok((z.re, z.im));
    }
    if let Some(r) = call_special(vm, o, &names().__complex__, &[])? {
        let Some(z) = r.get::<Complex>() else {
            return Err(error::type_error(format!("__complex__ returned non-complex (type {})", r.ty().tp_name())));
        };
        if !r.is_exact(&types::COMPLEX) {
            let text = format!(
                "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex \
                 is deprecated, and may be removed in a future version of Python.",
                r.ty().tp_name()
            );
            vm.warn(&exc::DEPRECATION_WARNING, &text, 1)?;
        }
        return Ok((z.re, z.im));
    }
    Ok((ops::to_f64(vm, o)?, 0.0))
}
