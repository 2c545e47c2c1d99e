//! `_socket`: sockets and the resolver.
//!
//! CPython: Modules/socketmodule.c.

mod address;
mod constants;
pub mod object;

use super::convert::{descriptor, fs_decode, fs_path, new_bytes, new_str, os_err};
use super::sys_calls::{self as sys, net};
use adder_mem::heap::Global;
use adder_object::bind::Bound;
use adder_object::call::call_pos;
use adder_object::spec::{Native, method};
use adder_object::{
    Bytes, Dict, List, Module, ModuleSpec, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, buffer, class, error,
    exceptions as exc, int, module, ops, singletons, tuple,
};
use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Nanoseconds; -1 is none.
pub static DEFAULT_TIMEOUT: Global<i64> = Global::new(-1);
static GAI_ERROR: Global<Option<Obj>> = Global::new(None);
static HERROR: Global<Option<Obj>> = Global::new(None);

fn raise(vm: &Vm, class: &Global<Option<Obj>>, n: i32, text: &str) -> PyErr {
    let args = [int::from_i64(n as i64), new_str(text)];
    match class.get().clone() {
        Some(c) => call_pos(vm, &c, &args).map_or_else(|e| e, PyErr::from_obj),
        None => error::os_error_text(text),
    }
}
/// The error of a resolver call.
pub fn gai_error(vm: &Vm, n: i32) -> PyErr {
    if n <= -1000 {
        return os_err(-1000 - n);
    }
    raise(vm, &GAI_ERROR, n, &net::gai_text(n))
}
fn num(n: i64) -> PyResult {
    Ok(int::from_i64(n))
}

