//! The `adder` command: wires the floors of the runtime together and runs a program.
#![forbid(unsafe_code)]

fn main() {}
