//! The opcodes of `match`, and `except` / `except*` tests.

use super::Regs;
use adder_builtins::core::exceptions as base;
use adder_object::slots::{InitFn, NewFn};
use adder_object::{
    Args, Obj, ObjExt, PyErr, PyResult, Set, Str, Type, TypeFlags, Vm, attr, call, error, exceptions as exc, names,
    ops, singletons, tuple,
};

pub fn match_flag(r: &mut Regs, flag: u64) {
    let yes = r.peek(1).is_ptr() && r.peek(1).ty().has(flag);
    r.push(singletons::bool_obj(yes));
}

pub fn match_keys(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let (subject, keys) = (r.peek(2), r.peek(1));
    let keys = tuple::as_slice(keys).unwrap_or(&[]);
    let seen = Set::new();
    let get = attr::get(vm, subject, &names().get)?;
    let missing = class_marker();
    let mut values = Vec::with_capacity(keys.len());
    for k in keys {
        if !seen.add(vm, k.clone())? {
            return Err(error::value_error(format!(
                "mapping pattern checks duplicate key ({})",
                ops::repr_string(vm, k)?
            )));
        }
        let v = call::call_pos(vm, &get, &[k.clone(), missing.clone()])?;
        if v.is(&missing) {
            r.push(singletons::none());
            return Ok(());
        }
        values.push(v);
    }
    r.push(tuple::new(values));
    Ok(())
}

/// A fresh object that no mapping holds.
fn class_marker() -> Obj {
    adder_object::class::bare_instance(&adder_object::types::OBJECT)
}

pub fn match_class(vm: &Vm, r: &mut Regs, npos: usize) -> PyResult<()> {
    let (subject, cls, kw) = (r.peek(3), r.peek(2), r.peek(1));
    let attrs = class_attributes(vm, subject, cls, npos, tuple::as_slice(kw).unwrap_or(&[]))?;
    r.replace_n(3, attrs.map_or_else(singletons::none, tuple::new));
    Ok(())
}

