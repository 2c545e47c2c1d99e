//! The language's own machinery as modules: _opcode.

mod opcode;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[&opcode::MODULE];
