//! Collections and functions: itertools, _collections, _functools, _operator, _heapq, _bisect.

mod abc;
mod collections;
mod deque;
mod deque_iter;
mod functools;
mod itertools;
mod lru_cache;
mod operator;
mod operator_getters;
mod partial;
mod shared;
mod weakref;
mod weakref_proxy;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] =
    &[&abc::MODULE, &collections::MODULE, &functools::MODULE, &itertools::MODULE, &operator::MODULE, &weakref::MODULE];
