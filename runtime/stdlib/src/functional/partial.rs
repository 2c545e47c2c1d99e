//! `functools.partial`, with `Placeholder` for positional arguments to be filled later.
//!
//! CPython: Modules/_functoolsmodule.c (partial_new, partial_vectorcall).

use super::shared::{Parts, guarded_repr};
use adder_mem::heap::Global;
use adder_object::call::{self, ArgsBuf};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getter, method, ready};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, attr, class, descr,
    error, names, payload, singletons, str, trace_fields, tuple, types,
};
use std::cell::Cell;

pub struct Partial {
    func: ObjCell,
    args: ObjCell,
    kwargs: ObjCell,
    /// How many of `args` are Placeholder.
    holes: Cell<usize>,
}
trace_fields!(Partial { func, args, kwargs });
pub static PARTIAL: StaticType =
    StaticType::new::<Partial>("functools.partial", F::GC | F::BASETYPE | F::MANAGED_DICT | F::MANAGED_WEAKREF);
payload!(Partial, PARTIAL);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::call(call_partial), slot::repr(repr), slot::descr_get(get)],
    methods: &[
        method("__reduce__($self, /)", Native::NoArgs(reduce), "Return state information for pickling."),
        method("__setstate__($self, object, /)", Native::One(setstate), "Set state information for unpickling."),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "partial is generic over the return type of the partial function",
        ),
    ],
    getset: &[
        getter("func", |_, o| field(&o.this::<Partial>()?.func), "function object to use in future partial calls"),
        getter("args", |_, o| field(&o.this::<Partial>()?.args), "tuple of arguments to future partial calls"),
        getter(
            "keywords",
            |_, o| field(&o.this::<Partial>()?.kwargs),
            "dictionary of keyword arguments to future partial calls",
        ),
        class::dict_getset(),
    ],
    doc: "partial(func, /, *args, **keywords)\n--\n\nCreate a new function with partial application of the given arguments and keywords.",
    ..TypeSpec::of(&PARTIAL)
};

// ---- Placeholder ----

pub struct Placeholder;
trace_fields!(Placeholder);
pub static PLACEHOLDER: StaticType = StaticType::new::<Placeholder>("functools._PlaceholderType", 0);
payload!(Placeholder, PLACEHOLDER);
pub static PLACEHOLDER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, _, args| {
            if !args.is_empty() {
                return Err(error::type_error("_PlaceholderType takes no arguments"));
            }
            Ok(placeholder())
        }),
        slot::repr(|_, _| Ok(str::from_str("Placeholder").into_obj())),
    ],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(|_, _| Ok(str::from_str("Placeholder").into_obj())), "")],
    doc: "The type of the Placeholder singleton.\n\nUsed as a placeholder for partial arguments.",
    ..TypeSpec::of(&PLACEHOLDER)
};

static THE_PLACEHOLDER: Global<Option<Obj>> = Global::new(None);

/// The one Placeholder.
pub fn placeholder() -> Obj {
    ready(&PLACEHOLDER_SPEC);
    THE_PLACEHOLDER.get().get_or_insert_with(|| Ref::new(Placeholder).into_obj()).clone()
}
fn is_hole(o: &Obj) -> bool {
    o.get::<Placeholder>().is_some()
}

fn field(c: &ObjCell) -> PyResult {
    Ok(c.get().unwrap_or_else(singletons::none))
}
fn args_of(p: &Partial) -> Vec<Obj> {
    p.args.get().map(|a| tuple::to_vec(&a)).unwrap_or_default()
}
fn kwargs_of(p: &Partial) -> Option<Ref<Dict>> {
    p.kwargs.get().and_then(|k| k.downcast::<Dict>())
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let Some((func, given)) = args.positional().split_first() else {
        return Err(error::type_error("type 'partial' takes at least one argument"));
    };
    if !call::is_callable(func) {
        return Err(error::type_error("the first argument must be callable"));
    }
    if given.last().is_some_and(is_hole) {
        return Err(error::type_error("trailing Placeholders are not allowed"));
    }
    if args.keywords().any(|(_, v)| is_hole(v)) {
        return Err(error::type_error("Placeholder cannot be passed as a keyword argument"));
    }
    // A partial without attributes of its own is opened up.
    let inner = func.get::<Partial>().filter(|_| attr::instance_items(func).is_empty());
    let (func, mut all, kwargs) = match inner {
        Some(p) => {
            let kwargs = kwargs_of(p).map_or_else(Dict::new, |k| k.copy());
            (field(&p.func)?, args_of(p), kwargs)
        }
        None => (func.clone(), vec![], Dict::new()),
    };
    let mut given = given.iter().cloned();
    fill_holes(&mut all, &mut given);
    all.extend(given);
    let holes = all.iter().filter(|x| is_hole(x)).count();
    // Holes left at the end by filling an inner partial with holes would be trailing.
    for (k, v) in args.keywords() {
        kwargs.set_item(vm, k, v.clone())?;
    }
    let p = Partial {
        func: ObjCell::new(func),
        args: ObjCell::new(tuple::new(all)),
        kwargs: ObjCell::new(kwargs.into_obj()),
        holes: Cell::new(holes),
    };
    Ok(Ref::with_type(ty, p).into_obj())
}

