//! `super`.
//!
//! CPython: Objects/typeobject.c (superobject).

use adder_object::bind::check_positional;
use adder_object::call::call_pos;
use adder_object::slots::slot;
use adder_object::spec::{TypeSpec, member};
use adder_object::vm::HOOKS;
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Type, TypeFlags as F, Vm, attr, error, names, payload,
    singletons, str, trace_fields,
};

#[derive(Default)]
pub struct Super {
    class: ObjCell,
    obj: ObjCell,
    obj_class: ObjCell,
}
trace_fields!(Super { class, obj, obj_class });
pub static SUPER: StaticType = StaticType::new::<Super>("super", F::BASETYPE | F::GC);
payload!(Super, SUPER);

fn of(o: &Obj) -> PyResult<&Super> {
    o.this()
}
fn or_none(c: &ObjCell) -> Obj {
    c.get().unwrap_or_else(singletons::none)
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, Super::default()).into_obj())),
        slot::init(init),
        slot::repr(repr),
        slot::getattro(getattr),
        slot::descr_get(descr_get),
    ],
    getset: &[
        member("__thisclass__", |_, o| Ok(or_none(&of(o)?.class)), "the class invoking super()"),
        member("__self__", |_, o| Ok(or_none(&of(o)?.obj)), "the instance invoking super(); may be None"),
        member(
            "__self_class__",
            |_, o| Ok(or_none(&of(o)?.obj_class)),
            "the type of the instance invoking super(); may be None",
        ),
    ],
    doc: "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires\n    issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    ..TypeSpec::of(&SUPER)
};

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    args.no_keywords("super")?;
    check_positional("super()", args.len(), 0, 2)?;
    let (class, obj) = match args.positional() {
        [] => {
            let (class, obj) = (HOOKS.get().super_args)(vm)?;
            (class, Some(obj))
        }
        [class, rest @ ..] => (class.clone(), rest.first().filter(|o| !o.is_none()).cloned()),
    };
    if class.get::<Type>().is_none() {
        return Err(error::type_error(format!("super() argument 1 must be a type, not {}", class.ty().tp_name())));
    }
    let obj_class = obj.as_ref().map(|obj| check(vm, &class, obj)).transpose()?;
    let s = of(o)?;
    s.class.set(class);
    s.obj.set_option(obj);
    s.obj_class.set_option(obj_class);
    Ok(())
}

/// The class whose MRO is searched, for `super(class, obj)`.
pub fn check(vm: &Vm, class: &Obj, obj: &Obj) -> PyResult {
    let Some(c) = class.get::<Type>() else { return Err(error::type_error("super() argument 1 must be a type")) };
    if obj.get::<Type>().is_some_and(|t| t.is_subtype(c)) {
        return Ok(obj.clone());
    }
    if obj.ty().is_subtype(c) {
        return Ok(obj.ty().to_obj());
    }
    if let Some(claimed) = attr::lookup(vm, obj, &names().__class__)?
        && let Some(t) = claimed.get::<Type>()
        && !t.is(obj.ty())
        && t.is_subtype(c)
    {
        return Ok(claimed);
    }
    let (kind, name) = match obj.get::<Type>() {
        Some(t) => ("type", t.tp_name()),
        None => ("instance of", obj.ty().tp_name()),
    };
    Err(error::type_error(format!(
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        c.tp_name()
    )))
}

/// `super(class, obj).name` found behind `class` in the MRO of `obj_class`; None when no class there has it.
pub fn lookup(vm: &Vm, class: &Type, obj: &Obj, obj_class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let Some(start) = obj_class.get::<Type>() else { return Ok(None) };
    let mut i = 0;
    while start.mro_at(i).is_some_and(|t| !t.is(class)) {
        i += 1;
    }
    while let Some(t) = start.mro_at(i + 1) {
        i += 1;
        let Some(found) = t.dict().get_name(name) else { continue };
        return match found.ty().descr_get() {
            Some(g) => g(vm, &found, Some(obj).filter(|o| !o.is(obj_class)), Some(obj_class)).map(Some),
            None => Ok(Some(found)),
        };
    }
    Ok(None)
}

fn getattr(vm: &Vm, o: &Obj, name: &Obj) -> PyResult {
    let s = of(o)?;
    if let (Some(class), Some(obj), Some(obj_class)) = (s.class.get(), s.obj.get(), s.obj_class.get())
        && !name.is(&names().__class__)
        && let Some(c) = class.get::<Type>()
        && let Some(v) = lookup(vm, c, &obj, &obj_class, name)?
    {
        return Ok(v);
    }
    attr::generic_get(vm, o, name)
}

fn descr_get(vm: &Vm, o: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let s = of(o)?;
    let Some(obj) = obj.filter(|obj| !obj.is_none() && !s.obj.is_some()) else { return Ok(o.clone()) };
    let Some(class) = s.class.get() else { return Ok(o.clone()) };
    if !o.is_exact(&SUPER) {
        return call_pos(vm, &o.ty().to_obj(), &[class, obj.clone()]);
    }
    let obj_class = check(vm, &class, obj)?;
    let new = Super { class: ObjCell::new(class), obj: ObjCell::new(obj.clone()), obj_class: ObjCell::new(obj_class) };
    Ok(Ref::new(new).into_obj())
}

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let s = of(o)?;
    let name = |c: &ObjCell| c.get().and_then(|o| o.get::<Type>().map(Type::tp_name));
    let class = name(&s.class).unwrap_or_else(|| "NULL".to_owned());
    let text = match name(&s.obj_class) {
        Some(t) => format!("<super: <class '{class}'>, <{t} object>>"),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Ok(str::from_str(&text).into_obj())
}
