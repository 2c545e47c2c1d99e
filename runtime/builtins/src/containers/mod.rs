//! list, tuple, dict, set, frozenset, range, slice and their views and iterators.

pub mod dict;
pub mod dict_iter;
pub mod dict_views;
pub mod list;
pub mod list_iter;
pub mod list_sort;
pub mod odict;
pub mod odict_iter;
pub mod range;
pub mod set;
pub mod set_methods;
pub mod shared;
pub mod slice;
pub mod timsort;
pub mod tuple;

use adder_object::spec::TypeSpec;

pub use dict::{Merge, dict_merge, dict_update};
pub use dict_iter::DictIter;
pub use list::list_extend;
pub use list_iter::ListIter;
pub use range::{LongRangeIter, RangeIter};
pub use set::set_update;
pub use tuple::TupleIter;

pub static SPECS: &[&TypeSpec] = &[
    &list::SPEC,
    &list_iter::SPEC,
    &list_iter::REVERSE_SPEC,
    &tuple::SPEC,
    &tuple::ITER_SPEC,
    &range::SPEC,
    &range::ITER_SPEC,
    &range::LONG_ITER_SPEC,
    &slice::SPEC,
    &dict::SPEC,
    &dict_views::KEYS_SPEC,
    &dict_views::VALUES_SPEC,
    &dict_views::ITEMS_SPEC,
    &dict_iter::KEY_SPEC,
    &dict_iter::VALUE_SPEC,
    &dict_iter::ITEM_SPEC,
    &dict_iter::REVERSE_KEY_SPEC,
    &dict_iter::REVERSE_VALUE_SPEC,
    &dict_iter::REVERSE_ITEM_SPEC,
    &odict::SPEC,
    &odict_iter::KEYS_SPEC,
    &odict_iter::VALUES_SPEC,
    &odict_iter::ITEMS_SPEC,
    &odict_iter::ITER_SPEC,
    &set::SPEC,
    &set::FROZEN_SPEC,
    &set::ITER_SPEC,
];
