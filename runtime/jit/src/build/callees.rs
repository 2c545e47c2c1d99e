//! Calls of Python functions and classes known at compile time: inlined, or called directly in a frame made by the caller.
//!
//! Invariant: BUILD-3: the callee's code, defaults and class are guarded before the stack changes.

use super::Builder;
use super::binding::Given;
use super::inline::{End, Site};
use super::scan::Instr;
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::code::{CodeObject, Identity};
use adder_interp::frame;
use adder_interp::function::Function;
use adder_isa::Opcode as O;
use adder_isa::code::co;
use adder_isa::reasons::Reason;
use adder_object::{Obj, ObjExt};

impl Builder<'_> {
    /// `Class(args)`, the class having the `__init__` that the cache saw: makes the instance and inlines that.
    pub fn construct(&mut self, i: &Instr, class: &Obj, n: usize) -> Option<bool> {
        let (c, t) = (self.cache(i)?, class.get::<adder_object::Type>()?);
        let version = c.version.get();
        if i.now != O::CALL_ALLOC_INIT || version == 0 || t.version.get() != version {
            return None;
        }
        let w = c.value.get();
        // SAFETY: CACHE-1: the class has this version now, so its `__init__` is alive.
        let init = unsafe { Obj::view(&w).clone() };
        let f = init.get_exact::<Function>()?;
        let code = f.code.get()?;
        let k = code.get_exact::<CodeObject>()?;
        if !k.simple_args || k.argcount != n + 1 || !self.may_inline(k, f) {
            return None;
        }
        self.pins.push(init.clone());
        self.guard_cell(&raw const t.version as usize, version);
        self.guard_code(f, &code);
        let shape = t.head.root_shape.get();
        let (class, state) = (self.word(class.bits()), self.state());
        let op = Op::Call { helper: Helper::NewInstance, args: vec![class], state };
        let v = self.emit(op, Repr::Word, Ty::Heap);
        self.facts.insert(super::Fact::Shape(v, shape));
        let mut args = vec![Entry::Val(v, Own::Frame)];
        args.extend_from_slice(&self.stack[self.stack.len() - n..]);
        let site = Site { func: &init, operands: n + 2, args, to: frame::Returns::Init, instance: Some(v) };
        self.inline_call(i, site)
    }

    /// The function's code may be assigned to: looks at each call.
    pub fn guard_code(&mut self, f: &Function, code: &Obj) {
        self.guard_place(&raw const f.code as usize, code.bits());
    }

    /// A Python function that binds the arguments: `n` of them, and `extra` in front.
    pub fn python_call(
        &mut self,
        i: &Instr,
        func: &Obj,
        f: &Function,
        (n, extra): (usize, usize),
        names: &[Obj],
    ) -> Option<bool> {
        let code = f.code.get()?;
        let c = code.get_exact::<CodeObject>()?;
        if c.flags & co::SUSPENDS != 0 {
            return None;
        }
        let base = self.stack.len() - Self::callable_depth(n, names);
        let callable = self.stack[base];
        self.guard_code(f, &code);
        let args = self.bind(&Given { func: f, code: c, args: n + extra, names })?;
        self.stack.truncate(base);
        self.state_changed();
        self.stack.push(callable);
        self.stack.push(Entry::Null);
        self.stack.extend_from_slice(&args);
        let operands = args.len() + 2;
        let site = Site { func, operands, args: args.clone(), to: frame::Returns::Caller, instance: None };
        if let Some(back) = self.inline_call(i, site) {
            return Some(back);
        }
        self.call_direct(func, f, c, base);
        Some(true)
    }

    /// Calls a function whose parameters the entries behind `base` (callable, NULL, parameters) fill.
    fn call_direct(&mut self, func: &Obj, f: &Function, c: &CodeObject, base: usize) {
        let callee = crate::layout::Callee::new(func, f, c);
        if let Some(code) = f.code.get() {
            self.pins.push(code);
        }
        self.emit_call(callee, base);
    }
    fn emit_call(&mut self, callee: &'static crate::layout::Callee, base: usize) {
        self.before_effect();
        let state = self.state();
        let v = self.emit(Op::CallPython { base: base as u32, callee, state }, Repr::Word, Ty::Any);
        self.facts.clear();
        self.observed = true;
        self.stack.truncate(base);
        self.push_owned(v);
    }

    /// The code that the site saw, in its form `op`, of functions that `given` arguments fill exactly.
    fn seen_code(&self, i: &Instr, op: O, given: usize) -> Option<Obj> {
        let code = Identity::find(self.cache(i).filter(|_| i.now == op)?.index.get())?;
        let k = code.get_exact::<CodeObject>()?;
        (k.flags & co::SUSPENDS == 0 && k.simple_args && k.argcount == given).then_some(code)
    }
    /// A value found to be a function of this code.
    fn guard_function(&mut self, v: Val, code: &Obj) -> Val {
        let v = self.guard_type(v, &adder_interp::function::FUNCTION);
        let held = self.emit(Op::Load(v, crate::layout::FUNCTION_CODE, Width::U64), Repr::Word, Ty::Any);
        let s = self.state();
        self.emit(Op::GuardWord(held, code.bits(), s), Repr::Raw, Ty::Any);
        v
    }
    /// Calls a function of this code, which lies at `base`, then NULL and all arguments.
    fn call_code(&mut self, code: Obj, base: usize) -> bool {
        let Some(k) = code.get_exact::<CodeObject>() else { return false };
        self.emit_call(crate::layout::Callee::of_code(k), base);
        self.pins.push(code);
        true
    }

    /// A call of some function of the code that the site saw, which the arguments fill exactly.
    pub fn call_of_function(&mut self, i: &Instr, n: usize) -> bool {
        let base = self.stack.len().saturating_sub(n + 2);
        let Entry::Val(v, own) = self.stack[base] else { return false };
        let with_self = match self.stack[base + 1] {
            Entry::Null => false,
            Entry::Val(v, _) if !self.nullable.contains(&v) => true,
            _ => return false,
        };
        let given = n + usize::from(with_self);
        let Some(code) = self.seen_code(i, O::CALL_PY_EXACT, given).filter(|_| self.f.repr(v) == Repr::Word) else {
            return false;
        };
        let v = self.guard_function(v, &code);
        let args = self.stack.split_off(self.stack.len() - given);
        self.stack.truncate(base);
        self.stack.push(Entry::Val(v, own));
        self.stack.push(Entry::Null);
        self.stack.extend(args);
        self.state_changed();
        self.call_code(code, base)
    }

    /// A call of a bound method of some function of the code that the site saw: function and object take the method's place.
    pub fn call_of_method(&mut self, i: &Instr, n: usize) -> bool {
        let Some(code) = self.seen_code(i, O::CALL_BOUND_METHOD_EXACT, n + 1) else { return false };
        let Some((base, v)) = self.lone_callable(n) else { return false };
        let v = self.guard_type(v, &adder_object::descr::METHOD);
        let func = self.emit(Op::Load(v, crate::layout::METHOD_FUNC, Width::U64), Repr::Word, Ty::Any);
        let this = self.emit(Op::Load(v, crate::layout::METHOD_THIS, Width::U64), Repr::Word, Ty::Any);
        let func = self.guard_function(func, &code);
        self.emit(Op::Incref(func), Repr::Raw, Ty::Any);
        self.emit(Op::Incref(this), Repr::Raw, Ty::Any);
        let gone = self.stack[base];
        self.stack[base] = Entry::Val(func, Own::Owned);
        self.stack[base + 1] = Entry::Null;
        self.stack.insert(base + 2, Entry::Val(this, Own::Owned));
        self.state_changed();
        self.release(gone);
        self.call_code(code, base)
    }
    /// A call of some native function or method that the site saw, whatever it is bound to.
    pub fn call_of_native(&mut self, i: &Instr, n: usize) -> bool {
        let seen = matches!(i.now, O::CALL_BUILTIN_O | O::CALL_BUILTIN_FAST);
        let Some(c) = self.cache(i).filter(|c| seen && c.value.get() != 0) else { return false };
        // SAFETY: CACHE-1: these forms hold a definition, which lives for ever.
        let def = unsafe { &*(c.value.get() as *const adder_object::spec::MethodDef) };
        let Some((_, v)) = self.lone_callable(n) else { return false };
        let Some(address) = Self::native_address(def, n) else { return false };
        let v = self.guard_type(v, &adder_object::descr::BUILTIN_FUNCTION);
        let have = self.emit(Op::Load(v, crate::layout::BUILTIN_DEF, Width::U64), Repr::Raw, Ty::Any);
        let want = self.emit(Op::Raw(std::ptr::from_ref(def) as i64), Repr::Raw, Ty::Any);
        let same = self.emit(Op::Is(have, want), Repr::Bool, Ty::Bool);
        self.guard(same, Reason::OtherValue);
        let this = self.emit(Op::Load(v, crate::layout::BUILTIN_THIS, Width::U64), Repr::Word, Ty::Any);
        self.guard_there(this, Reason::OtherValue);
        // The callable holds what it is bound to.
        self.native_at(def, address, (this, this), n);
        true
    }
    /// The callable of a call without a `self`, an object not known further, and how deep it lies.
    fn lone_callable(&self, n: usize) -> Option<(usize, Val)> {
        let base = self.stack.len().checked_sub(n + 2)?;
        match (self.stack[base], self.stack[base + 1]) {
            (Entry::Val(v, _), Entry::Null)
                if self.f.repr(v) == Repr::Word && matches!(self.f.ty(v), Ty::Any | Ty::Heap) =>
            {
                Some((base, v))
            }
            _ => None,
        }
    }

    /// A call of one of the functions that a chain of tests found: each has its own way, the results meet.
    pub fn call_of_one_of(&mut self, i: &Instr, n: usize, names: &[Obj]) -> Option<bool> {
        let at = Self::callable_depth(n, names);
        let Entry::Val(callable, own) = self.peek(at) else { return None };
        let found = self.candidates.get(&callable)?.clone();
        self.before_effect();
        let from = self.snapshot();
        let mut ends: Vec<End> = vec![];
        for (k, func) in found.iter().enumerate() {
            self.restore(&from);
            let word = self.word(func.bits());
            let mut hit = self.block;
            // The last one needs no test: the value is one of them.
            if k + 1 < found.len() {
                let is = self.emit(Op::Is(callable, word), Repr::Bool, Ty::Bool);
                hit = self.new_block(i.start);
                let next = self.new_block(i.start);
                self.terminate(Term::Branch(is, Edge::to(hit), Edge::to(next)));
                self.block = next;
            }
            let rest = std::mem::replace(&mut self.block, hit);
            ends.extend(self.arm_of_call(i, (func, word, own), (n, at), names));
            self.block = rest;
        }
        self.restore(&from);
        self.stack.truncate(self.stack.len() - at);
        self.state_changed();
        self.observed = true;
        Some(self.join(ends))
    }

    fn arm_of_call(
        &mut self,
        i: &Instr,
        (func, word, own): (&Obj, Val, Own),
        (n, at): (usize, usize),
        names: &[Obj],
    ) -> Option<End> {
        self.state_changed();
        let depth = self.stack.len() - at;
        self.stack[depth] = Entry::Val(word, own);
        let back = func.get_exact::<Function>().and_then(|f| self.python_call(i, func, f, (n, 1), names));
        let back = back.unwrap_or_else(|| {
            let helper = if names.is_empty() { Helper::Call } else { Helper::CallKw };
            let v = self.call_mem(helper, at, vec![], Ty::Any);
            self.push_owned(v);
            true
        });
        if !back {
            return None;
        }
        let Entry::Val(value, own) = self.pop() else { return None };
        Some(End { block: self.block, value, own, tuple: None, facts: self.facts.clone() })
    }
}
