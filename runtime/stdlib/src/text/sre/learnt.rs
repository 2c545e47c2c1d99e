//! What a machine learns about the single-character items of its pattern: tables for those that are asked often.
//!
//! *Invariant*: a table says of every character below 256 what its item says; others are asked anew.

use super::chars::in_set;
use super::engine::{Machine, Unit};
use super::prefix::{Known, Prefix};

/// Which characters below 256 an item matches.
pub(super) type Table = [bool; 256];
/// An item asked so often gets a table.
const LEARNT: u16 = 16;

impl<'a, T: Unit> Machine<'a, T> {
    /// What the match at `pc`, before which a long text or many are searched, begins with. Goes back with `keep_prefix`.
    pub fn take_prefix(&mut self, pc: usize, length: usize) -> Known {
        const LONG: usize = 1000;
        const OFTEN: u8 = 20;
        match std::mem::take(&mut self.s.prefix) {
            Known::Nothing if length < LONG => Known::Asked(1),
            Known::Asked(n) if length < LONG && n < OFTEN => Known::Asked(n + 1),
            Known::Nothing | Known::Asked(_) => Prefix::of(self, pc).map_or(Known::Useless, Known::Sets),
            known => known,
        }
    }
    pub fn keep_prefix(&mut self, prefix: Known) {
        self.s.prefix = prefix;
    }

    /// First position from `from` on with a character of a set that stands outside the items (INFO's, at place 5).
    pub fn find_set(&mut self, from: usize, set: &'a [u32]) -> Option<usize> {
        const INFO_SET: usize = 5;
        let text = self.text;
        let part = text.get(from..self.end)?;
        let n = self.s.items.get(INFO_SET).copied().unwrap_or(0);
        if n < LEARNT && (part.len() > 64 || n + 1 == LEARNT) && self.s.tables.len() < 1000 {
            let mut t = [false; 256];
            t.iter_mut().enumerate().for_each(|(c, yes)| *yes = in_set(set, c as u32));
            self.s.tables.push(t);
            self.s.items[INFO_SET] = LEARNT + self.s.tables.len() as u16 - 1;
        } else if n < LEARNT {
            self.s.items[INFO_SET] = n + 1;
        }
        let n = self.s.items.get(INFO_SET).copied().unwrap_or(0);
        let found = match n.checked_sub(LEARNT).and_then(|i| self.s.tables.get(i as usize)) {
            Some(t) => part.iter().position(|c| {
                let c = c.cp();
                if c < 256 { t[c as usize] } else { in_set(set, c) }
            }),
            None => part.iter().position(|c| in_set(set, c.cp())),
        };
        found.map(|i| from + i)
    }

    /// The number of the table of the item at `pc`, once it has one.
    #[inline(always)]
    pub(super) fn table(&mut self, pc: usize) -> Option<usize> {
        let n = *self.s.items.get(pc)?;
        if n >= LEARNT {
            return Some((n - LEARNT) as usize);
        }
        self.count_use(pc, n)
    }
    fn count_use(&mut self, pc: usize, n: u16) -> Option<usize> {
        if n + 1 < LEARNT || self.s.tables.len() > 1000 {
            self.s.items[pc] = (n + 1).min(LEARNT - 1);
            return None;
        }
        let mut t = [false; 256];
        t.iter_mut().enumerate().for_each(|(c, yes)| *yes = self.item(pc, c as u32));
        self.s.tables.push(t);
        self.s.items[pc] = LEARNT + self.s.tables.len() as u16 - 1;
        Some(self.s.tables.len() - 1)
    }
    /// Whether the item at `pc` matches, by its table where that knows.
    #[inline(always)]
    pub(super) fn matches(&mut self, pc: usize, c: u32) -> bool {
        match self.table(pc) {
            Some(t) if c < 256 => self.s.tables[t][c as usize],
            _ => self.item(pc, c),
        }
    }
    /// First position from `from` on with a character that the item matches.
    pub fn find_item(&mut self, pc: usize, from: usize, to: usize) -> Option<usize> {
        let text = self.text;
        let part = text.get(from..to)?;
        for _ in 0..(part.len() / 16).min(LEARNT as usize) {
            self.table(pc);
        }
        let found = match self.table(pc) {
            Some(t) => {
                let t = &self.s.tables[t];
                part.iter().position(|c| {
                    let c = c.cp();
                    if c < 256 { t[c as usize] } else { self.item(pc, c) }
                })
            }
            None => part.iter().position(|c| self.item(pc, c.cp())),
        };
        found.map(|i| from + i)
    }
}
