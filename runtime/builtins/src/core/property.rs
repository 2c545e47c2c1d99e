//! `property`.
//!
//! CPython: Objects/descrobject.c.

use super::method::is_abstract;
use adder_object::bind::{Bound, check_positional};
use adder_object::call::{call_pos, call1};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getset, getter, member, method};
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, TypeFlags as F, Vm, attr, error, exceptions as exc,
    names, ops, payload, singletons, trace_fields,
};
use std::cell::Cell;

#[derive(Default)]
pub struct Property {
    pub get: ObjCell,
    pub set: ObjCell,
    pub del: ObjCell,
    doc: ObjCell,
    name: ObjCell,
    /// The doc came from the getter, so a new getter brings a new one.
    getter_doc: Cell<bool>,
}
trace_fields!(Property { get, set, del, doc, name });
pub static PROPERTY: StaticType = StaticType::new::<Property>("property", F::BASETYPE | F::GC);
payload!(Property, PROPERTY);

fn of(o: &Obj) -> PyResult<&Property> {
    o.this()
}
fn or_none(c: &ObjCell) -> Obj {
    c.get().unwrap_or_else(singletons::none)
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Property::default()).into_obj())),
        slot::init(init),
        slot::descr_get(descr_get),
        slot::descr_set(descr_set),
    ],
    methods: &[
        method(
            "getter($self, object, /)",
            Native::One(|vm, o, f| copy(vm, o, Some(f), None, None)),
            "Descriptor to obtain a copy of the property with a different getter.",
        ),
        method(
            "setter($self, object, /)",
            Native::One(|vm, o, f| copy(vm, o, None, Some(f), None)),
            "Descriptor to obtain a copy of the property with a different setter.",
        ),
        method(
            "deleter($self, object, /)",
            Native::One(|vm, o, f| copy(vm, o, None, None, Some(f))),
            "Descriptor to obtain a copy of the property with a different deleter.",
        ),
        method("__set_name__($self, owner, name, /)", Native::Raw(set_name), "Method to set name of a property."),
    ],
    getset: &[
        member("fget", |_, o| Ok(or_none(&of(o)?.get)), ""),
        member("fset", |_, o| Ok(or_none(&of(o)?.set)), ""),
        member("fdel", |_, o| Ok(or_none(&of(o)?.del)), ""),
        getset(
            "__doc__",
            |_, o| Ok(or_none(&of(o)?.doc)),
            |_, o, v| {
                of(o)?.doc.set_option(v.cloned());
                Ok(())
            },
            "",
        ),
        getset(
            "__name__",
            |vm, o| name_of(vm, o)?.ok_or_else(|| error::no_attribute(o, &names().__name__)),
            |_, o, v| {
                of(o)?.name.set_option(v.cloned());
                Ok(())
            },
            "",
        ),
        getter(
            "__isabstractmethod__",
            |vm, o| {
                let p = of(o)?;
                for f in [&p.get, &p.set, &p.del].into_iter().filter_map(ObjCell::get) {
                    if is_abstract(vm, &f)? {
                        return Ok(singletons::true_obj());
                    }
                }
                Ok(singletons::false_obj())
            },
            "",
        ),
    ],
    doc: "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    ..TypeSpec::of(&PROPERTY)
};

static INIT: MethodDef = method("property(fget=None, fset=None, fdel=None, doc=None)", Native::Bound(bound_init), "");

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    INIT.call(vm, o, args, None).map(drop)
}

fn bound_init(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let p = of(o)?;
    p.get.set_option(args.opt_not_none(0).cloned());
    p.set.set_option(args.opt_not_none(1).cloned());
    p.del.set_option(args.opt_not_none(2).cloned());
    p.doc.set_option(None);
    p.name.set_option(None);
    p.getter_doc.set(false);
    let mut doc = args.opt_not_none(3).cloned();
    if doc.is_none()
        && let Some(get) = p.get.get()
    {
        doc = attr::lookup(vm, &get, &names().__doc__)?.filter(|d| !d.is_none());
        p.getter_doc.set(doc.is_some());
    }
    if o.is_exact(&PROPERTY) {
        p.doc.set_option(doc);
    } else if let Err(e) = attr::set(vm, o, &names().__doc__, &doc.unwrap_or_else(singletons::none)) {
        // A subclass that cannot hold a doc of its own loses one that only the constructor named.
        if p.getter_doc.get() || !e.is(&exc::ATTRIBUTE_ERROR) {
            return Err(e);
        }
    }
    Ok(singletons::none())
}

fn copy(vm: &Vm, o: &Obj, get: Option<&Obj>, set: Option<&Obj>, del: Option<&Obj>) -> PyResult {
    let p = of(o)?;
    let pick = |new: Option<&Obj>, old: &ObjCell| new.filter(|n| !n.is_none()).cloned().unwrap_or_else(|| or_none(old));
    let get = pick(get, &p.get);
    let doc = if p.getter_doc.get() && !get.is_none() { singletons::none() } else { or_none(&p.doc) };
    let new = call_pos(vm, &o.ty().to_obj(), &[get, pick(set, &p.set), pick(del, &p.del), doc])?;
    if let Some(q) = new.get::<Property>() {
        q.name.set_option(p.name.get());
    }
    Ok(new)
}

fn set_name(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords("property.__set_name__")?;
    if args.len() != 2 {
        check_positional("__set_name__", 2, 2, 2)?;
        return Err(error::type_error(format!(
            "__set_name__() takes 2 positional arguments but {} were given",
            args.len()
        )));
    }
    of(o)?.name.set(args.positional()[1].clone());
    Ok(singletons::none())
}

/// The name given by the class body, else that of the getter.
fn name_of(vm: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let p = of(o)?;
    if let Some(n) = p.name.get() {
        return Ok(Some(n));
    }
    match p.get.get() {
        Some(f) => attr::lookup(vm, &f, &names().__name__),
        None => Ok(None),
    }
}

#[cold]
fn missing(vm: &Vm, o: &Obj, obj: &Obj, what: &str) -> PyErr {
    let of_type = attr::get(vm, &obj.ty().to_obj(), &names().__qualname__).and_then(|q| ops::repr_string(vm, &q));
    let name = name_of(vm, o).and_then(|n| n.map(|n| ops::repr_string(vm, &n)).transpose());
    match (name, of_type) {
        (Ok(Some(n)), Ok(t)) => error::attribute_error_text(format!("property {n} of {t} object has no {what}")),
        (Ok(None), Ok(t)) => error::attribute_error_text(format!("property of {t} object has no {what}")),
        (Err(e), _) | (_, Err(e)) => e,
    }
}

fn descr_get(vm: &Vm, o: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(obj) = obj else { return Ok(o.clone()) };
    match of(o)?.get.get() {
        Some(f) => call1(vm, &f, obj),
        None => Err(missing(vm, o, obj, "getter")),
    }
}

fn descr_set(vm: &Vm, o: &Obj, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let p = of(o)?;
    match value {
        Some(v) => match p.set.get() {
            Some(f) => call_pos(vm, &f, &[obj.clone(), v.clone()]).map(drop),
            None => Err(missing(vm, o, obj, "setter")),
        },
        None => match p.del.get() {
            Some(f) => call1(vm, &f, obj).map(drop),
            None => Err(missing(vm, o, obj, "deleter")),
        },
    }
}
