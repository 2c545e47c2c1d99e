//! What every match begins with: a set for each of the first characters, by which a search passes over places where no match can be.
//!
//! *Invariant*: a place where a match begins is never passed over; one where none begins may be stopped at.

use super::codes::{MAXREPEAT, op};
use super::engine::{Machine, Unit};

/// How many characters are looked at.
const DEPTH: usize = 4;
/// Alternatives are told apart by bits; those beyond the last bit share it.
const BITS: usize = 8;

/// Bit `k` of `sets[i][c]`: alternative `k` may have `c` as its character number `i`.
pub struct Prefix {
    depth: usize,
    sets: [[u8; 256]; DEPTH],
}

/// What is known of a pattern's prefix.
#[derive(Default)]
pub enum Known {
    /// Searches so far.
    #[default]
    Nothing,
    Asked(u8),
    Useless,
    Sets(Box<Prefix>),
}

impl Prefix {
    /// The sets of the code at `pc`; None when matches may begin with anything, or with nothing.
    pub fn of<T: Unit>(m: &Machine<'_, T>, mut pc: usize) -> Option<Box<Prefix>> {
        while m.code_at(pc) == op::MARK {
            pc += 2;
        }
        let mut p = Box::new(Prefix { depth: 0, sets: [[0; 256]; DEPTH] });
        let mut whole = true;
        if m.code_at(pc) == op::BRANCH {
            let (mut at, mut k) = (pc + 1, 0);
            while m.code_at(at) != 0 {
                whole &= p.add(m, at + 1, 1 << k.min(BITS - 1));
                at += m.code_at(at) as usize;
                k += 1;
            }
        } else {
            whole = p.add(m, pc, 1);
        }
        (whole && p.depth > 0).then_some(p)
    }

    /// Adds an alternative; false when it has no first character.
    fn add<T: Unit>(&mut self, m: &Machine<'_, T>, pc: usize, bit: u8) -> bool {
        let items = first_items(m, pc);
        for (i, set) in self.sets.iter_mut().enumerate() {
            match items.get(i) {
                Some(&at) if m.code_at(at) == op::LITERAL => {
                    if let Some(c) = set.get_mut(m.code_at(at + 1) as usize) {
                        *c |= bit;
                    }
                }
                Some(&at) => (0..).zip(set.iter_mut()).filter(|(c, _)| m.item(at, *c)).for_each(|(_, b)| *b |= bit),
                None => set.iter_mut().for_each(|b| *b |= bit),
            }
        }
        self.depth = self.depth.max(items.len());
        !items.is_empty()
    }

    /// First place from `from` on where a match may begin.
    pub fn find<T: Unit>(&self, text: &[T], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let found = match self.depth {
            1 => self.scan::<T, 1>(rest),
            2 => self.scan::<T, 2>(rest),
            3 => self.scan::<T, 3>(rest),
            _ => self.scan::<T, DEPTH>(rest),
        };
        found.map(|i| from + i)
    }
    fn scan<T: Unit, const N: usize>(&self, text: &[T]) -> Option<usize> {
        let bits = |i: usize, c: T| self.sets[i].get(c.cp() as usize).copied().unwrap_or(0xFF);
        let all = |w: &[T]| w.iter().take(N).enumerate().fold(0xFF, |mask, (i, &c)| mask & bits(i, c)) != 0;
        if let Some(i) = text.windows(N).position(all) {
            return Some(i);
        }
        // At the end of the text fewer characters are left; a shorter alternative may fit.
        let tail = text.len().saturating_sub(N - 1);
        (tail..text.len()).find(|&i| all(&text[i..]))
    }
}

/// The single-character items that every match of the code at `pc` begins with, at most `DEPTH`.
fn first_items<T: Unit>(m: &Machine<'_, T>, mut pc: usize) -> Vec<usize> {
    let mut items = Vec::with_capacity(DEPTH);
    while items.len() < DEPTH {
        match m.code_at(pc) {
            op::MARK | op::AT => pc += 2,
            op::JUMP => pc += 1 + m.code_at(pc + 1) as usize,
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                let (min, max) = (m.code_at(pc + 2), m.code_at(pc + 3));
                let n = (min as usize).min(DEPTH - items.len());
                items.extend(std::iter::repeat_n(pc + 4, n));
                if min != max || max == MAXREPEAT {
                    break;
                }
                pc += 1 + m.code_at(pc + 1) as usize;
            }
            op::REPEAT if m.code_at(pc + 2) > 0 => pc += 4,
            op::ANY
            | op::ANY_ALL
            | op::LITERAL
            | op::NOT_LITERAL
            | op::IN
            | op::CATEGORY
            | op::LITERAL_IGNORE
            | op::NOT_LITERAL_IGNORE
            | op::LITERAL_UNI_IGNORE
            | op::NOT_LITERAL_UNI_IGNORE
            | op::IN_IGNORE
            | op::IN_UNI_IGNORE => {
                items.push(pc);
                pc = m.after_item(pc);
            }
            _ => break,
        }
    }
    items
}
