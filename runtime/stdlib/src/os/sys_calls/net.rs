//! Wrappers around libc's socket calls; addresses are the bytes of a `sockaddr`.
//!
//! Invariant: SYS-1 (see the parent module).
#![allow(unsafe_code)]

use super::{Sys, errno, ret};
use std::ffi::CStr;
use std::mem::MaybeUninit;

const STORAGE: usize = size_of::<libc::sockaddr_storage>();

/// Memory for an address, aligned as the kernel wants it.
#[repr(C, align(8))]
struct Room([u8; STORAGE]);

/// Runs a call that fills an address; gives its result and the address.
fn with_address(f: impl FnOnce(*mut libc::sockaddr, *mut u32) -> i64) -> Sys<(i64, Vec<u8>)> {
    let mut room = Room([0; STORAGE]);
    let mut n = STORAGE as u32;
    let r = ret(f((&raw mut room).cast(), &mut n))?;
    Ok((r, room.0[..(n as usize).min(STORAGE)].to_vec()))
}
fn aligned(addr: &[u8]) -> (Room, u32) {
    let mut room = Room([0; STORAGE]);
    let n = addr.len().min(STORAGE);
    room.0[..n].copy_from_slice(&addr[..n]);
    (room, n as u32)
}
pub fn bind(fd: i32, addr: &[u8]) -> Sys<i64> {
    let (room, n) = aligned(addr);
    // SAFETY: SYS-1.
    ret(unsafe { libc::bind(fd, (&raw const room).cast(), n) } as i64)
}
pub fn connect(fd: i32, addr: &[u8]) -> Sys<i64> {
    let (room, n) = aligned(addr);
    // SAFETY: SYS-1.
    ret(unsafe { libc::connect(fd, (&raw const room).cast(), n) } as i64)
}
pub fn accept(fd: i32) -> Sys<(i64, Vec<u8>)> {
    // SAFETY: SYS-1.
    with_address(|p, n| unsafe { libc::accept4(fd, p, n, libc::SOCK_CLOEXEC) } as i64)
}
pub fn getsockname(fd: i32) -> Sys<Vec<u8>> {
    // SAFETY: SYS-1.
    with_address(|p, n| unsafe { libc::getsockname(fd, p, n) } as i64).map(|r| r.1)
}
pub fn getpeername(fd: i32) -> Sys<Vec<u8>> {
    // SAFETY: SYS-1.
    with_address(|p, n| unsafe { libc::getpeername(fd, p, n) } as i64).map(|r| r.1)
}
pub fn recv(fd: i32, buf: &mut [u8], flags: i32) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::recv(fd, buf.as_mut_ptr().cast(), buf.len(), flags) } as i64).map(|n| n as usize)
}
pub fn recvfrom(fd: i32, buf: &mut [u8], flags: i32) -> Sys<(i64, Vec<u8>)> {
    // SAFETY: SYS-1.
    with_address(|p, n| unsafe { libc::recvfrom(fd, buf.as_mut_ptr().cast(), buf.len(), flags, p, n) } as i64)
}
pub fn send(fd: i32, data: &[u8], flags: i32) -> Sys<usize> {
    // SAFETY: SYS-1.
    ret(unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), flags) } as i64).map(|n| n as usize)
}
pub fn sendto(fd: i32, data: &[u8], flags: i32, addr: &[u8]) -> Sys<usize> {
    let (room, n) = aligned(addr);
    // SAFETY: SYS-1.
    ret(unsafe { libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, (&raw const room).cast(), n) } as i64)
        .map(|n| n as usize)
}
/// A control message: level, type, data.
pub type Control = (i32, i32, Vec<u8>);

