//! Calls: [`Args`], the vectorcall-like argument slice, and the call protocol.
//!
//! CPython: Objects/call.c.

use crate::attr;
use crate::dict::Dict;
use crate::names::names;
use crate::{Obj, ObjExt, PyResult, Str, Vm, error, tuple};

/// Arguments of a call, borrowed from the caller: positional ones, then the values of `names` in order.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    npos: usize,
    names: &'a [Obj],
}

impl<'a> Args<'a> {
    pub const EMPTY: Args<'static> = Args { all: &[], npos: 0, names: &[] };
    #[inline(always)]
    pub fn pos(all: &'a [Obj]) -> Args<'a> {
        Args { all, npos: all.len(), names: &[] }
    }
    /// `all` ends with one value for each of `names` (exact strs).
    #[inline(always)]
    pub fn with_names(all: &'a [Obj], names: &'a [Obj]) -> Args<'a> {
        Args { all, npos: all.len().saturating_sub(names.len()), names }
    }
    #[inline(always)]
    pub fn positional(&self) -> &'a [Obj] {
        &self.all[..self.npos]
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.npos
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    #[inline(always)]
    pub fn names(&self) -> &'a [Obj] {
        self.names
    }
    #[inline(always)]
    pub fn all(&self) -> &'a [Obj] {
        self.all
    }
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Obj, &'a Obj)> + use<'a> {
        self.names.iter().zip(&self.all[self.npos..])
    }
    #[inline(always)]
    pub fn has_keywords(&self) -> bool {
        !self.names.is_empty()
    }
    pub fn keyword(&self, name: &str) -> Option<&'a Obj> {
        self.keywords().find(|(k, _)| k.get::<Str>().is_some_and(|s| s.eq_str(name))).map(|(_, v)| v)
    }
    /// Without the first positional argument.
    #[inline]
    pub fn skip(&self, n: usize) -> Args<'a> {
        Args { all: &self.all[n..], npos: self.npos - n, names: self.names }
    }
    /// TypeError unless there are no keyword arguments.
    pub fn no_keywords(&self, function: &str) -> PyResult<()> {
        if self.names.is_empty() {
            Ok(())
        } else {
            Err(error::type_error(format!("{function}() takes no keyword arguments")))
        }
    }
    /// Positional count within [min, max], else CPython's text for C functions.
    pub fn arity(&self, function: &str, min: usize, max: usize) -> PyResult<()> {
        self.no_keywords(function)?;
        crate::bind::check_positional(function, self.npos, min, max)
    }
    pub fn to_tuple(&self) -> Obj {
        tuple::from_slice(self.positional())
    }
    /// The keyword arguments as a fresh dict.
    pub fn to_dict(&self) -> crate::Ref<Dict> {
        let d = Dict::new();
        self.keywords().for_each(|(k, v)| d.set_name(k, v.clone()));
        d
    }
}

/// Owned arguments, for building a call.
#[derive(Default)]
pub struct ArgsBuf {
    pub all: Vec<Obj>,
    pub names: Vec<Obj>,
}
impl ArgsBuf {
    pub fn new(pos: Vec<Obj>) -> ArgsBuf {
        ArgsBuf { all: pos, names: vec![] }
    }
    pub fn from_args(a: Args<'_>) -> ArgsBuf {
        ArgsBuf { all: a.all.to_vec(), names: a.names.to_vec() }
    }
    /// With `first` before the positional arguments.
    pub fn prepend(first: &Obj, a: Args<'_>) -> ArgsBuf {
        let mut all = Vec::with_capacity(a.all.len() + 1);
        all.push(first.clone());
        all.extend_from_slice(a.all);
        ArgsBuf { all, names: a.names.to_vec() }
    }
    pub fn push_keyword(&mut self, name: Obj, value: Obj) {
        self.all.push(value);
        self.names.push(name);
    }
    /// Adds every item of a dict as keyword; its keys must be strs.
    pub fn push_dict(&mut self, d: &Dict) -> PyResult<()> {
        for (k, v) in d.items_vec() {
            if k.get::<Str>().is_none() {
                return Err(error::type_error("keywords must be strings"));
            }
            self.push_keyword(k, v);
        }
        Ok(())
    }
    pub fn args(&self) -> Args<'_> {
        Args::with_names(&self.all, &self.names)
    }
}

