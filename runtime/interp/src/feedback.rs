//! What a code object learnt of its operands beside the inline caches, and how all of it is forgotten.
//!
//! Invariant: forgetting changes how fast code runs, never what it does: generic ops take the place of specialised ones (CODE-1).

use crate::code::CodeObject;
use crate::native;
use adder_isa::Opcode;
use adder_object::{Dict, Ref};

impl CodeObject {
    /// Notes a receiver that an attribute site met; the last four are known.
    #[cold]
    pub fn note_receiver(&self, cache: u16, shape: u32, version: u32) {
        let mut sites = self.receivers.borrow_mut();
        let site = sites.entry(cache).or_default();
        match site.iter_mut().find(|r| r.0 == shape || r.0 == 0) {
            Some(place) => *place = (shape, version),
            None => {
                site.rotate_left(1);
                site[3] = (shape, version);
            }
        }
    }
    /// (shape, type version) of the receivers that the attribute site with this cache met; (0, 0) stands for none.
    pub fn receivers_of(&self, cache: u16) -> [(u32, u32); 4] {
        self.receivers.borrow().get(&cache).copied().unwrap_or_default()
    }

    /// A function of this code is made. One in another namespace than the last belongs to a program that is run again: it has other
    /// classes, so what was learnt of the old ones only misleads.
    #[inline]
    pub fn made_in(&self, globals: &Ref<Dict>) {
        let at = std::ptr::from_ref::<Dict>(globals) as usize;
        let before = self.namespace.replace(at);
        if before != at && before != 0 && self.tier.data.try_borrow().is_ok_and(|d| d.is_some()) {
            (native::HOOKS.get().renewed)(self);
        }
    }

    /// Begins to learn anew.
    pub fn forget(&self) {
        self.receivers.borrow_mut().clear();
        let mut unit = 0;
        while unit < self.code.units.len() {
            // The op is read and written through the accessors.
            let op = Opcode::from_u8(self.unit_at(unit) as u8).unwrap_or(Opcode::NOP);
            if op.is_specialised() {
                self.set_op(self.units_ptr().wrapping_add(unit), op.base());
            }
            unit += 1 + op.cache_units();
        }
        self.caches().iter().for_each(|c| c.renew());
    }
}