pub fn control_length(n: usize) -> usize {
    // SAFETY: arithmetic only.
    unsafe { libc::CMSG_LEN(n as u32) as usize }
}
pub fn control_space(n: usize) -> usize {
    // SAFETY: arithmetic only.
    unsafe { libc::CMSG_SPACE(n as u32) as usize }
}
pub fn sendmsg(fd: i32, parts: &[&[u8]], control: &[Control], flags: i32, addr: Option<&[u8]>) -> Sys<usize> {
    let mut iov: Vec<libc::iovec> =
        parts.iter().map(|p| libc::iovec { iov_base: p.as_ptr() as *mut _, iov_len: p.len() }).collect();
    let mut room = addr.map(aligned);
    let space: usize = control.iter().map(|c| control_space(c.2.len())).sum();
    let mut buf = vec![0u64; space.div_ceil(8)];
    // SAFETY: SYS-1: the message points to live memory with its true lengths; control headers are walked by libc's macros.
    unsafe {
        let mut m = MaybeUninit::<libc::msghdr>::zeroed().assume_init();
        if let Some((r, n)) = &mut room {
            m.msg_name = (r as *mut Room).cast();
            m.msg_namelen = *n;
        }
        m.msg_iov = iov.as_mut_ptr();
        m.msg_iovlen = iov.len() as _;
        if space > 0 {
            m.msg_control = buf.as_mut_ptr().cast();
            m.msg_controllen = space as _;
            let mut h = libc::CMSG_FIRSTHDR(&m);
            for (level, kind, data) in control {
                if h.is_null() {
                    return Err(libc::EINVAL);
                }
                (*h).cmsg_level = *level;
                (*h).cmsg_type = *kind;
                (*h).cmsg_len = control_length(data.len()) as _;
                std::ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(h), data.len());
                h = libc::CMSG_NXTHDR(&m, h);
            }
        }
        ret(libc::sendmsg(fd, &m, flags) as i64).map(|n| n as usize)
    }
}
pub struct Received {
    pub n: usize,
    pub control: Vec<Control>,
    pub flags: i32,
    pub addr: Vec<u8>,
}
pub fn recvmsg(fd: i32, parts: &mut [&mut [u8]], space: usize, flags: i32) -> Sys<Received> {
    let mut iov: Vec<libc::iovec> =
        parts.iter_mut().map(|p| libc::iovec { iov_base: p.as_mut_ptr().cast(), iov_len: p.len() }).collect();
    let mut room = Room([0; STORAGE]);
    let mut buf = vec![0u64; space.div_ceil(8)];
    // SAFETY: SYS-1: as `sendmsg`; what the kernel wrote is copied out within the lengths that it reports.
    unsafe {
        let mut m = MaybeUninit::<libc::msghdr>::zeroed().assume_init();
        m.msg_name = (&raw mut room).cast();
        m.msg_namelen = STORAGE as u32;
        m.msg_iov = iov.as_mut_ptr();
        m.msg_iovlen = iov.len() as _;
        m.msg_control = if space > 0 { buf.as_mut_ptr().cast() } else { std::ptr::null_mut() };
        m.msg_controllen = space as _;
        let n = ret(libc::recvmsg(fd, &mut m, flags | libc::MSG_CMSG_CLOEXEC) as i64)? as usize;
        let mut control = vec![];
        let end = buf.as_ptr() as usize + m.msg_controllen;
        let mut h = libc::CMSG_FIRSTHDR(&m);
        while !h.is_null() {
            let data = libc::CMSG_DATA(h);
            let len = ((*h).cmsg_len as usize).saturating_sub(control_length(0)).min(end.saturating_sub(data as usize));
            control.push(((*h).cmsg_level, (*h).cmsg_type, std::slice::from_raw_parts(data, len).to_vec()));
            h = libc::CMSG_NXTHDR(&m, h);
        }
        let addr = room.0[..(m.msg_namelen as usize).min(STORAGE)].to_vec();
        Ok(Received { n, control, flags: m.msg_flags, addr })
    }
}
pub fn getsockopt(fd: i32, level: i32, name: i32, buf: &mut [u8]) -> Sys<usize> {
    let mut n = buf.len() as u32;
    // SAFETY: SYS-1.
    ret(unsafe { libc::getsockopt(fd, level, name, buf.as_mut_ptr().cast(), &mut n) } as i64)?;
    Ok(n as usize)
}
/// None sends a null pointer of the given length.
pub fn setsockopt(fd: i32, level: i32, name: i32, value: Result<&[u8], u32>) -> Sys<i64> {
    let (p, n) = match value {
        Ok(v) => (v.as_ptr(), v.len() as u32),
        Err(n) => (std::ptr::null(), n),
    };
    // SAFETY: SYS-1.
    ret(unsafe { libc::setsockopt(fd, level, name, p.cast(), n) } as i64)
}

// ---- names ----

