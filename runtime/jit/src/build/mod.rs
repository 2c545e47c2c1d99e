//! Bytecode and feedback to HIR: an abstract interpretation of the evaluation stack, block by block in reverse post-order.
//!
//! Invariants: BUILD-1: every block's stack has one layout, fixed by the first edge into it; entries are owned at edges. BUILD-2: before
//! an effect, entries that lean on the heap get references of their own, and facts about mutable things are forgotten.
//! BUILD-3: guards of an instruction stand before its first effect, so that the interpreter may run it again from the start.

pub mod arith;
pub mod attrs;
pub mod binding;
pub mod bits;
pub mod callees;
pub mod calls;
pub mod feedback;
pub mod generators;
pub mod handlers;
pub mod inline;
pub mod iter;
mod merges;
pub mod methods;
pub mod names;
pub mod natives;
pub mod ops;
pub mod packed;
pub mod plain;
pub mod poly;
pub mod scan;
pub mod tuples;
pub mod walks;

use crate::hir::*;
use crate::namespaces::Namespace;
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_isa::code::slot;
use adder_isa::reasons::Reason;
use adder_object::{Obj, ObjExt, Vm};
use scan::{Handlers, Instr, Scan, Scope};
use std::collections::{HashMap, HashSet};

/// What a compilation starts from.
pub struct Request<'a> {
    pub vm: &'a Vm,
    pub code: &'a CodeObject,
    /// A frame that is about to run this code: its globals, and its values as hints.
    pub frame: *mut Frame,
    /// Unit to enter at, and the stack depth there.
    pub entry: u32,
    pub depth: u32,
    /// Where speculation failed before, and how often: (address of the code object, unit).
    pub failed: &'a HashMap<(usize, u32), Failures>,
    /// As [`Scope::ran`].
    pub ran: Option<&'a HashSet<(usize, u32)>>,
    /// Whether calls may be inlined.
    pub inline: bool,
    /// Calls that turned out not to be inlinable: (address of the code object, unit).
    pub refused: &'a std::cell::RefCell<HashSet<(usize, u32)>>,
    /// The code is a generator's, entered at any of its RESUMEs.
    pub resumes: bool,
    pub handlers: Handlers<'a>,
}

/// How often speculation at a unit failed.
#[derive(Clone, Copy, Default)]
pub struct Failures {
    pub count: u32,
    /// How often only a namespace had got new names; that often the same guess is made again.
    names: u32,
    /// A global was not the object it had been.
    pub value: bool,
}
impl Failures {
    const RENEWED: u32 = 3;
    pub fn note(&mut self, reason: Reason) {
        // The next version is for the namespace that is there then; how many there may be is for the tier manager to say.
        if reason == Reason::OtherNamespace {
            return;
        }
        if reason == Reason::NamespaceChanged && self.names < Self::RENEWED {
            self.names += 1;
            return;
        }
        self.value |= reason == Reason::OtherValue;
        self.count += 1;
    }
}

/// A likely kind of value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Int,
    Float,
    Tuple,
    Str,
}

/// Facts about mutable things, true until the next effect.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    Shape(Val, u32),
    /// The u32 at an address.
    Cell(usize, u32),
    /// The word at an address is this one.
    Word(usize, u64),
}

/// The abstract state at the start of a block.
#[derive(Clone)]
pub struct Start {
    locals: Vec<Local>,
    owns: Vec<Own>,
    stack: Vec<Entry>,
    facts: HashSet<Fact>,
}

