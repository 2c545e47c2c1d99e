//! Attributes, through the interpreter's inline caches.
//!
//! Invariant: BUILD-3; what is found in a class or module is guarded by its version.

use super::scan::Instr;
use super::{Builder, Fact, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::code::Cache;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_object::descr::MethodDescr;
use adder_object::{Obj, ObjExt};

impl Builder<'_> {
    pub fn load_attr(&mut self, i: &Instr) -> bool {
        let owner = self.peek_val(1);
        if self.load_attr_known(i, owner) {
            return true;
        }
        // A class that is made anew again and again has one shape at a time.
        if self.failures(i.start) < 3 && !self.polymorphic(i) && self.load_attr_fast(i, owner)
            || self.failures(i.start) < 4 && self.load_attr_poly(i, owner)
        {
            return true;
        }
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        self.call_mem(Helper::LoadAttr, 1, vec![arg], Ty::Any);
        self.push_results(1 + (i.arg & 1));
        true
    }
    /// Results that an instruction left on the frame's stack.
    pub fn push_results(&mut self, n: u32) {
        for k in 0..n {
            let depth = self.origin + self.stack.len() as u32;
            let v = self.emit(Op::LoadStack(depth), Repr::Word, Ty::Any);
            if k > 0 {
                self.nullable.insert(v);
            }
            self.push_owned(v);
        }
    }
    /// Guards that the receiver is as the interpreter's cache saw it: its shape, and its type unchanged.
    pub fn guard_receiver(&mut self, owner: Val, shape: u32, version: u32) -> bool {
        let Some(ty) = adder_object::shape::type_of(shape) else { return false };
        if ty.version.get() != version || version == 0 {
            return false;
        }
        self.classes.insert(owner, shape);
        if self.facts.insert(Fact::Shape(owner, shape)) {
            let s = self.state();
            self.emit(Op::GuardShape(owner, shape, s), Repr::Raw, Ty::Any);
        }
        self.guard_cell(&raw const ty.version as usize, version);
        true
    }

    fn load_attr_fast(&mut self, i: &Instr, owner: Val) -> bool {
        let Some(c) = self.cache(i) else { return false };
        if self.f.repr(owner) != Repr::Word {
            return false;
        }
        let (shape, version) = (c.shape.get(), c.version.get());
        match i.now {
            O::LOAD_ATTR_INSTANCE | O::LOAD_ATTR_SLOT => {
                if !self.guard_receiver(owner, shape, version) {
                    return false;
                }
                let v = self.emit(Op::Load(owner, c.index.get() as i32, Width::U64), Repr::Word, Ty::Any);
                if i.now == O::LOAD_ATTR_SLOT {
                    self.guard_there(v, Reason::ExceptionPath);
                }
                self.finish(1, Some((v, Own::Heap)));
                if i.arg & 1 != 0 {
                    self.stack.push(Entry::Null);
                }
                true
            }
            O::LOAD_ATTR_METHOD | O::LOAD_ATTR_TYPE_VALUE => self.type_attr(i, owner, c),
            O::LOAD_ATTR_PROPERTY => self.property(i, owner, c),
            O::LOAD_ATTR_MODULE => self.module_attr(i, owner, c),
            O::LOAD_ATTR_CLASS => self.class_attr(i, owner, c),
            _ => false,
        }
    }

    /// The constant that a cache holds, kept alive by the code from here on.
    fn pinned(&mut self, w: u64) -> Val {
        // SAFETY: CACHE-1: the version guards before this hold now, so the value is alive.
        let value = unsafe { Obj::view(&w).clone() };
        let number = value.is_int() || value.is_float();
        let v = if number { self.constant_value(&value) } else { self.word(w) };
        self.pins.push(value);
        v
    }

    /// The type of receivers that have no shape: a built-in one, which the method in the cache belongs to.
    fn guard_builtin(&mut self, owner: Val, c: &Cache) -> bool {
        if c.shape.get() != 0 || c.version.get() == 0 {
            return false;
        }
        let w = c.value.get();
        // SAFETY: CACHE-1: methods of built-in types live as long as the types, for ever.
        let Some(m) = (unsafe { Obj::view(&w) }).get_exact::<MethodDescr>() else { return false };
        if m.owner.is_heap() || m.owner.version.get() != c.version.get() {
            return false;
        }
        self.guard_exact(owner, m.owner as *const _ as usize);
        true
    }

    /// As `guard_receiver`, of a built-in type: what is known of the receiver then is known for good.
    fn guard_static(&mut self, owner: Val, c: &Cache) -> bool {
        let version = c.version.get();
        let Some(ty) = adder_object::shape::type_of(c.shape.get()) else { return false };
        if ty.is_heap() || ty.version.get() != version || version == 0 {
            return false;
        }
        let want = ty as *const _ as usize;
        if !self.may_be(owner, want) {
            return false;
        }
        self.guard_exact(owner, want);
        self.guard_cell(&raw const ty.version as usize, version);
        true
    }

    /// LOAD_SPECIAL: a function of the receiver's type.
    pub fn load_special(&mut self, i: &Instr) -> bool {
        let owner = self.peek_val(1);
        let Some(c) = self.cache(i).filter(|_| i.now == O::LOAD_SPECIAL_METHOD && !self.failed()) else { return false };
        self.f.repr(owner) == Repr::Word && self.guard_owner(owner, c) && self.found_method(c)
    }
    /// A guard of the type that the cache saw.
    fn guard_owner(&mut self, owner: Val, c: &Cache) -> bool {
        self.guard_builtin(owner, c)
            || self.guard_static(owner, c)
            || self.guard_receiver(owner, c.shape.get(), c.version.get())
    }
    /// Puts the function in the cache below the receiver.
    fn found_method(&mut self, c: &Cache) -> bool {
        let f = self.pinned(c.value.get());
        let this = self.pop();
        self.push(f, Own::Frame);
        self.stack.push(this);
        true
    }

    fn type_attr(&mut self, i: &Instr, owner: Val, c: &Cache) -> bool {
        if !self.guard_owner(owner, c) {
            return false;
        }
        // The guard may have told more of the receiver.
        let owner = self.peek_val(1);
        if c.aux.get() != 0 {
            let d = self.emit(Op::Load(owner, -8, Width::U64), Repr::Raw, Ty::Any);
            let none = self.emit(Op::Raw(0), Repr::Raw, Ty::Any);
            let ok = self.emit(Op::Is(d, none), Repr::Bool, Ty::Bool);
            self.guard(ok, Reason::OtherShape);
        }
        if i.now == O::LOAD_ATTR_METHOD {
            return self.found_method(c);
        }
        let f = self.pinned(c.value.get());
        self.finish(1, Some((f, Own::Frame)));
        if i.arg & 1 != 0 {
            self.stack.push(Entry::Null);
        }
        true
    }

    fn module_attr(&mut self, i: &Instr, owner: Val, c: &Cache) -> bool {
        let Some(module) = self.constant(owner) else { return false };
        if !module.is_exact(&adder_object::types::MODULE) {
            return false;
        }
        let name = self.code.names[i.arg as usize >> 1].clone();
        let d = adder_object::module::dict(&module);
        if d.current_version() != c.version.get() || c.version.get() == 0 {
            return false;
        }
        self.guard_cell(d.version_address(), c.version.get());
        let Some(position) = d.position_of_name(&name) else { return false };
        let Some(value) = d.value_at(position) else { return false };
        self.variable(value, d.value_address(position) as usize, true);
        // The module is a constant: nothing to release.
        let v = self.pop();
        self.pop();
        self.stack.push(v);
        if i.arg & 1 != 0 {
            self.stack.push(Entry::Null);
        }
        true
    }

    fn class_attr(&mut self, i: &Instr, owner: Val, c: &Cache) -> bool {
        let w = c.extra.get();
        if w == 0 || w & 7 != 0 {
            return false;
        }
        let method = c.aux.get() != 0;
        let known = self.f.ty(owner) == Ty::Const(w);
        // The class may be gone, unless a type has its version now.
        let Some(t) = adder_object::Type::with_version(c.version.get()) else { return false };
        if t.object_ptr() as u64 != w
            || method && i.arg & 1 == 0
            || !known && !matches!(self.f.ty(owner), Ty::Any | Ty::Heap)
        {
            return false;
        }
        // SAFETY: as above.
        let class = unsafe { Obj::view(&w).clone() };
        if class.ty().version.get() != c.shape.get() {
            return false;
        }
        if !known {
            let s = self.state();
            self.emit(Op::GuardWord(owner, w, s), Repr::Raw, Ty::Any);
            let class = self.word(w);
            self.refine(owner, class);
        }
        self.guard_cell(&raw const t.version as usize, c.version.get());
        self.guard_cell(&raw const class.ty().version as usize, c.shape.get());
        self.pins.push(class);
        let f = self.pinned(c.value.get());
        if method {
            let this = self.pop();
            self.push(f, Own::Frame);
            self.stack.push(this);
            return true;
        }
        self.finish(1, Some((f, Own::Frame)));
        if i.arg & 1 != 0 {
            self.stack.push(Entry::Null);
        }
        true
    }

    fn store_attr_fast(&mut self, i: &Instr, owner: Val) -> bool {
        let Some(c) = self.cache(i) else { return false };
        let add = i.now == O::STORE_ATTR_ADD;
        if self.f.repr(owner) != Repr::Word || !add && !matches!(i.now, O::STORE_ATTR_INSTANCE | O::STORE_ATTR_SLOT) {
            return false;
        }
        if !self.guard_receiver(owner, c.shape.get(), c.version.get()) {
            return false;
        }
        let added = add.then(|| (c.aux.get(), c.extra.get() as u32));
        self.store_slot(owner, c.index.get() as i32, added)
    }
    /// Stores the value below the owner in a slot; `added`: one that the owner gets with this, the units its cell must have, and its
    /// shape then.
    pub fn store_slot(&mut self, owner: Val, at: i32, added: Option<(u16, u32)>) -> bool {
        if let Some((units, _)) = added {
            // Room in the cell: its segment says how large it is.
            let room = self.emit(Op::CellHas(owner, units), Repr::Bool, Ty::Bool);
            self.guard(room, Reason::OtherShape);
        }
        self.before_effect();
        let old = added.is_none().then(|| self.emit(Op::Load(owner, at, Width::U64), Repr::Word, Ty::Any));
        let gone = self.pop();
        let Entry::Val(v, own) = self.pop() else {
            self.why = Some(Reason::Unsupported);
            return true;
        };
        self.retain(v, own);
        self.emit(Op::Store(owner, at, v), Repr::Raw, Ty::Any);
        if let Some((_, shape)) = added {
            self.emit(Op::Store32(owner, crate::layout::SHAPE, shape), Repr::Raw, Ty::Any);
        }
        self.facts.clear();
        self.state = None;
        if let Some(old) = old {
            self.emit(Op::DecrefMaybe(old), Repr::Raw, Ty::Any);
        }
        if let Some((_, shape)) = added {
            self.facts.insert(Fact::Shape(owner, shape));
        }
        self.release(gone);
        true
    }

    pub fn store_attr(&mut self, i: &Instr) -> bool {
        let owner = self.peek_val(1);
        if self.store_attr_known(i, owner) {
            return true;
        }
        if !self.failed() && !self.polymorphic(i) && self.store_attr_fast(i, owner)
            || self.failures(i.start) < 2 && self.store_attr_poly(i, owner)
        {
            return true;
        }
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        self.call_mem(Helper::StoreAttr, 2, vec![arg], Ty::Any);
        true
    }

    /// A guard that the value's type is exactly this static type.
    pub fn guard_type(&mut self, v: Val, ty: &'static adder_object::StaticType) -> Val {
        self.guard_exact(v, feedback::type_address(ty))
    }
    /// As `guard_type`, of a static type by its address.
    pub fn guard_exact(&mut self, v: Val, want: usize) -> Val {
        if self.f.ty(v) == Ty::Exact(want) {
            return v;
        }
        let s = self.state();
        let g = self.emit(Op::GuardType(v, want, s), Repr::Word, Ty::Exact(want));
        self.refine(v, g);
        g
    }
    /// Whether a value may be of exactly a static type (its address).
    pub fn may_be(&self, v: Val, ty: usize) -> bool {
        self.f.repr(v) == Repr::Word && matches!(self.f.ty(v), Ty::Any | Ty::Heap) || self.f.ty(v) == Ty::Exact(ty)
    }
    /// Whether a word is not NULL.
    pub fn is_there(&mut self, v: Val) -> Val {
        let zero = self.word(0);
        let gone = self.emit(Op::Is(v, zero), Repr::Bool, Ty::Bool);
        self.emit(Op::Not(gone), Repr::Bool, Ty::Bool)
    }
    /// A guard that a word is not NULL.
    pub fn guard_there(&mut self, v: Val, why: Reason) {
        let there = self.is_there(v);
        self.guard(there, why);
    }
    pub fn guard(&mut self, c: Val, why: Reason) {
        let s = self.state();
        self.emit(Op::Guard(c, s, why), Repr::Raw, Ty::Any);
    }
}
