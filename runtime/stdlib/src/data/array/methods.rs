//! Methods of arrays.

use super::{Array, ArrayIterator, make, of, pickle};
use adder_object::call::call_method;
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{
    Bytes, List, Obj, ObjExt, PyResult, Str, Vm, attr, buffer, bytes, class, error, int, names, ops, singletons, str,
    tuple,
};

pub static GETSET: &[GetSetDef] = &[
    getter(
        "typecode",
        |_, a| Ok(str::from_str(&of(a)?.kind.code.to_string()).into_obj()),
        "the typecode character used to create the array",
    ),
    getter("itemsize", |_, a| Ok(int::from_usize(of(a)?.kind.size)), "the size, in bytes, of one array item"),
];

pub static METHODS: &[MethodDef] = &[
    method(
        "append($self, v, /)",
        Native::One(|vm, a, v| {
            of(a)?.append(vm, v)?;
            none()
        }),
        "Append new value v to the end of the array.",
    ),
    method(
        "buffer_info($self, /)",
        Native::NoArgs(buffer_info),
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.",
    ),
    method("byteswap($self, /)", Native::NoArgs(byteswap), "Byteswap all items of the array."),
    method(
        "clear($self, /)",
        Native::NoArgs(|_, a| {
            let a = of(a)?;
            a.splice(0, a.len(), &[])?;
            none()
        }),
        "Remove all items from the array.",
    ),
    method("count($self, v, /)", Native::One(count), "Return number of occurrences of v in the array."),
    method(
        "extend($self, bb, /)",
        Native::One(|vm, a, v| {
            of(a)?.extend(vm, v)?;
            none()
        }),
        "Append items to the end of the array.",
    ),
    method(
        "frombytes($self, buffer, /)",
        Native::One(frombytes),
        "Appends items from the string, interpreting it as an array of machine values.",
    ),
    method(
        "fromfile($self, f, n, /)",
        Native::Pos(2, 2, fromfile),
        "Read n objects from the file object f and append them to the end of the array.",
    ),
    method("fromlist($self, list, /)", Native::One(fromlist), "Append items to array from list."),
    method(
        "fromunicode($self, ustr, /)",
        Native::One(fromunicode),
        "Extends this array with data from the unicode string ustr.",
    ),
    method(
        "index($self, v, start=0, stop=sys.maxsize, /)",
        Native::Pos(1, 3, index),
        "Return index of first occurrence of v in the array.",
    ),
    method(
        "insert($self, i, v, /)",
        Native::Pos(2, 2, insert),
        "Insert a new item v into the array before position i.",
    ),
    method("pop($self, i=-1, /)", Native::Pos(0, 1, pop), "Return the i-th element and delete it from the array."),
    method("remove($self, v, /)", Native::One(remove), "Remove the first occurrence of v in the array."),
    method("reverse($self, /)", Native::NoArgs(reverse), "Reverse the order of the items in the array."),
    method(
        "tobytes($self, /)",
        Native::NoArgs(|_, a| Ok(bytes::new(&of(a)?.storage.data.borrow()))),
        "Convert the array to an array of machine values and return the bytes representation.",
    ),
    method("tofile($self, f, /)", Native::One(tofile), "Write all items (as machine values) to the file object f."),
    method(
        "tolist($self, /)",
        Native::NoArgs(|_, a| of(a)?.list()),
        "Convert array to an ordinary list with the same items.",
    ),
    method("tounicode($self, /)", Native::NoArgs(tounicode), "Convert the array to a unicode string."),
    method("__copy__($self, /)", Native::NoArgs(|_, a| copy(a)), "Return a copy of the array."),
    method("__deepcopy__($self, unused, /)", Native::One(|_, a, _| copy(a)), "Return a copy of the array."),
    method("__reduce_ex__($self, value, /)", Native::One(pickle::reduce), "Return state information for pickling."),
    method(
        "__sizeof__($self, /)",
        Native::NoArgs(|_, a| Ok(int::from_usize(64 + of(a)?.storage.data.borrow().capacity()))),
        "Size of the array in memory, in bytes.",
    ),
    class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
];

pub static ITERATOR_METHODS: &[MethodDef] = &[
    method(
        "__reduce__($self, /)",
        Native::NoArgs(|vm, it| {
            let it = it.this::<ArrayIterator>()?;
            let builtin = attr::get_str(vm, &vm.import("builtins")?, "iter")?;
            Ok(match it.array.get() {
                Some(a) => tuple::from_array([builtin, tuple::from_array([a]), int::from_usize(it.at.get())]),
                None => tuple::from_array([builtin, tuple::from_array([tuple::new(vec![])])]),
            })
        }),
        "Return state information for pickling.",
    ),
    method(
        "__setstate__($self, state, /)",
        Native::One(|vm, it, state| {
            let n = ops::size_isize(vm, state)?;
            let it = it.this::<ArrayIterator>()?;
            let len = it.array.get().map_or(Ok(0), |a| of(&a).map(Array::len))?;
            it.at.set((n.max(0) as usize).min(len));
            none()
        }),
        "Set state information for unpickling.",
    ),
];

