//! The code object as plain data: what the compiler makes, marshal stores and the interpreter runs.
//!
//! *Invariants.* No heap objects inside, `Send + Sync`, never changed after assembly (the interpreter specialises a copy
//! of `units`). Text constants are WTF-8 bytes, since a literal may hold lone surrogates; names are plain UTF-8.

use std::sync::Arc;

/// `co_flags` bits.
pub mod co {
    /// Locals live in frame slots.
    pub const OPTIMIZED: u32 = 0x1;
    /// A call makes a new locals namespace.
    pub const NEWLOCALS: u32 = 0x2;
    /// Has a `*args` parameter.
    pub const VARARGS: u32 = 0x4;
    /// Has a `**kwargs` parameter.
    pub const VARKEYWORDS: u32 = 0x8;
    /// Defined inside a function.
    pub const NESTED: u32 = 0x10;
    /// A generator function.
    pub const GENERATOR: u32 = 0x20;
    /// A coroutine function.
    pub const COROUTINE: u32 = 0x80;
    /// A generator function that may be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// An async generator function.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// Any of the three whose call gives something that is resumed.
    pub const SUSPENDS: u32 = GENERATOR | COROUTINE | ASYNC_GENERATOR;
    /// `from __future__ import division`.
    pub const FUTURE_DIVISION: u32 = 0x20000;
    /// `from __future__ import absolute_import`.
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    /// `from __future__ import with_statement`.
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    /// `from __future__ import print_function`.
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    /// `from __future__ import unicode_literals`.
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    /// `from __future__ import barry_as_FLUFL`.
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    /// `from __future__ import generator_stop`.
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    /// `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    /// Constant 0 is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    /// A function defined directly in a class body.
    pub const METHOD: u32 = 0x8000000;
    /// All bits that `from __future__` may set and `compile()` may inherit.
    pub const FUTURE_MASK: u32 = FUTURE_DIVISION
        | FUTURE_ABSOLUTE_IMPORT
        | FUTURE_WITH_STATEMENT
        | FUTURE_PRINT_FUNCTION
        | FUTURE_UNICODE_LITERALS
        | FUTURE_BARRY_AS_BDFL
        | FUTURE_GENERATOR_STOP
        | FUTURE_ANNOTATIONS;
}

/// Kinds of frame slots (bits of `Code::localspluskinds`).
pub mod slot {
    /// A positional parameter (with LOCAL).
    pub const ARG_POS: u8 = 0x02;
    /// A keyword parameter (with LOCAL); one that is both has both bits.
    pub const ARG_KW: u8 = 0x04;
    /// A `*args` or `**kwargs` parameter (with LOCAL; with ARG_POS or ARG_KW).
    pub const ARG_VAR: u8 = 0x08;
    /// Local of an inlined comprehension in a module or class body: not shown in locals().
    pub const HIDDEN: u8 = 0x10;
    /// A local variable.
    pub const LOCAL: u8 = 0x20;
    /// Held in a cell made by this frame; with LOCAL when it is also a parameter or local.
    pub const CELL: u8 = 0x40;
    /// A cell of the closure.
    pub const FREE: u8 = 0x80;
}

/// A constant of a code object.
#[derive(Clone, Debug)]
pub enum Const {
    /// None.
    None,
    /// True or False.
    Bool(bool),
    /// Ellipsis.
    Ellipsis,
    /// An int of 64 bits.
    Int(i64),
    /// A larger int.
    BigInt {
        /// Less than zero.
        negative: bool,
        /// Absolute value, little-endian, without trailing zero bytes.
        magnitude: Box<[u8]>,
    },
    /// A float; NaN payloads and the sign of zero are kept.
    Float(f64),
    /// Real and imaginary part.
    Complex(f64, f64),
    /// Text as WTF-8 (UTF-8 in which a lone surrogate is encoded as if it were a character).
    Str(Box<[u8]>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A tuple.
    Tuple(Box<[Const]>),
    /// A frozenset; members in source order, distinct.
    FrozenSet(Box<[Const]>),
    /// A slice: start, stop, step.
    Slice(Box<[Const; 3]>),
    /// A nested code object.
    Code(Arc<Code>),
}

/// Identity as the compiler merges constants: same type and same bits (so 0.0, -0.0, 0 and False all differ).
impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None) | (Const::Ellipsis, Const::Ellipsis) => true,
            (Const::Bool(a), Const::Bool(b)) => a == b,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt { negative: a, magnitude: m }, Const::BigInt { negative: b, magnitude: n }) => {
                a == b && m == n
            }
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex(a, b), Const::Complex(c, d)) => a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits(),
            (Const::Str(a), Const::Str(b)) | (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) => a == b,
            // Members are distinct and their order means nothing.
            (Const::FrozenSet(a), Const::FrozenSet(b)) => a.len() == b.len() && a.iter().all(|item| b.contains(item)),
            (Const::Slice(a), Const::Slice(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Const {}

impl std::hash::Hash for Const {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Const::None | Const::Ellipsis => {}
            Const::Bool(value) => value.hash(state),
            Const::Int(value) => value.hash(state),
            Const::BigInt { negative, magnitude } => (negative, magnitude).hash(state),
            Const::Float(value) => value.to_bits().hash(state),
            Const::Complex(real, imag) => (real.to_bits(), imag.to_bits()).hash(state),
            Const::Str(bytes) | Const::Bytes(bytes) => bytes.hash(state),
            Const::Tuple(items) => items.hash(state),
            Const::FrozenSet(items) => items.len().hash(state),
            Const::Slice(parts) => parts.hash(state),
            Const::Code(code) => (&code.name, code.firstlineno, &code.units).hash(state),
        }
    }
}

