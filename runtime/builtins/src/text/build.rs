//! [`StrBuilder`]: text of unknown width that grows to the width its characters need.
//!
//! *Invariant*: a builder is only ever as wide as its greatest character asked for, so `finish` makes a canonical string.

use adder_object::str::{self, Chars};
use adder_object::{Obj, Ref, Str};

enum Units {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

pub struct StrBuilder(Units);

impl Default for StrBuilder {
    fn default() -> Self {
        StrBuilder::new()
    }
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder(Units::One(Vec::new()))
    }
    pub fn with_capacity(n: usize) -> StrBuilder {
        StrBuilder(Units::One(Vec::with_capacity(n)))
    }
    pub fn len(&self) -> usize {
        match &self.0 {
            Units::One(v) => v.len(),
            Units::Two(v) => v.len(),
            Units::Four(v) => v.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Forgets all but the first `n` characters.
    pub fn truncate(&mut self, n: usize) {
        match &mut self.0 {
            Units::One(v) => v.truncate(n),
            Units::Two(v) => v.truncate(n),
            Units::Four(v) => v.truncate(n),
        }
    }
    #[cold]
    fn widen(&mut self, c: u32) {
        let units = std::mem::replace(&mut self.0, Units::One(Vec::new()));
        self.0 = match units {
            Units::One(v) if c < 0x10000 => Units::Two(v.into_iter().map(u16::from).collect()),
            Units::One(v) => Units::Four(v.into_iter().map(u32::from).collect()),
            Units::Two(v) if c >= 0x10000 => Units::Four(v.into_iter().map(u32::from).collect()),
            units => units,
        };
    }
    #[inline]
    pub fn push(&mut self, c: u32) {
        match &mut self.0 {
            Units::One(v) if c < 256 => v.push(c as u8),
            Units::Two(v) if c < 0x10000 => v.push(c as u16),
            Units::Four(v) => v.push(c),
            _ => {
                self.widen(c);
                self.push(c)
            }
        }
    }
    pub fn push_repeat(&mut self, c: u32, n: usize) {
        match &mut self.0 {
            Units::One(v) if c < 256 => v.resize(v.len() + n, c as u8),
            Units::Two(v) if c < 0x10000 => v.resize(v.len() + n, c as u16),
            Units::Four(v) => v.resize(v.len() + n, c),
            _ => {
                self.widen(c);
                self.push_repeat(c, n)
            }
        }
    }
    /// Bytes that stand for the characters below 256.
    pub fn push_latin1(&mut self, s: &[u8]) {
        match &mut self.0 {
            Units::One(v) => v.extend_from_slice(s),
            Units::Two(v) => v.extend(s.iter().map(|&c| u16::from(c))),
            Units::Four(v) => v.extend(s.iter().map(|&c| u32::from(c))),
        }
    }
    pub fn push_str(&mut self, s: &::std::primitive::str) {
        if s.is_ascii() {
            self.push_latin1(s.as_bytes());
        } else {
            s.chars().for_each(|c| self.push(c as u32));
        }
    }
    pub fn push_chars(&mut self, chars: Chars<'_>) {
        match (&mut self.0, chars) {
            (_, Chars::One(s)) => self.push_latin1(s),
            (Units::Two(v), Chars::Two(s)) => v.extend_from_slice(s),
            (Units::Four(v), Chars::Four(s)) => v.extend_from_slice(s),
            (_, chars) => chars.iter().for_each(|c| self.push(c)),
        }
    }
    pub fn push_text(&mut self, s: &Str) {
        self.push_chars(s.chars());
    }
    pub fn push_slice(&mut self, s: &[u32]) {
        s.iter().for_each(|&c| self.push(c));
    }
    pub fn finish_str(self) -> Ref<Str> {
        match self.0 {
            Units::One(v) => str::from_latin1(&v),
            Units::Two(v) => str::from_u16s(&v),
            Units::Four(v) => str::from_code_points(&v),
        }
    }
    pub fn finish(self) -> Obj {
        self.finish_str().into_obj()
    }
}
