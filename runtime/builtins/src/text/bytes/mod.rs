//! `bytes`: the type, its operators and table of methods.
//!
//! *CPython*: bytesobject.c.

pub mod data;
pub mod hex;
pub mod iter;
pub mod methods;
pub mod new;
pub mod repr;

use super::percent;
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, class_method, method, static_method};
use adder_object::{
    Args, ByteArray, Bytes, CompareOp, Obj, ObjExt, PyResult, Slice, Type, TypeSpec, Vm, buffer, bytes, error,
    exceptions as exc, int, ops, singletons, tuple, types,
};
use data::{data, like, make, make_vec, make_with, same};

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let source = match args.positional() {
        [] if args.is_empty() => new::Source::Data(vec![]),
        [n] if ty.is(&types::BYTES)
            && !args.has_keywords()
            && n.small_int().is_some_and(|n| (0..1 << 20).contains(&n)) =>
        {
            return Ok(bytes::build(n.small_int().unwrap_or(0) as usize, |_| ()));
        }
        _ => new::source(vm, args, "bytes")?,
    };
    Ok(match source {
        new::Source::Same(o) if ty.is(&types::BYTES) => o,
        new::Source::Same(o) => bytes::with_type(ty, &data(&o)?),
        new::Source::Data(d) if ty.is(&types::BYTES) => bytes::new(&d),
        new::Source::Data(d) => bytes::with_type(ty, &d),
    })
}

/// Comparison of bytes and bytearray with anything that has a buffer.
pub fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !buffer::has_buffer(a) || !buffer::has_buffer(b) {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if equality && super::bytes_warning() > 0 {
            let pair = |x: &Obj, y: &Obj| x.get::<Bytes>().is_some() && y.get::<adder_object::Str>().is_some();
            if pair(a, b) || pair(b, a) {
                vm.warn(&exc::BYTES_WARNING, "Comparison between bytes and string", 1)?;
            } else if int::is_int(a) || int::is_int(b) {
                vm.warn(&exc::BYTES_WARNING, "Comparison between bytes and int", 1)?;
            }
        }
        return Ok(singletons::not_implemented());
    }
    if !same_family(a) || !same_family(b) {
        // Other exporters compare by their own rules, where they have them.
        if a.get::<Bytes>().is_some() && b.get::<ByteArray>().is_none() && b.get::<Bytes>().is_none() {
            return Ok(singletons::not_implemented());
        }
    }
    let (Ok(x), Ok(y)) = (like(vm, a), like(vm, b)) else { return Ok(singletons::not_implemented()) };
    Ok(singletons::bool_obj(op.holds((*x).cmp(&y))))
}
fn same_family(o: &Obj) -> bool {
    o.get::<Bytes>().is_some() || o.get::<ByteArray>().is_some()
}

pub fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if !buffer::has_buffer(b) {
        return Err(error::type_error(format!("can't concat {} to {}", b.ty().tp_name(), a.ty().tp_name())));
    }
    let y = like(vm, b)?;
    let x = data(a)?;
    Ok(make_with(a, x.len() + y.len(), |out| {
        let (front, back) = out.split_at_mut(x.len());
        front.copy_from_slice(&x);
        back.copy_from_slice(&y);
    }))
}

pub fn repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let d = data(o)?;
    let n = usize::try_from(n).unwrap_or(0);
    if n == 1 && o.is_exact(&types::BYTES) {
        return Ok(o.clone());
    }
    if d.len().checked_mul(n).is_none_or(|k| k > 1 << 40) {
        return Err(error::no_memory());
    }
    Ok(make_vec(o, d.repeat(n)))
}

/// The item at an index that may be negative; `what` begins the error's text.
pub fn item(o: &Obj, i: isize, what: &::std::primitive::str) -> PyResult {
    let d = data(o)?;
    let i = if i < 0 { i + d.len() as isize } else { i };
    match usize::try_from(i).ok().and_then(|i| d.get(i)) {
        Some(&b) => Ok(int::from_i64(i64::from(b))),
        None => Err(error::index_error(format!("{what}index out of range"))),
    }
}

pub fn slice(vm: &Vm, o: &Obj, s: &Slice) -> PyResult {
    let (start, stop, step) = s.unpack(vm)?;
    let d = data(o)?;
    let at = adder_object::slice::adjust(start, stop, step, d.len());
    if at.step == 1 {
        if at.len == d.len() && o.is_exact(&types::BYTES) {
            return Ok(o.clone());
        }
        let from = at.start as usize;
        return Ok(make(o, d.get(from..from + at.len).unwrap_or_default()));
    }
    Ok(make_vec(o, at.iter().map(|i| d[i]).collect()))
}

