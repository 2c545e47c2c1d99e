//! Type parameters of `GenericAlias` and `Union`: finding them, replacing them.
//!
//! CPython: Objects/genericaliasobject.c (_Py_make_parameters, _Py_subs_parameters).

use adder_object::call::{call_pos, call1};
use adder_object::{List, Obj, ObjExt, PyResult, Type, Vm, attr, error, names, ops, tuple};

fn list_or_tuple(o: &Obj) -> Option<Vec<Obj>> {
    o.get::<List>().map(List::to_vec).or_else(|| tuple::as_slice(o).map(<[Obj]>::to_vec))
}

/// The type variables in `args`, each once, in order.
pub fn parameters_of(vm: &Vm, args: &Obj) -> PyResult<Vec<Obj>> {
    vm.check_stack("")?;
    let mut out: Vec<Obj> = vec![];
    let mut add = |p: &Obj| {
        if !out.iter().any(|o| o.is(p)) {
            out.push(p.clone())
        }
    };
    for t in list_or_tuple(args).unwrap_or_default() {
        if t.get::<Type>().is_some() {
            continue;
        }
        if list_or_tuple(&t).is_some() {
            parameters_of(vm, &t)?.iter().for_each(&mut add);
        } else if attr::lookup(vm, &t, &names().__typing_subst__)?.is_some() {
            add(&t);
        } else if let Some(p) = attr::lookup(vm, &t, &names().__parameters__)? {
            tuple::to_vec(&p).iter().for_each(&mut add);
        }
    }
    Ok(out)
}

/// Opens `*tuple[...]` items.
fn unpack(vm: &Vm, item: &Obj) -> PyResult<Vec<Obj>> {
    let items = tuple::as_slice(item).map_or_else(|| vec![item.clone()], <[Obj]>::to_vec);
    let mut out = vec![];
    for i in items {
        if i.get::<Type>().is_none()
            && let Some(sub) = attr::lookup(vm, &i, &names().__typing_unpacked_tuple_args__)?
            && let Some(sub) = tuple::as_slice(&sub)
            && !sub.last().is_some_and(|l| l.is(adder_object::singletons::ellipsis_ref()))
        {
            out.extend_from_slice(sub);
            continue;
        }
        out.push(i);
    }
    Ok(out)
}

/// `args` with each of `parameters` replaced by its part of `item`; `owner` is the alias that is subscripted.
pub fn substitute(vm: &Vm, owner: &Obj, args: &Obj, parameters: &Obj, item: &Obj) -> PyResult {
    let params = tuple::to_vec(parameters);
    if params.is_empty() {
        return Err(error::type_error(format!("{} is not a generic class", ops::repr_string(vm, owner)?)));
    }
    let mut item = tuple::new(unpack(vm, item)?);
    for p in &params {
        if let Some(f) = attr::lookup(vm, p, &names().__typing_prepare_subst__)?.filter(|f| !f.is_none()) {
            let items = if tuple::as_slice(&item).is_some() { item } else { tuple::from_array([item]) };
            item = call_pos(vm, &f, &[owner.clone(), items])?;
        }
    }
    let items = tuple::as_slice(&item).map_or_else(|| vec![item.clone()], <[Obj]>::to_vec);
    if items.len() != params.len() {
        return Err(error::type_error(format!(
            "Too {} arguments for {}; actual {}, expected {}",
            if items.len() > params.len() { "many" } else { "few" },
            ops::repr_string(vm, owner)?,
            items.len(),
            params.len()
        )));
    }
    replace(vm, args, &params, &items).map(tuple::new)
}

fn replace(vm: &Vm, args: &Obj, params: &[Obj], items: &[Obj]) -> PyResult<Vec<Obj>> {
    vm.check_stack("")?;
    let mut out = vec![];
    for arg in list_or_tuple(args).unwrap_or_default() {
        if arg.get::<Type>().is_some() {
            out.push(arg);
            continue;
        }
        if list_or_tuple(&arg).is_some() {
            let sub = replace(vm, &arg, params, items)?;
            out.push(if arg.get::<List>().is_some() { List::new(sub).into_obj() } else { tuple::new(sub) });
            continue;
        }
        let unpacked = match attr::lookup(vm, &arg, &names().__typing_is_unpacked_typevartuple__)? {
            Some(v) => ops::truth(vm, &v)?,
            None => false,
        };
        let new = match attr::lookup(vm, &arg, &names().__typing_subst__)? {
            Some(f) => {
                let i = params.iter().position(|p| p.is(&arg)).unwrap_or(0);
                call1(vm, &f, &items[i])?
            }
            None => inner(vm, &arg, params, items)?,
        };
        if !unpacked {
            out.push(new);
            continue;
        }
        match tuple::as_slice(&new) {
            Some(many) => out.extend_from_slice(many),
            None => {
                return Err(error::type_error(format!(
                    "expected __typing_subst__ of {} objects to return a tuple, not {}",
                    arg.ty().tp_name(),
                    new.ty().tp_name()
                )));
            }
        }
    }
    Ok(out)
}

/// Substitutes inside a generic that is itself an argument.
fn inner(vm: &Vm, arg: &Obj, params: &[Obj], items: &[Obj]) -> PyResult {
    let own = attr::lookup(vm, arg, &names().__parameters__)?;
    let own = own.as_ref().and_then(tuple::as_slice).unwrap_or_default();
    if own.is_empty() {
        return Ok(arg.clone());
    }
    let mut sub = vec![];
    for p in own {
        match params.iter().position(|q| q.is(p)) {
            Some(i) if p.ty().iter().is_some() && tuple::as_slice(&items[i]).is_some() => {
                sub.extend(tuple::to_vec(&items[i]))
            }
            Some(i) => sub.push(items[i].clone()),
            None => sub.push(p.clone()),
        }
    }
    ops::getitem(vm, arg, &tuple::new(sub))
}
