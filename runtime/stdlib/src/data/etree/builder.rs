//! `TreeBuilder`: makes a tree of the events of a parser.
//!
//! Invariant: `stack` holds the open elements below `this`.
//! CPython: Modules/_elementtree.c (treebuilder_*).

use super::element::{self, Element};
use crate::functional::shared::{bind, none};
use adder_mem::heap::Global;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, attr, call, error, ops,
    payload, singletons, str, trace_fields, tuple,
};
use std::cell::{Cell, RefCell};

#[derive(Default)]
pub struct TreeBuilder {
    root: ObjCell,
    this: ObjCell,
    last: ObjCell,
    /// The element whose tail text comes next; none while its text comes.
    last_for_tail: ObjCell,
    /// Text of the parser that belongs to no element yet; behind what `data` holds, which then holds something.
    chars: RefCell<String>,
    data: RefCell<Vec<Obj>>,
    stack: RefCell<Vec<Obj>>,
    element_factory: ObjCell,
    comment_factory: ObjCell,
    pi_factory: ObjCell,
    insert_comments: Cell<bool>,
    insert_pis: Cell<bool>,
    pub events: Events,
}
trace_fields!(TreeBuilder {
    root,
    this,
    last,
    last_for_tail,
    data,
    stack,
    element_factory,
    comment_factory,
    pi_factory,
    events
});
pub static BUILDER: StaticType =
    StaticType::new::<TreeBuilder>("xml.etree.ElementTree.TreeBuilder", F::GC | F::BASETYPE);
payload!(TreeBuilder, BUILDER);

/// What `iterparse` wants to hear of: the queue's `append` and the name of each event.
#[derive(Default)]
pub struct Events {
    pub append: ObjCell,
    pub start: ObjCell,
    pub end: ObjCell,
    pub start_ns: ObjCell,
    pub end_ns: ObjCell,
    pub comment: ObjCell,
    pub pi: ObjCell,
}
trace_fields!(Events { append, start, end, start_ns, end_ns, comment, pi });

/// Factories that `_set_factories` gave.
struct Factories {
    comment: Option<Obj>,
    pi: Option<Obj>,
}
static FACTORIES: Global<Factories> = Global::new(Factories { comment: None, pi: None });

pub fn set_factories(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    for f in a {
        if !f.is_none() && !call::is_callable(f) {
            return Err(error::type_error(format!("Comment factory must be callable, not {}", f.ty().tp_name())));
        }
    }
    let some = |o: &Obj| Some(o.clone()).filter(|o| !o.is_none());
    let old = std::mem::replace(FACTORIES.get(), Factories { comment: some(&a[0]), pi: some(&a[1]) });
    let pair = [old.comment, old.pi].map(|o| o.unwrap_or_else(singletons::none));
    Ok(tuple::from_array(pair))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|_, ty, _| Ok(Ref::with_type(ty, TreeBuilder::default()).into_obj())), slot::init(init)],
    methods: &[
        method(
            "start($self, tag, attrs, /)",
            Native::Pos(2, 2, |vm, o, a| {
                let Some(d) = a[1].get::<Dict>() else {
                    return Err(error::type_error(format!(
                        "start() argument 2 must be dict, not {}",
                        a[1].ty().tp_name()
                    )));
                };
                of(o)?.start(vm, &a[0], Some(d.copy()))
            }),
            "",
        ),
        method("end($self, tag, /)", Native::One(|vm, o, _| of(o)?.end(vm)), ""),
        method(
            "data($self, data, /)",
            Native::One(|_, o, x| {
                of(o)?.data(x.clone());
                none()
            }),
            "",
        ),
        method("comment($self, text, /)", Native::One(|vm, o, t| of(o)?.comment(vm, t)), ""),
        method(
            "pi($self, target, text=None, /)",
            Native::Pos(1, 2, |vm, o, a| of(o)?.pi(vm, &a[0], &a.get(1).cloned().unwrap_or_else(singletons::none))),
            "",
        ),
        method("close($self, /)", Native::NoArgs(|vm, o| of(o)?.close(vm)), ""),
    ],
    ..TypeSpec::of(&BUILDER)
};

