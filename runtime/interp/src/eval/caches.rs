//! What attribute and global access learn: how a name is found on a receiver of one shape, and the table of such findings that generic
//! and polymorphic sites share.
//!
//! Invariants: CACHE-1: a cached value is borrowed; the type version or key-set version compared first proves that its owner still
//! holds it (TYPE-2, DICT-2). CACHE-2: a version of 0 never matches.
#![allow(unsafe_code)]

use super::machine::{Machine, payload};
use crate::code::Cache;
use crate::frame::Frame;
use adder_builtins::core::property::PROPERTY;
use adder_isa::Opcode;
use adder_mem::Header;
use adder_mem::heap::{Global, Segment};
use adder_object::descr::{ClassMethod, GetSetDescr, MemberDescr, StaticMethod, TupleGetter};
use adder_object::slots::{BinaryFn, StoreFn};
use adder_object::{Dict, Module, Obj, ObjExt, Type, TypeFlags, attr, shape};

/// How an attribute is found on receivers of one shape.
#[derive(Clone, Copy)]
pub struct Finding {
    pub op: Opcode,
    pub shape: u32,
    pub version: u32,
    pub index: u32,
    pub aux: u16,
    pub value: u64,
    pub extra: u64,
}

impl Finding {
    const fn of(op: Opcode, shape: u32, version: u32) -> Finding {
        Finding { op, shape, version, index: 0, aux: 0, value: 0, extra: 0 }
    }
    pub fn write(&self, c: &Cache) {
        c.shape.set(self.shape);
        c.version.set(self.version);
        c.index.set(self.index);
        c.aux.set(self.aux);
        c.value.set(self.value);
        c.extra.set(self.extra);
    }
}

/// The dict word in front of an object with MANAGED_DICT.
///
/// # Safety
/// `w` is such an object.
#[inline(always)]
pub unsafe fn dict_word(w: u64) -> u64 {
    // SAFETY: by contract (HDR-1).
    unsafe { *(w as *const u64).sub(1) }
}

/// How `owner.name` is loaded; None when there is no short way.
pub fn find_load(owner: &Obj, name: &Obj) -> Option<Finding> {
    let shape = shape_of(owner)?;
    let ty = owner.ty();
    if let Some(t) = owner.get::<Type>() {
        return find_in_class(owner, t, name);
    }
    if owner.get_exact::<Module>().is_some() && ty.is(&adder_object::types::MODULE) {
        return find_in_module(owner, ty, name);
    }
    if !attr::finds_generically(ty) {
        return None;
    }
    let version = ty.ensure_version()?;
    let of = |op| Finding::of(op, shape, version);
    let found = ty.lookup(name);
    if let Some(m) = found.as_ref().and_then(|d| d.get_exact::<MemberDescr>())
        && m.native.is_none()
    {
        return offset_in(m, ty).map(|index| Finding { index, ..of(Opcode::LOAD_ATTR_SLOT) });
    }
    if let Some(index) = found.as_ref().and_then(|d| word_in(d, ty)) {
        return Some(Finding { index, ..of(Opcode::LOAD_ATTR_SLOT) });
    }
    if let Some(p) = found.as_ref().filter(|d| d.is_exact(&PROPERTY)) {
        // The error of a getter would lead to `__getattr__`.
        ty.getattro().filter(|&f| std::ptr::fn_addr_eq(f, attr::generic_get as BinaryFn))?;
        return Some(Finding { value: p.bits(), ..of(Opcode::LOAD_ATTR_PROPERTY) });
    }
    if found.as_ref().is_some_and(|d| d.ty().descr_set().is_some()) {
        let value = native_getter(found.as_ref()?, ty)?;
        return Some(Finding { value, ..of(Opcode::LOAD_ATTR) });
    }
    let in_slots = ty.has(TypeFlags::INLINE_ATTRS) && shape != ty.head.dict_shape.get();
    if in_slots && let Some(i) = shape::slot_of(shape, name) {
        return Some(Finding { index: slot_offset(ty, i), ..of(Opcode::LOAD_ATTR_INSTANCE) });
    }
    let mut aux = 0;
    if ty.has(TypeFlags::MANAGED_DICT) && !in_slots {
        // SAFETY: MANAGED_DICT: the word in front is 0 or a dict.
        let w = unsafe { dict_word(owner.bits()) };
        if w != 0 {
            // SAFETY: as above.
            if let Some(i) = unsafe { Obj::view(&w) }.get::<Dict>()?.position_of_name(name) {
                return Some(Finding { index: i as u32, ..of(Opcode::LOAD_ATTR_DICT) });
            }
            aux = BESIDE_DICT;
        } else {
            aux = WITHOUT_DICT;
        }
    }
    let found = found?;
    if found.ty().has(TypeFlags::METHOD_DESCRIPTOR) {
        return Some(Finding { value: found.bits(), aux, ..of(Opcode::LOAD_ATTR_METHOD) });
    }
    let function = found.get_exact::<StaticMethod>().and_then(|s| s.func.get());
    let value = function.or((found.ty().descr_get().is_none()).then_some(found))?;
    Some(Finding { value: value.bits(), aux, ..of(Opcode::LOAD_ATTR_TYPE_VALUE) })
}

