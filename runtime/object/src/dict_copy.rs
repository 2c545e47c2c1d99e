//! Copies of dicts, and one dict put into another.
//!
//! Invariant: what is copied keeps the order of its items. Not here: the table (dict.rs).

use crate::handle::Ref;
use crate::{Dict, PyResult, Vm};

impl Dict {
    /// A copy with the same items in the same order; no Python code runs.
    pub fn copy(&self) -> Ref<Dict> {
        let compact = self.len() * 3 >= self.filled() * 2;
        let d = if compact { Dict::new() } else { Dict::with_capacity(self.len()) };
        self.copy_into(&d);
        d
    }
    /// Appends all items to a dict that has none of the keys.
    fn copy_into(&self, d: &Dict) {
        if d.filled() == 0 && !self.is_empty() && self.len() * 3 >= self.filled() * 2 {
            return self.clone_block_into(d);
        }
        for i in 0..self.filled() {
            if let Some((k, v, h)) = self.entry_with_hash(i) {
                d.insert_new(k, h, v);
            }
        }
    }
    /// `self.update(other)` for a plain dict.
    pub fn update_from(&self, vm: &Vm, other: &Dict) -> PyResult<()> {
        if self.is_empty() && !std::ptr::eq(self, other) {
            other.copy_into(self);
            return Ok(());
        }
        let (mut i, len) = (0, other.len());
        while i < other.filled() {
            if let Some((k, v, h)) = other.entry_with_hash(i) {
                self.set_item_hashed(vm, &k, h, v)?;
                if other.len() != len {
                    return Err(crate::error::runtime_error("dict mutated during update"));
                }
            }
            i += 1;
        }
        Ok(())
    }
}
