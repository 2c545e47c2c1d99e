//! Python functions that instructions other than CALL run: properties, `__getitem__`, `__setitem__`, operators, methods found by `super()`.
//!
//! Invariant: BUILD-3; the cache says which function a type of that version has, and the version is guarded.

use super::Builder;
use super::inline::Site;
use super::scan::Instr;
use crate::hir::*;
use adder_builtins::core::property::Property;
use adder_interp::code::{Cache, CodeObject, kinds};
use adder_interp::frame;
use adder_interp::function::Function;
use adder_isa::Opcode as O;
use adder_isa::code::co;
use adder_object::{Obj, ObjExt};

impl Builder<'_> {
    /// The value, an object whose type has this version.
    fn guard_version(&mut self, v: Val, version: u32) -> Val {
        let s = self.state();
        let g = self.emit(Op::GuardVersion(v, version, s), Repr::Word, Ty::Heap);
        self.refine(v, g);
        g
    }
    fn cached_function(&self, c: &Cache) -> Option<Obj> {
        let w = c.value.get();
        if c.version.get() == 0 || w == 0 {
            return None;
        }
        adder_object::Type::with_version(c.version.get())?;
        // SAFETY: CACHE-1: some type has this version now, so it still has the function.
        Some(unsafe { Obj::view(&w).clone() })
    }

    /// Runs a function on the top entries in place of the instruction; whether control comes back, None when that is not done.
    fn run_method(&mut self, i: &Instr, func: &Obj, n: usize, to: frame::Returns) -> Option<bool> {
        let f = func.get_exact::<Function>()?;
        let code = f.code.get()?;
        let c = code.get_exact::<CodeObject>()?;
        if !c.simple_args || c.argcount != n || c.flags & co::SUSPENDS != 0 || !self.may_inline(c, f) {
            return None;
        }
        self.pins.push(func.clone());
        self.guard_code(f, &code);
        let args = self.stack[self.stack.len() - n..].to_vec();
        self.inline_call(i, Site { func, operands: n, args, to, instance: None })
    }

    /// LOAD_ATTR_PROPERTY.
    pub fn property(&mut self, i: &Instr, owner: Val, c: &Cache) -> bool {
        let w = c.value.get();
        if i.arg & 1 != 0 || !self.guard_receiver(owner, c.shape.get(), c.version.get()) {
            return false;
        }
        // SAFETY: CACHE-1: the class has this version now, so it holds the property.
        let property = unsafe { Obj::view(&w).clone() };
        let Some(get) = property.get_exact::<Property>().and_then(|p| p.get.get()) else { return false };
        self.pins.push(property);
        self.run_method(i, &get, 1, frame::Returns::Caller).is_some()
    }

    /// `a[b]` by a `__getitem__` in Python.
    pub fn getitem(&mut self, i: &Instr, a: Val) -> Option<bool> {
        let c = self.cache(i).filter(|_| i.now == O::BINARY_OP_SUBSCR_GETITEM)?;
        let func = self.cached_function(c)?;
        self.guard_version(a, c.version.get());
        self.run_method(i, &func, 2, frame::Returns::Caller)
    }

    /// `a[b] = c` by a `__setitem__` in Python: on the stack are c, a, b.
    pub fn setitem(&mut self, i: &Instr, a: Val) -> Option<bool> {
        let c = self.cache(i).filter(|_| i.now == O::STORE_SUBSCR)?;
        let func = self.cached_function(c)?;
        self.guard_version(a, c.version.get());
        let n = self.stack.len();
        let f = func.get_exact::<Function>()?;
        let code = f.code.get()?;
        if !self.may_inline(code.get_exact::<CodeObject>()?, f) {
            return None;
        }
        self.guard_code(f, &code);
        self.stack[n - 3..].rotate_left(1);
        self.state_changed();
        let back = self.run_method(i, &func, 3, frame::Returns::Drop)?;
        if back {
            let gone = self.pop();
            self.state_changed();
            self.release(gone);
        }
        Some(back)
    }

    /// An operator whose method is in Python. What might be NotImplemented is left to the interpreter.
    pub fn operator(&mut self, i: &Instr, a: Val, b: Val) -> Option<bool> {
        let c = self.cache(i).filter(|_| i.now == O::BINARY_OP)?;
        let kind = c.aux.get();
        if !matches!(kind, kinds::METHOD_INT | kinds::METHOD_FLOAT | kinds::METHOD_SAME) || self.is_refused(i.start) {
            return None;
        }
        let func = self.cached_function(c)?;
        let a =
            if matches!(self.f.repr(a), Repr::Word) { self.guard_version(a, c.version.get()) } else { return None };
        match kind {
            kinds::METHOD_INT if self.f.repr(b) != Repr::Float => drop(self.as_int(b)),
            kinds::METHOD_FLOAT if self.f.repr(b) != Repr::Int => drop(self.as_float(b)),
            kinds::METHOD_SAME if b == a || self.f.get(b) == self.f.get(a) => {}
            kinds::METHOD_SAME if self.f.repr(b) == Repr::Word => drop(self.guard_version(b, c.version.get())),
            _ => return None,
        }
        let back = self.run_method(i, &func, 2, frame::Returns::Caller)?;
        if back {
            self.materialise_top(1);
            let v = self.peek_val(1);
            let known =
                self.f.repr(v) != Repr::Word || !matches!(self.f.ty(v), Ty::Any | Ty::Const(_)) || self.is_new(v);
            if !known {
                self.refuse(i.start);
            }
        }
        Some(back)
    }
    /// Whether a value is an instance made here.
    fn is_new(&self, v: Val) -> bool {
        matches!(self.f.inst(v).op, Op::Call { helper: crate::helpers::Helper::NewInstance, .. })
    }

    /// `super().name(...)`: super, class and self give way to function and self.
    pub fn super_method(&mut self, i: &Instr) -> bool {
        let Some(c) = self.cache(i).filter(|c| i.now == O::LOAD_SUPER_ATTR_METHOD && c.aux.get() == 0) else {
            return false;
        };
        let (global, class, this) = (self.peek_val(3), self.peek_val(2), self.peek_val(1));
        let plain = !self.counted(self.peek_at(3)) && !self.counted(self.peek_at(2));
        if self.failed() || !plain || self.f.repr(this) != Repr::Word {
            return false;
        }
        let Some(func) = self.cached_function(c) else { return false };
        let s = self.state();
        let super_type = adder_builtins::core::super_::SUPER.obj().bits();
        if self.f.ty(global) != Ty::Const(super_type) {
            self.emit(Op::GuardWord(global, super_type, s), Repr::Raw, Ty::Any);
        }
        if self.f.ty(class) != Ty::Const(c.extra.get()) {
            self.emit(Op::GuardWord(class, c.extra.get(), s), Repr::Raw, Ty::Any);
        }
        self.guard_version(this, c.version.get());
        self.pins.push(func.clone());
        let f = self.word(func.bits());
        let this = self.pop();
        self.pop();
        self.pop();
        self.push(f, Own::Frame);
        self.stack.push(this);
        self.state_changed();
        true
    }
    fn peek_at(&self, n: usize) -> Entry {
        self.stack.len().checked_sub(n).map_or(Entry::Null, |i| self.stack[i])
    }

    /// Whether what was taken for granted at a unit, such as a call that may be inlined, turned out not to be so.
    pub fn is_refused(&self, unit: u32) -> bool {
        self.req.refused.borrow().contains(&(self.code as *const CodeObject as usize, unit))
    }
    /// Gives this attempt up: the next one does without it.
    pub fn refuse(&mut self, unit: u32) {
        self.req.refused.borrow_mut().insert((self.code as *const CodeObject as usize, unit));
        self.why = Some(adder_isa::reasons::Reason::Refused);
    }
}