/// How a special method is found, which only the type of the receiver has a say in; None when it is no plain function.
pub fn find_special(owner: &Obj, name: &Obj) -> Option<Finding> {
    let (shape, ty) = (owner.header()?.shape(), owner.ty());
    let version = ty.ensure_version()?;
    let found = ty.lookup(name).filter(|f| f.ty().has(TypeFlags::METHOD_DESCRIPTOR))?;
    Some(Finding { value: found.bits(), ..Finding::of(Opcode::LOAD_SPECIAL_METHOD, shape, version) })
}

/// `Finding::aux` of what a type has: its instances can have a dict, which may hide it; this one had none, or had it not there.
pub const WITHOUT_DICT: u16 = 1;
pub const BESIDE_DICT: u16 = 2;

/// Whether an instance shows what its type has: by a look into its dict, where it can have one and has it.
///
/// # Safety
/// The finding is for this object.
#[inline(always)]
pub unsafe fn shows(w: u64, aux: u16, name: &Obj) -> bool {
    // SAFETY: by contract the object has a word for its dict where `aux` is not 0.
    aux == 0 || unsafe { dict_word(w) == 0 || payload::<Dict>(dict_word(w)).position_of_name(name).is_none() }
}

/// The shape that findings for a value go by: a number in a word has none, and its type no other instances in words.
#[inline(always)]
fn shape_of(owner: &Obj) -> Option<u32> {
    match owner.header() {
        Some(h) => Some(h.shape()),
        None => (owner.bits() & 3 != 0).then_some(0),
    }
}

/// The definition of a native attribute that is computed; no `__getattr__` hears of its errors.
fn native_getter(d: &Obj, ty: &Type) -> Option<u64> {
    ty.getattro().filter(|&f| std::ptr::fn_addr_eq(f, attr::generic_get as BinaryFn))?;
    if let Some(g) = d.get_exact::<TupleGetter>() {
        return g.getter().filter(|_| ty.has(TypeFlags::TUPLE_SUBCLASS)).map(|def| std::ptr::from_ref(def) as u64);
    }
    let (def, owner) = match (d.get_exact::<GetSetDescr>(), d.get_exact::<MemberDescr>()) {
        (Some(g), _) => (g.def, g.owner),
        (_, Some(m)) => (m.native?, m.owner),
        _ => return None,
    };
    ty.is_subtype(owner).then_some(std::ptr::from_ref(def) as u64)
}

fn slot_offset(ty: &Type, i: usize) -> u32 {
    ty.head.basicsize.get() + i as u32 * 8
}

/// `Class.name` where the metaclass takes no part, nor a descriptor but those whose effect is known. `shape` is the version of the
/// metaclass.
fn find_in_class(owner: &Obj, t: &Type, name: &Obj) -> Option<Finding> {
    let meta = owner.ty();
    if meta.getattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, attr::type_get as BinaryFn))
        || meta.lookup(name).is_some_and(|d| d.ty().descr_set().is_some())
    {
        return None;
    }
    let (version, found) = (t.ensure_version()?, t.lookup(name)?);
    // A class method is found with the class as its self; functions and methods are themselves.
    let of_class = found.get_exact::<ClassMethod>().and_then(|c| c.func.get());
    let of_class = of_class.filter(|f| f.is_exact(&crate::function::FUNCTION));
    let own = found.get_exact::<StaticMethod>().and_then(|s| s.func.get());
    let plain = found.ty().descr_get().is_none() || found.ty().has(TypeFlags::METHOD_DESCRIPTOR);
    let value = of_class.as_ref().or(own.as_ref()).or(plain.then_some(&found))?;
    Some(Finding {
        value: value.bits(),
        extra: owner.bits(),
        aux: u16::from(of_class.is_some()),
        ..Finding::of(Opcode::LOAD_ATTR_CLASS, meta.ensure_version()?, version)
    })
}

