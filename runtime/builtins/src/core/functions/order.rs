//! max, min, sorted.

use crate::containers::list_sort;
use adder_object::bind::check_positional;
use adder_object::call::{call, call1};
use adder_object::{Args, CompareOp, Obj, ObjExt, PyResult, Str, Vm, attr, error, int, names, ops};

/// `max(...)` or `min(...)`: the first of the extreme items.
pub fn extreme(vm: &Vm, args: Args<'_>, max: bool) -> PyResult {
    let (name, op) = if max { ("max", CompareOp::Gt) } else { ("min", CompareOp::Lt) };
    let positional = args.positional();
    if positional.is_empty() {
        return Err(error::type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let (mut key, mut default) = (None, None);
    for (k, v) in args.keywords() {
        match k.get::<Str>() {
            Some(s) if s.eq_str("key") => key = Some(v).filter(|v| !v.is_none()),
            Some(s) if s.eq_str("default") => default = Some(v),
            _ => {
                return Err(error::type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    ops::text(k)
                )));
            }
        }
    }
    let mut best: Option<(Obj, Obj)> = None;
    let mut step = |item: Obj| -> PyResult<()> {
        let rank = match key {
            Some(f) => call1(vm, f, &item)?,
            None => item.clone(),
        };
        let better = match &best {
            Some((_, old)) => ops::compare_bool(vm, &rank, old, op)?,
            None => true,
        };
        if better {
            best = Some((item, rank));
        }
        Ok(())
    };
    if positional.len() > 1 {
        if default.is_some() {
            return Err(error::type_error(format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        positional.iter().try_for_each(|o| step(o.clone()))?;
    } else if key.is_none() {
        best = extreme_item(vm, &positional[0], op)?.map(|x| (x.clone(), x));
    } else {
        ops::for_each(vm, &positional[0], step)?;
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(d)) => Ok(d.clone()),
        (None, None) => Err(error::value_error(format!("{name}() iterable argument is empty"))),
    }
}

/// The first item that no other one surpasses.
fn extreme_item(vm: &Vm, o: &Obj, op: CompareOp) -> PyResult<Option<Obj>> {
    let mut items = ops::Items::of(vm, o)?;
    let Some(mut best) = items.next(vm)? else { return Ok(None) };
    loop {
        if let Some(mut n) = best.small_int() {
            items.take_plain(|x| {
                let Some(i) = x.small_int() else { return false };
                n = if op == CompareOp::Gt { n.max(i) } else { n.min(i) };
                true
            });
            best = int::from_i64(n);
        }
        let Some(item) = items.next(vm)? else { return Ok(Some(best)) };
        if ops::compare_bool(vm, &item, &best, op)? {
            best = item;
        }
    }
}

/// `sorted(iterable, ...)`: keyword arguments are `list.sort`'s.
pub fn sorted(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    check_positional("sorted", args.len(), 1, 1)?;
    let list = ops::to_list(vm, &args.positional()[0])?;
    if !args.has_keywords() {
        list_sort::sort(vm, &list, None, false)?;
        return Ok(list.into_obj());
    }
    let sort = attr::get(vm, list.obj(), &names().sort)?;
    call(vm, &sort, args.skip(1))?;
    Ok(list.into_obj())
}
