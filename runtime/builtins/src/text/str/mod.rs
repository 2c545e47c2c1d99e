//! `str`: the type, its constructor, operators and table of methods.
//!
//! *Invariant*: methods give exact strs, whatever subclass they are called on.
//! *CPython*: unicodeobject.c.

pub mod case;
pub mod find;
pub mod iter;
pub mod pad;
pub mod repr;
pub mod split;
pub mod translate;

use super::{codec, format, percent};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, method, static_method};
use adder_object::str::Chars;
use adder_object::{
    Args, CompareOp, Obj, ObjExt, PyResult, Slice, Str, Type, TypeSpec, Vm, buffer, error, int, ops, singletons, str,
    tuple, types,
};

/// The string of a method's self.
#[inline]
pub fn this(o: &Obj) -> PyResult<&Str> {
    o.this::<Str>()
}

/// The str of an argument; its position is part of the error's text (0: the only one).
pub fn text_arg<'a>(o: &'a Obj, function: &::std::primitive::str, position: usize) -> PyResult<&'a Str> {
    if let Some(s) = o.get::<Str>() {
        return Ok(s);
    }
    let t = o.ty().tp_name();
    Err(error::type_error(match position {
        0 => format!("{function}() argument must be str, not {t}"),
        n => format!("{function}() argument {n} must be str, not {t}"),
    }))
}

/// The part [start, end).
#[inline]
pub fn sub(s: &Str, start: usize, end: usize) -> Obj {
    if s.is_ascii() {
        debug_assert!(start <= end && end <= s.len());
        return str::from_ascii(&s.raw_bytes()[start..end]).into_obj();
    }
    str::from_chars(s.chars().slice(start, end)).into_obj()
}

/// MemoryError for sizes that no machine has.
pub fn check_size(n: usize) -> PyResult<()> {
    if n > 1 << 40 { Err(error::no_memory()) } else { Ok(()) }
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    static SIG: MethodDef =
        method("str(object='', encoding='utf-8', errors='strict')", Native::Raw(|_, o, _| Ok(o.clone())), "");
    if let ([o], true) = (args.positional(), ty.is(&types::STR) && !args.has_keywords()) {
        return ops::str(vm, o);
    }
    if args.len() > 3 {
        args.skip(0).arity("str", 0, 3)?;
    }
    let given = args.len() + args.keywords().count();
    if given > 3 {
        return Err(error::type_error(format!("str() takes at most 3 arguments ({given} given)")));
    }
    for (name, _) in args.keywords() {
        let given = ops::text(name);
        if let Some(i) = ["object", "encoding", "errors"].iter().position(|n| *n == given).filter(|&i| i < args.len()) {
            let text = format!("argument for str() given by name ('{given}') and position ({})", i + 1);
            return Err(error::type_error(text));
        }
    }
    let text = match (args.len(), args.has_keywords()) {
        (1, false) => ops::str(vm, &args.positional()[0])?,
        _ => {
            let a = SIG.signature().bind(args)?;
            match (a.opt(0), a.opt(1), a.opt(2)) {
                (None, ..) => str::empty().into_obj(),
                (Some(o), None, None) => ops::str(vm, o)?,
                (Some(o), encoding, errors) => {
                    fn name<'a>(o: Option<&'a Obj>, which: &::std::primitive::str) -> PyResult<Name<'a>> {
                        codec::name_arg(o, "str", which)
                    }
                    decode_object(vm, o, name(encoding, "encoding")?, name(errors, "errors")?)?
                }
            }
        }
    };
    if ty.is(&types::STR) && text.is_exact(&types::STR) {
        return Ok(text);
    }
    if ty.is(&types::STR) {
        // `str(x)` gives what `__str__` gave, an instance of a subclass included.
        return Ok(text);
    }
    Ok(str::with_type(ty, text.this::<Str>()?))
}

