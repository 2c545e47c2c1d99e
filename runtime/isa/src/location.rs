//! The location table: source position of every unit.
//!
//! *Invariants.* Encoding as CPython 3.14's `co_linetable`: an entry covers 1 to 8 units; its first byte is
//! `0x80 | form << 3 | units - 1`, lines are differences to the entry before (the first to `co_firstlineno`).
//! Decoding never fails: a damaged table ends early.

/// A source range; -1 stands for "unknown" in each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// First line.
    pub line: i32,
    /// Last line.
    pub end_line: i32,
    /// UTF-8 column of the start.
    pub col: i32,
    /// UTF-8 column after the end.
    pub end_col: i32,
}

impl Location {
    /// No position at all.
    pub const NONE: Location = Location { line: -1, end_line: -1, col: -1, end_col: -1 };

    /// A line without columns.
    pub const fn line(line: i32) -> Location {
        Location { line, end_line: line, col: -1, end_col: -1 }
    }
}

/// Builds a table.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    line: i32,
}

impl Writer {
    /// A table that starts at `co_firstlineno`.
    pub fn new(first_line: i32) -> Writer {
        Writer { out: Vec::new(), line: first_line }
    }

    /// Adds `units` units with one location.
    pub fn push(&mut self, location: Location, mut units: usize) {
        while units > 8 {
            self.entry(location, 8);
            units -= 8;
        }
        if units > 0 {
            self.entry(location, units);
        }
    }

    fn head(&mut self, form: u8, units: usize) {
        self.out.push(0x80 | form << 3 | (units as u8 - 1));
    }

    fn entry(&mut self, at: Location, units: usize) {
        if at.line < 0 {
            self.head(15, units);
            return;
        }
        let delta = at.line.wrapping_sub(self.line);
        self.line = at.line;
        if at.col < 0 || at.end_col < 0 {
            if at.end_line == at.line || at.end_line < 0 {
                self.head(13, units);
                self.signed(delta);
                return;
            }
        } else if at.end_line == at.line {
            if delta == 0 && at.col < 80 && at.end_col >= at.col && at.end_col - at.col < 16 {
                self.head((at.col >> 3) as u8, units);
                self.out.push(((at.col & 7) << 4 | (at.end_col - at.col)) as u8);
                return;
            }
            if (0..3).contains(&delta) && at.col < 128 && at.end_col < 128 {
                self.head(10 + delta as u8, units);
                self.out.push(at.col as u8);
                self.out.push(at.end_col as u8);
                return;
            }
        }
        self.head(14, units);
        self.signed(delta);
        self.unsigned(at.end_line.wrapping_sub(at.line) as u32);
        self.unsigned(at.col.wrapping_add(1) as u32);
        self.unsigned(at.end_col.wrapping_add(1) as u32);
    }

    fn unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.out.push(0x40 | (value & 0x3F) as u8);
            value >>= 6;
        }
        self.out.push(value as u8);
    }

    fn signed(&mut self, value: i32) {
        let bits = if value < 0 { value.unsigned_abs().wrapping_shl(1) | 1 } else { (value as u32) << 1 };
        self.unsigned(bits);
    }

    /// The finished table.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// A run of units with one location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First unit.
    pub start: usize,
    /// Unit after the last.
    pub end: usize,
    /// Their location.
    pub location: Location,
}

/// Iterates over the entries of a table.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    bytes: &'a [u8],
    line: i32,
    at: usize,
}

impl<'a> Runs<'a> {
    /// All entries of `linetable`.
    pub fn new(linetable: &'a [u8], first_line: i32) -> Runs<'a> {
        Runs { bytes: linetable, line: first_line, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            if shift < 32 {
                value |= u32::from(byte & 0x3F).wrapping_shl(shift);
            }
            shift += 6;
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let bits = self.unsigned()?;
        let magnitude = (bits >> 1) as i32;
        Some(if bits & 1 != 0 { magnitude.wrapping_neg() } else { magnitude })
    }

    fn run(&mut self) -> Option<Run> {
        let head = self.byte()?;
        let units = usize::from(head & 7) + 1;
        let form = head >> 3 & 15;
        let location = match form {
            15 => Location::NONE,
            13 => {
                self.line = self.line.wrapping_add(self.signed()?);
                Location::line(self.line)
            }
            14 => {
                self.line = self.line.wrapping_add(self.signed()?);
                let end_line = self.line.wrapping_add(self.unsigned()? as i32);
                let col = (self.unsigned()? as i32).wrapping_sub(1);
                let end_col = (self.unsigned()? as i32).wrapping_sub(1);
                Location { line: self.line, end_line, col, end_col }
            }
            10..=12 => {
                self.line = self.line.wrapping_add(i32::from(form) - 10);
                let (col, end_col) = (i32::from(self.byte()?), i32::from(self.byte()?));
                Location { line: self.line, end_line: self.line, col, end_col }
            }
            _ => {
                let second = self.byte()?;
                let col = i32::from(form) << 3 | i32::from(second >> 4 & 7);
                Location { line: self.line, end_line: self.line, col, end_col: col + i32::from(second & 15) }
            }
        };
        let start = self.at;
        self.at += units;
        Some(Run { start, end: self.at, location })
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let run = self.run();
        if run.is_none() {
            self.bytes = &[];
        }
        run
    }
}

/// The location of one unit.
pub fn lookup(linetable: &[u8], first_line: i32, unit: usize) -> Location {
    Runs::new(linetable, first_line).find(|run| unit < run.end).map_or(Location::NONE, |run| run.location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let places = [
            Location { line: 5, end_line: 5, col: 3, end_col: 9 },
            Location { line: 6, end_line: 6, col: 90, end_col: 127 },
            Location { line: 6, end_line: 8, col: 300, end_col: 2 },
            Location::NONE,
            Location::line(2),
            Location { line: 70_000, end_line: 70_000, col: 0, end_col: 100_000 },
        ];
        let mut writer = Writer::new(5);
        for (index, place) in places.iter().enumerate() {
            writer.push(*place, index * 3 + 1);
        }
        let table = writer.finish();
        let mut unit = 0;
        for (index, place) in places.iter().enumerate() {
            for _ in 0..index * 3 + 1 {
                assert_eq!(lookup(&table, 5, unit), *place);
                unit += 1;
            }
        }
        assert_eq!(lookup(&table, 5, unit), Location::NONE);
    }
}
