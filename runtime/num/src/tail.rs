//! Digits written from the last to the first, without the heap.

pub struct Tail<const N: usize> {
    text: [u8; N],
    start: usize,
}

impl<const N: usize> Tail<N> {
    pub fn new() -> Tail<N> {
        Tail { text: [b'0'; N], start: N }
    }
    /// Puts an ASCII character in front; there must be room.
    #[inline(always)]
    pub fn put(&mut self, c: u8) {
        self.start -= 1;
        self.text[self.start] = c;
    }
    /// Zeros in front, so that there are at least so many characters.
    pub fn fill(&mut self, min: usize) {
        self.start = self.start.min(N.saturating_sub(min));
    }
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.text[self.start..]).unwrap_or_default()
    }
}
