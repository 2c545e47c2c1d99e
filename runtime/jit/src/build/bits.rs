//! Hash and random-number arithmetic: chains of int operations whose result is cut to 64 bits, done on raw words.
//!
//! Invariant: BITS-1: a raw word equals its int modulo 2^64; it equals the int itself where it is `exact`. Only exact results leave a
//! chain, and every operand of one is an int from 0 up to 2^64, found so before the first instruction of the chain has an effect.

use super::scan::{self, Instr};
use super::{Builder, Kind};
use crate::hir::*;
use adder_interp::code::seen;
use adder_isa::Opcode as O;
use adder_object::{Obj, ObjExt, int};

/// Longest chain, in instructions.
const LONGEST: usize = 16;

#[derive(Clone)]
enum Node {
    /// An entry of the stack, by its depth from the bottom.
    Stack(usize),
    Local(u32),
    Const(u64),
    Op(RawOp, usize, usize),
}

/// A chain as it is read from the bytecode.
#[derive(Default)]
struct Chain {
    nodes: Vec<Node>,
    exact: Vec<bool>,
    stack: Vec<usize>,
    /// Entries of the builder's stack that it consumes.
    taken: usize,
    /// Some operation may grow beyond small ints, or did.
    large: bool,
}
impl Chain {
    fn add(&mut self, n: Node, exact: bool) {
        self.stack.push(self.nodes.len());
        self.nodes.push(n);
        self.exact.push(exact);
    }
    fn constant(&self, n: usize) -> Option<u64> {
        if let Node::Const(k) = self.nodes[n] { Some(k) } else { None }
    }
    /// Combines the two top values; None where the result is not known modulo 2^64.
    fn combine(&mut self, op: u32) -> Option<()> {
        let (b, a) = (self.stack.pop()?, self.stack.pop()?);
        let (x, y) = (self.exact[a], self.exact[b]);
        let small = self.constant(b).filter(|&k| k < 64);
        let (op, exact) = match op {
            0 => (RawOp::Add, false),
            10 => (RawOp::Sub, false),
            5 => (RawOp::Mul, false),
            1 => (RawOp::And, x || y),
            7 => (RawOp::Or, x && y),
            12 => (RawOp::Xor, x && y),
            3 => small.map(|_| (RawOp::Shl, false))?,
            9 => small.filter(|_| x).map(|_| (RawOp::Shr, true))?,
            _ => return None,
        };
        self.add(Node::Op(op, a, b), exact);
        Some(())
    }
}

