//! The code units of texts: one, two or four bytes, and how to find one of them.

/// A code unit of the text.
pub trait Unit: Copy + Eq {
    fn cp(self) -> u32;
    /// First position in [from, text.len()) with this character.
    fn find(text: &[Self], from: usize, c: u32) -> Option<usize>;
    /// First position where the literal `all`, which begins with `c`, may stand.
    #[inline]
    fn find_all(text: &[Self], from: usize, c: u32, all: &[u32]) -> Option<usize> {
        let _ = all;
        Self::find(text, from, c)
    }
}
impl Unit for u8 {
    #[inline(always)]
    fn cp(self) -> u32 {
        u32::from(self)
    }
    fn find(text: &[u8], from: usize, c: u32) -> Option<usize> {
        let c = u8::try_from(c).ok()?;
        memchr::memchr(c, text.get(from..)?).map(|i| i + from)
    }
    fn find_all(text: &[u8], from: usize, c: u32, all: &[u32]) -> Option<usize> {
        let rest = text.get(from..)?;
        let mut needle = [0u8; 16];
        // Preparing a search pays for itself only in long texts.
        if all.len() < 2 || rest.len() < 128 || all.iter().any(|c| *c > 255) {
            return u8::find(text, from, c);
        }
        let n = all.len().min(needle.len());
        needle.iter_mut().zip(all).for_each(|(to, c)| *to = *c as u8);
        memchr::memmem::find(rest, &needle[..n]).map(|i| i + from)
    }
}
impl Unit for u16 {
    #[inline(always)]
    fn cp(self) -> u32 {
        u32::from(self)
    }
    fn find(text: &[u16], from: usize, c: u32) -> Option<usize> {
        text.get(from..)?.iter().position(|&x| u32::from(x) == c).map(|i| i + from)
    }
}
impl Unit for u32 {
    #[inline(always)]
    fn cp(self) -> u32 {
        self
    }
    fn find(text: &[u32], from: usize, c: u32) -> Option<usize> {
        text.get(from..)?.iter().position(|&x| x == c).map(|i| i + from)
    }
}
