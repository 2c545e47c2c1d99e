//! Types whose items are plain numbers side by side in memory, and where compiled code finds them.
//!
//! Invariant: PACK-1: an object of the type (and, where there is a kind, with that word in its place) has its length and its items where
//! the description says, whenever Python code can run.

use crate::bytes::{ByteArray, Bytes};
use crate::handle::PAYLOAD;
use crate::{Obj, ObjExt, types};
use adder_mem::heap::Global;
use std::mem::offset_of;

/// How one item lies in memory, in the machine's byte order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Element {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    I64,
    F32,
    F64,
}
impl Element {
    pub const fn size(self) -> usize {
        match self {
            Element::U8 | Element::I8 => 1,
            Element::U16 | Element::I16 => 2,
            Element::U32 | Element::I32 | Element::F32 => 4,
            Element::I64 | Element::F64 => 8,
        }
    }
    pub const fn is_float(self) -> bool {
        matches!(self, Element::F32 | Element::F64)
    }
    /// Least and greatest item of an int type.
    pub const fn limits(self) -> (i64, i64) {
        match self {
            Element::U8 => (0, u8::MAX as i64),
            Element::I8 => (i8::MIN as i64, i8::MAX as i64),
            Element::U16 => (0, u16::MAX as i64),
            Element::I16 => (i16::MIN as i64, i16::MAX as i64),
            Element::U32 => (0, u32::MAX as i64),
            Element::I32 => (i32::MIN as i64, i32::MAX as i64),
            _ => (i64::MIN, i64::MAX),
        }
    }
}

/// Byte offsets from the start of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed {
    /// The address of the static type.
    pub ty: usize,
    /// A word of the object, and what it has to be.
    pub kind: Option<(i32, u64)>,
    /// Where the object has the pointer to another one that holds the items; `len` and `items` are of that one.
    pub storage: Option<i32>,
    /// The number of bytes.
    pub len: i32,
    /// The first item, or the pointer to it.
    pub items: i32,
    pub behind_pointer: bool,
    pub element: Element,
    pub writable: bool,
}

/// Descriptions of types that other crates define.
type Describe = fn(&Obj) -> Option<Packed>;
static OTHERS: Global<Vec<Describe>> = Global::new(vec![]);
static KNOWN: Global<Vec<&'static Packed>> = Global::new(vec![]);

/// Adds a type.
pub fn register(f: Describe) {
    let others = OTHERS.get();
    if !others.iter().any(|&g| std::ptr::fn_addr_eq(f, g)) {
        others.push(f);
    }
}

/// Where the items of an object lie, when they are packed. Descriptions live for ever: there are few.
pub fn of(o: &Obj) -> Option<&'static Packed> {
    let found = bytes(o).or_else(|| OTHERS.get().iter().find_map(|f| f(o)))?;
    let known = KNOWN.get();
    if let Some(k) = known.iter().find(|k| ***k == found) {
        return Some(k);
    }
    let new: &'static Packed = Box::leak(Box::new(found));
    known.push(new);
    Some(new)
}

fn bytes(o: &Obj) -> Option<Packed> {
    let address = |t: &crate::Type| std::ptr::from_ref(t) as usize;
    if o.is_exact(&types::BYTES) {
        return Some(Packed {
            ty: address(&types::BYTES),
            kind: None,
            storage: None,
            len: (PAYLOAD + Bytes::LEN) as i32,
            items: (PAYLOAD + size_of::<Bytes>()) as i32,
            behind_pointer: false,
            element: Element::U8,
            writable: false,
        });
    }
    if o.is_exact(&types::BYTEARRAY) {
        let (len, items) = storage()?;
        return Some(Packed {
            ty: address(&types::BYTEARRAY),
            kind: None,
            storage: None,
            len,
            items,
            behind_pointer: true,
            element: Element::U8,
            writable: true,
        });
    }
    None
}

/// Where a bytearray has its length and the pointer to its bytes; None when that cannot be told.
pub fn storage() -> Option<(i32, i32)> {
    let at = offset_of!(ByteArray, data);
    let (len, pointer) = ByteArray::layout()?;
    Some(((PAYLOAD + at + len) as i32, (PAYLOAD + at + pointer) as i32))
}
