//! The high-level IR: SSA with block parameters over words, unboxed ints and floats, and frame states for side exits.
//!
//! Invariants: HIR-1: a value is defined before every use on every path (`verify` checks it). HIR-2: a local whose value is a
//! [`Repr::Word`] lies in its frame slot at every moment, so exits need not store it; only unboxed locals may be ahead of
//! their slot. HIR-3: `Own::Owned` stack entries are owed exactly one release; the others lean on a local, a constant or a heap
//! place that nothing has written since. Source: V8 Maglev's graph, ZJIT's HIR (block parameters, frame states).

pub mod op;
pub mod order;
pub mod print;
pub mod verify;

use adder_isa::reasons::Reason;
use adder_object::packed::Element;
use adder_object::typed::Direction;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Val(pub u32);
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct BlockId(pub u32);
/// Index of [`Func::states`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StateId(pub u32);

/// How a value is held in a machine register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repr {
    /// A value word (VAL of docs/invariants.md).
    Word,
    /// An int within 62 bits, times four: the immediate word without its tag.
    Int,
    /// A double.
    Float,
    /// 0 or 1.
    Bool,
    /// A machine address or count.
    Raw,
}

/// What is known of a word for as long as it lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Any,
    /// An immediate int, an int of this representation.
    Int,
    Float,
    Bool,
    /// A heap object whose type is exactly this static type (its address).
    Exact(usize),
    /// This very word: an immortal object, or one that the code keeps alive.
    Const(u64),
    /// A pointer, so neither an immediate int nor float.
    Heap,
}

impl Ty {
    pub fn join(self, other: Ty) -> Ty {
        if self == other { self } else { Ty::Any }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum IntOp {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    FloorDiv,
    Mod,
}
/// Operations on raw words modulo 2^64; shift counts are constants below 64.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum RawOp {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
}
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Cmp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

/// What is known of a local variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Local {
    /// Its slot is 0.
    Unbound,
    /// Its slot says what it is.
    InSlot,
    Val(Val),
    /// A tuple that exists in registers only, of an inlined call: an index of [`Func::tuples`].
    Tuple(u32),
}

impl Local {
    pub fn val(self) -> Option<Val> {
        if let Local::Val(v) = self { Some(v) } else { None }
    }
    /// What the slot of an inlined frame holds.
    pub fn entry(self, own: Own) -> Entry {
        match self {
            Local::Val(v) => Entry::Val(v, own),
            Local::Tuple(t) => Entry::Tuple(t),
            Local::Unbound | Local::InSlot => Entry::Null,
        }
    }
}

/// Who releases a stack entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// The entry owns a reference.
    Owned,
    /// A local of the frame or the code object keeps it alive.
    Frame,
    /// A heap place keeps it alive until the next effect.
    Heap,
}

/// One evaluation-stack entry of a frame state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    Null,
    Val(Val, Own),
    /// A range iterator that exists in registers only: next and stop (both [`Repr::Int`]) and the step; `by` is the step where that
    /// is a positive int known only as the loop begins.
    Range {
        next: Val,
        stop: Val,
        step: i64,
        by: Option<Val>,
    },
    /// Another iterator that exists in registers only: the owned container, the index of the next item ([`Repr::Int`]), and what
    /// [`Walk`] says of `other`.
    Seq {
        seq: Val,
        index: Val,
        walk: Walk,
        other: Option<Val>,
    },
    /// A tuple that exists in registers only: an index of [`Func::tuples`].
    Tuple(u32),
}

/// A built-in sequence that is walked over by index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sequence {
    List,
    Tuple,
    Str,
}

