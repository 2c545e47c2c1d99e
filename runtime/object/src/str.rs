//! [`Str`]: strings of 1, 2 or 4 bytes a code point (PEP 393), their construction, comparison, hash and interning.
//!
//! ```text
//!  16 len   24 hash (-1 = not yet)   32 kind u8, ascii u8, interned u8   40 data pointer   48 code points when made in one piece
//! ```
//! Invariants: STR-1: `kind` is the smallest that fits the greatest code point. STR-2: contents never change once a second
//! reference exists (only `append_in_place` writes, on a unique one). Surrogates are code points like any other.
//! CPython: Objects/unicodeobject.c.

use crate::handle::{PAYLOAD, Ref, allocate};
use crate::typeobj::Type;
use crate::{Obj, ObjExt, types};
use adder_mem::heap::{self, Global};
use adder_num::hash::TextHasher;
use hashbrown::HashTable;
use std::cell::Cell;

#[repr(C)]
pub struct Str {
    len: Cell<usize>,
    hash: Cell<i64>,
    kind: Cell<u8>,
    ascii: Cell<bool>,
    interned: Cell<bool>,
    /// The code points are a block of their own.
    separate: Cell<bool>,
    data: Cell<*mut u8>,
}
/// Offset of the length in the payload.
pub const LEN: usize = std::mem::offset_of!(Str, len);
adder_mem::trace_fields!(Str);
crate::payload!(Str, types::STR, adder_mem::header::TypeFlags::STR_SUBCLASS);

impl Drop for Str {
    fn drop(&mut self) {
        if self.separate.get() {
            // SAFETY: a separate block belongs to this string alone; its capacity word lies before the data.
            unsafe { heap::free_plain(self.data.get().sub(16)) }
        }
    }
}

/// The code points of a string, by width.
#[derive(Clone, Copy)]
pub enum Chars<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

impl Chars<'_> {
    #[inline]
    pub fn at(&self, i: usize) -> u32 {
        match self {
            Chars::One(s) => s[i] as u32,
            Chars::Two(s) => s[i] as u32,
            Chars::Four(s) => s[i],
        }
    }
    pub fn len(&self) -> usize {
        match self {
            Chars::One(s) => s.len(),
            Chars::Two(s) => s.len(),
            Chars::Four(s) => s.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_ {
        (0..self.len()).map(|i| self.at(i))
    }
}

/// Runs `$body` with `$s` bound to the slice of the right width.
#[macro_export]
macro_rules! with_chars {
    ($chars:expr, $s:ident => $body:expr) => {
        match $chars {
            $crate::str::Chars::One($s) => $body,
            $crate::str::Chars::Two($s) => $body,
            $crate::str::Chars::Four($s) => $body,
        }
    };
}

impl Str {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Bytes per code point: 1, 2 or 4.
    #[inline(always)]
    pub fn kind(&self) -> u8 {
        self.kind.get()
    }
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.ascii.get()
    }
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.interned.get()
    }
    #[inline(always)]
    pub fn chars(&self) -> Chars<'_> {
        let n = self.len();
        let p = self.data.get();
        // SAFETY: STR-1: `data` points to `len` units of `kind` bytes, aligned.
        unsafe {
            match self.kind() {
                1 => Chars::One(std::slice::from_raw_parts(p, n)),
                2 => Chars::Two(std::slice::from_raw_parts(p as *const u16, n)),
                _ => Chars::Four(std::slice::from_raw_parts(p as *const u32, n)),
            }
        }
    }
    /// The raw bytes of the code points.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: as in `chars`.
        unsafe { std::slice::from_raw_parts(self.data.get(), self.len() * self.kind() as usize) }
    }
    /// The text, when it is ASCII.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        if self.is_ascii() { Some(unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) }) } else { None }
    }
    #[inline]
    pub fn at(&self, i: usize) -> u32 {
        self.chars().at(i)
    }
    /// The text as UTF-8; lone surrogates become U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        match self.as_ascii() {
            Some(s) => s.to_owned(),
            None => self.chars().iter().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}')).collect(),
        }
    }
    /// The text as UTF-8, or None when it holds lone surrogates.
    pub fn to_utf8(&self) -> Option<String> {
        match self.as_ascii() {
            Some(s) => Some(s.to_owned()),
            None => self.chars().iter().map(char::from_u32).collect(),
        }
    }
    /// UTF-8 with surrogates encoded like other code points (WTF-8 without pairing).
    pub fn to_wtf8(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len());
        self.chars().iter().for_each(|c| push_wtf8(&mut out, c));
        out
    }
    pub fn code_points(&self) -> Vec<u32> {
        self.chars().iter().collect()
    }
    #[inline]
    pub fn eq_str(&self, other: &str) -> bool {
        match self.as_ascii() {
            Some(s) => s == other,
            None => self.chars().iter().eq(other.chars().map(|c| c as u32)),
        }
    }
    #[inline]
    pub fn equals(&self, other: &Str) -> bool {
        self.len() == other.len() && self.kind() == other.kind() && same_bytes(self.raw_bytes(), other.raw_bytes())
    }
    pub fn compare(&self, other: &Str) -> std::cmp::Ordering {
        match (self.chars(), other.chars()) {
            (Chars::One(a), Chars::One(b)) => a.cmp(b),
            (a, b) => a.iter().cmp(b.iter()),
        }
    }
    /// The hash, computed once.
    #[inline]
    pub fn hash(&self) -> i64 {
        let h = self.hash.get();
        if h != -1 { h } else { self.hash_slow() }
    }
    fn hash_slow(&self) -> i64 {
        let h = hash_bytes(self.raw_bytes());
        self.hash.set(h);
        h
    }
}

