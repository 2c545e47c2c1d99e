//! The `builtins` module: its functions, and the built-in types as its attributes.
//!
//! Not here: functions that need the interpreter (`exec`, `__import__`, ...), which adds them. CPython: Python/bltinmodule.c.

mod attributes;
mod iteration;
mod numbers;
mod order;
mod output;
mod sum;

use super::exceptions::group;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{Module, PyResult, Ref, Vm, exceptions as exc, module, singletons, types};

/// Makes the module with all functions, types and exceptions.
pub fn builtins_module(vm: &Vm) -> PyResult {
    module::from_spec(vm, &MODULE)
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need access to\nthe built-in object.",
    functions: FUNCTIONS,
    init: Some(init),
    ..ModuleSpec::new("builtins")
};

/// Names of the types that are attributes of the module.
const TYPES: &[&str] = &[
    "bool",
    "memoryview",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "property",
    "int",
    "list",
    "map",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "zip",
];

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    for (name, value) in [
        ("None", singletons::none()),
        ("Ellipsis", singletons::ellipsis()),
        ("NotImplemented", singletons::not_implemented()),
        ("False", singletons::false_obj()),
        ("True", singletons::true_obj()),
        ("object", types::OBJECT.obj()),
        ("type", types::TYPE.obj()),
    ] {
        d.set_str(name, value);
    }
    let specs = [super::SPECS, crate::numbers::SPECS, crate::text::SPECS, crate::containers::SPECS];
    for spec in specs.into_iter().flatten() {
        if let Some(name) = spec.ty.static_name()
            && TYPES.contains(&name)
        {
            d.set_str(name, spec.ty.obj());
        }
    }
    for &(ty, ..) in exc::TABLE {
        d.set_str(&ty.name(), ty.obj());
    }
    d.set_str("EnvironmentError", exc::OS_ERROR.obj());
    d.set_str("IOError", exc::OS_ERROR.obj());
    d.set_str("ExceptionGroup", group::exception_group(vm)?);
    Ok(())
}

