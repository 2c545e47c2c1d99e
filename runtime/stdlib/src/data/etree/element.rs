//! `xml.etree.ElementTree.Element`: one node with its children.
//!
//! Invariant: the children are not borrowed while Python code runs; each is an element.
//! CPython: Modules/_elementtree.c.

use super::find;
use super::iter;
use crate::functional::shared::{none, text};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, getset, method, word};
use adder_object::{
    Args, Dict, List, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, Slice, StaticType, Str, TypeFlags as F, Vm, call,
    error, exceptions as exc, int, ops, payload, singletons, trace_fields,
};
use std::cell::RefCell;

pub struct Element {
    /// These three hold None where there is nothing, so that their words are the attributes.
    pub tag: ObjCell,
    pub text: ObjCell,
    pub tail: ObjCell,
    /// None until there are attributes or somebody asks for the dict.
    pub attrib: ObjCell,
    pub children: RefCell<Vec<Obj>>,
}
impl Default for Element {
    fn default() -> Element {
        let none = || ObjCell::new(singletons::none());
        Element { tag: none(), text: none(), tail: none(), attrib: ObjCell::empty(), children: RefCell::default() }
    }
}
trace_fields!(Element { tag, text, tail, attrib, children });
pub static ELEMENT: StaticType =
    StaticType::new::<Element>("xml.etree.ElementTree.Element", F::GC | F::BASETYPE | F::MANAGED_WEAKREF);
payload!(Element, ELEMENT);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Element::default()).into_obj())),
        slot::init(init),
        slot::repr(repr),
        slot::bool(|vm, o| {
            vm.warn(
                &exc::DEPRECATION_WARNING,
                "Testing an element's truth value will always return True in future versions.  Use specific 'len(elem)' or 'elem is not None' test instead.",
                1,
            )?;
            Ok(of(o)?.len() != 0)
        }),
        slot::length(|_, o| Ok(of(o)?.len())),
        slot::getitem(getitem),
        slot::setitem(setitem),
    ],
    methods: METHODS,
    getset: GETSET,
    ..TypeSpec::of(&ELEMENT)
};

