//! The type `_socket.socket`.
//!
//! Invariant: SOCK-1: a socket with a timeout (or none at all) is non-blocking for the system; waiting happens in `poll`.
//! CPython: Modules/socketmodule.c (sock_call_impl and the methods).

use super::{DEFAULT_TIMEOUT, address};
use crate::os::clock::to_nanos;
use crate::os::convert::{new_bytes, new_str, os_err, size_or};
use crate::os::io::base::{readable, writable, zeroed};
use crate::os::sys_calls::{self as sys, Sys, net, pollfd};
use adder_object::bind::Signature;
use adder_object::call::Args;
use adder_object::slots::slot;
use adder_object::spec::{Native, getter, method};
use adder_object::{
    List, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Type, TypeFlags as F, TypeSpec, Vm, error, exceptions as exc,
    float, int, ops, singletons, tuple,
};
use std::cell::Cell;
use std::time::{Duration, Instant};

pub struct Socket {
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    proto: Cell<i32>,
    /// Nanoseconds; -1 blocks for ever.
    timeout: Cell<i64>,
}
adder_object::trace_fields!(Socket);
adder_object::payload!(Socket, SOCKET);
pub static SOCKET: StaticType = StaticType::new::<Socket>("_socket.socket", F::BASETYPE);

fn none() -> PyResult {
    Ok(singletons::none())
}
fn new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    let s = Socket {
        fd: Cell::new(-1),
        family: Cell::new(0),
        kind: Cell::new(0),
        proto: Cell::new(0),
        timeout: Cell::new(-1),
    };
    Ok(Ref::with_type(ty, s).into_obj())
}
fn option(fd: i32, name: i32) -> Sys<i32> {
    let mut b = [0u8; 4];
    net::getsockopt(fd, libc::SOL_SOCKET, name, &mut b)?;
    Ok(i32::from_ne_bytes(b))
}
fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let sig = Signature::parse("socket(family=-1, type=-1, proto=-1, fileno=None)");
    let b = sig.bind(args)?;
    let n = |i: usize| b.opt(i).map_or(Ok(-1), |o| ops::to_i32(vm, o));
    let (mut family, mut kind, mut proto) = (n(0)?, n(1)?, n(2)?);
    let s = this.this::<Socket>()?;
    let fd = match b.opt_not_none(3) {
        Some(f) => {
            if adder_object::float::is_float(f) {
                return Err(error::type_error("integer argument expected, got float"));
            }
            let fd = ops::to_i32(vm, f)?;
            if fd < 0 {
                return Err(error::value_error("negative file descriptor"));
            }
            let name = net::getsockname(fd).map_err(os_err)?;
            if family == -1 {
                family = name.get(..2).map_or(0, |b| u16::from_ne_bytes([b[0], b[1]]) as i32);
            }
            if kind == -1 {
                kind = option(fd, libc::SO_TYPE).map_err(os_err)?;
            }
            if proto == -1 {
                proto = option(fd, libc::SO_PROTOCOL).map_err(os_err)?;
            }
            fd
        }
        None => {
            family = if family == -1 { libc::AF_INET } else { family };
            kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
            proto = if proto == -1 { 0 } else { proto };
            vm.allow_threads(|| sys::socket(family, kind | libc::SOCK_CLOEXEC, proto)).map_err(os_err)? as i32
        }
    };
    s.fd.set(fd);
    s.family.set(family);
    s.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
    s.proto.set(proto);
    if kind & libc::SOCK_NONBLOCK != 0 {
        s.timeout.set(0);
    } else {
        s.timeout.set(*DEFAULT_TIMEOUT.get());
        if s.timeout.get() >= 0 {
            set_nonblocking(fd, true)?;
        }
    }
    Ok(())
}
fn set_nonblocking(fd: i32, on: bool) -> PyResult<()> {
    let old = sys::fcntl_int(fd, libc::F_GETFL, 0).map_err(os_err)? as i32;
    let new = if on { old | libc::O_NONBLOCK } else { old & !libc::O_NONBLOCK };
    if new != old {
        sys::fcntl_int(fd, libc::F_SETFL, new).map_err(os_err)?;
    }
    Ok(())
}
fn timed_out() -> PyErr {
    PyErr::new(&exc::TIMEOUT_ERROR, "timed out")
}

