//! `find`, `findall` and their like: plain tags at once, paths by `xml.etree.ElementPath`.

use super::element::{Element, of};
use adder_object::bind::Bound;
use adder_object::{List, Obj, ObjExt, PyResult, Str, Vm, call, singletons, str};

/// Does the path need the path language?
fn is_path(o: &Obj) -> bool {
    let Some(s) = o.get::<Str>() else { return true };
    let chars = s.chars();
    let at = |i: usize| if i < chars.len() { chars.at(i) } else { 0 };
    let is = |i: usize, c: u8| at(i) == u32::from(c);
    if chars.len() >= 3 && is(0, b'{') && (is(1, b'}') || is(1, b'*') && is(2, b'}')) {
        // "{}tag" and "{*}tag" are patterns.
        return true;
    }
    let mut inside = false;
    for c in chars.iter() {
        match char::from_u32(c) {
            Some('{') => inside = true,
            Some('}') => inside = false,
            Some('/' | '*' | '[' | '@' | '.') if !inside => return true,
            _ => {}
        }
    }
    false
}
fn by_path(vm: &Vm, o: &Obj, name: &::std::primitive::str, args: &[&Obj]) -> PyResult {
    let mut all = vec![o.clone()];
    all.extend(args.iter().map(|a| (*a).clone()));
    call::call_method_str(vm, &vm.import("xml.etree.ElementPath")?, name, &all)
}
/// The first child with the tag.
fn by_tag(vm: &Vm, e: &Element, tag: &Obj) -> PyResult<Option<Obj>> {
    let mut i = 0;
    while let Some(c) = e.get(i) {
        if c.get::<Element>().map_or(Ok(false), |c| c.has_tag(vm, tag))? {
            return Ok(Some(c));
        }
        i += 1;
    }
    Ok(None)
}

pub fn find(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ns = a.clone_or_none(1);
    if is_path(a.req(0)) || !ns.is_none() {
        return by_path(vm, o, "find", &[a.req(0), &ns]);
    }
    Ok(by_tag(vm, of(o)?, a.req(0))?.unwrap_or_else(singletons::none))
}
pub fn findtext(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let (default, ns) = (a.clone_or_none(1), a.clone_or_none(2));
    if is_path(a.req(0)) || !ns.is_none() {
        return by_path(vm, o, "findtext", &[a.req(0), &default, &ns]);
    }
    match by_tag(vm, of(o)?, a.req(0))? {
        None => Ok(default),
        Some(c) => {
            let t = c.get::<Element>().and_then(|c| c.text.get()).filter(|t| !t.is_none());
            Ok(t.unwrap_or_else(|| str::empty().into_obj()))
        }
    }
}
pub fn findall(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let ns = a.clone_or_none(1);
    if is_path(a.req(0)) || !ns.is_none() {
        return by_path(vm, o, "findall", &[a.req(0), &ns]);
    }
    let e = of(o)?;
    let out = List::new(vec![]);
    let mut i = 0;
    while let Some(c) = e.get(i) {
        if c.get::<Element>().map_or(Ok(false), |c| c.has_tag(vm, a.req(0)))? {
            out.push(c);
        }
        i += 1;
    }
    Ok(out.into_obj())
}
pub fn iterfind(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    by_path(vm, o, "iterfind", &[a.req(0), &a.clone_or_none(1)])
}
