//! Calls: Python functions known at compile time, builtins with templates, everything else through the call protocol.
//!
//! Invariant: BUILD-3; a template is used only for a callee that is a guarded constant.

use super::Builder;
use super::scan::Instr;
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::function::Function;
use adder_object::descr::{BuiltinFunction, MethodDescr, WrapperDescr};
use adder_object::{Obj, ObjExt, types};

impl Builder<'_> {
    /// The constant that a value is known to be.
    pub fn constant(&self, v: Val) -> Option<Obj> {
        match self.f.ty(v) {
            // SAFETY: constants of the function under compilation are pinned by it.
            Ty::Const(w) if w != 0 && w & 7 == 0 => Some(unsafe { Obj::view(&w).clone() }),
            _ => None,
        }
    }

    pub fn call_op(&mut self, i: &Instr) -> bool {
        let n = i.arg as usize;
        if !self.failed()
            && let Some(back) = self.call_of_one_of(i, n, &[]).or_else(|| self.call_of_constant(i, n, &[]))
        {
            return back;
        }
        if !self.failed() && (self.call_of_function(i, n) || self.call_of_method(i, n) || self.call_of_native(i, n)) {
            return true;
        }
        let v = self.call_mem(Helper::Call, n + 2, vec![], Ty::Any);
        self.push_owned(v);
        true
    }

    /// CALL_KW: the names are on top.
    pub fn call_kw_op(&mut self, i: &Instr) -> bool {
        let n = i.arg as usize;
        let names = match self.peek(1) {
            Entry::Val(v, Own::Frame) => match self.f.inst(v).op {
                // SAFETY: a constant of the code object.
                Op::Word(w) if w != 0 && w & 7 == 0 => Some(unsafe { Obj::view(&w).clone() }),
                _ => None,
            },
            _ => None,
        };
        if let Some(names) = names.as_ref().and_then(adder_object::tuple::as_slice)
            && !self.failed()
            && let Some(back) = self.call_of_one_of(i, n, names).or_else(|| self.call_of_constant(i, n, names))
        {
            return back;
        }
        let v = self.call_mem(Helper::CallKw, n + 3, vec![], Ty::Any);
        self.push_owned(v);
        true
    }

    /// How deep the callable of a call lies.
    pub fn callable_depth(n: usize, names: &[Obj]) -> usize {
        n + 2 + usize::from(!names.is_empty())
    }

    fn call_of_constant(&mut self, i: &Instr, n: usize, names: &[Obj]) -> Option<bool> {
        let at = Self::callable_depth(n, names);
        let callee = match self.peek(at) {
            Entry::Val(v, _) => self.constant(v)?,
            _ => return None,
        };
        let extra = match self.peek(at - 1) {
            Entry::Null => 0,
            Entry::Val(v, _) if !self.nullable.contains(&v) => 1,
            _ => return None,
        };
        if names.is_empty() {
            return self.known_call(i, &callee, n, extra);
        }
        let f = callee.get_exact::<Function>()?;
        self.python_call(i, &callee, f, (n, extra), names)
    }

    /// A call of something known: None when it goes the long way, else whether control comes back.
    pub fn known_call(&mut self, i: &Instr, callee: &Obj, n: usize, extra: usize) -> Option<bool> {
        if callee.is_exact(&types::TYPE) || callee.is(&types::RANGE.obj()) {
            if extra != 0 {
                return None;
            }
            if callee.is(&types::RANGE.obj()) {
                let looped = !self.failed() && self.range_loop(i, n);
                return Some(looped || self.builtin_class(&types::RANGE, n));
            }
            if extra == 0
                && let Some(t) = callee.get::<adder_object::Type>()
                && !t.is_heap()
            {
                if self.walk_call(i, callee, n) || self.conversion(t, n) {
                    return Some(true);
                }
                return Some(self.builtin_class(t, n));
            }
            return self.construct(i, callee, n);
        }
        if let Some(f) = callee.get_exact::<Function>() {
            return self.python_call(i, callee, f, (n, extra), &[]);
        }
        let init_of_object =
            |w: &WrapperDescr| w.owner.is(&types::OBJECT) && w.def.name == "__init__" && extra == 1 && n == 0;
        if callee.get_exact::<WrapperDescr>().is_some_and(init_of_object) {
            // `object.__init__(self)` does nothing.
            let none = self.word(adder_object::singletons::none_ref().bits());
            self.finish(2, Some((none, Own::Frame)));
            return Some(true);
        }
        if let Some(m) = callee.get_exact::<MethodDescr>() {
            return (extra == 1 && self.method_call(m, n)).then_some(true);
        }
        if extra == 0
            && let Some(b) = callee.get_exact::<BuiltinFunction>()
        {
            let module = b.module.as_ref().map(adder_object::ops::text).unwrap_or_default();
            return (self.builtin_call(b, &module, n) || self.native_function(b, n)).then_some(true);
        }
        None
    }

    /// A call of a built-in class; most of them make instances of exactly that class.
    fn builtin_class(&mut self, t: &adder_object::Type, n: usize) -> bool {
        // `str`, `int` and the like may give what a special method gave.
        let known = [&types::LIST, &types::TUPLE, &types::DICT, &types::SET].iter().any(|&k| t.is(k));
        let ty = if known { Ty::Exact(t as *const _ as usize) } else { Ty::Any };
        let v = self.call_mem(Helper::CallClass, n + 2, vec![], ty);
        self.push_owned(v);
        true
    }
}
