//! Method resolution orders: C3, `mro()` of metaclasses, and what follows when `__bases__` change; lists of subclasses.
//!
//! `mro()` is Python code that may change the very classes whose order is being computed: a result is thrown away when the order
//! changed meanwhile, and lists of subclasses are walked over owned references.
//! CPython: Objects/typeobject.c (mro_internal, mro_hierarchy, type_set_bases).

use crate::call::call_special;
use crate::class::solid_base;
use crate::typeobj::Type;
use crate::{Obj, ObjExt, PyResult, Vm, descr, error, ops, singletons, slotdefs, str, tuple, types};
use adder_mem::header::{Header, TypeFlags};

/// The types of an order that `mro()` of the metaclass gives, when that is overridden.
fn custom(vm: &Vm, cls: &Obj, ty: &'static Type) -> PyResult<Option<Vec<Obj>>> {
    if cls.ty().is(&types::TYPE) {
        return Ok(None);
    }
    let name = str::intern_str("mro");
    if cls.ty().lookup(name.obj()).is_none_or(|f| f.get::<descr::MethodDescr>().is_some()) {
        return Ok(None);
    }
    let r = call_special(vm, cls, name.obj(), &[])?.unwrap_or_else(singletons::none);
    let items = ops::collect(vm, &r)?;
    let solid = solid_base(ty);
    for o in &items {
        match o.get::<Type>() {
            Some(t) if solid.is_subtype(solid_base(t.as_static())) => {}
            Some(t) => {
                return Err(error::type_error(format!("mro() returned base with unsuitable layout ('{}')", t.name())));
            }
            None => return Err(error::type_error(format!("mro() returned a non-class ('{}')", o.ty().tp_name()))),
        }
    }
    Ok(Some(items))
}

/// Computes the order of a class anew; false when `mro()` itself brought about another one, which stays.
pub fn refresh(vm: &Vm, cls: &Obj, ty: &'static Type) -> PyResult<bool> {
    let old = ty.mro.get();
    let custom = custom(vm, cls, ty)?;
    let is_custom = custom.is_some();
    let order = match custom {
        Some(order) => order,
        None => {
            let bases = ty.bases.get().map(|b| tuple::to_vec(&b)).unwrap_or_default();
            c3(ty, &bases)?.into_iter().map(Type::to_obj).collect()
        }
    };
    let same = match (&old, ty.mro.get()) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    };
    if same {
        ty.modified();
        ty.set_mro_tuple(Some(tuple::new(order)));
        ty.custom_mro.set(is_custom);
        ty.modified();
    }
    Ok(same)
}

/// C3 linearisation (Barrett et al., OOPSLA '96).
pub fn c3(ty: &'static Type, bases: &[Obj]) -> PyResult<Vec<&'static Type>> {
    let bases: Vec<&'static Type> = bases.iter().filter_map(|b| b.get::<Type>().map(Type::as_static)).collect();
    for (i, b) in bases.iter().enumerate() {
        if b.mro_len() == 0 {
            return Err(error::type_error(format!("Cannot extend an incomplete type '{}'", b.name())));
        }
        if bases[..i].iter().any(|c| c.is(b)) {
            return Err(error::type_error(format!("duplicate base class {}", b.name())));
        }
    }
    let mut lists: Vec<Vec<&'static Type>> = bases.iter().map(|b| b.mro_types()).collect();
    lists.push(bases.clone());
    let mut out = vec![ty];
    loop {
        lists.retain(|l| !l.is_empty());
        if lists.is_empty() {
            return Ok(out);
        }
        let good = lists.iter().map(|l| l[0]).find(|c| !lists.iter().any(|l| l[1..].iter().any(|t| t.is(c))));
        let Some(next) = good else {
            let mut heads: Vec<String> = vec![];
            for l in &lists {
                if !heads.contains(&l[0].name()) {
                    heads.push(l[0].name());
                }
            }
            return Err(error::type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                heads.join(", ")
            )));
        };
        out.push(next);
        for l in &mut lists {
            if l[0].is(next) {
                l.remove(0);
            }
        }
    }
}

