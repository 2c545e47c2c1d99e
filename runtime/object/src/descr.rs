//! Native callables and descriptors: functions of modules, methods, slot wrappers, computed attributes, members, bound methods.
//!
//! Here are payloads, calling and binding; reprs and introspection attributes are in builtins. CPython: Objects/descrobject.c,
//! Objects/methodobject.c, Objects/classobject.c.

use crate::call::{Args, call, prepended};
use crate::slotdefs::SlotDef;
use crate::spec::{Binding, GetSetDef, MethodDef, Native};
use crate::typeobj::{StaticType, Type};
use crate::{Obj, ObjExt, PyResult, Ref, Vm, error, singletons, tuple};
use adder_mem::header::TypeFlags as F;
use adder_mem::{ObjCell, trace_fields};

/// `builtin_function_or_method`.
pub struct BuiltinFunction {
    pub def: &'static MethodDef,
    /// The bound object; the module for functions of modules.
    pub this: Option<Obj>,
    /// Name of the module, None for bound methods.
    pub module: Option<Obj>,
    /// For `__new__` of a static type: the type.
    pub owner: Option<&'static Type>,
}
trace_fields!(BuiltinFunction { this, module });
pub static BUILTIN_FUNCTION: StaticType =
    StaticType::new::<BuiltinFunction>("builtin_function_or_method", F::GC | F::MANAGED_WEAKREF);
crate::payload!(BuiltinFunction, BUILTIN_FUNCTION);

/// `method_descriptor` and `classmethod_descriptor`.
pub struct MethodDescr {
    pub def: &'static MethodDef,
    pub owner: &'static Type,
}
trace_fields!(MethodDescr);
pub static METHOD_DESCRIPTOR: StaticType = StaticType::new::<MethodDescr>("method_descriptor", F::METHOD_DESCRIPTOR);
crate::payload!(MethodDescr, METHOD_DESCRIPTOR);

pub struct ClassMethodDescr(pub MethodDescr);
trace_fields!(ClassMethodDescr);
pub static CLASSMETHOD_DESCRIPTOR: StaticType = StaticType::new::<ClassMethodDescr>("classmethod_descriptor", 0);
crate::payload!(ClassMethodDescr, CLASSMETHOD_DESCRIPTOR);

/// `wrapper_descriptor`: a slot under its dunder name.
pub struct WrapperDescr {
    pub def: &'static SlotDef,
    pub owner: &'static Type,
    pub f: *const (),
}
trace_fields!(WrapperDescr);
pub static WRAPPER_DESCRIPTOR: StaticType = StaticType::new::<WrapperDescr>("wrapper_descriptor", F::METHOD_DESCRIPTOR);
crate::payload!(WrapperDescr, WRAPPER_DESCRIPTOR);

/// `method-wrapper`: a bound slot wrapper.
pub struct MethodWrapper {
    pub descr: Ref<WrapperDescr>,
    pub this: Obj,
}
trace_fields!(MethodWrapper { descr, this });
pub static METHOD_WRAPPER: StaticType = StaticType::new::<MethodWrapper>("method-wrapper", F::GC);
crate::payload!(MethodWrapper, METHOD_WRAPPER);

pub struct GetSetDescr {
    pub def: &'static GetSetDef,
    pub owner: &'static Type,
}
trace_fields!(GetSetDescr);
pub static GETSET_DESCRIPTOR: StaticType = StaticType::new::<GetSetDescr>("getset_descriptor", 0);
crate::payload!(GetSetDescr, GETSET_DESCRIPTOR);

/// `member_descriptor`: a `__slots__` member at a fixed offset of the instances of `owner`, or a native attribute that CPython
/// keeps in a C field.
pub struct MemberDescr {
    pub name: Obj,
    pub offset: usize,
    /// How a native attribute is read and set; then `offset` says nothing.
    pub native: Option<&'static GetSetDef>,
    /// The class that defines it, kept alive by the reference in `owner_obj`.
    pub owner: &'static Type,
    pub owner_obj: ObjCell,
}
trace_fields!(MemberDescr { name, owner_obj });
pub static MEMBER_DESCRIPTOR: StaticType = StaticType::new::<MemberDescr>("member_descriptor", F::GC);
crate::payload!(MemberDescr, MEMBER_DESCRIPTOR);

