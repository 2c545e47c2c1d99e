//! The memo of a pickler: which objects were written, under which number.
//!
//! Invariant: `objects` keeps each memoised object alive, so its address stays its own. The table has a power of two of slots, at
//! most half of them in use; a slot with address 0 is free.

use adder_mem::heap::Global;
use adder_object::{Dict, Obj, PyResult, Ref, Vm, int, tuple};
use std::cell::RefCell;

#[derive(Default)]
pub struct Memo {
    /// Address and number.
    table: RefCell<Vec<(u64, u32)>>,
    pub objects: RefCell<Vec<(usize, Obj)>>,
}

/// Memory of this many slots or less is kept for the next pickler, empty.
const KEPT: usize = 4096;
type Memory = (Vec<(u64, u32)>, Vec<(usize, Obj)>);
static SPARE: Global<Vec<Memory>> = Global::new(Vec::new());

#[inline]
fn slot_of(table: &[(u64, u32)], bits: u64) -> usize {
    let mask = table.len() - 1;
    let mut i = (bits >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) as usize >> 20 & mask;
    while table[i].0 != bits && table[i].0 != 0 {
        i = (i + 1) & mask;
    }
    i
}

impl Memo {
    #[inline]
    pub fn get(&self, o: &Obj) -> Option<usize> {
        let table = self.table.borrow();
        if table.is_empty() {
            return None;
        }
        let (bits, at) = table[slot_of(&table, o.bits())];
        (bits != 0).then_some(at as usize)
    }
    pub fn len(&self) -> usize {
        self.objects.borrow().len()
    }
    #[inline]
    pub fn put(&self, o: &Obj, at: usize) {
        let mut table = self.table.borrow_mut();
        let mut objects = self.objects.borrow_mut();
        if objects.len() * 2 >= table.len() {
            grow(&mut table, &mut objects);
        }
        let i = slot_of(&table, o.bits());
        table[i] = (o.bits(), at as u32);
        objects.push((at, o.clone()));
    }
    pub fn clear(&self) {
        self.table.borrow_mut().fill((0, 0));
        let old = std::mem::take(&mut *self.objects.borrow_mut());
        drop(old);
    }
    /// `{id: (number, object)}`, as the Python version keeps it.
    pub fn to_dict(&self, vm: &Vm) -> PyResult<Ref<Dict>> {
        let d = Dict::new();
        let all = self.objects.borrow().clone();
        for (at, o) in all {
            let id = int::from_u64(o.bits());
            d.set_item(vm, &id, tuple::from_array([int::from_usize(at), o]))?;
        }
        Ok(d)
    }
}

#[cold]
fn grow(table: &mut Vec<(u64, u32)>, objects: &mut Vec<(usize, Obj)>) {
    if table.is_empty() {
        let fresh = || (vec![(0, 0); 64], Vec::with_capacity(32));
        (*table, *objects) = SPARE.get().pop().unwrap_or_else(fresh);
        return;
    }
    let old = std::mem::take(table);
    *table = vec![(0, 0); old.len() * 4];
    for (bits, at) in old.into_iter().filter(|(b, _)| *b != 0) {
        let i = slot_of(table, bits);
        table[i] = (bits, at);
    }
}

impl Drop for Memo {
    fn drop(&mut self) {
        let (mut table, mut objects) = (self.table.take(), self.objects.take());
        if table.is_empty() || table.len() > KEPT {
            return;
        }
        table.fill((0, 0));
        objects.clear();
        // Dropping the objects may have run code that pickled something itself.
        if SPARE.get().len() < 4 {
            SPARE.get().push((table, objects));
        }
    }
}
