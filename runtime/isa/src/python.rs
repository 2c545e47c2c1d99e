//! What Python's `opcode` and `dis` know of the instruction set, derived from the op table.
//!
//! *Invariants.* The module texts define every name that CPython's modules of the same names define; they are for the
//! overrides of the frozen library, so that `dis` prints our code.

use std::fmt::Write;

use crate::Opcode;
use crate::ops::{ALL, HAVE_ARGUMENT, flags};

/// Ops that exist only in the compiler, but that `opcode.opmap` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pseudo {
    /// Name.
    pub name: &'static str,
    /// Number, above those of all real ops.
    pub number: u16,
    /// Flags as of a real op.
    pub flags: u32,
    /// Whether it sets up an exception handler.
    pub handler: bool,
    /// Stack effect; of a handler set-up when it jumps.
    pub effect: i64,
}

const fn pseudo(name: &'static str, number: u16, flags: u32, handler: bool, effect: i64) -> Pseudo {
    Pseudo { name, number, flags, handler, effect }
}

/// The pseudo ops.
pub const PSEUDO: &[Pseudo] = &[
    pseudo("ANNOTATIONS_PLACEHOLDER", 256, 0, false, 0),
    pseudo("JUMP", 257, flags::HAS_ARG | flags::HAS_JUMP, false, 0),
    pseudo("JUMP_IF_FALSE", 258, flags::HAS_ARG | flags::HAS_JUMP, false, 0),
    pseudo("JUMP_IF_TRUE", 259, flags::HAS_ARG | flags::HAS_JUMP, false, 0),
    pseudo("JUMP_NO_INTERRUPT", 260, flags::HAS_ARG | flags::HAS_JUMP, false, 0),
    pseudo("LOAD_CLOSURE", 261, flags::HAS_ARG | flags::HAS_LOCAL, false, 1),
    pseudo("POP_BLOCK", 262, 0, false, 0),
    pseudo("SETUP_CLEANUP", 263, flags::HAS_ARG, true, 2),
    pseudo("SETUP_FINALLY", 264, flags::HAS_ARG, true, 1),
    pseudo("SETUP_WITH", 265, flags::HAS_ARG, true, 1),
    pseudo("STORE_FAST_MAYBE_NULL", 266, flags::HAS_ARG | flags::HAS_LOCAL, false, -1),
];

/// A number of `opcode.opmap` or of a specialised op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A real op.
    Real(Opcode),
    /// A pseudo op.
    Pseudo(&'static Pseudo),
}

/// The op with a number.
pub fn known(number: i64) -> Option<Known> {
    if let Some(op) = u8::try_from(number).ok().and_then(Opcode::from_u8) {
        return Some(Known::Real(op));
    }
    PSEUDO.iter().find(|pseudo| i64::from(pseudo.number) == number).map(Known::Pseudo)
}

/// Whether the op with a number has a flag.
pub fn has_flag(number: i64, flag: u32) -> bool {
    match known(number) {
        // `dis` shows where END_ASYNC_FOR comes from, as if it jumped there.
        Some(Known::Real(Opcode::END_ASYNC_FOR)) if flag == flags::HAS_JUMP => true,
        Some(Known::Real(op)) => op.has(flag),
        Some(Known::Pseudo(pseudo)) => pseudo.flags & flag != 0,
        None => false,
    }
}

/// Net stack effect, `jump` saying whether a handler set-up counts as taken; none for what is no stored op.
pub fn stack_effect(number: i64, arg: u32, jump: Option<bool>) -> Option<i64> {
    match known(number)? {
        Known::Real(op) if op.is_specialised() => None,
        // The value goes to the caller, which is what CPython counts.
        Known::Real(Opcode::RETURN_VALUE) => Some(0),
        Known::Real(op) => Some(op.stack_effect(arg)),
        Known::Pseudo(pseudo) if pseudo.handler && jump == Some(false) => Some(0),
        Known::Pseudo(pseudo) => Some(pseudo.effect),
    }
}