/// `_tuplegetter`: a field of a named tuple.
pub struct TupleGetter {
    pub index: usize,
    pub doc: ObjCell,
}
trace_fields!(TupleGetter { doc });
pub static TUPLE_GETTER: StaticType = StaticType::new::<TupleGetter>("collections._tuplegetter", F::GC);
crate::payload!(TupleGetter, TUPLE_GETTER);

impl TupleGetter {
    /// The field of an instance; None when that is no tuple.
    pub fn field(&self, o: &Obj) -> Option<PyResult> {
        tuple::as_slice(o).map(|items| item(items, self.index))
    }
    /// What reads the field of any tuple, for one of the first places.
    pub fn getter(&self) -> Option<&'static GetSetDef> {
        const fn of(get: crate::spec::GetFn) -> GetSetDef {
            crate::spec::getter("", get, "")
        }
        static GETTERS: [GetSetDef; 8] = [
            of(item_at::<0>),
            of(item_at::<1>),
            of(item_at::<2>),
            of(item_at::<3>),
            of(item_at::<4>),
            of(item_at::<5>),
            of(item_at::<6>),
            of(item_at::<7>),
        ];
        GETTERS.get(self.index)
    }
}
#[inline]
fn item(items: &[Obj], i: usize) -> PyResult {
    items.get(i).cloned().ok_or_else(|| error::index_error("tuple index out of range"))
}
fn item_at<const I: usize>(_: &Vm, o: &Obj) -> PyResult {
    item(tuple::as_slice(o).unwrap_or(&[]), I)
}

/// `method`: a callable bound to its first argument.
pub struct BoundMethod {
    pub func: Obj,
    pub this: Obj,
}
trace_fields!(BoundMethod { func, this });
pub static METHOD: StaticType = StaticType::new::<BoundMethod>("method", F::GC | F::MANAGED_WEAKREF);
crate::payload!(BoundMethod, METHOD);

pub struct StaticMethod {
    pub func: ObjCell,
}
trace_fields!(StaticMethod { func });
pub static STATICMETHOD: StaticType =
    StaticType::new::<StaticMethod>("staticmethod", F::BASETYPE | F::GC | F::MANAGED_DICT);
crate::payload!(StaticMethod, STATICMETHOD);

pub struct ClassMethod {
    pub func: ObjCell,
}
trace_fields!(ClassMethod { func });
pub static CLASSMETHOD: StaticType =
    StaticType::new::<ClassMethod>("classmethod", F::BASETYPE | F::GC | F::MANAGED_DICT);
crate::payload!(ClassMethod, CLASSMETHOD);

/// The object that stands in a type's dict for a native method.
pub fn method_object(ty: &'static Type, def: &'static MethodDef) -> Obj {
    match def.binding {
        Binding::Instance => Ref::new(MethodDescr { def, owner: ty }).into_obj(),
        Binding::Class => Ref::new(ClassMethodDescr(MethodDescr { def, owner: ty })).into_obj(),
        Binding::Static => {
            let f = Ref::new(BuiltinFunction { def, this: Some(ty.to_obj()), module: None, owner: Some(ty) });
            Ref::new(StaticMethod { func: ObjCell::new(f.into_obj()) }).into_obj()
        }
    }
}

pub fn getset_object(ty: &'static Type, def: &'static GetSetDef) -> Obj {
    if is_member(ty, def) {
        let name = crate::str::intern_str(def.name).into_obj();
        let member = MemberDescr { name, offset: 0, native: Some(def), owner: ty, owner_obj: ObjCell::empty() };
        return Ref::new(member).into_obj();
    }
    Ref::new(GetSetDescr { def, owner: ty }).into_obj()
}

/// A function of a module.
pub fn function_object(def: &'static MethodDef, module: &Obj, module_name: &Obj) -> Obj {
    Ref::new(BuiltinFunction { def, this: Some(module.clone()), module: Some(module_name.clone()), owner: None })
        .into_obj()
}

pub fn bound_method(func: Obj, this: Obj) -> Obj {
    Ref::new(BoundMethod { func, this }).into_obj()
}

pub fn builtin_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let b = f.this::<BuiltinFunction>()?;
    let this = b.this.as_ref().unwrap_or(singletons::none_ref());
    let owner = if b.module.is_none() { Some(this.get::<Type>().unwrap_or_else(|| this.ty())) } else { None };
    b.def.call(vm, this, args, owner)
}

