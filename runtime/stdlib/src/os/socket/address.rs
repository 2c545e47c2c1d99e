//! Socket addresses: Python tuples and strings to the bytes of a `sockaddr`, and back.
//!
//! CPython: Modules/socketmodule.c (getsockaddrarg, makesockaddr, setipaddr).

use super::gai_error;
use crate::os::convert::{fs_decode, fs_encode, new_str};
use crate::os::sys_calls::net;
use adder_object::{
    ByteArray, Bytes, Obj, ObjExt, PyResult, Str, Vm, buffer, bytes, error, int, ops, singletons, tuple,
};
use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A host argument as text for the resolver: str is IDNA-encoded when it is not ASCII.
pub fn host_bytes(vm: &Vm, o: &Obj, what: &str) -> PyResult<CString> {
    let b = match (o.get::<Str>(), o.get::<Bytes>(), o.get::<ByteArray>()) {
        (Some(s), ..) if s.is_ascii() => s.raw_bytes().to_vec(),
        (Some(_), ..) => {
            let e = adder_object::call::call_method_str(vm, o, "encode", &[new_str("idna")])?;
            buffer::to_vec(vm, &e)?
        }
        (_, Some(b), _) => b.as_slice().to_vec(),
        (_, _, Some(b)) => b.data.borrow().clone(),
        _ => {
            return Err(error::type_error(format!(
                "{what} str, bytes or bytearray expected, not {}",
                o.ty().tp_name()
            )));
        }
    };
    CString::new(b).map_err(|_| error::type_error("host name must not contain null character"))
}

/// The address of a host name in a family, as the raw bytes of the address alone (4 or 16).
pub fn resolve(vm: &Vm, name: &CString, family: i32) -> PyResult<Vec<u8>> {
    let text = name.to_string_lossy();
    if text.is_empty() {
        return Ok(if family == libc::AF_INET6 { vec![0; 16] } else { vec![0; 4] });
    }
    if text == "<broadcast>" || text == "255.255.255.255" {
        if family == libc::AF_INET6 {
            return Err(error::os_error_text("address family mismatched"));
        }
        return Ok(vec![255; 4]);
    }
    if family != libc::AF_INET6
        && let Ok(a) = text.parse::<Ipv4Addr>()
    {
        return Ok(a.octets().to_vec());
    }
    if family == libc::AF_INET6
        && !text.contains('%')
        && let Ok(a) = text.parse::<Ipv6Addr>()
    {
        return Ok(a.octets().to_vec());
    }
    let found = vm.allow_threads(|| net::getaddrinfo(Some(name), None, [family, 0, 0, 0]));
    let found = found.map_err(|n| gai_error(vm, n))?;
    match found.first() {
        Some(f) if f.family == libc::AF_INET6 => Ok(f.addr[8..24].to_vec()),
        Some(f) => Ok(f.addr[4..8].to_vec()),
        None => Err(error::os_error_text("unknown address family")),
    }
}
fn port(vm: &Vm, o: &Obj, function: &str) -> PyResult<u16> {
    let n = ops::to_i32(vm, o)?;
    u16::try_from(n).map_err(|_| error::overflow_error(format!("{function}(): port must be 0-65535.")))
}
pub fn inet(addr: &[u8], port: u16) -> Vec<u8> {
    let mut v = (libc::AF_INET as u16).to_ne_bytes().to_vec();
    v.extend(port.to_be_bytes());
    v.extend_from_slice(addr);
    v.extend([0; 8]);
    v
}
pub fn inet6(addr: &[u8], port: u16, flow: u32, scope: u32) -> Vec<u8> {
    let mut v = (libc::AF_INET6 as u16).to_ne_bytes().to_vec();
    v.extend(port.to_be_bytes());
    v.extend(flow.to_be_bytes());
    v.extend_from_slice(addr);
    v.extend(scope.to_ne_bytes());
    v
}