static METHODS: &[MethodDef] = &[
    method(
        "clear($self, /)",
        Native::NoArgs(|_, o| {
            let e = of(o)?;
            let nothing = || Some(singletons::none());
            let old = (e.attrib.take(), e.text.replace(nothing()), e.tail.replace(nothing()), e.children.take());
            drop(old);
            none()
        }),
        "",
    ),
    method(
        "get($self, /, key, default=None)",
        Native::Bound(|vm, o, a| {
            let found = match of(o)?.attributes() {
                Some(d) => d.get_item(vm, a.req(0))?,
                None => None,
            };
            Ok(found.unwrap_or_else(|| a.clone_or_none(1)))
        }),
        "",
    ),
    method(
        "set($self, key, value, /)",
        Native::Pos(2, 2, |vm, o, a| {
            of(o)?.own_attributes().set_item(vm, &a[0], a[1].clone())?;
            none()
        }),
        "",
    ),
    method("find($self, /, path, namespaces=None)", Native::Bound(find::find), ""),
    method("findtext($self, /, path, default=None, namespaces=None)", Native::Bound(find::findtext), ""),
    method("findall($self, /, path, namespaces=None)", Native::Bound(find::findall), ""),
    method("iterfind($self, /, path, namespaces=None)", Native::Bound(find::iterfind), ""),
    method(
        "append($self, subelement, /)",
        Native::One(|_, o, x| {
            of(o)?.children.borrow_mut().push(child(x, "append() argument 1")?);
            none()
        }),
        "",
    ),
    method("extend($self, elements, /)", Native::One(extend), ""),
    method(
        "insert($self, index, subelement, /)",
        Native::Pos(2, 2, |vm, o, a| {
            let i = ops::size_isize(vm, &a[0])?;
            let x = child(&a[1], "insert() argument 2")?;
            let mut all = of(o)?.children.borrow_mut();
            let n = all.len() as isize;
            let i = if i < 0 { (i + n).max(0) } else { i.min(n) };
            all.insert(i as usize, x);
            none()
        }),
        "",
    ),
    method("remove($self, subelement, /)", Native::One(remove), ""),
    method(
        "items($self, /)",
        Native::NoArgs(|_, o| {
            let pairs = of(o)?.attributes().map(|d| d.items_vec()).unwrap_or_default();
            Ok(List::new(pairs.into_iter().map(|(k, v)| adder_object::tuple::from_array([k, v])).collect()).into_obj())
        }),
        "",
    ),
    method(
        "keys($self, /)",
        Native::NoArgs(|_, o| Ok(List::new(of(o)?.attributes().map(|d| d.keys_vec()).unwrap_or_default()).into_obj())),
        "",
    ),
    method("iter($self, /, tag=None)", Native::Bound(|vm, o, a| iter::elements(vm, o, a.opt(0))), ""),
    method("itertext($self, /)", Native::NoArgs(|_, o| Ok(iter::texts(o))), ""),
    method(
        "makeelement($self, tag, attrib, /)",
        Native::Pos(2, 2, |vm, _, a| {
            let Some(d) = a[1].get::<Dict>() else {
                return Err(error::type_error(format!(
                    "makeelement() argument 2 must be dict, not {}",
                    a[1].ty().tp_name()
                )));
            };
            let _ = vm;
            Ok(new(&a[0], (!d.is_empty()).then(|| d.copy())))
        }),
        "",
    ),
    method(
        "__copy__($self, /)",
        Native::NoArgs(|_, o| {
            let e = of(o)?;
            let new = Element {
                tag: ObjCell::from_option(e.tag.get()),
                text: ObjCell::from_option(e.text.get()),
                tail: ObjCell::from_option(e.tail.get()),
                attrib: ObjCell::from_option(e.attrib.get()),
                children: RefCell::new(e.children.borrow().clone()),
            };
            Ok(Ref::new(new).into_obj())
        }),
        "",
    ),
    method("__deepcopy__($self, memo, /)", Native::One(deep_copy), ""),
    method(
        "__sizeof__($self, /)",
        Native::NoArgs(|_, o| Ok(int::from_usize(16 + size_of::<Element>() + of(o)?.children.borrow().capacity() * 8))),
        "",
    ),
    method(
        "__getstate__($self, /)",
        Native::NoArgs(|_, o| {
            let e = of(o)?;
            let d = Dict::new();
            d.set_str("tag", e.tag.get().unwrap_or_else(singletons::none));
            d.set_str("_children", List::new(e.children.borrow().clone()).into_obj());
            d.set_str("attrib", e.attributes().unwrap_or_else(Dict::new).into_obj());
            d.set_str("text", e.text.get().unwrap_or_else(singletons::none));
            d.set_str("tail", e.tail.get().unwrap_or_else(singletons::none));
            Ok(d.into_obj())
        }),
        "",
    ),
    method("__setstate__($self, state, /)", Native::One(set_state), ""),
];

fn given(v: Option<&Obj>) -> PyResult<Obj> {
    v.cloned().ok_or_else(|| error::attribute_error_text("can't delete element attribute"))
}
macro_rules! field {
    ($name:literal, $field:ident) => {
        word(
            $name,
            |_, o| Ok(of(o)?.$field.get().unwrap_or_else(singletons::none)),
            |_, o, v| {
                of(o)?.$field.set(given(v)?);
                Ok(())
            },
            std::mem::offset_of!(Element, $field),
        )
    };
}
static GETSET: &[GetSetDef] = &[
    field!("tag", tag),
    field!("text", text),
    field!("tail", tail),
    getset(
        "attrib",
        |_, o| Ok(of(o)?.own_attributes().into_obj()),
        |_, o, v| {
            let v = given(v)?;
            if v.get::<Dict>().is_none() {
                return Err(error::type_error(format!("attrib must be dict, not {}", v.ty().tp_name())));
            }
            of(o)?.attrib.set(v);
            Ok(())
        },
        "",
    ),
];