/// `b[key]`.
pub fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    if let Some(i) = key.small_int() {
        return item(o, i as isize, "");
    }
    if let Some(s) = key.get::<Slice>() {
        return slice(vm, o, s);
    }
    if int::is_int(key) || key.ty().index().is_some() {
        return item(o, ops::index_isize(vm, key)?, "");
    }
    Err(error::type_error(format!("byte indices must be integers or slices, not {}", key.ty().tp_name())))
}

fn remainder(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match a.get::<Bytes>() {
        Some(f) => Ok(bytes::new(&percent::format_bytes(vm, f.as_slice(), b)?)),
        None => Ok(singletons::not_implemented()),
    }
}

fn to_bytes(_: &Vm, o: &Obj) -> PyResult {
    same(o)
}
fn getnewargs(_: &Vm, o: &Obj) -> PyResult {
    Ok(tuple::from_array([same(o)?]))
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(33 + data(o)?.len()))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(repr::bytes_repr),
        slot::str(|vm, o| repr::str_of(vm, o, "bytes")),
        slot::hash(|_, o| methods::hash_of(o)),
        slot::richcompare(richcompare),
        slot::iter(iter::bytes_iter),
        slot::length(|_, o| Ok(data(o)?.len())),
        slot::getitem(getitem),
        slot::contains(methods::contains),
        slot::concat(concat),
        slot::repeat(repeat),
        slot::remainder(remainder),
        slot::buffer(buffer::of_bytes),
    ],
    methods: METHODS,
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    ..TypeSpec::of(&types::BYTES)
};

use Native::{Bound, NoArgs, One, Pos};

