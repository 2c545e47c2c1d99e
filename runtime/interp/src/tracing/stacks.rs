//! What lies on the evaluation stack at every instruction of a code object: what a debugger may jump to.
//!
//! Not here: depths that the loop relies on (isa::verify).

use super::sites::instructions;
use crate::code::CodeObject;
use adder_isa::ops::flags;
use adder_isa::{Opcode, exctable};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Object,
    Null,
    Iterator,
    Except,
    Lasti,
}

/// Kinds from the bottom up, by first unit of an instruction; None where control never comes.
pub fn of(code: &CodeObject) -> Vec<Option<Vec<Kind>>> {
    let all = instructions(code);
    let handlers: Vec<exctable::Entry> = exctable::Entries::new(&code.code.exceptiontable).collect();
    let mut stacks: Vec<Option<Vec<Kind>>> = vec![None; code.code.units.len() + 1];
    stacks[0] = Some(vec![]);
    let mut again = true;
    while again {
        again = false;
        for &(start, _, op, arg, next) in &all {
            let Some(before) = stacks[start].clone() else { continue };
            for (to, after) in outcomes(op, arg, next, before) {
                again |= put(&mut stacks, to, after, to < start);
            }
            if op == Opcode::RETURN_GENERATOR {
                again |= put(&mut stacks, next, vec![Kind::Object], false);
            }
        }
        for h in &handlers {
            let Some(mut stack) = (h.start..h.end).find_map(|u| stacks[u as usize].clone()) else { continue };
            stack.truncate(h.depth as usize);
            if h.lasti {
                stack.push(Kind::Lasti);
            }
            stack.push(Kind::Except);
            again |= put(&mut stacks, h.target as usize, stack, true);
        }
    }
    stacks
}

/// Notes a stack; true when instructions before it have to be looked at again.
fn put(stacks: &mut [Option<Vec<Kind>>], at: usize, stack: Vec<Kind>, back: bool) -> bool {
    match stacks.get_mut(at) {
        Some(slot @ None) => {
            *slot = Some(stack);
            back
        }
        _ => false,
    }
}

/// Where control goes from an instruction, and with which stack.
fn outcomes(op: Opcode, arg: usize, next: usize, mut s: Vec<Kind>) -> Vec<(usize, Vec<Kind>)> {
    use Kind::*;
    match op {
        Opcode::GET_ITER | Opcode::GET_AITER | Opcode::GET_YIELD_FROM_ITER => {
            s.pop();
            s.push(Iterator);
        }
        Opcode::FOR_ITER => {
            let after = s.clone();
            s.push(Object);
            return vec![(next, s.clone()), (next + arg, s), (next + arg + 1, after)];
        }
        Opcode::SEND => return vec![(next, s.clone()), (next + arg, s)],
        Opcode::PUSH_EXC_INFO => s.push(Except),
        Opcode::PUSH_NULL => s.push(Null),
        Opcode::LOAD_GLOBAL => {
            s.push(Object);
            if arg & 1 != 0 {
                s.push(Null);
            }
        }
        Opcode::LOAD_ATTR if arg & 1 != 0 => s.push(Null),
        Opcode::SWAP => {
            let n = s.len();
            if arg <= n && arg > 0 {
                s.swap(n - 1, n - arg);
            }
        }
        Opcode::COPY => s.extend(s.len().checked_sub(arg).and_then(|i| s.get(i)).copied()),
        Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => return vec![(next.wrapping_sub(arg), s)],
        Opcode::JUMP_FORWARD => return vec![(next + arg, s)],
        op => {
            let (pops, pushes) = op.pops_pushes(arg as u32);
            s.truncate(s.len().saturating_sub(pops as usize));
            s.extend(std::iter::repeat_n(Object, pushes as usize));
            if op.has(flags::TERMINATES) {
                return vec![];
            }
            if op.has(flags::HAS_JUMP) {
                return vec![(next, s.clone()), (next + arg, s)];
            }
        }
    }
    vec![(next, s)]
}

/// Whether a frame with one stack can go on with another, dropping what is above it.
pub fn fits(from: &[Kind], to: &[Kind]) -> bool {
    to.len() <= from.len()
        && from.iter().zip(to).all(|(f, t)| match t {
            Kind::Object => *f != Kind::Null,
            Kind::Null => true,
            t => f == t,
        })
}

/// Why a jump to this stack is impossible.
pub fn why(to: Option<&[Kind]>) -> &'static ::std::primitive::str {
    match to.map(|s| s.last()) {
        None => "can't jump into unreachable code",
        Some(Some(Kind::Except)) => "can't jump into an 'except' block as there's no exception",
        Some(Some(Kind::Lasti)) => "can't jump into a re-raising block as there's no location",
        Some(Some(Kind::Iterator)) => "can't jump into the body of a for loop",
        _ => "incompatible stacks",
    }
}
