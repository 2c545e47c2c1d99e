//! The dunder table: each special method name with the slot it stands for, how Python calls the slot, and how the slot of a
//! Python class calls the method. CPython: `slotdefs[]` of Objects/typeobject.c.

use crate::call::Args;
use crate::descr::{BuiltinFunction, WrapperDescr};
use crate::slots::*;
use crate::typeobj::Type;
use crate::user_slots as user;
use crate::{
    CompareOp, Obj, ObjExt, PyResult, Ref, Str, Vm, attr, class, error, int, names::names, ops, singletons, str,
};
use adder_mem::heap::Global;
use std::collections::HashMap;

/// How `wrapper_descriptor.__call__` maps Python arguments to the slot's native function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrap {
    Unary,
    Binary,
    /// Arguments swapped (`__radd__`).
    Reflected,
    Power,
    ReflectedPower,
    Length,
    Bool,
    Hash,
    Compare(CompareOp),
    Contains,
    SetItem,
    DelItem,
    Repeat,
    Next,
    GetAttr,
    SetAttr,
    DelAttr,
    DescrGet,
    DescrSet,
    DescrDelete,
    Init,
    Call,
    Finalize,
    Buffer,
}

pub struct SlotDef {
    pub name: &'static str,
    pub slot: SlotId,
    pub wrap: Wrap,
    /// The slot function of Python classes; null when the name never fills this slot for them.
    pub user: *const (),
    pub sig: &'static str,
    pub doc: &'static str,
}
// SAFETY: function addresses and static text.
unsafe impl Sync for SlotDef {}

macro_rules! slot_defs {
    ($($name:literal $slot:ident $wrap:expr, $user:expr, $sig:literal $doc:literal;)*) => {
        pub static SLOT_DEFS: &[SlotDef] = &[$(SlotDef {
            name: $name, slot: SlotId::$slot, wrap: { use Wrap::*; $wrap }, user: $user as *const (), sig: $sig, doc: $doc,
        }),*];
    };
}
const NOT_FOR_CLASSES: *const () = std::ptr::null();

