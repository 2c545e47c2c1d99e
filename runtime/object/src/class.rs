//! Making classes and instances: `type(...)`, the C3 MRO, layouts with `__slots__`, `object`'s own slots.
//!
//! CPython: Objects/typeobject.c (type_new, mro_implementation, best_base, object_new, object_init).

use crate::call::{Args, ArgsBuf, call, call_pos, call_special};
use crate::descr::{BuiltinFunction, ClassMethod, MemberDescr, StaticMethod, WrapperDescr};
use crate::dict::Dict;
use crate::handle::{Ref, allocate};
use crate::names::names;
use crate::slots::SlotId;
use crate::spec::{MethodDef, Native, static_method};
use crate::typeobj::{ClassLayout, Type};
use crate::{
    Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, descr, error, exceptions as exc, mro, ops, shape, singletons,
    slotdefs, str, tuple, types,
};
use adder_mem::ObjCell;
use adder_mem::header::TypeFlags as F;
use adder_mem::heap::Global;

// ---- calling types ----

/// `type.__call__`: `__new__`, then `__init__` when the result is an instance.
pub fn type_call(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult {
    let Some(ty) = cls.get::<Type>() else { return Err(error::type_error("descriptor requires a type")) };
    if ty.is(&types::TYPE) && args.len() == 1 && !args.has_keywords() {
        return Ok(args.positional()[0].ty().to_obj());
    }
    if ty.is(&types::TYPE) && args.len() != 3 {
        return Err(error::type_error("type() takes 1 or 3 arguments"));
    }
    let Some(new) = ty.new() else {
        return Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())));
    };
    let obj = new(vm, ty, args)?;
    let made = obj.ty();
    if (made.is(ty) || made.is_subtype(ty))
        && let Some(init) = made.init()
        // `object.__init__` accepts anything behind a `__new__` of another type.
        && (!std::ptr::fn_addr_eq(init, object_init as crate::slots::InitFn)
            || std::ptr::fn_addr_eq(new, object_new as crate::slots::NewFn)
            || !made.is(ty))
    {
        init(vm, &obj, args)?;
    }
    Ok(obj)
}

static NEW_DEF: MethodDef = static_method(
    "__new__($type, *args, **kwargs)",
    Native::Raw(new_wrapper),
    "Create and return a new object.  See help(type) for accurate signature.",
);

/// The `__new__` entry of a static type.
pub fn new_function(ty: &'static Type) -> Obj {
    Ref::new(BuiltinFunction { def: &NEW_DEF, this: Some(ty.to_obj()), module: None, owner: Some(ty) }).into_obj()
}
pub fn is_new_function(b: &BuiltinFunction) -> bool {
    std::ptr::eq(b.def, &NEW_DEF)
}

/// `T.__new__(cls, ...)`: cls must be a subtype of T whose memory T's `__new__` can make.
fn new_wrapper(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let Some(ty) = this.get::<Type>() else { return Err(error::system_error("__new__() called with non-type 'self'")) };
    let Some(first) = args.positional().first() else {
        return Err(error::type_error(format!("{}.__new__(): not enough arguments", ty.name())));
    };
    let Some(cls) = first.get::<Type>() else {
        return Err(error::type_error(format!(
            "{}.__new__(X): X is not a type object ({})",
            ty.name(),
            first.ty().tp_name()
        )));
    };
    if !cls.is_subtype(ty) {
        let (t, c) = (ty.tp_name(), cls.tp_name());
        return Err(error::type_error(format!("{t}.__new__({c}): {c} is not a subtype of {t}")));
    }
    let mut native = cls.as_static();
    while native.is_heap()
        && let Some(b) = native.base.get()
    {
        native = b;
    }
    if crate::structseq::is_structseq(cls) {
        let (t, c) = (ty.tp_name(), full_name(vm, cls)?);
        return Err(error::type_error(format!("{t}.__new__({c}) is not safe, use {c}.__new__()")));
    }
    if native.slots.raw(SlotId::NEW).is_null() {
        return Err(error::type_error(format!("cannot create '{}' instances", cls.tp_name())));
    }
    if native.slots.raw(SlotId::NEW) != ty.slots.raw(SlotId::NEW) {
        return Err(error::type_error(format!(
            "{}.__new__({}) is not safe, use {}.__new__()",
            ty.name(),
            cls.name(),
            native.name()
        )));
    }
    match ty.new() {
        Some(f) => f(vm, cls, args.skip(1)),
        None => Err(error::type_error(format!("cannot create '{}' instances", cls.tp_name()))),
    }
}