static HASH_KEY: Global<(u64, u64, bool)> = Global::new((0, 0, false));

/// Sets the key of string hashes, before the first string is made (PYTHONHASHSEED).
pub fn set_hash_key(k0: u64, k1: u64) {
    *HASH_KEY.get() = (k0, k1, true);
}

static SEEDED: Global<Option<TextHasher>> = Global::new(None);

/// Uses CPython's hash with the key it derives from a PYTHONHASHSEED, so that values and set orders agree with CPython's.
pub fn set_hash_seed(seed: u32) {
    *SEEDED.get() = Some(TextHasher::from_seed(seed));
}

/// Whether two runs of the same length are equal; a few bytes are compared without a call.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() > 16 {
        return a == b;
    }
    match (a.first_chunk::<8>(), a.last_chunk::<8>(), b.first_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a0), Some(a1), Some(b0), Some(b1)) => a0 == b0 && a1 == b1,
        _ => short_word(a) == short_word(b),
    }
}

/// One to seven bytes as a word, without a loop.
#[inline(always)]
fn short_word(b: &[u8]) -> u64 {
    match (b.first_chunk::<4>(), b.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (b.len() - 4))
        }
        _ => match *b {
            [a] => u64::from(a),
            [a, b] => u64::from(a) | u64::from(b) << 8,
            [a, b, c] => u64::from(a) | u64::from(b) << 8 | u64::from(c) << 16,
            _ => 0,
        },
    }
}

/// The first eight bytes as a number that orders like them; zeros stand for those that are missing.
#[inline]
pub fn order_word(b: &[u8]) -> u64 {
    match b.first_chunk::<8>() {
        Some(word) => u64::from_be_bytes(*word),
        None => short_word(b).swap_bytes(),
    }
}