slot_defs! {
    "__getattribute__" GETATTRO GetAttr, user::getattro as BinaryFn, "($self, name, /)" "Return getattr(self, name).";
    "__getattr__" GETATTRO GetAttr, user::getattro as BinaryFn, "" "";
    "__setattr__" SETATTRO SetAttr, user::setattro as StoreFn, "($self, name, value, /)" "Implement setattr(self, name, value).";
    "__delattr__" SETATTRO DelAttr, user::setattro as StoreFn, "($self, name, /)" "Implement delattr(self, name).";
    "__repr__" REPR Unary, user::repr as UnaryFn, "($self, /)" "Return repr(self).";
    "__hash__" HASH Hash, user::hash as HashFn, "($self, /)" "Return hash(self).";
    "__call__" CALL Call, user::call as CallFn, "($self, /, *args, **kwargs)" "Call self as a function.";
    "__str__" STR Unary, user::str as UnaryFn, "($self, /)" "Return str(self).";
    "__lt__" RICHCOMPARE Compare(CompareOp::Lt), user::richcompare as CompareFn, "($self, value, /)" "Return self<value.";
    "__le__" RICHCOMPARE Compare(CompareOp::Le), user::richcompare as CompareFn, "($self, value, /)" "Return self<=value.";
    "__eq__" RICHCOMPARE Compare(CompareOp::Eq), user::richcompare as CompareFn, "($self, value, /)" "Return self==value.";
    "__ne__" RICHCOMPARE Compare(CompareOp::Ne), user::richcompare as CompareFn, "($self, value, /)" "Return self!=value.";
    "__gt__" RICHCOMPARE Compare(CompareOp::Gt), user::richcompare as CompareFn, "($self, value, /)" "Return self>value.";
    "__ge__" RICHCOMPARE Compare(CompareOp::Ge), user::richcompare as CompareFn, "($self, value, /)" "Return self>=value.";
    "__iter__" ITER Unary, user::iter as UnaryFn, "($self, /)" "Implement iter(self).";
    "__next__" ITERNEXT Next, user::iternext as NextFn, "($self, /)" "Implement next(self).";
    "__get__" DESCR_GET DescrGet, user::descr_get as DescrGetFn, "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner.";
    "__set__" DESCR_SET DescrSet, user::descr_set as StoreFn, "($self, instance, value, /)" "Set an attribute of instance to value.";
    "__delete__" DESCR_SET DescrDelete, user::descr_set as StoreFn, "($self, instance, /)" "Delete an attribute of instance.";
    "__init__" INIT Init, user::init as InitFn, "($self, /, *args, **kwargs)" "Initialize self.  See help(type(self)) for accurate signature.";
    "__del__" FINALIZE Finalize, user::finalize as UnaryFn, "($self, /)" "Called when the instance is about to be destroyed.";
    "__buffer__" BUFFER Buffer, user::buffer as BufferFn, "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object.";
    "__release_buffer__" RELEASE_BUFFER Binary, user::release_buffer as BinaryFn, "($self, buffer, /)" "Release the buffer object that exposes the underlying memory of the object.";
    "__await__" AWAIT Unary, user::await_ as UnaryFn, "($self, /)" "Return an iterator to be used in await expression.";
    "__aiter__" AITER Unary, user::aiter as UnaryFn, "($self, /)" "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" ANEXT Unary, user::anext as UnaryFn, "($self, /)" "Return a value or raise StopAsyncIteration.";
    "__len__" LENGTH Length, user::length as LenFn, "($self, /)" "Return len(self).";
    "__getitem__" GETITEM Binary, user::getitem as BinaryFn, "($self, key, /)" "Return self[key].";
    "__setitem__" SETITEM SetItem, user::setitem as StoreFn, "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" SETITEM DelItem, user::setitem as StoreFn, "($self, key, /)" "Delete self[key].";
    "__contains__" CONTAINS Contains, user::contains as ContainsFn, "($self, key, /)" "Return bool(key in self).";
    "__add__" CONCAT Binary, NOT_FOR_CLASSES, "($self, value, /)" "Return self+value.";
    "__mul__" REPEAT Repeat, NOT_FOR_CLASSES, "($self, value, /)" "Return self*value.";
    "__rmul__" REPEAT Repeat, NOT_FOR_CLASSES, "($self, value, /)" "Return value*self.";
    "__iadd__" INPLACE_CONCAT Binary, NOT_FOR_CLASSES, "($self, value, /)" "Implement self+=value.";
    "__imul__" INPLACE_REPEAT Repeat, NOT_FOR_CLASSES, "($self, value, /)" "Implement self*=value.";
    "__bool__" BOOL Bool, user::bool as BoolFn, "($self, /)" "True if self else False";
    "__int__" INT Unary, user::int as UnaryFn, "($self, /)" "int(self)";
    "__float__" FLOAT Unary, user::float as UnaryFn, "($self, /)" "float(self)";
    "__index__" INDEX Unary, user::index as UnaryFn, "($self, /)" "Return self converted to an integer, if self is suitable for use as an index into a list.";
    "__neg__" NEGATIVE Unary, user::negative as UnaryFn, "($self, /)" "-self";
    "__pos__" POSITIVE Unary, user::positive as UnaryFn, "($self, /)" "+self";
    "__abs__" ABSOLUTE Unary, user::absolute as UnaryFn, "($self, /)" "abs(self)";
    "__invert__" INVERT Unary, user::invert as UnaryFn, "($self, /)" "~self";
    "__add__" ADD Binary, user::add as BinaryFn, "($self, value, /)" "Return self+value.";
    "__radd__" ADD Reflected, user::add as BinaryFn, "($self, value, /)" "Return value+self.";
    "__sub__" SUBTRACT Binary, user::subtract as BinaryFn, "($self, value, /)" "Return self-value.";
    "__rsub__" SUBTRACT Reflected, user::subtract as BinaryFn, "($self, value, /)" "Return value-self.";
    "__mul__" MULTIPLY Binary, user::multiply as BinaryFn, "($self, value, /)" "Return self*value.";
    "__rmul__" MULTIPLY Reflected, user::multiply as BinaryFn, "($self, value, /)" "Return value*self.";
    "__mod__" REMAINDER Binary, user::remainder as BinaryFn, "($self, value, /)" "Return self%value.";
    "__rmod__" REMAINDER Reflected, user::remainder as BinaryFn, "($self, value, /)" "Return value%self.";
    "__divmod__" DIVMOD Binary, user::divmod as BinaryFn, "($self, value, /)" "Return divmod(self, value).";
    "__rdivmod__" DIVMOD Reflected, user::divmod as BinaryFn, "($self, value, /)" "Return divmod(value, self).";
    "__pow__" POWER Power, user::power as TernaryFn, "($self, value, mod=None, /)" "Return pow(self, value, mod).";
    "__rpow__" POWER ReflectedPower, user::power as TernaryFn, "($self, value, mod=None, /)" "Return pow(value, self, mod).";
    "__lshift__" LSHIFT Binary, user::lshift as BinaryFn, "($self, value, /)" "Return self<<value.";
    "__rlshift__" LSHIFT Reflected, user::lshift as BinaryFn, "($self, value, /)" "Return value<<self.";
    "__rshift__" RSHIFT Binary, user::rshift as BinaryFn, "($self, value, /)" "Return self>>value.";
    "__rrshift__" RSHIFT Reflected, user::rshift as BinaryFn, "($self, value, /)" "Return value>>self.";
    "__and__" AND Binary, user::and as BinaryFn, "($self, value, /)" "Return self&value.";
    "__rand__" AND Reflected, user::and as BinaryFn, "($self, value, /)" "Return value&self.";
    "__xor__" XOR Binary, user::xor as BinaryFn, "($self, value, /)" "Return self^value.";
    "__rxor__" XOR Reflected, user::xor as BinaryFn, "($self, value, /)" "Return value^self.";
    "__or__" OR Binary, user::or as BinaryFn, "($self, value, /)" "Return self|value.";
    "__ror__" OR Reflected, user::or as BinaryFn, "($self, value, /)" "Return value|self.";
    "__floordiv__" FLOOR_DIVIDE Binary, user::floor_divide as BinaryFn, "($self, value, /)" "Return self//value.";
    "__rfloordiv__" FLOOR_DIVIDE Reflected, user::floor_divide as BinaryFn, "($self, value, /)" "Return value//self.";
    "__truediv__" TRUE_DIVIDE Binary, user::true_divide as BinaryFn, "($self, value, /)" "Return self/value.";
    "__rtruediv__" TRUE_DIVIDE Reflected, user::true_divide as BinaryFn, "($self, value, /)" "Return value/self.";
    "__matmul__" MATRIX_MULTIPLY Binary, user::matrix_multiply as BinaryFn, "($self, value, /)" "Return self@value.";
    "__rmatmul__" MATRIX_MULTIPLY Reflected, user::matrix_multiply as BinaryFn, "($self, value, /)" "Return value@self.";
    "__iadd__" INPLACE_ADD Binary, user::inplace_add as BinaryFn, "($self, value, /)" "Return self+=value.";
    "__isub__" INPLACE_SUBTRACT Binary, user::inplace_subtract as BinaryFn, "($self, value, /)" "Return self-=value.";
    "__imul__" INPLACE_MULTIPLY Binary, user::inplace_multiply as BinaryFn, "($self, value, /)" "Return self*=value.";
    "__imod__" INPLACE_REMAINDER Binary, user::inplace_remainder as BinaryFn, "($self, value, /)" "Return self%=value.";
    "__ipow__" INPLACE_POWER Power, user::inplace_power as TernaryFn, "($self, value, /)" "Return self**=value.";
    "__ilshift__" INPLACE_LSHIFT Binary, user::inplace_lshift as BinaryFn, "($self, value, /)" "Return self<<=value.";
    "__irshift__" INPLACE_RSHIFT Binary, user::inplace_rshift as BinaryFn, "($self, value, /)" "Return self>>=value.";
    "__iand__" INPLACE_AND Binary, user::inplace_and as BinaryFn, "($self, value, /)" "Return self&=value.";
    "__ixor__" INPLACE_XOR Binary, user::inplace_xor as BinaryFn, "($self, value, /)" "Return self^=value.";
    "__ior__" INPLACE_OR Binary, user::inplace_or as BinaryFn, "($self, value, /)" "Return self|=value.";
    "__ifloordiv__" INPLACE_FLOOR_DIVIDE Binary, user::inplace_floor_divide as BinaryFn, "($self, value, /)" "Return self//=value.";
    "__itruediv__" INPLACE_TRUE_DIVIDE Binary, user::inplace_true_divide as BinaryFn, "($self, value, /)" "Return self/=value.";
    "__imatmul__" INPLACE_MATRIX_MULTIPLY Binary, user::inplace_matrix_multiply as BinaryFn, "($self, value, /)" "Return self@=value.";
}