/// What an iterator in registers gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    List,
    Tuple,
    Str,
    /// A list from its end.
    Reversed,
    /// `enumerate` of a sequence; `other` is the number of its first item.
    Numbered(Sequence),
    /// `zip` of two sequences; `other` is the second, owned.
    Zipped(Sequence, Sequence),
    /// A dict without gaps; `other` is its length.
    Keys,
    Values,
    Items,
}
impl Sequence {
    pub fn ty(self) -> &'static adder_object::StaticType {
        match self {
            Sequence::List => &adder_object::types::LIST,
            Sequence::Tuple => &adder_object::types::TUPLE,
            Sequence::Str => &adder_object::types::STR,
        }
    }
    /// Where its length lies.
    pub fn length_at(self) -> i32 {
        match self {
            Sequence::List => crate::layout::LIST_LEN,
            Sequence::Tuple => crate::layout::TUPLE_LEN,
            Sequence::Str => crate::layout::STR_LEN,
        }
    }
}
impl Walk {
    pub const ALL: [Walk; 19] = [
        Walk::List,
        Walk::Tuple,
        Walk::Str,
        Walk::Reversed,
        Walk::Numbered(Sequence::List),
        Walk::Numbered(Sequence::Tuple),
        Walk::Numbered(Sequence::Str),
        Walk::Zipped(Sequence::List, Sequence::List),
        Walk::Zipped(Sequence::List, Sequence::Tuple),
        Walk::Zipped(Sequence::List, Sequence::Str),
        Walk::Zipped(Sequence::Tuple, Sequence::List),
        Walk::Zipped(Sequence::Tuple, Sequence::Tuple),
        Walk::Zipped(Sequence::Tuple, Sequence::Str),
        Walk::Zipped(Sequence::Str, Sequence::List),
        Walk::Zipped(Sequence::Str, Sequence::Tuple),
        Walk::Zipped(Sequence::Str, Sequence::Str),
        Walk::Keys,
        Walk::Values,
        Walk::Items,
    ];
    /// Its number for helpers: the position in [`Walk::ALL`].
    pub fn number(self) -> i64 {
        Walk::ALL.iter().position(|&w| w == self).map_or(0, |n| n as i64)
    }
    /// Whether `other` is an owned word.
    pub fn second(self) -> bool {
        matches!(self, Walk::Zipped(..))
    }
}

/// What the interpreter needs to go on at `unit`.
#[derive(Clone, Debug)]
pub struct FrameState {
    /// Where the interpreter goes on: the first unit of the instruction, prefixes included.
    pub unit: u32,
    /// The op's own unit: where an error of it is looked up.
    pub op_unit: u32,
    pub locals: std::rc::Rc<[Local]>,
    pub stack: Vec<Entry>,
    /// Set when the frame is that of an inlined call, which exists in registers only.
    pub inlined: Option<Inlined>,
}

/// The frame of an inlined call.
#[derive(Clone, Debug)]
pub struct Inlined {
    /// The caller at its call: operands consumed, the result not there yet.
    pub parent: StateId,
    pub callee: &'static crate::layout::Callee,
    /// Who releases the value of each local.
    pub owns: std::rc::Rc<[Own]>,
    /// Where the frame would have its evaluation stack: words from the base of the outermost frame's.
    pub origin: u32,
}

/// What an inlined frame would write to the word at `Frame::returns`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Returns {
    pub to: adder_interp::frame::Returns,
    /// Units of the caller's instruction.
    pub skip: u8,
}
impl Returns {
    pub fn word(self) -> i64 {
        self.to as i64 | i64::from(self.skip) << 24
    }
}

impl FrameState {
    /// Where the frame's evaluation stack begins, in words from the outermost one's.
    pub fn origin(&self) -> u32 {
        self.inlined.as_ref().map_or(0, |i| i.origin)
    }
}