/// Hash of a str or bytes, never -1; without a seed in 60 bits (ADR 0001: it stays an immediate int).
#[inline]
pub fn hash_bytes(data: &[u8]) -> i64 {
    if data.is_empty() {
        return 0;
    }
    if let Some(hasher) = SEEDED.get() {
        return hasher.hash(data);
    }
    let (k0, k1, _) = *HASH_KEY.get();
    let mut h = k0 ^ (data.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let fold = |a: u64, b: u64| {
        let m = (a as u128).wrapping_mul(b as u128);
        (m as u64) ^ ((m >> 64) as u64)
    };
    let (chunks, rest) = data.as_chunks::<8>();
    for c in chunks {
        h = fold(h ^ u64::from_le_bytes(*c), 0xA076_1D64_78BD_642F ^ k1);
    }
    if !rest.is_empty() {
        // As a word with zeros behind it. The last eight bytes of the text have it at their end.
        let last = match data.last_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word) >> (64 - 8 * rest.len()),
            None => short_word(rest),
        };
        h = fold(h ^ last, 0xE703_7ED1_A0B4_28DB ^ k1);
    }
    h = fold(h, 0x8EBC_6AF0_9C88_C6E3);
    (h >> 4) as i64
}

/// Appends a code point to UTF-8 bytes, surrogates included.
pub fn push_wtf8(out: &mut Vec<u8>, c: u32) {
    match c {
        0..=0x7F => out.push(c as u8),
        0x80..=0x7FF => out.extend([0xC0 | (c >> 6) as u8, 0x80 | (c & 63) as u8]),
        0x800..=0xFFFF => out.extend([0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 63) as u8, 0x80 | (c & 63) as u8]),
        _ => out.extend([
            0xF0 | (c >> 18) as u8,
            0x80 | (c >> 12 & 63) as u8,
            0x80 | (c >> 6 & 63) as u8,
            0x80 | (c & 63) as u8,
        ]),
    }
}

const INLINE_AT: usize = PAYLOAD + size_of::<Str>();

/// Memory for an exact str, whose type has no prefix, members or attributes, with room for the code points.
#[inline]
fn allocate_exact(room: usize) -> *mut adder_mem::Header {
    let p = heap::alloc_object(INLINE_AT + room) as *mut adder_mem::Header;
    if p.is_null() {
        return allocate(&types::STR, room);
    }
    // SAFETY: fresh memory of at least the size of a header.
    unsafe { (*p).init(types::STR.object_ptr(), types::STR.head.root_shape.get()) }
    p
}

/// A string of `len` units of `kind` bytes whose contents `fill` writes; `max` is the greatest code point (or its bound).
/// The caller states the kind that STR-1 wants.
pub(crate) fn make(len: usize, kind: u8, ascii: bool, fill: impl FnOnce(*mut u8)) -> Ref<Str> {
    let p = allocate_exact(len * kind as usize + 1);
    let data = (p as usize + INLINE_AT) as *mut u8;
    // SAFETY: the allocation has room for payload and code points; `fill` writes exactly len * kind bytes.
    unsafe {
        std::ptr::write(
            (p as usize + PAYLOAD) as *mut Str,
            Str {
                len: Cell::new(len),
                hash: Cell::new(-1),
                kind: Cell::new(kind),
                ascii: Cell::new(ascii),
                interned: Cell::new(false),
                separate: Cell::new(false),
                data: Cell::new(data),
            },
        );
        fill(data);
        Ref::from_obj_unchecked(Obj::from_ptr(p))
    }
}

pub fn from_str(s: &str) -> Ref<Str> {
    if s.is_ascii() {
        return from_ascii(s.as_bytes());
    }
    // The greatest leading byte tells the width, the number of leading bytes the length.
    let bytes = s.as_bytes();
    let max = bytes.iter().fold(0, |max, &b| max.max(b));
    let n = bytes.iter().map(|&b| usize::from(b & 0xC0 != 0x80)).sum();
    let kind = match max {
        ..0xC4 => 1,
        0xC4..0xF0 => 2,
        _ => 4,
    };
    if n == 1 && kind == 1 {
        return latin1_char(s.chars().next().map_or(0, |c| c as u8));
    }
    make(n, kind, false, |p| {
        // SAFETY: room for `n` units of `kind` bytes, the smallest that fits the greatest character (STR-1).
        unsafe {
            match kind {
                1 => s.chars().enumerate().for_each(|(i, c)| *p.add(i) = c as u8),
                2 => s.chars().enumerate().for_each(|(i, c)| *(p as *mut u16).add(i) = c as u16),
                _ => s.chars().enumerate().for_each(|(i, c)| *(p as *mut u32).add(i) = c as u32),
            }
        }
    })
}