/// Puts a wrapper under its dunder name for every slot that a static type fills itself.
pub fn add_wrappers(ty: &'static Type) {
    let dict = ty.dict();
    for def in SLOT_DEFS {
        let f = ty.slots.raw(def.slot);
        if f.is_null() || def.sig.is_empty() {
            continue;
        }
        let name = str::intern_str(def.name);
        if dict.get_name(name.obj()).is_some() {
            continue;
        }
        if def.slot == SlotId::HASH && std::ptr::eq(f, user::hash_not_implemented as HashFn as *const ()) {
            dict.set_name(name.obj(), singletons::none());
            continue;
        }
        dict.set_name(name.obj(), Ref::new(WrapperDescr { def, owner: ty, f }).into_obj());
    }
    if ty.new().is_some() && dict.get_name(&names().__new__).is_none() {
        dict.set_name(&names().__new__, class::new_function(ty));
    }
}

/// Fills the empty slots of a static type from its base (hash and comparison go together).
pub fn inherit_slots(ty: &Type, base: &Type) {
    let own = |id: SlotId| !ty.slots.raw(id).is_null();
    let compare = own(SlotId::RICHCOMPARE) || own(SlotId::HASH);
    for i in 0..SLOT_COUNT {
        // A base's `__new__` makes the base's payload: a type with another one that has no `__new__` makes no instances.
        let other_payload = i == SlotId::NEW as usize && ty.head.basicsize.get() != base.head.basicsize.get();
        if ty.slots.0[i].get().is_null()
            && !other_payload
            && !(compare && (i == SlotId::RICHCOMPARE as usize || i == SlotId::HASH as usize))
        {
            ty.slots.0[i].set(base.slots.0[i].get());
        }
    }
    if compare && !own(SlotId::RICHCOMPARE) {
        ty.slots.set_raw(SlotId::RICHCOMPARE, base.slots.raw(SlotId::RICHCOMPARE));
    }
    if compare && !own(SlotId::HASH) && own(SlotId::RICHCOMPARE) && ty.dict().get_name(&names().__eq__).is_some() {
        ty.slots.set_raw(SlotId::HASH, user::hash_not_implemented as HashFn as *const ());
    }
}