fn class_attributes(vm: &Vm, subject: &Obj, cls: &Obj, npos: usize, kw: &[Obj]) -> PyResult<Option<Vec<Obj>>> {
    let Some(ty) = cls.get::<Type>() else {
        return Err(error::type_error("called match pattern must be a class"));
    };
    if !ops::isinstance(vm, subject, cls)? {
        return Ok(None);
    }
    let mut found = vec![];
    let mut seen: Vec<Obj> = vec![];
    if npos > 0 {
        let match_args = attr::lookup(vm, cls, &names().__match_args__)?;
        let match_self = match_args.is_none() && ty.has(TypeFlags::MATCH_SELF);
        let args = match &match_args {
            Some(a) => match tuple::as_slice(a) {
                Some(t) => t.to_vec(),
                None => {
                    return Err(error::type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        ty.name(),
                        a.ty().tp_name()
                    )));
                }
            },
            None => vec![],
        };
        let allowed = if match_self { 1 } else { args.len() };
        if npos > allowed {
            return Err(error::type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{} ({npos} given)",
                ty.name(),
                if allowed == 1 { "" } else { "s" }
            )));
        }
        if match_self {
            found.push(subject.clone());
        } else {
            for name in &args[..npos] {
                if name.get::<Str>().is_none() {
                    return Err(error::type_error(format!(
                        "__match_args__ elements must be strings (got {})",
                        name.ty().tp_name()
                    )));
                }
                match match_attr(vm, subject, ty, name, &mut seen)? {
                    Some(v) => found.push(v),
                    None => return Ok(None),
                }
            }
        }
    }
    for name in kw {
        match match_attr(vm, subject, ty, name, &mut seen)? {
            Some(v) => found.push(v),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

fn match_attr(vm: &Vm, subject: &Obj, ty: &Type, name: &Obj, seen: &mut Vec<Obj>) -> PyResult<Option<Obj>> {
    for s in seen.iter() {
        if ops::equals(vm, s, name)? {
            return Err(error::type_error(format!(
                "{}() got multiple sub-patterns for attribute {}",
                ty.name(),
                ops::repr_string(vm, name)?
            )));
        }
    }
    seen.push(name.clone());
    attr::lookup(vm, subject, name)
}

fn check_exception_types(match_type: &Obj) -> PyResult<()> {
    let ok = |o: &Obj| o.get::<Type>().is_some_and(|t| t.has(TypeFlags::EXC_SUBCLASS));
    let all = match tuple::as_slice(match_type) {
        Some(items) => items.iter().all(ok),
        None => ok(match_type),
    };
    if all {
        return Ok(());
    }
    Err(error::type_error("catching classes that do not inherit from BaseException is not allowed"))
}

/// Whether an exception matches a class or tuple of classes, by MRO alone.
pub fn exception_matches(e: &Obj, match_type: &Obj) -> bool {
    match tuple::as_slice(match_type) {
        Some(items) => items.iter().any(|t| exception_matches(e, t)),
        None => match_type.get::<Type>().is_some_and(|t| e.ty().is_subtype(t)),
    }
}

#[inline(never)]
pub fn check_exc_match(r: &mut Regs) -> PyResult<()> {
    let (e, t) = (r.peek(2), r.peek(1));
    check_exception_types(t)?;
    let yes = exception_matches(e, t);
    r.replace_n(1, singletons::bool_obj(yes));
    Ok(())
}

/// `except*`: leaves (rest, matched).
pub fn check_eg_match(vm: &Vm, r: &mut Regs) -> PyResult<()> {
    let (e, t) = (r.peek(2).clone(), r.peek(1).clone());
    check_exception_types(&t)?;
    let groups = |o: &Obj| o.get::<Type>().is_some_and(|t| t.is_subtype(&exc::BASE_EXCEPTION_GROUP));
    let has_group = tuple::as_slice(&t).map_or_else(|| groups(&t), |items| items.iter().any(groups));
    if has_group {
        return Err(error::type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    let (matched, rest) = split_group(vm, &e, &t)?;
    r.drop_n(2);
    r.push(rest);
    if let Some(b) = matched.get::<exc::BaseException>() {
        let _ = b;
        vm.handled.set(matched.clone());
    }
    r.push(matched);
    Ok(())
}

fn split_group(vm: &Vm, e: &Obj, t: &Obj) -> PyResult<(Obj, Obj)> {
    let none = singletons::none;
    if e.is_none() {
        return Ok((none(), none()));
    }
    if exception_matches(e, t) {
        if e.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) {
            return Ok((e.clone(), none()));
        }
        // A naked exception is wrapped, with the same traceback.
        let group = wrap_naked(vm, e)?;
        return Ok((group, none()));
    }
    if !e.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) {
        return Ok((none(), e.clone()));
    }
    let pair = call::call_method_str(vm, e, "split", std::slice::from_ref(t))?;
    match tuple::as_slice(&pair) {
        Some([m, rest, ..]) => Ok((m.clone(), rest.clone())),
        Some(_) => Err(error::type_error(format!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            e.ty().name(),
            tuple::as_slice(&pair).map_or(0, <[Obj]>::len)
        ))),
        None => {
            Err(error::type_error(format!("{}.split must return a tuple, not {}", e.ty().name(), pair.ty().name())))
        }
    }
}

fn wrap_naked(vm: &Vm, e: &Obj) -> PyResult {
    let args = [adder_object::str::empty().into_obj(), tuple::from_array([e.clone()])];
    let group = call::call_pos(vm, &exc::BASE_EXCEPTION_GROUP.obj(), &args)?;
    if let (Some(g), Some(b)) = (group.get::<exc::BaseException>(), e.get::<exc::BaseException>()) {
        g.traceback.set_option(b.traceback.get());
    }
    Ok(group)
}

/// What `except*` raises at its end: the unhandled parts and what handlers raised, or None.
pub fn prep_reraise_star(vm: &Vm, orig: &Obj, excs: &Obj) -> PyResult {
    let items = ops::collect(vm, excs)?;
    let items: Vec<Obj> = items.into_iter().filter(|o| !o.is_none()).collect();
    if items.is_empty() {
        return Ok(singletons::none());
    }
    if !orig.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) {
        return Ok(items[0].clone());
    }
    let (mut raised, mut reraised) = (vec![], vec![]);
    for e in items {
        if same_metadata(&e, orig) { reraised.push(e) } else { raised.push(e) }
    }
    let mut all = raised;
    if !reraised.is_empty() {
        let projection = project(vm, orig, &reraised)?;
        if all.is_empty() {
            return Ok(projection);
        }
        if !projection.is_none() {
            all.push(projection);
        }
    }
    if all.len() == 1 {
        return Ok(all.remove(0));
    }
    let list = adder_object::List::new(all).into_obj();
    call::call_pos(vm, &exc::BASE_EXCEPTION_GROUP.obj(), &[adder_object::str::empty().into_obj(), list])
}

