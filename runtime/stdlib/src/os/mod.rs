//! The operating system: posix, _io, time, _signal, errno, select, fcntl, _socket, _posixsubprocess.

pub mod clock;
pub mod convert;
pub mod errno;
pub mod io;
pub mod posix;
pub mod resource;
pub mod signal;
pub mod structs;
pub mod sys_calls;
pub mod thread;

use adder_object::ModuleSpec;

pub static MODULES: &[&ModuleSpec] =
    &[&io::MODULE, &posix::MODULE, &errno::MODULE, &resource::MODULE, &signal::MODULE, &thread::MODULE, &clock::MODULE];