pub fn of(o: &Obj) -> PyResult<&Element> {
    o.this::<Element>()
}
pub fn new(tag: &Obj, attrib: Option<Ref<Dict>>) -> Obj {
    let e = Element { tag: ObjCell::new(tag.clone()), ..Element::default() };
    e.attrib.set_option(attrib.map(Ref::into_obj));
    Ref::new(e).into_obj()
}
/// An argument that must be an element.
pub fn child(o: &Obj, what: &str) -> PyResult {
    match o.get::<Element>() {
        Some(_) => Ok(o.clone()),
        None => {
            Err(error::type_error(format!("{what} must be xml.etree.ElementTree.Element, not {}", o.ty().tp_name())))
        }
    }
}

impl Element {
    pub fn len(&self) -> usize {
        self.children.borrow().len()
    }
    pub fn get(&self, i: usize) -> Option<Obj> {
        self.children.borrow().get(i).cloned()
    }
    /// Whether `tag` is the element's.
    #[inline]
    pub fn has_tag(&self, vm: &Vm, tag: &Obj) -> PyResult<bool> {
        if self.tag.bits() == tag.bits() {
            return Ok(true);
        }
        let own = self.tag.get().unwrap_or_else(singletons::none);
        match (own.get_exact::<Str>(), tag.get_exact::<Str>()) {
            (Some(a), Some(b)) => Ok(a.equals(b)),
            _ => ops::key_equals(vm, &own, tag),
        }
    }
    pub fn attributes(&self) -> Option<Ref<Dict>> {
        self.attrib.get().and_then(|d| d.downcast::<Dict>())
    }
    pub fn own_attributes(&self) -> Ref<Dict> {
        if let Some(d) = self.attributes() {
            return d;
        }
        let d = Dict::new();
        self.attrib.set(d.clone().into_obj());
        d
    }
}

/// The attributes of a constructor: a dict and keywords, in a dict of their own; None when there are none.
pub fn attributes_of(
    vm: &Vm,
    function: &str,
    place: usize,
    dict: Option<&Obj>,
    args: Args<'_>,
) -> PyResult<Option<Ref<Dict>>> {
    let mut out = None;
    let by_name = args.keyword("attrib");
    if let Some(o) = dict.or(by_name) {
        let Some(d) = o.get::<Dict>() else {
            let what = if dict.is_some() {
                format!("{function}() argument {place} must be dict, not {}", o.ty().tp_name())
            } else {
                format!("attrib must be dict, not {}", o.ty().tp_name())
            };
            return Err(error::type_error(what));
        };
        out = Some(d.copy());
    }
    for (k, v) in args.keywords() {
        if dict.is_none() && by_name.is_some_and(|b| b.is(v)) && ops::text(k) == "attrib" {
            continue;
        }
        out.get_or_insert_with(Dict::new).set_item(vm, k, v.clone())?;
    }
    Ok(out.filter(|d| !d.is_empty()))
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let (tag, dict) = match args.positional() {
        [] => match args.keyword("tag") {
            Some(_) | None => return Err(error::type_error("Element() takes at least 1 argument (0 given)")),
        },
        [tag] => (tag, None),
        [tag, d] => (tag, Some(d)),
        all => {
            return Err(error::type_error(format!("Element() takes at most 2 arguments ({} given)", all.len())));
        }
    };
    let attrib = attributes_of(vm, "Element", 2, dict, args)?;
    let e = of(o)?;
    e.tag.set(tag.clone());
    e.attrib.set_option(attrib.map(Ref::into_obj));
    e.text.set(singletons::none());
    e.tail.set(singletons::none());
    Ok(())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let tag = e.tag.get().unwrap_or_else(singletons::none);
    if !vm.repr_enter(o) {
        return Err(error::runtime_error(format!("reentrant call inside {}.__repr__", o.ty().tp_name())));
    }
    let shown = ops::repr_string(vm, &tag);
    vm.repr_leave(o);
    Ok(text(&format!("<Element {} at {:#x}>", shown?, o.bits())))
}

