//! [`Type`]: the payload of type objects, static ones and classes alike; attribute lookup along the MRO with a cache.
//!
//! Invariants: TYPE-1: `mro_raw` lists the types of `mro`, which `mro` and `bases` keep alive. TYPE-2: a version tag that is not 0
//! names one state of the type and of all its bases; whoever changes a type clears the tags of it and its subclasses first.
//! CPython: Objects/typeobject.c.

use crate::dict::Dict;
use crate::handle::{PAYLOAD, Payload, Ref, clear_payload, drop_payload, traverse_payload};
use crate::slots::Slots;
use crate::spec::TypeSpec;
use crate::{Obj, ObjExt, Str};
use adder_mem::header::{Header, TypeFlags, TypeHead, TypeObject};
use adder_mem::heap::Global;
use adder_mem::{ObjCell, Trace, Visit};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Deref;

#[repr(C)]
pub struct Type {
    pub head: TypeHead,
    pub slots: Slots,
    /// Full name of a static type ("collections.deque"); None for classes, which use `name_obj`.
    static_name: Option<&'static str>,
    pub name_obj: ObjCell,
    pub qualname_obj: ObjCell,
    pub base: Cell<Option<&'static Type>>,
    pub bases: ObjCell,
    pub mro: ObjCell,
    mro_raw: RefCell<Vec<*const Type>>,
    dict: ObjCell,
    pub subclasses: RefCell<Vec<*const Type>>,
    pub version: Cell<u32>,
    pub spec: Cell<Option<&'static TypeSpec>>,
    /// Names that `__slots__` of this class and its bases define at offsets, in order.
    pub own_members: Cell<u32>,
    /// First base whose payload struct this one shares.
    pub solid: Cell<Option<&'static Type>>,
    /// `mro()` of the metaclass made the MRO: changes of bases say nothing about it, so no version tag can.
    pub custom_mro: Cell<bool>,
}

impl Trace for Type {
    fn trace(&self, visit: &mut Visit<'_>) {
        for cell in [&self.name_obj, &self.qualname_obj, &self.bases, &self.mro, &self.dict] {
            cell.trace(visit)
        }
    }
    fn clear(&self) {
        crate::attr::forget_versions(self);
        if let Some(d) = self.dict.with(|d| d.cloned_dict()) {
            d.clear_all()
        }
        // Not the bases: with their namespaces empty no cycle goes through them alone, and a class that is still referred to
        // needs them (RC-4), as does leaving their lists of subclasses.
        self.mro_raw.borrow_mut().clear();
        self.mro.clear();
    }
}

trait ClonedDict {
    fn cloned_dict(&self) -> Option<Ref<Dict>>;
}
impl ClonedDict for Option<&Obj> {
    fn cloned_dict(&self) -> Option<Ref<Dict>> {
        self.and_then(|o| o.downcast::<Dict>())
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        VERSIONED.get().remove(&self.version.get());
        self.leave_bases()
    }
}
impl Type {
    /// The heap type that has this version now.
    pub fn with_version<'a>(version: u32) -> Option<&'a Type> {
        // SAFETY: TYPE-2: a type leaves the table when its version ends or it dies; callers use it at once.
        VERSIONED.get().get(&version).map(|&t| unsafe { &*(t as *const Type) })
    }

    /// Lets the bases go; none of them lists this type any more.
    fn leave_bases(&self) {
        let me: *const Type = self;
        crate::shape::forget(self.head.root_shape.get());
        crate::shape::forget(self.head.dict_shape.get());
        for base in self.bases.take().iter().flat_map(crate::tuple::to_vec) {
            if let Some(base) = base.get::<Type>()
                && let Ok(mut subs) = base.subclasses.try_borrow_mut()
            {
                subs.retain(|&t| t != me);
            }
        }
    }
}

/// A type object in static memory: prefix, header, payload.
#[repr(C, align(16))]
pub struct StaticType {
    prefix: [Cell<u64>; 2],
    header: Header,
    ty: Type,
}
// SAFETY: GIL-1: only the holder of the GIL touches type objects.
unsafe impl Sync for StaticType {}

impl Deref for StaticType {
    type Target = Type;
    #[inline(always)]
    fn deref(&self) -> &Type {
        &self.ty
    }
}

impl StaticType {
    /// A type whose instances have payload `T`. `flags` adds to what the spec's `ready` derives; GC types are traversed.
    pub const fn new<T: Payload>(name: &'static str, flags: u64) -> StaticType {
        let gc = flags & TypeFlags::GC != 0;
        StaticType::build(
            name,
            flags,
            PAYLOAD + size_of::<T>(),
            drop_payload::<T>,
            if gc { Some(traverse_payload::<T>) } else { None },
            if gc { Some(clear_payload::<T>) } else { None },
        )
    }