/// From bytes known to be ASCII.
#[inline]
pub fn from_ascii(s: &[u8]) -> Ref<Str> {
    match s {
        [] => empty(),
        [c] => latin1_char(*c),
        // SAFETY: `make` gives room for s.len() bytes.
        _ => make(s.len(), 1, true, |p| unsafe { std::ptr::copy_nonoverlapping(s.as_ptr(), p, s.len()) }),
    }
}

/// ASCII text of `len` bytes that `fill` writes into zeroed memory; what it writes is ASCII.
#[inline]
pub fn ascii_with(len: usize, fill: impl FnOnce(&mut [u8])) -> Ref<Str> {
    if len < 2 {
        let mut one = [0];
        fill(&mut one[..len]);
        return from_ascii(&one[..len]);
    }
    make(len, 1, true, |p| {
        // SAFETY: `make` gives room for `len` bytes.
        let out = unsafe {
            std::ptr::write_bytes(p, 0, len);
            std::slice::from_raw_parts_mut(p, len)
        };
        fill(out);
        debug_assert!(out.is_ascii());
    })
}

/// The decimal digits of a number.
pub fn from_i64(n: i64) -> Ref<Str> {
    let digits = adder_num::int::Short::new(n.unsigned_abs(), 10);
    if n >= 0 {
        return from_ascii(digits.bytes());
    }
    let digits = digits.bytes();
    ascii_with(1 + digits.len(), |out| {
        out[0] = b'-';
        out[1..].copy_from_slice(digits);
    })
}

/// From latin-1 bytes.
#[inline]
pub fn from_latin1(s: &[u8]) -> Ref<Str> {
    match s {
        [] => empty(),
        [c] => latin1_char(*c),
        // SAFETY: as in `from_ascii`.
        _ => make(s.len(), 1, s.is_ascii(), |p| unsafe { std::ptr::copy_nonoverlapping(s.as_ptr(), p, s.len()) }),
    }
}

pub fn from_u16s(s: &[u16]) -> Ref<Str> {
    let max = s.iter().fold(0, |m, &c| m | c);
    if max < 256 {
        return from_latin1(&s.iter().map(|&c| c as u8).collect::<Vec<_>>());
    }
    // SAFETY: as in `from_ascii`; the data offset is 8-aligned.
    make(s.len(), 2, false, |p| unsafe { std::ptr::copy_nonoverlapping(s.as_ptr() as *const u8, p, s.len() * 2) })
}

pub fn from_code_points(s: &[u32]) -> Ref<Str> {
    let max = s.iter().copied().max().unwrap_or(0);
    if max < 256 {
        from_latin1(&s.iter().map(|&c| c as u8).collect::<Vec<_>>())
    } else if max < 0x10000 {
        from_u16s(&s.iter().map(|&c| c as u16).collect::<Vec<_>>())
    } else {
        // SAFETY: as in `from_u16s`.
        make(s.len(), 4, false, |p| unsafe { std::ptr::copy_nonoverlapping(s.as_ptr() as *const u8, p, s.len() * 4) })
    }
}

pub fn from_code_points_iter(s: impl Iterator<Item = u32>) -> Ref<Str> {
    from_code_points(&s.collect::<Vec<_>>())
}

