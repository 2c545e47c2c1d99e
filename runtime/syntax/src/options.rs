//! What a caller asks of the parser, and what it gets back.

use crate::ast::{Loc, Mod};

/// Start symbol of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Single,
    Eval,
    FuncType,
}

/// Switches of the parser; the default is a plain `compile(...)`.
#[derive(Clone, Copy)]
pub struct Options {
    /// `ast.PyCF_TYPE_COMMENTS`.
    pub type_comments: bool,
    /// Minor version of Python whose grammar is asked for.
    pub feature_version: u8,
    /// `sys.get_int_max_str_digits()`; zero for no limit.
    pub max_str_digits: u32,
    /// `CO_FUTURE_BARRY_AS_BDFL`: `<>` in place of `!=`.
    pub barry_as_bdfl: bool,
    /// `PyCF_ALLOW_INCOMPLETE_INPUT`: source that merely ends too soon gets `_IncompleteInputError`.
    pub allow_incomplete_input: bool,
    /// `PyCF_DONT_IMPLY_DEDENT`: the end of the text does not close a block in `Mode::Single`.
    pub dont_imply_dedent: bool,
    /// Finds the code point of a Unicode character name, for `\N{...}`.
    pub name_lookup: fn(&str) -> Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            type_comments: false,
            feature_version: 14,
            max_str_digits: 4300,
            barry_as_bdfl: false,
            allow_incomplete_input: false,
            dont_imply_dedent: false,
            name_lookup: adder_unicode::lookup_char,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Options(type_comments: {}, version: 3.{})", self.type_comments, self.feature_version)
    }
}

/// A module and the warnings to be issued for it, in source order.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub ast: Mod,
    pub warnings: Vec<Warning>,
}

/// A `SyntaxWarning`. When the warnings filter turns it into an error, that is a SyntaxError with `message` at `loc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub lineno: u32,
    pub loc: Loc,
}