    /// As given, with the place of an object's items.
    pub const fn with_items(mut self, items: adder_mem::header::ItemsFn) -> StaticType {
        self.ty.head.items = Cell::new(Some(items));
        self
    }

    /// A type with hand-written memory functions (variable-sized payloads).
    pub const fn build(
        name: &'static str,
        flags: u64,
        basicsize: usize,
        drop: adder_mem::header::DropFn,
        traverse: Option<adder_mem::header::TraverseFn>,
        clear: Option<adder_mem::header::ClearFn>,
    ) -> StaticType {
        let prefix = flags & (TypeFlags::MANAGED_DICT | TypeFlags::MANAGED_WEAKREF) != 0;
        let flags = flags | TypeFlags::IMMUTABLE | if prefix { TypeFlags::PREFIX | TypeFlags::GC } else { 0 };
        StaticType {
            prefix: [Cell::new(0), Cell::new(0)],
            header: Header::immortal(crate::types::TYPE.object_ptr_const(), 0),
            ty: Type {
                head: TypeHead {
                    flags: Cell::new(flags),
                    basicsize: Cell::new(((basicsize + 7) & !7) as u32),
                    inline_cap: Cell::new(0),
                    root_shape: Cell::new(0),
                    dict_shape: Cell::new(0),
                    members_at: Cell::new(0),
                    members: Cell::new(0),
                    drop: Cell::new(drop),
                    traverse: Cell::new(traverse),
                    clear: Cell::new(clear),
                    finalize: Cell::new(None),
                    nothing_to_finalize: Cell::new(None),
                    items: Cell::new(None),
                },
                slots: Slots::empty(),
                static_name: Some(name),
                name_obj: ObjCell::empty(),
                qualname_obj: ObjCell::empty(),
                base: Cell::new(None),
                bases: ObjCell::empty(),
                mro: ObjCell::empty(),
                mro_raw: RefCell::new(Vec::new()),
                dict: ObjCell::empty(),
                subclasses: RefCell::new(Vec::new()),
                version: Cell::new(0),
                spec: Cell::new(None),
                own_members: Cell::new(0),
                solid: Cell::new(None),
                custom_mro: Cell::new(false),
            },
        }
    }

    #[inline(always)]
    pub const fn object_ptr_const(&self) -> *const TypeObject {
        // The header is followed by the TypeHead at the start of `ty`: together a TypeObject.
        &self.header as *const Header as *const TypeObject
    }

    /// The type as a value (immortal, so no reference is counted).
    pub fn obj(&'static self) -> Obj {
        self.ty.to_obj()
    }
}

/// Fields of a class that `type.__new__` decides before the object exists.
pub struct ClassLayout {
    pub flags: u64,
    pub basicsize: u32,
    pub members_at: u32,
    pub members: u32,
    pub own_members: u32,
    pub base: &'static Type,
}

impl Type {
    /// The payload of a new class derived from `layout.base`, not yet registered anywhere.
    pub fn new_class(layout: &ClassLayout, name: Obj, qualname: Obj, bases: Obj, dict: Ref<Dict>) -> Type {
        let base = layout.base;
        base.set_flag(TypeFlags::DERIVED);
        Type {
            head: TypeHead {
                flags: Cell::new(layout.flags),
                basicsize: Cell::new(layout.basicsize),
                inline_cap: Cell::new(0),
                root_shape: Cell::new(0),
                dict_shape: Cell::new(0),
                members_at: Cell::new(layout.members_at),
                members: Cell::new(layout.members),
                drop: Cell::new(base.head.drop.get()),
                traverse: Cell::new(base.head.traverse.get()),
                clear: Cell::new(base.head.clear.get()),
                finalize: Cell::new(base.head.finalize.get()),
                nothing_to_finalize: Cell::new(None),
                items: Cell::new(None),
            },
            slots: Slots::empty(),
            static_name: None,
            name_obj: ObjCell::new(name),
            qualname_obj: ObjCell::new(qualname),
            base: Cell::new(Some(base)),
            bases: ObjCell::new(bases),
            mro: ObjCell::empty(),
            mro_raw: RefCell::new(Vec::new()),
            dict: ObjCell::new(dict.into_obj()),
            subclasses: RefCell::new(Vec::new()),
            version: Cell::new(0),
            spec: Cell::new(None),
            own_members: Cell::new(layout.own_members),
            solid: Cell::new(base.solid.get()),
            custom_mro: Cell::new(false),
        }
    }

