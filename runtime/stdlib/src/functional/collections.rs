//! `_collections`: defaultdict, the getter of named tuples, the counting loop of Counter; deque is in deque.rs.
//!
//! CPython: Modules/_collectionsmodule.c.

use super::shared::{Parts, guarded_repr, none, positional, text};
use super::{deque, deque_iter};
use adder_object::call;
use adder_object::descr::{TUPLE_GETTER, TupleGetter};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, class_method, getset, method};
use adder_object::{
    Args, Dict, ModuleSpec, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Trace, Type, TypeFlags as F, Visit, Vm,
    arith, attr, class, error, int, module, names, ops, payload, singletons, tuple, types,
};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory",
    functions: &[method(
        "_count_elements($module, mapping, iterable, /)",
        Native::Pos(2, 2, count_elements),
        "Count elements in the iterable, updating the mapping",
    )],
    types: &[&deque::SPEC, &deque_iter::SPEC, &deque_iter::REVERSE_SPEC, &DEFAULTDICT_SPEC, &TUPLEGETTER_SPEC],
    init: Some(|_, m| {
        module::dict(m.obj()).set_str("OrderedDict", types::ORDERED_DICT.obj());
        Ok(())
    }),
    ..ModuleSpec::new("_collections")
};

// ---- defaultdict ----

/// A dict first, so that every dict operation works on it.
#[repr(C)]
#[derive(Default)]
struct DefaultDict {
    dict: Dict,
    factory: ObjCell,
}
impl Trace for DefaultDict {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.dict.trace(visit);
        self.factory.trace(visit);
    }
    fn clear(&self) {
        Trace::clear(&self.factory);
        Trace::clear(&self.dict);
    }
}
static DEFAULTDICT: StaticType =
    StaticType::new::<DefaultDict>("collections.defaultdict", F::GC | F::BASETYPE | F::DICT_SUBCLASS);
payload!(DefaultDict, DEFAULTDICT);

static DEFAULTDICT_SPEC: TypeSpec = TypeSpec {
    base: Some(&types::DICT),
    slots: &[
        slot::new(|_, ty, _| Ok(Ref::with_type(ty, DefaultDict::default()).into_obj())),
        slot::init(default_init),
        slot::repr(default_repr),
        slot::or(default_or),
    ],
    methods: &[
        method(
            "__missing__($self, object, /)",
            Native::One(missing),
            "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n",
        ),
        method("copy($self, /)", Native::NoArgs(default_copy), "D.copy() -> a shallow copy of D."),
        method("__copy__($self, /)", Native::NoArgs(default_copy), "D.copy() -> a shallow copy of D."),
        method("__reduce__($self, /)", Native::NoArgs(default_reduce), "Return state information for pickling."),
        class_method("__class_getitem__($type, object, /)", Native::One(class::generic_alias), "See PEP 585"),
    ],
    getset: &[getset(
        "default_factory",
        |_, o| factory(o),
        |_, o, v| {
            o.this::<DefaultDict>()?.factory.set_option(v.cloned());
            Ok(())
        },
        "Factory for default value called by __missing__().",
    )],
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    ..TypeSpec::of(&DEFAULTDICT)
};

fn factory(o: &Obj) -> PyResult {
    Ok(o.this::<DefaultDict>()?.factory.get().unwrap_or_else(singletons::none))
}

fn default_init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let d = o.this::<DefaultDict>()?;
    let mut rest = args;
    let mut f = None;
    if let Some(first) = args.positional().first() {
        if !call::is_callable(first) && !first.is_none() {
            return Err(error::type_error("first argument must be callable or None"));
        }
        f = Some(first.clone());
        rest = args.skip(1);
    }
    d.factory.set_option(f.filter(|f| !f.is_none()));
    match types::DICT.init() {
        Some(init) => init(vm, o, rest),
        None => Err(error::system_error("dict without __init__")),
    }
}

fn missing(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    let f = factory(o)?;
    if f.is_none() {
        return Err(error::key_error(key));
    }
    let value = call::call0(vm, &f)?;
    // The factory may have set the key itself: that value stays.
    o.this::<Dict>()?.set_default(vm, key, value)
}

fn default_repr(vm: &Vm, o: &Obj) -> PyResult {
    let d = o.this::<Dict>()?;
    let f = factory(o)?;
    let base = d.copy().into_obj();
    // The factory may be a bound method of this very object.
    let shown = if f.is_none() { text("None") } else { guarded_repr(vm, &f, "...", || ops::repr(vm, &f))? };
    let mut parts = Parts::default();
    parts.text(&format!("{}(", o.ty().name()));
    parts.str(vm, &shown)?;
    parts.text(", ");
    let dict_text = match vm.repr_enter(o) {
        true => {
            let r = ops::repr(vm, &base);
            vm.repr_leave(o);
            r?
        }
        false => text("{...}"),
    };
    parts.str(vm, &dict_text)?;
    parts.text(")");
    Ok(parts.join())
}

