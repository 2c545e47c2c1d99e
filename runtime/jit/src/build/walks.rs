//! Loops whose iterator lives in registers: over ranges, sequences, dicts, `enumerate`, `zip` and `reversed` of them; tuples that are
//! taken apart as soon as they are made.
//!
//! Invariant: an iterator in registers is one that nobody else can see: it was made by this code, or its count is one.

use super::scan::{self, Instr};
use super::{Builder, Kind, feedback};
use crate::helpers::{Helper, walks};
use crate::hir::*;
use crate::layout;
use adder_builtins::containers::range;
use adder_builtins::core::iterators::enumerate::ENUMERATE;
use adder_builtins::core::iterators::reversed::REVERSED;
use adder_builtins::core::iterators::zip::ZIP;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_mem::header::Header;
use adder_object::{Obj, ObjExt, StaticType, types};

/// Container, index, what goes with them.
type Parts = (Val, Val, Option<Val>);

impl Builder<'_> {
    /// Whether the result of the call under way is looped over at once.
    fn is_looped_over(&self, i: &Instr) -> bool {
        scan::decode(self.code, i.next).is_some_and(|x| x.op == O::GET_ITER)
    }
    /// As `is_looped_over`, by a loop here in which nothing has failed.
    fn is_walked(&self, i: &Instr, n: usize) -> bool {
        let Some(get) = scan::decode(self.code, i.next).filter(|x| x.op == O::GET_ITER) else { return false };
        !self.stays_object(self.stack.len().saturating_sub(n + 2)) && !self.failed() && self.is_loop(get.next)
    }
    /// Whether a loop begins at a unit in which nothing has failed.
    pub fn is_loop(&self, unit: u32) -> bool {
        scan::decode(self.code, unit).is_some_and(|x| x.op == O::FOR_ITER && self.failures(x.start) == 0)
    }
    /// Whether the result of the call under way, whose callable is `at` deep, goes to a class alone, and that is looped over.
    fn is_called(&mut self, i: &Instr, at: usize, class: &'static StaticType) -> bool {
        let Some(next) = scan::decode(self.code, i.next).filter(|x| x.op == O::CALL && x.arg == 1) else {
            return false;
        };
        if !self.is_looped_over(&next) || self.failures(next.start) > 0 || self.stack.len() < at + 2 {
            return false;
        }
        match (self.peek(at + 1), self.peek(at + 2)) {
            (Entry::Null, Entry::Val(v, _)) => self.constant(v).is_some_and(|c| c.is(&class.obj())),
            _ => false,
        }
    }

    /// A call of `enumerate`, `zip` or `reversed` that is looped over.
    pub fn walk_call(&mut self, i: &Instr, class: &Obj, n: usize) -> bool {
        if matches!(self.peek(1), Entry::Range { .. }) && class.is(&REVERSED.obj()) && n == 1 {
            let at = self.stack.len();
            self.stack.drain(at - 3..at - 1);
            return true;
        }
        if !self.is_walked(i, n) {
            return false;
        }
        if class.is(&REVERSED.obj()) && n == 1 {
            let Some(list) = self.sequence(1, Sequence::List) else { return false };
            let len = self.emit(Op::Load(list, layout::LIST_LEN, Width::U64), Repr::Raw, Ty::Any);
            let len = self.emit(Op::RawToInt(len), Repr::Int, Ty::Int);
            let one = self.emit(Op::Int(1), Repr::Int, Ty::Int);
            let last = self.emit(Op::Int2Wrap(IntOp::Sub, len, one), Repr::Int, Ty::Int);
            return self.start_walk(n, (list, last, None), Walk::Reversed);
        }
        if class.is(&ENUMERATE.obj()) && (n == 1 || n == 2) {
            let of = self.likely_sequence(n);
            let Some(seq) = self.sequence(n, of) else { return false };
            let start = match (n, self.peek(1)) {
                (1, _) => self.emit(Op::Int(0), Repr::Int, Ty::Int),
                (_, Entry::Val(v, _)) => match self.f.inst(v).op {
                    Op::Int(k) if k.abs() < 1 << 50 => v,
                    _ => return false,
                },
                _ => return false,
            };
            let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
            return self.start_walk(n, (seq, zero, Some(start)), Walk::Numbered(of));
        }
        if class.is(&ZIP.obj()) && n == 2 {
            let (a, b) = (self.likely_sequence(2), self.likely_sequence(1));
            let Some(first) = self.sequence(2, a) else { return false };
            let Some(second) = self.sequence(1, b) else { return false };
            let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
            return self.start_walk(n, (first, zero, Some(second)), Walk::Zipped(a, b));
        }
        false
    }
    /// A method of a dict whose view is looped over.
    pub fn walk_dict(&mut self, name: &str) -> bool {
        let walk = match name {
            "keys" => Walk::Keys,
            "values" => Walk::Values,
            "items" => Walk::Items,
            _ => return false,
        };
        if !self.is_walked(&self.instr, 0) {
            return false;
        }
        let dict = self.peek_val(1);
        self.dict_walk(dict, walk, 2)
    }
    /// A walk over the dict on top, which with what is below it makes `n` entries.
    pub fn dict_walk(&mut self, dict: Val, walk: Walk, n: usize) -> bool {
        let used = self.emit(Op::Load(dict, layout::DICT_USED, Width::U64), Repr::Raw, Ty::Any);
        let filled = self.emit(Op::Load(dict, layout::DICT_FILLED, Width::U32), Repr::Raw, Ty::Any);
        let dense = self.emit(Op::Is(used, filled), Repr::Bool, Ty::Bool);
        self.guard(dense, Reason::OtherType);
        let used = self.emit(Op::RawToInt(used), Repr::Int, Ty::Int);
        let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
        let at = self.stack.len() - 1;
        self.own_all(at);
        self.stack.truncate(self.stack.len() - n);
        self.stack.push(Entry::Seq { seq: dict, index: zero, walk, other: Some(used) });
        self.state_changed();
        true
    }
    /// The value `n` deep, found to be such a sequence, with a reference of its own.
    fn sequence(&mut self, n: usize, of: Sequence) -> Option<Val> {
        let v = self.peek_val(n);
        if !self.may_be(v, feedback::type_address(of.ty())) {
            return None;
        }
        Some(self.guard_type(v, of.ty()))
    }
    fn likely_sequence(&mut self, n: usize) -> Sequence {
        let v = self.peek_val(n);
        let is = |of: Sequence| self.f.ty(v) == Ty::Exact(feedback::type_address(of.ty()));
        match self.hints.get(&v) {
            Some(Kind::Tuple) => Sequence::Tuple,
            Some(Kind::Str) => Sequence::Str,
            _ => [Sequence::Tuple, Sequence::Str].into_iter().find(|&of| is(of)).unwrap_or(Sequence::List),
        }
    }
    /// The walk takes the place of callable, NULL and `n` arguments, whose references it keeps.
    fn start_walk(&mut self, n: usize, (seq, index, other): Parts, walk: Walk) -> bool {
        for at in self.stack.len() - n..self.stack.len() {
            self.own_all(at);
        }
        self.stack.truncate(self.stack.len() - n - 2);
        self.stack.push(Entry::Seq { seq, index, walk, other });
        self.state_changed();
        true
    }

    /// FOR_ITER of an iterator in registers.
    pub fn for_walk(&mut self, i: &Instr, (seq, index, other): Parts, walk: Walk) -> bool {
        let more = self.has_more((seq, index, other), walk);
        self.loop_branch(i, more, |b| {
            let item = b.walk_item((seq, index, other), walk);
            let one = b.emit(Op::Int(1), Repr::Int, Ty::Int);
            let step = if walk == Walk::Reversed { IntOp::Sub } else { IntOp::Add };
            let after = b.emit(Op::Int2Wrap(step, index, one), Repr::Int, Ty::Int);
            let at = b.stack.len() - 1;
            b.stack[at] = Entry::Seq { seq, index: after, walk, other };
            match item {
                (v, None) => b.push_owned(v),
                (a, Some(z)) => {
                    b.f.tuples.push(vec![a, z]);
                    b.stack.push(Entry::Tuple(b.f.tuples.len() as u32 - 1));
                }
            }
            b.state_changed();
        })
    }
    fn in_bounds(&mut self, seq: Val, index: Val, length_at: i32) -> Val {
        let len = self.emit(Op::Load(seq, length_at, Width::U64), Repr::Raw, Ty::Any);
        self.emit(Op::InBounds(index, len), Repr::Bool, Ty::Bool)
    }
    fn has_more(&mut self, (seq, index, other): Parts, walk: Walk) -> Val {
        match (walk, other) {
            (Walk::List | Walk::Reversed, _) => self.in_bounds(seq, index, layout::LIST_LEN),
            (Walk::Tuple, _) => self.in_bounds(seq, index, layout::TUPLE_LEN),
            (Walk::Str, _) => self.in_bounds(seq, index, layout::STR_LEN),
            (Walk::Numbered(of), _) => self.in_bounds(seq, index, of.length_at()),
            (Walk::Zipped(a, b), Some(second)) => {
                let a = self.in_bounds(seq, index, a.length_at());
                let b = self.in_bounds(second, index, b.length_at());
                self.emit(Op::BoolAnd(a, b), Repr::Bool, Ty::Bool)
            }
            (_, other) => {
                // A dict that grew or shrank since raises an error, which the interpreter does.
                let used = self.emit(Op::Load(seq, layout::DICT_USED, Width::U64), Repr::Raw, Ty::Any);
                let before = other.unwrap_or(index);
                let before = self.emit(Op::IntToRaw(before), Repr::Raw, Ty::Any);
                let same = self.emit(Op::Is(used, before), Repr::Bool, Ty::Bool);
                self.guard(same, Reason::ExceptionPath);
                let filled = self.emit(Op::Load(seq, layout::DICT_FILLED, Width::U32), Repr::Raw, Ty::Any);
                self.emit(Op::InBounds(index, filled), Repr::Bool, Ty::Bool)
            }
        }
    }
    /// The next item, or both of a pair, with references of their own.
    fn walk_item(&mut self, (seq, index, other): Parts, walk: Walk) -> (Val, Option<Val>) {
        match (walk, other) {
            (Walk::Keys | Walk::Values | Walk::Items, _) => self.entry_parts(seq, index, walk),
            (Walk::Numbered(of), Some(start)) => {
                let v = self.owned_item(seq, index, of);
                let number = match self.f.inst(start).op {
                    Op::Int(0) => index,
                    _ => self.emit(Op::Int2Wrap(IntOp::Add, index, start), Repr::Int, Ty::Int),
                };
                (number, Some(v))
            }
            (Walk::Zipped(a, b), Some(second)) => {
                let a = self.owned_item(seq, index, a);
                (a, Some(self.owned_item(second, index, b)))
            }
            (Walk::Str, _) => (self.owned_item(seq, index, Sequence::Str), None),
            (Walk::Tuple, _) => (self.owned_item(seq, index, Sequence::Tuple), None),
            _ => (self.owned_item(seq, index, Sequence::List), None),
        }
    }
    fn owned_item(&mut self, seq: Val, index: Val, of: Sequence) -> Val {
        if of == Sequence::Str {
            let raw = self.emit(Op::IntToRaw(index), Repr::Raw, Ty::Any);
            let state = self.state();
            let ty = Ty::Exact(feedback::type_address(&types::STR));
            let op = Op::Call { helper: Helper::StrIndex, args: vec![seq, raw], state };
            return self.emit(op, Repr::Word, ty);
        }
        let v = self.item(seq, index, of == Sequence::Tuple);
        self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
        v
    }
    fn entry_parts(&mut self, dict: Val, index: Val, walk: Walk) -> (Val, Option<Val>) {
        // Entries are three words long.
        let twice = self.emit(Op::Int2Wrap(IntOp::Add, index, index), Repr::Int, Ty::Int);
        let place = self.emit(Op::Int2Wrap(IntOp::Add, twice, index), Repr::Int, Ty::Int);
        let entries = self.emit(Op::Load(dict, layout::DICT_ENTRIES, Width::U64), Repr::Raw, Ty::Any);
        let key = self.emit(Op::LoadIndex(entries, place, layout::ENTRY_KEY), Repr::Word, Ty::Any);
        self.guard_there(key, Reason::OtherType);
        let mut owned = |v: Val| {
            self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
            v
        };
        if walk == Walk::Keys {
            return (owned(key), None);
        }
        if walk == Walk::Items {
            owned(key);
        }
        let value = self.emit(Op::LoadIndex(entries, place, layout::ENTRY_VALUE), Repr::Word, Ty::Any);
        self.emit(Op::Incref(value), Repr::Raw, Ty::Any);
        if walk == Walk::Items { (key, Some(value)) } else { (value, None) }
    }

    /// A tuple in registers becomes an object.
    pub fn materialise(&mut self, at: usize) {
        if let Some(&Entry::Tuple(t)) = self.stack.get(at) {
            let v = self.tuple_object(t);
            self.stack[at] = Entry::Val(v, Own::Owned);
            self.state_changed();
        }
    }
    /// The `n` top entries as objects.
    pub fn materialise_top(&mut self, n: usize) {
        for at in self.stack.len().saturating_sub(n)..self.stack.len() {
            self.materialise(at);
        }
    }

    /// Iterators on the stack of a frame that is entered in the middle of its loops.
    pub fn adopt_iterators(&mut self) {
        for depth in 0..self.stack.len() {
            let Entry::Val(v, _) = self.stack[depth] else { continue };
            // SAFETY: FRAME-1: the frame is whole; the word is looked at, not kept.
            let w = unsafe { *adder_interp::frame::Frame::stack_base(self.req.frame).add(depth) };
            if w == 0 || w & 7 != 0 || self.failed() || self.stays_object(depth) {
                continue;
            }
            // SAFETY: a pointer word of a live frame.
            let o = unsafe { Obj::view(&w) };
            self.adopt(depth, v, o);
        }
    }

    fn adopt(&mut self, depth: usize, v: Val, o: &Obj) {
        if o.header().is_none_or(|h: &Header| h.refcount() != 1) {
            return;
        }
        if let Some(r) = o.get_exact::<range::RangeIter>() {
            let step = r.step;
            if step == 0 || step.abs() >= 1 << 20 {
                return;
            }
            // Another positive step may come another time.
            self.adopt_range(depth, v, (step <= 1).then_some(step));
        } else if let Some(walk) = walks::walk_of(o) {
            self.adopt_walk(depth, v, walk);
        }
        self.state_changed();
    }
    /// A range iterator with this step, or any positive one.
    pub fn adopt_range(&mut self, depth: usize, v: Val, step: Option<i64>) {
        let v = self.guard_type(v, &range::RANGE_ITERATOR);
        let (wanted, any) = (step.unwrap_or(0), step.is_none());
        let (k, state) = (self.emit(Op::Raw(wanted), Repr::Raw, Ty::Any), self.state());
        let args = vec![v, k];
        let stop = self.emit(Op::Call { helper: Helper::AdoptRange, args, state }, Repr::Raw, Ty::Any);
        let stop = self.emit(Op::AdoptedInt(stop, state), Repr::Int, Ty::Int);
        let raw = self.emit(Op::Load(v, layout::RANGE_ITER_NEXT, Width::U64), Repr::Raw, Ty::Any);
        let next = self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int);
        let by = any.then(|| {
            let raw = self.emit(Op::Load(v, layout::RANGE_ITER_STEP, Width::U64), Repr::Raw, Ty::Any);
            self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int)
        });
        self.emit(Op::Decref(v), Repr::Raw, Ty::Any);
        self.stack[depth] = Entry::Range { next, stop, step: step.unwrap_or(1), by };
    }
    pub fn adopt_walk(&mut self, depth: usize, v: Val, walk: Walk) {
        let (number, state) = (self.emit(Op::Raw(walk.number()), Repr::Raw, Ty::Any), self.state());
        let call = Op::Call { helper: Helper::AdoptWalk, args: vec![v, number], state };
        let ok = self.emit(call, Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::OtherType);
        let parts = walks::PARTS.get().as_ptr() as usize;
        let exact = |t: &'static StaticType| Ty::Exact(feedback::type_address(t));
        let ty = match walk {
            Walk::List | Walk::Reversed => exact(&types::LIST),
            Walk::Tuple => exact(&types::TUPLE),
            Walk::Str => exact(&types::STR),
            Walk::Numbered(of) | Walk::Zipped(of, _) => exact(of.ty()),
            Walk::Keys | Walk::Values | Walk::Items => exact(&types::DICT),
        };
        let seq = self.emit(Op::LoadAbs(parts), Repr::Word, ty);
        let index = self.emit(Op::LoadAbs(parts + 8), Repr::Raw, Ty::Any);
        let index = self.emit(Op::RawToInt(index), Repr::Int, Ty::Int);
        let other = match walk {
            Walk::List | Walk::Tuple | Walk::Str | Walk::Reversed => None,
            Walk::Zipped(_, of) => Some(self.emit(Op::LoadAbs(parts + 16), Repr::Word, exact(of.ty()))),
            _ => {
                let n = self.emit(Op::LoadAbs(parts + 16), Repr::Raw, Ty::Any);
                Some(self.emit(Op::RawToInt(n), Repr::Int, Ty::Int))
            }
        };
        self.emit(Op::Incref(seq), Repr::Raw, Ty::Any);
        if let Some(second) = other.filter(|_| walk.second()) {
            self.emit(Op::Incref(second), Repr::Raw, Ty::Any);
        }
        self.emit(Op::Decref(v), Repr::Raw, Ty::Any);
        self.stack[depth] = Entry::Seq { seq, index, walk, other };
    }

    /// `for ... in range(...)`: the iterator lives in registers. The GET_ITER that follows finds it made.
    pub fn range_loop(&mut self, i: &Instr, n: usize) -> bool {
        let backward = n < 3 && self.is_called(i, n + 2, &REVERSED);
        let at = self.stack.len().saturating_sub(n + 2);
        if self.stays_object(at) || !(1..=3).contains(&n) || !backward && !self.is_looped_over(i) {
            return false;
        }
        for k in 1..=n {
            let v = self.peek_val(k);
            if self.f.repr(v) == Repr::Word && self.f.ty(v) != Ty::Any && self.f.ty(v) != Ty::Int {
                return false;
            }
        }
        let mut by = None;
        let step = if n == 3 {
            let v = self.peek_val(1);
            match self.f.inst(v).op {
                Op::Int(k) if k != 0 && k.abs() < 1 << 20 => k,
                Op::Int(_) => return false,
                _ => {
                    let k = self.as_int(v);
                    let ok = self.emit(Op::IsWithin(k, 1, 1 << 20), Repr::Bool, Ty::Bool);
                    self.guard(ok, Reason::OtherValue);
                    by = Some(k);
                    1
                }
            }
        } else {
            1
        };
        let (start, stop) = match n {
            1 => {
                let v = self.peek_val(1);
                (self.emit(Op::Int(0), Repr::Int, Ty::Int), self.as_int(v))
            }
            2 => {
                let (a, b) = (self.peek_val(2), self.peek_val(1));
                (self.as_int(a), self.as_int(b))
            }
            _ => {
                let (a, b) = (self.peek_val(3), self.peek_val(2));
                (self.as_int(a), self.as_int(b))
            }
        };
        // Far from the borders, so that stepping over the stop cannot overflow.
        for v in [start, stop] {
            if matches!(self.f.inst(v).op, Op::Int(k) if k.abs() < 1 << 59) {
                continue;
            }
            let near = self.emit(Op::FarFromBorder(v), Repr::Bool, Ty::Bool);
            self.guard(near, Reason::IntOverflow);
        }
        self.finish(n + 2, None);
        if !backward {
            self.stack.push(Entry::Range { next: start, stop, step, by });
            return true;
        }
        // The call of `reversed` that follows finds it made.
        let one = self.emit(Op::Int(1), Repr::Int, Ty::Int);
        let next = self.emit(Op::Int2Wrap(IntOp::Sub, stop, one), Repr::Int, Ty::Int);
        let stop = self.emit(Op::Int2Wrap(IntOp::Sub, start, one), Repr::Int, Ty::Int);
        self.stack.push(Entry::Range { next, stop, step: -1, by: None });
        true
    }
}