pub struct Found {
    pub family: i32,
    pub kind: i32,
    pub proto: i32,
    pub canonical: Vec<u8>,
    pub addr: Vec<u8>,
}
/// Errors are those of `gai_strerror`; EAI_SYSTEM carries errno as negative number beyond -1000.
pub fn getaddrinfo(host: Option<&CStr>, port: Option<&CStr>, hints: [i32; 4]) -> Result<Vec<Found>, i32> {
    let mut list: *mut libc::addrinfo = std::ptr::null_mut();
    let mut out = vec![];
    // SAFETY: SYS-1: the result list is walked and freed here; addresses are copied with their lengths.
    unsafe {
        let mut h = MaybeUninit::<libc::addrinfo>::zeroed().assume_init();
        [h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags] = hints;
        let r = libc::getaddrinfo(
            host.map_or(std::ptr::null(), CStr::as_ptr),
            port.map_or(std::ptr::null(), CStr::as_ptr),
            &h,
            &mut list,
        );
        if r != 0 {
            return Err(if r == libc::EAI_SYSTEM { -1000 - errno() } else { r });
        }
        let mut p = list;
        while let Some(a) = p.as_ref() {
            let addr = std::slice::from_raw_parts(a.ai_addr as *const u8, a.ai_addrlen as usize).to_vec();
            let canonical =
                if a.ai_canonname.is_null() { vec![] } else { CStr::from_ptr(a.ai_canonname).to_bytes().to_vec() };
            out.push(Found { family: a.ai_family, kind: a.ai_socktype, proto: a.ai_protocol, canonical, addr });
            p = a.ai_next;
        }
        libc::freeaddrinfo(list);
    }
    Ok(out)
}
pub fn getnameinfo(addr: &[u8], flags: i32) -> Result<(Vec<u8>, Vec<u8>), i32> {
    let (room, n) = aligned(addr);
    let (mut h, mut s) = ([0u8; 1025], [0u8; 32]);
    // SAFETY: SYS-1.
    let r = unsafe {
        libc::getnameinfo(
            (&raw const room).cast(),
            n,
            h.as_mut_ptr().cast(),
            h.len() as u32,
            s.as_mut_ptr().cast(),
            s.len() as u32,
            flags,
        )
    };
    if r != 0 {
        return Err(if r == libc::EAI_SYSTEM { -1000 - errno() } else { r });
    }
    let text = |b: &[u8]| b.iter().copied().take_while(|&c| c != 0).collect();
    Ok((text(&h), text(&s)))
}
pub fn gai_text(n: i32) -> String {
    // SAFETY: static text of libc.
    unsafe { CStr::from_ptr(libc::gai_strerror(n)) }.to_string_lossy().into_owned()
}
pub fn gethostname() -> Sys<Vec<u8>> {
    let mut b = [0u8; 1024];
    // SAFETY: SYS-1.
    ret(unsafe { libc::gethostname(b.as_mut_ptr().cast(), b.len() - 1) } as i64)?;
    Ok(b.iter().copied().take_while(|&c| c != 0).collect())
}
/// The port of a service, in host order.
pub fn service_port(name: &CStr, proto: Option<&CStr>) -> Option<u16> {
    // SAFETY: SYS-1; the entry is read at once.
    unsafe {
        let p = libc::getservbyname(name.as_ptr(), proto.map_or(std::ptr::null(), CStr::as_ptr)).as_ref()?;
        Some(u16::from_be(p.s_port as u16))
    }
}
pub fn service_name(port: u16, proto: Option<&CStr>) -> Option<Vec<u8>> {
    // SAFETY: SYS-1; the entry is copied at once.
    unsafe {
        let proto = proto.map_or(std::ptr::null(), CStr::as_ptr);
        let p = libc::getservbyport(port.to_be() as i32, proto).as_ref()?;
        Some(CStr::from_ptr(p.s_name).to_bytes().to_vec())
    }
}
pub fn protocol_number(name: &CStr) -> Option<i32> {
    // SAFETY: SYS-1; the entry is read at once.
    unsafe { Some(libc::getprotobyname(name.as_ptr()).as_ref()?.p_proto) }
}
pub fn interface_index(name: &CStr) -> Option<u32> {
    // SAFETY: SYS-1.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => None,
        n => Some(n),
    }
}
pub fn interface_name(index: u32) -> Sys<Vec<u8>> {
    let mut b = [0u8; 64];
    // SAFETY: SYS-1.
    if unsafe { libc::if_indextoname(index, b.as_mut_ptr().cast()) }.is_null() {
        return Err(errno());
    }
    Ok(b.iter().copied().take_while(|&c| c != 0).collect())
}
pub fn interfaces() -> Sys<Vec<(u32, Vec<u8>)>> {
    let mut out = vec![];
    // SAFETY: the table ends with index 0 and is freed here.
    unsafe {
        let table = libc::if_nameindex();
        if table.is_null() {
            return Err(errno());
        }
        let mut p = table;
        while (*p).if_index != 0 {
            out.push(((*p).if_index, CStr::from_ptr((*p).if_name).to_bytes().to_vec()));
            p = p.add(1);
        }
        libc::if_freenameindex(table);
    }
    Ok(out)
}