impl Socket {
    fn fd(&self) -> i32 {
        self.fd.get()
    }
    fn deadline(&self) -> Option<Instant> {
        match self.timeout.get() {
            n if n > 0 => Instant::now().checked_add(Duration::from_nanos(n as u64)),
            _ => None,
        }
    }
    /// Waits until the socket is ready for `events`; TimeoutError at the deadline.
    fn wait(&self, vm: &Vm, events: i16, until: Option<Instant>) -> PyResult<()> {
        let fd = self.fd();
        let mut p = [pollfd { fd, events, revents: 0 }];
        let left = || match until {
            None => -1,
            Some(t) => t.saturating_duration_since(Instant::now()).as_nanos().div_ceil(1_000_000).min(1 << 30) as i32,
        };
        match sys::blocking(vm, || sys::poll(&mut p, left()))?.map_err(os_err)? {
            0 => Err(timed_out()),
            _ => Ok(()),
        }
    }
    /// One call, waiting for readiness as the timeout says.
    fn call<R: Send>(&self, vm: &Vm, events: i16, f: impl FnMut() -> Sys<R> + Send) -> PyResult<R> {
        self.call_until(vm, events, self.deadline(), f)
    }
    fn call_until<R: Send>(
        &self,
        vm: &Vm,
        events: i16,
        until: Option<Instant>,
        mut f: impl FnMut() -> Sys<R> + Send,
    ) -> PyResult<R> {
        loop {
            if self.timeout.get() > 0 {
                self.wait(vm, events, until)?;
            }
            match sys::blocking(vm, &mut f)? {
                Ok(r) => return Ok(r),
                // Readiness was a false alarm.
                Err(libc::EAGAIN) if self.timeout.get() > 0 => {}
                Err(n) => return Err(os_err(n)),
            }
        }
    }
}
fn this(o: &Obj) -> PyResult<&Socket> {
    o.this::<Socket>()
}

fn accept(vm: &Vm, o: &Obj) -> PyResult {
    let s = this(o)?;
    let fd = s.fd();
    let (n, addr) = s.call(vm, libc::POLLIN, || net::accept(fd))?;
    let addr = address::make(vm, &addr).inspect_err(|_| {
        let _ = sys::close(n as i32);
    })?;
    Ok(tuple::from_array([int::from_i64(n), addr]))
}
fn bind(vm: &Vm, o: &Obj, addr: &Obj) -> PyResult {
    let s = this(o)?;
    let a = address::parse(vm, s.family.get(), addr, "bind")?;
    let fd = s.fd();
    vm.allow_threads(|| net::bind(fd, &a)).map_err(os_err)?;
    none()
}
/// The errno of a connect that failed, as Err(Ok(n)).
fn do_connect(vm: &Vm, s: &Socket, a: &[u8]) -> PyResult<i32> {
    let fd = s.fd();
    let n = match vm.allow_threads(|| net::connect(fd, a)) {
        Ok(_) => return Ok(0),
        Err(n) => n,
    };
    if n == libc::EINTR {
        vm.check_breaker()?;
    }
    let waits = match n {
        libc::EINTR => s.timeout.get() != 0,
        libc::EINPROGRESS => s.timeout.get() > 0,
        _ => false,
    };
    if !waits {
        return Ok(n);
    }
    s.wait(vm, libc::POLLOUT, s.deadline())?;
    option(fd, libc::SO_ERROR).map_err(os_err)
}
fn connect(vm: &Vm, o: &Obj, addr: &Obj) -> PyResult {
    let s = this(o)?;
    let a = address::parse(vm, s.family.get(), addr, "connect")?;
    match do_connect(vm, s, &a)? {
        0 | libc::EISCONN => none(),
        n => Err(os_err(n)),
    }
}
fn connect_ex(vm: &Vm, o: &Obj, addr: &Obj) -> PyResult {
    let s = this(o)?;
    let a = address::parse(vm, s.family.get(), addr, "connect_ex")?;
    let n = match do_connect(vm, s, &a) {
        Ok(libc::EISCONN) => 0,
        Ok(n) => n,
        Err(e) if e.is(&exc::TIMEOUT_ERROR) => libc::EAGAIN,
        Err(e) => return Err(e),
    };
    Ok(int::from_i64(n as i64))
}
fn close(vm: &Vm, o: &Obj) -> PyResult {
    let fd = this(o)?.fd.replace(-1);
    if fd >= 0
        && let Err(n) = vm.allow_threads(|| sys::close(fd))
        && n != libc::ECONNRESET
    {
        return Err(os_err(n));
    }
    none()
}
fn detach(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_i64(this(o)?.fd.replace(-1) as i64))
}
fn fileno(_: &Vm, o: &Obj) -> PyResult {
    Ok(int::from_i64(this(o)?.fd() as i64))
}
fn getpeername(vm: &Vm, o: &Obj) -> PyResult {
    address::make(vm, &net::getpeername(this(o)?.fd()).map_err(os_err)?)
}
fn getsockname(vm: &Vm, o: &Obj) -> PyResult {
    address::make(vm, &net::getsockname(this(o)?.fd()).map_err(os_err)?)
}
fn listen(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let n = a.first().map_or(Ok(128), |n| ops::to_i32(vm, n))?.max(0);
    let fd = this(o)?.fd();
    vm.allow_threads(|| sys::listen(fd, n)).map_err(os_err)?;
    none()
}
fn shutdown(vm: &Vm, o: &Obj, how: &Obj) -> PyResult {
    let how = ops::to_i32(vm, how)?;
    let fd = this(o)?.fd();
    vm.allow_threads(|| sys::shutdown(fd, how)).map_err(os_err)?;
    none()
}