/// From UTF-8 that may hold encoded surrogates.
pub fn from_wtf8(s: &[u8]) -> Ref<Str> {
    if s.is_ascii() {
        return from_ascii(s);
    }
    let mut out = Vec::with_capacity(s.len());
    let mut i = 0;
    while i < s.len() {
        let b = s[i] as u32;
        let at = |k: usize| s.get(i + k).map_or(0, |&b| b as u32 & 63);
        let (c, n) = match b {
            0..=0x7F => (b, 1),
            0xC0..=0xDF => ((b & 31) << 6 | at(1), 2),
            0xE0..=0xEF => ((b & 15) << 12 | at(1) << 6 | at(2), 3),
            _ => ((b & 7) << 18 | at(1) << 12 | at(2) << 6 | at(3), 4),
        };
        out.push(c.min(0x10FFFF));
        i += n;
    }
    from_code_points(&out)
}

/// The part [start, end) of a slice of code points.
pub fn from_chars(chars: Chars<'_>) -> Ref<Str> {
    match chars {
        Chars::One(s) => from_latin1(s),
        Chars::Two(s) => from_u16s(s),
        Chars::Four(s) => from_code_points(s),
    }
}

impl Chars<'_> {
    pub fn slice(&self, start: usize, end: usize) -> Chars<'_> {
        match self {
            Chars::One(s) => Chars::One(&s[start..end]),
            Chars::Two(s) => Chars::Two(&s[start..end]),
            Chars::Four(s) => Chars::Four(&s[start..end]),
        }
    }
}

#[inline]
pub fn from_char(c: u32) -> Ref<Str> {
    if c < 256 { latin1_char(c as u8) } else { from_code_points(&[c]) }
}

/// Copies code points into memory of a given kind.
///
/// # Safety
/// `dst` has room for all of `src` in units of `kind` bytes, which is at least the kind of `src`.
unsafe fn widen(src: &Str, kind: u8, dst: *mut u8) {
    // SAFETY: by contract.
    unsafe {
        match (src.chars(), kind) {
            (Chars::One(s), 2) => s.iter().enumerate().for_each(|(i, &c)| *(dst as *mut u16).add(i) = c as u16),
            (Chars::One(s), 4) => s.iter().enumerate().for_each(|(i, &c)| *(dst as *mut u32).add(i) = c as u32),
            (Chars::Two(s), 4) => s.iter().enumerate().for_each(|(i, &c)| *(dst as *mut u32).add(i) = c as u32),
            _ => copy_bytes(src.raw_bytes(), dst),
        }
    }
}

/// Copies bytes, a few of them without a call.
///
/// # Safety
/// `dst` has room for all.
#[inline(always)]
unsafe fn copy_bytes(src: &[u8], dst: *mut u8) {
    // SAFETY: by contract; the two halves overlap where there are fewer bytes than in both.
    unsafe {
        if let (Some(first), Some(last)) = (src.first_chunk::<8>(), src.last_chunk::<8>())
            && src.len() <= 16
        {
            *(dst as *mut [u8; 8]) = *first;
            *(dst.add(src.len() - 8) as *mut [u8; 8]) = *last;
        } else if let (Some(first), Some(last)) = (src.first_chunk::<4>(), src.last_chunk::<4>())
            && src.len() < 8
        {
            *(dst as *mut [u8; 4]) = *first;
            *(dst.add(src.len() - 4) as *mut [u8; 4]) = *last;
        } else if let [first, .., last] | [first @ last] = src
            && src.len() < 4
        {
            *dst = *first;
            *dst.add(src.len() / 2) = src[src.len() / 2];
            *dst.add(src.len() - 1) = *last;
        } else {
            std::ptr::copy_nonoverlapping(src.as_ptr(), dst, src.len());
        }
    }
}

/// `a + b`.
pub fn concat(a: &Str, b: &Str) -> Ref<Str> {
    let kind = a.kind().max(b.kind());
    make(a.len() + b.len(), kind, a.is_ascii() && b.is_ascii(), |p| {
        // SAFETY: room for both, one after the other.
        unsafe {
            widen(a, kind, p);
            widen(b, kind, p.add(a.len() * kind as usize));
        }
    })
}

