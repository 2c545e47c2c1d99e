//! The operating system: posix, _io, time, _signal, errno, select, fcntl, _socket, _posixsubprocess.

pub mod convert;
pub mod io;
pub mod sys_calls;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[&io::MODULE];