static FUNCTIONS: &[MethodDef] = &[
    method("abs($module, x, /)", Native::One(numbers::abs), "Return the absolute value of the argument."),
    method(
        "all($module, iterable, /)",
        Native::One(iteration::all),
        "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True.",
    ),
    method(
        "any($module, iterable, /)",
        Native::One(iteration::any),
        "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False.",
    ),
    method(
        "ascii($module, obj, /)",
        Native::One(|vm, _, o| adder_object::ops::ascii(vm, o)),
        "Return an ASCII-only representation of an object.\n\nAs repr(), return a string containing a printable representation of an\nobject, but escape the non-ASCII characters in the string returned by\nrepr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\nto that returned by repr() in Python 2.",
    ),
    method(
        "bin($module, number, /)",
        Native::One(|vm, _, o| numbers::in_radix(vm, o, 2, "0b")),
        "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'",
    ),
    method(
        "breakpoint($module, /, *args, **kws)",
        Native::Raw(output::breakpoint),
        "Call sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\nwhatever arguments are passed.\n\nBy default, this drops you into the pdb debugger.",
    ),
    method(
        "callable($module, obj, /)",
        Native::One(|_, _, o| Ok(singletons::bool_obj(adder_object::call::is_callable(o)))),
        "Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method.",
    ),
    method(
        "chr($module, i, /)",
        Native::One(numbers::chr),
        "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.",
    ),
    method(
        "delattr($module, obj, name, /)",
        Native::Pos(2, 2, attributes::delattr),
        "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``",
    ),
    method(
        "dir",
        Native::Pos(0, 1, attributes::dir),
        "dir([object]) -> list of strings\n\nIf called without an argument, return the names in the current scope.\nElse, return an alphabetized list of names comprising (some of) the\nattributes of the given object, and of attributes reachable from it.\nIf the object supplies a method named __dir__, it will be used;\notherwise the default dir() logic is used and returns:\n  for a module object: the module's attributes.\n  for a class object:  its attributes, and recursively the attributes\n    of its bases.\n  for any other object: its attributes, its class's attributes, and\n    recursively the attributes of its class's base classes.",
    ),
    method(
        "divmod($module, x, y, /)",
        Native::Pos(2, 2, numbers::divmod),
        "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.",
    ),
    method(
        "format($module, value, format_spec='', /)",
        Native::Pos(1, 2, output::format),
        "Return type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to the\nFormat Specification Mini-language. See help('FORMATTING').\n\nIf type(value) does not supply a method named __format__\nand format_spec is empty, then str(value) is returned.\nSee also help('SPECIALMETHODS').",
    ),
    method(
        "getattr",
        Native::Pos(2, 3, attributes::getattr),
        "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object.\n\ngetattr(x, 'y') is equivalent to x.y.\nWhen a default argument is given, it is returned when the attribute\ndoesn't exist; without it, an exception is raised in that case.",
    ),
    method(
        "hasattr($module, obj, name, /)",
        Native::Pos(2, 2, attributes::hasattr),
        "Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError.",
    ),
    method(
        "hash($module, obj, /)",
        Native::One(|vm, _, o| Ok(adder_object::int::from_i64(adder_object::ops::hash(vm, o)?))),
        "Return the integer hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but\nthe reverse is not necessarily true.  Hash values may differ between\nPython processes.  Not all objects are hashable; calling hash() on an\nunhashable object raises TypeError.",
    ),
    method(
        "hex($module, number, /)",
        Native::One(|vm, _, o| numbers::in_radix(vm, o, 16, "0x")),
        "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'",
    ),
    method(
        "id($module, obj, /)",
        Native::One(|_, _, o| Ok(adder_object::int::from_u64(o.bits()))),
        "Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously existing objects.\n(CPython uses the object's memory address.)",
    ),
    method(
        "input($module, prompt='', /)",
        Native::Pos(0, 1, output::input),
        "Read a string from standard input.  The trailing newline is stripped.\n\nThe prompt string, if given, is printed to standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise\nEOFError.\nOn *nix systems, readline is used if available.",
    ),
    method(
        "isinstance($module, obj, class_or_tuple, /)",
        Native::Pos(2, 2, |vm, _, a| Ok(singletons::bool_obj(adder_object::ops::isinstance(vm, &a[0], &a[1])?))),
        "Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the\ntarget to check against.  This is equivalent to ``isinstance(x, A) or\nisinstance(x, B) or ...`` etc.",
    ),
    method(
        "issubclass($module, cls, class_or_tuple, /)",
        Native::Pos(2, 2, |vm, _, a| Ok(singletons::bool_obj(adder_object::ops::issubclass(vm, &a[0], &a[1])?))),
        "Return whether 'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the\ntarget to check against.  This is equivalent to ``issubclass(x, A) or\nissubclass(x, B) or ...``.",
    ),
    method(
        "iter",
        Native::Pos(1, 2, iteration::iter),
        "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nGet an iterator from an object.  In the first form, the argument must\nsupply its own iterator, or be a sequence.\nIn the second form, the callable is called until it returns the\nsentinel.",
    ),
    method(
        "aiter($module, async_iterable, /)",
        Native::One(iteration::aiter),
        "Return an AsyncIterator for an AsyncIterable object.",
    ),
    method(
        "len($module, obj, /)",
        Native::One(|vm, _, o| Ok(adder_object::int::from_usize(adder_object::ops::len(vm, o)?))),
        "Return the number of items in a container.",
    ),
    method(
        "max",
        Native::Raw(|vm, _, args| order::extreme(vm, args, true)),
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest argument.",
    ),
    method(
        "min",
        Native::Raw(|vm, _, args| order::extreme(vm, args, false)),
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest argument.",
    ),
    method(
        "next",
        Native::Pos(1, 2, iteration::next),
        "next(iterator[, default])\n\nReturn the next item from the iterator.  If default is given and the\niterator is exhausted, it is returned instead of raising StopIteration.",
    ),
    method(
        "anext($module, aiterator, default=<unrepresentable>, /)",
        Native::Pos(1, 2, iteration::anext),
        "Return the next item from the async iterator.\n\nIf default is given and the async iterator is exhausted,\nit is returned instead of raising StopAsyncIteration.",
    ),
    method(
        "oct($module, number, /)",
        Native::One(|vm, _, o| numbers::in_radix(vm, o, 8, "0o")),
        "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'",
    ),
    method(
        "ord($module, character, /)",
        Native::One(numbers::ord),
        "Return the ordinal value of a character.\n\nIf the argument is a one-character string, return the Unicode code\npoint of that character.\n\nIf the argument is a bytes or bytearray object of length 1, return its\nsingle byte value.",
    ),
    method(
        "pow($module, /, base, exp, mod=None)",
        Native::Bound(numbers::pow),
        "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments\n\nSome types, such as ints, are able to use a more efficient algorithm\nwhen invoked using the three argument form.",
    ),
    method(
        "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
        Native::Raw(output::print),
        "Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string appended after the last value, default a newline.\n  file\n    a file-like object (stream); defaults to the current sys.stdout.\n  flush\n    whether to forcibly flush the stream.",
    ),
    method(
        "repr($module, obj, /)",
        Native::One(|vm, _, o| adder_object::ops::repr(vm, o)),
        "Return the canonical string representation of the object.\n\nFor many object types, including most builtins, eval(repr(obj)) == obj.",
    ),
    method(
        "round($module, /, number, ndigits=None)",
        Native::Bound(numbers::round),
        "Round a number to a given precision in decimal digits.\n\nThe return value is an integer if ndigits is omitted or None.\nOtherwise the return value has the same type as the number.  ndigits\nmay be negative.",
    ),
    method(
        "setattr($module, obj, name, value, /)",
        Native::Pos(3, 3, attributes::setattr),
        "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``",
    ),
    method(
        "sorted($module, iterable, /, *, key=None, reverse=False)",
        Native::Raw(order::sorted),
        "Return a new list containing all items from the iterable in ascending order.\n\nA custom key function can be supplied to customize the sort order, and the\nreverse flag can be set to request the result in descending order.",
    ),
    method(
        "sum($module, iterable, /, start=0)",
        Native::Bound(sum::sum),
        "Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\nWhen the iterable is empty, return the start value.\nThis function is intended specifically for use with numeric values and\nmay reject non-numeric types.",
    ),
    method(
        "vars",
        Native::Pos(0, 1, attributes::vars),
        "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to object.__dict__.",
    ),
];
