//! `termios`: control of terminals.
//!
//! CPython: Modules/termios.c.

use super::convert::{descriptor, new_str};
use super::sys_calls::{self as sys, blocking};
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::call_pos;
use adder_object::spec::{Native, method};
use adder_object::{
    Bytes, Dict, List, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, Vm, bytes, class, error,
    exceptions as exc, int, module, ops, singletons, tuple,
};

static ERROR: Global<Option<Obj>> = Global::new(None);

fn fail(vm: &Vm, n: i32) -> PyErr {
    let args = [int::from_i64(n as i64), new_str(&error::errno_text(n))];
    match ERROR.get().clone() {
        Some(c) => call_pos(vm, &c, &args).map_or_else(|e| e, PyErr::from_obj),
        None => error::os_error(n, None, None),
    }
}
fn tcgetattr(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    let t = sys::tcgetattr(fd).map_err(|n| fail(vm, n))?;
    let (i, o) = sys::speeds(&t);
    let raw = t.c_lflag & libc::ICANON == 0;
    let cc = t.c_cc.iter().enumerate().map(|(k, &c)| {
        if raw && (k == libc::VMIN || k == libc::VTIME) { int::from_i64(c as i64) } else { bytes::new(&[c]) }
    });
    let flags = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, i, o];
    let mut v: Vec<Obj> = flags.iter().map(|&n| int::from_i64(n as i64)).collect();
    v.push(List::new(cc.collect()).into_obj());
    Ok(List::new(v).into_obj())
}
fn tcsetattr(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let when = ops::to_i32(vm, b.req(1))?;
    let list = match b.req(2).get::<List>() {
        Some(l) if l.len() == 7 => l.to_vec(),
        _ => return Err(error::type_error("tcsetattr, arg 3: must be 7 element list")),
    };
    let mut t = sys::tcgetattr(fd).map_err(|n| fail(vm, n))?;
    let mut n = [0u32; 6];
    for (to, from) in n.iter_mut().zip(&list) {
        *to = ops::to_i64(vm, from)? as u32;
    }
    (t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag) = (n[0], n[1], n[2], n[3]);
    let cc = match list[6].get::<List>() {
        Some(l) if l.len() == t.c_cc.len() => l.to_vec(),
        _ => {
            return Err(error::type_error(format!("tcsetattr: attributes[6] must be {} element list", t.c_cc.len())));
        }
    };
    for (to, from) in t.c_cc.iter_mut().zip(&cc) {
        *to = match from.get::<Bytes>().map(Bytes::as_slice) {
            Some([c]) => *c,
            _ if int::is_int(from) => ops::to_i64(vm, from)? as u8,
            _ => {
                return Err(error::type_error("tcsetattr: elements of attributes must be characters or integers"));
            }
        };
    }
    sys::set_speeds(&mut t, n[4], n[5]).map_err(|n| fail(vm, n))?;
    blocking(vm, || sys::tcsetattr(fd, when, &t))?.map_err(|n| fail(vm, n))?;
    Ok(singletons::none())
}
macro_rules! simple { ($($f:ident)*) => { $(fn $f(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let n = ops::to_i32(vm, b.req(1))?;
    blocking(vm, || sys::$f(fd, n))?.map_err(|n| fail(vm, n))?;
    Ok(singletons::none())
})* } }
simple! { tcsendbreak tcflush tcflow }
fn tcdrain(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    blocking(vm, || sys::tcdrain(fd))?.map_err(|n| fail(vm, n))?;
    Ok(singletons::none())
}
fn tcgetwinsize(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    let (cols, rows) = sys::window_size(fd).map_err(|n| fail(vm, n))?;
    Ok(tuple::from_array([int::from_i64(rows as i64), int::from_i64(cols as i64)]))
}
fn tcsetwinsize(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let fd = descriptor(vm, b.req(0))?;
    let size = ops::collect(vm, b.req(1))?;
    let [rows, cols] = &size[..] else {
        return Err(error::type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
    };
    let n = |o: &Obj| -> PyResult<u16> {
        u16::try_from(ops::to_i64(vm, o)?).map_err(|_| error::overflow_error("winsize value(s) out of range."))
    };
    sys::set_window_size(fd, n(rows)?, n(cols)?).map_err(|n| fail(vm, n))?;
    Ok(singletons::none())
}

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("B0", 0), ("B50", 50), ("B75", 75), ("B110", 110), ("B134", 134), ("B150", 150), ("B200", 200), ("B300", 300),
    ("B600", 600), ("B1200", 1200), ("B1800", 1800), ("B2400", 2400), ("B4800", 4800), ("B9600", 9600),
    ("B19200", 19200), ("B38400", 38400), ("B57600", 57600), ("B115200", 115200), ("B230400", 230400),
    ("B460800", 460800), ("B500000", 500000), ("B576000", 576000), ("B921600", 921600), ("B1000000", 1000000),
    ("B1152000", 1152000), ("B1500000", 1500000), ("B2000000", 2000000), ("B2500000", 2500000), ("B3000000", 3000000),
    ("B3500000", 3500000), ("B4000000", 4000000), ("CBAUDEX", 4096), ("TCSANOW", 0), ("TCSADRAIN", 1),
    ("TCSAFLUSH", 2), ("TCIFLUSH", 0), ("TCOFLUSH", 1), ("TCIOFLUSH", 2), ("TCOOFF", 0), ("TCOON", 1), ("TCIOFF", 2),
    ("TCION", 3), ("IGNBRK", 1), ("BRKINT", 2), ("IGNPAR", 4), ("PARMRK", 8), ("INPCK", 16), ("ISTRIP", 32),
    ("INLCR", 64), ("IGNCR", 128), ("ICRNL", 256), ("IUCLC", 512), ("IXON", 1024), ("IXANY", 2048), ("IXOFF", 4096),
    ("IMAXBEL", 8192), ("IUTF8", 16384), ("OPOST", 1), ("OLCUC", 2), ("ONLCR", 4), ("OCRNL", 8), ("ONOCR", 16),
    ("ONLRET", 32), ("OFILL", 64), ("OFDEL", 128), ("NLDLY", 256), ("CRDLY", 1536), ("TABDLY", 6144), ("BSDLY", 8192),
    ("VTDLY", 16384), ("FFDLY", 32768), ("NL0", 0), ("NL1", 256), ("CR0", 0), ("CR1", 512), ("CR2", 1024),
    ("CR3", 1536), ("TAB0", 0), ("TAB1", 2048), ("TAB2", 4096), ("TAB3", 6144), ("XTABS", 6144), ("BS0", 0),
    ("BS1", 8192), ("VT0", 0), ("VT1", 16384), ("FF0", 0), ("FF1", 32768), ("CSIZE", 48), ("CSTOPB", 64),
    ("CREAD", 128), ("PARENB", 256), ("PARODD", 512), ("HUPCL", 1024), ("CLOCAL", 2048), ("CIBAUD", 269418496),
    ("CRTSCTS", 2147483648), ("CS5", 0), ("CS6", 16), ("CS7", 32), ("CS8", 48), ("ISIG", 1), ("ICANON", 2),
    ("XCASE", 4), ("ECHO", 8), ("ECHOE", 16), ("ECHOK", 32), ("ECHONL", 64), ("ECHOCTL", 512), ("ECHOPRT", 1024),
    ("ECHOKE", 2048), ("FLUSHO", 4096), ("NOFLSH", 128), ("TOSTOP", 256), ("PENDIN", 16384), ("IEXTEN", 32768),
    ("EXTPROC", 65536), ("VINTR", 0), ("VQUIT", 1), ("VERASE", 2), ("VKILL", 3), ("VEOF", 4), ("VTIME", 5),
    ("VMIN", 6), ("VSWTC", 7), ("VSWTCH", 7), ("VSTART", 8), ("VSTOP", 9), ("VSUSP", 10), ("VEOL", 11),
    ("VREPRINT", 12), ("VDISCARD", 13), ("VWERASE", 14), ("VLNEXT", 15), ("VEOL2", 16), ("B7200", 7200),
    ("B14400", 14400), ("B28800", 28800), ("B76800", 76800), ("CBAUD", 4111), ("CDSUSP", 25), ("CEOF", 4),
    ("CEOL", 0), ("CEOT", 4), ("CERASE", 127), ("CFLUSH", 15), ("CINTR", 3), ("CKILL", 21), ("CLNEXT", 22),
    ("CQUIT", 28), ("CRPRNT", 18), ("CSTART", 17), ("CSTOP", 19), ("CSUSP", 26), ("CWERASE", 23), ("EXTA", 19200),
    ("EXTB", 38400), ("FIOASYNC", 21586), ("FIOCLEX", 21585), ("FIONBIO", 21537), ("FIONCLEX", 21584),
    ("FIONREAD", 21531), ("IBSHIFT", 16), ("IOCSIZE_MASK", 1073676288), ("IOCSIZE_SHIFT", 16), ("NCCS", 32),
    ("N_MOUSE", 2), ("N_PPP", 3), ("N_SLIP", 1), ("N_STRIP", 4), ("N_TTY", 0), ("TCFLSH", 21515), ("TCGETS", 21505),
    ("TCSBRK", 21513), ("TCSBRKP", 21541), ("TCSETS", 21506), ("TCSETSF", 21508), ("TCSETSW", 21507),
    ("TCXONC", 21514), ("TIOCCONS", 21533), ("TIOCEXCL", 21516), ("TIOCGETD", 21540), ("TIOCGICOUNT", 21597),
    ("TIOCGLCKTRMIOS", 21590), ("TIOCGPGRP", 21519), ("TIOCGSERIAL", 21534), ("TIOCGSOFTCAR", 21529),
    ("TIOCGWINSZ", 21523), ("TIOCINQ", 21531), ("TIOCLINUX", 21532), ("TIOCMBIC", 21527), ("TIOCMBIS", 21526),
    ("TIOCMGET", 21525), ("TIOCMIWAIT", 21596), ("TIOCMSET", 21528), ("TIOCM_CAR", 64), ("TIOCM_CD", 64),
    ("TIOCM_CTS", 32), ("TIOCM_DSR", 256), ("TIOCM_DTR", 2), ("TIOCM_LE", 1), ("TIOCM_RI", 128), ("TIOCM_RNG", 128),
    ("TIOCM_RTS", 4), ("TIOCM_SR", 16), ("TIOCM_ST", 8), ("TIOCNOTTY", 21538), ("TIOCNXCL", 21517),
    ("TIOCOUTQ", 21521), ("TIOCPKT", 21536), ("TIOCPKT_DATA", 0), ("TIOCPKT_DOSTOP", 32), ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2), ("TIOCPKT_NOSTOP", 16), ("TIOCPKT_START", 8), ("TIOCPKT_STOP", 4),
    ("TIOCSCTTY", 21518), ("TIOCSERCONFIG", 21587), ("TIOCSERGETLSR", 21593), ("TIOCSERGETMULTI", 21594),
    ("TIOCSERGSTRUCT", 21592), ("TIOCSERGWILD", 21588), ("TIOCSERSETMULTI", 21595), ("TIOCSERSWILD", 21589),
    ("TIOCSER_TEMT", 1), ("TIOCSETD", 21539), ("TIOCSLCKTRMIOS", 21591), ("TIOCSPGRP", 21520), ("TIOCSSERIAL", 21535),
    ("TIOCSSOFTCAR", 21530), ("TIOCSTI", 21522), ("TIOCSWINSZ", 21524), ("_POSIX_VDISABLE", 0),
];
fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    NUMBERS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    let ns = Dict::new();
    ns.set_str("__module__", new_str("termios"));
    let e = class::make_class(vm, "error", vec![exc::EXCEPTION.obj()], ns)?;
    *ERROR.get() = Some(e.clone());
    d.set_str("error", e);
    Ok(())
}
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides an interface to the Posix calls for tty I/O control.",
    functions: &[
        method("tcgetattr($module, fd, /)", Native::One(tcgetattr), "Get the tty attributes for file descriptor fd."),
        method(
            "tcsetattr($module, fd, when, attributes, /)",
            Native::Bound(tcsetattr),
            "Set the tty attributes for file descriptor fd.",
        ),
        method(
            "tcsendbreak($module, fd, duration, /)",
            Native::Bound(tcsendbreak),
            "Send a break on file descriptor fd.",
        ),
        method(
            "tcdrain($module, fd, /)",
            Native::One(tcdrain),
            "Wait until all output written to file descriptor fd has been transmitted.",
        ),
        method("tcflush($module, fd, queue, /)", Native::Bound(tcflush), "Discard queued data on file descriptor fd."),
        method(
            "tcflow($module, fd, action, /)",
            Native::Bound(tcflow),
            "Suspend or resume input or output on file descriptor fd.",
        ),
        method(
            "tcgetwinsize($module, fd, /)",
            Native::One(tcgetwinsize),
            "Get the tty winsize for file descriptor fd.",
        ),
        method(
            "tcsetwinsize($module, fd, winsize, /)",
            Native::Bound(tcsetwinsize),
            "Set the tty winsize for file descriptor fd.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("termios")
};
