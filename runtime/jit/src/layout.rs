//! Offsets and addresses of what compiled code reads and writes directly.
//!
//! Invariant: every number comes from `offset_of!` or a constant of the type's own crate, so a changed layout changes the code.

use adder_builtins::containers::{list_iter::ListIter, range::RangeIter, tuple::TupleIter};
use adder_interp::code::CodeObject;
use adder_interp::frame::Frame;
use adder_interp::function::Function;
use adder_mem::heap::{HEAP, SHAPE_LENS};
use adder_mem::{Header, TypeHead, breaker};
use adder_object::descr::{BoundMethod, BuiltinFunction};
use adder_object::{Obj, Vm, dict, handle::PAYLOAD, list, tuple};
use std::mem::offset_of;

/// The type pointer of an object.
pub const TYPE: i32 = 8;
/// The version of a type, from its address as objects of it carry it.
pub const TYPE_VERSION: i32 = (PAYLOAD + offset_of!(adder_object::Type, version)) as i32;
/// The shape id of an object.
pub const SHAPE: i32 = 4;
pub const CELL_VALUE: i32 = PAYLOAD as i32;
pub const LIST_LEN: i32 = (PAYLOAD + list::LEN) as i32;
pub const LIST_ITEMS: i32 = (PAYLOAD + list::ITEMS) as i32;
pub const LIST_ALLOCATED: i32 = (PAYLOAD + list::ALLOCATED) as i32;
pub const TUPLE_LEN: i32 = tuple::LEN as i32;
pub const TUPLE_ITEMS: i32 = tuple::ITEMS as i32;
pub const RANGE_ITER_NEXT: i32 = (PAYLOAD + offset_of!(RangeIter, next)) as i32;
pub const RANGE_ITER_REMAINING: i32 = (PAYLOAD + offset_of!(RangeIter, remaining)) as i32;
pub const RANGE_ITER_STEP: i32 = (PAYLOAD + offset_of!(RangeIter, step)) as i32;
pub const LIST_ITER_SEQ: i32 = (PAYLOAD + offset_of!(ListIter, list)) as i32;
pub const LIST_ITER_INDEX: i32 = (PAYLOAD + offset_of!(ListIter, index)) as i32;
pub const TUPLE_ITER_SEQ: i32 = (PAYLOAD + offset_of!(TupleIter, tuple)) as i32;
pub const TUPLE_ITER_INDEX: i32 = (PAYLOAD + offset_of!(TupleIter, index)) as i32;
pub const STR_LEN: i32 = (PAYLOAD + adder_object::str::LEN) as i32;
pub const DICT_USED: i32 = (PAYLOAD + dict::USED) as i32;
/// A u32.
pub const DICT_FILLED: i32 = (PAYLOAD + dict::FILLED) as i32;
pub const DICT_ENTRIES: i32 = (PAYLOAD + dict::ENTRIES) as i32;
pub const ENTRY_KEY: i32 = dict::ENTRY_KEY as i32;
pub const ENTRY_VALUE: i32 = dict::ENTRY_VALUE as i32;
pub const FRAME_GLOBALS: i32 = offset_of!(Frame, globals) as i32;
/// Of the head of a type, from its address as objects of it carry it.
pub const HEAD_FLAGS: i32 = (PAYLOAD + offset_of!(TypeHead, flags)) as i32;
pub const HEAD_BASICSIZE: i32 = (PAYLOAD + offset_of!(TypeHead, basicsize)) as i32;
pub const HEAD_MEMBERS_AT: i32 = (PAYLOAD + offset_of!(TypeHead, members_at)) as i32;
pub const HEAD_MEMBERS: i32 = (PAYLOAD + offset_of!(TypeHead, members)) as i32;
pub const SEGMENT_FREE: i32 = offset_of!(adder_mem::heap::Segment, free) as i32;
pub const SEGMENT_USED: i32 = offset_of!(adder_mem::heap::Segment, used) as i32;
pub const SEGMENT_FLAGS: i32 = offset_of!(adder_mem::heap::Segment, flags) as i32;
pub const SEGMENT_CELL: i32 = offset_of!(adder_mem::heap::Segment, cell) as i32;
pub const FRAME_PC: i32 = offset_of!(Frame, pc) as i32;
pub const FRAME_SP: i32 = offset_of!(Frame, sp) as i32;
pub const SLOTS: i32 = size_of::<Frame>() as i32;
pub const VM_FRAME: i32 = offset_of!(Vm, frame) as i32;

pub fn breaker() -> usize {
    &raw const breaker::BREAKER as usize
}

/// Where the address of the lengths of shapes stands.
pub fn shape_lens() -> usize {
    &raw const SHAPE_LENS.get().at as usize
}
/// Where the count of young objects stands.
pub fn heap_young() -> usize {
    &raw const HEAP.get().young as usize
}