impl Const {
    /// A text constant.
    pub fn str(text: &str) -> Const {
        Const::Str(text.as_bytes().into())
    }

    /// The text, when it is one without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Const::Str(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

/// A name: most occur in many code objects of a file, which share it.
pub type Text = Arc<str>;

/// A code object. Fields are the `co_*` attributes of the same names unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Positional parameters, positional-only ones included.
    pub argcount: u32,
    /// Positional-only parameters.
    pub posonlyargcount: u32,
    /// Keyword-only parameters.
    pub kwonlyargcount: u32,
    /// Evaluation stack slots the frame needs.
    pub stacksize: u32,
    /// `co_flags`: bits of [`co`].
    pub flags: u32,
    /// Code units; cache units hold cache indices.
    pub units: Box<[u16]>,
    /// Constants.
    pub consts: Box<[Const]>,
    /// Names of globals and attributes.
    pub names: Box<[Text]>,
    /// Names of the frame's slots: parameters and locals, then cells that are not locals, then free variables.
    pub localsplusnames: Box<[Text]>,
    /// Kind of each slot: bits of [`slot`].
    pub localspluskinds: Box<[u8]>,
    /// Source file.
    pub filename: Text,
    /// Name.
    pub name: Text,
    /// Dotted name from the module.
    pub qualname: Text,
    /// First source line.
    pub firstlineno: i32,
    /// Location table, see [`crate::location`].
    pub linetable: Box<[u8]>,
    /// Exception table, see [`crate::exctable`].
    pub exceptiontable: Box<[u8]>,
    /// Number of cache entries the units refer to.
    pub cache_count: u32,
}

impl Code {
    fn names_of(&self, mask: u8) -> impl Iterator<Item = &str> {
        self.localsplusnames
            .iter()
            .zip(&self.localspluskinds)
            .filter(move |(_, kind)| **kind & mask != 0)
            .map(|(name, _)| &**name)
    }

    /// `co_varnames`: parameters and locals.
    pub fn varnames(&self) -> impl Iterator<Item = &str> {
        self.names_of(slot::LOCAL)
    }

    /// `co_cellvars`: variables that inner functions use.
    pub fn cellvars(&self) -> impl Iterator<Item = &str> {
        self.names_of(slot::CELL)
    }

    /// `co_freevars`: variables of enclosing functions.
    pub fn freevars(&self) -> impl Iterator<Item = &str> {
        self.names_of(slot::FREE)
    }

    /// Number of slots that are free variables.
    pub fn free_count(&self) -> usize {
        self.localspluskinds.iter().filter(|kind| **kind & slot::FREE != 0).count()
    }

    /// Number of frame slots taken by parameters (`*args` and `**kwargs` included).
    pub fn parameter_slots(&self) -> usize {
        let star = usize::from(self.flags & co::VARARGS != 0) + usize::from(self.flags & co::VARKEYWORDS != 0);
        self.argcount as usize + self.kwonlyargcount as usize + star
    }
}

/// One instruction as [`Instructions`] decodes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Unit index where it begins, its EXTENDED_ARG prefixes included.
    pub start: usize,
    /// Unit index of the op itself.
    pub offset: usize,
    /// Unit index after its cache unit.
    pub next: usize,
    /// The op.
    pub op: crate::Opcode,
    /// The whole argument.
    pub arg: u32,
    /// The cache index, when the op has a cache unit.
    pub cache: Option<u16>,
}

impl Instruction {
    /// Unit index that a jump goes to; `None` when this is no jump or the target is before the first unit.
    pub fn jump_target(&self) -> Option<usize> {
        use crate::ops::flags;
        if !self.op.has(flags::HAS_JUMP) {
            return None;
        }
        if self.op.has(flags::BACKWARD) {
            self.next.checked_sub(self.arg as usize)
        } else {
            self.next.checked_add(self.arg as usize)
        }
    }
}

/// Decodes units into instructions; stops with `Err(offset)` at a unit that is not one.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    units: &'a [u16],
    at: usize,
}

impl<'a> Instructions<'a> {
    /// All instructions of `units`.
    pub fn new(units: &'a [u16]) -> Instructions<'a> {
        Instructions { units, at: 0 }
    }
}

impl Iterator for Instructions<'_> {
    type Item = Result<Instruction, usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start >= self.units.len() {
            return None;
        }
        let mut arg: u32 = 0;
        let mut offset = start;
        // A failed decode ends the iteration.
        self.at = self.units.len();
        loop {
            let Some(unit) = self.units.get(offset).copied() else { return Some(Err(offset)) };
            let Some(op) = crate::Opcode::from_u8(unit as u8) else { return Some(Err(offset)) };
            if arg > 0x00FF_FFFF {
                return Some(Err(offset));
            }
            arg = arg << 8 | u32::from(unit >> 8);
            if op == crate::Opcode::EXTENDED_ARG {
                if offset - start == 3 {
                    return Some(Err(offset));
                }
                offset += 1;
                continue;
            }
            let next = offset + 1 + op.cache_units();
            let cache = if op.cache_units() == 1 {
                match self.units.get(offset + 1) {
                    Some(index) => Some(*index),
                    None => return Some(Err(offset)),
                }
            } else {
                None
            };
            self.at = next;
            return Some(Ok(Instruction { start, offset, next, op, arg, cache }));
        }
    }
}