/// What is derived from [`SLOT_DEFS`] once: its names as strings, its rows by slot, and for each name the slots it stands for.
struct Index {
    names: Vec<Obj>,
    rows: [Vec<u16>; SLOT_COUNT],
    /// (bits of the interned name, its slots), sorted.
    slots: Vec<(u64, Vec<SlotId>)>,
    /// The slots that a class without dunder names of its own has from a static base, by the base's address.
    derived: HashMap<usize, Box<[*const (); SLOT_COUNT]>>,
}
static INDEX: Global<Option<Index>> = Global::new(None);

fn index() -> &'static mut Index {
    INDEX.get().get_or_insert_with(|| {
        let names: Vec<Obj> = SLOT_DEFS.iter().map(|d| str::intern_str(d.name).into_obj()).collect();
        let mut rows = [const { Vec::new() }; SLOT_COUNT];
        let mut slots: Vec<(u64, Vec<SlotId>)> = names.iter().map(|n| (n.bits(), vec![])).collect();
        slots.sort_by_key(|s| s.0);
        slots.dedup_by_key(|s| s.0);
        for (i, (def, name)) in SLOT_DEFS.iter().zip(&names).enumerate() {
            rows[def.slot as usize].push(i as u16);
            if let Ok(at) = slots.binary_search_by_key(&name.bits(), |s| s.0)
                && !slots[at].1.contains(&def.slot)
            {
                slots[at].1.push(def.slot);
            }
        }
        Index { names, rows, slots, derived: HashMap::new() }
    })
}

