//! One arm for each HIR instruction.

use super::numbers::{float_condition, int_condition};
use super::{Lower, clif_type, exits::Kind, flags};
use crate::helpers::{Helper, Returns};
use crate::hir::*;
use crate::layout;
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC, types};

impl Lower<'_, '_> {
    pub fn inst(&mut self, v: Val) {
        let f = self.f;
        if f.get(v) != v {
            return;
        }
        let inst = &f.insts[v.0 as usize];
        let result = match &inst.op {
            Op::Param | Op::Checkpoint(_) => None,
            Op::Word(w) => Some(self.address(*w as i64)),
            Op::Int(n) => Some(self.iconst(n << 2)),
            Op::Raw(n) => Some(self.iconst(*n)),
            Op::Float(x) => Some(self.b.ins().f64const(*x)),
            Op::Bool(t) => Some(self.b.ins().iconst(types::I8, i64::from(*t))),
            Op::LoadSlot(slot) => Some(self.load(types::I64, self.frame, Self::slot_offset(*slot))),
            Op::LoadStack(d) => Some(self.load_stack(*d)),
            Op::StackAddress(d) => Some(self.stack_address(*d)),
            Op::Box(a) => Some(self.boxed(*a)),
            Op::SetLocal { slot, val, own, old } => {
                self.set_local(*slot, *val, *own, *old);
                None
            }
            Op::SyncSlot(slot, a) => {
                if self.dirty[*slot as usize] {
                    self.sync_slot(*slot, *a);
                }
                None
            }
            Op::ClearSlot(slot) => {
                let zero = self.iconst(0);
                self.store(zero, self.frame, Self::slot_offset(*slot));
                self.dirty[*slot as usize] = false;
                None
            }
            Op::Incref(a) => {
                self.incref(*a);
                None
            }
            Op::Decref(a) | Op::DecrefMaybe(a) => {
                if !f.uncounted(*a) && f.repr(*a) == Repr::Word {
                    let w = self.val(*a);
                    let pointer = matches!(f.ty(*a), Ty::Exact(_) | Ty::Heap | Ty::Const(_));
                    self.decref_word(w, pointer, matches!(inst.op, Op::DecrefMaybe(_)));
                }
                None
            }
            Op::Call { helper, args, state } => self.helper(*helper, args, *state),
            Op::CallMem { helper, base, extra, state } => Some(self.call_mem(*helper, *base, extra, *state)),
            Op::CallPython { base, callee, state } => Some(self.call_python(*base, callee, *state)),
            Op::NewTuple(items) => Some(self.new_tuple(items)),
            Op::EnterInline { origin, callee, returns } => {
                self.enter_inline(*origin, callee.nlocals as u32, *returns);
                // SAFETY: RC-1: the builder pinned the code.
                self.count_call(Some(unsafe { &*callee.code }));
                None
            }
            Op::Poll(s) => {
                self.poll(*s);
                None
            }
            Op::Sync(s) => {
                self.sync(*s);
                None
            }
            op => self.compute(op),
        };
        if let Some(r) = result {
            debug_assert_eq!(self.b.func.dfg.value_type(r), clif_type(inst.repr), "{:?}", inst.op);
            self.set(v, r);
        }
    }

    pub fn deopt_if(&mut self, c: ir::Value, s: StateId, why: Reason) {
        self.leave(c, true, s, Kind::Deopt(why));
    }
    pub fn deopt_unless(&mut self, c: ir::Value, s: StateId, why: Reason) {
        self.leave(c, false, s, Kind::Deopt(why));
    }

