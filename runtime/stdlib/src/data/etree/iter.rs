//! `Element.iter` and `Element.itertext`: the tree in document order.
//!
//! Invariant: `parents` is the way down from the root, each with the place of its next child.

use super::element::{Element, child};
use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{
    Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, ops, payload, singletons, trace_fields,
};
use std::cell::RefCell;

struct Level {
    element: Obj,
    next: usize,
}
trace_fields!(Level { element });

pub struct ElementIter {
    parents: RefCell<Vec<Level>>,
    root: RefCell<Option<Obj>>,
    /// The tag looked for; None for all.
    tag: Option<Obj>,
    texts: bool,
}
trace_fields!(ElementIter { parents, root, tag });
static ELEMENT_ITER: StaticType = StaticType::new::<ElementIter>("_elementtree._element_iterator", F::GC);
payload!(ElementIter, ELEMENT_ITER);

pub static SPEC: TypeSpec =
    TypeSpec { slots: &[slot::iter(ops::iter_self), slot::iternext(next)], ..TypeSpec::of(&ELEMENT_ITER) };

fn make(root: &Obj, tag: Option<Obj>, texts: bool) -> Obj {
    let it = ElementIter { parents: RefCell::default(), root: RefCell::new(Some(root.clone())), tag, texts };
    Ref::new(it).into_obj()
}
pub fn elements(_: &Vm, o: &Obj, tag: Option<&Obj>) -> PyResult {
    child(o, "iter() argument 1")?;
    let all = tag.is_none_or(|t| t.is_none() || t.get::<Str>().is_some_and(|s| s.eq_str("*")));
    Ok(make(o, if all { None } else { tag.cloned() }, false))
}
pub fn texts(o: &Obj) -> Obj {
    make(o, None, true)
}

/// One step: the next element on the way in, or one that is left (for its tail).
enum Step {
    Enter(Obj),
    Leave(Obj),
}
fn step(it: &ElementIter) -> Option<Step> {
    let root = it.root.borrow_mut().take();
    if let Some(root) = root {
        it.parents.borrow_mut().push(Level { element: root.clone(), next: 0 });
        return Some(Step::Enter(root));
    }
    let mut parents = it.parents.borrow_mut();
    let level = parents.last_mut()?;
    let c = level.element.get::<Element>().and_then(|e| e.get(level.next));
    match c {
        Some(c) => {
            level.next += 1;
            parents.push(Level { element: c.clone(), next: 0 });
            Some(Step::Enter(c))
        }
        None => {
            let done = parents.pop();
            done.map(|l| Step::Leave(l.element))
        }
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<ElementIter>()?;
    while let Some(s) = step(it) {
        let (element, entering) = match s {
            Step::Enter(e) => (e, true),
            Step::Leave(e) => (e, false),
        };
        let Some(e) = element.get::<Element>() else { continue };
        if !it.texts {
            if !entering {
                continue;
            }
            match &it.tag {
                None => return Ok(Some(element)),
                Some(tag) => {
                    let t = e.tag.get().unwrap_or_else(singletons::none);
                    if ops::key_equals(vm, &t, tag)? {
                        return Ok(Some(element));
                    }
                    continue;
                }
            }
        }
        if let Some(t) = text_of(vm, it, e, entering)? {
            return Ok(Some(t));
        }
    }
    Ok(None)
}
fn text_of(vm: &Vm, it: &ElementIter, e: &Element, entering: bool) -> PyResult<Option<Obj>> {
    if entering {
        // Comments and processing instructions have no text of the document, nor children.
        let tag = e.tag.get().unwrap_or_else(singletons::none);
        if tag.get::<Str>().is_none() && !tag.is_none() {
            it.parents.borrow_mut().pop();
            return tail(vm, it, e);
        }
        return truthy(vm, e.text.get());
    }
    tail(vm, it, e)
}
/// The tail, but for the root's own.
fn tail(vm: &Vm, it: &ElementIter, e: &Element) -> PyResult<Option<Obj>> {
    if it.parents.borrow().is_empty() {
        return Ok(None);
    }
    truthy(vm, e.tail.get())
}
fn truthy(vm: &Vm, o: Option<Obj>) -> PyResult<Option<Obj>> {
    match o {
        Some(t) if ops::truth(vm, &t)? => Ok(Some(t)),
        _ => Ok(None),
    }
}
