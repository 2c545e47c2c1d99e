//! Struct sequences: tuples whose items also have names (`sys.flags`, `os.stat_result`), some of them by name only.
//!
//! Invariant: SEQ-1: an instance holds as many words behind its tuple items as its class has hidden fields, all owned values.
//! CPython: Objects/structseq.c.

use crate::call::Args;
use crate::handle::allocate;
use crate::spec::{MethodDef, Native, TypeSpec, class_method, method};
use crate::typeobj::{StaticType, Type};
use crate::{Dict, Obj, ObjExt, PyResult, Ref, Vm, class, error, int, names, ops, singletons, str, tuple, types};
use adder_mem::header::{DropFn, Header, TypeFlags as F};
use adder_mem::heap::Global;

/// Declaration of a struct sequence type.
pub struct SeqDef {
    /// With the module: "os.stat_result".
    pub name: &'static ::std::primitive::str,
    pub doc: &'static ::std::primitive::str,
    /// Names in order; "" is an item without a name.
    pub fields: &'static [&'static ::std::primitive::str],
    /// How many of the fields are items of the tuple.
    pub visible: usize,
}

/// The classes by their addresses: few, and none has subclasses.
static CLASSES: Global<Vec<(usize, &'static SeqDef)>> = Global::new(Vec::new());

fn info(ty: &Type) -> Option<&'static SeqDef> {
    if !is_structseq(ty) {
        return None;
    }
    let address = std::ptr::from_ref(ty) as usize;
    CLASSES.get().iter().find(|c| c.0 == address).map(|c| c.1)
}

/// Whether instances have hidden fields, so that only the class's own `__new__` can make them.
pub fn is_structseq(ty: &Type) -> bool {
    std::ptr::fn_addr_eq(ty.head.drop.get(), drop_all as DropFn)
}

/// The descriptor of one field.
pub struct Field {
    index: usize,
    name: Obj,
}
adder_mem::trace_fields!(Field { name });
pub static FIELD: StaticType = StaticType::new::<Field>("member_descriptor", F::GC);
crate::payload!(Field, FIELD);

/// All items of an instance, hidden ones included.
fn all_items(o: &Obj) -> &[Obj] {
    let n = info(o.ty()).map_or(0, |d| d.fields.len());
    // SAFETY: SEQ-1: the hidden words follow the tuple's items.
    unsafe { std::slice::from_raw_parts((o.bits() as usize + tuple::ITEMS) as *const Obj, n) }
}

fn field_get(_: &Vm, d: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(o) = obj else { return Ok(d.clone()) };
    let f = d.this::<Field>()?;
    all_items(o).get(f.index).cloned().ok_or_else(|| error::no_attribute(o, &f.name))
}
fn field_set(_: &Vm, _: &Obj, _: &Obj, _: Option<&Obj>) -> PyResult<()> {
    Err(error::attribute_error_text("readonly attribute"))
}

pub static FIELD_SPEC: TypeSpec = TypeSpec {
    slots: &[crate::slots::slot::descr_get(field_get), crate::slots::slot::descr_set(field_set)],
    ..TypeSpec::of(&FIELD)
};

unsafe fn drop_all(p: *mut Header) {
    // SAFETY: SEQ-1; called once for an instance.
    unsafe {
        let ty = Type::from_object(&*(*p).type_ptr());
        let n = info(ty).map_or(0, |d| d.fields.len());
        std::ptr::drop_in_place(std::ptr::slice_from_raw_parts_mut((p as usize + tuple::ITEMS) as *mut Obj, n));
    }
}

/// An instance; `items` has one value a field.
pub fn new(ty: &Type, items: Vec<Obj>) -> Obj {
    let Some(def) = info(ty) else { return tuple::new(items) };
    let p = allocate(ty, def.fields.len() * 8);
    // SAFETY: SEQ-1: all fields are written, missing ones as None.
    unsafe {
        tuple::begin(p, def.visible);
        let at = (p as usize + tuple::ITEMS) as *mut Obj;
        let mut items = items.into_iter();
        for i in 0..def.fields.len() {
            std::ptr::write(at.add(i), items.next().unwrap_or_else(singletons::none));
        }
        Obj::from_ptr(p)
    }
}