fn none() -> PyResult {
    Ok(singletons::none())
}
fn copy(o: &Obj) -> PyResult {
    let a = of(o)?;
    Ok(make(a.kind, a.bytes()))
}
fn buffer_info(vm: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    let address = buffer::of_bytearray(vm, a.storage.obj(), 0)?.address();
    Ok(tuple::from_array([int::from_usize(address), int::from_usize(a.len())]))
}
fn byteswap(_: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    a.storage.data.borrow_mut().chunks_exact_mut(a.kind.size).for_each(<[u8]>::reverse);
    none()
}
fn reverse(_: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    let mut data = a.storage.data.borrow_mut();
    data.reverse();
    data.chunks_exact_mut(a.kind.size).for_each(<[u8]>::reverse);
    none()
}
/// The first place from `start` before `stop` whose item equals `v`.
pub fn position(vm: &Vm, a: &Array, v: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut i = start;
    while i < stop {
        let Some(item) = a.get(i)? else { break };
        if ops::equals(vm, &item, v)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}
fn count(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    let a = of(o)?;
    let (mut n, mut i) = (0, 0);
    while let Some(at) = position(vm, a, v, i, usize::MAX)? {
        n += 1;
        i = at + 1;
    }
    Ok(int::from_usize(n))
}
fn index(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let a = of(o)?;
    let len = a.len() as isize;
    let bound = |i: usize, default: isize| {
        args.get(i).map_or(Ok(default), |o| {
            let n = ops::index_clamped(vm, o)?;
            Ok(if n < 0 { n.saturating_add(len).max(0) } else { n })
        })
    };
    let (start, stop) = (bound(1, 0)?, bound(2, isize::MAX)?);
    position(vm, a, &args[0], start as usize, stop as usize)?
        .map(int::from_usize)
        .ok_or_else(|| error::value_error("array.index(x): x not in array"))
}
fn remove(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    let a = of(o)?;
    let i = position(vm, a, v, 0, usize::MAX)?.ok_or_else(|| error::value_error("array.remove(x): x not in array"))?;
    a.splice(i, i + 1, &[])?;
    none()
}
fn pop(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let a = of(o)?;
    let i = args.first().map_or(Ok(-1), |i| ops::index_isize(vm, i))?;
    if a.len() == 0 {
        return Err(error::index_error("pop from empty array"));
    }
    let out_of_range = || error::index_error("pop index out of range");
    let i = super::locate(i, a.len()).ok_or_else(out_of_range)?;
    let v = a.get(i)?.ok_or_else(out_of_range)?;
    a.splice(i, i + 1, &[])?;
    Ok(v)
}
fn insert(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let a = of(o)?;
    let i = ops::size_isize(vm, &args[0])?;
    let item = a.kind.item(vm, &args[1])?;
    let len = a.len();
    let i = if i < 0 { i.saturating_add(len as isize).max(0) as usize } else { (i as usize).min(len) };
    a.splice(i, i, &item[..a.kind.size])?;
    none()
}
fn frombytes(vm: &Vm, o: &Obj, data: &Obj) -> PyResult {
    let data = buffer::to_vec(vm, data)?;
    of(o)?.append_bytes(&data)?;
    none()
}
fn fromlist(vm: &Vm, o: &Obj, list: &Obj) -> PyResult {
    let a = of(o)?;
    let Some(l) = list.get::<List>() else { return Err(error::type_error("arg must be list")) };
    let before = a.len();
    let len = l.len();
    for i in 0..len {
        let changed = || error::runtime_error("list changed size during iteration");
        let r = l.get(i).ok_or_else(changed).and_then(|v| a.append(vm, &v));
        let r = r.and_then(|()| if l.len() == len { Ok(()) } else { Err(changed()) });
        if let Err(e) = r {
            a.splice(before, a.len(), &[])?;
            return Err(e);
        }
    }
    none()
}
fn fromunicode(_: &Vm, o: &Obj, text: &Obj) -> PyResult {
    let a = of(o)?;
    let Some(s) = text.get::<Str>() else {
        return Err(error::type_error(format!("fromunicode() argument must be str, not {}", text.ty().tp_name())));
    };
    if !a.kind.is_text() {
        return Err(error::value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    a.append_text(s)?;
    none()
}
fn tounicode(_: &Vm, o: &Obj) -> PyResult {
    let a = of(o)?;
    if !a.kind.is_text() {
        return Err(error::value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    a.text()
}
fn fromfile(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let a = of(o)?;
    let n = ops::size_isize(vm, &args[1])?;
    if n < 0 {
        return Err(error::value_error("negative count"));
    }
    let want =
        (n as usize).checked_mul(a.kind.size).filter(|&n| n <= isize::MAX as usize).ok_or_else(error::no_memory)?;
    let data = call_method(vm, &args[0], &names().read, &[int::from_usize(want)])?;
    let Some(b) = data.get::<Bytes>() else { return Err(error::type_error("read() didn't return bytes")) };
    a.append_bytes(b.as_slice())?;
    if b.len() != want {
        return Err(error::eof_error("read() didn't return enough bytes"));
    }
    none()
}
fn tofile(vm: &Vm, o: &Obj, f: &Obj) -> PyResult {
    const BLOCK: usize = 64 * 1024;
    let data = of(o)?.bytes();
    for block in data.chunks(BLOCK) {
        call_method(vm, f, &names().write, &[bytes::new(block)])?;
    }
    if data.is_empty() {
        attr::get(vm, f, &names().write)?;
    }
    none()
}