/// Runs `f` with `first` before the positional arguments. Nothing is counted: the words stay the caller's (RC-6).
#[inline]
pub fn prepended<R>(first: &Obj, args: Args<'_>, f: impl FnOnce(Args<'_>) -> R) -> R {
    const FEW: usize = 8;
    let n = args.all.len() + 1;
    let (mut few, mut many) = ([0u64; FEW], Vec::new());
    let words: &mut [u64] = if n <= FEW {
        &mut few[..n]
    } else {
        many.resize(n, 0u64);
        &mut many
    };
    words[0] = first.bits();
    for (w, o) in words[1..].iter_mut().zip(args.all) {
        *w = o.bits();
    }
    // SAFETY: VAL-1: value words, each of which is alive as long as the caller's arguments are; the view drops nothing.
    let all = unsafe { std::slice::from_raw_parts(words.as_ptr() as *const Obj, n) };
    f(Args { all, npos: args.npos + 1, names: args.names })
}

/// `callable(*args, **kwargs)`.
#[inline]
pub fn call(vm: &Vm, callable: &Obj, args: Args<'_>) -> PyResult {
    match callable.ty().call() {
        Some(f) => f(vm, callable, args),
        None => Err(not_callable(callable)),
    }
}

#[cold]
pub fn not_callable(callable: &Obj) -> crate::PyErr {
    error::type_error(format!("'{}' object is not callable", callable.ty().tp_name()))
}

#[inline]
pub fn call0(vm: &Vm, callable: &Obj) -> PyResult {
    call(vm, callable, Args::EMPTY)
}
#[inline]
pub fn call1(vm: &Vm, callable: &Obj, arg: &Obj) -> PyResult {
    call(vm, callable, Args::pos(std::slice::from_ref(arg)))
}
/// `callable(a, b)`; nothing is counted (RC-6).
#[inline]
pub fn call2(vm: &Vm, callable: &Obj, a: &Obj, b: &Obj) -> PyResult {
    let words = [a.bits(), b.bits()];
    // SAFETY: VAL-1: value words, which the caller's references keep alive; the view drops nothing.
    let args = unsafe { std::slice::from_raw_parts(words.as_ptr() as *const Obj, words.len()) };
    call(vm, callable, Args::pos(args))
}
#[inline]
pub fn call_pos(vm: &Vm, callable: &Obj, args: &[Obj]) -> PyResult {
    call(vm, callable, Args::pos(args))
}

/// `obj.name(*args)`; AttributeError when missing. No bound method is made for plain functions.
pub fn call_method(vm: &Vm, obj: &Obj, name: &Obj, args: &[Obj]) -> PyResult {
    match attr::get_method(vm, obj, name)? {
        attr::Method::Unbound(f) => match args {
            [] => call1(vm, &f, obj),
            [arg] => call2(vm, &f, obj, arg),
            args => prepended(obj, Args::pos(args), |a| call(vm, &f, a)),
        },
        attr::Method::Bound(f) => call_pos(vm, &f, args),
    }
}

pub fn call_method_str(vm: &Vm, obj: &Obj, name: &str, args: &[Obj]) -> PyResult {
    call_method(vm, obj, crate::str::intern_str(name).obj(), args)
}

/// Calls a special method looked up on the type (not the instance); None when the type has none.
pub fn call_special(vm: &Vm, obj: &Obj, name: &Obj, args: &[Obj]) -> PyResult<Option<Obj>> {
    match attr::lookup_special(vm, obj, name)? {
        None => Ok(None),
        Some(attr::Method::Bound(f)) => call_pos(vm, &f, args).map(Some),
        Some(attr::Method::Unbound(f)) => match args {
            [] => call1(vm, &f, obj).map(Some),
            [arg] => call2(vm, &f, obj, arg).map(Some),
            args => prepended(obj, Args::pos(args), |a| call(vm, &f, a)).map(Some),
        },
    }
}

pub fn is_callable(obj: &Obj) -> bool {
    obj.ty().call().is_some()
}

/// The `__name__`-ish text error messages put before "()": qualified name of the callable.
pub fn function_str(vm: &Vm, callable: &Obj) -> String {
    let text = |o: &Obj| o.get::<Str>().map(|s| s.to_string_lossy());
    let Some(q) = attr::lookup(vm, callable, &names().__qualname__).ok().flatten().as_ref().and_then(text) else {
        return crate::ops::str_lossy(vm, callable);
    };
    match attr::lookup(vm, callable, &names().__module__).ok().flatten().as_ref().and_then(text) {
        Some(m) if m != "builtins" => format!("{m}.{q}()"),
        _ => format!("{q}()"),
    }
}
