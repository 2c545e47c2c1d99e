//! `bytearray`: the type, its operators and what it does beyond bytes.
//!
//! *Invariant*: whatever changes the size asks `check_resizable` first, after all arguments were evaluated.
//! *CPython*: bytearrayobject.c.

use super::bytes::data::{Like, byte_value, data, is_bytearray, like};
use super::bytes::{self as b, hex, iter, methods, new, repr};
use super::{percent, str as text};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, class_method, method, static_method};
use adder_object::{
    Args, ByteArray, Obj, ObjExt, PyResult, Ref, Slice, Str, Type, TypeSpec, Vm, buffer, bytes, call, error, int, ops,
    singletons, slice, str, tuple, types,
};

fn make_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Ok(Ref::with_type(ty, ByteArray::from_vec(vec![])).into_obj())
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = o.this::<ByteArray>()?;
    if !this.data.borrow().is_empty() {
        this.check_resizable()?;
        this.data.borrow_mut().clear();
    }
    if args.is_empty() {
        return Ok(());
    }
    if let [o] = args.all()
        && !args.has_keywords()
        && is_plain_iterable(o)
    {
        // Items arrive one by one, and code that makes them sees those before.
        let filled = ops::for_each(vm, o, |x| {
            let byte = byte_value(vm, &x, "byte")?;
            this.check_resizable()?;
            this.data.borrow_mut().push(byte);
            Ok(())
        });
        if filled.is_err() && this.exports.get() == 0 {
            this.data.borrow_mut().clear();
        }
        return filled;
    }
    let fresh = match new::source(vm, args, "bytearray")? {
        new::Source::Same(b) => data(&b)?.to_vec(),
        new::Source::Data(d) => d,
    };
    this.check_resizable()?;
    *this.data.borrow_mut() = fresh;
    Ok(())
}

/// An iterable that is neither text, a number nor bytes-like.
fn is_plain_iterable(o: &Obj) -> bool {
    let special = o.get::<Str>().is_some() || int::is_int(o) || o.ty().index().is_some() || buffer::has_buffer(o);
    !special && o.ty().iter().is_some()
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    if let Some(s) = key.get::<Slice>() {
        return b::slice(vm, o, s);
    }
    b::item(o, index_arg(vm, key)?, "bytearray ")
}

fn index_arg(vm: &Vm, key: &Obj) -> PyResult<isize> {
    if let Some(i) = key.small_int() {
        return Ok(i as isize);
    }
    if int::is_int(key) || key.ty().index().is_some() {
        return ops::index_isize(vm, key);
    }
    Err(error::type_error(format!("bytearray indices must be integers or slices, not {}", key.ty().tp_name())))
}

fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let this = o.this::<ByteArray>()?;
    if let Some(s) = key.get::<Slice>() {
        return set_slice(vm, o, this, s, value);
    }
    let i = index_arg(vm, key)?;
    let find = |len: usize| {
        let i = if i < 0 { i + len as isize } else { i };
        usize::try_from(i).ok().filter(|&i| i < len).ok_or_else(|| error::index_error("bytearray index out of range"))
    };
    let Some(v) = value else {
        let at = find(this.data.borrow().len())?;
        this.check_resizable()?;
        this.data.borrow_mut().remove(at);
        return Ok(());
    };
    find(this.data.borrow().len())?;
    let byte = byte_value(vm, v, "byte")?;
    let mut d = this.data.borrow_mut();
    let at = find(d.len())?;
    d[at] = byte;
    Ok(())
}