fn new_like(vm: &Vm, like: &Obj, from: &Obj) -> PyResult {
    call::call_pos(vm, &like.ty().to_obj(), &[factory(like)?, from.clone()])
}
fn default_copy(vm: &Vm, o: &Obj) -> PyResult {
    new_like(vm, o, o)
}
fn default_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.get::<Dict>().is_none() || b.get::<Dict>().is_none() {
        return Ok(singletons::not_implemented());
    }
    let like = if a.get::<DefaultDict>().is_some() { a } else { b };
    let new = new_like(vm, like, a)?;
    call::call_method(vm, &new, &names().update, std::slice::from_ref(b))?;
    Ok(new)
}
fn default_reduce(vm: &Vm, o: &Obj) -> PyResult {
    let f = o.this::<DefaultDict>()?.factory.get().filter(|f| !f.is_none());
    let args = tuple::new(f.into_iter().collect());
    let items = call::call_method(vm, o, &names().items, &[])?;
    let none = singletons::none;
    Ok(tuple::from_array([o.ty().to_obj(), args, none(), none(), ops::iter(vm, &items)?]))
}

// ---- _tuplegetter ----

static TUPLEGETTER_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(getter_new),
        slot::descr_get(getter_get),
        slot::descr_set(|_, _, _, v| {
            Err(error::attribute_error_text(if v.is_some() { "can't set attribute" } else { "can't delete attribute" }))
        }),
        slot::repr(|vm, o| {
            let g = o.this::<TupleGetter>()?;
            let mut parts = Parts::default();
            parts.text(&format!("{}({}, ", o.ty().name(), g.index));
            parts.repr(vm, &g.doc.get().unwrap_or_else(singletons::none))?;
            parts.text(")");
            Ok(parts.join())
        }),
    ],
    methods: &[method(
        "__reduce__($self, /)",
        Native::NoArgs(|_, o| {
            let g = o.this::<TupleGetter>()?;
            let args = tuple::from_array([int::from_usize(g.index), g.doc.get().unwrap_or_else(singletons::none)]);
            Ok(tuple::from_array([o.ty().to_obj(), args]))
        }),
        "",
    )],
    getset: &[getset(
        "__doc__",
        |_, o| Ok(o.this::<TupleGetter>()?.doc.get().unwrap_or_else(singletons::none)),
        |_, o, v| {
            o.this::<TupleGetter>()?.doc.set_option(v.cloned());
            Ok(())
        },
        "",
    )],
    ..TypeSpec::of(&TUPLE_GETTER)
};

fn getter_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = positional(ty, args, "_tuplegetter", 2, 2)?;
    let index = ops::size_isize(vm, &a[0])?.max(0) as usize;
    let g = TupleGetter { index, doc: ObjCell::new(a[1].clone()) };
    Ok(Ref::with_type(ty, g).into_obj())
}
fn getter_get(_: &Vm, o: &Obj, obj: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let g = o.this::<TupleGetter>()?;
    let Some(x) = obj.filter(|x| !x.is_none()) else { return Ok(o.clone()) };
    g.field(x).unwrap_or_else(|| {
        Err(error::type_error(format!(
            "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
            g.index,
            x.ty().tp_name()
        )))
    })
}

// ---- _count_elements ----

fn count_elements(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let mapping = &a[0];
    let (zero, one) = (int::from_i64(0), int::from_i64(1));
    // The fast loop needs the dict's own get and item assignment.
    let own = |name: &Obj| match (mapping.ty().lookup(name), types::DICT.lookup(name)) {
        (Some(x), Some(y)) => x.is(&y),
        _ => false,
    };
    if let Some(d) = mapping.get::<Dict>().filter(|_| own(&names().get) && own(&names().__setitem__)) {
        let mut items = ops::Items::of(vm, &a[1])?;
        while let Some(x) = items.next(vm)? {
            let hash = ops::hash(vm, &x)?;
            // Where nothing of the program's runs, the position is still good.
            let more = |i| d.value_at(i).and_then(|n| n.small_int()).and_then(|n| Obj::try_int(n + 1));
            match d.position_hashed(vm, &x, hash)? {
                None => {
                    d.insert_new(x, hash, one.clone());
                    continue;
                }
                Some(i) => {
                    if let Some(n) = more(i) {
                        d.set_value_at(i, n);
                        continue;
                    }
                }
            }
            let n = d.get_item_hashed(vm, &x, hash)?.unwrap_or_else(|| zero.clone());
            d.set_item_hashed(vm, &x, hash, arith::binary(vm, &n, &one, arith::BinOp::Add)?)?;
        }
        return none();
    }
    let it = ops::iter(vm, &a[1])?;
    let get = attr::get(vm, mapping, &names().get)?;
    while let Some(x) = ops::next(vm, &it)? {
        let n = call::call_pos(vm, &get, &[x.clone(), zero.clone()])?;
        ops::setitem(vm, mapping, &x, &arith::binary(vm, &n, &one, arith::BinOp::Add)?)?;
    }
    none()
}
