//! The static type objects of the core: what every floor above may name.

use crate::handle::{clear_payload, drop_payload, traverse_payload};
use crate::typeobj::{StaticType, Type};
use adder_mem::header::TypeFlags as F;

unsafe fn no_drop(_: *mut adder_mem::Header) {}

pub static OBJECT: StaticType = StaticType::build("object", F::BASETYPE | F::WORDS_ONLY, 16, no_drop, None, None);
pub static TYPE: StaticType = StaticType::build(
    "type",
    F::BASETYPE | F::GC | F::MANAGED_WEAKREF | F::TYPE_SUBCLASS,
    16 + size_of::<Type>(),
    drop_payload::<Type>,
    Some(traverse_payload::<Type>),
    Some(clear_payload::<Type>),
);
pub static INT: StaticType =
    StaticType::new::<crate::int::BigInt>("int", F::BASETYPE | F::INT_SUBCLASS | F::MATCH_SELF);
pub static BOOL: StaticType = StaticType::new::<crate::int::BigInt>("bool", F::INT_SUBCLASS | F::MATCH_SELF);
pub static FLOAT: StaticType =
    StaticType::new::<crate::float::HeapFloat>("float", F::BASETYPE | F::FLOAT_SUBCLASS | F::MATCH_SELF);
pub static COMPLEX: StaticType = StaticType::new::<crate::float::Complex>("complex", F::BASETYPE);
pub static NONE: StaticType = StaticType::build("NoneType", 0, 16, no_drop, None, None);
pub static ELLIPSIS: StaticType = StaticType::build("ellipsis", 0, 16, no_drop, None, None);
pub static NOT_IMPLEMENTED: StaticType = StaticType::build("NotImplementedType", 0, 16, no_drop, None, None);
pub static STR: StaticType = StaticType::new::<crate::Str>("str", F::BASETYPE | F::STR_SUBCLASS | F::MATCH_SELF);
pub static BYTES: StaticType =
    StaticType::new::<crate::Bytes>("bytes", F::BASETYPE | F::BYTES_SUBCLASS | F::VAR_SIZED | F::MATCH_SELF);
pub static BYTEARRAY: StaticType = StaticType::new::<crate::ByteArray>("bytearray", F::BASETYPE | F::MATCH_SELF);
pub static TUPLE: StaticType = StaticType::build(
    "tuple",
    F::BASETYPE | F::GC | F::TUPLE_SUBCLASS | F::VAR_SIZED | F::SEQUENCE | F::MATCH_SELF,
    32,
    crate::tuple::drop_items,
    Some(crate::tuple::traverse_items),
    None,
)
.with_items(crate::tuple::items_of);
pub static LIST: StaticType =
    StaticType::new::<crate::List>("list", F::BASETYPE | F::GC | F::LIST_SUBCLASS | F::SEQUENCE | F::MATCH_SELF)
        .with_items(crate::list::items_of);
pub static DICT: StaticType =
    StaticType::new::<crate::Dict>("dict", F::BASETYPE | F::GC | F::DICT_SUBCLASS | F::MAPPING | F::MATCH_SELF);
pub static SET: StaticType =
    StaticType::new::<crate::Set>("set", F::BASETYPE | F::GC | F::SET_SUBCLASS | F::MANAGED_WEAKREF | F::MATCH_SELF);
pub static FROZENSET: StaticType = StaticType::new::<crate::Set>(
    "frozenset",
    F::BASETYPE | F::GC | F::SET_SUBCLASS | F::MANAGED_WEAKREF | F::MATCH_SELF,
);
pub static SLICE: StaticType = StaticType::new::<crate::Slice>("slice", F::GC);
pub static RANGE: StaticType = StaticType::new::<crate::Range>("range", F::GC | F::SEQUENCE);
pub static MODULE: StaticType =
    StaticType::new::<crate::Module>("module", F::BASETYPE | F::GC | F::MANAGED_DICT | F::MANAGED_WEAKREF);
pub static CELL: StaticType = StaticType::new::<crate::Cell>("cell", F::GC);
/// `collections.OrderedDict`: its payload is a plain dict, which keeps the order; the views and iterators are its own.
pub static ORDERED_DICT: StaticType = StaticType::new::<crate::Dict>(
    "collections.OrderedDict",
    F::BASETYPE | F::GC | F::DICT_SUBCLASS | F::MAPPING | F::MATCH_SELF | F::MANAGED_DICT | F::MANAGED_WEAKREF,
);