/// The slots that the dunder name `name` stands for.
fn slots_of(name: &Obj) -> &'static [SlotId] {
    let Some(s) = name.downcast::<Str>().filter(|s| s.as_ascii().is_some_and(|s| s.starts_with("__"))) else {
        return &[];
    };
    let slots = &index().slots;
    match slots.binary_search_by_key(&str::intern(&s).obj().bits(), |s| s.0) {
        Ok(at) => &slots[at].1,
        Err(_) => &[],
    }
}

/// Recomputes the slots of a Python class from what its MRO says of each dunder name.
pub fn update_all(ty: &Type) {
    let mro = ty.mro_types();
    match mro.get(1) {
        // With one base, only the names of the class itself can make a difference.
        Some(base) if same_types(&mro[1..], &base.mro_types()) => {
            if base.is_heap() {
                (0..SLOT_COUNT).for_each(|i| ty.slots.0[i].set(base.slots.0[i].get()));
            } else {
                let derived = index()
                    .derived
                    .entry(*base as *const Type as usize)
                    .or_insert_with(|| Box::new(std::array::from_fn(|i| slot_from(&mro[1..], i))));
                (0..SLOT_COUNT).for_each(|i| ty.slots.0[i].set(derived[i]));
            }
            let own: Vec<Obj> = ty.dict().items_vec().into_iter().map(|(k, _)| k).collect();
            for slot in own.iter().flat_map(slots_of) {
                update_slot(ty, *slot);
            }
        }
        _ => (0..SLOT_COUNT).filter(|i| *i != SlotId::NEW as usize).for_each(|i| ty.slots.0[i].set(slot_from(&mro, i))),
    }
    update_new(ty);
    update_finalizer(ty);
}

fn same_types(a: &[&Type], b: &[&Type]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b))
}

/// Recomputes the slots that the name `name` stands for, in the class and its subclasses.
pub fn update_name(ty: &Type, name: &Obj) {
    if name.is(&names().__new__) {
        update_new(ty);
    }
    for slot in slots_of(name) {
        update_slot(ty, *slot);
    }
    if name.is(&names().__del__) {
        update_finalizer(ty);
    }
    for s in crate::mro::subclasses_of(ty).iter().filter_map(|s| s.get::<Type>()) {
        if s.is_heap() {
            update_name(s, name);
        }
    }
}

fn update_slot(ty: &Type, slot: SlotId) {
    ty.slots.set_raw(slot, slot_from(&ty.mro_types(), slot as usize));
}

/// The slot that a Python class with this MRO has: the native function if all names of the slot lead to it, the generic one
/// if Python code stands behind one of them. A slot without names is inherited.
fn slot_from(mro: &[&Type], slot: usize) -> *const () {
    let index = index();
    let rows = &index.rows[slot];
    if rows.is_empty() {
        return mro.iter().map(|t| t.slots.0[slot].get()).find(|f| !f.is_null()).unwrap_or(std::ptr::null());
    }
    let (mut specific, mut generic): (*const (), *const ()) = (std::ptr::null(), std::ptr::null());
    let mut use_generic = false;
    for &row in rows {
        let def = &SLOT_DEFS[row as usize];
        let name = &index.names[row as usize];
        let found = mro.iter().find_map(|t| t.own_attribute(name));
        let Some(found) = found else { continue };
        if !def.user.is_null() {
            generic = def.user;
        }
        match found.get_exact::<WrapperDescr>() {
            Some(w) if w.def.slot == def.slot && w.def.name == def.name && mro.iter().any(|t| t.is(w.owner)) => {
                if specific.is_null() || std::ptr::eq(specific, w.f) {
                    specific = w.f;
                } else {
                    use_generic = true;
                }
            }
            // The other slot of a shared name (`__add__` of sequences) says nothing about this one.
            Some(w)
                if def.user.is_null()
                    || w.def.slot != def.slot && w.def.name == def.name && mro.iter().any(|t| t.is(w.owner)) => {}
            _ if def.slot == SlotId::HASH && found.is_none() => {
                specific = user::hash_not_implemented as HashFn as *const ()
            }
            _ if def.user.is_null() => {}
            _ => use_generic = true,
        }
    }
    if !specific.is_null() && !use_generic {
        specific
    } else if use_generic {
        generic
    } else {
        std::ptr::null()
    }
}