pub fn of(o: &Obj) -> PyResult<&TreeBuilder> {
    o.this::<TreeBuilder>()
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind(
        "TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)",
        args,
    )?;
    let b = of(o)?;
    b.element_factory.set_option(a.opt_not_none(0).cloned());
    let known = FACTORIES.get();
    b.comment_factory.set_option(a.opt_not_none(1).cloned().or_else(|| known.comment.clone()));
    b.pi_factory.set_option(a.opt_not_none(2).cloned().or_else(|| known.pi.clone()));
    b.insert_comments.set(a.opt(3).map_or(Ok(false), |x| ops::truth(vm, x))?);
    b.insert_pis.set(a.opt(4).map_or(Ok(false), |x| ops::truth(vm, x))?);
    Ok(())
}
/// A builder with everything as it is by default.
pub fn plain() -> Obj {
    let b = TreeBuilder::default();
    b.comment_factory.set_option(FACTORIES.get().comment.clone());
    b.pi_factory.set_option(FACTORIES.get().pi.clone());
    Ref::new(b).into_obj()
}

impl TreeBuilder {
    fn event(&self, vm: &Vm, kind: &ObjCell, value: &Obj) -> PyResult<()> {
        if let (Some(append), Some(k)) = (self.events.append.get(), kind.get()) {
            call::call1(vm, &append, &tuple::from_array([k, value.clone()]))?;
        }
        Ok(())
    }
    pub fn namespace_event(&self, vm: &Vm, start: bool, value: &Obj) -> PyResult<()> {
        self.event(vm, if start { &self.events.start_ns } else { &self.events.end_ns }, value)
    }

    /// Text collected so far becomes the text or tail of the element it belongs to.
    pub fn flush(&self, vm: &Vm) -> PyResult<()> {
        let joined = if self.data.borrow().is_empty() {
            let mut chars = self.chars.borrow_mut();
            if chars.is_empty() {
                return Ok(());
            }
            let t = str::from_str(&chars).into_obj();
            chars.clear();
            t
        } else {
            self.spill();
            match self.data.take().as_slice() {
                [one] => one.clone(),
                many => {
                    let strs: Vec<&Str> = many.iter().filter_map(|o| o.get::<Str>()).collect();
                    str::concat_all(&strs).into_obj()
                }
            }
        };
        if let Some(e) = self.last_for_tail.get() {
            return append_to(vm, &e, "tail", &joined);
        }
        match self.last.get().or_else(|| self.this.get()) {
            Some(e) => append_to(vm, &e, "text", &joined),
            None => Ok(()),
        }
    }
    fn add_child(&self, vm: &Vm, parent: &Obj, e: &Obj) -> PyResult<()> {
        match (element::exact(parent), e.get::<Element>()) {
            (Some(p), Some(_)) => {
                p.children.borrow_mut().push(e.clone());
                Ok(())
            }
            _ => call::call_method_str(vm, parent, "append", std::slice::from_ref(e)).map(drop),
        }
    }