fn find_in_module(owner: &Obj, ty: &Type, name: &Obj) -> Option<Finding> {
    let d = adder_object::module::dict(owner);
    if !d.has_only_str_keys() || ty.lookup(name).is_some() {
        return None;
    }
    let i = d.position_of_name(name)?;
    let version = d.keys_version();
    (version != 0).then_some(Finding {
        index: i as u32,
        value: d.value_address(i) as u64,
        ..Finding::of(Opcode::LOAD_ATTR_MODULE, owner.header()?.shape(), version)
    })
}

/// Where instances of `ty` hold a member. One that was moved to another class finds no room in its instances.
pub fn offset_in(m: &MemberDescr, ty: &Type) -> Option<u32> {
    (m.native.is_none() && ty.is_subtype(m.owner)).then_some(m.offset as u32)
}

/// Where instances of `ty` hold a native attribute that is a word of theirs (OBJ-1: also those of derived types).
fn word_in(d: &Obj, ty: &Type) -> Option<u32> {
    let g = d.get_exact::<GetSetDescr>()?;
    (g.def.word != 0 && ty.is_subtype(g.owner)).then_some(g.def.word)
}

/// How `owner.name = value` stores, with the shape as it is before.
pub fn find_store(owner: &Obj, name: &Obj) -> Option<Finding> {
    let h = owner.header()?;
    let ty = owner.ty();
    if ty.setattro().is_none_or(|f| !std::ptr::fn_addr_eq(f, attr::generic_set as StoreFn)) {
        return None;
    }
    let version = ty.ensure_version()?;
    let of = |op| Finding::of(op, h.shape(), version);
    let found = ty.lookup(name);
    if let Some(m) = found.as_ref().and_then(|d| d.get_exact::<MemberDescr>()) {
        return offset_in(m, ty).map(|index| Finding { index, ..of(Opcode::STORE_ATTR_SLOT) });
    }
    if let Some(index) = found.as_ref().and_then(|d| word_in(d, ty)) {
        return Some(Finding { index, ..of(Opcode::STORE_ATTR_SLOT) });
    }
    if found.is_some_and(|d| d.ty().descr_set().is_some()) || !ty.has(TypeFlags::MANAGED_DICT) {
        return None;
    }
    if !ty.has(TypeFlags::INLINE_ATTRS) || h.shape() == ty.head.dict_shape.get() {
        // SAFETY: MANAGED_DICT: the word in front is 0 or a dict.
        let w = unsafe { dict_word(owner.bits()) };
        if w == 0 {
            return None;
        }
        // SAFETY: as above.
        let i = unsafe { Obj::view(&w) }.get::<Dict>()?.position_of_name(name)?;
        return Some(Finding { index: i as u32, ..of(Opcode::STORE_ATTR_DICT) });
    }
    if let Some(i) = shape::slot_of(h.shape(), name) {
        return Some(Finding { index: slot_offset(ty, i), ..of(Opcode::STORE_ATTR_INSTANCE) });
    }
    if shape::len(h.shape()) >= attr::capacity(owner, ty) {
        return None;
    }
    let (index, aux, next) = added_slot(ty, h.shape(), name)?;
    Some(Finding { index, aux, extra: u64::from(next), ..of(Opcode::STORE_ATTR_ADD) })
}
/// Where an attribute is added to instances of a shape: the byte offset of its slot, the least size of the cell in units of 16 bytes, and
/// the shape after it.
pub fn added_slot(ty: &Type, before: u32, name: &Obj) -> Option<(u32, u16, u32)> {
    let n = name.downcast::<adder_object::Str>()?;
    let next = shape::with(before, &adder_object::str::intern(&n));
    let index = slot_offset(ty, shape::len(before));
    let prefix = if ty.has(TypeFlags::PREFIX) { adder_mem::heap::PREFIX as u32 } else { 0 };
    Some((index, (index + 8 + prefix).div_ceil(16) as u16, next))
}

/// Whether the cell of an object of a collected type has `units` of 16 bytes.
///
/// # Safety
/// `w` is such an object.
#[inline(always)]
pub unsafe fn cell_has(w: u64, units: u16) -> bool {
    // SAFETY: collected objects lie in segments.
    unsafe { Segment::of(w as *const Header) }.cell >= units as u32 * 16
}