fn set_slice(vm: &Vm, o: &Obj, this: &ByteArray, s: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let fresh = match value {
        None => vec![],
        Some(v) if v.is(o) => this.data.borrow().clone(),
        Some(v) if buffer::has_buffer(v) => like(vm, v)?.to_vec(),
        Some(v) => {
            let wrong = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
            if int::is_int(v) || v.get::<Str>().is_some() {
                return Err(error::type_error(wrong));
            }
            if v.ty().iter().is_none() && v.ty().getitem().is_none() {
                return Err(error::type_error(wrong));
            }
            new::from_iterable(vm, v, "byte")?
        }
    };
    let (start, stop, step) = s.unpack(vm)?;
    let at = slice::adjust(start, stop, step, this.data.borrow().len());
    if at.step == 1 {
        let (from, to) = (at.start as usize, at.start.max(at.stop) as usize);
        if fresh.len() != to - from {
            this.check_resizable()?;
            this.data.borrow_mut().splice(from..to, fresh);
        } else {
            this.data.borrow_mut()[from..to].copy_from_slice(&fresh);
        }
        return Ok(());
    }
    if fresh.is_empty() {
        if at.len == 0 {
            return Ok(());
        }
        this.check_resizable()?;
        let mut gone = vec![false; this.data.borrow().len()];
        at.iter().for_each(|i| gone[i] = true);
        let mut i = 0;
        this.data.borrow_mut().retain(|_| {
            i += 1;
            !gone[i - 1]
        });
        return Ok(());
    }
    if fresh.len() != at.len {
        let text = format!("attempt to assign bytes of size {} to extended slice of size {}", fresh.len(), at.len);
        return Err(error::value_error(text));
    }
    let mut d = this.data.borrow_mut();
    at.iter().zip(fresh).for_each(|(i, v)| d[i] = v);
    Ok(())
}

/// Adds bytes behind the others.
fn append_all(o: &Obj, more: &[u8]) -> PyResult<()> {
    let this = o.this::<ByteArray>()?;
    if more.is_empty() {
        return Ok(());
    }
    this.check_resizable()?;
    this.data.borrow_mut().extend_from_slice(more);
    Ok(())
}

fn inplace_concat(vm: &Vm, o: &Obj, other: &Obj) -> PyResult {
    if !buffer::has_buffer(other) {
        return Err(error::type_error(format!("can't concat {} to {}", other.ty().tp_name(), o.ty().tp_name())));
    }
    let more = if other.is(o) { Like::Owned(data(o)?.to_vec()) } else { like(vm, other)? };
    append_all(o, &more)?;
    Ok(o.clone())
}
fn inplace_repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let this = o.this::<ByteArray>()?;
    let n = usize::try_from(n).unwrap_or(0);
    let len = this.data.borrow().len();
    if len.checked_mul(n).is_none_or(|k| k > 1 << 40) {
        return Err(error::no_memory());
    }
    if n != 1 && len > 0 {
        this.check_resizable()?;
        let fresh = this.data.borrow().repeat(n);
        *this.data.borrow_mut() = fresh;
    }
    Ok(o.clone())
}
fn remainder(vm: &Vm, a: &Obj, args: &Obj) -> PyResult {
    if !is_bytearray(a) {
        return Ok(singletons::not_implemented());
    }
    let _held = b::data::hold(vm, a)?;
    let f = data(a)?.to_vec();
    Ok(ByteArray::new(percent::format_bytes(vm, &f, args)?).into_obj())
}

