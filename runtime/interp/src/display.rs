//! Texts that several parts of the interpreter print the same way.

use adder_object::{Type, Vm, class};

/// `module.qualname` of a type as messages with `%T` print it.
pub fn type_text(t: &Type) -> String {
    class::full_name(Vm::current(), t).unwrap_or_else(|_| t.name())
}
