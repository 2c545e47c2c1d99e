//! Instructions before assembly: real ops and pseudo-ops, with labels for targets.
//!
//! *Invariants.* A label is placed at most once, and before the sequence is turned into a flow graph every label that a
//! jump names is placed.

use adder_isa::Opcode;
use adder_isa::location::Location;
use adder_isa::ops::flags;
use adder_syntax::ast::Loc;

/// An op or pseudo-op.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Op(pub u16);

macro_rules! define_ops {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal $(of $base:ident)?, $snake:ident, cache $cache:literal,
       ($($input:ident),* -- $($output:ident),*) $(by $by:expr)?, $flags:expr;)*) => {
        #[allow(dead_code)]
        impl Op { $(pub const $name: Op = Op($number);)* }
    };
}

adder_isa::for_each_op!(define_ops);

impl Op {
    /// Where the code that makes the module's `__annotate__` goes.
    pub const ANNOTATIONS_PLACEHOLDER: Op = Op(256);
    /// Jump either way, polling when it goes back.
    pub const JUMP: Op = Op(257);
    /// Jump when the top is false, keeping it.
    pub const JUMP_IF_FALSE: Op = Op(258);
    /// Jump when the top is true, keeping it.
    pub const JUMP_IF_TRUE: Op = Op(259);
    /// Jump either way without polling.
    pub const JUMP_NO_INTERRUPT: Op = Op(260);
    /// Push a cell.
    pub const LOAD_CLOSURE: Op = Op(261);
    /// End of a covered range.
    pub const POP_BLOCK: Op = Op(262);
    /// Begin of a range whose handler gets offset and exception.
    pub const SETUP_CLEANUP: Op = Op(263);
    /// Begin of a range whose handler gets the exception.
    pub const SETUP_FINALLY: Op = Op(264);
    /// As SETUP_CLEANUP, for `with`: the handler does not get the value of `__enter__`.
    pub const SETUP_WITH: Op = Op(265);
    /// STORE_FAST of a value that may be NULL.
    pub const STORE_FAST_MAYBE_NULL: Op = Op(266);

    /// The real op.
    pub fn real(self) -> Option<Opcode> {
        u8::try_from(self.0).ok().and_then(Opcode::from_u8)
    }

    /// Whether the op begins a covered range.
    pub fn is_block_push(self) -> bool {
        matches!(self, Op::SETUP_CLEANUP | Op::SETUP_FINALLY | Op::SETUP_WITH)
    }

    /// Whether the op ends a basic block by jumping, always or sometimes.
    pub fn is_jump(self) -> bool {
        match self {
            Op::JUMP | Op::JUMP_NO_INTERRUPT | Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE | Op::END_ASYNC_FOR => true,
            _ => self.real().is_some_and(|op| op.has(flags::HAS_JUMP)),
        }
    }

    /// Whether the op has a target.
    pub fn has_target(self) -> bool {
        self.is_jump() || self.is_block_push()
    }

    /// Whether the op always jumps.
    pub fn is_unconditional_jump(self) -> bool {
        matches!(
            self,
            Op::JUMP | Op::JUMP_NO_INTERRUPT | Op::JUMP_FORWARD | Op::JUMP_BACKWARD | Op::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    /// Whether the op is one of the conditional jumps that can be reversed.
    pub fn is_conditional_jump(self) -> bool {
        matches!(self, Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE | Op::POP_JUMP_IF_NONE | Op::POP_JUMP_IF_NOT_NONE)
    }

    /// Whether the op leaves the code object.
    pub fn is_scope_exit(self) -> bool {
        matches!(self, Op::RETURN_VALUE | Op::RAISE_VARARGS | Op::RERAISE)
    }

    /// Whether nothing falls through after the op.
    pub fn no_fallthrough(self) -> bool {
        self.is_unconditional_jump() || self.is_scope_exit()
    }

    /// Whether the op polls the eval-breaker, so that its line shows in tracing.
    pub fn has_eval_break(self) -> bool {
        matches!(self, Op::JUMP | Op::JUMP_BACKWARD | Op::RESUME | Op::CALL | Op::CALL_KW | Op::CALL_FUNCTION_EX)
    }

    /// Whether the op pushes a constant.
    pub fn loads_const(self) -> bool {
        matches!(self, Op::LOAD_CONST | Op::LOAD_SMALL_INT)
    }

    /// Items taken and left; for a block push what its handler finds.
    pub fn pops_pushes(self, arg: u32) -> (u32, u32) {
        match self {
            Op::SETUP_FINALLY | Op::SETUP_WITH | Op::LOAD_CLOSURE => (0, 1),
            Op::SETUP_CLEANUP => (0, 2),
            Op::JUMP_IF_FALSE | Op::JUMP_IF_TRUE => (1, 1),
            Op::STORE_FAST_MAYBE_NULL => (1, 0),
            _ => self.real().map_or((0, 0), |op| op.pops_pushes(arg)),
        }
    }
}

/// Line of a location that is filled from the next instruction.
pub const NEXT_LOCATION: Location = Location { line: -2, end_line: -2, col: -2, end_col: -2 };

/// The location of a node.
pub fn location(loc: Loc) -> Location {
    Location {
        line: loc.lineno as i32,
        end_line: loc.end_lineno as i32,
        col: loc.col_offset as i32,
        end_col: loc.end_col_offset as i32,
    }
}

/// A place to jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u32);

/// One instruction; the argument of an op with a target is its label.
#[derive(Clone, Copy, Debug)]
pub struct Instr {
    /// The op.
    pub op: Op,
    /// Its argument.
    pub arg: u32,
    /// Its source.
    pub loc: Location,
}

/// A growing list of instructions.
#[derive(Debug, Default)]
pub struct Sequence {
    /// The instructions.
    pub instrs: Vec<Instr>,
    /// Where each label is placed.
    pub labels: Vec<Option<usize>>,
    /// Code to put at the placeholder.
    pub annotations: Option<Box<Sequence>>,
}

impl Sequence {
    /// A label without a place.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label here.
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.instrs.len());
    }

    /// Adds an instruction.
    pub fn push(&mut self, op: Op, arg: u32, loc: Location) {
        self.instrs.push(Instr { op, arg, loc });
    }

    /// Adds an instruction before all others.
    pub fn push_front(&mut self, op: Op, arg: u32, loc: Location) {
        self.instrs.insert(0, Instr { op, arg, loc });
        for place in self.labels.iter_mut().flatten() {
            *place += 1;
        }
    }
}