/// Joins parts without a separator, in one allocation.
pub fn concat_all(parts: &[&Str]) -> Ref<Str> {
    if parts.len() == 1 && parts[0].len() < 2 {
        return from_chars(parts[0].chars());
    }
    let len = parts.iter().map(|s| s.len()).sum();
    let kind = parts.iter().map(|s| s.kind()).max().unwrap_or(1);
    let ascii = parts.iter().all(|s| s.is_ascii());
    if len == 0 {
        return empty();
    }
    make(len, kind, ascii, |p| {
        let mut at = p;
        for s in parts {
            // SAFETY: `len` counts all parts.
            unsafe {
                widen(s, kind, at);
                at = at.add(s.len() * kind as usize);
            }
        }
    })
}

/// The strs of `items` with `sep` between them, in one allocation; what is not a str is left out. None when the length overflows.
pub fn join(sep: &Str, items: &[Obj]) -> Option<Ref<Str>> {
    let (mut len, mut kind, mut ascii) = (0usize, 1, true);
    let mut count = |s: &Str| {
        len = len.saturating_add(s.len());
        kind = kind.max(s.kind());
        ascii &= s.is_ascii();
    };
    items.iter().filter_map(|o| o.get::<Str>()).for_each(&mut count);
    if items.len() > 1 && !sep.is_empty() {
        count(sep);
        len = sep.len().saturating_mul(items.len() - 2).saturating_add(len);
    }
    if len > isize::MAX as usize {
        return None;
    }
    if len < 2 {
        let one = items.iter().filter_map(|o| o.get::<Str>()).find(|s| !s.is_empty());
        return Some(from_chars(one.unwrap_or(if len == 0 { return Some(empty()) } else { sep }).chars()));
    }
    Some(make(len, kind, ascii, |p| {
        let (mut at, unit) = (p, kind as usize);
        let mut put = |s: &Str| {
            // SAFETY: `len` counts all parts.
            unsafe {
                if unit == 1 {
                    copy_bytes(s.raw_bytes(), at)
                } else {
                    widen(s, kind, at)
                }
                at = at.add(s.len() * unit);
            }
        };
        for (i, o) in items.iter().enumerate() {
            if i > 0 {
                put(sep);
            }
            if let Some(s) = o.get::<Str>() {
                put(s);
            }
        }
    }))
}

/// `a += b` where the caller owns the only reference to `a`: grows in place with slack, so that repeated appends are linear.
/// Hands `a` back untouched when that is not possible.
pub fn append_in_place(a: Obj, b: &Str) -> Result<Obj, Obj> {
    let Some(s) = a.get_exact::<Str>() else { return Err(a) };
    if a.refcount() != 1 || s.is_interned() || s.kind() < b.kind() || s.len() < 32 {
        return Err(a);
    }
    let unit = s.kind() as usize;
    let (old, new) = (s.len() * unit, (s.len() + b.len()) * unit);
    // SAFETY: STR-2: unique, so nobody sees the change; a separate block is `usable` bytes long.
    unsafe {
        let capacity = if s.separate.get() { *(s.data.get().sub(16) as *const usize) } else { 0 };
        if capacity < new {
            let room = new + new / 4 + 64;
            let block = if s.separate.get() {
                heap::realloc_plain(s.data.get().sub(16), room + 16)
            } else {
                let block = heap::alloc_plain(room + 16);
                if !block.is_null() {
                    std::ptr::copy_nonoverlapping(s.data.get(), block.add(16), old);
                }
                block
            };
            if block.is_null() {
                return Err(a);
            }
            *(block as *mut usize) = room;
            s.data.set(block.add(16));
            s.separate.set(true);
        }
        widen(b, s.kind(), s.data.get().add(old));
    }
    s.len.set(s.len() + b.len());
    s.hash.set(-1);
    s.ascii.set(s.is_ascii() && b.is_ascii());
    Ok(a)
}

