//! Iterators into registers and back.
//!
//! Invariant: HELP-1; an iterator that is taken apart has one reference, so that nobody sees that it no longer moves.
// Compiled code alone calls these, with words that meet HELP-1.
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use super::objects::view;
use crate::hir::{Sequence, Walk};
use adder_builtins::containers::dict_iter::{self, DictIter, ITEMS, KEYS, VALUES};
use adder_builtins::containers::{list_iter, tuple};
use adder_builtins::core::iterators::{enumerate, zip};
use adder_builtins::text::str::iter as str_iter;
use adder_interp::frame::Frame;
use adder_mem::heap::Global;
use adder_object::{Dict, Obj, ObjExt, Vm, types};

/// Container, index, and what goes with it, as `AdoptWalk` found them: a word or a count. The iterator holds both words.
pub static PARTS: Global<[u64; 3]> = Global::new([0; 3]);

fn walk(number: u64) -> Walk {
    Walk::ALL[(number as usize).min(Walk::ALL.len() - 1)]
}
fn iterator(seq: Obj, index: usize, of: Sequence) -> Obj {
    match of {
        Sequence::List => list_iter::iterator_at(seq, index),
        Sequence::Tuple => tuple::iterator_at(seq, index),
        Sequence::Str => str_iter::iterator_at(seq, index),
    }
}

pub extern "C" fn make(_: &Vm, _: *mut Frame, seq: u64, index: u64, number: u64, other: u64) -> u64 {
    iterator_of(walk(number), seq, index, other).into_raw()
}
/// The object for an iterator that lived in registers; the words are consumed as those of the row.
pub fn iterator_of(walk: Walk, seq: u64, index: u64, other: u64) -> Obj {
    // SAFETY: the row consumes the container.
    let seq = unsafe { Obj::from_raw(seq) };
    let (i, n) = (index as usize, other as usize);
    match walk {
        Walk::List => iterator(seq, i, Sequence::List),
        Walk::Tuple => iterator(seq, i, Sequence::Tuple),
        Walk::Str => iterator(seq, i, Sequence::Str),
        Walk::Reversed => list_iter::reversed_at(seq, index as isize),
        Walk::Numbered(of) => enumerate::over(iterator(seq, i, of), (index as i64).wrapping_add(other as i64)),
        Walk::Zipped(a, b) => {
            // SAFETY: the row consumes the second container.
            let second = unsafe { Obj::from_raw(other) };
            zip::over(iterator(seq, i, a), iterator(second, i, b))
        }
        Walk::Keys => dict_iter::iterator_at::<KEYS>(seq, i, n),
        Walk::Values => dict_iter::iterator_at::<VALUES>(seq, i, n),
        Walk::Items => dict_iter::iterator_at::<ITEMS>(seq, i, n),
    }
}

/// The walk that could take an iterator's place.
pub fn walk_of(it: &Obj) -> Option<Walk> {
    Walk::ALL.into_iter().find(|&w| parts(it, w).is_some())
}

/// Parts of an iterator over a sequence.
fn sequence(it: &Obj, of: Sequence) -> Option<(Obj, usize)> {
    if it.refcount() != 1 {
        return None;
    }
    let (seq, index) = match of {
        Sequence::List => {
            let l = it.get_exact::<list_iter::ListIter>()?;
            (l.list.get()?, l.index.get())
        }
        Sequence::Tuple => {
            let t = it.get_exact::<tuple::TupleIter>()?;
            (t.tuple.get()?, t.index.get())
        }
        Sequence::Str => str_iter::place(it)?,
    };
    seq.is_exact(of.ty()).then_some((seq, index))
}
fn dict<const KIND: u8>(it: &Obj) -> Option<(Obj, usize, usize)>
where
    DictIter<KIND>: adder_object::Payload,
{
    let d = it.get_exact::<DictIter<KIND>>()?;
    let (at, used) = (d.at.get(), d.used.get());
    let o = d.dict.get().filter(|o| o.is_exact(&types::DICT))?;
    let t = o.get::<Dict>()?;
    (t.len() == used && t.filled() == used && d.remaining.get() == used - at.min(used)).then_some((o, at, used))
}

/// Container, index, other: a count, or the word of an object that the iterator holds.
fn parts(it: &Obj, walk: Walk) -> Option<(Obj, usize, u64)> {
    if it.refcount() != 1 {
        return None;
    }
    Some(match walk {
        Walk::List => sequence(it, Sequence::List).map(|(seq, i)| (seq, i, 0))?,
        Walk::Tuple => sequence(it, Sequence::Tuple).map(|(seq, i)| (seq, i, 0))?,
        Walk::Str => sequence(it, Sequence::Str).map(|(seq, i)| (seq, i, 0))?,
        Walk::Reversed => {
            let r = it.get_exact::<list_iter::ListReverseIter>()?;
            let i = usize::try_from(r.index.get()).ok()?;
            (r.list.get().filter(|l| l.is_exact(&types::LIST))?, i, 0)
        }
        Walk::Numbered(of) => {
            let (inner, number) = it.get_exact::<enumerate::Enumerate>()?.parts()?;
            let (seq, i) = sequence(inner, of)?;
            let start = number.checked_sub(i as i64).filter(|s| s.abs() < 1 << 58)?;
            (seq, i, start as u64)
        }
        Walk::Zipped(x, y) => {
            let [a, b] = it.get_exact::<zip::Zip>()?.pair()?;
            let ((first, i), (second, j)) = (sequence(a, x)?, sequence(b, y)?);
            if i != j {
                return None;
            }
            (first, i, second.bits())
        }
        Walk::Keys => dict::<KEYS>(it).map(|(o, i, n)| (o, i, n as u64))?,
        Walk::Values => dict::<VALUES>(it).map(|(o, i, n)| (o, i, n as u64))?,
        Walk::Items => dict::<ITEMS>(it).map(|(o, i, n)| (o, i, n as u64))?,
    })
}

pub extern "C" fn adopt(_: &Vm, _: *mut Frame, it: u64, number: u64) -> u64 {
    match parts(view(&it), walk(number)) {
        Some((seq, i, other)) if i < 1 << 58 => {
            *PARTS.get() = [seq.bits(), i as u64, other];
            1
        }
        _ => 0,
    }
}