    /// The type of any value.
    #[inline(always)]
    pub fn of(obj: &Obj) -> &'static Type {
        if obj.is_ptr() {
            // SAFETY: RC-1, RC-4: not by way of an Option, whose form would be the pointer again, to be compared with null.
            return Type::from_object(unsafe { &*obj.header_unchecked().type_ptr() });
        }
        if obj.is_int() { &crate::types::INT } else { &crate::types::FLOAT }
    }

    #[inline(always)]
    pub fn from_object(t: &'static TypeObject) -> &'static Type {
        // SAFETY: OBJ-1: type objects hold a `Type` payload, which starts with the TypeHead.
        unsafe { &*(&t.head as *const TypeHead as *const Type) }
    }

    #[inline(always)]
    pub fn object_ptr(&self) -> *const TypeObject {
        (self as *const Type as usize - PAYLOAD) as *const TypeObject
    }

    /// The type as a value, with a new reference.
    #[inline]
    pub fn to_obj(&self) -> Obj {
        // SAFETY: every `Type` lives inside a type object.
        unsafe { Obj::from_borrowed_ptr(self.object_ptr() as *const Header) }
    }

    /// Extends the borrow: types live at least as long as their objects and subclasses, and the GIL is held (RC-4).
    pub fn as_static(&self) -> &'static Type {
        // SAFETY: RC-4; callers keep the type object alive while they use it.
        unsafe { &*(self as *const Type) }
    }

    #[inline(always)]
    pub fn is(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }

    #[inline(always)]
    pub fn has(&self, flag: u64) -> bool {
        self.head.flags.get() & flag != 0
    }
    pub fn set_flag(&self, flag: u64) {
        self.head.flags.set(self.head.flags.get() | flag)
    }
    pub fn clear_flag(&self, flag: u64) {
        self.head.flags.set(self.head.flags.get() & !flag)
    }
    pub fn is_heap(&self) -> bool {
        self.has(TypeFlags::HEAPTYPE)
    }

    /// `__name__`: without the module.
    pub fn name(&self) -> String {
        match self.static_name {
            Some(n) => n.rsplit('.').next().unwrap_or(n).to_owned(),
            None => {
                self.name_obj.with(|o| o.and_then(|o| o.get::<Str>().map(|s| s.to_string_lossy())).unwrap_or_default())
            }
        }
    }
    /// The name error messages use: tp_name (with the module for static types outside builtins).
    pub fn tp_name(&self) -> String {
        match self.static_name {
            Some(n) => n.strip_prefix("builtins.").unwrap_or(n).to_owned(),
            None => self.name(),
        }
    }
    pub fn static_name(&self) -> Option<&'static str> {
        self.static_name
    }
    /// `__module__` of a static type.
    pub fn static_module(&self) -> Option<&'static str> {
        self.static_name.map(|n| n.rsplit_once('.').map_or("builtins", |(m, _)| m))
    }

    pub fn dict(&self) -> Ref<Dict> {
        match self.dict.get().and_then(|d| d.downcast::<Dict>()) {
            Some(d) => d,
            None => {
                let d = Dict::new();
                self.dict.set(d.clone().into_obj());
                d
            }
        }
    }

    #[inline]
    pub fn is_subtype(&self, other: &Type) -> bool {
        self.is(other) || other.has(TypeFlags::DERIVED) && self.is_subtype_slow(other)
    }
    pub fn is_subtype_slow(&self, other: &Type) -> bool {
        let mro = self.mro_raw.borrow();
        if mro.is_empty() {
            let mut t = self.base.get();
            while let Some(b) = t {
                if b.is(other) {
                    return true;
                }
                t = b.base.get();
            }
            return other.is(&crate::types::OBJECT);
        }
        mro.iter().any(|&t| std::ptr::eq(t, other))
    }

    pub fn set_mro(&self, mro: Vec<&'static Type>) {
        self.set_mro_tuple(Some(crate::tuple::new(mro.into_iter().map(Type::to_obj).collect())));
    }
    /// Sets the MRO from a tuple of types.
    pub fn set_mro_tuple(&self, mro: Option<Obj>) {
        let raw = mro.as_ref().and_then(crate::tuple::as_slice).unwrap_or_default();
        let types = || raw.iter().filter_map(|o| o.get::<Type>());
        types().filter(|t| !self.is(t)).for_each(|t| t.set_flag(TypeFlags::DERIVED));
        *self.mro_raw.borrow_mut() = types().map(|t| t as *const Type).collect();
        self.mro.set_option(mro);
    }

    /// The types of the MRO, this one first.
    pub fn mro_types(&self) -> Vec<&'static Type> {
        // SAFETY: TYPE-1.
        self.mro_raw.borrow().iter().map(|&t| unsafe { &*t }).collect()
    }
    pub fn mro_len(&self) -> usize {
        self.mro_raw.borrow().len()
    }
    pub fn mro_at(&self, i: usize) -> Option<&'static Type> {
        // SAFETY: TYPE-1.
        self.mro_raw.borrow().get(i).map(|&t| unsafe { &*t })
    }

    /// The class attribute `name` along the MRO, without descriptors applied.
    #[inline]
    pub fn lookup(&self, name: &Obj) -> Option<Obj> {
        let version = self.version.get();
        if version != 0 {
            let entry = &CACHE.get()[cache_index(version, name)];
            if entry.version == version && entry.name == name.bits() {
                return entry.value.clone();
            }
        }
        self.lookup_slow(name)
    }

    fn lookup_slow(&self, name: &Obj) -> Option<Obj> {
        let found = self.lookup_uncached(name);
        let interned = name.get::<Str>().is_some_and(Str::is_interned);
        if interned && let Some(version) = self.ensure_version() {
            let entry = &mut CACHE.get()[cache_index(version, name)];
            let old = std::mem::replace(entry, Entry { version, name: name.bits(), value: found.clone() });
            drop(old);
        }
        found
    }

    /// What the type's own dict says of a name.
    pub fn own_attribute(&self, name: &Obj) -> Option<Obj> {
        self.dict.with(|d| d.and_then(|d| d.get::<Dict>().and_then(|d| d.get_name(name))))
    }

    fn lookup_uncached(&self, name: &Obj) -> Option<Obj> {
        let mut i = 0;
        while let Some(t) = self.mro_at(i) {
            if let Some(v) = t.own_attribute(name) {
                return Some(v);
            }
            i += 1;
        }
        None
    }

    /// The version tag, given out now if there was none; None when tags ran out.
    pub fn ensure_version(&self) -> Option<u32> {
        if self.version.get() == 0 {
            if !self.has(TypeFlags::READY) || self.custom_mro.get() {
                return None;
            }
            let bases = self.bases.get();
            for t in bases.as_ref().and_then(crate::tuple::as_slice).unwrap_or_default() {
                t.get::<Type>()?.ensure_version()?;
            }
            let next = NEXT_VERSION.get();
            if *next == u32::MAX {
                return None;
            }
            *next += 1;
            self.version.set(*next);
            if self.is_heap() {
                VERSIONED.get().insert(*next, self as *const Type as usize);
            }
        }
        Some(self.version.get())
    }

    /// Must be called before and after the dict or the bases of the type change (TYPE-2).
    pub fn modified(&self) {
        let old = self.version.replace(0);
        if old != 0 {
            VERSIONED.get().remove(&old);
            let subs: Vec<*const Type> = self.subclasses.borrow().clone();
            for s in subs {
                // SAFETY: a type leaves `subclasses` of its bases when it dies.
                unsafe { (*s).modified() }
            }
        }
    }
}