/// An instance of a subclass of str with the same text.
pub fn with_type(ty: &Type, text: &Str) -> Obj {
    let bytes = text.raw_bytes();
    let block = heap::alloc_plain(bytes.len() + 16);
    // SAFETY: the block has room for capacity word and text; the payload is written whole.
    unsafe {
        *(block as *mut usize) = bytes.len();
        let data = block.add(16);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
        let p = allocate(ty, 0);
        std::ptr::write(
            (p as usize + PAYLOAD) as *mut Str,
            Str {
                len: Cell::new(text.len()),
                hash: Cell::new(text.hash.get()),
                kind: Cell::new(text.kind()),
                ascii: Cell::new(text.is_ascii()),
                interned: Cell::new(false),
                separate: Cell::new(true),
                data: Cell::new(data),
            },
        );
        Obj::from_ptr(p)
    }
}

/// One-character and empty strings, made once.
struct Latin1 {
    chars: Vec<Ref<Str>>,
    empty: Option<Ref<Str>>,
}
static LATIN1: Global<Latin1> = Global::new(Latin1 { chars: Vec::new(), empty: None });

#[inline]
pub fn latin1_char(c: u8) -> Ref<Str> {
    match LATIN1.get().chars.get(c as usize) {
        Some(s) => s.clone(),
        None => make_latin1(c),
    }
}

#[cold]
fn make_latin1(c: u8) -> Ref<Str> {
    // SAFETY: each string has room for its one byte.
    LATIN1.get().chars = (0..=255u8).map(|c| intern(&make(1, 1, c < 128, |p| unsafe { *p = c }))).collect();
    LATIN1.get().chars[c as usize].clone()
}

pub fn empty() -> Ref<Str> {
    LATIN1.get().empty.get_or_insert_with(|| intern(&make(0, 1, true, |_| ()))).clone()
}

/// Every interned string, found by its own hash; the table owns a reference, so none of them dies.
static INTERNED: Global<HashTable<Ref<Str>>> = Global::new(HashTable::new());

/// A hash of the table: the hash of a str leaves the highest bits empty, which the table needs.
fn spread(hash: i64) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn find_interned(hash: i64, kind: u8, raw: &[u8]) -> Option<Ref<Str>> {
    INTERNED.get().find(spread(hash), |t| t.kind() == kind && t.raw_bytes() == raw).cloned()
}

/// More names than a start interns find room at once; what a table left behind while it grew would stay touched.
const FIRST_NAMES: usize = 4500;

/// Interns a string whose text is not in the table.
fn intern_new(s: Ref<Str>) -> Ref<Str> {
    s.interned.set(true);
    if let Some(h) = s.obj().header() {
        h.make_immortal()
    }
    let table = INTERNED.get();
    if table.is_empty() {
        table.reserve(FIRST_NAMES, |t| spread(t.hash()));
    }
    table.insert_unique(spread(s.hash()), s.clone(), |t| spread(t.hash()));
    s
}

/// The one immortal string with this text (`sys.intern`; all names are interned).
pub fn intern(s: &Ref<Str>) -> Ref<Str> {
    if s.is_interned() {
        return s.clone();
    }
    if let Some(t) = find_interned(s.hash(), s.kind(), s.raw_bytes()) {
        return t;
    }
    if s.obj().is_exact(&types::STR) { intern_new(s.clone()) } else { intern(&concat_all(&[s, &empty()])) }
}

pub fn intern_str(s: &str) -> Ref<Str> {
    if s.len() > 1 && s.is_ascii() {
        return find_interned(hash_bytes(s.as_bytes()), 1, s.as_bytes()).unwrap_or_else(|| intern_new(from_str(s)));
    }
    intern(&from_str(s))
}