pub struct Builder<'a> {
    pub req: &'a Request<'a>,
    /// The code that is built now: the request's, or that of an inlined call.
    pub code: &'a CodeObject,
    pub globals: Obj,
    pub builtins: Obj,
    /// The inlined call that is built now, and the contexts of its callers.
    pub inline: Option<inline::Inline>,
    outer: Vec<inline::Saved<'a>>,
    /// Functions that a value, which a chain of tests found, is one of.
    pub candidates: HashMap<Val, Vec<Obj>>,
    /// Instructions of inlined calls so far.
    pub inlined: usize,
    /// Where the stack of the frame lies, in words from that of the outermost one.
    pub origin: u32,
    pub scan: Scan,
    pub f: Func,
    pub block: BlockId,
    pub locals: Vec<Local>,
    /// Who releases the locals of an inlined call; those of the outermost frame are released by its slots.
    pub owns: Vec<Own>,
    pub stack: Vec<Entry>,
    pub instr: Instr,
    pub facts: HashSet<Fact>,
    pub hints: HashMap<Val, Kind>,
    /// A shape that a value had at some time.
    pub classes: HashMap<Val, u32>,
    /// Words of the stack that may be NULL, in the place of `self` of a call.
    pub nullable: HashSet<Val>,
    /// Blocks made so far, by their first unit.
    made: HashMap<u32, BlockId>,
    /// Abstract state at the start of blocks with a single predecessor.
    pending: HashMap<u32, Start>,
    state: Option<StateId>,
    /// Something happened since the last checkpoint.
    effects: bool,
    /// The block with the last one.
    checked: Option<BlockId>,
    /// Objects that the compiled code refers to by address.
    pub pins: Vec<Obj>,
    /// Namespaces that it reads names of.
    pub namespaces: Vec<Namespace>,
    pub why: Option<Reason>,
    /// The code runs with one globals dict, as a guard at the entry sees to.
    pub one_namespace: bool,
    /// The outermost frame runs a module: its names are globals.
    pub module: bool,
    /// Code ran that may have changed locals through `f_locals`.
    pub observed: bool,
    /// Instructions before this unit were built together with the one at hand.
    pub built_to: u32,
    layouts: HashMap<BlockId, Vec<Entry>>,
    /// Locals at the start of merge blocks.
    merges: HashMap<BlockId, Vec<Local>>,
    /// First units of blocks that follow the step of an iterator.
    pub after_next: HashSet<u32>,
    /// Locals as the entry block left them.
    base: Vec<Local>,
}

/// What the code of a function relies on beside its HIR: objects (owned), namespaces.
#[derive(Default)]
pub struct Kept {
    pub pins: Vec<Obj>,
    pub namespaces: Vec<Namespace>,
}

/// HIR for the request, or why there is none.
pub fn build(req: &Request<'_>) -> Result<(Func, Kept), Reason> {
    let scope = Scope { limit: 1500, resumes: req.resumes, ran: req.ran, handlers: req.handlers };
    let scan = scan::scan(req.code, req.entry, &scope).ok_or(Reason::TooLarge)?;
    let nlocals = req.code.nlocalsplus;
    let first = scan.blocks[0].instrs[0];
    let name = adder_object::ops::text(&req.code.qualname);
    let counts = first.op == adder_isa::Opcode::RESUME && !req.resumes;
    let f = Func { nlocals, name, counts, ..Func::default() };
    let mut b = Builder {
        req,
        code: req.code,
        globals: adder_interp::frame::globals_of(req.frame).clone(),
        builtins: adder_interp::frame::builtins_of(req.frame).clone(),
        inline: None,
        outer: vec![],
        candidates: HashMap::new(),
        inlined: 0,
        origin: 0,
        scan,
        f,
        block: BlockId(0),
        locals: vec![Local::InSlot; nlocals],
        owns: vec![],
        stack: vec![],
        instr: first,
        facts: HashSet::new(),
        hints: HashMap::new(),
        classes: HashMap::new(),
        nullable: HashSet::new(),
        made: HashMap::new(),
        pending: HashMap::new(),
        state: None,
        effects: false,
        checked: None,
        pins: vec![],
        namespaces: vec![],
        why: None,
        one_namespace: true,
        module: false,
        observed: false,
        built_to: 0,
        layouts: HashMap::new(),
        merges: HashMap::new(),
        after_next: HashSet::new(),
        base: vec![],
    };
    if req.resumes {
        b.entries();
    } else {
        b.entry();
    }
    b.fill_all();
    match b.why {
        Some(why) => Err(why),
        None => Ok((b.f, Kept { pins: b.pins, namespaces: b.namespaces })),
    }
}

impl<'a> Builder<'a> {
    pub fn new_block(&mut self, unit: u32) -> BlockId {
        let id = BlockId(self.f.blocks.len() as u32);
        let locals = self.outer.first().map_or(&self.locals, |o| &o.locals).clone();
        self.f.blocks.push(Block {
            params: vec![],
            insts: vec![],
            term: Term::None,
            locals,
            loop_header: false,
            unit,
            place: self.f.here,
            cold: false,
        });
        id
    }