#[cold]
fn bad_index(message: &str) -> PyErr {
    error::index_error(message)
}
fn position(vm: &Vm, e: &Element, key: &Obj, message: &str) -> PyResult<usize> {
    let i = ops::index_isize(vm, key)?;
    let n = e.len() as isize;
    let i = if i < 0 { i + n } else { i };
    if (0..n).contains(&i) { Ok(i as usize) } else { Err(bad_index(message)) }
}
fn not_an_index() -> PyErr {
    error::type_error("element indices must be integers")
}
fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let e = of(o)?;
    if let Some(s) = key.get::<Slice>() {
        let at = s.indices(vm, e.len())?;
        let all = e.children.borrow();
        let part = at.iter().filter_map(|i| all.get(i).cloned()).collect();
        return Ok(List::new(part).into_obj());
    }
    if !int::is_int(key) && key.ty().index().is_none() {
        return Err(not_an_index());
    }
    let i = position(vm, e, key, "child index out of range")?;
    e.get(i).ok_or_else(|| bad_index("child index out of range"))
}
fn setitem(vm: &Vm, o: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let e = of(o)?;
    if let Some(s) = key.get::<Slice>() {
        return set_slice(vm, e, s, value);
    }
    if !int::is_int(key) && key.ty().index().is_none() {
        return Err(not_an_index());
    }
    let i = position(vm, e, key, "child assignment index out of range")?;
    let old = match value {
        None => e.children.borrow_mut().remove(i),
        Some(v) => {
            let v = some_element(v)?;
            std::mem::replace(&mut e.children.borrow_mut()[i], v)
        }
    };
    drop(old);
    Ok(())
}
fn some_element(v: &Obj) -> PyResult {
    match v.get::<Element>() {
        Some(_) => Ok(v.clone()),
        None => Err(error::type_error(format!("expected an Element, not \"{}\"", v.ty().name()))),
    }
}
fn set_slice(vm: &Vm, e: &Element, s: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let new = match value {
        None => vec![],
        Some(v) => {
            let items = ops::collect(vm, v).map_err(|e| {
                if e.is(&exc::TYPE_ERROR) {
                    error::type_error("expected sequence, not \"".to_owned() + &v.ty().name() + "\"")
                } else {
                    e
                }
            })?;
            items.iter().map(some_element).collect::<PyResult<Vec<Obj>>>()?
        }
    };
    let at = s.indices(vm, e.len())?;
    let mut all = e.children.borrow_mut();
    let old: Vec<Obj>;
    if at.step == 1 {
        let (start, stop) = (at.start as usize, at.stop.max(at.start) as usize);
        old = all.splice(start..stop, new).collect();
    } else if value.is_none() {
        let mut places: Vec<usize> = at.iter().collect();
        places.sort_unstable();
        old = places.into_iter().rev().map(|i| all.remove(i)).collect();
    } else {
        if new.len() != at.len {
            return Err(error::value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                at.len
            )));
        }
        old = new.into_iter().zip(at.iter()).map(|(v, i)| std::mem::replace(&mut all[i], v)).collect();
    }
    drop(all);
    drop(old);
    Ok(())
}

fn extend(vm: &Vm, o: &Obj, elements: &Obj) -> PyResult {
    let items = match ops::collect(vm, elements) {
        Err(e) if e.is(&exc::TYPE_ERROR) && elements.ty().iter().is_none() => {
            return Err(error::type_error("'elements' must be an iterable"));
        }
        r => r?,
    };
    for x in items {
        let x = some_element(&x)?;
        of(o)?.children.borrow_mut().push(x);
    }
    none()
}
fn remove(vm: &Vm, o: &Obj, x: &Obj) -> PyResult {
    child(x, "remove() argument 1")?;
    let e = of(o)?;
    let mut at = e.children.borrow().iter().position(|c| c.is(x));
    let mut i = 0;
    while at.is_none()
        && let Some(c) = e.get(i)
    {
        if ops::equals(vm, &c, x)? {
            at = Some(i);
        }
        i += 1;
    }
    let mut all = e.children.borrow_mut();
    match at.filter(|i| *i < all.len()) {
        Some(i) => {
            let gone = all.remove(i);
            drop(all);
            drop(gone);
            none()
        }
        None => Err(error::value_error("Element.remove(x): element not found")),
    }
}

