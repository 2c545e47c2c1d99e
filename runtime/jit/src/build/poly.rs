//! Attributes of receivers of several classes: a chain of shape tests; anything else leaves, or, where that happened too often, goes the
//! long way and joins the others.
//!
//! Invariant: all arms leave the same stack; the long way's: an owned value, or an owned callable with its owned self (or NULL).

use super::Builder;
use super::scan::Instr;
use crate::helpers::Helper;
use crate::hir::*;
use adder_interp::function::FUNCTION;
use adder_isa::reasons::Reason;
use adder_object::descr::MemberDescr;
use adder_object::{Obj, ObjExt, Type, TypeFlags, shape};

/// One receiver of the site: shape, version of its type, where the attribute is.
#[derive(Clone)]
struct Arm {
    shape: u32,
    version: u32,
    ty: &'static Type,
    found: Found,
}
#[derive(Clone)]
enum Found {
    /// Byte offset of the slot.
    Slot(i32),
    /// Byte offset of a member of `__slots__`, which may be unset.
    Member(i32),
    /// A function of the class.
    Method(Obj),
}

impl Found {
    fn same(&self, other: &Found) -> bool {
        match (self, other) {
            (Found::Slot(a), Found::Slot(b)) | (Found::Member(a), Found::Member(b)) => a == b,
            (Found::Method(a), Found::Method(b)) => a.is(b),
            _ => false,
        }
    }
    /// Where in the object it is.
    fn slot(&self) -> Option<i32> {
        match *self {
            Found::Slot(at) | Found::Member(at) => Some(at),
            Found::Method(_) => None,
        }
    }
    fn method(self) -> Option<Obj> {
        if let Found::Method(f) = self { Some(f) } else { None }
    }
}