    /// The entry block loads what the frame holds and jumps to the first block of the code.
    fn entry(&mut self) {
        let entry = self.new_block(self.req.entry);
        self.block = entry;
        self.land();
        if self.f.counts {
            self.look_for_unbound();
        }
        let live = self.scan.blocks[0].live.clone();
        for slot in live {
            if self.locals[slot as usize] == Local::InSlot {
                let v = self.emit(Op::LoadSlot(slot), Repr::Word, Ty::Any);
                self.locals[slot as usize] = Local::Val(v);
            }
        }
        for d in 0..self.req.depth {
            let v = self.emit(Op::LoadStack(d), Repr::Word, Ty::Any);
            self.nullable.insert(v);
            self.stack.push(Entry::Val(v, Own::Owned));
        }
        // Leaving at RESUME would enter again at once: the interpreter goes on behind it.
        let at = if self.instr.op == adder_isa::Opcode::RESUME { self.instr.next } else { self.instr.start };
        self.one_namespace = self.failures(at) == 0;
        if self.one_namespace {
            let globals = self.globals.bits();
            let state = self.state_at(at);
            self.emit(Op::GuardGlobals(globals, state), Repr::Raw, Ty::Any);
        }
        if at == self.instr.start {
            self.look_for_module();
        }
        self.speculate_entry();
        if self.scan.blocks[0].preds > 0 {
            self.adopt_iterators();
        }
        if self.scan.handlers.is_empty() {
            self.base = self.locals.clone();
        }
        let edge = self.edge(self.req.entry);
        self.terminate(Term::Jump(edge));
    }

    /// Where a function begins, locals that are no parameters hold nothing.
    fn look_for_unbound(&mut self) {
        let first = self.code.code.parameter_slots();
        let kinds = &self.code.code.localspluskinds;
        for (local, kind) in self.locals.iter_mut().zip(kinds).skip(first) {
            if kind & (slot::CELL | slot::FREE) == 0 {
                *local = Local::Unbound;
            }
        }
    }

    /// Values of the frame at hand are the likely ones of later entries.
    fn speculate_entry(&mut self) {
        for slot in 0..self.locals.len() {
            let Local::Val(v) = self.locals[slot] else { continue };
            if let Some(kind) = self.kind_in_frame(slot) {
                self.hints.insert(v, kind);
            }
        }
    }
    /// What a local of the frame at hand holds.
    fn kind_in_frame(&self, slot: usize) -> Option<Kind> {
        // SAFETY: FRAME-1: the frame is whole; words are looked at, not kept.
        let w = unsafe { *Frame::slots(self.req.frame).add(slot) };
        match w {
            w if w & 3 == 1 => Some(Kind::Int),
            w if w & 2 != 0 => Some(Kind::Float),
            w if w != 0 && w & 7 == 0 => {
                // SAFETY: a pointer word of a live frame.
                let o = unsafe { Obj::view(&w) };
                let kinds = [(&adder_object::types::TUPLE, Kind::Tuple), (&adder_object::types::STR, Kind::Str)];
                kinds.into_iter().find(|k| o.is_exact(k.0)).map(|k| k.1)
            }
            _ => None,
        }
    }

    pub fn emit(&mut self, op: Op, repr: Repr, ty: Ty) -> Val {
        self.effects |= !op.is_pure() && (op.state().is_none() || op.is_call());
        let v = self.f.add(op, repr, ty);
        let b = self.block;
        self.f.block_mut(b).insts.push(v);
        v
    }
    pub fn terminate(&mut self, term: Term) {
        let (b, here) = (self.block, self.f.here);
        let block = self.f.block_mut(b);
        (block.term, block.place) = (term, here);
    }

    /// The state to run the current instruction again with.
    pub fn state(&mut self) -> StateId {
        if let Some(s) = self.state {
            return s;
        }
        let last = self.f.states.last().map(|s| &s.locals).filter(|l| l[..] == self.locals[..]).cloned();
        let locals = last.unwrap_or_else(|| self.locals.iter().copied().collect());
        let s = StateId(self.f.states.len() as u32);
        self.f.states.push(FrameState {
            unit: self.instr.start,
            op_unit: self.instr.unit,
            locals,
            stack: self.stack.clone(),
            inlined: self.inline.as_ref().map(|i| i.state(&self.owns, self.origin)),
        });
        self.state = Some(s);
        s
    }
    /// The abstract state is no longer that of the instruction's start.
    pub fn state_changed(&mut self) {
        self.state = None;
    }
    /// A state before `unit`, with the stack as it is now.
    pub fn state_at(&mut self, unit: u32) -> StateId {
        self.state = None;
        let s = self.state();
        let at = &mut self.f.states[s.0 as usize];
        (at.unit, at.op_unit) = (unit, unit);
        self.state = None;
        s
    }

    /// BUILD-2; to be called before the state of an effectful instruction is taken.
    pub fn before_effect(&mut self) {
        for i in 0..self.stack.len() {
            self.own(i, Own::Heap);
        }
        self.own_locals(Own::Heap);
        self.facts.clear();
    }
    /// A reference for whoever is to own the value, which it has already when it is `Own::Owned`.
    pub fn retain(&mut self, v: Val, own: Own) {
        if own != Own::Owned && self.f.repr(v) == Repr::Word && !self.f.uncounted(v) {
            self.emit(Op::Incref(v), Repr::Raw, Ty::Any);
        }
    }
    /// Gives entry `i` a reference of its own if it leans on `lean`.
    fn own(&mut self, i: usize, lean: Own) {
        if let Entry::Val(v, own) = self.stack[i]
            && own == lean
        {
            self.retain(v, own);
            self.stack[i] = Entry::Val(v, Own::Owned);
            self.state = None;
        }
    }

