//! Flags of `compile()`, and the bridge to the `ast` module's node objects.

use crate::modules::ast_bridge::Bridge;
use crate::modules::ast_nodes;
use crate::source::{self, Request};
use adder_object::{Obj, ObjExt, PyResult, Vm, error};
use adder_syntax::Mode;
use adder_syntax::ast::Mod;

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

pub fn is_node(o: &Obj) -> bool {
    ast_nodes::is_node(o)
}

/// `compile(tree, ...)`: the tree is read, checked for the mode, and compiled (or given back for ONLY_AST).
pub fn compile_node(vm: &Vm, o: &Obj, filename: &str, request: &Request, flags: u32) -> PyResult {
    let (expected, class) = match request.mode {
        Mode::Exec => ("Module", "Module"),
        Mode::Eval => ("Expression", "Expression"),
        Mode::Single => ("Interactive", "Interactive"),
        Mode::FuncType => ("FunctionType", "FunctionType"),
    };
    let c = ast_nodes::class_of(vm, class)?;
    if !c.get::<adder_object::Type>().is_some_and(|t| o.is_instance_of(t)) {
        return Err(error::type_error(format!("expected {expected} node, got {}", o.ty().name())));
    }
    let tree = Mod::from_obj(vm, o, ("Module", "body"))?;
    if flags & ONLY_AST != 0 {
        return tree.to_obj(vm);
    }
    Ok(source::compile_tree(vm, &tree, filename, request, None)?.into_obj())
}

/// `compile(source, ..., PyCF_ONLY_AST)`.
pub fn parse_to_nodes(vm: &Vm, text: &str, filename: &str, request: &Request) -> PyResult {
    source::parse(vm, text, filename, request)?.to_obj(vm)
}
