//! Shapes: which attribute of an instance sits in which in-object slot, as a tree of transitions per class.
//!
//! Invariants: SHAPE-1: a shape id implies type and layout; ids are never reused for another class while objects carry them.
//! SHAPE-2: `SHAPE_LENS.of(id)` is the number of attribute slots in use. Shape 0 belongs to no type.
//! Source: Chambers, Ungar & Lee, "An efficient implementation of SELF" (maps); PyPy's mapdict.

use crate::typeobj::Type;
use crate::{Obj, Ref, Str};
use adder_mem::heap::{Global, SHAPE_LENS};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Hash of an address: names are interned, so their addresses are as good as random.
#[derive(Default)]
struct AddressHasher(u64);
impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u64(b as u64))
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    }
}
type ByAddress<V> = HashMap<u64, V, BuildHasherDefault<AddressHasher>>;

pub struct Shape {
    pub ty: *const Type,
    pub parent: u32,
    /// The attribute this shape adds to its parent (None for roots).
    name: Option<Obj>,
    /// Slot of every attribute, by the address of the interned name.
    slots: ByAddress<u16>,
    next: ByAddress<u32>,
}

static SHAPES: Global<Vec<Shape>> = Global::new(Vec::new());

/// As many shapes as a start makes find room at once; what a table left behind while it grew would stay touched.
const FIRST: usize = 1024;

fn add(shape: Shape, len: u16) -> u32 {
    let table = SHAPES.get();
    if table.is_empty() {
        table.reserve_exact(FIRST);
        table.push(Shape {
            ty: std::ptr::null(),
            parent: 0,
            name: None,
            slots: ByAddress::default(),
            next: ByAddress::default(),
        });
        SHAPE_LENS.get().push(0);
    }
    table.push(shape);
    SHAPE_LENS.get().push(len);
    (table.len() - 1) as u32
}

/// The shapes of a new type: (no attributes yet, attributes in the dict).
pub fn new_roots(ty: &Type) -> (u32, u32) {
    let root = || Shape { ty, parent: 0, name: None, slots: ByAddress::default(), next: ByAddress::default() };
    (add(root(), 0), add(root(), 0))
}

/// Slot of the attribute with this interned name.
#[inline]
pub fn slot_of(shape: u32, name: &Obj) -> Option<usize> {
    SHAPES.get()[shape as usize].slots.get(&name.bits()).map(|&i| i as usize)
}

#[inline(always)]
pub fn len(shape: u32) -> usize {
    SHAPE_LENS.get().of(shape)
}

/// The shape after adding an attribute.
pub fn with(shape: u32, name: &Ref<Str>) -> u32 {
    let s = &mut SHAPES.get()[shape as usize];
    let key = name.obj().bits();
    if let Some(&n) = s.next.get(&key) {
        return n;
    }
    let mut slots = s.slots.clone();
    let n = len(shape);
    slots.insert(key, n as u16);
    let new = Shape { ty: s.ty, parent: shape, name: Some(name.obj().clone()), slots, next: ByAddress::default() };
    let id = add(new, n as u16 + 1);
    SHAPES.get()[shape as usize].next.insert(key, id);
    id
}

/// A type dies: its shapes, from the root on, name none any more.
pub fn forget(root: u32) {
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        if let Some(s) = SHAPES.get().get_mut(id as usize).filter(|_| id != 0) {
            s.ty = std::ptr::null();
            work.extend(s.next.values());
        }
    }
}

/// The type that a shape belongs to; it is alive as long as an object has the shape (SHAPE-1).
pub fn type_of(shape: u32) -> Option<&'static Type> {
    let ty = SHAPES.get().get(shape as usize)?.ty;
    // SAFETY: the caller has an object of this shape, or compares what it reads with a version that dies with the type.
    unsafe { ty.as_ref() }
}

pub fn parent(shape: u32) -> u32 {
    SHAPES.get()[shape as usize].parent
}

/// Attribute names in slot order.
pub fn names(shape: u32) -> Vec<Obj> {
    let mut out = Vec::with_capacity(len(shape));
    let mut at = shape;
    while let Some(name) = SHAPES.get()[at as usize].name.clone() {
        out.push(name);
        at = parent(at);
    }
    out.reverse();
    out
}

pub fn count() -> usize {
    SHAPES.get().len()
}
