//! The exception table: which handler covers which units.
//!
//! *Invariants.* Entries are in order of their start and do not overlap, so the entry of an offset is found by a scan
//! (or a binary search, see [`Entry`]). Encoding as CPython 3.14: each entry is four big-endian base-64 numbers (start,
//! length, target, depth << 1 | lasti), bit 6 set on all but the last byte of a number, bit 7 on the first byte of an entry.

/// One row of the table; positions are in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// First covered unit.
    pub start: u32,
    /// Unit after the last covered one.
    pub end: u32,
    /// The handler's first unit.
    pub target: u32,
    /// Stack depth to unwind to before the exception is pushed.
    pub depth: u32,
    /// Whether the offset of the raising instruction is pushed below the exception.
    pub lasti: bool,
}

fn put(out: &mut Vec<u8>, value: u32, first: u8) {
    let mut first = first;
    for shift in [30, 24, 18, 12, 6] {
        if value >> shift != 0 {
            out.push((value >> shift & 0x3F) as u8 | 0x40 | first);
            first = 0;
        }
    }
    out.push((value & 0x3F) as u8 | first);
}

/// Encodes entries that are already in order.
pub fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 5);
    for entry in entries {
        put(&mut out, entry.start, 0x80);
        put(&mut out, entry.end.saturating_sub(entry.start), 0);
        put(&mut out, entry.target, 0);
        put(&mut out, entry.depth << 1 | u32::from(entry.lasti), 0);
    }
    out
}

/// Iterates over the entries; ends early at a damaged one (the verifier rejects such tables).
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    bytes: &'a [u8],
    /// Whether decoding stopped at damage.
    pub damaged: bool,
}

impl<'a> Entries<'a> {
    /// All entries of a table.
    pub fn new(bytes: &'a [u8]) -> Entries<'a> {
        Entries { bytes, damaged: false }
    }

    #[inline]
    fn number(&mut self) -> Option<u32> {
        let mut value: u32 = 0;
        loop {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            if value > u32::MAX >> 6 {
                return None;
            }
            value = value << 6 | u32::from(byte & 0x3F);
            if byte & 0x40 == 0 {
                return Some(value);
            }
        }
    }

    #[inline]
    fn entry(&mut self) -> Option<Entry> {
        if self.bytes.first()? & 0x80 == 0 {
            return None;
        }
        let start = self.number()?;
        let end = start.checked_add(self.number()?)?;
        let target = self.number()?;
        let depth = self.number()?;
        Some(Entry { start, end, target, depth: depth >> 1, lasti: depth & 1 != 0 })
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if self.bytes.is_empty() || self.damaged {
            return None;
        }
        let entry = self.entry();
        self.damaged = entry.is_none();
        entry
    }
}

/// The entry that covers a unit.
pub fn lookup(table: &[u8], unit: u32) -> Option<Entry> {
    // Halves the table until few bytes are left; bit 7 marks where entries begin.
    let (mut from, mut to) = (0, table.len());
    while to - from > 40 {
        let mut middle = (from + to) / 2;
        while middle > from && table[middle] & 0x80 == 0 {
            middle -= 1;
        }
        if middle == from {
            break;
        }
        match start_of(&table[middle..]) {
            Some(start) if start <= unit => from = middle,
            _ => to = middle,
        }
    }
    let mut rest = Entries::new(&table[from..]);
    while start_of(rest.bytes)? <= unit {
        let entry = rest.entry()?;
        if unit < entry.end {
            return Some(entry);
        }
    }
    None
}

/// Where the first entry begins.
#[inline]
fn start_of(table: &[u8]) -> Option<u32> {
    Entries::new(table).number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let entries = [
            Entry { start: 0, end: 1, target: 64, depth: 0, lasti: false },
            Entry { start: 5, end: 100_000, target: 70_000_000, depth: 300, lasti: true },
        ];
        let bytes = encode(&entries);
        assert_eq!(Entries::new(&bytes).collect::<Vec<_>>(), entries);
        assert_eq!(lookup(&bytes, 99_999), Some(entries[1]));
        assert_eq!(lookup(&bytes, 3), None);
    }

    #[test]
    fn lookup_in_long_tables() {
        let entry =
            |i: u32| Entry { start: i * 7, end: i * 7 + 5, target: 9000 + i, depth: i % 9, lasti: i.is_multiple_of(2) };
        let entries: Vec<Entry> = (0..300).map(entry).collect();
        let bytes = encode(&entries);
        for unit in 0..2200 {
            let wanted = entries.iter().find(|e| (e.start..e.end).contains(&unit)).copied();
            assert_eq!(lookup(&bytes, unit), wanted);
        }
    }
}