/// Field widths of loads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Width {
    U8,
    U32,
    U64,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    Param,
    /// A constant word.
    Word(u64),
    Int(i64),
    Float(f64),
    Bool(bool),
    Raw(i64),
    /// A call is inlined from here on: its frame would lie at this origin, and nobody has a frame object of it.
    EnterInline {
        origin: u32,
        callee: &'static crate::layout::Callee,
        returns: Returns,
    },
    /// The interpreter could go on here with this state: guards that follow may leave with it.
    Checkpoint(StateId),
    /// No frame of the state, inlined ones included, was looked at by Python code, which may have changed it.
    GuardFrames(StateId),
    /// The word in a frame slot, as the frame was entered or after an op that changed it.
    LoadSlot(u32),
    /// The address of a depth of the outermost frame's evaluation stack; inlined frames lie behind it.
    StackAddress(u32),
    /// The word at a depth of the evaluation stack.
    LoadStack(u32),
    /// The number of an immediate int; exits when it is none.
    UnboxInt(Val, StateId),
    UnboxFloat(Val, StateId),
    /// True or False; exits at anything else.
    UnboxBool(Val, StateId),
    /// The same value as a word; never needs a release for ints and bools, may for floats.
    Box(Val),
    IntToFloat(Val),
    Int2(IntOp, Val, Val, StateId),
    /// Known not to overflow.
    Int2Wrap(IntOp, Val, Val),
    IntNeg(Val, StateId),
    /// An int from 0 up to 2^64 as a raw word; exits at anything else.
    UnboxU64(Val, StateId),
    Raw2(RawOp, Val, Val),
    /// A raw word as an int, an owned word.
    BoxU64(Val),
    Float2(FloatOp, Val, Val),
    /// Ints and floats in any mixture, each held as it may be; exits at anything else, and where the result is no immediate int or float.
    /// The result is a word.
    Number2(FloatOp, Val, Val, StateId),
    CmpNumber(Cmp, Val, Val, StateId),
    /// An int or a float as a float.
    ToFloat(Val, StateId),
    FloatNeg(Val),
    FloatAbs(Val),
    FloatSqrt(Val),
    IntTrueDiv(Val, Val, StateId),
    /// A native function of floats (its address), which has no effect.
    FloatCall(usize, Vec<Val>),
    /// A float rounded to an int of 62 bits; exits at others.
    FloatToInt(Direction, Val, StateId),
    /// One of two values of a kind: condition, when true, when false.
    Select(Val, Val, Val),
    CmpInt(Cmp, Val, Val),
    CmpFloat(Cmp, Val, Val),
    /// Identity of two words.
    Is(Val, Val),
    Not(Val),
    /// Whether a word points to an object.
    IsPointer(Val),
    /// Whether the object's shape id is this one.
    ShapeIs(Val, u32),
    BoolAnd(Val, Val),
    /// Whether a word is this one.
    /// The word itself, whose type was found to be this static type (its address).
    GuardType(Val, usize, StateId),
    /// The object's shape id is this one.
    GuardShape(Val, u32, StateId),
    /// The word, an object whose type has this version.
    GuardVersion(Val, u32, StateId),
    /// The word is this one.
    GuardWord(Val, u64, StateId),
    /// The u32 at an absolute address is this one.
    GuardCell(usize, u32, StateId),
    /// The version at an address is the one that a [`crate::namespaces::Namespace`] wants at another.
    GuardNames(usize, usize, StateId),
    /// The frame's globals are this dict.
    GuardGlobals(u64, StateId),
    /// No local of the frame was changed through `f_locals`.
    GuardLocals(StateId),
    /// A condition holds.
    Guard(Val, StateId, Reason),
    /// A 32-bit field equals.
    GuardField(Val, i32, u32, StateId),
    /// The value at base + offset: base is a word or address.
    Load(Val, i32, Width),
    /// The u64 at an absolute address.
    LoadAbs(usize),
    /// The word at raw base + int index * 8 + offset.
    LoadIndex(Val, Val, i32),
    /// Item `index` (an int) of packed items that begin at raw base + offset: an int, a float, or the raw word of an `Element::I64`.
    LoadPacked(Val, Val, i32, Element),
    /// Stores an int (a float) as such an item; ints fit.
    StorePacked(Val, Val, i32, Element, Val),
    /// Whether a raw word fits an int.
    FitsInt(Val),
    /// Whether an int lies between these.
    IsWithin(Val, i64, i64),
    /// A raw word shifted to the right.
    RawShr(Val, u8),
    /// Stores a word at base + offset.
    Store(Val, i32, Val),
    StoreIndex(Val, Val, i32, Val),
    /// Stores a u32.
    Store32(Val, i32, u32),
    /// Whether an unsigned comparison of an int index with a raw length holds: `index < len`.
    InBounds(Val, Val),
    /// Whether the cell of a collected object has this many units of 16 bytes.
    CellHas(Val, u16),
    /// A raw length as an int.
    RawToInt(Val),
    IntToRaw(Val),
    /// An int so small that steps of less than 2^20 cannot leave 62 bits.
    FarFromBorder(Val),
    /// The int that a helper found, already scaled; exits at 1.
    AdoptedInt(Val, StateId),
    /// A negative index counted from a raw length.
    WrapIndex(Val, Val),
    Incref(Val),
    /// Releases a reference; may run any code when `Any`.
    Decref(Val),
    /// Binds a frame slot (`None`: unbinds it): the value's reference moves to the slot (`Own::Owned`) or a new one is taken.
    SetLocal {
        slot: u32,
        val: Option<Val>,
        own: Own,
        old: Local,
    },
    /// Brings a slot up to date with its unboxed value.
    SyncSlot(u32, Val),
    /// Empties a slot whose reference moved elsewhere.
    ClearSlot(u32),
    /// Calls a row of the helper table; 0 means an error for fallible ones.
    Call {
        helper: crate::helpers::Helper,
        args: Vec<Val>,
        state: StateId,
    },
    /// As `Call`, the entries of the state's stack from depth `base` having been moved to the frame's stack; the helper gets
    /// their address, their number, then `extra`.
    CallMem {
        helper: crate::helpers::Helper,
        base: u32,
        extra: Vec<Val>,
        state: StateId,
    },
    /// Calls a Python function whose parameters the operands from depth `base` on fill (callable, self or NULL, arguments), in a
    /// frame made here; by way of the helper `CallExact` where the callee has no machine code yet.
    CallPython {
        base: u32,
        callee: &'static crate::layout::Callee,
        state: StateId,
    },
    /// A new tuple of owned items.
    NewTuple(Vec<Val>),
    /// As `Decref`, of a word that may be NULL.
    DecrefMaybe(Val),
    /// The eval-breaker is looked at; whatever it asks for is done.
    Poll(StateId),
    /// Moves everything unboxed to its slot.
    Sync(StateId),
}

