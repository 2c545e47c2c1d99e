//! The `adder` command: wires the floors of the runtime together and runs a program.
#![forbid(unsafe_code)]

mod cli;
mod wiring;

fn main() -> std::process::ExitCode {
    wiring::main()
}