    /// After code that may have changed locals behind our back: leaves if it did.
    fn look_at_locals(&mut self) {
        if !std::mem::take(&mut self.observed) {
            return;
        }
        if let Some(i) = &mut self.inline {
            i.observed = true;
            let s = self.state();
            self.emit(Op::GuardFrames(s), Repr::Raw, Ty::Any);
        } else {
            let s = self.state();
            self.emit(Op::GuardLocals(s), Repr::Raw, Ty::Any);
        }
    }

    /// Behind an effect, and where a block begins: what follows may leave from here.
    fn checkpoint(&mut self) {
        if self.effects || self.checked != Some(self.block) {
            let s = self.state();
            self.emit(Op::Checkpoint(s), Repr::Raw, Ty::Any);
            (self.effects, self.checked) = (false, Some(self.block));
        }
    }

    /// Fills the blocks of the code that is built now.
    fn fill_all(&mut self) {
        // Where a way to a block is not built, another one that comes later in the order may be the first there.
        let mut left: Vec<usize> = (0..self.scan.blocks.len()).collect();
        loop {
            let before = left.len();
            left.retain(|&i| {
                let there = self.why.is_none() && self.made.contains_key(&self.scan.blocks[i].start);
                if there {
                    self.fill(i);
                }
                !there
            });
            if left.len() == before || self.why.is_some() {
                return;
            }
        }
    }

    /// Fills the blocks of the code in order.
    fn fill(&mut self, index: usize) {
        let start = self.scan.blocks[index].start;
        let Some(&block) = self.made.get(&start) else { return };
        self.block = block;
        self.observed = self.after_next.contains(&start);
        if let Some(s) = self.pending.remove(&start) {
            (self.locals, self.owns, self.stack, self.facts) = (s.locals, s.owns, s.stack, s.facts);
        }
        let instrs = self.scan.blocks[index].instrs.clone();
        let succs = self.scan.blocks[index].succs.clone();
        let mut built_to = 0;
        for i in &instrs {
            if i.start < built_to {
                continue;
            }
            (self.instr, self.state) = (*i, None);
            let call = self.inline.as_ref().map(inline::Inline::call);
            self.f.set_place(Place { code: std::ptr::from_ref(self.code) as usize, unit: i.unit, call });
            self.look_at_locals();
            self.checkpoint();
            if !self.op(i) || self.why.is_some() {
                return;
            }
            built_to = built_to.max(std::mem::take(&mut self.built_to));
        }
        if matches!(self.f.block(self.block).term, Term::None)
            && let Some(&next) = succs.first()
        {
            if self.observed {
                (self.instr.start, self.instr.unit) = (next, next);
                self.state = None;
                self.look_at_locals();
            }
            let edge = self.edge(next);
            self.terminate(Term::Jump(edge));
        }
    }

    /// Ends the block: the interpreter goes on at this instruction.
    pub fn exit(&mut self, why: Reason) -> bool {
        let s = self.state();
        self.terminate(Term::Exit(s, why));
        false
    }
    /// How often speculation failed at a unit of the code that is built now.
    pub fn failures(&self, unit: u32) -> u32 {
        self.failures_at(unit).count
    }
    pub fn failures_at(&self, unit: u32) -> Failures {
        self.req.failed.get(&(self.code as *const CodeObject as usize, unit)).copied().unwrap_or_default()
    }
    /// Whether speculation at this instruction failed before.
    pub fn failed(&self) -> bool {
        self.failures(self.instr.start) > 0
    }
    /// Whether it failed again after the code had been made anew.
    pub fn failed_twice(&self) -> bool {
        self.failures(self.instr.start) > 1
    }
    /// Replaces a value everywhere by what a guard made of it.
    pub fn refine(&mut self, old: Val, new: Val) {
        for l in &mut self.locals {
            if *l == Local::Val(old) {
                *l = Local::Val(new)
            }
        }
        for e in &mut self.stack {
            match e {
                Entry::Val(v, _) if *v == old => *v = new,
                Entry::Seq { seq, .. } if *seq == old => *seq = new,
                _ => {}
            }
        }
        if let Some(k) = self.hints.get(&old).copied() {
            self.hints.insert(new, k);
        }
        // What a guard looked into is there.
        self.nullable.remove(&new);
    }
}
