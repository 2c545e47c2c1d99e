//! Calls of native functions: those of numbers on operands in registers, the others without the call protocol.
//!
//! Invariant: BUILD-3; a template is used only for a callee that is a guarded constant.

use super::{Builder, Kind, feedback};
use crate::helpers::Helper;
use crate::hir::*;
use adder_isa::reasons::Reason;
use adder_object::descr::{BuiltinFunction, MethodDescr};
use adder_object::spec::{MethodDef, Native};
use adder_object::typed::{self, Direction, Typed};
use adder_object::{ObjExt, types};

impl Builder<'_> {
    /// A method of a built-in type, whose receiver was found to be of that type.
    pub fn method_call(&mut self, m: &MethodDescr, n: usize) -> bool {
        let this = self.peek_val(n + 1);
        if !self.is_instance(this, m.owner) {
            return false;
        }
        if m.def.name() == "append" && n == 1 && m.owner.is(&types::LIST) {
            return self.append(this);
        }
        if n == 0
            && m.owner.is(&types::DICT)
            && self.f.ty(this) == Ty::Exact(feedback::type_address(&types::DICT))
            && self.walk_dict(m.def.name())
        {
            return true;
        }
        let Some(address) = Self::native_address(m.def, n) else { return false };
        let on_stack = self.word(0);
        self.native_at(m.def, address, (this, on_stack), n);
        true
    }
    /// Whether a value is an instance of a built-in type for good; the class of instances of derived ones changes only to another of them.
    fn is_instance(&self, v: Val, ty: &adder_object::Type) -> bool {
        let derived = |shape: &u32| adder_object::shape::type_of(*shape).is_some_and(|t| t.is_subtype(ty));
        self.f.ty(v) == Ty::Exact(std::ptr::from_ref(ty) as usize) || self.classes.get(&v).is_some_and(derived)
    }
    /// `list.append(value)`, whose result is None.
    fn append(&mut self, list: Val) -> bool {
        if !self.append_top(list) {
            return false;
        }
        let none = self.word(adder_object::singletons::none_ref().bits());
        self.finish(2, Some((none, Own::Frame)));
        true
    }

    pub fn native_function(&mut self, b: &BuiltinFunction, n: usize) -> bool {
        let Some(address) = Self::native_address(b.def, n) else { return false };
        let this = b.this.clone().unwrap_or_else(adder_object::singletons::none);
        let word = self.word_of(&this);
        self.pins.push(this);
        self.native_at(b.def, address, (word, word), n);
        true
    }

    /// What native code is called by with `n` arguments; None when that takes the call protocol.
    pub fn native_address(def: &'static MethodDef, n: usize) -> Option<usize> {
        match def.f {
            Native::NoArgs(f) if n == 0 => Some(f as usize),
            Native::One(f) if n == 1 => Some(f as usize),
            Native::Pos(least, most, f) if (least..=most).contains(&n) => Some(f as usize),
            Native::Bound(_) | Native::Raw(_) => Some(def as *const MethodDef as usize),
            _ => None,
        }
    }
    /// Calls native code without going through the call protocol. `this` twice: the word, and the word again where it is not on
    /// the stack above the callable (0 where it is).
    pub fn native_at(&mut self, def: &'static MethodDef, address: usize, this: (Val, Val), n: usize) {
        let (this, given) = this;
        let address = self.emit(Op::Raw(address as i64), Repr::Raw, Ty::Any);
        match def.f {
            Native::NoArgs(_) => {
                self.call(Helper::NativeNoArgs, vec![this, address], 2, Repr::Word, Ty::Any);
            }
            Native::One(_) => {
                let v = self.peek_val(1);
                self.call(Helper::NativeOne, vec![this, v, address], 3, Repr::Word, Ty::Any);
            }
            f => {
                let helper = if matches!(f, Native::Pos(..)) { Helper::NativePos } else { Helper::NativeDef };
                let v = self.call_mem(helper, n + 2, vec![address, given], Ty::Any);
                self.push_owned(v);
            }
        }
    }

    /// Functions of `builtins`, and of numbers, on operands in registers.
    pub fn builtin_call(&mut self, b: &BuiltinFunction, module: &str, n: usize) -> bool {
        match (module, b.def.name(), n) {
            ("builtins", "len", 1) => self.len(),
            ("builtins", "abs", 1) => self.abs(),
            ("builtins", "min", 2..=4) => self.least(Cmp::Lt, n),
            ("builtins", "max", 2..=4) => self.least(Cmp::Gt, n),
            ("builtins", "round", 1) => self.round(Direction::Nearest),
            ("builtins", "isinstance", 2) => self.isinstance(),
            _ => typed::of(b.def).is_some_and(|t| self.typed_call(t, n)),
        }
    }
    /// A call of `int` or `float` with a number, or of `type` with anything.
    pub fn conversion(&mut self, class: &adder_object::Type, n: usize) -> bool {
        if n == 1 && class.is(&types::TYPE) {
            let (v, state) = (self.peek_val(1), self.state());
            let t = self.emit(Op::Call { helper: Helper::TypeOf, args: vec![v], state }, Repr::Word, Ty::Heap);
            return self.replace_call(1, t, Own::Heap);
        }
        if n != 1 || self.failed() {
            return false;
        }
        let v = self.peek_val(1);
        match self.hint(v) {
            Some(Kind::Float) if class.is(&types::INT) => self.round(Direction::ToZero),
            Some(Kind::Int) if class.is(&types::INT) => {
                let x = self.as_int(v);
                self.replace_call(1, x, Own::Owned)
            }
            Some(_) if class.is(&types::FLOAT) => {
                let x = self.float_operand(v);
                x.is_some_and(|x| self.replace_call(1, x, Own::Owned))
            }
            _ => false,
        }
    }
    /// The result of a template takes the place of callable, NULL and `n` arguments.
    fn replace_call(&mut self, n: usize, v: Val, own: Own) -> bool {
        self.finish(n + 2, Some((v, own)));
        true
    }
    /// What is known of the object or its class is enough, or its class is that very one, or a helper looks.
    fn isinstance(&mut self) -> bool {
        let (o, c) = (self.peek_val(2), self.peek_val(1));
        if let Some(known) = self.instance_for_certain(o, c) {
            let v = self.emit(Op::Bool(known), Repr::Bool, Ty::Bool);
            return self.replace_call(2, v, Own::Owned);
        }
        if self.failed() || self.f.repr(o) != Repr::Word {
            self.call(Helper::IsInstance, vec![o, c], 4, Repr::Bool, Ty::Bool);
            return true;
        }
        let class = self.constant(c).filter(|k| k.get::<adder_object::Type>().is_some());
        let Some(class) = class else {
            let v = self.truth_of(Helper::PlainIsInstance, vec![o, c]);
            return self.replace_call(2, v, Own::Owned);
        };
        let (there, slow, join) = (self.inner_block(), self.inner_block(), self.inner_block());
        let p = self.f.add(Op::Param, Repr::Bool, Ty::Bool);
        self.f.block_mut(join).params = vec![p];
        let pointer = self.emit(Op::IsPointer(o), Repr::Bool, Ty::Bool);
        self.terminate(Term::Branch(pointer, Edge::to(there), Edge::to(slow)));
        self.block = there;
        let have = self.emit(Op::Load(o, crate::layout::TYPE, Width::U64), Repr::Raw, Ty::Any);
        let want = self.emit(Op::Raw(class.bits() as i64), Repr::Raw, Ty::Any);
        let same = self.emit(Op::Is(have, want), Repr::Bool, Ty::Bool);
        let yes = self.emit(Op::Bool(true), Repr::Bool, Ty::Bool);
        self.terminate(Term::Branch(same, Edge { block: join, args: vec![yes], state: None }, Edge::to(slow)));
        self.block = slow;
        let v = self.truth_of(Helper::PlainIsInstance, vec![o, c]);
        self.terminate(Term::Jump(Edge { block: join, args: vec![v], state: None }));
        self.block = join;
        self.replace_call(2, p, Own::Owned)
    }
    /// Whether an object is an instance of a class, where both are known well enough.
    fn instance_for_certain(&self, o: Val, c: Val) -> Option<bool> {
        let class = self.constant(c)?;
        let class = class.get_exact::<adder_object::Type>()?;
        let exact: Option<&adder_object::Type> = match (self.f.repr(o), self.f.ty(o)) {
            (Repr::Int, _) => Some(&types::INT),
            (Repr::Float, _) => Some(&types::FLOAT),
            (Repr::Bool, _) => Some(&types::BOOL),
            (_, Ty::Int) => Some(&types::INT),
            (_, Ty::Float) => Some(&types::FLOAT),
            // SAFETY: types known by their address are static.
            (_, Ty::Exact(t)) => Some(unsafe { &*(t as *const adder_object::Type) }),
            _ => None,
        };
        if let Some(t) = exact {
            return Some(t.is_subtype(class));
        }
        let shape = self.known_shape(o)?;
        adder_object::shape::type_of(shape)?.is_subtype(class).then_some(true)
    }
    fn len(&mut self) -> bool {
        let v = self.peek_val(1);
        let at = match self.f.ty(v) {
            Ty::Exact(t) if t == feedback::type_address(&types::LIST) => crate::layout::LIST_LEN,
            Ty::Exact(t) if t == feedback::type_address(&types::TUPLE) => crate::layout::TUPLE_LEN,
            Ty::Exact(t) if t == feedback::type_address(&types::STR) => crate::layout::STR_LEN,
            Ty::Exact(t) if t == feedback::type_address(&types::DICT) => crate::layout::DICT_USED,
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
        match self.hint(v) {
            Some(Kind::Float) if !self.failed() => {
                let x = self.as_float(v);
                let r = self.emit(Op::FloatAbs(x), Repr::Float, Ty::Float);
                self.replace_call(1, r, Own::Owned)
            }
            Some(Kind::Int) if !self.failed() => {
                let x = self.as_int(v);
                let s = self.state();
                let minus = self.emit(Op::IntNeg(x, s), Repr::Int, Ty::Int);
                let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
                let negative = self.emit(Op::CmpInt(Cmp::Lt, x, zero), Repr::Bool, Ty::Bool);
                let r = self.emit(Op::Select(negative, minus, x), Repr::Int, Ty::Int);
                self.replace_call(1, r, Own::Owned)
            }
            _ => false,
        }
    }
    /// `min` and `max` of `n` numbers of one kind: a later one only when it is really less (or greater).
    fn least(&mut self, cmp: Cmp, n: usize) -> bool {
        let operands: Vec<Val> = (1..=n).map(|k| self.peek_val(k)).collect();
        let kinds: Vec<Option<Kind>> = operands.into_iter().map(|v| self.hint(v)).collect();
        let known = kinds.iter().flatten().next().copied();
        let alike = |k: Kind| kinds.iter().all(|x| *x == Some(k) || x.is_none() && n > 2);
        let (repr, ty) = match known {
            _ if self.failed() => return false,
            Some(Kind::Int) if alike(Kind::Int) => (Repr::Int, Ty::Int),
            Some(Kind::Float) if alike(Kind::Float) => (Repr::Float, Ty::Float),
            _ => return false,
        };
        let number = |b: &mut Self, k: usize| {
            let v = b.peek_val(k);
            if repr == Repr::Int { b.as_int(v) } else { b.as_float(v) }
        };
        (1..=n).for_each(|k| _ = number(self, k));
        let mut best = number(self, n);
        for k in (1..n).rev() {
            let v = number(self, k);
            let op = if repr == Repr::Int { Op::CmpInt(cmp, v, best) } else { Op::CmpFloat(cmp, v, best) };
            let c = self.emit(op, Repr::Bool, Ty::Bool);
            best = self.emit(Op::Select(c, v, best), repr, ty);
        }
        self.replace_call(n, best, Own::Owned)
    }
    /// A number as a float; None when it is not likely to be one.
    fn float_operand(&mut self, v: Val) -> Option<Val> {
        match self.hint(v)? {
            Kind::Int => {
                let n = self.as_int(v);
                Some(self.emit(Op::IntToFloat(n), Repr::Float, Ty::Float))
            }
            Kind::Float => Some(self.as_float(v)),
            Kind::Tuple | Kind::Str => None,
        }
    }
    fn round(&mut self, to: Direction) -> bool {
        let v = self.peek_val(1);
        match self.hint(v) {
            _ if self.failed() => false,
            Some(Kind::Int) => {
                let x = self.as_int(v);
                self.replace_call(1, x, Own::Owned)
            }
            Some(Kind::Float) => {
                let x = self.as_float(v);
                let s = self.state();
                let n = self.emit(Op::FloatToInt(to, x, s), Repr::Int, Ty::Int);
                self.replace_call(1, n, Own::Owned)
            }
            _ => false,
        }
    }
    /// A native function of numbers.
    fn typed_call(&mut self, t: Typed, n: usize) -> bool {
        if self.failed() {
            return false;
        }
        let call = match t {
            Typed::Round(to) if n == 1 => return self.round(to),
            Typed::Abs if n == 1 => {
                let v = self.peek_val(1);
                let Some(x) = self.float_operand(v) else { return false };
                let r = self.emit(Op::FloatAbs(x), Repr::Float, Ty::Float);
                return self.replace_call(1, r, Own::Owned);
            }
            Typed::One(f) if n == 1 => {
                let v = self.peek_val(1);
                let Some(x) = self.float_operand(v) else { return false };
                Op::FloatCall(f as usize, vec![x])
            }
            Typed::Sqrt if n == 1 => {
                let v = self.peek_val(1);
                let Some(x) = self.float_operand(v) else { return false };
                Op::FloatSqrt(x)
            }
            Typed::Two(f) if n == 2 => {
                let (a, b) = (self.peek_val(2), self.peek_val(1));
                if self.hint(a).is_none() || self.hint(b).is_none() {
                    return false;
                }
                let (Some(x), Some(y)) = (self.float_operand(a), self.float_operand(b)) else { return false };
                Op::FloatCall(f as usize, vec![x, y])
            }
            _ => return false,
        };
        let r = self.finite(call);
        self.replace_call(n, r, Own::Owned)
    }
    /// The result of a function of floats, left to the interpreter when it is not finite (TYPED-1).
    fn finite(&mut self, call: Op) -> Val {
        let r = self.emit(call, Repr::Float, Ty::Float);
        let size = self.emit(Op::FloatAbs(r), Repr::Float, Ty::Float);
        let limit = self.emit(Op::Float(f64::INFINITY), Repr::Float, Ty::Float);
        let ok = self.emit(Op::CmpFloat(Cmp::Lt, size, limit), Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::ExceptionPath);
        r
    }
    /// `a ** b` of floats, or of an int and a small constant.
    pub fn power(&mut self, kinds: (Kind, Kind), a: Val, b: Val) -> Option<Val> {
        if self.failed() {
            return None;
        }
        match kinds {
            (Kind::Int, Kind::Int) => match self.f.inst(b).op {
                Op::Int(2) => {
                    let x = self.as_int(a);
                    let s = self.state();
                    Some(self.emit(Op::Int2(IntOp::Mul, x, x, s), Repr::Int, Ty::Int))
                }
                _ => None,
            },
            (Kind::Tuple | Kind::Str, _) | (_, Kind::Tuple | Kind::Str) => None,
            (p, q) => {
                let (x, y) = (self.double_of(a, p == Kind::Int), self.double_of(b, q == Kind::Int));
                Some(self.finite(Op::FloatCall(float_power as extern "C" fn(f64, f64) -> f64 as usize, vec![x, y])))
            }
        }
    }
}

extern "C" fn float_power(a: f64, b: f64) -> f64 {
    adder_object::float::power(a, b)
}
