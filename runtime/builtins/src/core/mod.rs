//! `object`, `type`, descriptors, exceptions, iterators of built-in functions, and the `builtins` module itself.

pub mod alias;
mod alias_subst;
mod anext;
pub mod callables;
mod cell;
pub mod exceptions;
pub mod functions;
pub mod iterators;
pub mod mappingproxy;
pub mod method;
pub mod module;
pub mod namespace;
pub mod object;
mod object_reduce;
pub mod property;
pub mod super_;
pub mod r#type;
pub mod type_attrs;
pub mod union;
pub mod weakrefs;

pub use functions::builtins_module;

use adder_object::class;
use adder_object::spec::TypeSpec;

pub static SPECS: &[&TypeSpec] = &[
    &callables::FUNCTION,
    &callables::METHOD,
    &callables::CLASS_METHOD,
    &callables::WRAPPER,
    &callables::BOUND_WRAPPER,
    &callables::GETSET,
    &callables::MEMBER,
    &method::BOUND,
    &method::STATIC,
    &method::CLASS,
    &property::SPEC,
    &super_::SPEC,
    &cell::SPEC,
    &module::SPEC,
    &mappingproxy::SPEC,
    &namespace::SPEC,
    &alias::SPEC,
    &alias::ITER_SPEC,
    &union::SPEC,
    &anext::SPEC,
    &weakrefs::REFERENCE,
    &weakrefs::PROXY_SPEC,
    &weakrefs::CALLABLE_PROXY_SPEC,
    &iterators::enumerate::SPEC,
    &iterators::filter::SPEC,
    &iterators::map::SPEC,
    &iterators::reversed::SPEC,
    &iterators::sequence::SPEC,
    &iterators::sequence::CALLABLE_SPEC,
    &iterators::zip::SPEC,
];

/// Hooks that this group fills.
pub fn install() {
    *class::GENERIC_ALIAS.get() = alias::make;
    exceptions::install();
}