/// `__new__` of a class: the slot of the native type whose `__new__` it inherits, or the Python method.
fn update_new(ty: &Type) {
    let f = match ty.lookup(&names().__new__) {
        Some(d) => match d.get::<BuiltinFunction>() {
            Some(b) if class::is_new_function(b) => b.owner.map_or(std::ptr::null(), |o| o.slots.raw(SlotId::NEW)),
            _ => user::new as NewFn as *const (),
        },
        None => std::ptr::null(),
    };
    ty.slots.set_raw(SlotId::NEW, f);
}

fn update_finalizer(ty: &Type) {
    use adder_mem::header::TypeFlags;
    if ty.finalize().is_some() {
        ty.set_flag(TypeFlags::HAS_FINALIZER);
        ty.head.finalize.set(Some(run_finalizer));
    } else {
        ty.clear_flag(TypeFlags::HAS_FINALIZER);
    }
}

/// What memory management calls for types with a finalizer: errors go to `sys.unraisablehook`.
pub fn run_finalizer(obj: &Obj) {
    let vm = Vm::current();
    if let Some(f) = obj.ty().finalize()
        && let Err(e) = f(vm, obj)
    {
        let del = obj.ty().lookup(&names().__del__);
        // Of the native types only generators fail here.
        match del.filter(|d| d.get_exact::<WrapperDescr>().is_none()) {
            Some(del) => vm.unraisable(e, "Exception ignored while calling deallocator", Some(&del)),
            None => vm.unraisable(e, "Exception ignored while closing generator", Some(obj)),
        }
    }
}

fn need<'a>(w: &WrapperDescr, args: Args<'a>, min: usize, max: usize) -> PyResult<&'a [Obj]> {
    let n = args.len();
    if args.has_keywords() {
        return Err(error::type_error(format!("wrapper {}() takes no keyword arguments", w.def.name)));
    }
    if n < min || n > max {
        if min == max {
            let s = if min == 1 { "" } else { "s" };
            return Err(error::type_error(format!("expected {min} argument{s}, got {n}")));
        }
        crate::bind::check_positional("", n, min, max).map_err(|e| error::type_error(e.message().trim_start()))?;
    }
    Ok(args.positional())
}

/// As `need`, for the wrappers whose message names the method.
fn need_named<'a>(w: &WrapperDescr, args: Args<'a>, min: usize, max: usize) -> PyResult<&'a [Obj]> {
    if !args.has_keywords() {
        crate::bind::check_positional(w.def.name, args.len(), min, max)?;
    }
    need(w, args, min, max)
}

fn need_power<'a>(w: &WrapperDescr, args: Args<'a>) -> PyResult<&'a [Obj]> {
    if !args.has_keywords() && !(1..=2).contains(&args.len()) {
        return Err(error::type_error(format!("expected 1 or 2 arguments, got {}", args.len())));
    }
    need(w, args, 1, 2)
}