fn gethostname(_: &Vm, _: &Obj) -> PyResult {
    Ok(fs_decode(&net::gethostname().map_err(os_err)?))
}
fn sethostname(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let n = fs_path(vm, name)?;
    sys::sethostname_call(&n, n.to_bytes().len()).map_err(os_err)?;
    Ok(singletons::none())
}
fn gethostbyname(vm: &Vm, _: &Obj, host: &Obj) -> PyResult {
    let h = address::host_bytes(vm, host, "gethostbyname() argument 1 must be")?;
    let a = address::resolve(vm, &h, libc::AF_INET)?;
    Ok(new_str(&Ipv4Addr::new(a[0], a[1], a[2], a[3]).to_string()))
}
/// (name, aliases, addresses) of a host, by its name or address.
fn host_entry(vm: &Vm, host: &Obj, family: i32) -> PyResult {
    let h = address::host_bytes(vm, host, "host name must be")?;
    let hints = [family, libc::SOCK_STREAM, 0, libc::AI_CANONNAME];
    let found = vm.allow_threads(|| net::getaddrinfo(Some(&h), None, hints)).map_err(|n| gai_error(vm, n))?;
    let mut addresses = vec![];
    for f in &found {
        let (text, _) =
            net::getnameinfo(&f.addr, libc::NI_NUMERICHOST | libc::NI_NUMERICSERV).map_err(|n| gai_error(vm, n))?;
        addresses.push(fs_decode(&text));
    }
    let name = found.first().map_or_else(|| h.to_bytes().to_vec(), |f| f.canonical.clone());
    let parts = [fs_decode(&name), List::new(vec![]).into_obj(), List::new(addresses).into_obj()];
    Ok(tuple::from_array(parts))
}
fn gethostbyname_ex(vm: &Vm, _: &Obj, host: &Obj) -> PyResult {
    host_entry(vm, host, libc::AF_INET)
}
fn gethostbyaddr(vm: &Vm, _: &Obj, host: &Obj) -> PyResult {
    let h = address::host_bytes(vm, host, "gethostbyaddr() argument 1 must be")?;
    let found = vm
        .allow_threads(|| net::getaddrinfo(Some(&h), None, [0, libc::SOCK_STREAM, 0, 0]))
        .map_err(|n| gai_error(vm, n))?;
    let Some(f) = found.first() else { return Err(raise(vm, &HERROR, 1, "Unknown host")) };
    let addr = f.addr.clone();
    let named = vm.allow_threads(|| net::getnameinfo(&addr, libc::NI_NAMEREQD));
    let (name, _) = named.map_err(|_| raise(vm, &HERROR, 1, "Unknown host"))?;
    let (text, _) =
        net::getnameinfo(&f.addr, libc::NI_NUMERICHOST | libc::NI_NUMERICSERV).map_err(|n| gai_error(vm, n))?;
    let parts = [fs_decode(&name), List::new(vec![]).into_obj(), List::new(vec![fs_decode(&text)]).into_obj()];
    Ok(tuple::from_array(parts))
}
fn text_c(o: &Obj, what: &str) -> PyResult<CString> {
    let s = ops::expect_str(o, what)?;
    CString::new(s).map_err(|_| error::value_error("embedded null character"))
}
fn getservbyname(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let name = text_c(&a[0], "getservbyname() argument 1")?;
    let proto = a.get(1).map(|p| text_c(p, "getservbyname() argument 2")).transpose()?;
    match net::service_port(&name, proto.as_deref()) {
        Some(p) => num(p as i64),
        None => Err(error::os_error_text("service/proto not found")),
    }
}
fn getservbyport(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let port = u16::try_from(ops::to_i32(vm, &a[0])?)
        .map_err(|_| error::overflow_error("getservbyport: port must be 0-65535."))?;
    let proto = a.get(1).map(|p| text_c(p, "getservbyport() argument 2")).transpose()?;
    match net::service_name(port, proto.as_deref()) {
        Some(n) => Ok(fs_decode(&n)),
        None => Err(error::os_error_text("port/proto not found")),
    }
}
fn getprotobyname(_: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match net::protocol_number(&text_c(name, "getprotobyname() argument 1")?) {
        Some(n) => num(n as i64),
        None => Err(error::os_error_text("protocol not found")),
    }
}
fn close(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = ops::to_i32(vm, fd)?;
    match vm.allow_threads(|| sys::close(fd)) {
        Err(n) if n != libc::ECONNRESET => Err(os_err(n)),
        _ => Ok(singletons::none()),
    }
}
fn dup(vm: &Vm, _: &Obj, fd: &Obj) -> PyResult {
    let fd = descriptor(vm, fd)?;
    num(sys::fcntl_int(fd, libc::F_DUPFD_CLOEXEC, 0).map_err(os_err)?)
}
fn socketpair(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let n = |i: usize, d: i32| a.get(i).filter(|o| !o.is_none()).map_or(Ok(d), |o| ops::to_i32(vm, o));
    let (family, kind, proto) = (n(0, libc::AF_UNIX)?, n(1, libc::SOCK_STREAM)?, n(2, 0)?);
    let (x, y) = sys::socketpair(family, kind | libc::SOCK_CLOEXEC, proto).map_err(os_err)?;
    let make = |fd: i32| {
        let i = |n: i32| int::from_i64(n as i64);
        call_pos(vm, &object::SOCKET.obj(), &[i(family), i(kind), i(proto), i(fd)])
    };
    Ok(tuple::from_array([make(x)?, make(y)?]))
}
fn swap_arg(vm: &Vm, o: &Obj, bits: u32, function: &str) -> PyResult<u32> {
    let n = ops::to_i64(vm, o)?;
    if n < 0 {
        return Err(error::overflow_error(format!(
            "{function}: can't convert negative Python int to C {bits}-bit unsigned integer"
        )));
    }
    if n >> bits != 0 {
        return Err(error::overflow_error(format!(
            "{function}: Python int too large to convert to C {bits}-bit unsigned integer"
        )));
    }
    Ok(n as u32)
}
macro_rules! swaps { ($($f:ident $bits:literal $t:ty;)*) => { $(fn $f(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    num((swap_arg(vm, n, $bits, stringify!($f))? as $t).to_be() as i64)
})* } }
swaps! { ntohs 16 u16; htons 16 u16; ntohl 32 u32; htonl 32 u32; }

