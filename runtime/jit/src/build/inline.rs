//! Inlined calls: the callee's code is built in the place of its call, its frame exists in frame states alone.
//!
//! Invariants: INL-1: an inlined callee has no loop, no cell of its own and does not suspend, so it needs no poll and no slot.
//! INL-2: its locals are values that own a reference, lean on the caller's (`Own::Frame`), or on the heap until the next effect
//! (`Own::Heap`); the innermost call alone has locals of the last kind. INL-3: whoever may look at frames finds them: calls that
//! observe write them first (lower/frames.rs), exits make them whole. The evaluation stack and the locals of a caller stay as they
//! were at the call until it is over.

use super::scan::{self, Handlers, Scan, Scope};
use super::{Builder, Fact, Instr, Start};
use crate::hir::*;
use crate::layout::Callee;
use adder_interp::code::CodeObject;
use adder_interp::frame::{self, HEADER_WORDS};
use adder_interp::function::Function;
use adder_isa::Opcode as O;
use adder_isa::code::co;
use adder_isa::reasons::Reason;
use adder_object::{Obj, ObjExt, tuple};
use std::collections::{HashMap, HashSet};

/// Instructions of one callee, of all of them, and how deep calls are inlined.
const CALLEE: usize = 120;
const TOTAL: usize = 700;
const DEPTH: usize = 5;
/// Words behind the outermost frame that inlined ones may take; the data stack keeps more free at its end.
const ROOM: usize = frame::RESERVE_WORDS / 2;

/// The inlined call that is built.
pub struct Inline {
    parent: StateId,
    callee: &'static Callee,
    /// The place of the call.
    call: u32,
    /// Where it returned.
    ends: Vec<End>,
    /// Code ran in it that may have looked at frames.
    pub observed: bool,
}

/// A way on which a call came to its end.
pub struct End {
    pub block: BlockId,
    pub value: Val,
    pub own: Own,
    /// What it gave is a tuple in registers instead; then it has no other end.
    pub tuple: Option<u32>,
    pub facts: HashSet<Fact>,
}

impl Inline {
    pub fn call(&self) -> u32 {
        self.call
    }
    pub fn state(&self, owns: &[Own], origin: u32) -> Inlined {
        Inlined { parent: self.parent, callee: self.callee, owns: owns.into(), origin }
    }
}

/// What the builder knows of a caller while a call of it is inlined.
pub struct Saved<'a> {
    code: &'a CodeObject,
    globals: Obj,
    builtins: Obj,
    inline: Option<Inline>,
    origin: u32,
    scan: Scan,
    pub locals: Vec<Local>,
    owns: Vec<Own>,
    stack: Vec<Entry>,
    instr: Instr,
    made: HashMap<u32, BlockId>,
    pending: HashMap<u32, Start>,
    base: Vec<Local>,
    after_next: HashSet<u32>,
    one_namespace: bool,
    observed: bool,
}

/// A call that may be inlined.
pub struct Site<'f> {
    pub func: &'f Obj,
    /// Entries of the stack that the call consumes.
    pub operands: usize,
    /// The parameters' values.
    pub args: Vec<Entry>,
    pub to: frame::Returns,
    /// What the call gives when not what the callee returns, which is None then.
    pub instance: Option<Val>,
}