/// `object.__setattr__(x)` and the like must not bypass a more derived native setattr ("Carlo Verre hack").
pub fn check_setattr_wrapper(w: &WrapperDescr, this: &Obj) -> PyResult<()> {
    if w.def.slot != SlotId::SETATTRO {
        return Ok(());
    }
    let native = this.ty().mro_types().into_iter().find(|t| !t.is_heap());
    match native {
        Some(t) if !std::ptr::eq(t.slots.raw(SlotId::SETATTRO), w.f) && !w.owner.is(t) => {
            Err(error::type_error(format!("can't apply this {} to {} object", w.def.name, this.ty().name())))
        }
        _ => Ok(()),
    }
}

// ---- object ----

/// An instance of a class whose native base is `object`.
pub fn object_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if !args.is_empty() {
        if ty.new().is_some_and(|f| !std::ptr::fn_addr_eq(f, object_new as crate::slots::NewFn)) {
            return Err(error::type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if ty.init().is_some_and(|f| std::ptr::fn_addr_eq(f, object_init as crate::slots::InitFn)) {
            return Err(error::type_error(format!("{}() takes no arguments", ty.name())));
        }
    }
    if ty.has(F::ABSTRACT) {
        return Err(abstract_error(vm, ty));
    }
    Ok(bare_instance(ty))
}

/// Memory of an instance without payload beyond `object`'s.
#[inline]
pub fn bare_instance(ty: &Type) -> Obj {
    let p = allocate(ty, 0);
    // SAFETY: a fresh object; `object` has no payload to write.
    unsafe { Obj::from_ptr(p) }
}

#[cold]
fn abstract_error(vm: &Vm, ty: &Type) -> PyErr {
    let Some(set) = ty.dict().get_str("__abstractmethods__") else { return error::type_error("abstract class") };
    let mut names: Vec<String> = ops::collect(vm, &set).unwrap_or_default().iter().map(ops::text).collect();
    names.sort();
    let list = names.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
    error::type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} {list}",
        ty.name(),
        if names.len() == 1 { "" } else { "s" }
    ))
}

pub fn object_init(_: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let ty = obj.ty();
    if ty.init().is_some_and(|f| !std::ptr::fn_addr_eq(f, object_init as crate::slots::InitFn)) {
        return Err(error::type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if ty.new().is_some_and(|f| std::ptr::fn_addr_eq(f, object_new as crate::slots::NewFn)) {
        return Err(error::type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            ty.name()
        )));
    }
    Ok(())
}

/// `<module.Name object at 0x...>`.
pub fn object_repr(vm: &Vm, obj: &Obj) -> PyResult {
    let ty = obj.ty();
    let name = full_name(vm, ty)?;
    Ok(str::from_str(&format!("<{name} object at {:#x}>", obj.bits())).into_obj())
}

/// `module.qualname` of a type, without "builtins.".
pub fn full_name(vm: &Vm, ty: &Type) -> PyResult<String> {
    let qualname =
        if ty.is_heap() { ty.qualname_obj.with(|q| q.map(ops::text)).unwrap_or_default() } else { ty.name() };
    let module = attr::lookup(vm, &ty.to_obj(), &names().__module__)?;
    Ok(match module.filter(|m| m.get::<Str>().is_some()).map(|m| ops::text(&m)) {
        Some(m) if m != "builtins" => format!("{m}.{qualname}"),
        _ => qualname,
    })
}

pub fn object_richcompare(vm: &Vm, a: &Obj, b: &Obj, op: crate::CompareOp) -> PyResult {
    use crate::CompareOp::*;
    match op {
        Eq => Ok(if a.is(b) { singletons::true_obj() } else { singletons::not_implemented() }),
        Ne => {
            let Some(f) = a.ty().richcompare() else { return Ok(singletons::not_implemented()) };
            let r = f(vm, a, b, Eq)?;
            if singletons::is_not_implemented(&r) {
                return Ok(r);
            }
            Ok(singletons::bool_obj(!ops::truth(vm, &r)?))
        }
        _ => Ok(singletons::not_implemented()),
    }
}

