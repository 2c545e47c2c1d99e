//! A three-stage table from code points to small numbers.

/// Values of all code points, equal pages and equal blocks stored once.
pub struct Trie<A: 'static, B: 'static, C: 'static> {
    /// Bits that select a value in a page.
    pub low: u32,
    /// Bits that select a page in a block.
    pub middle: u32,
    /// Block numbers.
    pub first: &'static [A],
    /// Page numbers.
    pub second: &'static [B],
    /// Values.
    pub third: &'static [C],
}

impl<A, B, C> Trie<A, B, C>
where
    A: Copy + Into<usize>,
    B: Copy + Into<usize>,
    C: Copy + Into<usize>,
{
    /// The value of `cp`; 0 beyond the last code point.
    #[inline]
    pub fn get(&self, cp: u32) -> usize {
        let cp = cp as usize;
        let Some(&block) = self.first.get(cp >> (self.low + self.middle)) else { return 0 };
        let in_block = (cp >> self.low) & ((1 << self.middle) - 1);
        let page = self.second[(block.into() << self.middle) + in_block].into();
        self.third[(page << self.low) + (cp & ((1 << self.low) - 1))].into()
    }
}