// ---- options and timeouts ----

fn setsockopt(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let fd = this(o)?.fd();
    let (level, name) = (ops::to_i32(vm, &a[0])?, ops::to_i32(vm, &a[1])?);
    let r = match a {
        [_, _, v, n] if v.is_none() => net::setsockopt(fd, level, name, Err(ops::to_i64(vm, n)? as u32)),
        [_, _, v] if int::is_int(v) => net::setsockopt(fd, level, name, Ok(&ops::to_i32(vm, v)?.to_ne_bytes())),
        [_, _, v] => {
            let b = readable(vm, v)?;
            net::setsockopt(fd, level, name, Ok(b.bytes()))
        }
        _ => return Err(error::type_error("socket.setsockopt() takes 3 arguments or None and a length")),
    };
    r.map_err(os_err)?;
    none()
}
fn getsockopt(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let fd = this(o)?.fd();
    let (level, name) = (ops::to_i32(vm, &a[0])?, ops::to_i32(vm, &a[1])?);
    let n = a.get(2).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    if n == 0 {
        let mut b = [0u8; 4];
        net::getsockopt(fd, level, name, &mut b).map_err(os_err)?;
        return Ok(int::from_i64(i32::from_ne_bytes(b) as i64));
    }
    if !(1..=1024).contains(&n) {
        return Err(error::os_error_text("getsockopt buflen out of range"));
    }
    let mut b = vec![0u8; n as usize];
    let n = net::getsockopt(fd, level, name, &mut b).map_err(os_err)?;
    Ok(new_bytes(&b[..n.min(b.len())]))
}
/// A timeout argument in nanoseconds; None is -1.
pub fn timeout_arg(vm: &Vm, o: &Obj) -> PyResult<i64> {
    if o.is_none() {
        return Ok(-1);
    }
    let n = to_nanos(vm, o, true)?;
    if n < 0 {
        return Err(error::value_error("Timeout value out of range"));
    }
    Ok(n)
}
pub fn timeout_obj(n: i64) -> Obj {
    if n < 0 { singletons::none() } else { float::from_f64(n as f64 / 1e9) }
}
fn settimeout(vm: &Vm, o: &Obj, t: &Obj) -> PyResult {
    let s = this(o)?;
    s.timeout.set(timeout_arg(vm, t)?);
    set_nonblocking(s.fd(), s.timeout.get() >= 0)?;
    none()
}
fn gettimeout(_: &Vm, o: &Obj) -> PyResult {
    Ok(timeout_obj(this(o)?.timeout.get()))
}
fn setblocking(vm: &Vm, o: &Obj, flag: &Obj) -> PyResult {
    let s = this(o)?;
    let on = ops::truth(vm, flag)?;
    s.timeout.set(if on { -1 } else { 0 });
    set_nonblocking(s.fd(), !on)?;
    none()
}
fn getblocking(_: &Vm, o: &Obj) -> PyResult {
    Ok(singletons::bool_obj(this(o)?.timeout.get() != 0))
}

