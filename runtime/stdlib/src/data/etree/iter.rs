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
impl ElementIter {
    fn step(&self) -> Option<Step> {
        let mut parents = self.parents.borrow_mut();
        let Some(level) = parents.last_mut() else {
            let root = self.root.take()?;
            parents.push(Level { element: root.clone(), next: 0 });
            return Some(Step::Enter(root));
        };
        match level.element.get::<Element>().and_then(|e| e.get(level.next)) {
            Some(c) => {
                level.next += 1;
                parents.push(Level { element: c.clone(), next: 0 });
                Some(Step::Enter(c))
            }
            None => parents.pop().map(|l| Step::Leave(l.element)),
        }
    }
    fn is_wanted(&self, vm: &Vm, e: &Obj) -> PyResult<bool> {
        match (&self.tag, e.get::<Element>()) {
            (Some(tag), Some(e)) => e.has_tag(vm, tag),
            _ => Ok(true),
        }
    }
}

fn next(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<ElementIter>()?;
    while let Some(s) = it.step() {
        match s {
            Step::Enter(e) if !it.texts => {
                if it.is_wanted(vm, &e)? {
                    return Ok(Some(e));
                }
            }
            Step::Leave(_) if !it.texts => {}
            Step::Enter(e) => {
                if let Some(t) = text_of(vm, it, &e, true)? {
                    return Ok(Some(t));
                }
            }
            Step::Leave(e) => {
                if let Some(t) = text_of(vm, it, &e, false)? {
                    return Ok(Some(t));
                }
            }
        }
    }
    Ok(None)
}
fn text_of(vm: &Vm, it: &ElementIter, e: &Obj, entering: bool) -> PyResult<Option<Obj>> {
    let Some(e) = e.get::<Element>() else { return Ok(None) };
    if entering {
        // Comments and processing instructions have no text of the document, nor children.
        let tag = e.tag.get().unwrap_or_else(singletons::none);
        if tag.get::<Str>().is_none() && !tag.is_none() {
            let gone = it.parents.borrow_mut().pop();
            drop(gone);
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