fn same_metadata(a: &Obj, b: &Obj) -> bool {
    let (Some(x), Some(y)) = (a.get::<exc::BaseException>(), b.get::<exc::BaseException>()) else { return false };
    x.traceback.bits() == y.traceback.bits() && x.cause.bits() == y.cause.bits() && x.context.bits() == y.context.bits()
}

/// The subgroup of `orig` that consists of the leaves found in `keep`.
fn project(vm: &Vm, orig: &Obj, keep: &[Obj]) -> PyResult {
    let mut ids = std::collections::HashSet::new();
    fn leaves(e: &Obj, ids: &mut std::collections::HashSet<u64>) {
        match e.get::<exc::BaseException>() {
            Some(b) if e.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) => {
                b.field(1).iter().flat_map(tuple::to_vec).for_each(|x| leaves(&x, ids))
            }
            _ => {
                ids.insert(e.bits());
            }
        }
    }
    keep.iter().for_each(|e| leaves(e, &mut ids));
    filter_group(vm, orig, &ids)
}

fn filter_group(vm: &Vm, e: &Obj, ids: &std::collections::HashSet<u64>) -> PyResult {
    let Some(b) = e.get::<exc::BaseException>() else { return Ok(singletons::none()) };
    if !e.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) {
        return Ok(if ids.contains(&e.bits()) { e.clone() } else { singletons::none() });
    }
    let mut kept = vec![];
    for x in b.field(1).iter().flat_map(tuple::to_vec) {
        let f = filter_group(vm, &x, ids)?;
        if !f.is_none() {
            kept.push(f);
        }
    }
    if kept.is_empty() {
        return Ok(singletons::none());
    }
    let list = adder_object::List::new(kept).into_obj();
    let g = call::call_method_str(vm, e, "derive", std::slice::from_ref(&list))?;
    if let Some(n) = g.get::<exc::BaseException>() {
        n.traceback.set_option(b.traceback.get());
        n.context.set_option(b.context.get());
        n.cause.set_option(b.cause.get());
        n.suppress_context.set(b.suppress_context.get());
        if let Some(notes) = attr::lookup(vm, e, &names().__notes__)? {
            attr::set(vm, &g, &names().__notes__, &adder_object::List::new(ops::collect(vm, &notes)?).into_obj())?;
        }
    }
    Ok(g)
}

/// Whether a class of exceptions takes `__new__` and `__init__` from BaseException, so that the first does all there is to do.
pub fn is_plain_exception(class: &Obj) -> bool {
    let plain = |t: &Type| {
        t.new().is_some_and(|f| std::ptr::fn_addr_eq(f, base::new as NewFn))
            && t.init().is_some_and(|f| std::ptr::fn_addr_eq(f, base::init as InitFn))
    };
    class.is_exact(&adder_object::types::TYPE) && class.get::<Type>().is_some_and(plain)
}

/// Turns what `raise` got into an exception instance.
pub fn to_exception(vm: &Vm, o: &Obj) -> PyResult<PyErr> {
    if o.get::<exc::BaseException>().is_some() {
        return Ok(PyErr::from_obj(o.clone()));
    }
    if let Some(ty) = o.get::<Type>().filter(|t| t.has(TypeFlags::EXC_SUBCLASS)) {
        if is_plain_exception(o) {
            return base::new(vm, ty, Args::EMPTY).map(PyErr::from_obj);
        }
        let e = call::call0(vm, o)?;
        if e.get::<exc::BaseException>().is_some() {
            return Ok(PyErr::from_obj(e));
        }
        return Err(error::type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            ops::repr_string(vm, o)?,
            ops::repr_string(vm, &e.ty().to_obj())?
        )));
    }
    Err(super::not_an_exception())
}