type Name<'a> = Option<std::borrow::Cow<'a, ::std::primitive::str>>;
fn decode_object(vm: &Vm, o: &Obj, encoding: Name<'_>, errors: Name<'_>) -> PyResult {
    if o.get::<Str>().is_some() {
        return Err(error::type_error("decoding str is not supported"));
    }
    if !buffer::has_buffer(o) {
        let t = o.ty().tp_name();
        return Err(error::type_error(format!("decoding to str: need a bytes-like object, {t} found")));
    }
    let b = buffer::get(vm, o, buffer::SIMPLE)?;
    codec::decode(vm, b.bytes(), Some(o), encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))
}

fn to_str(_: &Vm, o: &Obj) -> PyResult {
    Ok(find::whole(o))
}

fn richcompare(_: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>()) else { return Ok(singletons::not_implemented()) };
    let r = match op {
        CompareOp::Eq => x.equals(y),
        CompareOp::Ne => !x.equals(y),
        op => op.holds(x.compare(y)),
    };
    Ok(singletons::bool_obj(r))
}

fn concat(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let x = this(a)?;
    let Some(y) = b.get::<Str>() else {
        let t = b.ty().tp_name();
        return Err(error::type_error(format!("can only concatenate str (not \"{t}\") to str")));
    };
    if y.is_empty() && a.is_exact(&types::STR) {
        return Ok(a.clone());
    }
    if x.is_empty() && b.is_exact(&types::STR) {
        return Ok(b.clone());
    }
    Ok(str::concat(x, y).into_obj())
}

fn repeat(_: &Vm, o: &Obj, n: isize) -> PyResult {
    let s = this(o)?;
    let n = usize::try_from(n).unwrap_or(0);
    if n == 0 || s.is_empty() {
        return Ok(str::empty().into_obj());
    }
    if n == 1 {
        return Ok(find::whole(o));
    }
    let Some(size) = s.len().checked_mul(n).filter(|&k| k < 1 << 40) else { return Err(error::no_memory()) };
    Ok(match s.chars() {
        Chars::One([b]) => str::from_latin1(&vec![*b; size]),
        Chars::One(b) => str::from_latin1(&b.repeat(n)),
        Chars::Two(b) => str::from_u16s(&b.repeat(n)),
        Chars::Four(b) => str::from_code_points(&b.repeat(n)),
    }
    .into_obj())
}

/// `s[key]`.
pub fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let s = this(o)?;
    if let Some(i) = key.small_int() {
        return item(s, i as isize);
    }
    if let Some(sl) = key.get::<Slice>() {
        return slice(vm, o, s, sl);
    }
    if int::is_int(key) || key.ty().index().is_some() {
        return item(s, ops::index_isize(vm, key)?);
    }
    Err(error::type_error(format!("string indices must be integers, not '{}'", key.ty().tp_name())))
}

#[inline]
fn item(s: &Str, i: isize) -> PyResult {
    let n = s.len() as isize;
    let i = if i < 0 { i + n } else { i };
    if i < 0 || i >= n {
        return Err(error::index_error("string index out of range"));
    }
    Ok(str::from_char(s.at(i as usize)).into_obj())
}

fn slice(vm: &Vm, o: &Obj, s: &Str, sl: &Slice) -> PyResult {
    let at = sl.indices(vm, s.len())?;
    if at.step == 1 {
        if at.len == s.len() {
            return Ok(find::whole(o));
        }
        return Ok(sub(s, at.start as usize, at.start as usize + at.len));
    }
    Ok(match s.chars() {
        Chars::One(c) => str::from_latin1(&at.iter().map(|i| c[i]).collect::<Vec<_>>()),
        Chars::Two(c) => str::from_u16s(&at.iter().map(|i| c[i]).collect::<Vec<_>>()),
        Chars::Four(c) => str::from_code_points(&at.iter().map(|i| c[i]).collect::<Vec<_>>()),
    }
    .into_obj())
}

fn remainder(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    percent::format_str(vm, a, b)
}

fn getnewargs(_: &Vm, o: &Obj) -> PyResult {
    Ok(tuple::from_array([str::from_chars(this(o)?.chars()).into_obj()]))
}

/// The size that CPython's object would have.
fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    let s = this(o)?;
    let head = if s.is_ascii() { 40 } else { 56 };
    Ok(int::from_usize(head + (s.len() + 1) * s.kind() as usize))
}