/// Text of the module `_opcode_metadata`.
pub fn opcode_metadata() -> String {
    let mut out = String::from(
        "\"\"\"Numbers and families of the opcodes; generated from the op table.\"\"\"\n\n_specializations = {\n",
    );
    let base_ops = || ALL.iter().filter(|op| !op.is_specialised());
    let special_of = |base: Opcode| ALL.iter().filter(move |op| op.is_specialised() && op.base() == base);
    for base in base_ops().filter(|base| special_of(**base).next().is_some()) {
        let _ = writeln!(out, "    {:?}: [", base.name());
        for op in special_of(*base) {
            let _ = writeln!(out, "        {:?},", op.name());
        }
        out.push_str("    ],\n");
    }
    out.push_str("}\n\n_specialized_opmap = {\n");
    for op in ALL.iter().filter(|op| op.is_specialised()) {
        let _ = writeln!(out, "    {:?}: {},", op.name(), *op as u8);
    }
    out.push_str("}\n\nopmap = {\n");
    for op in base_ops() {
        let _ = writeln!(out, "    {:?}: {},", op.name(), *op as u8);
    }
    for pseudo in PSEUDO {
        let _ = writeln!(out, "    {:?}: {},", pseudo.name, pseudo.number);
    }
    let _ = write!(out, "}}\n\nHAVE_ARGUMENT = {HAVE_ARGUMENT}\nMIN_INSTRUMENTED_OPCODE = 234\n");
    out
}

/// Text of the module `opcode`.
pub fn opcode_module() -> String {
    let mut caches = String::new();
    for op in ALL.iter().filter(|op| !op.is_specialised() && op.cache_units() > 0) {
        let _ = writeln!(caches, "    {:?}: {{\"index\": {}}},", op.name(), op.cache_units());
    }
    OPCODE_MODULE.replace("@CACHES@\n", &caches)
}

const OPCODE_MODULE: &str = r#""""The instruction set as Python sees it; generated from the op table."""

import builtins
import _opcode
from _opcode import stack_effect
from _opcode_metadata import (
    HAVE_ARGUMENT, MIN_INSTRUMENTED_OPCODE, _specializations, _specialized_opmap, opmap)

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap", "HAVE_ARGUMENT", "EXTENDED_ARG", "hasarg",
           "hasconst", "hasname", "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

EXTENDED_ARG = opmap["EXTENDED_ARG"]
cmp_op = ("<", "<=", "==", "!=", ">", ">=")

opname = [f"<{number}>" for number in range(max(opmap.values()) + 1)]
for _name, _number in (*opmap.items(), *_specialized_opmap.items()):
    opname[_number] = _name
del _name, _number


def _having(test):
    return [number for number in opmap.values() if test(number)]


hasarg = _having(_opcode.has_arg)
hasconst = _having(_opcode.has_const)
hasname = _having(_opcode.has_name)
hasjump = _having(_opcode.has_jump)
hasjrel = hasjump
hasjabs = []
hasfree = _having(_opcode.has_free)
haslocal = _having(_opcode.has_local)
hasexc = _having(_opcode.has_exc)
hascompare = [opmap["COMPARE_OP"]]

_nb_ops = _opcode.get_nb_ops()
_intrinsic_1_descs = _opcode.get_intrinsic1_descs()
_intrinsic_2_descs = _opcode.get_intrinsic2_descs()
_special_method_names = _opcode.get_special_method_names()
_common_constants = [
    builtins.AssertionError, builtins.NotImplementedError, builtins.tuple, builtins.all, builtins.any]

# Units after an instruction that are no instructions.
_cache_format = {
@CACHES@
}
_inline_cache_entries = {name: sum(parts.values()) for name, parts in _cache_format.items()}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_every_op() {
        let metadata = opcode_metadata();
        assert!(ALL.iter().all(|op| metadata.contains(&format!("\"{}\"", op.name()))));
        assert!(opcode_module().contains("\"LOAD_ATTR\": {\"index\": 1},"));
    }

    #[test]
    fn effects() {
        assert_eq!(stack_effect(44, 0, None), Some(-1));
        assert_eq!(stack_effect(264, 0, Some(false)), Some(0));
        assert_eq!(stack_effect(130, 0, None), None);
    }
}