/// Calls a slot the way its dunder method is called from Python.
pub fn call_wrapped(vm: &Vm, w: &WrapperDescr, this: &Obj, args: Args<'_>) -> PyResult {
    macro_rules! f {
        ($t:ty) => {
            // SAFETY: `f` was read from the slot that `def` names, whose functions have this type.
            unsafe { std::mem::transmute::<*const (), $t>(w.f) }
        };
    }
    let none = singletons::none;
    match w.def.wrap {
        Wrap::Unary => {
            need(w, args, 0, 0)?;
            f!(UnaryFn)(vm, this)
        }
        Wrap::Binary => f!(BinaryFn)(vm, this, &need(w, args, 1, 1)?[0]),
        Wrap::GetAttr => f!(BinaryFn)(vm, this, &attr::check_name(&need(w, args, 1, 1)?[0])?),
        Wrap::Reflected => f!(BinaryFn)(vm, &need(w, args, 1, 1)?[0], this),
        Wrap::Power => {
            let a = need_power(w, args)?;
            f!(TernaryFn)(vm, this, &a[0], a.get(1).unwrap_or(singletons::none_ref()))
        }
        Wrap::ReflectedPower => {
            let a = need_power(w, args)?;
            f!(TernaryFn)(vm, &a[0], this, a.get(1).unwrap_or(singletons::none_ref()))
        }
        Wrap::Length => {
            need(w, args, 0, 0)?;
            Ok(int::from_usize(f!(LenFn)(vm, this)?))
        }
        Wrap::Bool => {
            need(w, args, 0, 0)?;
            Ok(singletons::bool_obj(f!(BoolFn)(vm, this)?))
        }
        Wrap::Hash => {
            need(w, args, 0, 0)?;
            Ok(int::from_i64(f!(HashFn)(vm, this)?))
        }
        Wrap::Compare(op) => f!(CompareFn)(vm, this, &need(w, args, 1, 1)?[0], op),
        Wrap::Contains => Ok(singletons::bool_obj(f!(ContainsFn)(vm, this, &need(w, args, 1, 1)?[0])?)),
        Wrap::SetAttr => {
            let a = need(w, args, 2, 2)?;
            class::check_setattr_wrapper(w, this)?;
            f!(StoreFn)(vm, this, &attr::check_name(&a[0])?, Some(&a[1])).map(|()| none())
        }
        Wrap::SetItem => {
            let a = need(w, args, 2, 2)?;
            f!(StoreFn)(vm, this, &a[0], Some(&a[1])).map(|()| none())
        }
        Wrap::DelAttr => {
            let a = need(w, args, 1, 1)?;
            class::check_setattr_wrapper(w, this)?;
            f!(StoreFn)(vm, this, &attr::check_name(&a[0])?, None).map(|()| none())
        }
        Wrap::DelItem => {
            let a = need(w, args, 1, 1)?;
            f!(StoreFn)(vm, this, &a[0], None).map(|()| none())
        }
        Wrap::DescrSet => {
            let a = need_named(w, args, 2, 2)?;
            f!(StoreFn)(vm, this, &a[0], Some(&a[1])).map(|()| none())
        }
        Wrap::DescrDelete => f!(StoreFn)(vm, this, &need(w, args, 1, 1)?[0], None).map(|()| none()),
        Wrap::Repeat => {
            let n = ops::index_isize(vm, &need(w, args, 1, 1)?[0])?;
            f!(RepeatFn)(vm, this, n)
        }
        Wrap::Next => {
            need(w, args, 0, 0)?;
            f!(NextFn)(vm, this)?.ok_or_else(|| error::stop_iteration(none()))
        }
        Wrap::DescrGet => {
            let a = need_named(w, args, 1, 2)?;
            let obj = Some(&a[0]).filter(|o| !o.is_none());
            let owner = a.get(1).filter(|o| !o.is_none());
            if obj.is_none() && owner.is_none() {
                return Err(error::type_error("__get__(None, None) is invalid"));
            }
            f!(DescrGetFn)(vm, this, obj, owner)
        }
        Wrap::Init => f!(InitFn)(vm, this, args).map(|()| none()),
        Wrap::Call => f!(CallFn)(vm, this, args),
        Wrap::Finalize => {
            need(w, args, 0, 0)?;
            f!(UnaryFn)(vm, this)
        }
        Wrap::Buffer => {
            let a = need(w, args, 1, 1)?;
            let flags = ops::index_isize(vm, &a[0])?;
            crate::buffer::memoryview_of(vm, this, flags as u32)
        }
    }
}
