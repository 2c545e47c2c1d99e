//! `object`: the root of all types.
//!
//! CPython: Objects/typeobject.c (object_methods, object_set_class).

use super::object_reduce as reduce;
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getset, method};
use adder_object::{
    Dict, Obj, ObjExt, PyResult, Ref, Str, Type, TypeFlags, Vm, attr, class, error, hashing, int, names, ops,
    singletons, tuple, types,
};

pub static SPEC: TypeSpec = TypeSpec {
    base: None,
    slots: &[
        slot::new(class::object_new),
        slot::init(class::object_init),
        slot::repr(class::object_repr),
        slot::str(ops::repr),
        slot::hash(|_, o| Ok(hashing::identity(o))),
        slot::getattro(attr::generic_get),
        slot::setattro(attr::generic_set),
        slot::richcompare(class::object_richcompare),
    ],
    methods: &[
        method("__reduce_ex__($self, protocol, /)", Native::One(reduce::reduce_ex), "Helper for pickle."),
        method("__reduce__($self, /)", Native::NoArgs(|vm, o| reduce::common(vm, o, 0)), "Helper for pickle."),
        method("__getstate__($self, /)", Native::NoArgs(reduce::getstate_method), "Helper for pickle."),
        class_method(
            "__subclasshook__($type, object, /)",
            Native::One(|_, _, _| Ok(singletons::not_implemented())),
            "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).\n",
        ),
        class_method(
            "__init_subclass__($type, /)",
            Native::NoArgs(|_, _| Ok(singletons::none())),
            "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.\n",
        ),
        method(
            "__format__($self, format_spec, /)",
            Native::One(format),
            "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.",
        ),
        method("__sizeof__($self, /)", Native::NoArgs(sizeof), "Size of object in memory, in bytes."),
        method("__dir__($self, /)", Native::NoArgs(dir), "Default dir() implementation."),
    ],
    getset: &[getset("__class__", |_, o| Ok(o.ty().to_obj()), set_class, "the object's class")],
    doc: "object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    ..TypeSpec::of(&types::OBJECT)
};

fn format(vm: &Vm, o: &Obj, spec: &Obj) -> PyResult {
    let Some(s) = spec.get::<Str>() else {
        return Err(error::type_error(format!("__format__() argument must be str, not {}", spec.ty().tp_name())));
    };
    if !s.is_empty() {
        return Err(error::type_error(format!("unsupported format string passed to {}.__format__", o.ty().tp_name())));
    }
    ops::str(vm, o)
}

fn sizeof(_: &Vm, o: &Obj) -> PyResult {
    let ty = o.ty();
    let items = if ty.has(TypeFlags::TUPLE_SUBCLASS) { tuple::as_slice(o).map_or(0, <[Obj]>::len) * 8 } else { 0 };
    Ok(int::from_usize(ty.head.basicsize.get() as usize + ty.head.inline_cap.get() as usize * 8 + items))
}

/// Adds the attributes of a class and of its bases to `into`.
pub fn merge_class_dict(vm: &Vm, into: &Dict, class: &Obj) -> PyResult<()> {
    vm.check_stack("")?;
    if let Some(t) = class.get::<Type>() {
        t.dict().keys_vec().iter().try_for_each(|k| into.set_item(vm, k, singletons::none()))?;
    } else if let Some(d) = attr::lookup(vm, class, &names().__dict__)? {
        ops::for_each(vm, &d, |k| into.set_item(vm, &k, singletons::none()))?;
    }
    if let Some(bases) = attr::lookup(vm, class, &names().__bases__)? {
        for b in tuple::to_vec(&bases) {
            merge_class_dict(vm, into, &b)?;
        }
    }
    Ok(())
}

fn dir(vm: &Vm, o: &Obj) -> PyResult {
    let all = Dict::new();
    if let Some(d) = attr::lookup(vm, o, &names().__dict__)?
        && let Some(d) = d.get::<Dict>()
    {
        d.keys_vec().iter().try_for_each(|k| all.set_item(vm, k, singletons::none()))?;
    }
    if let Some(class) = attr::lookup(vm, o, &names().__class__)? {
        merge_class_dict(vm, &all, &class)?;
    }
    Ok(adder_object::List::new(all.keys_vec()).into_obj())
}

/// `obj.__class__ = T`.
fn set_class(_: &Vm, o: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(error::type_error("can't delete __class__ attribute")) };
    let Some(new) = value.get::<Type>() else {
        return Err(error::type_error(format!(
            "__class__ must be set to a class, not '{}' object",
            value.ty().tp_name()
        )));
    };
    let (new, old) = (new.as_static(), o.ty());
    let modules = new.is_subtype(&types::MODULE) && old.is_subtype(&types::MODULE);
    if !modules && (new.has(TypeFlags::IMMUTABLE) || old.has(TypeFlags::IMMUTABLE)) {
        return Err(error::type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    compatible(new, old, "__class__")?;
    class::set_class(o, new);
    Ok(())
}

/// TypeError unless instances of both types have the same layout.
pub fn compatible(new: &'static Type, old: &'static Type, what: &::std::primitive::str) -> PyResult<()> {
    const MEMORY: u64 = TypeFlags::MANAGED_DICT | TypeFlags::MANAGED_WEAKREF | TypeFlags::PREFIX | TypeFlags::GC;
    let same_size = new.head.flags.get() & MEMORY == old.head.flags.get() & MEMORY
        && new.head.basicsize.get() == old.head.basicsize.get()
        && new.head.members.get() == old.head.members.get()
        && native_base(new).is(native_base(old));
    // Equal to the last class that adds anything to the layout; or two that add the same to one base.
    let head = |ty: &'static Type| {
        let mut t = ty;
        while t.is_heap()
            && t.own_members.get() == 0
            && let Some(b) = t.base.get()
            && t.head.flags.get() & MEMORY == b.head.flags.get() & MEMORY
            && t.head.basicsize.get() == b.head.basicsize.get()
        {
            t = b;
        }
        t
    };
    let (a, b) = (head(new), head(old));
    let same_base = match (a.base.get(), b.base.get()) {
        (Some(x), Some(y)) => x.is(y),
        _ => false,
    };
    let same = same_size && (a.is(b) || same_base && member_names(a) == member_names(b));
    if same {
        return Ok(());
    }
    Err(error::type_error(format!(
        "{what} assignment: '{}' object layout differs from '{}'",
        new.tp_name(),
        old.tp_name()
    )))
}

/// The first type of the base line that is not a Python class.
pub fn native_base(ty: &'static Type) -> &'static Type {
    let mut t = ty;
    while t.is_heap()
        && let Some(b) = t.base.get()
    {
        t = b;
    }
    t
}

/// Names and places of the `__slots__` members that a class adds.
fn member_names(ty: &'static Type) -> Vec<(usize, String)> {
    let mut names: Vec<(usize, String)> = ty
        .dict()
        .items_vec()
        .iter()
        .filter_map(|(_, v)| v.get::<adder_object::descr::MemberDescr>())
        .filter(|m| m.owner.is(ty) && m.native.is_none())
        .map(|m| (m.offset, ops::text(&m.name)))
        .collect();
    names.sort();
    names
}

/// The `__dict__` of an object as a fresh dict of its attributes, without making the object keep one.
pub fn attributes(o: &Obj) -> Option<Ref<Dict>> {
    let items = attr::instance_items(o);
    if items.is_empty() {
        return None;
    }
    let d = Dict::with_capacity(items.len());
    items.into_iter().for_each(|(k, v)| d.set_name(&k, v));
    Some(d)
}