struct Entry {
    version: u32,
    name: u64,
    value: Option<Obj>,
}
const CACHE_SIZE: usize = 4096;
static CACHE: Global<[Entry; CACHE_SIZE]> =
    Global::new([const { Entry { version: 0, name: 0, value: None } }; CACHE_SIZE]);
static NEXT_VERSION: Global<u32> = Global::new(0);
/// Addresses of heap types by their version.
static VERSIONED: Global<BTreeMap<u32, usize>> = Global::new(BTreeMap::new());

#[inline(always)]
fn cache_index(version: u32, name: &Obj) -> usize {
    (version as usize ^ (name.bits() as usize >> 4).wrapping_mul(0x9E37)) & (CACHE_SIZE - 1)
}

/// Empties the lookup cache (its values keep objects alive); called by full collections and `sys._clear_type_cache`.
pub fn clear_lookup_cache() {
    for i in 0..CACHE_SIZE {
        let old = std::mem::replace(&mut CACHE.get()[i], Entry { version: 0, name: 0, value: None });
        drop(old);
    }
}

impl Payload for Type {
    #[inline(always)]
    fn static_type() -> &'static StaticType {
        &crate::types::TYPE
    }
    const FAMILY: u64 = TypeFlags::TYPE_SUBCLASS;
}