fn seq_new(vm: &Vm, cls: &Obj, args: Args<'_>) -> PyResult {
    let (Some(first), Some(_)) = (args.positional().first(), cls.get::<Type>()) else {
        return Err(error::type_error("structseq.__new__ needs a type"));
    };
    let Some(ty) = first.get::<Type>() else { return Err(error::type_error("structseq.__new__ needs a type")) };
    let Some(def) = info(ty) else { return Err(error::type_error("not a structseq type")) };
    if ty.has(F::NO_INSTANTIATION) {
        return Err(error::type_error(format!("cannot create '{}' instances", def.name)));
    }
    if args.len() > 3 {
        return Err(error::type_error(format!("{}() takes at most 2 arguments ({} given)", ty.name(), args.len() - 1)));
    }
    if let Some((k, _)) = args.keywords().find(|(k, _)| !["sequence", "dict"].contains(&ops::text(k).as_str())) {
        let (name, given) = (ty.name(), ops::text(k));
        return Err(error::type_error(format!("{name}() got an unexpected keyword argument '{given}'")));
    }
    let sequence = args.positional().get(1).or(args.keyword("sequence"));
    let Some(sequence) = sequence else {
        return Err(error::type_error(format!("{}() missing required argument 'sequence' (pos 1)", ty.name())));
    };
    if sequence.ty().iter().is_none() && sequence.ty().getitem().is_none() {
        return Err(error::type_error("constructor requires a sequence"));
    }
    let mut items = ops::collect(vm, sequence)?;
    let (n, min, max) = (items.len(), def.visible, def.fields.len());
    if n < min || n > max {
        let (bound, limit) = if min == max {
            ("a", min)
        } else if n < min {
            ("an at least", min)
        } else {
            ("an at most", max)
        };
        return Err(error::type_error(format!("{}() takes {bound} {limit}-sequence ({n}-sequence given)", def.name)));
    }
    let extra = match args.positional().get(2).or(args.keyword("dict")) {
        None => None,
        Some(d) => match d.get::<Dict>() {
            None => return Err(error::type_error(format!("{}() takes a dict as second arg, if any", def.name))),
            d => d,
        },
    };
    let mut used = 0;
    for name in &def.fields[n..] {
        let given = extra.and_then(|d| d.get_str(name));
        used += usize::from(given.is_some());
        items.push(given.unwrap_or_else(singletons::none));
    }
    if extra.is_some_and(|d| d.len() > used) {
        return Err(error::type_error(format!("{}() got duplicate or unexpected field name(s)", def.name)));
    }
    Ok(new(ty, items))
}

fn seq_repr(vm: &Vm, o: &Obj) -> PyResult {
    let Some(def) = info(o.ty()) else { return ops::repr(vm, o) };
    let mut parts = vec![];
    // As CPython's, unnamed items are shown by the names that come next.
    let named = def.fields.iter().filter(|f| !f.is_empty());
    for (name, v) in named.zip(all_items(o)).take(def.visible) {
        parts.push(format!("{name}={}", ops::repr_string(vm, v)?));
    }
    Ok(str::from_str(&format!("{}({})", def.name, parts.join(", "))).into_obj())
}

fn seq_reduce(_: &Vm, o: &Obj) -> PyResult {
    let Some(def) = info(o.ty()) else { return Err(error::type_error("not a structseq")) };
    let d = Dict::new();
    for (name, v) in def.fields.iter().zip(all_items(o)).skip(def.visible) {
        d.set_str(name, v.clone());
    }
    let visible = tuple::from_slice(&all_items(o)[..def.visible]);
    Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array([visible, d.into_obj()])]))
}