type AliasFn = fn(&Vm, &Obj, &Obj) -> PyResult;
/// Makes `types.GenericAlias(origin, args)`; builtins fills it.
pub static GENERIC_ALIAS: Global<AliasFn> =
    Global::new(|_, _, _| Err(error::not_implemented_error("types.GenericAlias")));
pub fn generic_alias(vm: &Vm, origin: &Obj, args: &Obj) -> PyResult {
    (GENERIC_ALIAS.get())(vm, origin, args)
}

// ---- new classes ----

/// The metaclass that a class with these bases needs: the most derived of `meta` and the bases' types.
pub fn winner_metaclass(meta: &Obj, bases: &[Obj]) -> PyResult {
    let mut winner = meta.clone();
    for b in bases {
        let (Some(w), t) = (winner.get::<Type>(), b.ty()) else { return Ok(winner) };
        if w.is_subtype(t) {
            continue;
        }
        if t.is_subtype(w) {
            winner = t.to_obj();
            continue;
        }
        return Err(error::type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// `type.__new__(meta, name, bases, namespace, **kwds)`.
pub fn type_new(vm: &Vm, meta: &Type, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.len() != 3 {
        return Err(error::type_error(
            "type.__new__() takes exactly 3 arguments (".to_owned() + &format!("{} given)", a.len()),
        ));
    }
    let bad = |i: usize, want: &::std::primitive::str| {
        error::type_error(format!("type.__new__() argument {i} must be {want}, not {}", a[i - 1].ty().tp_name()))
    };
    let name = a[0].downcast::<Str>().ok_or_else(|| bad(1, "str"))?;
    let bases = tuple::as_slice(&a[1]).ok_or_else(|| bad(2, "tuple"))?;
    let namespace = a[2].downcast::<Dict>().ok_or_else(|| bad(3, "dict"))?;
    for b in bases {
        if b.get::<Type>().is_none() && attr::lookup(vm, b, &names().__mro_entries__)?.is_some() {
            return Err(error::type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let meta_obj = meta.to_obj();
    let winner = winner_metaclass(&meta_obj, bases)?;
    if !winner.is(&meta_obj)
        && let Some(w) = winner.get::<Type>()
        && let Some(f) = w.new().filter(|f| !std::ptr::fn_addr_eq(*f, type_new as crate::slots::NewFn))
    {
        return f(vm, w, args);
    }
    let winner_ty = winner.get::<Type>().unwrap_or(meta);
    build_class(vm, winner_ty, name, bases, &namespace, args)
}

fn build_class(vm: &Vm, meta: &Type, name: Ref<Str>, bases: &[Obj], namespace: &Dict, args: Args<'_>) -> PyResult {
    let bases: Vec<Obj> = if bases.is_empty() { vec![types::OBJECT.obj()] } else { bases.to_vec() };
    let base = best_base(&bases)?;
    if name.chars().iter().any(|c| c == 0) {
        return Err(error::value_error("type name must not contain null characters"));
    }
    let dict = namespace.copy();
    if dict.keys_vec().iter().any(|k| k.get::<Str>().is_none()) {
        let text = format!("non-string key in the __dict__ of class {}", name.to_string_lossy());
        vm.warn(&exc::RUNTIME_WARNING, &text, 1)?;
    }
    if name.to_utf8().is_none() {
        return Err(not_utf8(vm, name.obj()));
    }
    if let Some(doc) = dict.get_name(&names().__doc__)
        && doc.get::<Str>().is_some_and(|d| d.to_utf8().is_none())
    {
        return Err(not_utf8(vm, &doc));
    }
    let qualname = match dict.remove_name(&names().__qualname__) {
        Some(q) if q.get::<Str>().is_some() => q,
        Some(q) => return Err(error::type_error(format!("type __qualname__ must be a str, not {}", q.ty().tp_name()))),
        None => name.obj().clone(),
    };
    let plan = plan_slots(vm, base, &bases, &dict, &name)?;
    let classcell = dict.remove_name(&names().__classcell__);
    let classdictcell = dict.remove_name(&names().__classdictcell__);
    let type_name =
        if name.obj().is_exact(&types::STR) { name.into_obj() } else { str::concat(&name, &str::empty()).into_obj() };
    let payload = Type::new_class(&plan.layout, type_name, qualname, tuple::new(bases.clone()), dict.clone());
    let cls_ref: Ref<Type> = Ref::with_type(meta, payload);
    let cls = cls_ref.obj().clone();
    let ty = cls_ref.as_static();
    set_dict_defaults(vm, ty, &dict)?;
    for (offset, member) in plan.members {
        let d = MemberDescr { name: member.clone(), offset, native: None, owner: ty, owner_obj: ObjCell::empty() };
        dict.set_name(&member, Ref::new(d).into_obj());
    }
    let (root, dict_shape) = shape::new_roots(ty);
    ty.head.root_shape.set(root);
    ty.head.dict_shape.set(dict_shape);
    if ty.has(F::INLINE_ATTRS) {
        ty.head.inline_cap.set(predicted_attributes(&dict, base));
    }
    add_special_getsets(vm, ty, base, &dict);
    if let Some(cell) = classcell {
        crate::cell::set_class_cell(&cell, &cls)?;
    }
    if let Some(cell) = classdictcell {
        crate::cell::set_class_cell(&cell, dict.obj())?;
    }
    mro::refresh(vm, &cls, ty)?;
    mro::link(ty, &ty.bases.get().unwrap_or_else(|| tuple::new(bases.clone())));
    slotdefs::update_all(ty);
    ty.set_flag(F::READY);
    inherit_pattern_flags(ty, &bases);
    call_set_names(vm, &cls, &dict)?;
    call_init_subclass(vm, &cls, args)?;
    Ok(cls)
}

/// The UnicodeEncodeError of a text with surrogates where C needs UTF-8.
pub fn not_utf8(vm: &Vm, text: &Obj) -> PyErr {
    match crate::call::call_method_str(vm, text, "encode", &[]) {
        Ok(_) => error::value_error("surrogates not allowed"),
        Err(e) => e,
    }
}

/// The first base that is a sequence or mapping decides, which need not be the one that gives the layout.
fn inherit_pattern_flags(ty: &Type, bases: &[Obj]) {
    ty.clear_flag(F::SEQUENCE | F::MAPPING);
    for b in bases.iter().filter_map(|b| b.get::<Type>()) {
        if !ty.has(F::SEQUENCE | F::MAPPING) {
            ty.set_flag(b.head.flags.get() & (F::SEQUENCE | F::MAPPING));
        }
    }
}

/// `__module__`, `__doc__`, and the implicit static and class methods.
fn set_dict_defaults(vm: &Vm, ty: &Type, dict: &Dict) -> PyResult<()> {
    let n = names();
    if dict.get_name(&n.__module__).is_none()
        && let Some(m) = vm.globals().and_then(|g| g.get_name(&n.__name__))
    {
        dict.set_name(&n.__module__, m);
    }
    if dict.get_name(&n.__doc__).is_none() {
        dict.set_name(&n.__doc__, singletons::none());
    }
    let is_function = |o: &Obj| o.ty().static_name() == Some("function");
    if let Some(f) = dict.get_name(&n.__new__).filter(is_function) {
        dict.set_name(&n.__new__, Ref::new(StaticMethod { func: ObjCell::new(f) }).into_obj());
    }
    for name in [&n.__init_subclass__, &n.__class_getitem__] {
        if let Some(f) = dict.get_name(name).filter(is_function) {
            dict.set_name(name, Ref::new(ClassMethod { func: ObjCell::new(f) }).into_obj());
        }
    }
    if dict.get_name(&n.__eq__).is_some() && dict.get_name(&n.__hash__).is_none() {
        dict.set_name(&n.__hash__, singletons::none());
    }
    let _ = ty;
    Ok(())
}

struct Plan {
    layout: ClassLayout,
    members: Vec<(usize, Obj)>,
}

/// Decides dict, weakrefs and member offsets from `__slots__` and the bases.
fn plan_slots(vm: &Vm, base: &'static Type, bases: &[Obj], dict: &Dict, class: &Str) -> PyResult<Plan> {
    let base_flags = base.head.flags.get();
    let any_base = |flag| bases.iter().filter_map(|b| b.get::<Type>()).any(|t| t.has(flag));
    // The attributes of a class are its namespace: classes have no other dict.
    let may_dict = base_flags & (F::MANAGED_DICT | F::TYPE_SUBCLASS) == 0;
    let may_weak = base_flags & F::MANAGED_WEAKREF == 0;
    let (mut add_dict, mut add_weak) = (may_dict, may_weak);
    let mut members: Vec<Obj> = vec![];
    if let Some(slots) = dict.get_name(&names().__slots__) {
        (add_dict, add_weak) = (false, false);
        let items = if slots.get::<Str>().is_some() { vec![slots] } else { ops::collect(vm, &slots)? };
        if !items.is_empty() && (base.has(F::VAR_SIZED) || base.has(F::INT_SUBCLASS)) {
            return Err(error::type_error(format!(
                "nonempty __slots__ not supported for subtype of '{}'",
                base.name()
            )));
        }
        for item in items {
            let Some(s) = item.downcast::<Str>() else {
                return Err(error::type_error(format!(
                    "__slots__ items must be strings, not '{}'",
                    item.ty().tp_name()
                )));
            };
            let text = s.to_string_lossy();
            if !is_identifier(&text) {
                return Err(error::type_error("__slots__ must be identifiers"));
            }
            match text.as_str() {
                "__dict__" if !may_dict || add_dict => {
                    return Err(error::type_error("__dict__ slot disallowed: we already got one"));
                }
                "__dict__" => add_dict = true,
                "__weakref__" if !may_weak || add_weak => {
                    return Err(error::type_error("__weakref__ slot disallowed: we already got one"));
                }
                "__weakref__" => add_weak = true,
                _ => {
                    let name = mangle(&class.to_string_lossy(), &text);
                    let key = str::intern_str(&name).into_obj();
                    let allowed = ["__qualname__", "__classcell__", "__classdictcell__"].contains(&text.as_str());
                    if dict.get_name(&key).is_some() && !allowed {
                        return Err(error::value_error(format!(
                            "{} in __slots__ conflicts with class variable",
                            repr_text(vm, s.obj())
                        )));
                    }
                    if !members.iter().any(|m| m.is(&key)) {
                        members.push(key);
                    }
                }
            }
        }
        members.sort_by_key(ops::text);
        // A base outside the solid line may bring dict or weakrefs all the same.
        add_dict |= may_dict && any_base(F::MANAGED_DICT);
        add_weak |= may_weak && any_base(F::MANAGED_WEAKREF);
    }
    Ok(layout_of(base, base_flags, add_dict, add_weak, members))
}

fn repr_text(vm: &Vm, o: &Obj) -> String {
    ops::repr_string(vm, o).unwrap_or_default()
}

fn layout_of(base: &'static Type, base_flags: u64, add_dict: bool, add_weak: bool, names: Vec<Obj>) -> Plan {
    const KEEP: u64 = !(F::IMMUTABLE
        | F::READY
        | F::HAS_FINALIZER
        | F::ABSTRACT
        | F::METHOD_DESCRIPTOR
        | F::NO_INSTANTIATION
        | F::DERIVED
        | F::MATCH_SELF);
    let mut flags = base_flags & KEEP | F::HEAPTYPE | F::BASETYPE | F::GC | base_flags & F::MATCH_SELF;
    if add_dict {
        flags |= F::MANAGED_DICT | F::PREFIX;
    }
    if add_weak {
        flags |= F::MANAGED_WEAKREF | F::PREFIX;
    }
    let plain = base.solid.get().is_none_or(|s| s.is(&types::OBJECT) || s.has(F::EXC_SUBCLASS));
    if flags & F::MANAGED_DICT != 0 && flags & F::VAR_SIZED == 0 && plain && !base.has(F::TYPE_SUBCLASS) {
        flags |= F::INLINE_ATTRS;
    }
    let start = base.head.basicsize.get();
    let inherited = base.head.members.get();
    let members_at = if inherited != 0 { base.head.members_at.get() } else { start };
    let members = names.iter().enumerate().map(|(i, n)| (start as usize + i * 8, n.clone())).collect();
    let layout = ClassLayout {
        flags,
        basicsize: start + names.len() as u32 * 8,
        members_at,
        members: inherited + names.len() as u32,
        own_members: names.len() as u32,
        base,
    };
    Plan { layout, members }
}

fn is_identifier(s: &::std::primitive::str) -> bool {
    let mut cs = s.chars();
    cs.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && cs.all(|c| c == '_' || c.is_alphanumeric())
}

/// Private-name mangling.
pub fn mangle(class: &::std::primitive::str, name: &::std::primitive::str) -> String {
    let stripped = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || stripped.is_empty() {
        return name.to_owned();
    }
    format!("_{stripped}{name}")
}

/// Attribute slots a new instance gets: what the class body assigns on `self`, and what its base got; half as many again for what others
/// set, as an object that has run out of slots keeps its attributes in a dict for good.
fn predicted_attributes(dict: &Dict, base: &Type) -> u32 {
    let own = dict.get_name(&names().__static_attributes__).map_or(0, |t| tuple::to_vec(&t).len() as u32);
    let known = own + base.head.inline_cap.get();
    (known + (own / 2).max(u32::from(own > 0) * 2)).clamp(2, 30)
}

/// `__dict__` and `__weakref__` descriptors where this class introduces them.
fn add_special_getsets(_: &Vm, ty: &'static Type, base: &Type, dict: &Dict) {
    // A metaclass has `type.__dict__`, the namespace of the class.
    let is_meta = ty.has(F::TYPE_SUBCLASS);
    if ty.has(F::MANAGED_DICT) && !is_meta && !base.has(F::MANAGED_DICT) && dict.get_name(&names().__dict__).is_none() {
        dict.set_name(&names().__dict__, descr::getset_object(ty, &DICT_GETSET));
    }
    if ty.has(F::MANAGED_WEAKREF) && !base.has(F::MANAGED_WEAKREF) && dict.get_name(&names().__weakref__).is_none() {
        dict.set_name(&names().__weakref__, descr::getset_object(ty, &WEAKREF_GETSET));
    }
}

pub static DICT_GETSET: crate::spec::GetSetDef =
    crate::spec::getset("__dict__", get_dict, set_dict, "dictionary for instance variables");
static WEAKREF_GETSET: crate::spec::GetSetDef =
    crate::spec::getter("__weakref__", |_, o| Ok(crate::weakref::first_of(o)), "list of weak references to the object");

/// The `__dict__` attribute for static types with MANAGED_DICT.
pub const fn dict_getset() -> crate::spec::GetSetDef {
    crate::spec::getset("__dict__", get_dict, replace_dict, "")
}
fn get_dict(vm: &Vm, obj: &Obj) -> PyResult {
    // Classes and modules have their own: `type.__dict__`, `module.__dict__`.
    let owner = if obj.get::<Type>().is_some() {
        Some(&types::TYPE)
    } else {
        obj.get::<crate::Module>().map(|_| &types::MODULE)
    };
    if let Some(d) = owner.and_then(|t| t.lookup(&names().__dict__))
        && let Some(get) = d.ty().descr_get()
        && d.get_exact::<descr::GetSetDescr>().is_none_or(|g| !std::ptr::eq(g.def, &DICT_GETSET))
    {
        return get(vm, &d, Some(obj), Some(&obj.ty().to_obj()));
    }
    attr::instance_dict(obj).map(Ref::into_obj).ok_or_else(|| {
        error::attribute_error_text(format!("'{}' object has no attribute '__dict__'", obj.ty().tp_name()))
    })
}
/// The `__dict__` that a class introduces: a native base with a dict of its own decides what may be done with it.
fn set_dict(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let of_class = obj.get::<Type>().is_some();
    if of_class || obj.get::<crate::Module>().is_some() {
        return Err(error::attribute_error_text(if of_class {
            "attribute '__dict__' of 'type' objects is not writable"
        } else {
            "readonly attribute"
        }));
    }
    let native = obj.ty().mro_types().into_iter().any(|t| !t.is_heap() && t.has(F::MANAGED_DICT));
    if value.is_none() && !native {
        attr::set_instance_dict(obj, None);
        return Ok(());
    }
    replace_dict(vm, obj, value)
}
/// The `__dict__` of native types: it can be replaced, not deleted.
fn replace_dict(_: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(error::type_error("cannot delete __dict__")),
        Some(v) => match v.downcast::<Dict>() {
            Some(d) => {
                attr::set_instance_dict(obj, Some(d));
                Ok(())
            }
            None => {
                Err(error::type_error(format!("__dict__ must be set to a dictionary, not a '{}'", v.ty().tp_name())))
            }
        },
    }
}

/// Calls `__set_name__` of the namespace's values.
fn call_set_names(vm: &Vm, cls: &Obj, dict: &Dict) -> PyResult<()> {
    for (name, value) in dict.items_vec() {
        if value.ty().lookup(&names().__set_name__).is_none() {
            continue;
        }
        if let Err(e) = call_special(vm, &value, &names().__set_name__, &[cls.clone(), name.clone()]) {
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.ty().tp_name(),
                repr_text(vm, &name),
                cls.get::<Type>().map(Type::name).unwrap_or_default()
            );
            crate::call::call_method(vm, e.obj(), &names().add_note, &[str::from_str(&note).into_obj()])?;
            return Err(e);
        }
    }
    Ok(())
}

/// `super(cls, cls).__init_subclass__(**kwds)`.
fn call_init_subclass(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult<()> {
    let Some(ty) = cls.get::<Type>() else { return Ok(()) };
    if !ty.mro_types().iter().any(|t| t.is(ty)) {
        let name = ty.name();
        return Err(error::type_error(format!(
            "super(type, obj): obj (type {name}) is not an instance or subtype of type ({name})."
        )));
    }
    let found = ty.mro_types().into_iter().skip(1).find_map(|t| t.dict().get_name(&names().__init_subclass__));
    let Some(found) = found else { return Ok(()) };
    let f = match found.ty().descr_get() {
        Some(g) => g(vm, &found, Some(cls), Some(cls))?,
        None => found,
    };
    let mut buf = ArgsBuf::default();
    args.keywords()
        .filter(|(k, _)| !k.is(&names().metaclass))
        .for_each(|(k, v)| buf.push_keyword(k.clone(), v.clone()));
    call(vm, &f, buf.args())?;
    Ok(())
}

/// The base that determines the instance layout.
pub fn best_base(bases: &[Obj]) -> PyResult<&'static Type> {
    let mut winner: Option<(&'static Type, &'static Type)> = None;
    for b in bases {
        let Some(t) = b.get::<Type>() else { return Err(error::type_error("bases must be types")) };
        let t = t.as_static();
        if !t.has(F::BASETYPE) {
            return Err(error::type_error(format!("type '{}' is not an acceptable base type", t.tp_name())));
        }
        let solid = solid_base(t);
        match winner {
            None => winner = Some((t, solid)),
            Some((_, s)) if s.is_subtype(solid) => {}
            Some((_, s)) if solid.is_subtype(s) => winner = Some((t, solid)),
            Some(_) => return Err(error::type_error("multiple bases have instance lay-out conflict")),
        }
    }
    winner.map(|w| w.0).ok_or_else(|| error::type_error("a new-style class can't have only classic bases"))
}

/// The nearest type of the base line that adds members or a payload.
pub fn solid_base(ty: &'static Type) -> &'static Type {
    let mut t = ty;
    loop {
        if t.own_members.get() != 0 || !t.is_heap() && t.solid.get().is_none_or(|s| s.is(t)) {
            return t;
        }
        match t.base.get() {
            Some(b) => t = b,
            None => return t,
        }
    }
}

/// Replaces the type of an instance by one of the same layout (checked by the caller).
pub fn set_class(obj: &Obj, ty: &'static Type) {
    let (Some(h), old) = (obj.header(), obj.ty()) else { return };
    if old.is(ty) {
        return;
    }
    if old.has(F::INLINE_ATTRS) {
        // Shapes belong to one class: the attributes move to the dict, which any class reads.
        drop(attr::instance_dict(obj));
    }
    // The new type's reference is given to the object, the old one's taken from it (HDR-2).
    if ty.is_heap() {
        let _ = ty.to_obj().into_raw();
    }
    h.set_type_ptr(ty.object_ptr());
    h.set_shape(ty.head.dict_shape.get());
    if old.is_heap() {
        // SAFETY: the object owned one reference to its old heap type.
        drop(unsafe { Obj::from_ptr(old.object_ptr() as *mut adder_mem::Header) });
    }
}

/// Calls `metaclass(name, bases, namespace)` for native code that makes classes.
pub fn make_class(vm: &Vm, name: &::std::primitive::str, bases: Vec<Obj>, namespace: Ref<Dict>) -> PyResult {
    call_pos(vm, &types::TYPE.obj(), &[str::from_str(name).into_obj(), tuple::new(bases), namespace.into_obj()])
}