// ---- receiving ----

fn flags_arg(vm: &Vm, a: &[Obj], i: usize) -> PyResult<i32> {
    a.get(i).map_or(Ok(0), |n| ops::to_i32(vm, n))
}
fn room(vm: &Vm, n: &Obj, function: &str) -> PyResult<Vec<u8>> {
    let n = ops::size_isize(vm, n)?;
    if n < 0 {
        return Err(error::value_error(format!("negative buffersize in {function}")));
    }
    zeroed(n as usize)
}
fn recv(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let mut buf = room(vm, &a[0], "recv")?;
    let flags = flags_arg(vm, a, 1)?;
    let fd = s.fd();
    let n = s.call(vm, libc::POLLIN, || net::recv(fd, &mut buf, flags))?;
    Ok(new_bytes(&buf[..n]))
}
fn recvfrom(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let mut buf = room(vm, &a[0], "recvfrom")?;
    let flags = flags_arg(vm, a, 1)?;
    let fd = s.fd();
    let (n, addr) = s.call(vm, libc::POLLIN, || net::recvfrom(fd, &mut buf, flags))?;
    Ok(tuple::from_array([new_bytes(&buf[..n as usize]), address::make(vm, &addr)?]))
}
/// How much of a buffer a `_into` call may fill.
fn into_length(vm: &Vm, n: Option<&Obj>, have: usize, function: &str) -> PyResult<usize> {
    let n = size_or(vm, n, 0)?;
    if n < 0 {
        return Err(error::value_error(format!("negative buffersize in {function}")));
    }
    if n as usize > have {
        return Err(error::value_error(if function == "recv_into" {
            "buffer too small for requested bytes"
        } else {
            "nbytes is greater than the length of the buffer"
        }));
    }
    Ok(if n == 0 { have } else { n as usize })
}
static INTO: &str = "(buffer, nbytes=0, flags=0)";
fn recv_into(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let sig = Signature::parse(&format!("recv_into{INTO}"));
    let b = sig.bind(args)?;
    let s = this(o)?;
    let t = writable(vm, b.req(0), "recv_into")?;
    let flags = b.opt(2).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    let n = into_length(vm, b.opt(1), t.len, "recv_into")?;
    let Some(m) = t.bytes_mut() else { return none() };
    let (fd, m) = (s.fd(), &mut m[..n]);
    Ok(int::from_usize(s.call(vm, libc::POLLIN, || net::recv(fd, m, flags))?))
}
fn recvfrom_into(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    let sig = Signature::parse(&format!("recvfrom_into{INTO}"));
    let b = sig.bind(args)?;
    let s = this(o)?;
    let t = writable(vm, b.req(0), "recvfrom_into")?;
    let flags = b.opt(2).map_or(Ok(0), |n| ops::to_i32(vm, n))?;
    let n = into_length(vm, b.opt(1), t.len, "recvfrom_into")?;
    let Some(m) = t.bytes_mut() else { return none() };
    let (fd, m) = (s.fd(), &mut m[..n]);
    let (n, addr) = s.call(vm, libc::POLLIN, || net::recvfrom(fd, m, flags))?;
    Ok(tuple::from_array([int::from_i64(n), address::make(vm, &addr)?]))
}
fn control_list(control: &[net::Control]) -> Obj {
    let rows = control.iter().map(|(level, kind, data)| {
        tuple::from_array([int::from_i64(*level as i64), int::from_i64(*kind as i64), new_bytes(data)])
    });
    List::new(rows.collect()).into_obj()
}
fn control_size(vm: &Vm, a: &[Obj], i: usize, function: &str) -> PyResult<usize> {
    let n = a.get(i).map_or(Ok(0), |n| ops::size_isize(vm, n))?;
    usize::try_from(n).map_err(|_| error::value_error(format!("invalid ancillary data buffer length in {function}()")))
}
fn recvmsg(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let n = ops::size_isize(vm, &a[0])?;
    if n < 0 {
        return Err(error::value_error("negative buffer size in recvmsg()"));
    }
    let mut buf = zeroed(n as usize)?;
    let (space, flags) = (control_size(vm, a, 1, "recvmsg")?, flags_arg(vm, a, 2)?);
    let fd = s.fd();
    let r = s.call(vm, libc::POLLIN, || net::recvmsg(fd, &mut [&mut buf], space, flags))?;
    Ok(tuple::from_array([
        new_bytes(&buf[..r.n]),
        control_list(&r.control),
        int::from_i64(r.flags as i64),
        address::make(vm, &r.addr)?,
    ]))
}
fn recvmsg_into(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let bufs =
        ops::collect(vm, &a[0])?.iter().map(|b| writable(vm, b, "recvmsg_into")).collect::<PyResult<Vec<_>>>()?;
    let (space, flags) = (control_size(vm, a, 1, "recvmsg_into")?, flags_arg(vm, a, 2)?);
    let mut parts: Vec<&mut [u8]> = bufs.iter().filter_map(|b| b.bytes_mut()).collect();
    let fd = s.fd();
    let r = s.call(vm, libc::POLLIN, || net::recvmsg(fd, &mut parts, space, flags))?;
    Ok(tuple::from_array([
        int::from_usize(r.n),
        control_list(&r.control),
        int::from_i64(r.flags as i64),
        address::make(vm, &r.addr)?,
    ]))
}

