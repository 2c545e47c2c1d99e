//! Names as numbers: equal text, equal symbol, so that names are compared, kept and turned into objects without their text.
//!
//! Invariant: XML-SYM-1: a symbol indexes the table that gave it, and tables only grow.

use std::collections::HashMap;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Symbol(u32);

impl Symbol {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

const RECENT: usize = 64;

#[derive(Clone)]
pub struct Symbols {
    all: Vec<Rc<str>>,
    by_text: HashMap<Rc<str>, Symbol>,
    /// A symbol whose text may be the one looked for, by a cheap digest of it: documents repeat few names.
    recent: [Symbol; RECENT],
}

/// Where a name's symbol may be remembered.
fn place(s: &[u8]) -> usize {
    let at = |i: usize| s.get(i).map_or(0, |&b| u32::from(b));
    let mix = at(0) | at(s.len().wrapping_sub(1)) << 8 | at(s.len() / 2) << 16 | (s.len() as u32) << 24;
    (mix.wrapping_mul(0x9E37_79B1) >> 26) as usize
}

impl Default for Symbols {
    fn default() -> Symbols {
        Symbols { all: vec![], by_text: HashMap::new(), recent: [Symbol::default(); RECENT] }
    }
}
impl Symbols {
    pub fn text(&self, s: Symbol) -> &str {
        self.all.get(s.index()).map_or("", |t| t)
    }
    pub fn shared(&self, s: Symbol) -> Rc<str> {
        self.all.get(s.index()).cloned().unwrap_or_default()
    }
    /// The symbol of a text, new when the text is.
    pub fn of(&mut self, text: &str) -> Symbol {
        let place = place(text.as_bytes()) % RECENT;
        let recent = self.recent[place];
        if self.all.get(recent.index()).is_some_and(|t| **t == *text) {
            return recent;
        }
        let found = self.by_text.get(text).copied();
        let symbol = found.unwrap_or_else(|| {
            let (shared, new) = (Rc::<str>::from(text), Symbol(self.all.len() as u32));
            self.all.push(shared.clone());
            self.by_text.insert(shared, new);
            new
        });
        self.recent[place] = symbol;
        symbol
    }
}
