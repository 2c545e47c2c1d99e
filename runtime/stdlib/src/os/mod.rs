//! The operating system: posix, _io, time, _signal, errno, select, fcntl, _socket, _posixsubprocess.

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] = &[];