// ---- sending ----

fn send(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let data = readable(vm, &a[0])?;
    let flags = flags_arg(vm, a, 1)?;
    let (fd, bytes) = (s.fd(), data.bytes());
    Ok(int::from_usize(s.call(vm, libc::POLLOUT, || net::send(fd, bytes, flags))?))
}
fn sendall(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let data = readable(vm, &a[0])?;
    let flags = flags_arg(vm, a, 1)?;
    let (fd, mut bytes) = (s.fd(), data.bytes());
    // The timeout is for the whole.
    let until = s.deadline();
    loop {
        let part = bytes;
        let n = s.call_until(vm, libc::POLLOUT, until, || net::send(fd, part, flags))?;
        bytes = &bytes[n..];
        if bytes.is_empty() {
            return none();
        }
        vm.check_breaker()?;
    }
}
fn sendto(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let data = readable(vm, &a[0])?;
    let (flags, addr) = match a {
        [_, addr] => (0, addr),
        [_, flags, addr] => (ops::to_i32(vm, flags)?, addr),
        _ => {
            return Err(error::type_error(format!("sendto() takes 2 or 3 arguments ({} given)", a.len())));
        }
    };
    let addr = address::parse(vm, s.family.get(), addr, "sendto")?;
    let (fd, bytes) = (s.fd(), data.bytes());
    Ok(int::from_usize(s.call(vm, libc::POLLOUT, || net::sendto(fd, bytes, flags, &addr))?))
}
fn sendmsg(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let s = this(o)?;
    let bufs =
        ops::collect(vm, &a[0])
            .map_err(|e| {
                if e.is(&exc::TYPE_ERROR) { error::type_error("sendmsg() argument 1 must be iterable") } else { e }
            })?
            .iter()
            .map(|b| readable(vm, b))
            .collect::<PyResult<Vec<_>>>()?;
    let mut control = vec![];
    for c in a.get(1).map_or(Ok(vec![]), |c| ops::collect(vm, c))? {
        let Some([level, kind, data]) = tuple::as_slice(&c) else {
            return Err(error::type_error("[sendmsg() ancillary data items] must be sequences of length 3"));
        };
        let data = readable(vm, data)?.bytes().to_vec();
        control.push((ops::to_i32(vm, level)?, ops::to_i32(vm, kind)?, data));
    }
    let flags = flags_arg(vm, a, 2)?;
    let addr = match a.get(3) {
        Some(x) if !x.is_none() => Some(address::parse(vm, s.family.get(), x, "sendmsg")?),
        _ => None,
    };
    let parts: Vec<&[u8]> = bufs.iter().map(adder_object::buffer::Buffer::bytes).collect();
    let fd = s.fd();
    let n = s.call(vm, libc::POLLOUT, || net::sendmsg(fd, &parts, &control, flags, addr.as_deref()))?;
    Ok(int::from_usize(n))
}

