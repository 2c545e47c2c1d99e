//! Pickling of arrays, across machines of other sizes and byte orders.

use super::kind::{self, Class, Kind};
use super::{ARRAY, of};
use adder_object::call::{call_method_str, call_pos};
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Bytes, List, Obj, ObjExt, PyResult, Str, Type, Vm, attr, bytes, error, float, int, names, ops, singletons, str,
    tuple,
};

pub static FUNCTIONS: &[MethodDef] = &[method(
    "_array_reconstructor($module, arraytype, typecode, mformat_code, items,\n                     /)",
    Native::Pos(4, 4, reconstruct),
    "Internal. Used for pickling support.",
)];

/// `__reduce_ex__`: machine bytes from protocol 3 on, a list before.
pub fn reduce(vm: &Vm, o: &Obj, protocol: &Obj) -> PyResult {
    let a = of(o)?;
    let protocol = int::as_int(protocol)
        .ok_or_else(|| error::type_error("__reduce_ex__ argument should be an integer"))?
        .to_i64()
        .unwrap_or(i64::MAX);
    let state = attr::lookup(vm, o, &names().__dict__)?.unwrap_or_else(singletons::none);
    let class = attr::get(vm, o, &names().__class__)?;
    let code = str::from_str(&a.kind.code.to_string()).into_obj();
    if protocol < 3 {
        return Ok(tuple::from_array([class, tuple::from_array([code, a.list()?]), state]));
    }
    let f = attr::get_str(vm, &vm.import("array")?, "_array_reconstructor")?;
    let data = bytes::new(&a.storage.data.borrow());
    let args = tuple::from_array([class, code, int::from_i64(a.kind.machine.into()), data]);
    Ok(tuple::from_array([f, args, state]))
}

/// Class, item size and byte order of a machine format.
fn machine(code: i32) -> Option<(Class, usize, bool)> {
    let big = code % 2 == 1;
    Some(match code {
        0 => (Class::Unsigned, 1, false),
        1 => (Class::Signed, 1, false),
        2 | 3 => (Class::Unsigned, 2, big),
        4 | 5 => (Class::Signed, 2, big),
        6 | 7 => (Class::Unsigned, 4, big),
        8 | 9 => (Class::Signed, 4, big),
        10 | 11 => (Class::Unsigned, 8, big),
        12 | 13 => (Class::Signed, 8, big),
        14 | 15 => (Class::Float, 4, big),
        16 | 17 => (Class::Float, 8, big),
        18 | 19 => (Class::Text, 2, big),
        20 | 21 => (Class::Text, 4, big),
        _ => return None,
    })
}

fn reconstruct(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let Some(ty) = a[0].get::<Type>() else {
        return Err(error::type_error("first argument must be a type object, not ".to_owned() + &a[0].ty().tp_name()));
    };
    let code = match a[1].get::<Str>() {
        Some(s) if s.len() == 1 => s.at(0),
        Some(s) => {
            return Err(error::type_error(format!(
                "_array_reconstructor(): argument 2 must be a unicode character, not a string of length {}",
                s.len()
            )));
        }
        None => {
            return Err(error::type_error(format!(
                "_array_reconstructor() argument 2 must be a unicode character, not {}",
                a[1].ty().tp_name()
            )));
        }
    };
    let format = ops::to_i32(vm, &a[2])?;
    if !ty.is_subtype(&ARRAY) {
        return Err(error::type_error(format!("{} is not a subtype of {}", ty.tp_name(), ARRAY.tp_name())));
    }
    let Some(kind) = char::from_u32(code).and_then(kind::find) else {
        return Err(error::value_error("second argument must be a valid type code"));
    };
    let Some((class, size, big)) = machine(format) else {
        return Err(error::value_error("third argument must be a valid machine format code."));
    };
    let Some(data) = a[3].get::<Bytes>() else {
        return Err(error::type_error(format!("fourth argument should be bytes, not {}", a[3].ty().tp_name())));
    };
    let make = |kind: &Kind, init: Obj| call_pos(vm, &a[0], &[str::from_str(&kind.code.to_string()).into_obj(), init]);
    if format == kind.machine && class != Class::Text {
        return make(kind, a[3].clone());
    }
    if data.len() % size != 0 {
        let what = if class == Class::Text { "string" } else { "bytes" };
        return Err(error::value_error(format!("{what} length not a multiple of item size")));
    }
    if class == Class::Text {
        let order = if big { "be" } else { "le" };
        let codec = str::from_str(&format!("utf-{}-{order}", 8 * size)).into_obj();
        return make(kind, call_method_str(vm, &a[3], "decode", &[codec])?);
    }
    // Integers go into a type of the same size and sign where there is one, so that no value is lost.
    let target = match class {
        Class::Signed | Class::Unsigned if kind.class != class || kind.size != size => {
            kind::KINDS.iter().find(|k| k.class == class && k.size == size).unwrap_or(kind)
        }
        _ => kind,
    };
    let items: Vec<Obj> = data.as_slice().chunks_exact(size).map(|b| number(class, b, big)).collect();
    make(target, List::new(items).into_obj())
}
fn number(class: Class, b: &[u8], big: bool) -> Obj {
    let mut wide = [0u8; 8];
    wide[..b.len()].copy_from_slice(b);
    if big {
        wide[..b.len()].reverse();
    }
    let bits = u64::from_le_bytes(wide);
    let unused = 64 - 8 * b.len() as u32;
    match (class, b.len()) {
        (Class::Float, 4) => float::from_f64(f32::from_bits(bits as u32).into()),
        (Class::Float, _) => float::from_f64(f64::from_bits(bits)),
        (Class::Signed, _) => int::from_i64(((bits << unused) as i64) >> unused),
        _ => int::from_u64(bits),
    }
}