    pub fn start(&self, vm: &Vm, tag: &Obj, attrs: Option<Ref<Dict>>) -> PyResult {
        self.flush(vm)?;
        let e = match self.element_factory.get() {
            None => element::new(tag, attrs.filter(|d| !d.is_empty())),
            Some(f) => {
                let d = attrs.unwrap_or_else(Dict::new).into_obj();
                call::call_pos(vm, &f, &[tag.clone(), d])?
            }
        };
        let parent = self.this.get();
        match &parent {
            Some(p) => self.add_child(vm, p, &e)?,
            None if self.root.is_some() => {
                return Err(super::parse_error(vm, "multiple elements on top level", None)?);
            }
            None => self.root.set(e.clone()),
        }
        self.stack.borrow_mut().push(parent.unwrap_or_else(singletons::none));
        self.this.set(e.clone());
        self.last.set(e.clone());
        drop(self.last_for_tail.take());
        self.event(vm, &self.events.start, &e)?;
        Ok(e)
    }
    pub fn end(&self, vm: &Vm) -> PyResult {
        self.flush(vm)?;
        let Some(parent) = self.stack.borrow_mut().pop() else {
            return Err(error::index_error("pop from empty stack"));
        };
        let done = self.this.get().unwrap_or_else(singletons::none);
        self.this.set_option(Some(parent).filter(|p| !p.is_none()));
        self.last.set(done.clone());
        self.last_for_tail.set(done.clone());
        self.event(vm, &self.events.end, &done)?;
        Ok(done)
    }
    pub fn data(&self, x: Obj) {
        // Nothing is open and nothing was: the text has no place.
        if self.last.is_some() {
            self.spill();
            self.data.borrow_mut().push(x);
        }
    }
    /// As `data`.
    pub fn text(&self, s: &::std::primitive::str) {
        if self.last.is_some() {
            self.chars.borrow_mut().push_str(s);
        }
    }
    /// Moves text to the data that it follows.
    fn spill(&self) {
        let mut chars = self.chars.borrow_mut();
        if !chars.is_empty() {
            self.data.borrow_mut().push(str::from_str(&chars).into_obj());
            chars.clear();
        }
    }
    fn insert(&self, vm: &Vm, e: &Obj) -> PyResult<()> {
        if let Some(this) = self.this.get() {
            self.add_child(vm, &this, e)?;
            self.last_for_tail.set(e.clone());
        }
        Ok(())
    }
    pub fn comment(&self, vm: &Vm, t: &Obj) -> PyResult {
        let Some(f) = self.comment_factory.get() else { return Ok(t.clone()) };
        let e = call::call1(vm, &f, t)?;
        if self.insert_comments.get() {
            self.flush(vm)?;
            self.insert(vm, &e)?;
        }
        self.event(vm, &self.events.comment, &e)?;
        Ok(e)
    }
    pub fn pi(&self, vm: &Vm, target: &Obj, t: &Obj) -> PyResult {
        let Some(f) = self.pi_factory.get() else { return Ok(tuple::from_array([target.clone(), t.clone()])) };
        let e = call::call_pos(vm, &f, &[target.clone(), t.clone()])?;
        if self.insert_pis.get() {
            self.flush(vm)?;
            self.insert(vm, &e)?;
        }
        self.event(vm, &self.events.pi, &e)?;
        Ok(e)
    }
    pub fn close(&self, vm: &Vm) -> PyResult {
        self.flush(vm)?;
        Ok(self.root.get().unwrap_or_else(singletons::none))
    }
    pub fn wants_comments(&self) -> bool {
        self.insert_comments.get() || self.events.comment.is_some()
    }
    pub fn wants_pis(&self) -> bool {
        self.insert_pis.get() || self.events.pi.is_some()
    }
}

/// Adds text behind the text or tail that an element has.
fn append_to(vm: &Vm, e: &Obj, field: &::std::primitive::str, t: &Obj) -> PyResult<()> {
    if let Some(x) = element::exact(e) {
        let cell = if field == "tail" { &x.tail } else { &x.text };
        let new = match cell.get().filter(|o| !o.is_none()) {
            None => t.clone(),
            Some(old) => match (old.get::<Str>(), t.get::<Str>()) {
                (Some(a), Some(b)) => str::concat(a, b).into_obj(),
                _ => t.clone(),
            },
        };
        cell.set(new);
        return Ok(());
    }
    let old = attr::get_str(vm, e, field)?;
    let new = if old.is_none() {
        t.clone()
    } else {
        adder_object::arith::binary(vm, &old, t, adder_object::arith::BinOp::Add)?
    };
    attr::set_str(vm, e, field, &new)
}
