//! Loops and subscripts: iterators kept in registers, items of lists and tuples read in place.
//!
//! Invariant: an iterator in registers is one that nobody else can see: it was made by this code, or its count is one.

use super::scan::{self, Instr};
use super::{Builder, Kind, feedback};
use crate::helpers::{Helper, NO_WORD};
use crate::hir::*;
use crate::layout;
use adder_isa::Opcode as O;
use adder_isa::reasons::Reason;
use adder_object::types;

impl Builder<'_> {
    pub fn get_iter(&mut self, i: &Instr) -> bool {
        if matches!(self.peek(1), Entry::Range { .. } | Entry::Seq { .. }) {
            return true;
        }
        let mut v = self.peek_val(1);
        let stays = self.stays_object(self.stack.len() - 1);
        if !stays && !self.failed() && self.is_loop(i.next) {
            if let Some(t) = self.walked_type(i.next).filter(|t| self.may_be(v, *t)) {
                v = self.guard_exact(v, t);
            }
            if self.f.ty(v) == Ty::Exact(feedback::type_address(&types::DICT)) {
                return self.dict_walk(v, Walk::Keys, 1);
            }
            if self.f.ty(v) == Ty::Exact(feedback::type_address(&types::STR)) {
                let index = self.emit(Op::Int(0), Repr::Int, Ty::Int);
                let at = self.stack.len() - 1;
                self.own_all(at);
                self.stack[at] = Entry::Seq { seq: v, index, walk: Walk::Str, other: None };
                self.state_changed();
                return true;
            }
        }
        let next = scan::decode(self.code, i.next);
        let wanted = next.filter(|n| n.op == O::FOR_ITER && !self.failed()).map(|n| n.now);
        let (list, tuple) = (feedback::type_address(&types::LIST), feedback::type_address(&types::TUPLE));
        let kind = match (self.f.ty(v), wanted) {
            (_, None) => None,
            (Ty::Exact(t), _) if t == list => Some(false),
            (Ty::Exact(t), _) if t == tuple => Some(true),
            (Ty::Any | Ty::Heap, Some(O::FOR_ITER_LIST)) => Some(false),
            (Ty::Any | Ty::Heap, Some(O::FOR_ITER_TUPLE)) => Some(true),
            _ => None,
        };
        let Some(is_tuple) = kind.filter(|_| !stays) else {
            self.call(Helper::GetIter, vec![v], 1, Repr::Word, Ty::Any);
            return true;
        };
        let seq = self.guard_type(v, if is_tuple { &types::TUPLE } else { &types::LIST });
        let at = self.stack.len() - 1;
        self.own_all(at);
        self.stack.pop();
        let index = self.emit(Op::Int(0), Repr::Int, Ty::Int);
        let walk = if is_tuple { Walk::Tuple } else { Walk::List };
        self.stack.push(Entry::Seq { seq, index, walk, other: None });
        true
    }

    /// The built-in type that iterators of a loop walked over, as the interpreter saw it; those of other forms aside.
    fn walked_type(&self, unit: u32) -> Option<usize> {
        let next = scan::decode(self.code, unit).filter(|n| n.now == O::FOR_ITER)?;
        let seen = self.cache(&next)?.extra.get() as usize;
        let walks = [
            (&adder_builtins::text::str::iter::STR_ASCII_ITERATOR, &types::STR),
            (&adder_builtins::text::str::iter::STR_ITERATOR, &types::STR),
            (&adder_builtins::containers::dict_iter::KEY_ITERATOR, &types::DICT),
        ];
        let found = walks.into_iter().find(|w| feedback::type_address(w.0) == seen);
        found.map(|w| feedback::type_address(w.1))
    }

    pub fn for_iter(&mut self, i: &Instr) -> bool {
        match self.peek(1) {
            Entry::Range { next, stop, step, by } => self.for_range(i, (next, stop), step, by),
            Entry::Seq { seq, index, walk, other } => self.for_walk(i, (seq, index, other), walk),
            Entry::Val(it, _) => match i.now {
                _ if self.failed() => self.for_any(i, it),
                O::FOR_ITER_RANGE => self.for_range_object(i, it),
                O::FOR_ITER_LIST | O::FOR_ITER_TUPLE => self.for_seq_object(i, it, i.now == O::FOR_ITER_TUPLE),
                _ => self.for_any(i, it),
            },
            Entry::Null | Entry::Tuple(_) => self.exit(Reason::CompilerError),
        }
    }

    /// Branches to the body (`fill` pushes the item there) or behind the loop.
    pub fn loop_branch(&mut self, i: &Instr, more: Val, fill: impl FnOnce(&mut Self)) -> bool {
        self.own_stack();
        let saved = (self.locals.clone(), self.stack.clone(), self.facts.clone());
        let done = self.edge(i.next + i.arg + 1);
        let head = self.block;
        let body = self.new_block(i.next);
        (self.locals, self.stack, self.facts) = saved;
        self.f.block_mut(body).locals = self.locals.clone();
        self.block = body;
        self.state = None;
        fill(self);
        let e = self.edge(i.next);
        self.terminate(Term::Jump(e));
        self.block = head;
        self.terminate(Term::Branch(more, Edge::to(body), done));
        false
    }

    fn for_range(&mut self, i: &Instr, (next, stop): (Val, Val), step: i64, by: Option<Val>) -> bool {
        let cmp = if step > 0 { Cmp::Lt } else { Cmp::Gt };
        let more = self.emit(Op::CmpInt(cmp, next, stop), Repr::Bool, Ty::Bool);
        self.loop_branch(i, more, |b| {
            let k = match by {
                Some(v) => v,
                None => b.emit(Op::Int(step), Repr::Int, Ty::Int),
            };
            let after = b.emit(Op::Int2Wrap(IntOp::Add, next, k), Repr::Int, Ty::Int);
            let at = b.stack.len() - 1;
            b.stack[at] = Entry::Range { next: after, stop, step, by };
            b.push_owned(next);
        })
    }

    /// Item `index` of a list or tuple, known to be within it.
    pub fn item(&mut self, seq: Val, index: Val, tuple: bool) -> Val {
        if tuple {
            return self.emit(Op::LoadIndex(seq, index, layout::TUPLE_ITEMS), Repr::Word, Ty::Any);
        }
        let items = self.emit(Op::Load(seq, layout::LIST_ITEMS, Width::U64), Repr::Raw, Ty::Any);
        self.emit(Op::LoadIndex(items, index, 0), Repr::Word, Ty::Any)
    }

    /// A list or tuple iterator that stays an object: its fields are read and written in place; its end goes the long way.
    fn for_seq_object(&mut self, i: &Instr, it: Val, is_tuple: bool) -> bool {
        use adder_builtins::containers::{list_iter, tuple};
        self.own_stack();
        let it = self.guard_type(it, if is_tuple { &tuple::TUPLE_ITERATOR } else { &list_iter::LIST_ITERATOR });
        self.before_effect();
        let state = self.state();
        let (slow, join) = (self.new_block(i.start), self.new_block(i.start));
        let p = self.f.add(Op::Param, Repr::Word, Ty::Any);
        self.f.block_mut(join).params = vec![p];
        self.f.block_mut(slow).cold = true;
        self.next_of_object(it, is_tuple, slow, join);
        self.block = slow;
        let v = self.emit(Op::Call { helper: Helper::ForNext, args: vec![it], state }, Repr::Word, Ty::Any);
        self.terminate(Term::Jump(Edge { block: join, args: vec![v], state: None }));
        self.block = join;
        self.facts.clear();
        self.until_end(i, p)
    }
    /// The body with the item that an iterator gave, or behind the loop at its end.
    fn until_end(&mut self, i: &Instr, v: Val) -> bool {
        self.after_next.extend([i.next, i.next + i.arg + 1]);
        let ended = self.is_no_word(v);
        let more = self.emit(Op::Not(ended), Repr::Bool, Ty::Bool);
        self.loop_branch(i, more, |b| b.push_owned(v))
    }
    /// Whether a helper gave no value: there is no more, or only the interpreter can tell.
    pub fn is_no_word(&mut self, v: Val) -> Val {
        let end = self.word(NO_WORD);
        self.emit(Op::Is(v, end), Repr::Bool, Ty::Bool)
    }
    /// The next item goes to `join`; when there is none, or the sequence is gone, `slow` takes over.
    fn next_of_object(&mut self, it: Val, is_tuple: bool, slow: BlockId, join: BlockId) {
        let (at, index_at, len_at) = if is_tuple {
            (layout::TUPLE_ITER_SEQ, layout::TUPLE_ITER_INDEX, layout::TUPLE_LEN)
        } else {
            (layout::LIST_ITER_SEQ, layout::LIST_ITER_INDEX, layout::LIST_LEN)
        };
        let seq = self.emit(Op::Load(it, at, Width::U64), Repr::Word, Ty::Heap);
        let zero = self.word(0);
        let gone = self.emit(Op::Is(seq, zero), Repr::Bool, Ty::Bool);
        let (there, inside) = (self.new_block(self.instr.start), self.new_block(self.instr.start));
        self.terminate(Term::Branch(gone, Edge::to(slow), Edge::to(there)));
        self.block = there;
        let raw = self.emit(Op::Load(it, index_at, Width::U64), Repr::Raw, Ty::Any);
        let index = self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int);
        let len = self.emit(Op::Load(seq, len_at, Width::U64), Repr::Raw, Ty::Any);
        let more = self.emit(Op::InBounds(index, len), Repr::Bool, Ty::Bool);
        self.terminate(Term::Branch(more, Edge::to(inside), Edge::to(slow)));
        self.block = inside;
        let v = self.item(seq, index, is_tuple);
        self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
        let one = self.emit(Op::Int(1), Repr::Int, Ty::Int);
        let after = self.emit(Op::Int2Wrap(IntOp::Add, index, one), Repr::Int, Ty::Int);
        let after = self.emit(Op::IntToRaw(after), Repr::Raw, Ty::Any);
        self.emit(Op::Store(it, index_at, after), Repr::Raw, Ty::Any);
        self.terminate(Term::Jump(Edge { block: join, args: vec![v], state: None }));
    }
    fn for_range_object(&mut self, i: &Instr, it: Val) -> bool {
        let it = self.guard_type(it, &adder_builtins::containers::range::RANGE_ITERATOR);
        let left = self.emit(Op::Load(it, layout::RANGE_ITER_REMAINING, Width::U64), Repr::Raw, Ty::Any);
        let left = self.emit(Op::RawToInt(left), Repr::Int, Ty::Int);
        let zero = self.emit(Op::Int(0), Repr::Int, Ty::Int);
        let more = self.emit(Op::CmpInt(Cmp::Gt, left, zero), Repr::Bool, Ty::Bool);
        let raw = self.emit(Op::Load(it, layout::RANGE_ITER_NEXT, Width::U64), Repr::Raw, Ty::Any);
        let next = self.emit(Op::RawToInt(raw), Repr::Int, Ty::Int);
        let near = self.emit(Op::FarFromBorder(next), Repr::Bool, Ty::Bool);
        self.guard(near, Reason::IntOverflow);
        self.loop_branch(i, more, |b| {
            let step = b.emit(Op::Load(it, layout::RANGE_ITER_STEP, Width::U64), Repr::Raw, Ty::Any);
            let step = b.emit(Op::RawToInt(step), Repr::Int, Ty::Int);
            let after = b.emit(Op::Int2Wrap(IntOp::Add, next, step), Repr::Int, Ty::Int);
            let after = b.emit(Op::IntToRaw(after), Repr::Raw, Ty::Any);
            b.emit(Op::Store(it, layout::RANGE_ITER_NEXT, after), Repr::Raw, Ty::Any);
            let one = b.emit(Op::Int(1), Repr::Int, Ty::Int);
            let less = b.emit(Op::Int2Wrap(IntOp::Sub, left, one), Repr::Int, Ty::Int);
            let less = b.emit(Op::IntToRaw(less), Repr::Raw, Ty::Any);
            b.emit(Op::Store(it, layout::RANGE_ITER_REMAINING, less), Repr::Raw, Ty::Any);
            b.push_owned(next);
        })
    }

    fn for_any(&mut self, i: &Instr, it: Val) -> bool {
        self.own_stack();
        self.before_effect();
        let state = self.state();
        let v = self.emit(Op::Call { helper: Helper::ForNext, args: vec![it], state }, Repr::Word, Ty::Any);
        self.facts.clear();
        self.until_end(i, v)
    }

    /// `a[b]`.
    pub fn subscript(&mut self, i: &Instr) -> bool {
        if matches!(self.peek(1), Entry::Tuple(_)) {
            if let Entry::Val(a, _) = self.peek(2)
                && self.f.repr(a) == Repr::Word
                && let Some(back) = self.getitem(i, a)
            {
                return back;
            }
            self.materialise_top(2);
        }
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        let list = feedback::type_address(&types::LIST);
        let tuple = feedback::type_address(&types::TUPLE);
        let kind = match self.f.ty(a) {
            Ty::Exact(t) if t == list => Some(O::BINARY_OP_SUBSCR_LIST_INT),
            Ty::Exact(t) if t == tuple => Some(O::BINARY_OP_SUBSCR_TUPLE_INT),
            Ty::Any => Some(i.now),
            _ => None,
        };
        let int = matches!(self.f.repr(b), Repr::Int) || self.f.repr(b) == Repr::Word && self.f.ty(b) == Ty::Any;
        let int = int && (self.f.repr(b) == Repr::Int || i.now != O::BINARY_OP || self.hint(b) == Some(Kind::Int));
        if !self.failed() && int {
            match kind {
                Some(O::BINARY_OP_SUBSCR_LIST_INT) => return self.seq_item(a, b, false),
                Some(O::BINARY_OP_SUBSCR_TUPLE_INT) => return self.seq_item(a, b, true),
                Some(O::BINARY_OP_SUBSCR_STR_INT) => return self.str_item(a, b),
                _ => {}
            }
        }
        if self.dict_item(i, a, b) || !self.failed() && self.load_packed(i, a, b) {
            return true;
        }
        if !self.failed()
            && self.f.repr(a) == Repr::Word
            && let Some(back) = self.getitem(i, a)
        {
            return back;
        }
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        self.call(Helper::GetItem, vec![a, b], 2, Repr::Word, Ty::Any);
        true
    }
    fn seq_item(&mut self, a: Val, b: Val, is_tuple: bool) -> bool {
        let seq = self.guard_type(a, if is_tuple { &types::TUPLE } else { &types::LIST });
        let index = self.as_int(b);
        let index = self.checked_index(seq, index, is_tuple);
        let v = self.item(seq, index, is_tuple);
        self.finish(2, Some((v, Own::Heap)));
        true
    }
    /// The index counted from the start, known to be inside; the interpreter raises otherwise.
    fn checked_index(&mut self, seq: Val, index: Val, is_tuple: bool) -> Val {
        let at = if is_tuple { layout::TUPLE_LEN } else { layout::LIST_LEN };
        let len = self.emit(Op::Load(seq, at, Width::U64), Repr::Raw, Ty::Any);
        self.index_within(index, len)
    }
    /// As `checked_index`, by the length.
    pub fn index_within(&mut self, index: Val, len: Val) -> Val {
        let index = match self.f.inst(index).op {
            Op::Int(k) if k >= 0 => index,
            _ => self.emit(Op::WrapIndex(index, len), Repr::Int, Ty::Int),
        };
        let ok = self.emit(Op::InBounds(index, len), Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::IndexOutOfRange);
        index
    }
    fn str_item(&mut self, a: Val, b: Val) -> bool {
        let s = self.guard_type(a, &types::STR);
        let index = self.as_int(b);
        let len = self.emit(Op::Load(s, layout::STR_LEN, Width::U64), Repr::Raw, Ty::Any);
        let index = self.index_within(index, len);
        let raw = self.emit(Op::IntToRaw(index), Repr::Raw, Ty::Any);
        let ty = Ty::Exact(feedback::type_address(&types::STR));
        self.call(Helper::StrIndex, vec![s, raw], 2, Repr::Word, ty);
        true
    }

    /// Stack: value, container, key.
    pub fn store_subscr(&mut self, i: &Instr) -> bool {
        if matches!(self.peek(1), Entry::Tuple(_)) {
            self.materialise(self.stack.len().saturating_sub(3));
            if let Entry::Val(a, _) = self.peek(2)
                && self.f.repr(a) == Repr::Word
                && let Some(back) = self.setitem(i, a)
            {
                return back;
            }
        }
        self.materialise_top(3);
        let (a, b) = (self.peek_val(2), self.peek_val(1));
        let list = feedback::type_address(&types::LIST);
        let fits = match self.f.ty(a) {
            Ty::Exact(t) => t == list,
            Ty::Any => i.now == O::STORE_SUBSCR_LIST_INT,
            _ => false,
        };
        let int = self.f.repr(b) == Repr::Int
            || self.f.repr(b) == Repr::Word
                && self.f.ty(b) == Ty::Any
                && (i.now == O::STORE_SUBSCR_LIST_INT || self.hint(b) == Some(Kind::Int));
        if self.dict_store(i, a, b) || !self.failed() && !fits && self.store_packed(i, a, b) {
            return true;
        }
        if !self.failed()
            && !fits
            && self.f.repr(a) == Repr::Word
            && let Some(back) = self.setitem(i, a)
        {
            return back;
        }
        if self.failed() || !fits || !int {
            self.call_mem(Helper::StoreSubscr, 3, vec![], Ty::Any);
            return true;
        }
        let seq = self.guard_type(a, &types::LIST);
        let index = self.as_int(b);
        let index = self.checked_index(seq, index, false);
        self.before_effect();
        let items = self.emit(Op::Load(seq, layout::LIST_ITEMS, Width::U64), Repr::Raw, Ty::Any);
        let old = self.emit(Op::LoadIndex(items, index, 0), Repr::Word, Ty::Any);
        // The reference of the value moves into the list.
        let (_, container, entry) = (self.pop(), self.pop(), self.pop());
        if let Entry::Val(v, own) = entry {
            self.retain(v, own);
            self.emit(Op::StoreIndex(items, index, 0, v), Repr::Raw, Ty::Any);
        }
        self.emit(Op::Decref(old), Repr::Raw, Ty::Any);
        self.facts.clear();
        self.state = None;
        self.release(container);
        true
    }

    pub fn list_append(&mut self, n: usize) -> bool {
        let list = self.peek_val(n + 1);
        self.append_top(list)
    }
    /// Moves the top to the end of a list; false when it cannot.
    pub fn append_top(&mut self, list: Val) -> bool {
        self.before_effect();
        let entry = self.pop();
        let Entry::Val(v, own) = entry else { return self.exit(Reason::Unsupported) };
        self.retain(v, own);
        self.state = None;
        let state = self.state();
        self.emit(Op::Call { helper: Helper::ListAppend, args: vec![list, v], state }, Repr::Raw, Ty::Any);
        true
    }

    pub fn unpack_sequence(&mut self, i: &Instr) -> bool {
        if let Entry::Tuple(t) = self.peek(1) {
            let items = self.f.tuples[t as usize].clone();
            if items.len() == i.arg as usize {
                self.pop_entry();
                items.into_iter().rev().for_each(|v| self.push_owned(v));
                self.state_changed();
                return true;
            }
            self.materialise(self.stack.len() - 1);
        }
        let seq = self.peek_val(1);
        let n = i.arg as usize;
        let tuple = Ty::Exact(feedback::type_address(&types::TUPLE));
        let now = matches!(i.now, O::UNPACK_SEQUENCE_TWO_TUPLE | O::UNPACK_SEQUENCE_TUPLE);
        if !self.failed() && (self.f.ty(seq) == tuple || now && self.f.ty(seq) == Ty::Any) {
            return self.unpack_tuple(seq, n);
        }
        self.before_effect();
        let depth = self.origin + self.stack.len() as u32 - 1;
        let state = self.state();
        let out = self.emit(Op::StackAddress(depth), Repr::Raw, Ty::Any);
        let count = self.emit(Op::Raw(n as i64), Repr::Raw, Ty::Any);
        self.emit(Op::Call { helper: Helper::Unpack, args: vec![seq, count, out], state }, Repr::Raw, Ty::Any);
        self.facts.clear();
        let gone = self.pop();
        for k in 0..n as u32 {
            let v = self.emit(Op::LoadStack(depth + k), Repr::Word, Ty::Any);
            self.push_owned(v);
        }
        self.release(gone);
        true
    }
    fn unpack_tuple(&mut self, seq: Val, n: usize) -> bool {
        let t = self.guard_type(seq, &types::TUPLE);
        let len = self.emit(Op::Load(t, layout::TUPLE_LEN, Width::U64), Repr::Raw, Ty::Any);
        let want = self.emit(Op::Raw(n as i64), Repr::Raw, Ty::Any);
        let ok = self.emit(Op::Is(len, want), Repr::Bool, Ty::Bool);
        self.guard(ok, Reason::OtherType);
        let gone = self.pop();
        for k in (0..n).rev() {
            let v = self.emit(Op::Load(t, layout::TUPLE_ITEMS + 8 * k as i32, Width::U64), Repr::Word, Ty::Any);
            self.push(v, Own::Heap);
        }
        self.release(gone);
        true
    }
}