/// An order that was replaced: class, new order, old one.
type Replaced = (Obj, Option<Obj>, Option<Obj>);

/// Recomputes the orders of a class and of its subclasses, noting what it replaced.
fn refresh_tree(vm: &Vm, cls: &Obj, replaced: &mut Vec<Replaced>) -> PyResult<()> {
    vm.check_stack("")?;
    let Some(ty) = cls.get::<Type>().map(Type::as_static) else { return Ok(()) };
    let old = ty.mro.get();
    if !refresh(vm, cls, ty)? {
        return Ok(());
    }
    replaced.push((cls.clone(), ty.mro.get(), old));
    subclasses_of(ty).iter().try_for_each(|s| refresh_tree(vm, s, replaced))
}

fn update_tree(vm: &Vm, ty: &Type) -> PyResult<()> {
    vm.check_stack("")?;
    slotdefs::update_all(ty);
    subclasses_of(ty).iter().filter_map(|s| s.get::<Type>()).try_for_each(|s| update_tree(vm, s))
}

/// Whether `base` leads to `ty` through the chain of first bases, which is current even while orders are recomputed.
pub fn descends_from(base: &Type, ty: &Type) -> bool {
    if base.is_subtype(ty) {
        return true;
    }
    let mut at = base.base.get();
    while let Some(b) = at {
        if b.is(ty) {
            return true;
        }
        at = b.base.get();
    }
    false
}

/// Gives a class other bases (checked by the caller); everything is as before when a new order fails.
pub fn replace_bases(vm: &Vm, ty: &'static Type, bases: &Obj, base: &'static Type) -> PyResult<()> {
    let (old_bases, old_base) = (ty.bases.get().unwrap_or_else(|| tuple::new(vec![])), ty.base.get());
    ty.bases.set(bases.clone());
    ty.base.set(Some(base));
    base.set_flag(TypeFlags::DERIVED);
    let mut replaced = vec![];
    let r = refresh_tree(vm, &ty.to_obj(), &mut replaced);
    // `mro()` may have set other bases already; then those are what holds.
    let current = ty.bases.get().is_some_and(|b| b.is(bases));
    match r {
        Ok(()) if current => {
            unlink(ty, &old_bases);
            link(ty, bases);
            update_tree(vm, ty)
        }
        Ok(()) => Ok(()),
        Err(e) => {
            for (cls, new, old) in replaced {
                if let (Some(t), Some(new)) = (cls.get::<Type>(), new)
                    && t.mro.get().is_some_and(|m| m.is(&new))
                {
                    t.modified();
                    t.set_mro_tuple(old);
                    t.modified();
                }
            }
            if current {
                ty.bases.set(old_bases);
                ty.base.set(old_base);
            }
            Err(e)
        }
    }
}

/// Enters a class in its bases' lists of subclasses.
pub fn link(ty: &Type, bases: &Obj) {
    for b in tuple::to_vec(bases).iter().filter_map(|b| b.get::<Type>()) {
        let mut list = b.subclasses.borrow_mut();
        if !list.iter().any(|&t| std::ptr::eq(t, ty)) {
            list.push(ty);
        }
    }
}

fn unlink(ty: &Type, bases: &Obj) {
    for b in tuple::to_vec(bases).iter().filter_map(|b| b.get::<Type>()) {
        b.subclasses.borrow_mut().retain(|&t| !std::ptr::eq(t, ty));
    }
}

/// The live direct subclasses of a type, oldest first.
pub fn subclasses_of(ty: &Type) -> Vec<Obj> {
    let alive = |t: &Type| {
        // SAFETY: HDR-1: every `Type` lies behind the header of its type object.
        unsafe { (*(t.object_ptr() as *const Header)).refcount() != 0 }
    };
    // SAFETY: RC-4: a type leaves its bases' lists when it dies; one with count 0 is dying now.
    ty.subclasses.borrow().iter().map(|&t| unsafe { &*t }).filter(|t| alive(t)).map(Type::to_obj).collect()
}
