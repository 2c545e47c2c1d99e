//! Value words, object headers, allocation, reference counts and the cycle collector; knows no Python type.
//!
//! Invariants: every function here runs with the GIL held (GIL-1 of docs/invariants.md); an `Obj` is one owned reference (RC-1).
//! Not here: what any type means. The collector and the destructor reach types only through [`TypeHead`].

pub mod breaker;
pub mod cell;
pub mod collect;
mod destroy;
pub mod gil;
pub mod header;
pub mod heap;
pub mod trace;
pub mod value;

pub use cell::ObjCell;
pub use destroy::destroy;
pub use header::{Header, TypeFlags, TypeHead, TypeObject};
pub use trace::{Trace, Visit};
pub use value::Obj;
