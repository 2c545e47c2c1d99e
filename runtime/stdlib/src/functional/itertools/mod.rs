//! `itertools`: one file for iterators over one source, one for grouping and tee, one for combinations.
//!
//! CPython: Modules/itertoolsmodule.c.

mod combine;
mod group;
mod infinite;
mod single;

use adder_object::ModuleSpec;
use adder_object::spec::{Native, method};

/// Declares the type and spec of an iterator: payload, traced fields, names, constructor, step, then what else it has.
macro_rules! iterator {
    ($t:ident { $($f:ident),* } $id:ident $spec:ident $name:literal $flags:expr, $new:expr, $next:expr,
     [$($slot:expr),*], [$($method:expr),*], $doc:expr) => {
        adder_object::trace_fields!($t { $($f),* });
        static $id: adder_object::StaticType = adder_object::StaticType::new::<$t>($name, adder_object::TypeFlags::GC | $flags);
        adder_object::payload!($t, $id);
        pub static $spec: adder_object::TypeSpec = adder_object::TypeSpec {
            slots: &[
                adder_object::slots::slot::new($new),
                adder_object::slots::slot::iter(adder_object::ops::iter_self),
                adder_object::slots::slot::iternext($next),
                $($slot),*
            ],
            methods: &[$($method),*],
            doc: $doc,
            ..adder_object::TypeSpec::of(&$id)
        };
    };
}
use iterator;

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Functional tools for creating and using iterators.\n\nInfinite iterators:\ncount(start=0, step=1) --> start, start+step, start+2*step, ...\ncycle(p) --> p0, p1, ... plast, p0, p1, ...\nrepeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times",
    functions: &[method(
        "tee($module, iterable, n=2, /)",
        Native::Pos(1, 2, group::tee),
        "Returns a tuple of n independent iterators.",
    )],
    types: &[
        &single::ACCUMULATE,
        &single::BATCHED,
        &single::CHAIN,
        &combine::COMBINATIONS,
        &combine::COMBINATIONS_WITH_REPLACEMENT,
        &single::COMPRESS,
        &infinite::COUNT,
        &infinite::CYCLE,
        &single::DROPWHILE,
        &single::FILTERFALSE,
        &group::GROUPBY,
        &group::GROUPER,
        &single::ISLICE,
        &single::PAIRWISE,
        &combine::PERMUTATIONS,
        &combine::PRODUCT,
        &infinite::REPEAT,
        &single::STARMAP,
        &single::TAKEWHILE,
        &group::TEE,
        &group::TEE_DATA,
        &infinite::ZIP_LONGEST,
    ],
    ..ModuleSpec::new("itertools")
};