/// `list.append(self, x)` through the descriptor: checks self, then calls.
pub fn method_descr_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let m = f.this::<MethodDescr>()?;
    let Some(this) = args.positional().first() else {
        return Err(error::type_error(format!(
            "unbound method {}.{}() needs an argument",
            m.owner.name(),
            m.def.name()
        )));
    };
    if !this.ty().is_subtype(m.owner) {
        return Err(wrong_receiver(m.def.name(), m.owner, this));
    }
    m.def.call(vm, this, args.skip(1), Some(m.owner))
}

#[cold]
fn wrong_receiver(name: &str, owner: &Type, this: &Obj) -> crate::PyErr {
    error::type_error(format!(
        "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
        owner.tp_name(),
        this.ty().tp_name()
    ))
}

pub fn classmethod_descr_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let m = &f.this::<ClassMethodDescr>()?.0;
    let Some(cls) = args.positional().first() else {
        return Err(error::type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            m.def.name(),
            m.owner.name()
        )));
    };
    match cls.get::<Type>() {
        Some(t) if t.is_subtype(m.owner) => m.def.call(vm, cls, args.skip(1), Some(m.owner)),
        Some(t) => Err(error::type_error(format!(
            "descriptor '{}' requires a subtype of '{}' but received '{}'",
            m.def.name(),
            m.owner.name(),
            t.name()
        ))),
        None => Err(error::type_error(format!(
            "descriptor '{}' requires a type but received a '{}' instance",
            m.def.name(),
            cls.ty().name()
        ))),
    }
}

pub fn wrapper_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let w = f.this::<WrapperDescr>()?;
    let Some(this) = args.positional().first() else {
        return Err(error::type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            w.def.name,
            w.owner.name()
        )));
    };
    if !this.ty().is_subtype(w.owner) {
        return Err(error::type_error(format!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            w.def.name,
            w.owner.tp_name(),
            this.ty().tp_name()
        )));
    }
    crate::slotdefs::call_wrapped(vm, w, this, args.skip(1))
}

pub fn method_wrapper_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let w = f.this::<MethodWrapper>()?;
    crate::slotdefs::call_wrapped(vm, &w.descr, &w.this, args)
}

pub fn bound_method_call(vm: &Vm, f: &Obj, args: Args<'_>) -> PyResult {
    let m = f.this::<BoundMethod>()?;
    prepended(&m.this, args, |a| call(vm, &m.func, a))
}

pub fn method_descr_get(_: &Vm, d: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(obj) = obj else { return Ok(d.clone()) };
    let m = d.this::<MethodDescr>()?;
    if !obj.ty().is_subtype(m.owner) {
        return Err(wrong_receiver(m.def.name(), m.owner, obj));
    }
    Ok(Ref::new(BuiltinFunction { def: m.def, this: Some(obj.clone()), module: None, owner: Some(m.owner) }).into_obj())
}

pub fn classmethod_descr_get(_: &Vm, d: &Obj, obj: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let m = &d.this::<ClassMethodDescr>()?.0;
    let cls = match (owner, obj) {
        (Some(t), _) => t.clone(),
        (None, Some(o)) => o.ty().to_obj(),
        (None, None) => {
            return Err(error::type_error(format!(
                "descriptor '{}' for type '{}' needs either an object or a type",
                m.def.name(),
                m.owner.name()
            )));
        }
    };
    Ok(Ref::new(BuiltinFunction { def: m.def, this: Some(cls), module: None, owner: Some(m.owner) }).into_obj())
}

pub fn wrapper_get(_: &Vm, d: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let (Some(obj), Some(descr)) = (obj, d.downcast::<WrapperDescr>()) else { return Ok(d.clone()) };
    if !obj.ty().is_subtype(descr.owner) {
        return Err(wrong_receiver(descr.def.name, descr.owner, obj));
    }
    Ok(Ref::new(MethodWrapper { descr, this: obj.clone() }).into_obj())
}

pub fn getset_get(vm: &Vm, d: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(obj) = obj else { return Ok(d.clone()) };
    let g = d.this::<GetSetDescr>()?;
    if !obj.ty().is_subtype(g.owner) {
        return Err(wrong_receiver(g.def.name, g.owner, obj));
    }
    (g.def.get)(vm, obj)
}

