//! The operating system: posix, _io, time, _signal, errno, select, fcntl, _socket, _posixsubprocess.

pub mod clock;
pub mod convert;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod io;
pub mod mmap;
pub mod posix;
pub mod resource;
pub mod select;
pub mod semaphore;
pub mod signal;
pub mod socket;
pub mod structs;
pub mod subprocess;
pub mod sys_calls;
pub mod syslog;
pub mod termios;
pub mod thread;
pub mod users;
pub mod uuid;

use adder_object::ModuleSpec;

#[rustfmt::skip]
pub static MODULES: &[&ModuleSpec] = &[
    &io::MODULE, &posix::MODULE, &errno::MODULE, &resource::MODULE, &signal::MODULE, &thread::MODULE, &clock::MODULE,
    &select::MODULE, &fcntl::MODULE, &mmap::MODULE, &termios::MODULE, &users::PWD, &users::GRP, &syslog::MODULE, &subprocess::MODULE,
    &uuid::MODULE, &faulthandler::MODULE, &socket::MODULE, &semaphore::MULTIPROCESSING, &semaphore::POSIXSHMEM,
];