fn encode(vm: &Vm, o: &Obj, args: &adder_object::bind::Bound<'_>) -> PyResult {
    let encoding = codec::name_arg(args.opt(0), "encode", "encoding")?;
    let errors = codec::name_arg(args.opt(1), "encode", "errors")?;
    codec::encode(vm, o, encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(new),
        slot::repr(|_, o| repr::repr(this(o)?)),
        slot::str(to_str),
        slot::hash(|_, o| Ok(this(o)?.hash())),
        slot::richcompare(richcompare),
        slot::iter(iter::iter),
        slot::length(|_, o| Ok(this(o)?.len())),
        slot::getitem(getitem),
        slot::contains(find::contains),
        slot::concat(concat),
        slot::repeat(repeat),
        slot::remainder(remainder),
    ],
    methods: METHODS,
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    ..TypeSpec::of(&types::STR)
};

use Native::{Bound, NoArgs, One, Pos};

static METHODS: &[MethodDef] = &[
    method(
        "encode($self, /, encoding='utf-8', errors='strict')",
        Bound(encode),
        "Encode the string using the codec registered for encoding.",
    ),
    method(
        "replace($self, old, new, /, count=-1)",
        Bound(find::replace),
        "Return a copy with all occurrences of substring old replaced by new.",
    ),
    method(
        "split($self, /, sep=None, maxsplit=-1)",
        Bound(split::split),
        "Return a list of the substrings in the string, using sep as the separator string.",
    ),
    method(
        "rsplit($self, /, sep=None, maxsplit=-1)",
        Bound(split::rsplit),
        "Return a list of the substrings in the string, using sep as the separator string.",
    ),
    method("join($self, iterable, /)", One(split::join), "Concatenate any number of strings."),
    method("capitalize($self, /)", NoArgs(case::capitalize), "Return a capitalized version of the string."),
    method(
        "casefold($self, /)",
        NoArgs(case::casefold),
        "Return a version of the string suitable for caseless comparisons.",
    ),
    method("title($self, /)", NoArgs(case::title), "Return a version of the string where each word is titlecased."),
    method(
        "center($self, width, fillchar=' ', /)",
        Pos(1, 2, pad::center),
        "Return a centered string of length width.",
    ),
    method(
        "count($self, sub[, start[, end]], /)",
        Pos(1, 3, find::count),
        "Return the number of non-overlapping occurrences of substring sub in string S[start:end].",
    ),
    method(
        "expandtabs($self, /, tabsize=8)",
        Bound(pad::expandtabs),
        "Return a copy where all tab characters are expanded using spaces.",
    ),
    method(
        "find($self, sub[, start[, end]], /)",
        Pos(1, 3, find::find),
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].",
    ),
    method(
        "partition($self, sep, /)",
        One(split::partition),
        "Partition the string into three parts using the given separator.",
    ),
    method(
        "index($self, sub[, start[, end]], /)",
        Pos(1, 3, find::index),
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].",
    ),
    method(
        "ljust($self, width, fillchar=' ', /)",
        Pos(1, 2, pad::ljust),
        "Return a left-justified string of length width.",
    ),
    method("lower($self, /)", NoArgs(case::lower), "Return a copy of the string converted to lowercase."),
    method(
        "lstrip($self, chars=None, /)",
        Pos(0, 1, pad::lstrip),
        "Return a copy of the string with leading whitespace removed.",
    ),
    method(
        "rfind($self, sub[, start[, end]], /)",
        Pos(1, 3, find::rfind),
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].",
    ),
    method(
        "rindex($self, sub[, start[, end]], /)",
        Pos(1, 3, find::rindex),
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].",
    ),
    method(
        "rjust($self, width, fillchar=' ', /)",
        Pos(1, 2, pad::rjust),
        "Return a right-justified string of length width.",
    ),
    method(
        "rstrip($self, chars=None, /)",
        Pos(0, 1, pad::rstrip),
        "Return a copy of the string with trailing whitespace removed.",
    ),
    method(
        "rpartition($self, sep, /)",
        One(split::rpartition),
        "Partition the string into three parts using the given separator.",
    ),
    method(
        "splitlines($self, /, keepends=False)",
        Bound(split::splitlines),
        "Return a list of the lines in the string, breaking at line boundaries.",
    ),
    method(
        "strip($self, chars=None, /)",
        Pos(0, 1, pad::strip),
        "Return a copy of the string with leading and trailing whitespace removed.",
    ),
    method(
        "swapcase($self, /)",
        NoArgs(case::swapcase),
        "Convert uppercase characters to lowercase and lowercase characters to uppercase.",
    ),
    method(
        "translate($self, table, /)",
        One(translate::translate),
        "Replace each character in the string using the given translation table.",
    ),
    method("upper($self, /)", NoArgs(case::upper), "Return a copy of the string converted to uppercase."),
    method(
        "startswith($self, prefix[, start[, end]], /)",
        Pos(1, 3, find::startswith),
        "Return True if the string starts with the specified prefix, False otherwise.",
    ),
    method(
        "endswith($self, suffix[, start[, end]], /)",
        Pos(1, 3, find::endswith),
        "Return True if the string ends with the specified suffix, False otherwise.",
    ),
    method(
        "removeprefix($self, prefix, /)",
        One(find::removeprefix),
        "Return a str with the given prefix string removed if present.",
    ),
    method(
        "removesuffix($self, suffix, /)",
        One(find::removesuffix),
        "Return a str with the given suffix string removed if present.",
    ),
    method(
        "isascii($self, /)",
        NoArgs(case::isascii),
        "Return True if all characters in the string are ASCII, False otherwise.",
    ),
    method(
        "islower($self, /)",
        NoArgs(case::islower),
        "Return True if the string is a lowercase string, False otherwise.",
    ),
    method(
        "isupper($self, /)",
        NoArgs(case::isupper),
        "Return True if the string is an uppercase string, False otherwise.",
    ),
    method(
        "istitle($self, /)",
        NoArgs(case::istitle),
        "Return True if the string is a title-cased string, False otherwise.",
    ),
    method(
        "isspace($self, /)",
        NoArgs(case::isspace),
        "Return True if the string is a whitespace string, False otherwise.",
    ),
    method(
        "isdecimal($self, /)",
        NoArgs(case::isdecimal),
        "Return True if the string is a decimal string, False otherwise.",
    ),
    method("isdigit($self, /)", NoArgs(case::isdigit), "Return True if the string is a digit string, False otherwise."),
    method(
        "isnumeric($self, /)",
        NoArgs(case::isnumeric),
        "Return True if the string is a numeric string, False otherwise.",
    ),
    method(
        "isalpha($self, /)",
        NoArgs(case::isalpha),
        "Return True if the string is an alphabetic string, False otherwise.",
    ),
    method(
        "isalnum($self, /)",
        NoArgs(case::isalnum),
        "Return True if the string is an alpha-numeric string, False otherwise.",
    ),
    method(
        "isidentifier($self, /)",
        NoArgs(case::isidentifier),
        "Return True if the string is a valid Python identifier, False otherwise.",
    ),
    method(
        "isprintable($self, /)",
        NoArgs(case::isprintable),
        "Return True if all characters in the string are printable, False otherwise.",
    ),
    method(
        "zfill($self, width, /)",
        One(pad::zfill),
        "Pad a numeric string with zeros on the left, to fill a field of the given width.",
    ),
    method(
        "format($self, /, *args, **kwargs)",
        Native::Raw(format::str_format),
        "Return a formatted version of the string, using substitutions from args and kwargs.",
    ),
    method(
        "format_map($self, mapping, /)",
        One(format::str_format_map),
        "Return a formatted version of the string, using substitutions from mapping.",
    ),
    static_method(
        "maketrans",
        Pos(1, 3, translate::maketrans),
        "Return a translation table usable for str.translate().",
    ),
    method(
        "__format__($self, format_spec, /)",
        One(format::str_dunder_format),
        "Return a formatted version of the string as described by format_spec.",
    ),
    method("__getnewargs__($self, /)", NoArgs(getnewargs), ""),
    method("__sizeof__($self, /)", NoArgs(sizeof), "Return the size of the string in memory, in bytes."),
];
