//! Base64.
//!
//! What has no stray characters goes through a vectorised crate; all else, and every error, is decided here.

use super::fault;
use adder_object::{Obj, PyErr, PyResult, bytes};
use base64_simd::{AsOut, STANDARD};

const NONE: u8 = 0xFF;
static VALUES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut t = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        t[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    t
};

pub fn encode(data: &[u8], newline: bool) -> Obj {
    let size = data.len().div_ceil(3) * 4;
    bytes::build(size + usize::from(newline), |out| {
        let _ = STANDARD.encode(data, out[..size].as_out());
        if newline {
            out[size] = b'\n';
        }
    })
}

/// The bytes; characters outside the alphabet and padding amid data are skipped, or refused in strict mode.
pub fn decode(data: &[u8], strict: bool) -> PyResult {
    bytes::try_build(data.len().div_ceil(4) * 3, |out| {
        if data.len().is_multiple_of(4)
            && let Ok(done) = STANDARD.decode(data, out.as_out())
        {
            return Ok(done.len());
        }
        decode_any(data, strict, out)
    })
}

/// As `decode`, into `out`, which has room for three bytes for each four characters begun; gives their number.
fn decode_any(data: &[u8], strict: bool, out: &mut [u8]) -> PyResult<usize> {
    let (mut quad, mut pads, mut filled, mut bits) = (0usize, 0, 0, 0u32);
    let mut padding_started = false;
    if strict && data.first() == Some(&b'=') {
        return Err(fault("Leading padding not allowed"));
    }
    let mut rest = data;
    loop {
        if quad == 0 && !(strict && padding_started) {
            let (used, made) = whole_quads(rest, &mut out[filled..]);
            pads = if used > 0 { 0 } else { pads };
            filled += made;
            rest = &rest[used..];
        }
        let Some((&c, after)) = rest.split_first() else { break };
        rest = after;
        if c == b'=' {
            padding_started = true;
            if strict && (quad == 0 || quad + pads >= 4) {
                return Err(fault("Excess padding not allowed"));
            }
            if strict && quad == 1 {
                return Err(one_over(filled));
            }
            if quad >= 2 {
                pads += 1;
            }
            continue;
        }
        let v = VALUES[usize::from(c)];
        if v == NONE {
            if strict {
                return Err(fault("Only base64 data is allowed"));
            }
            continue;
        }
        if strict && padding_started {
            let complete = quad + pads == 4;
            return Err(fault(if complete {
                "Excess data after padding"
            } else {
                "Discontinuous padding not allowed"
            }));
        }
        pads = 0;
        bits = bits << 6 | u32::from(v);
        if quad > 0 {
            out[filled] = (bits >> (6 - 2 * quad)) as u8;
            filled += 1;
        }
        quad = (quad + 1) % 4;
    }
    match quad {
        0 => Ok(filled),
        1 => Err(one_over(filled)),
        _ if quad + pads < 4 => Err(fault("Incorrect padding")),
        _ => Ok(filled),
    }
}

/// Decodes groups of four characters of the alphabet while there are such: how many characters, how many bytes.
fn whole_quads(data: &[u8], out: &mut [u8]) -> (usize, usize) {
    let mut n = 0;
    for (four, three) in data.chunks_exact(4).zip(out.chunks_exact_mut(3)) {
        let v = [four[0], four[1], four[2], four[3]].map(|c| VALUES[usize::from(c)]);
        if v[0] | v[1] | v[2] | v[3] == NONE {
            break;
        }
        three.copy_from_slice(&[v[0] << 2 | v[1] >> 4, v[1] << 4 | v[2] >> 2, v[2] << 6 | v[3]]);
        n += 1;
    }
    (n * 4, n * 3)
}

#[cold]
fn one_over(bytes: usize) -> PyErr {
    fault(format!(
        "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
        bytes / 3 * 4 + 1
    ))
}