impl<'a> Builder<'a> {
    /// The code of a function for as long as this compilation lasts.
    fn pinned_code(&mut self, code: &Obj) -> Option<&'a CodeObject> {
        self.pins.push(code.clone());
        let c: *const CodeObject = code.get_exact::<CodeObject>()?;
        // SAFETY: RC-1: `pins` holds the object longer than the builder lives.
        Some(unsafe { &*c })
    }

    /// Unit of RESUME when the callee may be inlined here, with its control flow.
    fn inlinable(&self, c: &CodeObject, f: &Function) -> Option<Scan> {
        if !self.req.inline || c.flags & co::SUSPENDS != 0 || c.flags & co::OPTIMIZED == 0 || self.outer.len() >= DEPTH
        {
            return None;
        }
        let same = |o: &CodeObject| std::ptr::eq(o, c);
        if same(self.code) || self.outer.iter().any(|o| same(o.code)) || c.code.units.len() > 8 * CALLEE {
            return None;
        }
        let mut at = 0;
        loop {
            let i = scan::decode(c, at)?;
            match i.op {
                O::RESUME => break,
                O::COPY_FREE_VARS if f.closure.is_some() => at = i.next,
                _ => return None,
            }
        }
        let scope = Scope { limit: CALLEE, resumes: false, ran: self.req.ran, handlers: Handlers::None };
        let scan = scan::scan(c, at, &scope).filter(|_| !crate::tier::catches(c))?;
        let whole = |i: &Instr| !matches!(i.op, O::MAKE_CELL | O::FOR_ITER | O::GET_ITER | O::YIELD_VALUE);
        let fits = scan.instructions + self.inlined <= TOTAL
            && scan.blocks.iter().all(|b| !b.loop_header && b.instrs.iter().all(whole))
            && self.next_origin(c) as usize + c.frame_words < ROOM;
        fits.then_some(scan)
    }
    pub fn may_inline(&self, c: &CodeObject, f: &Function) -> bool {
        self.inlinable(c, f).is_some()
    }
    fn next_origin(&self, c: &CodeObject) -> u32 {
        let stack = self.code.frame_words - self.code.nlocalsplus;
        self.origin + (stack + HEADER_WORDS + c.nlocalsplus) as u32
    }

    /// Inlines a call of a Python function whose operands are on the stack; None when it is to be called, else whether control
    /// comes back.
    pub fn inline_call(&mut self, i: &Instr, site: Site<'_>) -> Option<bool> {
        let f = site.func.get_exact::<Function>()?;
        let code = f.code.get()?;
        let c = self.pinned_code(&code)?;
        let scan = self.inlinable(c, f)?;
        let args = site.args.len();
        let (gone, kept) = (self.stack.len() - site.operands, site.args.as_slice());
        // Operands that are no arguments must need no release.
        let moved = |e: &Entry| kept.contains(e);
        if self.stack[gone..].iter().any(|e| !moved(e) && self.counted(*e)) || args > c.nlocalsplus {
            return None;
        }
        let fits = |(slot, e): (usize, &Entry)| match e {
            Entry::Val(..) => true,
            // Where ways meet a local is the same on all of them.
            Entry::Tuple(_) => !scan.assigned.contains(&(slot as u32)) && scan.blocks.iter().all(|b| b.preds <= 1),
            _ => false,
        };
        if !kept.iter().enumerate().all(fits) {
            return None;
        }
        self.inlined += scan.instructions;
        let callee = Callee::new(site.func, f, c);
        let skip = (i.next - i.unit) as u8;
        let returns = Returns { to: site.to, skip };
        self.stack.truncate(gone);
        for k in 0..gone {
            self.own(k, Own::Heap);
        }
        self.own_locals(Own::Heap);
        if let Some(v) = site.instance {
            self.push_owned(v);
        }
        self.state = None;
        let parent = self.state();
        self.state = None;
        self.f.inlined += 1;
        let origin = self.next_origin(c);
        let root = (self.req.code.frame_words - self.req.code.nlocalsplus) as u32;
        let end = origin + (c.frame_words - c.nlocalsplus) as u32;
        self.f.extent = self.f.extent.max(end - root);
        self.emit(Op::EnterInline { origin, callee, returns }, Repr::Raw, Ty::Any);
        let inline = Inline { parent, callee, call: self.f.here, ends: vec![], observed: false };
        self.descend(c, f, scan, inline, origin, &site.args);
        self.fill_all();
        let done = self.ascend()?;
        self.observed |= done.observed;
        self.f.here = done.call;
        self.state = None;
        let back = self.join(done.ends);
        if back && site.instance.is_some() {
            // `__init__` gave None; the instance is what the call gives.
            self.check_init();
        }
        Some(back)
    }

    fn descend(&mut self, c: &'a CodeObject, f: &Function, scan: Scan, inline: Inline, origin: u32, args: &[Entry]) {
        let first = scan.blocks[0].instrs[0];
        let merges = scan.blocks.iter().any(|b| b.preds > 1);
        let saved = Saved {
            code: std::mem::replace(&mut self.code, c),
            globals: std::mem::replace(&mut self.globals, f.globals.obj().clone()),
            builtins: std::mem::replace(&mut self.builtins, f.builtins.clone()),
            inline: self.inline.replace(inline),
            origin: std::mem::replace(&mut self.origin, origin),
            scan: std::mem::replace(&mut self.scan, scan),
            locals: std::mem::replace(&mut self.locals, vec![Local::Unbound; c.nlocalsplus]),
            owns: std::mem::replace(&mut self.owns, vec![Own::Owned; c.nlocalsplus]),
            stack: std::mem::take(&mut self.stack),
            instr: std::mem::replace(&mut self.instr, first),
            made: std::mem::take(&mut self.made),
            pending: std::mem::take(&mut self.pending),
            base: std::mem::take(&mut self.base),
            after_next: std::mem::take(&mut self.after_next),
            one_namespace: std::mem::replace(&mut self.one_namespace, true),
            observed: std::mem::take(&mut self.observed),
        };
        self.outer.push(saved);
        for (slot, e) in args.iter().enumerate() {
            match *e {
                Entry::Val(v, own) => (self.locals[slot], self.owns[slot]) = (Local::Val(v), own),
                Entry::Tuple(t) => self.locals[slot] = Local::Tuple(t),
                _ => {}
            }
        }
        self.free_variables(c, f);
        if merges {
            self.own_locals(Own::Heap);
        }
        self.base = self.locals.clone();
        let edge = self.edge(self.scan.blocks[0].start);
        self.terminate(Term::Jump(edge));
    }
    /// The cells of the closure are those of the function, which the code keeps alive.
    fn free_variables(&mut self, c: &CodeObject, f: &Function) {
        let Some(closure) = f.closure.get() else { return };
        let cells = tuple::as_slice(&closure).unwrap_or(&[]);
        let first = c.nlocalsplus - cells.len().min(c.nlocalsplus);
        for (k, cell) in cells.iter().enumerate() {
            self.pins.push(cell.clone());
            let v = self.emit(Op::Word(cell.bits()), Repr::Word, Ty::Heap);
            self.locals[first + k] = Local::Val(v);
            self.owns[first + k] = Own::Frame;
        }
    }

    fn ascend(&mut self) -> Option<Inline> {
        let saved = self.outer.pop()?;
        self.code = saved.code;
        self.globals = saved.globals;
        self.builtins = saved.builtins;
        let done = std::mem::replace(&mut self.inline, saved.inline);
        self.origin = saved.origin;
        self.scan = saved.scan;
        self.locals = saved.locals;
        self.owns = saved.owns;
        self.stack = saved.stack;
        self.instr = saved.instr;
        self.made = saved.made;
        self.pending = saved.pending;
        self.base = saved.base;
        self.after_next = saved.after_next;
        self.one_namespace = saved.one_namespace;
        self.observed = saved.observed;
        done
    }

    /// RETURN_VALUE of an inlined call: its locals are released; control goes on behind the call.
    pub fn inline_return(&mut self) -> bool {
        let tuple = match self.peek(1) {
            Entry::Tuple(t) if self.returns_once() => Some(t),
            _ => None,
        };
        let (value, mut own) = match (tuple, if tuple.is_some() { self.pop_entry() } else { self.pop() }) {
            (Some(_), _) => (self.word(4), Own::Frame),
            (None, Entry::Val(v, own)) => (v, own),
            _ => return self.exit(Reason::CompilerError),
        };
        let mut gone = vec![];
        for slot in (0..self.locals.len()).rev() {
            if let Local::Tuple(t) = self.locals[slot] {
                if own == Own::Frame && tuple.is_none() {
                    // It may lean on an item.
                    self.retain(value, own);
                    own = Own::Owned;
                }
                gone.extend(
                    self.f.tuples[t as usize].iter().copied().filter(|&v| self.counted(Entry::Val(v, Own::Owned))),
                );
            }
            let Local::Val(v) = self.locals[slot] else { continue };
            if v == value && own == Own::Frame && self.owns[slot] != Own::Frame {
                // The local's reference, or what it leans on, is the result's.
                own = self.owns[slot];
            } else if self.owns[slot] == Own::Owned && self.counted(Entry::Val(v, Own::Owned)) {
                gone.push(v);
            }
        }
        if !gone.is_empty() {
            self.stack.push(tuple.map_or(Entry::Val(value, own), Entry::Tuple));
            self.before_effect();
            if matches!(self.stack.pop(), Some(Entry::Val(_, Own::Owned))) {
                own = Own::Owned;
            }
            for v in gone {
                self.release(Entry::Val(v, Own::Owned));
            }
        }
        let end = End { block: self.block, value, own, tuple, facts: self.facts.clone() };
        if let Some(i) = &mut self.inline {
            i.ends.push(end);
        }
        false
    }

    /// The abstract state, to go on with in another block.
    pub fn snapshot(&self) -> Start {
        Start {
            locals: self.locals.clone(),
            owns: self.owns.clone(),
            stack: self.stack.clone(),
            facts: self.facts.clone(),
        }
    }
    pub fn restore(&mut self, s: &Start) {
        (self.locals, self.owns) = (s.locals.clone(), s.owns.clone());
        (self.stack, self.facts) = (s.stack.clone(), s.facts.clone());
        self.state_changed();
    }

    /// Goes on behind an inlined call with its result on the stack; false when it never returns.
    pub fn join(&mut self, ends: Vec<End>) -> bool {
        match ends.len() {
            0 => {
                // Nothing gets here; who goes on building builds what is dropped.
                self.block = self.new_block(self.instr.start);
                let v = self.word(4);
                self.push_owned(v);
                return false;
            }
            1 => {
                for e in ends {
                    self.block = e.block;
                    self.facts = e.facts;
                    match e.tuple {
                        Some(t) => self.stack.push(Entry::Tuple(t)),
                        None => self.push(e.value, e.own),
                    }
                }
                return true;
            }
            _ => {}
        }
        let repr = ends.iter().map(|e| self.f.repr(e.value)).reduce(|a, b| if a == b { a } else { Repr::Word });
        let ty = ends.iter().map(|e| self.f.ty(e.value)).reduce(Ty::join).unwrap_or(Ty::Any);
        let kind = ends.iter().map(|e| self.hint(e.value)).reduce(|a, b| if a == b { a } else { None });
        let (repr, join) = (repr.unwrap_or(Repr::Word), self.new_block(self.instr.start));
        let p = self.f.add(Op::Param, repr, ty);
        self.f.block_mut(join).params = vec![p];
        if let Some(Some(k)) = kind {
            self.hints.insert(p, k);
        }
        let facts = ends.iter().map(|e| e.facts.clone()).reduce(|a, b| a.intersection(&b).copied().collect());
        for e in ends {
            self.block = e.block;
            self.retain(e.value, e.own);
            self.terminate(Term::Jump(Edge { block: join, args: vec![e.value], state: None }));
        }
        self.block = join;
        self.facts = facts.unwrap_or_default();
        self.push_owned(p);
        true
    }

    /// What `__init__` returned is None, or an error that the interpreter raises.
    fn check_init(&mut self) {
        let Entry::Val(v, own) = self.pop() else { return };
        let none = adder_object::singletons::none_ref().bits();
        if self.f.ty(v) == Ty::Const(none) {
            return;
        }
        self.stack.push(Entry::Val(v, own));
        self.call(crate::helpers::Helper::CheckInit, vec![v], 1, Repr::Raw, Ty::Any);
    }

    // ---- locals of inlined calls ----

    /// Gives locals of the inlined call that lean on something a reference of their own.
    pub fn own_locals(&mut self, lean: Own) {
        for slot in 0..self.owns.len() {
            if self.owns[slot] == lean {
                self.own_local(slot);
            }
        }
    }
    fn own_local(&mut self, slot: usize) {
        if let Local::Val(v) = self.locals[slot]
            && self.owns[slot] != Own::Owned
        {
            self.retain(v, self.owns[slot]);
            self.state = None;
        }
        self.owns[slot] = Own::Owned;
    }

    /// Before a merge: what is bound somewhere in the callee owns its value; the rest is as it was at the call.
    pub fn settle_inlined(&mut self) {
        for slot in 0..self.locals.len() {
            if self.scan.assigned.contains(&(slot as u32)) {
                self.own_local(slot);
            } else {
                self.locals[slot] = self.base[slot];
            }
        }
    }
    /// As `settle_inlined`, when one of the units that the block goes on at is a merge: on the ways to the others as well.
    pub fn settle_for(&mut self, units: &[u32]) {
        let merge = |u: &u32| self.scan.index.get(u).is_some_and(|&b| self.scan.blocks[b].preds > 1);
        if self.inline.is_some() && units.iter().any(merge) {
            self.settle_inlined();
        }
    }

    /// STORE_FAST (a value) or DELETE_FAST (none) of an inlined call.
    pub fn bind_inlined(&mut self, slot: u32, e: Option<Entry>) -> bool {
        let at = slot as usize;
        let mut own = Own::Owned;
        let new = match e {
            None => Local::Unbound,
            Some(Entry::Null) => Local::Unbound,
            Some(Entry::Val(v, lean)) => {
                own = lean;
                // What leans on another local would not notice when that one changes.
                if lean == Own::Frame {
                    own = Own::Owned;
                    self.retain(v, lean);
                }
                Local::Val(v)
            }
            Some(_) => {
                self.why = Some(Reason::Unsupported);
                return false;
            }
        };
        let old = match (self.locals[at], self.owns[at]) {
            (Local::Val(v), Own::Owned) => Some(Entry::Val(v, Own::Owned)),
            _ => None,
        };
        (self.locals[at], self.owns[at]) = (new, own);
        self.state = None;
        if let Some(old) = old {
            self.release(old);
        }
        true
    }
}