impl Builder<'_> {
    /// Whether the site met receivers of more than one shape.
    pub fn polymorphic(&self, i: &Instr) -> bool {
        let Some(at) = i.cache else { return false };
        // Those of classes that have changed or are gone come no more.
        let lives = |shape: u32, version: u32| shape::type_of(shape).is_some_and(|t| t.version.get() == version);
        self.code.receivers_of(at as u16).iter().filter(|r| r.0 != 0 && lives(r.0, r.1)).count() > 1
    }

    /// The shape that a value is known to have now.
    pub fn known_shape(&self, v: Val) -> Option<u32> {
        self.facts.iter().find_map(|f| match *f {
            super::Fact::Shape(of, shape) if of == v => Some(shape),
            _ => None,
        })
    }
    /// LOAD_ATTR of a receiver whose shape is known, whatever the site met.
    pub fn load_attr_known(&mut self, i: &Instr, owner: Val) -> bool {
        let method = i.arg & 1 != 0;
        let name = self.code.names[i.arg as usize >> 1].clone();
        let Some((ty, found)) = self.find_known(owner, &name, method) else { return false };
        if matches!(found, Found::Member(_)) || method != matches!(found, Found::Method(_)) {
            return false;
        }
        self.guard_cell(&raw const ty.version as usize, ty.version.get());
        let v = self.load_found(&found, owner);
        if method {
            let this = self.pop();
            self.push(v, Own::Frame);
            self.stack.push(this);
            return true;
        }
        self.finish(1, Some((v, Own::Heap)));
        true
    }
    fn find_known(&self, owner: Val, name: &Obj, method: bool) -> Option<(&'static Type, Found)> {
        let shape = self.known_shape(owner)?;
        let ty = shape::type_of(shape)?;
        ty.ensure_version()?;
        Some((ty, find(ty, shape, name, method)?))
    }
    /// STORE_ATTR to a receiver whose shape is known.
    pub fn store_attr_known(&mut self, i: &Instr, owner: Val) -> bool {
        if self.failed_twice() {
            return false;
        }
        let name = self.code.names[i.arg as usize].clone();
        let Some(shape) = self.known_shape(owner) else { return false };
        let Some(ty) = shape::type_of(shape).filter(|t| adder_object::attr::stores_generically(t)) else {
            return false;
        };
        let plain = ty.has(TypeFlags::INLINE_ATTRS) && shape != ty.head.dict_shape.get() && ty.lookup(&name).is_none();
        if !plain || ty.ensure_version().is_none() {
            return false;
        }
        let (at, added) = match shape::slot_of(shape, &name) {
            Some(slot) => ((ty.head.basicsize.get() + slot as u32 * 8) as i32, None),
            None => match adder_interp::eval::added_slot(ty, shape, &name) {
                Some((at, units, next)) => (at as i32, Some((units, next))),
                None => return false,
            },
        };
        self.guard_cell(&raw const ty.version as usize, ty.version.get());
        self.store_slot(owner, at, added)
    }

    /// STORE_ATTR by a chain of tests, after which anything else leaves; false when there is nothing to test for.
    pub fn store_attr_poly(&mut self, i: &Instr, owner: Val) -> bool {
        let name = self.code.names[i.arg as usize].clone();
        let arms = self.arms(i, &name, false);
        let stored = |a: &Arm| a.found.slot().is_some() && adder_object::attr::stores_generically(a.ty);
        if arms.is_empty() || self.f.repr(owner) != Repr::Word || !arms.iter().all(stored) {
            return false;
        }
        if !matches!(self.peek(2), Entry::Val(..)) {
            return false;
        }
        let value = self.peek_val(2);
        self.before_effect();
        let (_, groups) = self.test_all(i, owner, arms);
        let mut ends = vec![];
        for (found, block) in groups {
            let Some(at) = found.slot() else { continue };
            self.block = block;
            let old = self.emit(Op::Load(owner, at, Width::U64), Repr::Word, Ty::Any);
            self.emit(Op::Store(owner, at, value), Repr::Raw, Ty::Any);
            ends.push((self.block, old));
        }
        let old = self.meet(&ends);
        let gone = self.pop();
        if let Entry::Val(v, own) = self.pop() {
            self.retain(v, own);
        }
        self.facts.clear();
        self.state_changed();
        self.emit(Op::DecrefMaybe(old), Repr::Raw, Ty::Any);
        self.release(gone);
        true
    }

    /// `method`: functions of the class count as well.
    fn arms(&self, i: &Instr, name: &Obj, method: bool) -> Vec<Arm> {
        let Some(at) = i.cache else { return vec![] };
        let mut seen = self.code.receivers_of(at as u16).to_vec();
        if let Some(c) = self.cache(i) {
            seen.push((c.shape.get(), c.version.get()));
        }
        let mut arms: Vec<Arm> = vec![];
        for (shape, version) in seen {
            if shape == 0 || version == 0 || arms.iter().any(|a| a.shape == shape) {
                continue;
            }
            let Some(ty) = shape::type_of(shape).filter(|t| t.version.get() == version) else { continue };
            if let Some(found) = find(ty, shape, name, method) {
                arms.push(Arm { shape, version, ty, found });
            }
        }
        arms.truncate(4);
        arms
    }

    /// LOAD_ATTR by a chain of tests; false when there is nothing to test for.
    pub fn load_attr_poly(&mut self, i: &Instr, owner: Val) -> bool {
        let name = self.code.names[i.arg as usize >> 1].clone();
        let method = i.arg & 1 != 0;
        let arms = self.arms(i, &name, method);
        if arms.is_empty() || self.f.repr(owner) != Repr::Word {
            return false;
        }
        let alike = |a: &Arm| matches!(a.found, Found::Method(_)) == method;
        let members = arms.iter().any(|a| matches!(a.found, Found::Member(_)));
        if members && (self.failed_twice() || method) {
            return false;
        }
        if !self.failed_twice() && arms.iter().all(alike) {
            self.closed(i, owner, arms, method);
            return true;
        }
        self.before_effect();
        if method {
            let at = self.stack.len() - 1;
            self.own_all(at);
        }
        let state = self.state();
        let entry = self.peek(1);
        let (join, slow) = (self.new_block(i.start), self.new_block(i.start));
        let p = self.f.add(Op::Param, Repr::Word, Ty::Any);
        let mut params = vec![p];
        let this = self.f.add(Op::Param, Repr::Word, Ty::Any);
        if method {
            params.push(this);
            self.nullable.insert(this);
        }
        self.f.block_mut(join).params = params;
        self.f.block_mut(slow).cold = true;
        self.test_pointer(owner, slow);
        for arm in &arms {
            self.arm(arm, owner, entry, state, join, method);
        }
        self.terminate(Term::Jump(Edge::to(slow)));
        self.block = slow;
        let arg = self.emit(Op::Raw(i64::from(i.arg)), Repr::Raw, Ty::Any);
        let base = self.stack.len() as u32 - 1;
        self.emit(Op::CallMem { helper: Helper::LoadAttr, base, extra: vec![arg], state }, Repr::Word, Ty::Any);
        let at = self.origin + base;
        let mut args = vec![self.emit(Op::LoadStack(at), Repr::Word, Ty::Any)];
        if method {
            args.push(self.emit(Op::LoadStack(at + 1), Repr::Word, Ty::Any));
        }
        self.terminate(Term::Jump(Edge { block: join, args, state: None }));
        self.block = join;
        self.facts.clear();
        self.observed = true;
        self.stack.pop();
        self.push_owned(p);
        if method {
            self.push_owned(this);
        }
        true
    }

    /// As long as the receivers are those that were seen, anything else leaves. What is found at one place in all of them is loaded once.
    fn closed(&mut self, i: &Instr, owner: Val, arms: Vec<Arm>, method: bool) {
        let entry = self.peek(1);
        if self.counted(entry) {
            self.before_effect();
        }
        let (state, groups) = self.test_all(i, owner, arms);
        let (from, mut ends) = (self.snapshot(), vec![]);
        for (found, block) in &groups {
            self.block = *block;
            self.restore(&from);
            let value = self.load_found(found, owner);
            ends.push((self.block, value));
        }
        let v = self.meet(&ends);
        if groups.iter().any(|g| matches!(g.0, Found::Member(_))) {
            let set = self.is_there(v);
            self.emit(Op::Guard(set, state, Reason::ExceptionPath), Repr::Raw, Ty::Any);
        }
        if method {
            self.candidates.insert(v, groups.into_iter().filter_map(|g| g.0.method()).collect());
            let this = self.pop();
            self.push(v, Own::Frame);
            self.stack.push(this);
        } else {
            self.finish(1, Some((v, Own::Heap)));
        }
        self.state_changed();
    }
    /// The chain of tests, at whose end the code is left: the state for that, and the block for each place where something is found.
    fn test_all(&mut self, i: &Instr, owner: Val, arms: Vec<Arm>) -> (StateId, Vec<(Found, BlockId)>) {
        let state = self.state();
        let leave = self.new_block(i.start);
        self.f.block_mut(leave).cold = true;
        self.test_pointer(owner, leave);
        let mut groups: Vec<(Found, BlockId)> = vec![];
        for arm in arms {
            let group = groups.iter().find(|g| g.0.same(&arm.found)).map(|g| g.1);
            let group = group.unwrap_or_else(|| {
                let b = self.inner_block();
                groups.push((arm.found.clone(), b));
                b
            });
            let next = self.test_shape(&arm, owner, state);
            self.terminate(Term::Jump(Edge::to(group)));
            self.block = next;
        }
        self.terminate(Term::Jump(Edge::to(leave)));
        self.block = leave;
        self.terminate(Term::Exit(state, Reason::OtherShape));
        (state, groups)
    }
    /// Goes on in a block where one of several values is at hand.
    fn meet(&mut self, ends: &[(BlockId, Val)]) -> Val {
        if let [(block, v)] = *ends {
            self.block = block;
            return v;
        }
        let join = self.inner_block();
        let p = self.f.add(Op::Param, Repr::Word, Ty::Any);
        self.f.block_mut(join).params = vec![p];
        for &(block, v) in ends {
            self.block = block;
            self.terminate(Term::Jump(Edge { block: join, args: vec![v], state: None }));
        }
        self.block = join;
        p
    }

    fn test_pointer(&mut self, owner: Val, slow: BlockId) {
        if matches!(self.f.ty(owner), Ty::Exact(_) | Ty::Heap | Ty::Const(_)) {
            return;
        }
        let c = self.emit(Op::IsPointer(owner), Repr::Bool, Ty::Bool);
        let next = self.inner_block();
        self.terminate(Term::Branch(c, Edge::to(next), Edge::to(slow)));
        self.block = next;
    }
    pub fn inner_block(&mut self) -> BlockId {
        self.new_block(self.instr.start)
    }

    /// Goes on where the receiver is of the arm's shape and its class as it was; gives the block where it is of another.
    fn test_shape(&mut self, arm: &Arm, owner: Val, state: StateId) -> BlockId {
        let c = self.emit(Op::ShapeIs(owner, arm.shape), Repr::Bool, Ty::Bool);
        let (hit, next) = (self.inner_block(), self.inner_block());
        self.terminate(Term::Branch(c, Edge::to(hit), Edge::to(next)));
        self.block = hit;
        self.emit(Op::GuardCell(&raw const arm.ty.version as usize, arm.version, state), Repr::Raw, Ty::Any);
        next
    }
    fn load_found(&mut self, found: &Found, owner: Val) -> Val {
        match found {
            Found::Slot(at) | Found::Member(at) => self.emit(Op::Load(owner, *at, Width::U64), Repr::Word, Ty::Any),
            Found::Method(f) => {
                self.pins.push(f.clone());
                self.word(f.bits())
            }
        }
    }

    fn arm(&mut self, arm: &Arm, owner: Val, entry: Entry, state: StateId, join: BlockId, method: bool) {
        let next = self.test_shape(arm, owner, state);
        let v = self.load_found(&arm.found, owner);
        self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
        let mut args = vec![v];
        if method {
            match &arm.found {
                Found::Method(_) => args.push(owner),
                Found::Slot(_) | Found::Member(_) => args.push(self.word(0)),
            }
        }
        let keeps = method && matches!(arm.found, Found::Method(_));
        if !keeps && self.counted(entry) {
            self.emit(Op::Decref(owner), Repr::Raw, Ty::Any);
        }
        self.terminate(Term::Jump(Edge { block: join, args, state: None }));
        self.block = next;
    }
}

/// Where instances of a shape have the attribute, if it is one of the short ways.
fn find(ty: &'static Type, shape: u32, name: &Obj, method: bool) -> Option<Found> {
    use adder_object::attr;
    if !attr::finds_generically(ty) {
        return None;
    }
    let in_class = ty.lookup(name);
    // A member of `__slots__`: 0 while it is unset.
    if let Some(m) = in_class.as_ref().and_then(|d| d.get_exact::<MemberDescr>()) {
        return adder_interp::eval::member_offset(m, ty).map(|at| Found::Member(at as i32));
    }
    if in_class.as_ref().is_some_and(|d| d.ty().descr_set().is_some()) || shape == ty.head.dict_shape.get() {
        return None;
    }
    if ty.has(TypeFlags::INLINE_ATTRS)
        && let Some(slot) = shape::slot_of(shape, name)
    {
        return Some(Found::Slot((ty.head.basicsize.get() + slot as u32 * 8) as i32));
    }
    in_class.filter(|f| method && f.is_exact(&FUNCTION) && ty.has(TypeFlags::INLINE_ATTRS)).map(Found::Method)
}
