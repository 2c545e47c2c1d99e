//! The command line: `adder [options] FILE | -c TEXT | -m MODULE | -`, as CPython's.

pub mod options;
pub mod run;
mod usage;
