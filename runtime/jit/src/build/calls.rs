//! Calls: Python functions known at compile time, builtins with templates, everything else through the call protocol.
//!
//! Invariant: BUILD-3; a template is used only for a callee that is a guarded constant.

use super::scan::Instr;
use super::{Builder, Kind, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::function::Function;
use adder_isa::reasons::Reason;
use adder_object::descr::{BuiltinFunction, MethodDescr};
use adder_object::spec::{MethodDef, Native};
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
        if !self.failed() && self.call_of_function(i, n) {
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
            Entry::Val(v, _) if !matches!(self.f.inst(v).op, Op::LoadStack(_) | Op::Param) => 1,
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
                if self.walk_call(i, callee, n) {
                    return Some(true);
                }
                return Some(self.builtin_class(t, n));
            }
            return self.construct(i, callee, n);
        }
        if let Some(f) = callee.get_exact::<Function>() {
            return self.python_call(i, callee, f, (n, extra), &[]);
        }
        if let Some(m) = callee.get_exact::<MethodDescr>() {
            return (extra == 1 && self.method_call(m, n)).then_some(true);
        }
        if extra == 0
            && let Some(b) = callee.get_exact::<BuiltinFunction>()
        {
            let module = b.module.as_ref().map(adder_object::ops::text).unwrap_or_default();
            return (self.builtin_call(&module, b.def.name(), n) || self.native_function(b, n)).then_some(true);
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

    /// A method of a built-in type, whose receiver was found to be of that type.
    fn method_call(&mut self, m: &MethodDescr, n: usize) -> bool {
        let this = self.peek_val(n + 1);
        if self.f.ty(this) != Ty::Exact(m.owner as *const _ as usize) {
            return false;
        }
        if m.def.name() == "append" && n == 1 && m.owner.is(&types::LIST) {
            return self.append(this);
        }
        if n == 0 && m.owner.is(&types::DICT) && self.walk_dict(&self.instr.clone(), m.def.name()) {
            return true;
        }
        self.native(m.def, Some(this), None, n)
    }
    /// `list.append(value)`, whose result is None.
    fn append(&mut self, list: Val) -> bool {
        self.before_effect();
        let entry = self.pop();
        let Entry::Val(v, own) = entry else { return self.exit(Reason::Unsupported) };
        self.retain(v, own);
        self.state_changed();
        let state = self.state();
        self.emit(Op::Call { helper: Helper::ListAppend, args: vec![list, v], state }, Repr::Raw, Ty::Any);
        let none = self.word(adder_object::singletons::none_ref().bits());
        self.finish(2, Some((none, Own::Frame)));
        true
    }

    fn native_function(&mut self, b: &BuiltinFunction, n: usize) -> bool {
        let this = b.this.clone().unwrap_or_else(adder_object::singletons::none);
        self.native(b.def, None, Some(this), n)
    }

    /// Calls native code without going through the call protocol: `this` is on the stack, or a constant.
    fn native(&mut self, def: &'static MethodDef, this: Option<Val>, constant: Option<Obj>, n: usize) -> bool {
        let f = def.f;
        let address = match f {
            Native::NoArgs(f) if n == 0 => f as usize,
            Native::One(f) if n == 1 => f as usize,
            Native::Pos(least, most, f) if (least..=most).contains(&n) => f as usize,
            Native::Bound(_) | Native::Raw(_) => def as *const MethodDef as usize,
            _ => return false,
        };
        let this_word = match (this, &constant) {
            (Some(v), _) => v,
            (None, Some(o)) => {
                self.pins.push(o.clone());
                self.word_of(o)
            }
            _ => return false,
        };
        let address = self.emit(Op::Raw(address as i64), Repr::Raw, Ty::Any);
        match f {
            Native::NoArgs(_) => {
                self.call(Helper::NativeNoArgs, vec![this_word, address], 2, Repr::Word, Ty::Any);
            }
            Native::One(_) => {
                let v = self.peek_val(1);
                self.call(Helper::NativeOne, vec![this_word, v, address], 3, Repr::Word, Ty::Any);
            }
            _ => {
                let given = match constant {
                    Some(_) => this_word,
                    None => self.word(0),
                };
                let helper = if matches!(f, Native::Pos(..)) { Helper::NativePos } else { Helper::NativeDef };
                let v = self.call_mem(helper, n + 2, vec![address, given], Ty::Any);
                self.push_owned(v);
            }
        }
        true
    }

    /// Functions of `builtins` and `math` on operands in registers.
    fn builtin_call(&mut self, module: &str, name: &str, n: usize) -> bool {
        match (module, name, n) {
            ("builtins", "len", 1) => self.len(),
            ("builtins", "abs", 1) => self.abs(),
            ("math", "sqrt", 1) => self.sqrt(),
            ("builtins", "isinstance", 2) => {
                let (o, c) = (self.peek_val(2), self.peek_val(1));
                self.call(Helper::IsInstance, vec![o, c], 4, Repr::Bool, Ty::Bool);
                true
            }
            _ => false,
        }
    }
    /// The result of a template takes the place of callable, NULL and `n` arguments.
    fn replace_call(&mut self, n: usize, v: Val, own: Own) -> bool {
        self.finish(n + 2, Some((v, own)));
        true
    }
    fn len(&mut self) -> bool {
        let v = self.peek_val(1);
        let (list, tuple) = (feedback::type_address(&types::LIST), feedback::type_address(&types::TUPLE));
        let at = match self.f.ty(v) {
            Ty::Exact(t) if t == list => crate::layout::LIST_LEN,
            Ty::Exact(t) if t == tuple => crate::layout::TUPLE_LEN,
            _ => {
                self.call(Helper::Len, vec![v], 3, Repr::Word, Ty::Int);
                return true;
            }
        };
        let raw = self.emit(Op::Load(v, at, Width::U64), Repr::Raw, Ty::Any);
        let n = self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int);
        self.replace_call(1, n, Own::Owned)
    }
    fn abs(&mut self) -> bool {
        let v = self.peek_val(1);
        if self.hint(v) != Some(Kind::Float) {
            return false;
        }
        let x = self.as_float(v);
        let r = self.emit(Op::FloatAbs(x), Repr::Float, Ty::Float);
        self.replace_call(1, r, Own::Owned)
    }
    fn sqrt(&mut self) -> bool {
        let v = self.peek_val(1);
        let Some(kind) = self.hint(v) else { return false };
        let x = if kind == Kind::Int {
            let n = self.as_int(v);
            self.emit(Op::IntToFloat(n), Repr::Float, Ty::Float)
        } else {
            self.as_float(v)
        };
        let zero = self.emit(Op::Float(0.0), Repr::Float, Ty::Float);
        let ok = self.emit(Op::CmpFloat(Cmp::Ge, x, zero), Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::ExceptionPath);
        let r = self.emit(Op::FloatSqrt(x), Repr::Float, Ty::Float);
        self.replace_call(1, r, Own::Owned)
    }
}