/// Whether a word needs no reference count: an immediate, NULL, or an immortal object.
pub fn is_uncounted(word: u64) -> bool {
    if word == 0 || word & 7 != 0 {
        return true;
    }
    // SAFETY: constants of compiled code are immortal or pinned by it (RC-1).
    unsafe { (*(word as *const Header)).is_immortal() }
}

/// The address of a type as objects of it carry it.
pub fn type_word(ty: usize) -> u64 {
    // SAFETY: callers pass addresses of live types.
    unsafe { (*(ty as *const adder_object::Type)).object_ptr() as u64 }
}

/// What a direct call needs to know of the function it calls; lives as long as the process.
#[derive(Debug, PartialEq)]
pub struct Callee {
    /// The function, as a word: pinned by the code that calls it; 0 where it is any function of this code.
    pub func: u64,
    pub code: *const CodeObject,
    pub units: *const u16,
    pub globals: u64,
    pub builtins: u64,
    pub nlocals: usize,
    pub frame_words: usize,
    /// Where the entry of its machine code stands, 0 as long as there is none.
    pub entry: usize,
    /// Unit of RESUME, when nothing but free variables comes before it: the frame can be made without running any of that.
    pub resume: Option<u32>,
    /// Slots of free variables, the last ones.
    pub free: usize,
}

/// As `Callee::resume` and `Callee::free`.
fn prologue(c: &CodeObject) -> (Option<u32>, usize) {
    let (mut at, mut free) = (0, 0);
    while let Some(i) = crate::build::scan::decode(c, at) {
        match i.op {
            adder_isa::Opcode::RESUME => return (Some(i.start), free),
            adder_isa::Opcode::COPY_FREE_VARS => (at, free) = (i.next, i.arg as usize),
            _ => break,
        }
    }
    (None, 0)
}

impl Callee {
    pub fn new(func: &Obj, f: &Function, c: &CodeObject) -> &'static Callee {
        let known = [func.bits(), f.globals.obj().bits(), f.builtins.bits()];
        Callee::make(known, c)
    }
    /// Any function of this code.
    pub fn of_code(c: &CodeObject) -> &'static Callee {
        Callee::make([0; 3], c)
    }
    fn make([func, globals, builtins]: [u64; 3], c: &CodeObject) -> &'static Callee {
        let (resume, free) = prologue(c);
        Box::leak(Box::new(Callee {
            func,
            code: c,
            units: c.units_ptr(),
            globals,
            builtins,
            nlocals: c.nlocalsplus,
            frame_words: c.frame_words,
            entry: c.tier.entry.as_ptr() as usize,
            resume,
            free,
        }))
    }
}

pub const METHOD_FUNC: i32 = (PAYLOAD + offset_of!(BoundMethod, func)) as i32;
pub const METHOD_THIS: i32 = (PAYLOAD + offset_of!(BoundMethod, this)) as i32;
pub const BUILTIN_DEF: i32 = (PAYLOAD + offset_of!(BuiltinFunction, def)) as i32;
/// 0 where nothing is bound.
pub const BUILTIN_THIS: i32 = (PAYLOAD + offset_of!(BuiltinFunction, this)) as i32;
pub const FUNCTION_CODE: i32 = (PAYLOAD + offset_of!(Function, code)) as i32;
pub const FUNCTION_GLOBALS: i32 = (PAYLOAD + offset_of!(Function, globals)) as i32;
pub const FUNCTION_BUILTINS: i32 = (PAYLOAD + offset_of!(Function, builtins)) as i32;
pub const FUNCTION_CLOSURE: i32 = (PAYLOAD + offset_of!(Function, closure)) as i32;
pub const FRAME_CODE: i32 = offset_of!(Frame, code) as i32;
pub const FRAME_PREV: i32 = offset_of!(Frame, prev) as i32;
pub const FRAME_FUNC: i32 = offset_of!(Frame, func) as i32;
pub const FRAME_BUILTINS: i32 = offset_of!(Frame, builtins) as i32;
/// `returns`, `in_generator`, `rare` and `skip`, one byte each.
pub const FRAME_RETURNS: i32 = offset_of!(Frame, returns) as i32;
pub const FRAME_RARE: i32 = offset_of!(Frame, rare) as i32;
pub const VM_DYING: i32 = offset_of!(Vm, dying) as i32;
pub const VM_NOBODY: i32 = offset_of!(Vm, nobody) as i32;
pub const VM_DEPTH: i32 = offset_of!(Vm, depth) as i32;
pub const VM_STACK_TOP: i32 = offset_of!(Vm, stack_top) as i32;
pub const VM_STACK_END: i32 = offset_of!(Vm, stack_end) as i32;
pub const VM_STACK_LIMIT: i32 = adder_object::vm::STACK_LIMIT as i32;
