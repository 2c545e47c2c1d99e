//! Names and attributes: globals as guarded constants, attributes through the interpreter's inline caches.
//!
//! Invariant: BUILD-3; constants are guarded by the namespace's key-set version and by the identity of the value.

use super::scan::Instr;
use super::{Builder, Fact, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::code::Cache;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_object::descr::MethodDescr;
use adder_object::{Dict, Obj, ObjExt};

impl Builder<'_> {
    pub fn guard_cell(&mut self, address: usize, value: u32) {
        if self.facts.insert(Fact::Cell(address, value)) {
            let s = self.state();
            self.emit(Op::GuardCell(address, value, s), Repr::Raw, Ty::Any);
        }
    }

    pub fn load_global(&mut self, i: &Instr) -> bool {
        let name = self.code.names[i.arg as usize >> 1].clone();
        if self.one_namespace && !self.failed() && self.global_by_position(&name) {
            if i.arg & 1 != 0 {
                self.stack.push(Entry::Null);
            }
            return true;
        }
        let n = self.word_of(&name);
        self.call(Helper::LoadGlobal, vec![n], 0, Repr::Word, Ty::Any);
        if i.arg & 1 != 0 {
            self.stack.push(Entry::Null);
        }
        true
    }
    /// A name or other object that the code object keeps alive.
    pub fn word_of(&mut self, o: &Obj) -> Val {
        self.emit(Op::Word(o.bits()), Repr::Word, Ty::Heap)
    }

    fn global_by_position(&mut self, name: &Obj) -> bool {
        let (globals, builtins) = (self.globals.clone(), self.builtins.clone());
        let (Some(g), Some(b)) = (globals.get_exact::<Dict>(), builtins.get_exact::<Dict>()) else { return false };
        if !g.has_only_str_keys() || !b.has_only_str_keys() || g.keys_version() == 0 || b.keys_version() == 0 {
            return false;
        }
        let (dict, guard_builtins) = match g.position_of_name(name) {
            Some(p) => ((g, p), false),
            None => match b.position_of_name(name) {
                Some(p) => ((b, p), true),
                None => return false,
            },
        };
        let (d, position) = dict;
        let Some(value) = d.value_at(position) else { return false };
        let place = d.value_address(position) as usize;
        // The dicts stay alive as long as this code runs with them: the frame's function holds them, and the guard below is
        // reached only by functions of the same globals.
        self.guard_cell(g.version_address(), g.keys_version());
        if guard_builtins {
            self.guard_cell(b.version_address(), b.keys_version());
        }
        self.variable(value, place);
        true
    }

    /// Pushes what a namespace holds at a place: a constant under a guard, or the value as it is then.
    fn variable(&mut self, value: Obj, place: usize) {
        if self.is_constant(&value) {
            let w = value.bits();
            if self.facts.insert(Fact::Word(place, w)) {
                let v = self.emit(Op::LoadAbs(place), Repr::Word, Ty::Any);
                let s = self.state();
                self.emit(Op::GuardWord(v, w, s), Repr::Raw, Ty::Any);
            }
            self.pins.push(value);
            let v = self.emit(Op::Word(w), Repr::Word, Ty::Const(w));
            self.push(v, Own::Frame);
        } else {
            let v = self.emit(Op::LoadAbs(place), Repr::Word, Ty::Any);
            if value.is_int() {
                self.hints.insert(v, super::Kind::Int);
            } else if value.is_float() {
                self.hints.insert(v, super::Kind::Float);
            }
            self.push(v, Own::Heap);
        }
    }

    /// Functions, classes and modules are what they are; other globals are variables.
    fn is_constant(&self, o: &Obj) -> bool {
        o.is_exact(&adder_interp::function::FUNCTION)
            || o.is_exact(&adder_object::descr::BUILTIN_FUNCTION)
            || o.get::<adder_object::Type>().is_some()
            || o.is_exact(&adder_object::types::MODULE)
    }

    pub fn load_attr(&mut self, i: &Instr) -> bool {
        let owner = self.peek_val(1);
        if !self.failed() && !self.polymorphic(i) && self.load_attr_fast(i, owner)
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
        for _ in 0..n {
            let depth = self.origin + self.stack.len() as u32;
            let v = self.emit(Op::LoadStack(depth), Repr::Word, Ty::Any);
            self.push_owned(v);
        }
    }
    /// Guards that the receiver is as the interpreter's cache saw it: its shape, and its type unchanged.
    pub fn guard_receiver(&mut self, owner: Val, shape: u32, version: u32) -> bool {
        let Some(ty) = adder_object::shape::type_of(shape) else { return false };
        if ty.version.get() != version || version == 0 {
            return false;
        }
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
                    let zero = self.word(0);
                    let unset = self.emit(Op::Is(v, zero), Repr::Bool, Ty::Bool);
                    let set = self.emit(Op::Not(unset), Repr::Bool, Ty::Bool);
                    self.guard(set, Reason::ExceptionPath);
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
        self.pins.push(unsafe { Obj::view(&w).clone() });
        self.emit(Op::Word(w), Repr::Word, Ty::Const(w))
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
        let want = m.owner as *const _ as usize;
        if self.f.ty(owner) != Ty::Exact(want) {
            let s = self.state();
            let g = self.emit(Op::GuardType(owner, want, s), Repr::Word, Ty::Exact(want));
            self.refine(owner, g);
        }
        true
    }

    fn type_attr(&mut self, i: &Instr, owner: Val, c: &Cache) -> bool {
        if !self.guard_builtin(owner, c) && !self.guard_receiver(owner, c.shape.get(), c.version.get()) {
            return false;
        }
        if c.aux.get() != 0 {
            let d = self.emit(Op::Load(owner, -8, Width::U64), Repr::Raw, Ty::Any);
            let none = self.emit(Op::Raw(0), Repr::Raw, Ty::Any);
            let ok = self.emit(Op::Is(d, none), Repr::Bool, Ty::Bool);
            self.guard(ok, Reason::OtherShape);
        }
        let f = self.pinned(c.value.get());
        if i.now == O::LOAD_ATTR_METHOD {
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
        self.variable(value, d.value_address(position) as usize);
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
        if self.f.ty(owner) != Ty::Const(w) {
            return false;
        }
        // SAFETY: the constant is pinned.
        let class = unsafe { Obj::view(&w) };
        let Some(t) = class.get::<adder_object::Type>() else { return false };
        if t.version.get() != c.version.get() || class.ty().version.get() != c.shape.get() {
            return false;
        }
        self.guard_cell(&raw const t.version as usize, c.version.get());
        self.guard_cell(&raw const class.ty().version as usize, c.shape.get());
        let f = self.pinned(c.value.get());
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
        if add {
            // Room in the cell: its segment says how large it is.
            let room = self.emit(Op::CellHas(owner, c.aux.get()), Repr::Bool, Ty::Bool);
            self.guard(room, Reason::OtherShape);
        }
        self.before_effect();
        let at = c.index.get() as i32;
        let old = (!add).then(|| self.emit(Op::Load(owner, at, Width::U64), Repr::Word, Ty::Any));
        let gone = self.pop();
        let Entry::Val(v, own) = self.pop() else {
            self.why = Some(Reason::Unsupported);
            return true;
        };
        self.retain(v, own);
        self.emit(Op::Store(owner, at, v), Repr::Raw, Ty::Any);
        if add {
            self.emit(Op::Store32(owner, crate::layout::SHAPE, c.extra.get() as u32), Repr::Raw, Ty::Any);
        }
        self.facts.clear();
        self.state = None;
        if let Some(old) = old {
            self.emit(Op::DecrefMaybe(old), Repr::Raw, Ty::Any);
        } else {
            self.facts.insert(Fact::Shape(owner, c.extra.get() as u32));
        }
        self.release(gone);
        true
    }

    pub fn store_attr(&mut self, i: &Instr) -> bool {
        let owner = self.peek_val(1);
        if !self.failed() && !self.polymorphic(i) && self.store_attr_fast(i, owner) {
            return true;
        }
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        self.call_mem(Helper::StoreAttr, 2, vec![arg], Ty::Any);
        true
    }

    /// A guard that the value's type is exactly this static type.
    pub fn guard_type(&mut self, v: Val, ty: &'static adder_object::StaticType) -> Val {
        let want = feedback::type_address(ty);
        if self.f.ty(v) == Ty::Exact(want) {
            return v;
        }
        let s = self.state();
        let g = self.emit(Op::GuardType(v, want, s), Repr::Word, Ty::Exact(want));
        self.refine(v, g);
        g
    }
    pub fn guard(&mut self, c: Val, why: Reason) {
        let s = self.state();
        self.emit(Op::Guard(c, s, why), Repr::Raw, Ty::Any);
    }
}