fn append(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    let byte = byte_value(vm, v, "byte")?;
    append_all(o, &[byte])?;
    Ok(singletons::none())
}
fn extend(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    if v.is(o) {
        let copy = data(o)?.to_vec();
        append_all(o, &copy)?;
    } else if buffer::has_buffer(v) {
        let end = data(o)?.len();
        let more = like(vm, v)?;
        let this = o.this::<ByteArray>()?;
        if !more.is_empty() {
            this.check_resizable()?;
            let mut d = this.data.borrow_mut();
            // Getting the buffer may have run code that changed the size.
            let at = end.min(d.len());
            d.splice(at..at, more.iter().copied());
        }
    } else {
        if v.get::<Str>().is_some() {
            let text = format!("expected iterable of integers; got: '{}'", v.ty().tp_name());
            return Err(error::type_error(text));
        }
        if v.ty().iter().is_none() && v.ty().getitem().is_none() {
            return Err(error::type_error(format!("can't extend bytearray with {}", v.ty().tp_name())));
        }
        let more = new::from_iterable(vm, v, "byte")?;
        append_all(o, &more)?;
    }
    Ok(singletons::none())
}
fn insert(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let this = o.this::<ByteArray>()?;
    let i = ops::size_isize(vm, &args[0])?;
    let byte = byte_value(vm, &args[1], "byte")?;
    this.check_resizable()?;
    let mut d = this.data.borrow_mut();
    let n = d.len() as isize;
    let at = if i < 0 { (i + n).max(0) } else { i.min(n) };
    d.insert(at as usize, byte);
    Ok(singletons::none())
}
fn pop(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let this = o.this::<ByteArray>()?;
    let i = match args.first() {
        Some(i) => ops::size_isize(vm, i)?,
        None => -1,
    };
    let n = this.data.borrow().len();
    if n == 0 {
        return Err(error::index_error("pop from empty bytearray"));
    }
    let at = if i < 0 { i + n as isize } else { i };
    let Some(at) = usize::try_from(at).ok().filter(|&i| i < n) else {
        return Err(error::index_error("pop index out of range"));
    };
    this.check_resizable()?;
    let byte = this.data.borrow_mut().remove(at);
    Ok(int::from_i64(i64::from(byte)))
}
fn remove(vm: &Vm, o: &Obj, v: &Obj) -> PyResult {
    let this = o.this::<ByteArray>()?;
    let byte = byte_value(vm, v, "byte")?;
    let at = memchr::memchr(byte, &this.data.borrow());
    let Some(at) = at else { return Err(error::value_error("value not found in bytearray")) };
    this.check_resizable()?;
    this.data.borrow_mut().remove(at);
    Ok(singletons::none())
}
fn resize(vm: &Vm, o: &Obj, size: &Obj) -> PyResult {
    let this = o.this::<ByteArray>()?;
    let n = ops::size_isize(vm, size)?;
    let Ok(size) = usize::try_from(n) else {
        return Err(error::value_error(format!("Can only resize to positive sizes, got {n}")));
    };
    text::check_size(size)?;
    if size != this.data.borrow().len() {
        this.check_resizable()?;
        this.data.borrow_mut().resize(size, 0);
    }
    Ok(singletons::none())
}
fn clear(_: &Vm, o: &Obj) -> PyResult {
    let this = o.this::<ByteArray>()?;
    this.check_resizable()?;
    *this.data.borrow_mut() = vec![];
    Ok(singletons::none())
}
fn copy(_: &Vm, o: &Obj) -> PyResult {
    Ok(ByteArray::new(data(o)?.to_vec()).into_obj())
}
fn reverse(_: &Vm, o: &Obj) -> PyResult {
    o.this::<ByteArray>()?.data.borrow_mut().reverse();
    Ok(singletons::none())
}