fn deep_copy(vm: &Vm, o: &Obj, memo: &Obj) -> PyResult {
    if memo.get::<Dict>().is_none() && !memo.is_none() {
        return Err(error::type_error(format!("__deepcopy__() argument must be dict, not {}", memo.ty().tp_name())));
    }
    vm.check_stack(" in __deepcopy__")?;
    let e = of(o)?;
    let copy = |c: &ObjCell| -> PyResult<Option<Obj>> { c.get().map(|x| copied(vm, &x, memo)).transpose() };
    let new = Element {
        tag: ObjCell::from_option(copy(&e.tag)?),
        text: ObjCell::from_option(copy(&e.text)?),
        tail: ObjCell::from_option(copy(&e.tail)?),
        attrib: ObjCell::from_option(copy(&e.attrib)?),
        children: RefCell::default(),
    };
    let mut i = 0;
    while let Some(c) = e.get(i) {
        let c = if c.is_exact(&ELEMENT) { deep_copy(vm, &c, memo)? } else { some_element(&copied(vm, &c, memo)?)? };
        new.children.borrow_mut().push(c);
        i += 1;
    }
    let new = Ref::new(new).into_obj();
    if let Some(d) = memo.get::<Dict>() {
        d.set_item(vm, &int::from_u64(o.bits()), new.clone())?;
    }
    Ok(new)
}
/// `copy.deepcopy` but for what never needs it.
fn copied(vm: &Vm, o: &Obj, memo: &Obj) -> PyResult {
    if o.is_none() || o.is_exact(&adder_object::types::STR) {
        return Ok(o.clone());
    }
    if o.get_exact::<Dict>().is_some_and(|d| {
        let s = |o: &Obj| o.is_exact(&adder_object::types::STR);
        d.items_vec().iter().all(|(k, v)| s(k) && s(v))
    }) {
        return Ok(o.this::<Dict>()?.copy().into_obj());
    }
    call::call_method_str(vm, &vm.import("copy")?, "deepcopy", &[o.clone(), memo.clone()])
}

fn set_state(vm: &Vm, o: &Obj, state: &Obj) -> PyResult {
    let Some(d) = state.get::<Dict>() else {
        return Err(error::type_error(format!(
            "Don't know how to unpickle \"{}\" as an Element",
            ops::repr_string(vm, state)?
        )));
    };
    let e = of(o)?;
    let Some(tag) = d.get_str("tag") else {
        return Err(error::type_error("tag may not be NULL"));
    };
    let children = match d.get_str("_children") {
        None => vec![],
        Some(c) if c.get::<List>().is_some() => {
            ops::collect(vm, &c)?.iter().map(some_element).collect::<PyResult<Vec<Obj>>>()?
        }
        Some(_) => return Err(error::type_error("'_children' is not a list")),
    };
    e.tag.set(tag);
    e.text.set(d.get_str("text").unwrap_or_else(singletons::none));
    e.tail.set(d.get_str("tail").unwrap_or_else(singletons::none));
    e.attrib.set_option(d.get_str("attrib").filter(|a| a.get::<Dict>().is_some()));
    let old = e.children.replace(children);
    drop(old);
    none()
}

/// `SubElement(parent, tag, attrib={}, **extra)`.
pub fn sub_element(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (parent, tag, dict) = match args.positional() {
        [p, t] => (p, t, None),
        [p, t, d] => (p, t, Some(d)),
        all if all.len() < 2 => {
            return Err(error::type_error(format!("SubElement() takes at least 2 arguments ({} given)", all.len())));
        }
        all => {
            return Err(error::type_error(format!("SubElement() takes at most 3 arguments ({} given)", all.len())));
        }
    };
    child(parent, "SubElement() argument 1")?;
    let attrib = attributes_of(vm, "SubElement", 3, dict, args)?;
    let e = new(tag, attrib);
    of(parent)?.children.borrow_mut().push(e.clone());
    Ok(e)
}

/// An instance of exactly this type, for fast paths.
pub fn exact(o: &Obj) -> Option<&Element> {
    o.get_exact::<Element>()
}