#[derive(Clone, Debug)]
pub struct Inst {
    pub op: Op,
    pub ty: Ty,
    pub repr: Repr,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub block: BlockId,
    pub args: Vec<Val>,
    /// At an edge into a loop from outside: the state with which the loop can be left before its first iteration.
    pub state: Option<StateId>,
}

impl Edge {
    /// To a block without parameters.
    pub fn to(block: BlockId) -> Edge {
        Edge { block, args: vec![], state: None }
    }
}

#[derive(Clone, Debug)]
pub enum Term {
    None,
    Jump(Edge),
    /// Condition ([`Repr::Bool`]), taken when true, taken when false.
    Branch(Val, Edge, Edge),
    /// Ends the frame with an owned (or frame-supported) value.
    Return(Val, Own, StateId),
    /// Suspends the generator with a value; the frame is at the state's instruction.
    Yield(Val, Own, StateId),
    /// Goes on where the frame stands: at one of these units, else in the interpreter.
    Switch(Vec<(u32, Edge)>),
    /// Where the frame has just handled an error it goes on at one of these units, else by the edge.
    Land(Vec<(u32, Edge)>, Edge),
    /// Leaves to the interpreter for good.
    Exit(StateId, Reason),
}

#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<Val>,
    pub insts: Vec<Val>,
    pub term: Term,
    /// Locals at entry.
    pub locals: Vec<Local>,
    pub loop_header: bool,
    pub unit: u32,
    /// Where its end comes from.
    pub place: u32,
    /// Reached only on the way out of compiled code or towards an error.
    pub cold: bool,
}

/// Where HIR comes from: an instruction, and the call that its code was inlined at, in [`Func::places`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The code object, which the compiled code keeps alive.
    pub code: usize,
    pub unit: u32,
    pub call: Option<u32>,
}

#[derive(Default)]
pub struct Func {
    /// Some block is the header of a loop.
    pub loops: bool,
    /// Some loop has no call that looks at slots.
    pub tight: bool,
    pub insts: Vec<Inst>,
    pub places: Vec<Place>,
    /// The place that is built now, and those of `insts`.
    pub here: u32,
    pub origins: Vec<u32>,
    /// Replacements: `forward[v]` is what stands for v.
    pub forward: Vec<Val>,
    pub blocks: Vec<Block>,
    pub states: Vec<FrameState>,
    /// Where a guard stands that leaves with the state of an earlier one.
    pub blames: std::collections::HashMap<Val, StateId>,
    /// The items of tuples in registers, each owned.
    pub tuples: Vec<Vec<Val>>,
    pub nlocals: usize,
    pub name: String,
    /// It begins with a call of the function, which may be counted.
    pub counts: bool,
    /// How many calls are inlined.
    pub inlined: usize,
    /// Words behind the outermost frame that frames of inlined calls would take.
    pub extent: u32,
    /// Units of the handlers that it goes on at.
    pub handlers: Vec<u32>,
}