/// Whether CPython declares an attribute as a member: another type of descriptor, whose error names nothing.
fn is_member(owner: &Type, def: &GetSetDef) -> bool {
    const MEMBERS: &[(&str, &[&str])] = &[
        ("function", &["__closure__", "__globals__", "__builtins__"]),
        ("method", &["__func__", "__self__"]),
        ("BaseExceptionGroup", &["message", "exceptions"]),
        ("slice", &["start", "stop", "step"]),
        ("range", &["start", "stop", "step"]),
        ("complex", &["real", "imag"]),
        ("property", &["fget", "fset", "fdel"]),
        ("super", &["__thisclass__", "__self__", "__self_class__"]),
    ];
    let (owner, name) = (owner.name(), def.name);
    let refuses = def.set.is_some_and(|f| std::ptr::fn_addr_eq(f, crate::spec::readonly as crate::spec::SetFn));
    let code = owner == "code" && name.starts_with("co_") && !matches!(name, "co_code" | "co_varnames" | "co_cellvars");
    refuses || code || MEMBERS.iter().any(|(t, names)| owner == *t && names.contains(&name))
}

pub fn getset_set(vm: &Vm, d: &Obj, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let g = d.this::<GetSetDescr>()?;
    if !obj.ty().is_subtype(g.owner) {
        return Err(wrong_receiver(g.def.name, g.owner, obj));
    }
    match g.def.set {
        Some(f) => f(vm, obj, value),
        None => Err(error::attribute_error_text(format!(
            "attribute '{}' of '{}' objects is not writable",
            g.def.name,
            g.owner.tp_name()
        ))),
    }
}

fn member_word<'a>(m: &MemberDescr, obj: &'a Obj) -> PyResult<&'a ObjCell> {
    if !obj.ty().is_subtype(m.owner) {
        return Err(wrong_receiver(&crate::ops::text(&m.name), m.owner, obj));
    }
    // SAFETY: OBJ-1: instances of `owner` have the member at this offset.
    Ok(unsafe { &*((obj.bits() as usize + m.offset) as *const ObjCell) })
}

pub fn member_get(vm: &Vm, d: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(obj) = obj else { return Ok(d.clone()) };
    let m = d.this::<MemberDescr>()?;
    if let Some(def) = m.native {
        return if obj.ty().is_subtype(m.owner) {
            (def.get)(vm, obj)
        } else {
            Err(wrong_receiver(def.name, m.owner, obj))
        };
    }
    member_word(m, obj)?.get().ok_or_else(|| error::no_attribute(obj, &m.name))
}

pub fn member_set(vm: &Vm, d: &Obj, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let m = d.this::<MemberDescr>()?;
    if let Some(def) = m.native {
        if !obj.ty().is_subtype(m.owner) {
            return Err(wrong_receiver(def.name, m.owner, obj));
        }
        return def.set.unwrap_or(crate::spec::readonly)(vm, obj, value);
    }
    let old = member_word(m, obj)?.replace(value.cloned());
    if value.is_none() && old.is_none() {
        return Err(error::attribute_error_text(crate::ops::text(&m.name)));
    }
    Ok(())
}

pub fn method_get(_: &Vm, d: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(d.clone())
}

pub fn staticmethod_get(_: &Vm, d: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    d.this::<StaticMethod>()?.func.get().ok_or_else(|| error::runtime_error("uninitialized staticmethod object"))
}

pub fn classmethod_get(_: &Vm, d: &Obj, obj: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let f =
        d.this::<ClassMethod>()?.func.get().ok_or_else(|| error::runtime_error("uninitialized classmethod object"))?;
    let cls = owner.cloned().or_else(|| obj.map(|o| o.ty().to_obj())).unwrap_or_else(singletons::none);
    Ok(bound_method(f, cls))
}

/// A native function usable outside any type or module (callbacks made by the runtime).
pub fn free_function(def: &'static MethodDef, this: Option<Obj>) -> Obj {
    Ref::new(BuiltinFunction { def, this, module: None, owner: None }).into_obj()
}

/// Whether a native takes keyword arguments at all.
pub fn takes_keywords(f: &Native) -> bool {
    matches!(f, Native::Bound(_) | Native::Raw(_))
}
