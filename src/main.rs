//! The `adder` command: wires the floors of the runtime together and runs a program.
#![forbid(unsafe_code)]

mod bench;
mod cli;
mod explain;
mod wiring;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    wiring::main()
}
