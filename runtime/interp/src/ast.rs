//! Flags of `compile()`, and the bridge to the `ast` module's node objects.

use crate::source::Request;
use adder_object::{Obj, PyResult, Vm, error};

pub const ONLY_AST: u32 = 0x400;
const DONT_IMPLY_DEDENT: u32 = 0x200;
const TYPE_COMMENTS: u32 = 0x1000;
const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
/// CO_NESTED is accepted for old callers.
const IGNORED: u32 = 0x10;

/// Applies the `flags` argument of `compile`.
pub fn apply_flags(request: &mut Request, flags: u32) -> PyResult<()> {
    let future = adder_isa::code::co::FUTURE_MASK;
    let known = future
        | ONLY_AST
        | DONT_IMPLY_DEDENT
        | TYPE_COMMENTS
        | ALLOW_TOP_LEVEL_AWAIT
        | ALLOW_INCOMPLETE_INPUT
        | OPTIMIZED_AST
        | IGNORED;
    if flags & !known != 0 {
        return Err(error::value_error("compile(): unrecognised flags"));
    }
    request.flags |= flags & future;
    request.options.type_comments = flags & TYPE_COMMENTS != 0;
    request.options.dont_imply_dedent = flags & DONT_IMPLY_DEDENT != 0;
    request.options.allow_incomplete_input = flags & ALLOW_INCOMPLETE_INPUT != 0;
    request.options.barry_as_bdfl = flags & adder_isa::code::co::FUTURE_BARRY_AS_BDFL != 0;
    request.top_level_await = flags & ALLOW_TOP_LEVEL_AWAIT != 0;
    Ok(())
}

pub fn is_node(_: &Obj) -> bool {
    false
}

pub fn compile_node(_: &Vm, _: &Obj, _: &str, _: &Request, _: u32) -> PyResult {
    Err(error::not_implemented_error("compile() from an AST"))
}

pub fn parse_to_nodes(_: &Vm, _: &str, _: &str, _: &Request) -> PyResult {
    Err(error::not_implemented_error("ast.parse()"))
}