fn inet_aton(_: &Vm, _: &Obj, s: &Obj) -> PyResult {
    let text = ops::expect_str(s, "inet_aton() argument 1")?;
    let bad = || error::os_error_text("illegal IP address string passed to inet_aton");
    // One to four parts; the last fills what is left; octal and hexadecimal parts are allowed.
    let parts: Vec<&str> = text.split_ascii_whitespace().next().unwrap_or("").split('.').collect();
    let mut values = vec![];
    for p in &parts {
        let (digits, radix) = match p {
            _ if p.starts_with("0x") || p.starts_with("0X") => (&p[2..], 16),
            _ if p.len() > 1 && p.starts_with('0') => (&p[1..], 8),
            p => (*p, 10),
        };
        if digits.starts_with('+') {
            return Err(bad());
        }
        values.push(u64::from_str_radix(digits, radix).map_err(|_| bad())?);
    }
    let n = values.len();
    if !(1..=4).contains(&n) || values[..n - 1].iter().any(|&v| v > 255) || values[n - 1] >> (8 * (5 - n)) != 0 {
        return Err(bad());
    }
    let head: u64 = values[..n - 1].iter().enumerate().map(|(i, v)| v << (24 - 8 * i)).sum();
    Ok(new_bytes(&((head + values[n - 1]) as u32).to_be_bytes()))
}
fn packed(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    buffer::to_vec(vm, o)
}
fn inet_ntoa(vm: &Vm, _: &Obj, b: &Obj) -> PyResult {
    match packed(vm, b)?[..] {
        [a, b, c, d] => Ok(new_str(&Ipv4Addr::new(a, b, c, d).to_string())),
        _ => Err(error::os_error_text("packed IP wrong length")),
    }
}
fn inet_pton(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let family = ops::to_i32(vm, &a[0])?;
    let text = ops::expect_str(&a[1], "inet_pton() argument 2")?;
    let bad = || error::os_error_text("illegal IP address string passed to inet_pton");
    match family {
        libc::AF_INET => Ok(new_bytes(&text.parse::<Ipv4Addr>().map_err(|_| bad())?.octets())),
        libc::AF_INET6 => Ok(new_bytes(&text.parse::<Ipv6Addr>().map_err(|_| bad())?.octets())),
        _ => Err(os_err(libc::EAFNOSUPPORT)),
    }
}
fn inet_ntop(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let family = ops::to_i32(vm, &a[0])?;
    let b = packed(vm, &a[1])?;
    let wrong = || error::value_error("invalid length of packed IP address string");
    match family {
        libc::AF_INET => {
            let b: [u8; 4] = b.try_into().map_err(|_| wrong())?;
            Ok(new_str(&Ipv4Addr::from(b).to_string()))
        }
        libc::AF_INET6 => {
            let b: [u8; 16] = b.try_into().map_err(|_| wrong())?;
            Ok(new_str(&Ipv6Addr::from(b).to_string()))
        }
        n => Err(error::value_error(format!("unknown address family {n}"))),
    }
}
fn getaddrinfo(vm: &Vm, _: &Obj, b: &Bound<'_>) -> PyResult {
    let host = match b.req(0) {
        h if h.is_none() => None,
        h if h.get::<Str>().is_some() || h.get::<Bytes>().is_some() => {
            Some(address::host_bytes(vm, h, "getaddrinfo() argument 1 must be")?)
        }
        _ => return Err(error::type_error("getaddrinfo() argument 1 must be string or None")),
    };
    let port = match b.req(1) {
        p if p.is_none() => None,
        p if int::is_int(p) => CString::new(ops::text(&ops::str(vm, p)?)).ok(),
        p if p.get::<Str>().is_some() || p.get::<Bytes>().is_some() => {
            Some(address::host_bytes(vm, p, "port must be")?)
        }
        _ => return Err(error::os_error_text("Int or String expected")),
    };
    let n = |i: usize| b.opt(i).map_or(Ok(0), |o| ops::to_i32(vm, o));
    let hints = [n(2)?, n(3)?, n(4)?, n(5)?];
    let found = vm.allow_threads(|| net::getaddrinfo(host.as_deref(), port.as_deref(), hints));
    let out = List::new(vec![]);
    for f in found.map_err(|n| gai_error(vm, n))? {
        let addr = address::make(vm, &f.addr)?;
        let i = |n: i32| int::from_i64(n as i64);
        out.push(tuple::from_array([i(f.family), i(f.kind), i(f.proto), fs_decode(&f.canonical), addr]));
    }
    Ok(out.into_obj())
}
fn getnameinfo(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let Some(items) = tuple::as_slice(&a[0]) else {
        return Err(error::type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let flags = ops::to_i32(vm, &a[1])?;
    if !(2..=4).contains(&items.len()) {
        return Err(error::type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let host = address::host_bytes(vm, &items[0], "getnameinfo() host must be")?;
    let port = CString::new(ops::to_i32(vm, &items[1])?.to_string()).unwrap_or_default();
    let hints = [0, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST];
    let found = vm.allow_threads(|| net::getaddrinfo(Some(&host), Some(&port), hints)).map_err(|n| gai_error(vm, n))?;
    let [f] = &found[..] else {
        return Err(error::os_error_text("sockaddr resolved to multiple addresses"));
    };
    if f.family == libc::AF_INET && items.len() != 2 {
        return Err(error::os_error_text("IPv4 sockaddr must be 2 tuple"));
    }
    let mut addr = f.addr.clone();
    if f.family == libc::AF_INET6 {
        let word = |i: usize| items.get(i).map_or(Ok(0), |o| ops::to_i64(vm, o));
        let (flow, scope) = (word(2)? as u32, word(3)? as u32);
        addr[4..8].copy_from_slice(&flow.to_be_bytes());
        if items.len() > 3 {
            addr[24..28].copy_from_slice(&scope.to_ne_bytes());
        }
    }
    let (h, s) = vm.allow_threads(|| net::getnameinfo(&addr, flags)).map_err(|n| gai_error(vm, n))?;
    Ok(tuple::from_array([fs_decode(&h), fs_decode(&s)]))
}
fn getdefaulttimeout(_: &Vm, _: &Obj) -> PyResult {
    Ok(object::timeout_obj(*DEFAULT_TIMEOUT.get()))
}
fn setdefaulttimeout(vm: &Vm, _: &Obj, t: &Obj) -> PyResult {
    *DEFAULT_TIMEOUT.get() = object::timeout_arg(vm, t)?;
    Ok(singletons::none())
}
fn if_nameindex(_: &Vm, _: &Obj) -> PyResult {
    let rows = net::interfaces().map_err(os_err)?;
    let rows = rows.iter().map(|(i, n)| tuple::from_array([int::from_i64(*i as i64), fs_decode(n)]));
    Ok(List::new(rows.collect()).into_obj())
}
fn if_nametoindex(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    match net::interface_index(&fs_path(vm, name)?) {
        Some(i) => num(i as i64),
        None => Err(os_err(libc::ENODEV)),
    }
}
fn if_indextoname(vm: &Vm, _: &Obj, index: &Obj) -> PyResult {
    let i = ops::to_i64(vm, index)?;
    let i = u32::try_from(i).map_err(|_| error::overflow_error("can't convert negative value to unsigned int"))?;
    Ok(fs_decode(&net::interface_name(i).map_err(os_err)?))
}
fn control_size(vm: &Vm, n: &Obj, f: fn(usize) -> usize, name: &str) -> PyResult {
    let n = ops::size_isize(vm, n)?;
    if !(0..1 << 31).contains(&n) {
        return Err(error::overflow_error(format!("{name}() argument out of range")));
    }
    Ok(int::from_usize(f(n as usize)))
}
fn cmsg_len(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    control_size(vm, n, net::control_length, "CMSG_LEN")
}
fn cmsg_space(vm: &Vm, _: &Obj, n: &Obj) -> PyResult {
    control_size(vm, n, net::control_space, "CMSG_SPACE")
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    constants::CONSTANTS.iter().for_each(|(k, v)| d.set_str(k, int::from_i64(*v)));
    d.set_str("has_ipv6", singletons::true_obj());
    d.set_str("SocketType", object::SOCKET.obj());
    d.set_str("error", exc::OS_ERROR.obj());
    d.set_str("timeout", exc::TIMEOUT_ERROR.obj());
    for (name, store) in [("gaierror", &GAI_ERROR), ("herror", &HERROR)] {
        let ns = Dict::new();
        ns.set_str("__module__", new_str("socket"));
        let c = class::make_class(vm, name, vec![exc::OS_ERROR.obj()], ns)?;
        *store.get() = Some(c.clone());
        d.set_str(name, c);
    }
    Ok(())
}

#[rustfmt::skip]
pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    functions: &[
        method("gethostbyname", Native::One(gethostbyname), "gethostbyname(host) -> address"),
        method("gethostbyname_ex", Native::One(gethostbyname_ex), "gethostbyname_ex(host) -> (name, aliaslist, addresslist)"),
        method("gethostbyaddr", Native::One(gethostbyaddr), "gethostbyaddr(host) -> (name, aliaslist, addresslist)"),
        method("gethostname", Native::NoArgs(gethostname), "gethostname() -> string"),
        method("sethostname", Native::One(sethostname), "sethostname(name)"),
        method("getservbyname", Native::Pos(1, 2, getservbyname), "getservbyname(servicename[, protocolname]) -> integer"),
        method("getservbyport", Native::Pos(1, 2, getservbyport), "getservbyport(port[, protocolname]) -> string"),
        method("getprotobyname", Native::One(getprotobyname), "getprotobyname(name) -> integer"),
        method("close", Native::One(close), "close(integer) -> None"),
        method("dup", Native::One(dup), "dup(integer) -> integer"),
        method("socketpair", Native::Pos(0, 3, socketpair), "socketpair([family[, type [, proto]]]) -> (socket object, socket object)"),
        method("ntohs($module, x, /)", Native::One(ntohs), "Convert a 16-bit unsigned integer from network to host byte order."),
        method("ntohl($module, x, /)", Native::One(ntohl), "Convert a 32-bit integer from network to host byte order."),
        method("htons($module, x, /)", Native::One(htons), "Convert a 16-bit unsigned integer from host to network byte order."),
        method("htonl($module, x, /)", Native::One(htonl), "Convert a 32-bit integer from host to network byte order."),
        method("inet_aton($module, ip_addr, /)", Native::One(inet_aton), "Convert an IP address in string format to the 32-bit packed binary format."),
        method("inet_ntoa($module, packed_ip, /)", Native::One(inet_ntoa), "Convert an IP address from 32-bit packed binary format to string format."),
        method("inet_pton", Native::Pos(2, 2, inet_pton), "inet_pton(af, ip) -> packed IP address string"),
        method("inet_ntop", Native::Pos(2, 2, inet_ntop), "inet_ntop(af, packed_ip) -> string formatted IP address"),
        method("getaddrinfo($module, host, port, family=0, type=0, proto=0, flags=0)", Native::Bound(getaddrinfo), "Resolve host and port into addrinfo struct."),
        method("getnameinfo", Native::Pos(2, 2, getnameinfo), "getnameinfo(sockaddr, flags) --> (host, port)"),
        method("getdefaulttimeout", Native::NoArgs(getdefaulttimeout), "getdefaulttimeout() -> timeout"),
        method("setdefaulttimeout", Native::One(setdefaulttimeout), "setdefaulttimeout(timeout)"),
        method("if_nameindex", Native::NoArgs(if_nameindex), "if_nameindex()"),
        method("if_nametoindex($module, oname, /)", Native::One(if_nametoindex), "Returns the interface index corresponding to the interface name if_name."),
        method("if_indextoname($module, index, /)", Native::One(if_indextoname), "Returns the interface name corresponding to the interface index."),
        method("CMSG_LEN", Native::One(cmsg_len), "CMSG_LEN(length) -> control message length"),
        method("CMSG_SPACE", Native::One(cmsg_space), "CMSG_SPACE(length) -> buffer size"),
    ],
    types: &[&object::SPEC],
    init: Some(init),
    ..ModuleSpec::new("_socket")
};