impl Func {
    pub fn add(&mut self, op: Op, repr: Repr, ty: Ty) -> Val {
        let v = Val(self.insts.len() as u32);
        self.insts.push(Inst { op, ty, repr });
        self.origins.push(self.here);
        self.forward.push(v);
        v
    }
    /// What is built from now on comes from here.
    pub fn set_place(&mut self, place: Place) {
        self.here = self.places.len() as u32;
        self.places.push(place);
    }
    /// A place and the calls it was inlined at, the innermost first.
    pub fn chain(&self, place: u32) -> Vec<Place> {
        let mut found: Vec<Place> = vec![];
        let mut next = Some(place);
        while let Some(p) = next.and_then(|n| self.places.get(n as usize)) {
            found.push(*p);
            next = p.call;
        }
        found
    }
    /// How many instructions it has.
    pub fn size(&self) -> usize {
        self.blocks.iter().map(|b| b.insts.len()).sum()
    }
    /// Whether it has a loop, or goes on at more than one place.
    pub fn repeats(&self) -> bool {
        self.blocks.iter().any(|b| b.loop_header || matches!(b.term, Term::Switch(_)))
    }
    /// What stands for a value now.
    pub fn get(&self, v: Val) -> Val {
        let mut v = v;
        while self.forward[v.0 as usize] != v {
            v = self.forward[v.0 as usize];
        }
        v
    }
    pub fn replace(&mut self, old: Val, new: Val) {
        let (old, new) = (self.get(old), self.get(new));
        if old != new {
            self.forward[old.0 as usize] = new;
        }
    }
    pub fn inst(&self, v: Val) -> &Inst {
        &self.insts[self.get(v).0 as usize]
    }
    pub fn repr(&self, v: Val) -> Repr {
        self.inst(v).repr
    }
    pub fn ty(&self, v: Val) -> Ty {
        match self.inst(v).repr {
            Repr::Int => Ty::Int,
            Repr::Float => Ty::Float,
            Repr::Bool => Ty::Bool,
            _ => self.inst(v).ty,
        }
    }
    /// Whether a value never needs a reference count.
    pub fn uncounted(&self, v: Val) -> bool {
        match self.repr(v) {
            Repr::Int | Repr::Bool | Repr::Raw => true,
            Repr::Float => false,
            Repr::Word => match self.inst(v).ty {
                Ty::Int | Ty::Bool => true,
                Ty::Const(w) => crate::layout::is_uncounted(w),
                _ => false,
            },
        }
    }
    pub fn block(&self, b: BlockId) -> &Block {
        &self.blocks[b.0 as usize]
    }
    pub fn block_mut(&mut self, b: BlockId) -> &mut Block {
        &mut self.blocks[b.0 as usize]
    }
    pub fn state(&self, s: StateId) -> &FrameState {
        &self.states[s.0 as usize]
    }
    /// Whether one of the handlers takes an error of the instruction that a state is of; `code` is the outermost frame's.
    pub fn catches(&self, s: StateId, code: &adder_interp::code::CodeObject) -> bool {
        use adder_isa::exctable::lookup;
        let frames = self.frames(s);
        for state in frames.iter().rev() {
            // SAFETY: RC-1: the builder pinned what it inlined.
            let code = state.inlined.as_ref().map_or(code, |i| unsafe { &*i.callee.code });
            if let Some(h) = lookup(&code.code.exceptiontable, state.op_unit) {
                return state.inlined.is_none() && self.handlers.contains(&h.target);
            }
        }
        false
    }
    /// The frames of a state, the outermost first.
    pub fn frames(&self, s: StateId) -> Vec<&FrameState> {
        let mut all = vec![self.state(s)];
        while let Some(i) = &all[all.len() - 1].inlined {
            all.push(self.state(i.parent));
        }
        all.reverse();
        all
    }
}

impl Entry {
    pub fn values(&self, f: &Func, out: &mut Vec<Val>) {
        match *self {
            Entry::Null => {}
            Entry::Val(v, _) => out.push(v),
            Entry::Range { next, stop, by, .. } => {
                out.extend([next, stop]);
                out.extend(by);
            }
            Entry::Seq { seq, index, other, .. } => {
                out.extend([seq, index]);
                out.extend(other);
            }
            Entry::Tuple(t) => out.extend_from_slice(&f.tuples[t as usize]),
        }
    }
}

impl Term {
    pub fn edges(&self) -> Vec<&Edge> {
        match self {
            Term::Jump(e) => vec![e],
            Term::Branch(_, a, b) => vec![a, b],
            Term::Switch(cases) => cases.iter().map(|c| &c.1).collect(),
            Term::Land(cases, e) => cases.iter().map(|c| &c.1).chain([e]).collect(),
            _ => vec![],
        }
    }
    pub fn edges_mut(&mut self) -> Vec<&mut Edge> {
        match self {
            Term::Jump(e) => vec![e],
            Term::Branch(_, a, b) => vec![a, b],
            Term::Switch(cases) => cases.iter_mut().map(|c| &mut c.1).collect(),
            Term::Land(cases, e) => cases.iter_mut().map(|c| &mut c.1).chain([e]).collect(),
            _ => vec![],
        }
    }
}