/// The room that CPython's object would have.
fn room(o: &Obj) -> PyResult<usize> {
    let d = o.this::<ByteArray>()?.data.borrow();
    Ok(if d.capacity() == 0 { 0 } else { d.capacity().max(d.len() + 1) })
}
fn alloc(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(room(o)?))
}
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_usize(56 + room(o)?))
}
fn reduce_with(vm: &Vm, o: &Obj, protocol: i32) -> PyResult {
    let state = call::call_method_str(vm, o, "__getstate__", &[])?;
    let d = data(o)?;
    let args = if protocol < 3 {
        let encoding = str::intern_str("latin-1").into_obj();
        if d.is_empty() { tuple::new(vec![]) } else { tuple::from_array([str::from_latin1(&d).into_obj(), encoding]) }
    } else if d.is_empty() {
        tuple::new(vec![])
    } else {
        tuple::from_array([bytes::new(&d)])
    };
    Ok(tuple::from_array([o.ty().to_obj(), args, state]))
}
fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    reduce_with(vm, o, 2)
}
fn reduce_ex(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let protocol = match args.first() {
        Some(p) => ops::to_i32(vm, p)?,
        None => 0,
    };
    reduce_with(vm, o, protocol)
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(make_new),
        slot::init(init),
        slot::repr(repr::bytearray_repr),
        slot::str(|vm, o| repr::str_of(vm, o, "bytearray")),
        slot::richcompare(b::richcompare),
        slot::iter(iter::bytearray_iter),
        slot::length(|_, o| Ok(data(o)?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
        slot::contains(methods::contains),
        slot::concat(b::concat),
        slot::repeat(b::repeat),
        slot::inplace_concat(inplace_concat),
        slot::inplace_repeat(inplace_repeat),
        slot::remainder(remainder),
        slot::buffer(buffer::of_bytearray),
    ],
    methods: METHODS,
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer",
    ..TypeSpec::of(&types::BYTEARRAY)
};

use Native::{Bound, NoArgs, One, Pos};

static METHODS: &[MethodDef] = &[
    method("__alloc__($self, /)", NoArgs(alloc), "B.__alloc__() -> int"),
    method("__reduce__($self, /)", NoArgs(reduce), "Return state information for pickling."),
    method("__reduce_ex__($self, proto=0, /)", Pos(0, 1, reduce_ex), "Return state information for pickling."),
    method("__sizeof__($self, /)", NoArgs(sizeof), "Returns the size of the bytearray object in memory, in bytes."),
    method("append($self, item, /)", One(append), "Append a single item to the end of the bytearray."),
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
    method("clear($self, /)", NoArgs(clear), "Remove all items from the bytearray."),
    method("copy($self, /)", NoArgs(copy), "Return a copy of B."),
    method(
        "count($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::count),
        "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].",
    ),
    method(
        "decode($self, /, encoding='utf-8', errors='strict')",
        Bound(methods::decode),
        "Decode the bytearray using the codec registered for encoding.",
    ),
    method(
        "endswith($self, suffix[, start[, end]], /)",
        Pos(1, 3, methods::endswith),
        "Return True if the bytearray ends with the specified suffix, False otherwise.",
    ),
    method(
        "expandtabs($self, /, tabsize=8)",
        Bound(methods::expandtabs),
        "Return a copy where all tab characters are expanded using spaces.",
    ),
    method(
        "extend($self, iterable_of_ints, /)",
        One(extend),
        "Append all the items from the iterator or sequence to the end of the bytearray.",
    ),
    method(
        "find($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::find),
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].",
    ),
    class_method(
        "fromhex($type, string, /)",
        One(hex::fromhex),
        "Create a bytearray object from a string of hexadecimal numbers.",
    ),
    method(
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        Bound(hex::hex),
        "Create a string of hexadecimal numbers from a bytearray object.\n\n  sep\n    What to put between groups of bytes: one character.\n  bytes_per_sep\n    Bytes in a group, counted from the end; negative: from the start.\n\n>>> data = bytearray(b'\\x0a\\xff')\n>>> data.hex()\n'0aff'\n>>> data.hex('-')\n'0a-ff'",
    ),
    method(
        "index($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::index),
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].",
    ),
    method(
        "insert($self, index, item, /)",
        Pos(2, 2, insert),
        "Insert a single item into the bytearray before the given index.",
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
    method(
        "join($self, iterable_of_bytes, /)",
        One(methods::join),
        "Concatenate any number of bytes/bytearray objects.",
    ),
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
        "Partition the bytearray into three parts using the given separator.",
    ),
    method("pop($self, index=-1, /)", Pos(0, 1, pop), "Remove and return a single item from B."),
    method("remove($self, value, /)", One(remove), "Remove the first occurrence of a value in the bytearray."),
    method(
        "removeprefix($self, prefix, /)",
        One(methods::removeprefix),
        "Return a bytearray with the given prefix string removed if present.",
    ),
    method(
        "removesuffix($self, suffix, /)",
        One(methods::removesuffix),
        "Return a bytearray with the given suffix string removed if present.",
    ),
    method(
        "replace($self, old, new, count=-1, /)",
        Pos(2, 3, methods::replace),
        "Return a copy with all occurrences of substring old replaced by new.",
    ),
    method("resize($self, size, /)", One(resize), "Resize the internal buffer of bytearray to len."),
    method("reverse($self, /)", NoArgs(reverse), "Reverse the order of the values in B in place."),
    method(
        "rfind($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::rfind),
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].",
    ),
    method(
        "rindex($self, sub[, start[, end]], /)",
        Pos(1, 3, methods::rindex),
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].",
    ),
    method(
        "rjust($self, width, fillchar=b' ', /)",
        Pos(1, 2, methods::rjust),
        "Return a right-justified string of length width.",
    ),
    method(
        "rpartition($self, sep, /)",
        One(methods::rpartition),
        "Partition the bytearray into three parts using the given separator.",
    ),
    method(
        "rsplit($self, /, sep=None, maxsplit=-1)",
        Bound(methods::rsplit),
        "Return a list of the sections in the bytearray, using sep as the delimiter.",
    ),
    method(
        "rstrip($self, bytes=None, /)",
        Pos(0, 1, methods::rstrip),
        "Strip trailing bytes contained in the argument.",
    ),
    method(
        "split($self, /, sep=None, maxsplit=-1)",
        Bound(methods::split),
        "Return a list of the sections in the bytearray, using sep as the delimiter.",
    ),
    method(
        "splitlines($self, /, keepends=False)",
        Bound(methods::splitlines),
        "Return a list of the lines in the bytearray, breaking at line boundaries.",
    ),
    method(
        "startswith($self, prefix[, start[, end]], /)",
        Pos(1, 3, methods::startswith),
        "Return True if the bytearray starts with the specified prefix, False otherwise.",
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
];