// ---- the rest ----

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let s = this(o)?;
    Ok(new_str(&format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        s.fd(),
        s.family.get(),
        s.kind.get(),
        s.proto.get()
    )))
}
fn finalize(vm: &Vm, o: &Obj) -> PyResult {
    let s = this(o)?;
    if s.fd() >= 0 {
        let text = format!("unclosed {}", ops::repr_string(vm, o).unwrap_or_default());
        if let Err(e) = vm.warn(&exc::RESOURCE_WARNING, &text, 1)
            && e.is(&exc::WARNING)
        {
            vm.unraisable(e, "", Some(o));
        }
        let _ = sys::close(s.fd.replace(-1));
    }
    none()
}
macro_rules! numbers { ($($f:ident)*) => { $(fn $f(_: &Vm, o: &Obj) -> PyResult { Ok(int::from_i64(this(o)?.$f.get() as i64)) })* } }
numbers! { family kind proto }

#[rustfmt::skip]
pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::init(init), slot::repr(repr), slot::finalize(finalize)],
    methods: &[
        method("_accept", Native::NoArgs(accept), "_accept() -> (integer, address info)"),
        method("bind", Native::One(bind), "bind(address)"),
        method("close($self, /)", Native::NoArgs(close), "close()\n\nClose the socket.  It cannot be used after this call."),
        method("connect", Native::One(connect), "connect(address)"),
        method("connect_ex", Native::One(connect_ex), "connect_ex(address) -> errno"),
        method("detach", Native::NoArgs(detach), "detach()"),
        method("fileno", Native::NoArgs(fileno), "fileno() -> integer"),
        method("getpeername", Native::NoArgs(getpeername), "getpeername() -> address info"),
        method("getsockname", Native::NoArgs(getsockname), "getsockname() -> address info"),
        method("getsockopt", Native::Pos(2, 3, getsockopt), "getsockopt(level, option[, buffersize]) -> value"),
        method("listen", Native::Pos(0, 1, listen), "listen([backlog])"),
        method("recv", Native::Pos(1, 2, recv), "recv(buffersize[, flags]) -> data"),
        method("recv_into", Native::Raw(recv_into), "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read"),
        method("recvfrom", Native::Pos(1, 2, recvfrom), "recvfrom(buffersize[, flags]) -> (data, address info)"),
        method("recvfrom_into", Native::Raw(recvfrom_into), "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)"),
        method("recvmsg", Native::Pos(1, 3, recvmsg), "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)"),
        method("recvmsg_into", Native::Pos(1, 3, recvmsg_into), "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)"),
        method("send", Native::Pos(1, 2, send), "send(data[, flags]) -> count"),
        method("sendall", Native::Pos(1, 2, sendall), "sendall(data[, flags])"),
        method("sendto", Native::Pos(1, 9, sendto), "sendto(data[, flags], address) -> count"),
        method("sendmsg", Native::Pos(1, 4, sendmsg), "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count"),
        method("setblocking", Native::One(setblocking), "setblocking(flag)"),
        method("getblocking", Native::NoArgs(getblocking), "getblocking()"),
        method("setsockopt", Native::Pos(3, 4, setsockopt), "setsockopt(level, option, value: int)"),
        method("settimeout", Native::One(settimeout), "settimeout(timeout)"),
        method("gettimeout", Native::NoArgs(gettimeout), "gettimeout() -> timeout"),
        method("shutdown", Native::One(shutdown), "shutdown(flag)"),
    ],
    getset: &[getter("family", family, "the socket family"), getter("type", kind, "the socket type"), getter("proto", proto, "the socket protocol"), getter("timeout", gettimeout, "the socket timeout")],
    doc: "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object",
    ..TypeSpec::of(&SOCKET)
};