// ---- the shared table ----

const STUBS: usize = 4096;
#[derive(Clone, Copy)]
pub struct Stub {
    name: u64,
    pub found: Finding,
}
const NO_STUB: Stub = Stub { name: 0, found: Finding::of(Opcode::LOAD_ATTR, 0, 0) };
static TABLE: Global<[Stub; STUBS]> = Global::new([NO_STUB; STUBS]);

/// Where the finding for a shape and an interned name stands; `name` with bit 0 set for stores.
#[inline(always)]
fn place(shape: u32, name: u64) -> &'static mut Stub {
    let i = (shape as usize).wrapping_mul(0x9E37_79B1)
        ^ (name as usize >> 4).wrapping_mul(0x85EB_CA77)
        ^ (name as usize & 1);
    &mut TABLE.get()[(i ^ i >> 15) % STUBS]
}

/// What the table has for a receiver and an interned name (bit 0 set for stores).
#[inline(always)]
pub fn in_table(owner: &Obj, name: u64) -> Option<&'static Finding> {
    if owner.ty().has(TypeFlags::TYPE_SUBCLASS) {
        return class_in_table(owner, name);
    }
    let shape = shape_of(owner)?;
    let s = place(shape, name);
    if s.name == name && s.found.shape == shape && owner.ty().version.get() == s.found.version {
        return Some(&s.found);
    }
    None
}

/// As `in_table`, of a class: findings in it are its own.
#[inline(never)]
fn class_in_table(class: &Obj, name: u64) -> Option<&'static Finding> {
    let s = place(class_key(class.bits()), name);
    let t = class.get::<Type>()?;
    let fits = s.name == name
        && s.found.op == Opcode::LOAD_ATTR_CLASS
        && s.found.extra == class.bits()
        && s.found.version == t.version.get()
        && s.found.shape == class.ty().version.get();
    fits.then_some(&s.found)
}
fn class_key(class: u64) -> u32 {
    (class >> 4) as u32
}

fn shared(f: &Finding) -> bool {
    f.op != Opcode::LOAD_ATTR_MODULE
}

/// The finding for `owner.name`, from the table where it is there.
#[inline(always)]
pub fn load_finding(owner: &Obj, name: &Obj) -> Option<Finding> {
    match in_table(owner, name.bits()) {
        Some(f) => Some(*f),
        None => learn(owner, name, 0, find_load),
    }
}

/// As `load_finding`, for a store.
#[inline(always)]
pub fn store_finding(owner: &Obj, name: &Obj) -> Option<Finding> {
    match in_table(owner, name.bits() | 1) {
        Some(f) => Some(*f),
        None => learn(owner, name, 1, find_store),
    }
}

#[cold]
#[inline(never)]
fn learn(owner: &Obj, name: &Obj, tag: u64, find: fn(&Obj, &Obj) -> Option<Finding>) -> Option<Finding> {
    let f = find(owner, name)?;
    if f.version == 0 {
        return None;
    }
    if shared(&f) && name.get::<adder_object::Str>().is_some_and(adder_object::Str::is_interned) {
        let key = if f.op == Opcode::LOAD_ATTR_CLASS { class_key(f.extra) } else { f.shape };
        *place(key, name.bits() | tag) = Stub { name: name.bits() | tag, found: f };
    }
    Some(f)
}

// ---- globals ----

/// Where the current frame finds a global name.
#[cold]
#[inline(never)]
pub fn specialise_global(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    super::number::settle(m, c, find_global(m, m.name(arg >> 1), c));
}

fn find_global(m: &Machine, name: &Obj, c: &Cache) -> Option<Opcode> {
    // SAFETY: FRAME-4.
    let (globals, builtins) = unsafe { (&(*m.frame).globals, &(*m.frame).builtins) };
    let (g, b) = (globals.get_exact::<Dict>()?, builtins.get_exact::<Dict>()?);
    if !g.has_only_str_keys() || !b.has_only_str_keys() {
        return None;
    }
    let (op, d, i) = match g.position_of_name(name) {
        Some(i) => (Opcode::LOAD_GLOBAL_MODULE, g, i),
        None => (Opcode::LOAD_GLOBAL_BUILTIN, b, b.position_of_name(name)?),
    };
    c.index.set(i as u32);
    c.value.set(d.value_address(i) as u64);
    c.shape.set(b.keys_version());
    c.version.set(g.keys_version());
    (c.version.get() != 0 && c.shape.get() != 0).then_some(op)
}