impl Builder<'_> {
    /// BINARY_OP at the start of a chain: builds all of it, up to the instruction whose end it gives.
    pub fn bits(&mut self, i: &Instr) -> Option<u32> {
        let failures = self.failures(i.start);
        if failures > 1 || !matches!(i.arg % 13, 0 | 1 | 3 | 5 | 7 | 9 | 10 | 12) || i.arg >= 26 {
            return None;
        }
        let (chain, end) = self.read_chain(i)?;
        if !chain.large && failures == 0 {
            return None;
        }
        self.emit_chain(&chain);
        Some(end)
    }

    /// The shortest chain from an instruction on that ends with an exact result, and where it ends.
    fn read_chain(&self, first: &Instr) -> Option<(Chain, u32)> {
        let mut c = Chain::default();
        let depth = self.stack.len();
        for k in [depth.checked_sub(2)?, depth - 1] {
            self.read_entry(&mut c, k)?;
        }
        c.taken = 2;
        let mut i = *first;
        for _ in 0..LONGEST {
            match i.op {
                O::LOAD_FAST | O::LOAD_FAST_BORROW => self.read_local(&mut c, i.arg)?,
                O::LOAD_FAST_LOAD_FAST | O::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                    self.read_local(&mut c, i.arg >> 4)?;
                    self.read_local(&mut c, i.arg & 15)?;
                }
                O::LOAD_SMALL_INT => c.add(Node::Const(u64::from(i.arg)), true),
                O::LOAD_CONST => Self::read_constant(&mut c, self.code.consts.get(i.arg as usize)?)?,
                O::BINARY_OP if i.arg < 26 && !i.unrun => {
                    if c.stack.len() < 2 {
                        return None;
                    }
                    c.large |= self.grows(&i);
                    c.combine(i.arg % 13)?;
                    let inexact = c.exact.iter().any(|e| !e);
                    if c.stack.len() == 1 && c.exact[c.stack[0]] && inexact {
                        return Some((c, i.next));
                    }
                }
                _ => return None,
            }
            i = scan::decode(self.code, i.next)?;
        }
        None
    }
    /// Whether an operation had operands or results that are no small ints.
    fn grows(&self, i: &Instr) -> bool {
        let seen = self.cache(i).map_or(0, |c| c.shape.get());
        seen & seen::OVERFLOW != 0 && seen & seen::OBJECTS == 0
    }
    fn read_entry(&self, c: &mut Chain, at: usize) -> Option<()> {
        let Entry::Val(v, _) = self.stack[at] else { return None };
        if let Op::Int(k) = self.f.inst(v).op {
            c.add(Node::Const(k as u64), k >= 0);
            return Some(());
        }
        if let Op::Word(w) = self.f.inst(v).op
            && w != 0
            && w & 7 == 0
        {
            // SAFETY: HIR constants are alive as long as the code.
            return Self::read_constant(c, unsafe { Obj::view(&w) });
        }
        self.may_be_int(v).then(|| c.add(Node::Stack(at), true))
    }
    fn read_local(&self, c: &mut Chain, slot: u32) -> Option<()> {
        let Local::Val(v) = *self.locals.get(slot as usize)? else { return None };
        self.may_be_int(v).then(|| c.add(Node::Local(slot), true))
    }
    fn may_be_int(&self, v: Val) -> bool {
        self.f.repr(v) == Repr::Int
            || self.f.repr(v) == Repr::Word
                && matches!(self.f.ty(v), Ty::Any | Ty::Int | Ty::Heap)
                && !matches!(self.hint(v), Some(Kind::Float))
    }
    fn read_constant(c: &mut Chain, k: &Obj) -> Option<()> {
        let n = int::as_int(k).filter(|_| k.is_int() || k.is_exact(&adder_object::types::INT))?;
        let n = match n.to_i64() {
            Some(n) => n as u64,
            None => {
                c.large = true;
                u64::try_from(&n.to_big()).ok()?
            }
        };
        c.add(Node::Const(n), !int::as_int(k)?.is_negative());
        Some(())
    }

    fn emit_chain(&mut self, c: &Chain) {
        let mut vals: Vec<Val> = vec![];
        for n in &c.nodes {
            let v = match *n {
                Node::Op(..) => Val(0),
                Node::Const(k) => self.emit(Op::Raw(k as i64), Repr::Raw, Ty::Any),
                Node::Stack(at) => match self.stack[at] {
                    Entry::Val(v, _) => self.as_u64(v),
                    _ => Val(0),
                },
                Node::Local(slot) => match self.locals[slot as usize] {
                    Local::Val(v) => self.as_u64(v),
                    _ => Val(0),
                },
            };
            vals.push(v);
        }
        for (k, n) in c.nodes.iter().enumerate() {
            if let Node::Op(op, a, b) = *n {
                vals[k] = self.emit(Op::Raw2(op, vals[a], vals[b]), Repr::Raw, Ty::Any);
            }
        }
        let last = vals[c.nodes.len() - 1];
        let fits = match c.nodes[c.nodes.len() - 1] {
            Node::Op(RawOp::And, a, b) => [a, b].iter().any(|&n| c.constant(n).is_some_and(|k| k < 1 << 61)),
            _ => false,
        };
        let (v, own) = if fits {
            (self.emit(Op::RawToInt(last), Repr::Int, Ty::Int), Own::Owned)
        } else {
            (self.emit(Op::BoxU64(last), Repr::Word, Ty::Any), Own::Owned)
        };
        self.finish(c.taken, Some((v, own)));
    }
    fn as_u64(&mut self, v: Val) -> Val {
        let s = self.state();
        self.emit(Op::UnboxU64(v, s), Repr::Raw, Ty::Any)
    }
}
