//! Collections and functions: itertools, _collections, _functools, _operator, _heapq, _bisect.

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[];