/// Puts arguments into the placeholders, in order, as long as there are any.
fn fill_holes(all: &mut [Obj], given: &mut impl Iterator<Item = Obj>) {
    for slot in all.iter_mut().filter(|x| is_hole(x)) {
        match given.next() {
            Some(x) => *slot = x,
            None => return,
        }
    }
}

fn call_partial(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    vm.check_stack(" while calling a Python object")?;
    let p = o.this::<Partial>()?;
    if p.holes.get() > args.len() {
        return Err(error::type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {}, got {}",
            p.holes.get(),
            args.len()
        )));
    }
    let func = field(&p.func)?;
    let held = p.args.get();
    let bound = held.as_ref().and_then(tuple::as_slice).unwrap_or_default();
    let mut all = Vec::with_capacity(bound.len() + args.len());
    all.extend_from_slice(bound);
    if p.holes.get() == 0 && !args.has_keywords() && kwargs_of(p).is_none_or(|k| k.is_empty()) {
        all.extend_from_slice(args.positional());
        return call::call(vm, &func, Args::pos(&all));
    }
    let mut given = args.positional().iter().cloned();
    if p.holes.get() > 0 {
        fill_holes(&mut all, &mut given);
    }
    all.extend(given);
    let mut buf = ArgsBuf::new(all);
    match kwargs_of(p).filter(|k| !k.is_empty()) {
        None => {
            for (k, v) in args.keywords() {
                buf.push_keyword(k.clone(), v.clone());
            }
        }
        Some(k) if !args.has_keywords() => buf.push_dict(&k)?,
        Some(k) => {
            let merged = k.copy();
            for (k, v) in args.keywords() {
                merged.set_item(vm, k, v.clone())?;
            }
            buf.push_dict(&merged)?;
        }
    }
    call::call(vm, &func, buf.args())
}

fn get(_: &Vm, o: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    match obj.filter(|x| !x.is_none()) {
        Some(x) => Ok(descr::bound_method(o.clone(), x.clone())),
        None => Ok(o.clone()),
    }
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let p = o.this::<Partial>()?;
    let name = class::full_name(vm, o.ty())?;
    guarded_repr(vm, o, "...", || {
        let (func, args, kwargs) = (field(&p.func)?, args_of(p), kwargs_of(p));
        let mut parts = Parts::default();
        parts.text(&name);
        parts.text("(");
        parts.repr(vm, &func)?;
        for a in &args {
            parts.text(", ");
            parts.repr(vm, a)?;
        }
        for (k, v) in kwargs.map(|k| k.items_vec()).unwrap_or_default() {
            parts.text(", ");
            parts.str(vm, &k)?;
            parts.text("=");
            parts.repr(vm, &v)?;
        }
        parts.text(")");
        Ok(parts.join())
    })
}

fn reduce(vm: &Vm, o: &Obj) -> PyResult {
    let p = o.this::<Partial>()?;
    let dict =
        if attr::instance_items(o).is_empty() { singletons::none() } else { attr::get(vm, o, &names().__dict__)? };
    let func = field(&p.func)?;
    let state = tuple::from_array([func.clone(), field(&p.args)?, field(&p.kwargs)?, dict]);
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([func]), state]))
}

#[cold]
fn bad_state() -> PyErr {
    error::type_error("invalid partial state")
}
fn setstate(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let Some([func, args, kwargs, dict]) = tuple::as_slice(state) else { return Err(bad_state()) };
    let plain = tuple::as_slice(args).is_some() && (kwargs.is_none() || kwargs.get::<Dict>().is_some());
    if !call::is_callable(func) || !plain {
        return Err(bad_state());
    }
    let items = tuple::to_vec(args);
    if items.last().is_some_and(is_hole) {
        return Err(error::type_error("trailing Placeholders are not allowed"));
    }
    let p = o.this::<Partial>()?;
    let kwargs = match kwargs.get::<Dict>() {
        None => Dict::new().into_obj(),
        Some(_) if kwargs.is_exact(&types::DICT) => kwargs.clone(),
        Some(k) => k.copy().into_obj(),
    };
    p.holes.set(items.iter().filter(|x| is_hole(x)).count());
    p.func.set(func.clone());
    p.args.set(if args.is_exact(&types::TUPLE) { args.clone() } else { tuple::new(items) });
    p.kwargs.set(kwargs);
    if dict.is_none() {
        attr::set_instance_dict(o, None);
    } else {
        attr::set(vm, o, &names().__dict__, dict)?;
    }
    Ok(singletons::none())
}
