//! Arguments of a call in the order of the callee's parameters: keywords sorted in, defaults filled in, surplus ones in a tuple.
//!
//! Invariant: BUILD-3: guards come before anything that changes the stack; what cannot be bound here is left to the interpreter, which
//! knows the errors. CPython: `initialize_locals` in Python/ceval.c.

use super::{Builder, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::code::CodeObject;
use adder_interp::function::Function;
use adder_isa::code::co;
use adder_object::{Dict, Obj, ObjExt, tuple, types};

/// The callee and what the call gives it.
pub struct Given<'c> {
    pub func: &'c Function,
    pub code: &'c CodeObject,
    /// Arguments on top of the stack, self included; keywords last, above them their names if there are any.
    pub args: usize,
    pub names: &'c [Obj],
}

impl Builder<'_> {
    /// The parameters' values; None when the call goes the long way. The surplus arguments have left the stack then.
    pub fn bind(&mut self, g: &Given<'_>) -> Option<Vec<Entry>> {
        let c = g.code;
        let (argcount, kwonly) = (c.argcount, c.code.kwonlyargcount as usize);
        let positional = g.args - g.names.len();
        let surplus = positional.saturating_sub(argcount);
        let collects = c.flags & co::VARARGS != 0;
        if c.flags & co::VARKEYWORDS != 0 || surplus > 0 && !collects || collects && !g.names.is_empty() {
            return None;
        }
        let top = self.stack.len() - usize::from(!g.names.is_empty());
        let given = self.stack[top - g.args..top].to_vec();
        let mut slots: Vec<Option<Entry>> = vec![None; argcount + kwonly];
        for (slot, e) in slots.iter_mut().zip(&given[..positional - surplus]) {
            *slot = Some(*e);
        }
        for (name, e) in g.names.iter().zip(&given[positional..]) {
            let first = c.code.posonlyargcount as usize;
            let at = (first..slots.len()).find(|&i| c.localsplusnames[i].is(name))?;
            if slots[at].replace(*e).is_some() {
                return None;
            }
        }
        let mut bound = vec![];
        for (at, given) in slots.into_iter().enumerate() {
            bound.push(match given {
                Some(e) => e,
                None if at < argcount => self.default(g, at)?,
                None => self.keyword_default(g, at)?,
            });
        }
        if collects {
            bound.push(self.surplus(surplus));
        }
        Some(bound)
    }

    /// A constant that the function's defaults hold.
    fn default(&mut self, g: &Given<'_>, at: usize) -> Option<Entry> {
        let defaults = g.func.defaults.get()?;
        let items = tuple::as_slice(&defaults)?;
        let value = items.get((at + items.len()).checked_sub(g.code.argcount)?)?.clone();
        self.guard_cell_word(&raw const g.func.defaults as usize, &defaults);
        let v = self.constant_value(&value);
        Some(Entry::Val(v, Own::Frame))
    }
    fn keyword_default(&mut self, g: &Given<'_>, at: usize) -> Option<Entry> {
        let defaults = g.func.kwdefaults.get()?;
        let d = defaults.get_exact::<Dict>()?;
        if !d.has_only_str_keys() || d.keys_version() == 0 {
            return None;
        }
        let position = d.position_of_name(&g.code.localsplusnames[at])?;
        self.guard_cell_word(&raw const g.func.kwdefaults as usize, &defaults);
        self.guard_cell(d.version_address(), d.keys_version());
        let place = d.value_address(position) as usize;
        let v = self.emit(Op::LoadAbs(place), Repr::Word, Ty::Any);
        Some(Entry::Val(v, Own::Heap))
    }
    /// The word in an object's field is still this object, which the code keeps.
    pub fn guard_cell_word(&mut self, place: usize, value: &Obj) {
        self.guard_place(place, value.bits());
        self.pins.push(value.clone());
    }
    /// The word at an address is still this one.
    pub fn guard_place(&mut self, place: usize, word: u64) {
        if self.facts.insert(super::Fact::Word(place, word)) {
            let v = self.emit(Op::LoadAbs(place), Repr::Word, Ty::Any);
            let s = self.state();
            self.emit(Op::GuardWord(v, word, s), Repr::Raw, Ty::Any);
        }
    }
    /// A value that is kept alive by the code or by something that the code keeps.
    pub fn constant_value(&mut self, c: &Obj) -> Val {
        use adder_object::singletons;
        if let Some(n) = c.small_int() {
            self.emit(Op::Int(n), Repr::Int, Ty::Int)
        } else if let Some(x) = c.small_float() {
            self.emit(Op::Float(x), Repr::Float, Ty::Float)
        } else if c.is(singletons::true_ref()) || c.is(singletons::false_ref()) {
            self.emit(Op::Bool(c.is(singletons::true_ref())), Repr::Bool, Ty::Bool)
        } else {
            // It is counted all the same when it goes elsewhere.
            let immortal = c.header().is_some_and(adder_mem::Header::is_immortal);
            let ty = if immortal { Ty::Const(c.bits()) } else { feedback::exact_type(c) };
            self.emit(Op::Word(c.bits()), Repr::Word, ty)
        }
    }
    /// The tuple of the `n` top entries, which leave the stack.
    fn surplus(&mut self, n: usize) -> Entry {
        if n == 0 {
            let empty = tuple::new(vec![]);
            self.pins.push(empty.clone());
            let v = self.constant_value(&empty);
            return Entry::Val(v, Own::Frame);
        }
        let ty = Ty::Exact(feedback::type_address(&types::TUPLE));
        Entry::Val(self.call_mem(Helper::BuildTuple, n, vec![], ty), Own::Owned)
    }
}
