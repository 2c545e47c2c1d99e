//! `BaseExceptionGroup`, `ExceptionGroup`; what `except*` needs of them.

use super::base::{init as base_init, new as base_new};
use super::{Parts, of, read_only_field};
use adder_mem::heap::Global;
use adder_object::call::{call_method_str, call_pos, call1, is_callable};
use adder_object::exceptions::{BASE_EXCEPTION_GROUP, BaseException, EXCEPTION};
use adder_object::slots::slot;
use adder_object::spec::{Native, class_method, method};
use adder_object::{
    Args, Dict, List, Obj, ObjExt, PyErr, PyResult, Str, Type, TypeFlags as F, Vm, attr, class, error, names, ops,
    singletons, str, tuple, types,
};

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
/// The repr of the sequence given, unless that was a list or a tuple.
const SHOWN: usize = 2;

pub(super) const PARTS: Parts = Parts {
    slots: &[slot::new(new), slot::init(base_init), slot::repr(repr), slot::str(text)],
    methods: &[
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "Exception groups are generic over the type of their contained exceptions",
        ),
        method("derive($self, excs, /)", Native::One(derive), ""),
        method("split($self, matcher_value, /)", Native::One(split_method), ""),
        method("subgroup($self, matcher_value, /)", Native::One(subgroup), ""),
    ],
    getset: &[
        read_only_field::<MESSAGE>("message", "exception message"),
        read_only_field::<EXCEPTIONS>("exceptions", "nested exceptions"),
    ],
};

static EXCEPTION_GROUP: Global<Option<Obj>> = Global::new(None);

/// The class `ExceptionGroup`, which has two bases and so is made like a Python class.
pub fn exception_group(vm: &Vm) -> PyResult {
    if let Some(t) = EXCEPTION_GROUP.get() {
        return Ok(t.clone());
    }
    let d = Dict::new();
    d.set_name(&names().__module__, str::intern_str("builtins").into_obj());
    let t = class::make_class(vm, "ExceptionGroup", vec![BASE_EXCEPTION_GROUP.obj(), EXCEPTION.obj()], d)?;
    *EXCEPTION_GROUP.get() = Some(t.clone());
    Ok(t)
}

pub fn is_group(o: &Obj) -> bool {
    o.ty().is_subtype(&BASE_EXCEPTION_GROUP)
}

/// `ExceptionGroup(message, exceptions)` (or the base class when it must be).
pub fn make(vm: &Vm, message: &::std::primitive::str, exceptions: Vec<Obj>) -> PyResult {
    let args = [str::from_str(message).into_obj(), List::new(exceptions).into_obj()];
    call_pos(vm, &BASE_EXCEPTION_GROUP.obj(), &args)
}