    fn compute(&mut self, op: &Op) -> Option<ir::Value> {
        match op {
            Op::UnboxInt(..)
            | Op::UnboxFloat(..)
            | Op::UnboxBool(..)
            | Op::GuardType(..)
            | Op::GuardShape(..)
            | Op::GuardWord(..)
            | Op::GuardVersion(..)
            | Op::GuardCell(..)
            | Op::GuardNames(..)
            | Op::GuardGlobals(..)
            | Op::GuardLocals(_)
            | Op::GuardFrames(_)
            | Op::Guard(..)
            | Op::GuardField(..)
            | Op::AdoptedInt(..) => self.guard(op),
            Op::Int2(o, a, b, s) => Some(self.int2(*o, *a, *b, *s)),
            Op::Int2Wrap(o, a, b) => {
                let (x, y) = (self.val(*a), self.val(*b));
                Some(if *o == IntOp::Sub { self.b.ins().isub(x, y) } else { self.b.ins().iadd(x, y) })
            }
            Op::IntNeg(a, s) => {
                let x = self.val(*a);
                let least = self.icmp_imm(IntCC::Equal, x, i64::MIN);
                self.deopt_if(least, *s, Reason::IntOverflow);
                Some(self.b.ins().ineg(x))
            }
            Op::IntToFloat(a) => {
                let x = self.val(*a);
                let n = self.b.ins().sshr_imm_u(x, 2);
                Some(self.b.ins().fcvt_from_sint(types::F64, n))
            }
            Op::IntTrueDiv(a, b, s) => Some(self.true_divide(*a, *b, *s)),
            Op::Float2(o, a, b) => {
                let (x, y) = (self.val(*a), self.val(*b));
                Some(match o {
                    FloatOp::Add => self.b.ins().fadd(x, y),
                    FloatOp::Sub => self.b.ins().fsub(x, y),
                    FloatOp::Mul => self.b.ins().fmul(x, y),
                    FloatOp::Div => self.b.ins().fdiv(x, y),
                })
            }
            Op::FloatNeg(a) => {
                let x = self.val(*a);
                Some(self.b.ins().fneg(x))
            }
            Op::FloatAbs(a) => {
                let x = self.val(*a);
                Some(self.b.ins().fabs(x))
            }
            Op::FloatCall(f, args) => Some(self.float_call(*f, args)),
            Op::FloatToInt(to, a, s) => Some(self.float_to_int(*to, *a, *s)),
            Op::Select(c, a, b) => {
                let (c, x, y) = (self.val(*c), self.val(*a), self.val(*b));
                Some(self.b.ins().select(c, x, y))
            }
            Op::FloatSqrt(a) => {
                let x = self.val(*a);
                Some(self.b.ins().sqrt(x))
            }
            _ => self.memory(op),
        }
    }

    fn memory(&mut self, op: &Op) -> Option<ir::Value> {
        match op {
            Op::CmpInt(c, a, b) => {
                let (x, y) = (self.val(*a), self.val(*b));
                Some(self.b.ins().icmp(int_condition(*c), x, y))
            }
            Op::CmpFloat(c, a, b) => {
                let (x, y) = (self.val(*a), self.val(*b));
                Some(self.b.ins().fcmp(float_condition(*c), x, y))
            }
            Op::Raw2(o, a, b) => Some(self.raw2(*o, *a, *b)),
            Op::BoxU64(a) => Some(self.box_u64(*a)),
            Op::Number2(..) | Op::CmpNumber(..) | Op::ToFloat(..) | Op::UnboxU64(..) => {
                self.aside = true;
                let r = self.number(op);
                self.aside = false;
                r
            }
            Op::Is(a, b) => {
                let (x, y) = (self.boxed(*a), self.boxed(*b));
                Some(self.b.ins().icmp(IntCC::Equal, x, y))
            }
            Op::Not(a) => {
                let x = self.val(*a);
                Some(self.b.ins().bxor_imm_u(x, 1))
            }
            Op::BoolAnd(a, b) => {
                let (x, y) = (self.val(*a), self.val(*b));
                Some(self.b.ins().band(x, y))
            }
            Op::Load(a, at, w) => {
                let base = self.val(*a);
                Some(match w {
                    Width::U64 => self.load(types::I64, base, *at),
                    Width::U32 => self.b.ins().uload32(flags(), base, *at),
                    Width::U8 => self.b.ins().uload8(types::I64, flags(), base, *at),
                })
            }
            _ => self.places(op),
        }
    }

