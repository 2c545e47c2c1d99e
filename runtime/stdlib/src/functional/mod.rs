//! Collections and functions: itertools, _collections, _functools, _operator, _heapq, _bisect.

mod abc;
mod asyncio;
pub mod atexit;
mod bisect;
mod collections;
pub mod contextvars;
mod deque;
mod deque_iter;
mod functools;
mod gc;
mod heapq;
mod itertools;
mod lru_cache;
mod lsprof;
mod operator;
mod operator_getters;
mod partial;
mod queue;
pub mod shared;
mod stat;
mod statistics;
mod suggestions;
mod weakref;
mod weakref_proxy;

pub use operator::compare_digest;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[
    &abc::MODULE,
    &asyncio::MODULE,
    &atexit::MODULE,
    &bisect::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &functools::MODULE,
    &gc::MODULE,
    &heapq::MODULE,
    &itertools::MODULE,
    &lsprof::MODULE,
    &operator::MODULE,
    &queue::MODULE,
    &stat::MODULE,
    &statistics::MODULE,
    &suggestions::MODULE,
    &weakref::MODULE,
];