/// The exceptions directly inside.
pub fn members(o: &Obj) -> Vec<Obj> {
    o.get::<BaseException>().and_then(|e| e.field(EXCEPTIONS)).map(|t| tuple::to_vec(&t)).unwrap_or_default()
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let [message, exceptions] = args.positional() else {
        return Err(error::type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.len()
        )));
    };
    if message.get::<Str>().is_none() {
        return Err(error::type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            message.ty().tp_name()
        )));
    }
    let sequence = exceptions.ty().getitem().is_some() && exceptions.get::<Dict>().is_none();
    if !sequence {
        return Err(error::type_error("second argument (exceptions) must be a sequence"));
    }
    let items = ops::collect(vm, exceptions)?;
    if items.is_empty() {
        return Err(error::value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut only_exceptions = true;
    for (i, e) in items.iter().enumerate() {
        if !e.has_type_flag(F::EXC_SUBCLASS) {
            return Err(error::value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        only_exceptions &= e.ty().is_subtype(&EXCEPTION);
    }
    let group = exception_group(vm)?;
    let mut real = ty.to_obj();
    if group.get::<Type>().is_some_and(|g| ty.is(g)) {
        if !only_exceptions {
            return Err(error::type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if ty.is(&BASE_EXCEPTION_GROUP) {
        if only_exceptions {
            real = group;
        }
    } else if !only_exceptions && ty.is_subtype(&EXCEPTION) {
        return Err(error::type_error(format!("Cannot nest BaseExceptions in '{}'", ty.name())));
    }
    let o = base_new(vm, real.get::<Type>().unwrap_or(ty), args)?;
    let e = of(&o)?;
    if !exceptions.is_exact(&types::LIST) && !exceptions.is_exact(&types::TUPLE) {
        e.set_field(SHOWN, ops::repr(vm, exceptions)?);
    }
    e.set_field(MESSAGE, message.clone());
    e.set_field(EXCEPTIONS, tuple::new(items));
    Ok(o)
}

fn text(vm: &Vm, o: &Obj) -> PyResult {
    let message = of(o)?.field(MESSAGE).unwrap_or_else(singletons::none);
    let n = members(o).len();
    let s = if n == 1 { "" } else { "s" };
    let message = ops::text(&ops::str(vm, &message)?);
    Ok(str::from_str(&format!("{message} ({n} sub-exception{s})")).into_obj())
}

/// Shows the exceptions as the kind of sequence they were given in.
fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let items = e.field(EXCEPTIONS).unwrap_or_else(|| tuple::new(vec![]));
    let given = tuple::to_vec(&e.args());
    let shown = match (e.field(SHOWN), &given[..]) {
        (Some(s), _) => ops::text(&s),
        (None, [_, list]) if list.get::<List>().is_some() => {
            ops::repr_string(vm, List::new(tuple::to_vec(&items)).obj())?
        }
        _ => ops::repr_string(vm, &items)?,
    };
    let message = ops::repr_string(vm, &e.field(MESSAGE).unwrap_or_else(singletons::none))?;
    Ok(str::from_str(&format!("{}({message}, {shown})", o.ty().name())).into_obj())
}

fn derive(vm: &Vm, o: &Obj, exceptions: &Obj) -> PyResult {
    let message = of(o)?.field(MESSAGE).unwrap_or_else(singletons::none);
    call_pos(vm, &BASE_EXCEPTION_GROUP.obj(), &[message, exceptions.clone()])
}

/// How members are chosen.
enum Matcher<'a> {
    /// An exception type or a tuple of them.
    Type(&'a Obj),
    Predicate(&'a Obj),
    /// Leaves by identity (for `except*`).
    Leaves(&'a [u64]),
}

impl Matcher<'_> {
    fn of(value: &Obj) -> PyResult<Matcher<'_>> {
        let exception = |o: &Obj| o.get::<Type>().is_some_and(|t| t.has(F::EXC_SUBCLASS));
        if exception(value) || tuple::as_slice(value).is_some_and(|t| t.iter().all(exception)) {
            return Ok(Matcher::Type(value));
        }
        if is_callable(value) && value.get::<Type>().is_none() {
            return Ok(Matcher::Predicate(value));
        }
        Err(error::type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn accepts(&self, vm: &Vm, e: &Obj) -> PyResult<bool> {
        match self {
            Matcher::Type(t) => Ok(matches(e, t)),
            Matcher::Predicate(f) => {
                let r = call1(vm, f, e)?;
                ops::truth(vm, &r)
            }
            Matcher::Leaves(ids) => Ok(!is_group(e) && ids.contains(&e.bits())),
        }
    }
}

/// Whether an exception is of a type or of one in a tuple.
pub fn matches(e: &Obj, ty: &Obj) -> bool {
    match ty.get::<Type>() {
        Some(t) => e.ty().is_subtype(t),
        None => tuple::as_slice(ty).is_some_and(|ts| ts.iter().any(|t| matches(e, t))),
    }
}

/// (what matched, the rest); None for nothing.
fn split_by(vm: &Vm, e: &Obj, m: &Matcher<'_>, want_rest: bool) -> PyResult<(Option<Obj>, Option<Obj>)> {
    vm.check_stack(" in exceptiongroup_split_recursive")?;
    if m.accepts(vm, e)? {
        return Ok((Some(e.clone()), None));
    }
    if !is_group(e) {
        return Ok((None, Some(e.clone()).filter(|_| want_rest)));
    }
    let (mut yes, mut no) = (vec![], vec![]);
    for member in members(e) {
        let (y, n) = split_by(vm, &member, m, want_rest)?;
        yes.extend(y);
        no.extend(n);
    }
    let rest = if want_rest { subset(vm, e, no)? } else { None };
    Ok((subset(vm, e, yes)?, rest))
}

/// A group like `original` with other members; None for none.
fn subset(vm: &Vm, original: &Obj, exceptions: Vec<Obj>) -> PyResult<Option<Obj>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let group = call_method_str(vm, original, "derive", &[List::new(exceptions).into_obj()])?;
    if !is_group(&group) {
        return Err(error::type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (new, old) = (of(&group)?, of(original)?);
    if let Some(tb) = old.traceback.get() {
        new.traceback.set(tb);
    }
    new.context.set_option(old.context.get());
    new.cause.set_option(old.cause.get());
    new.suppress_context.set(old.suppress_context.get() || old.cause.is_some());
    if let Some(notes) = attr::lookup(vm, original, &names().__notes__)?
        && let Some(l) = notes.get::<List>()
    {
        attr::set(vm, &group, &names().__notes__, &List::new(l.to_vec()).into_obj())?;
    }
    Ok(Some(group))
}

fn split_method(vm: &Vm, o: &Obj, matcher: &Obj) -> PyResult {
    let (yes, no) = split_by(vm, o, &Matcher::of(matcher)?, true)?;
    let or_none = |x: Option<Obj>| x.unwrap_or_else(singletons::none);
    Ok(tuple::from_array([or_none(yes), or_none(no)]))
}

fn subgroup(vm: &Vm, o: &Obj, matcher: &Obj) -> PyResult {
    Ok(split_by(vm, o, &Matcher::of(matcher)?, false)?.0.unwrap_or_else(singletons::none))
}

/// `except* T`: (matched part, rest) of the exception in flight; a naked exception that matches is wrapped in a group.
pub fn match_star(vm: &Vm, e: &Obj, ty: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
    if matches(e, ty) {
        if is_group(e) {
            return Ok((Some(e.clone()), None));
        }
        let wrapped = make(vm, "", vec![e.clone()])?;
        if let Some(tb) = of(e)?.traceback.get() {
            of(&wrapped)?.traceback.set(tb);
        }
        return Ok((Some(wrapped), None));
    }
    if !is_group(e) {
        return Ok((None, Some(e.clone())));
    }
    let r = call_method_str(vm, e, "split", std::slice::from_ref(ty))?;
    let Some(pair) = tuple::as_slice(&r) else {
        return Err(error::type_error(format!(
            "{}.split must return a tuple, not {}",
            e.ty().tp_name(),
            r.ty().tp_name()
        )));
    };
    let [yes, no, ..] = pair else {
        return Err(error::type_error(format!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            e.ty().tp_name(),
            pair.len()
        )));
    };
    let present = |o: &Obj| Some(o.clone()).filter(|o| !o.is_none());
    Ok((present(yes), present(no)))
}

/// What is raised after the `except*` clauses ran: `raised` holds what they raised or left unhandled. None: nothing.
pub fn prepare_reraise(vm: &Vm, original: &Obj, raised: &[Obj]) -> PyResult<Option<Obj>> {
    let present: Vec<&Obj> = raised.iter().filter(|e| !e.is_none()).collect();
    if !is_group(original) {
        // A naked exception reaches at most one clause.
        return Ok(present.first().map(|e| (*e).clone()));
    }
    let (mut fresh, mut again) = (vec![], vec![]);
    for e in present {
        if same_metadata(e, original)? { again.push(e.clone()) } else { fresh.push(e.clone()) }
    }
    let mut ids = vec![];
    again.iter().for_each(|e| leaves(e, &mut ids));
    let again = match ids.is_empty() {
        true => None,
        false => split_by(vm, original, &Matcher::Leaves(&ids), false)?.0,
    };
    if fresh.is_empty() {
        return Ok(again);
    }
    fresh.extend(again);
    match &fresh[..] {
        [one] => Ok(Some(one.clone())),
        _ => make(vm, "", fresh).map(Some),
    }
}

fn leaves(e: &Obj, ids: &mut Vec<u64>) {
    if is_group(e) { members(e).iter().for_each(|m| leaves(m, ids)) } else { ids.push(e.bits()) }
}

/// Whether an exception is a part of the original that was raised again.
fn same_metadata(a: &Obj, b: &Obj) -> PyResult<bool> {
    if !is_group(a) || !is_group(b) {
        return Ok(false);
    }
    let (x, y) = (of(a)?, of(b)?);
    Ok(x.traceback.bits() == y.traceback.bits()
        && x.cause.bits() == y.cause.bits()
        && x.context.bits() == y.context.bits())
}

/// The error of `except*` with a type that may not be used there.
pub fn check_star_type(ty: &Obj) -> PyResult<()> {
    let group = |o: &Obj| o.get::<Type>().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION_GROUP));
    let bad = group(ty) || tuple::as_slice(ty).is_some_and(|ts| ts.iter().any(group));
    if bad {
        let e: PyErr = error::type_error("catching ExceptionGroup with except* is not allowed. Use except instead.");
        return Err(e);
    }
    Ok(())
}