    fn places(&mut self, op: &Op) -> Option<ir::Value> {
        match op {
            Op::LoadAbs(at) => {
                let (base, at) = self.place_of(*at);
                Some(self.load(types::I64, base, at))
            }
            Op::LoadIndex(a, i, at) => {
                let p = self.place(*a, *i);
                Some(self.load(types::I64, p, *at))
            }
            Op::LoadPacked(a, i, at, e) => Some(self.load_packed(*a, *i, *at, *e)),
            Op::StorePacked(a, i, at, e, v) => {
                self.store_packed((*a, *i, *at), *e, *v);
                None
            }
            Op::FitsInt(a) => {
                let x = self.val(*a);
                let up = self.b.ins().ishl_imm_u(x, 2);
                let back = self.b.ins().sshr_imm_u(up, 2);
                Some(self.b.ins().icmp(IntCC::Equal, back, x))
            }
            Op::IsWithin(a, low, high) => {
                let x = self.val(*a);
                let n = self.b.ins().sshr_imm_u(x, 2);
                let n = self.b.ins().iadd_imm_s(n, -low);
                Some(self.b.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, n, high.wrapping_sub(*low)))
            }
            Op::RawShr(a, by) => {
                let x = self.val(*a);
                Some(self.b.ins().ushr_imm_u(x, i64::from(*by)))
            }
            Op::Store(a, at, v) => {
                let (base, w) = (self.val(*a), self.boxed(*v));
                self.store(w, base, *at);
                None
            }
            Op::StoreIndex(a, i, at, v) => {
                let w = self.boxed(*v);
                let p = self.place(*a, *i);
                self.store(w, p, *at);
                None
            }
            Op::Store32(a, at, n) => {
                let base = self.val(*a);
                let n = self.b.ins().iconst(types::I32, i64::from(*n));
                self.store(n, base, *at);
                None
            }
            Op::InBounds(i, len) => {
                let (i, len) = (self.val(*i), self.val(*len));
                let i = self.b.ins().sshr_imm_u(i, 2);
                Some(self.b.ins().icmp(IntCC::UnsignedLessThan, i, len))
            }
            Op::WrapIndex(i, len) => {
                let (i, len) = (self.val(*i), self.val(*len));
                let scaled = self.b.ins().ishl_imm_u(len, 2);
                let up = self.b.ins().iadd(i, scaled);
                let negative = self.icmp_imm(IntCC::SignedLessThan, i, 0);
                Some(self.b.ins().select(negative, up, i))
            }
            // A number in a register is none, whatever its bits.
            Op::IsPointer(a) if matches!(self.f.repr(*a), Repr::Int | Repr::Float) => {
                Some(self.b.ins().iconst(types::I8, 0))
            }
            Op::IsPointer(a) => {
                let w = self.boxed(*a);
                let low = self.b.ins().band_imm_u(w, 7);
                Some(self.icmp_imm(IntCC::Equal, low, 0))
            }
            Op::ShapeIs(a, shape) => {
                let w = self.val(*a);
                let have = self.load(types::I32, w, layout::SHAPE);
                Some(self.icmp_imm(IntCC::Equal, have, i64::from(*shape as i32)))
            }
            Op::CellHas(a, units) => {
                let w = self.val(*a);
                let segment = self.b.ins().band_imm_s(w, -(adder_mem::heap::SEGMENT as i64));
                let cell = self.load(types::I32, segment, layout::SEGMENT_CELL);
                Some(self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, cell, i64::from(*units) * 16))
            }
            Op::RawToInt(a) => {
                let x = self.val(*a);
                Some(self.b.ins().ishl_imm_u(x, 2))
            }
            Op::IntToRaw(a) => {
                let x = self.val(*a);
                Some(self.b.ins().sshr_imm_u(x, 2))
            }
            Op::FarFromBorder(a) => {
                let x = self.val(*a);
                let up = self.b.ins().iadd_imm_s(x, 1 << 61);
                Some(self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, up, 1 << 62))
            }
            _ => None,
        }
    }
    /// base + index * 8, the index being an int in a register (times four).
    fn place(&mut self, base: Val, index: Val) -> ir::Value {
        let (b, i) = (self.val(base), self.val(index));
        let twice = self.b.ins().ishl_imm_u(i, 1);
        self.b.ins().iadd(b, twice)
    }

    /// Guards of what a version, or the frame, tells of a namespace.
    fn guard_namespace(&mut self, op: &Op) -> Option<ir::Value> {
        let (same, s, why) = match *op {
            Op::GuardCell(at, n, s) => {
                let (base, at) = self.place_of(at);
                let have = self.load(types::I32, base, at);
                (self.icmp_imm(IntCC::Equal, have, i64::from(n as i32)), s, Reason::NamespaceChanged)
            }
            Op::GuardNames(at, want, s) => {
                let (base, at) = self.place_of(at);
                let have = self.load(types::I32, base, at);
                let (base, at) = self.place_of(want);
                let want = self.load(types::I32, base, at);
                (self.b.ins().icmp(IntCC::Equal, have, want), s, Reason::NamespaceChanged)
            }
            Op::GuardGlobals(word, s) => {
                let have = self.load(types::I64, self.frame, layout::FRAME_GLOBALS);
                let want = self.iconst(word as i64);
                (self.b.ins().icmp(IntCC::Equal, have, want), s, Reason::OtherNamespace)
            }
            _ => return None,
        };
        self.deopt_unless(same, s, why);
        None
    }

    fn guard(&mut self, op: &Op) -> Option<ir::Value> {
        match *op {
            Op::UnboxInt(a, s) => {
                let w = self.boxed(a);
                let low = self.b.ins().band_imm_u(w, 3);
                let no = self.icmp_imm(IntCC::NotEqual, low, 1);
                self.deopt_if(no, s, Reason::NotInt);
                Some(self.b.ins().iadd_imm_s(w, -1))
            }
            Op::UnboxFloat(a, s) => {
                let w = self.boxed(a);
                let yes = self.b.ins().band_imm_u(w, 2);
                self.deopt_unless(yes, s, Reason::NotFloat);
                Some(self.unbox_float(w))
            }
            Op::UnboxBool(a, s) => {
                let w = self.boxed(a);
                let t = self.iconst(adder_object::singletons::true_ref().bits() as i64);
                let n = self.iconst(adder_object::singletons::false_ref().bits() as i64);
                let (x, y) = (self.b.ins().icmp(IntCC::Equal, w, t), self.b.ins().icmp(IntCC::Equal, w, n));
                let either = self.b.ins().bor(x, y);
                self.deopt_unless(either, s, Reason::NotBool);
                Some(x)
            }
            Op::GuardType(a, ty, s) => {
                let w = self.boxed(a);
                if !matches!(self.f.ty(a), Ty::Exact(_) | Ty::Heap | Ty::Const(_)) {
                    let low = self.b.ins().band_imm_u(w, 7);
                    self.deopt_if(low, s, Reason::OtherType);
                }
                let have = self.load(types::I64, w, layout::TYPE);
                let want = self.address(layout::type_word(ty) as i64);
                let same = self.b.ins().icmp(IntCC::Equal, have, want);
                self.deopt_unless(same, s, Reason::OtherType);
                Some(w)
            }
            Op::GuardShape(a, shape, s) => {
                let w = self.boxed(a);
                if !matches!(self.f.ty(a), Ty::Exact(_) | Ty::Heap | Ty::Const(_)) {
                    let low = self.b.ins().band_imm_u(w, 7);
                    self.deopt_if(low, s, Reason::OtherShape);
                }
                let have = self.load(types::I32, w, layout::SHAPE);
                let same = self.icmp_imm(IntCC::Equal, have, i64::from(shape as i32));
                self.deopt_unless(same, s, Reason::OtherShape);
                Some(w)
            }
            Op::GuardVersion(a, version, s) => Some(self.guard_version(a, version, s)),
            Op::GuardWord(a, word, s) => {
                let w = self.boxed(a);
                let want = self.address(word as i64);
                let same = self.b.ins().icmp(IntCC::Equal, w, want);
                self.deopt_unless(same, s, Reason::OtherValue);
                None
            }
            Op::GuardCell(..) | Op::GuardNames(..) | Op::GuardGlobals(..) => self.guard_namespace(op),
            Op::GuardLocals(s) => {
                self.guard_locals(s);
                None
            }
            Op::GuardFrames(s) => {
                self.guard_frames(s);
                None
            }
            Op::Guard(c, s, why) => {
                let c = self.val(c);
                self.deopt_unless(c, s, why);
                None
            }
            Op::GuardField(a, at, n, s) => {
                let base = self.val(a);
                let have = self.load(types::I32, base, at);
                let same = self.icmp_imm(IntCC::Equal, have, i64::from(n as i32));
                self.deopt_unless(same, s, Reason::OtherType);
                None
            }
            Op::AdoptedInt(a, s) => {
                let x = self.val(a);
                let no = self.icmp_imm(IntCC::Equal, x, 1);
                self.deopt_if(no, s, Reason::OtherType);
                Some(x)
            }
            _ => None,
        }
    }

    fn guard_version(&mut self, a: Val, version: u32, s: StateId) -> ir::Value {
        let w = self.boxed(a);
        if !matches!(self.f.ty(a), Ty::Exact(_) | Ty::Heap | Ty::Const(_)) {
            let low = self.b.ins().band_imm_u(w, 7);
            self.deopt_if(low, s, Reason::OtherType);
        }
        let ty = self.load(types::I64, w, layout::TYPE);
        let have = self.load(types::I32, ty, layout::TYPE_VERSION);
        let same = self.icmp_imm(IntCC::Equal, have, i64::from(version as i32));
        self.deopt_unless(same, s, Reason::OtherType);
        w
    }

    /// Ints are held times four: sums and differences overflow exactly when they leave 62 bits.
    fn int2(&mut self, op: IntOp, a: Val, b: Val, s: StateId) -> ir::Value {
        let (x, y) = (self.val(a), self.val(b));
        match op {
            IntOp::Add | IntOp::Sub | IntOp::Mul => {
                let (r, o) = match op {
                    IntOp::Add => self.b.ins().sadd_overflow(x, y),
                    IntOp::Sub => self.b.ins().ssub_overflow(x, y),
                    _ => {
                        let n = self.b.ins().sshr_imm_u(x, 2);
                        self.b.ins().smul_overflow(n, y)
                    }
                };
                self.deopt_if(o, s, Reason::IntOverflow);
                r
            }
            IntOp::And => self.b.ins().band(x, y),
            IntOp::Or => self.b.ins().bor(x, y),
            IntOp::Xor => self.b.ins().bxor(x, y),
            IntOp::Shl => {
                let n = self.b.ins().sshr_imm_u(y, 2);
                let large = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, n, 60);
                self.deopt_if(large, s, Reason::DivisionByZero);
                let r = self.b.ins().ishl(x, n);
                let back = self.b.ins().sshr(r, n);
                let lost = self.b.ins().icmp(IntCC::NotEqual, back, x);
                self.deopt_if(lost, s, Reason::IntOverflow);
                r
            }
            IntOp::Shr => {
                let n = self.b.ins().sshr_imm_u(y, 2);
                let large = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, n, 63);
                self.deopt_if(large, s, Reason::DivisionByZero);
                let r = self.b.ins().sshr(x, n);
                self.b.ins().band_imm_s(r, -4)
            }
            IntOp::FloorDiv | IntOp::Mod => self.divide(op, x, y, s),
        }
    }

    /// Floor division and modulo: the quotient of scaled numbers is the quotient, their remainder the scaled remainder.
    fn divide(&mut self, op: IntOp, x: ir::Value, y: ir::Value, s: StateId) -> ir::Value {
        let zero = self.icmp_imm(IntCC::Equal, y, 0);
        self.deopt_if(zero, s, Reason::DivisionByZero);
        if op == IntOp::FloorDiv {
            // Only -2^61 // -1 leaves 62 bits; it also is the one division the processor refuses.
            let least = self.icmp_imm(IntCC::Equal, x, i64::MIN);
            self.deopt_if(least, s, Reason::IntOverflow);
        } else {
            let least = self.icmp_imm(IntCC::Equal, x, i64::MIN);
            self.deopt_if(least, s, Reason::IntOverflow);
        }
        let r = self.b.ins().srem(x, y);
        let nonzero = self.icmp_imm(IntCC::NotEqual, r, 0);
        let sign = self.b.ins().bxor(r, y);
        let differ = self.icmp_imm(IntCC::SignedLessThan, sign, 0);
        let adjust = self.b.ins().band(nonzero, differ);
        if op == IntOp::Mod {
            let up = self.b.ins().iadd(r, y);
            return self.b.ins().select(adjust, up, r);
        }
        let q = self.b.ins().sdiv(x, y);
        let one = self.b.ins().uextend(types::I64, adjust);
        let q = self.b.ins().isub(q, one);
        self.b.ins().ishl_imm_u(q, 2)
    }

    /// Exact below 2^53 on both sides, as `arith::fast`.
    fn true_divide(&mut self, a: Val, b: Val, s: StateId) -> ir::Value {
        let (x, y) = (self.val(a), self.val(b));
        for v in [x, y] {
            let up = self.b.ins().iadd_imm_s(v, 1 << 55);
            let wide = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, up, 1 << 56);
            self.deopt_if(wide, s, Reason::IntOverflow);
        }
        let zero = self.icmp_imm(IntCC::Equal, y, 0);
        self.deopt_if(zero, s, Reason::DivisionByZero);
        let (p, q) = (self.b.ins().fcvt_from_sint(types::F64, x), self.b.ins().fcvt_from_sint(types::F64, y));
        self.b.ins().fdiv(p, q)
    }

    fn helper(&mut self, h: Helper, args: &[Val], s: StateId) -> Option<ir::Value> {
        if h == Helper::ListAppend {
            return Some(self.list_append(args[0], args[1]));
        }
        let written = h.observes().then(|| self.observe(s));
        // A helper with such an argument writes to the stack itself.
        self.aside = args.iter().any(|&a| matches!(self.f.inst(a).op, Op::StackAddress(_)));
        if self.aside {
            self.homes.clear();
        }
        let way = (h.returns() != Returns::Plain).then(|| self.way_out(s, Kind::Raise));
        self.aside = false;
        let words: Vec<ir::Value> = args.iter().map(|&a| self.boxed(a)).collect();
        let consumes_last = h == Helper::StoreCell;
        let r = self.call_helper(h, &words);
        if let Some(w) = written {
            self.observed(w);
        }
        for (i, (&a, &w)) in args.iter().zip(&words).enumerate() {
            if !(consumes_last && i + 1 == args.len()) {
                self.drop_temporary(a, w);
            }
        }
        let Some(way) = way else { return Some(r) };
        if h.returns() != Returns::Truth {
            self.leave_by(way, r, false);
            return Some(r);
        }
        let failed = self.icmp_imm(IntCC::Equal, r, 2);
        self.leave_by(way, failed, true);
        Some(self.b.ins().ireduce(types::I8, r))
    }

    /// Moves a value to the end of a list: in place where there is room.
    fn list_append(&mut self, list: Val, value: Val) -> ir::Value {
        let (l, w) = (self.val(list), self.boxed(value));
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let out = self.b.append_block_param(done, types::I64);
        let len = self.load(types::I64, l, layout::LIST_LEN);
        let room = self.load(types::I64, l, layout::LIST_ALLOCATED);
        let full = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, len, room);
        self.leave_if(full, slow);
        let items = self.load(types::I64, l, layout::LIST_ITEMS);
        let offset = self.b.ins().ishl_imm_u(len, 3);
        let place = self.b.ins().iadd(items, offset);
        self.store(w, place, 0);
        let more = self.b.ins().iadd_imm_s(len, 1);
        self.store(more, l, layout::LIST_LEN);
        self.b.ins().jump(done, &[ir::BlockArg::Value(more)]);
        self.b.switch_to_block(slow);
        let r = self.call_helper(Helper::ListAppend, &[l, w]);
        self.b.ins().jump(done, &[ir::BlockArg::Value(r)]);
        self.b.switch_to_block(done);
        out
    }

    pub fn call_mem(&mut self, h: Helper, base: u32, extra: &[Val], s: StateId) -> ir::Value {
        let entries = self.f.state(s).stack.clone();
        let origin = self.f.state(s).origin();
        for (i, e) in entries.iter().enumerate().skip(base as usize) {
            self.store_entry(*e, origin + i as u32);
        }
        let written = if h.observes() {
            Some(self.observe(s))
        } else {
            self.store_pc(s);
            None
        };
        let way = self.way_out(s, Kind::RaiseKeep(base));
        let place = self.stack_address(origin + base);
        let n = self.iconst((entries.len() - base as usize) as i64);
        let mut args = vec![place, n];
        for &x in extra {
            let w = self.boxed(x);
            args.push(w);
        }
        let r = self.call_helper(h, &args);
        if let Some(w) = written {
            self.observed(w);
        }
        self.leave_by(way, r, false);
        r
    }

    fn poll(&mut self, s: StateId) {
        let at = self.iconst(layout::breaker() as i64);
        let bits = self.load(types::I32, at, 0);
        let (cold, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().brif(bits, cold, &[], done, &[]);
        self.b.switch_to_block(cold);
        let dirty = self.dirty.clone();
        self.sync(s);
        self.store_pc(s);
        let r = self.call_helper(Helper::Poll, &[]);
        // An error, or tools watch: the interpreter goes on from here.
        let on = self.icmp_imm(IntCC::Equal, r, 1);
        self.aside = true;
        self.deopt_unless(on, s, Reason::Watched);
        self.aside = false;
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        // The quick path has brought nothing up to date.
        self.dirty = dirty;
    }
}