static METHODS: &[MethodDef] = &[
    method("__bytes__($self, /)", NoArgs(to_bytes), "Convert this value to exact type bytes."),
    method("__getnewargs__($self, /)", NoArgs(getnewargs), ""),
    method(
        "capitalize($self, /)",
        NoArgs(methods::capitalize),
        "Return a copy of B with only its first character capitalized (ASCII) and the rest lower-cased.",
    ),
    method(
        "center($self, width, fillchar=b' ', /)",
        Pos(1, 2, methods::center),
        "Return a centered string of length width.",
    ),
    method(
        "count($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::count),
        "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].",
    ),
    method(
        "decode($self, /, encoding='utf-8', errors='strict')",
        Bound(methods::decode),
        "Decode the bytes using the codec registered for encoding.",
    ),
    method(
        "endswith($self, suffix[, start[, end]], /)",
        Pos(1, 3, methods::endswith),
        "Return True if the bytes ends with the specified suffix, False otherwise.",
    ),
    method(
        "expandtabs($self, /, tabsize=8)",
        Bound(methods::expandtabs),
        "Return a copy where all tab characters are expanded using spaces.",
    ),
    method(
        "find($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::find),
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
    ),
    class_method(
        "fromhex($type, string, /)",
        One(hex::fromhex),
        "Create a bytes object from a string of hexadecimal numbers.",
    ),
    method(
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        Bound(hex::hex),
        "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    What to put between groups of bytes: one character.\n  bytes_per_sep\n    Bytes in a group, counted from the end; negative: from the start.\n\n>>> data = b'\\x0a\\xff'\n>>> data.hex()\n'0aff'\n>>> data.hex('-')\n'0a-ff'",
    ),
    method(
        "index($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::index),
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
    ),
    method(
        "isalnum($self, /)",
        NoArgs(methods::isalnum),
        "Return True if all characters in B are alphanumeric and there is at least one character in B, False otherwise.",
    ),
    method(
        "isalpha($self, /)",
        NoArgs(methods::isalpha),
        "Return True if all characters in B are alphabetic and there is at least one character in B, False otherwise.",
    ),
    method(
        "isascii($self, /)",
        NoArgs(methods::isascii),
        "Return True if B is empty or all characters in B are ASCII, False otherwise.",
    ),
    method(
        "isdigit($self, /)",
        NoArgs(methods::isdigit),
        "Return True if all characters in B are digits and there is at least one character in B, False otherwise.",
    ),
    method(
        "islower($self, /)",
        NoArgs(methods::islower),
        "Return True if all cased characters in B are lowercase and there is at least one cased character in B, False otherwise.",
    ),
    method(
        "isspace($self, /)",
        NoArgs(methods::isspace),
        "Return True if all characters in B are whitespace and there is at least one character in B, False otherwise.",
    ),
    method(
        "istitle($self, /)",
        NoArgs(methods::istitle),
        "Return True if B is a titlecased string and there is at least one character in B, i.e. uppercase characters may only follow uncased characters and lowercase characters only cased ones. Return False otherwise.",
    ),
    method(
        "isupper($self, /)",
        NoArgs(methods::isupper),
        "Return True if all cased characters in B are uppercase and there is at least one cased character in B, False otherwise.",
    ),
    method("join($self, iterable_of_bytes, /)", One(methods::join), "Concatenate any number of bytes objects."),
    method(
        "ljust($self, width, fillchar=b' ', /)",
        Pos(1, 2, methods::ljust),
        "Return a left-justified string of length width.",
    ),
    method(
        "lower($self, /)",
        NoArgs(methods::lower),
        "Return a copy of B with all ASCII characters converted to lowercase.",
    ),
    method(
        "lstrip($self, bytes=None, /)",
        Pos(0, 1, methods::lstrip),
        "Strip leading bytes contained in the argument.",
    ),
    static_method(
        "maketrans",
        Pos(2, 2, methods::maketrans),
        "Return a translation table usable for the bytes or bytearray translate method.",
    ),
    method(
        "partition($self, sep, /)",
        One(methods::partition),
        "Partition the bytes into three parts using the given separator.",
    ),
    method(
        "removeprefix($self, prefix, /)",
        One(methods::removeprefix),
        "Return a bytes object with the given prefix string removed if present.",
    ),
    method(
        "removesuffix($self, suffix, /)",
        One(methods::removesuffix),
        "Return a bytes object with the given suffix string removed if present.",
    ),
    method(
        "replace($self, old, new, count=-1, /)",
        Pos(2, 3, methods::replace),
        "Return a copy with all occurrences of substring old replaced by new.",
    ),
    method(
        "rfind($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::rfind),
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
    ),
    method(
        "rindex($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::rindex),
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
    ),
    method(
        "rjust($self, width, fillchar=b' ', /)",
        Pos(1, 2, methods::rjust),
        "Return a right-justified string of length width.",
    ),
    method(
        "rpartition($self, sep, /)",
        One(methods::rpartition),
        "Partition the bytes into three parts using the given separator.",
    ),
    method(
        "rsplit($self, /, sep=None, maxsplit=-1)",
        Bound(methods::rsplit),
        "Return a list of the sections in the bytes, using sep as the delimiter.",
    ),
    method(
        "rstrip($self, bytes=None, /)",
        Pos(0, 1, methods::rstrip),
        "Strip trailing bytes contained in the argument.",
    ),
    method(
        "split($self, /, sep=None, maxsplit=-1)",
        Bound(methods::split),
        "Return a list of the sections in the bytes, using sep as the delimiter.",
    ),
    method(
        "splitlines($self, /, keepends=False)",
        Bound(methods::splitlines),
        "Return a list of the lines in the bytes, breaking at line boundaries.",
    ),
    method(
        "startswith($self, prefix[, start[, end]], /)",
        Pos(1, 3, methods::startswith),
        "Return True if the bytes starts with the specified prefix, False otherwise.",
    ),
    method(
        "strip($self, bytes=None, /)",
        Pos(0, 1, methods::strip),
        "Strip leading and trailing bytes contained in the argument.",
    ),
    method(
        "swapcase($self, /)",
        NoArgs(methods::swapcase),
        "Return a copy of B with uppercase ASCII characters converted to lowercase ASCII and vice versa.",
    ),
    method(
        "title($self, /)",
        NoArgs(methods::title),
        "Return a titlecased version of B, i.e. ASCII words start with uppercase characters, all remaining cased characters have lowercase.",
    ),
    method(
        "translate($self, table, /, delete=b'')",
        Bound(methods::translate),
        "Return a copy with each character mapped by the given translation table.",
    ),
    method(
        "upper($self, /)",
        NoArgs(methods::upper),
        "Return a copy of B with all ASCII characters converted to uppercase.",
    ),
    method(
        "zfill($self, width, /)",
        One(methods::zfill),
        "Pad a numeric string with zeros on the left, to fill a field of the given width.",
    ),
    method("__sizeof__($self, /)", NoArgs(sizeof), "Size of object in memory, in bytes."),
];