/// The `sockaddr` of a Python address.
pub fn parse(vm: &Vm, family: i32, o: &Obj, function: &str) -> PyResult<Vec<u8>> {
    match family {
        libc::AF_UNIX => unix(vm, o),
        libc::AF_INET => {
            let items = match tuple::as_slice(o) {
                Some([host, port]) => (host, port),
                Some(_) => {
                    return Err(error::type_error(format!(
                        "{function}(): AF_INET address must be a pair (host, port)"
                    )));
                }
                None => {
                    return Err(error::type_error(format!(
                        "{function}(): AF_INET address must be tuple, not {}",
                        o.ty().tp_name()
                    )));
                }
            };
            let host = host_bytes(vm, items.0, &format!("{function}(): host must be"))?;
            let p = port(vm, items.1, function)?;
            Ok(inet(&resolve(vm, &host, libc::AF_INET)?, p))
        }
        libc::AF_INET6 => {
            let Some(items) = tuple::as_slice(o) else {
                return Err(error::type_error(format!(
                    "{function}(): AF_INET6 address must be tuple, not {}",
                    o.ty().tp_name()
                )));
            };
            if !(2..=4).contains(&items.len()) {
                return Err(error::type_error(format!(
                    "{function}(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
                )));
            }
            let host = host_bytes(vm, &items[0], &format!("{function}(): host must be"))?;
            let p = port(vm, &items[1], function)?;
            let n = |i: usize| items.get(i).map_or(Ok(0), |o| ops::to_i64(vm, o));
            let (flow, scope) = (n(2)?, n(3)?);
            if !(0..=0xfffff).contains(&flow) {
                return Err(error::overflow_error(format!("{function}(): flowinfo must be 0-1048575.")));
            }
            Ok(inet6(&resolve(vm, &host, libc::AF_INET6)?, p, flow as u32, scope as u32))
        }
        _ => Err(error::os_error_text(format!("{function}(): bad family"))),
    }
}
fn unix(vm: &Vm, o: &Obj) -> PyResult<Vec<u8>> {
    let path = match o.get::<Str>() {
        Some(s) => fs_encode(s)?,
        None => buffer::to_vec(vm, o)
            .map_err(|_| error::type_error(format!("a bytes-like object is required, not '{}'", o.ty().tp_name())))?,
    };
    let mut v = (libc::AF_UNIX as u16).to_ne_bytes().to_vec();
    let abstract_name = path.first() == Some(&0);
    // A path keeps its final NUL, a name in the abstract namespace has none.
    if path.len() + !abstract_name as usize > 108 {
        return Err(error::os_error_text("AF_UNIX path too long"));
    }
    v.extend_from_slice(&path);
    if !abstract_name && !path.is_empty() {
        v.push(0);
    }
    Ok(v)
}

/// The Python address of a `sockaddr`.
pub fn make(vm: &Vm, a: &[u8]) -> PyResult {
    if a.len() < 2 {
        return Ok(singletons::none());
    }
    let n = |i: i64| int::from_i64(i);
    match u16::from_ne_bytes([a[0], a[1]]) as i32 {
        libc::AF_INET if a.len() >= 8 => {
            let host = Ipv4Addr::new(a[4], a[5], a[6], a[7]).to_string();
            Ok(tuple::from_array([new_str(&host), n(u16::from_be_bytes([a[2], a[3]]) as i64)]))
        }
        libc::AF_INET6 if a.len() >= 28 => {
            let (host, _) =
                net::getnameinfo(a, libc::NI_NUMERICHOST | libc::NI_NUMERICSERV).map_err(|e| gai_error(vm, e))?;
            let word = |i: usize| [a[i], a[i + 1], a[i + 2], a[i + 3]];
            Ok(tuple::from_array([
                fs_decode(&host),
                n(u16::from_be_bytes([a[2], a[3]]) as i64),
                n(u32::from_be_bytes(word(4)) as i64),
                n(u32::from_ne_bytes(word(24)) as i64),
            ]))
        }
        libc::AF_UNIX => {
            let path = &a[2..];
            if path.first() == Some(&0) {
                return Ok(bytes::new(path));
            }
            Ok(fs_decode(path.split(|&c| c == 0).next().unwrap_or(&[])))
        }
        family => Ok(tuple::from_array([n(family as i64), bytes::new(&a[2..])])),
    }
}