fn seq_replace(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let Some(def) = info(o.ty()) else { return Err(error::type_error("not a structseq")) };
    if !args.positional().is_empty() {
        return Err(error::type_error(format!(
            "__replace__() takes 0 positional arguments but {} were given",
            args.len()
        )));
    }
    if def.fields.contains(&"") {
        let text = format!("__replace__() is not supported for {} because it has unnamed field(s)", def.name);
        return Err(error::type_error(text));
    }
    let mut items = all_items(o).to_vec();
    let mut unknown = vec![];
    for (k, v) in args.keywords() {
        let name = ops::text(k);
        match def.fields.iter().position(|f| *f == name) {
            Some(i) => items[i] = v.clone(),
            None => unknown.push(format!("'{name}'")),
        }
    }
    if !unknown.is_empty() {
        return Err(error::type_error(format!("Got unexpected field name(s): [{}]", unknown.join(", "))));
    }
    Ok(new(o.ty(), items))
}

static METHODS: [MethodDef; 4] = [
    class_method("__new__($type, sequence, dict=None)", Native::Raw(seq_new), ""),
    method("__repr__($self, /)", Native::NoArgs(seq_repr), "Return repr(self)."),
    method("__reduce__($self, /)", Native::NoArgs(seq_reduce), ""),
    method(
        "__replace__($self, /, **changes)",
        Native::Raw(seq_replace),
        "Return a copy of the structure with new values for the specified fields.",
    ),
];

/// Makes the class of a declaration.
pub fn make_type(vm: &Vm, def: &'static SeqDef) -> PyResult<Ref<Type>> {
    crate::spec::ready(&FIELD_SPEC);
    let (module, name) = def.name.rsplit_once('.').unwrap_or(("builtins", def.name));
    let ns = Dict::new();
    ns.set_name(&names().__module__, str::intern_str(module).into_obj());
    ns.set_name(&names().__doc__, str::from_str(def.doc).into_obj());
    ns.set_name(&names().__slots__, tuple::new(vec![]));
    let named = def.fields[..def.visible].iter().filter(|f| !f.is_empty());
    ns.set_name(&names().__match_args__, tuple::new(named.map(|f| str::intern_str(f).into_obj()).collect()));
    for (k, n) in [("n_fields", def.fields.len()), ("n_sequence_fields", def.visible)] {
        ns.set_str(k, int::from_usize(n));
    }
    ns.set_str("n_unnamed_fields", int::from_usize(def.fields.iter().filter(|f| f.is_empty()).count()));
    for (index, field) in def.fields.iter().enumerate().filter(|(_, f)| !f.is_empty()) {
        let name = str::intern_str(field).into_obj();
        ns.set_name(&name, Ref::new(Field { index, name: name.clone() }).into_obj());
    }
    let cls = class::make_class(vm, name, vec![types::TUPLE.obj()], ns)?;
    let Some(ty) = cls.downcast::<Type>() else { return Err(error::system_error("structseq")) };
    CLASSES.get().push((std::ptr::from_ref(&*ty) as usize, def));
    ty.head.drop.set(drop_all);
    ty.clear_flag(F::BASETYPE);
    let meta = types::TYPE.obj();
    for m in &METHODS {
        let value = match m.name() {
            "__new__" => {
                let f = crate::descr::free_function(m, Some(cls.clone()));
                Ref::new(crate::descr::StaticMethod { func: adder_mem::ObjCell::new(f) }).into_obj()
            }
            _ => crate::descr::method_object(ty.as_static(), m),
        };
        crate::attr::set_str(vm, &cls, m.name(), &value)?;
    }
    drop(meta);
    // Nobody may give another object this class, whose instances have more items than they show (SEQ-1).
    ty.set_flag(F::IMMUTABLE);
    if ["sys.flags", "sys.version_info"].contains(&def.name) {
        ty.set_flag(F::NO_INSTANTIATION);
    }
    // The class lives as long as the process, like the static types of CPython.
    std::mem::forget(cls.clone());
    Ok(ty)
}
