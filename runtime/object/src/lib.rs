//! The object model: handles, types, attributes, calls, exceptions, and the core data types.
//!
//! Start reading at `handle` (typed references), `typeobj` (types), `slots` (what a type can do), `spec` (how native types and
//! functions are declared), `ops` and `arith` (what operations mean). Not here: methods of built-in types (builtins), execution
//! of bytecode (interp). Upward calls go through `vm::HOOKS`.

pub mod arith;
pub mod attr;
pub mod bind;
pub mod buffer;
pub mod bytes;
pub mod call;
pub mod capsule;
pub mod cell;
pub mod class;
pub mod descr;
pub mod dict;
mod dict_copy;
pub mod error;
pub mod exceptions;
pub mod float;
pub mod handle;
pub mod hashing;
pub mod int;
pub mod items;
pub mod list;
pub mod module;
pub mod mro;
pub mod names;
pub mod ops;
pub mod packed;
pub mod plain;
pub mod range;
pub mod seqiter;
pub mod set;
pub mod shape;
pub mod singletons;
pub mod slice;
pub mod slotdefs;
pub mod slots;
pub mod spec;
pub mod str;
pub mod structseq;
pub mod suggest;
pub mod tuple;
pub mod typed;
pub mod typeobj;
pub mod types;
pub mod user_slots;
pub mod vm;
pub mod weakref;

pub use adder_mem::header::TypeFlags;
pub use adder_mem::{Obj, ObjCell, Trace, Visit, trace_fields};
pub use bytes::{ByteArray, Bytes};
pub use call::{Args, ArgsBuf};
pub use cell::Cell;
pub use dict::Dict;
pub use error::{PyErr, PyResult};
pub use handle::{ObjExt, Payload, Ref};
pub use list::List;
pub use module::Module;
pub use names::names;
pub use ops::CompareOp;
pub use range::Range;
pub use set::Set;
pub use slice::Slice;
pub use spec::{ModuleSpec, TypeSpec};
pub use str::Str;
pub use typeobj::{StaticType, Type};
pub use vm::Vm;
