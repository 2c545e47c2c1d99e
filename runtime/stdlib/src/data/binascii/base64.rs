//! Base64.

use super::fault;
use adder_object::{PyErr, PyResult};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NONE: u8 = 0xFF;
static VALUES: [u8; 256] = {
    let mut t = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        t[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    t
};

pub fn encode(data: &[u8], newline: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for chunk in data.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, &b| n << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let c = if i <= chunk.len() { ALPHABET[(n >> (18 - 6 * i) & 63) as usize] } else { b'=' };
            out.push(c);
        }
    }
    if newline {
        out.push(b'\n');
    }
    out
}

/// The bytes; characters outside the alphabet and padding amid data are skipped, or refused in strict mode.
pub fn decode(data: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len().div_ceil(4) * 3);
    let (mut quad, mut left, mut pads) = (0, 0u8, 0);
    let mut padding_started = false;
    if strict && data.first() == Some(&b'=') {
        return Err(fault("Leading padding not allowed"));
    }
    for &c in data {
        if c == b'=' {
            padding_started = true;
            if strict && (quad == 0 || quad + pads >= 4) {
                return Err(fault("Excess padding not allowed"));
            }
            if strict && quad == 1 {
                return Err(one_over(&out));
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
        step(&mut out, &mut quad, &mut left, v);
    }
    match quad {
        0 => Ok(out),
        1 => Err(one_over(&out)),
        _ if quad + pads < 4 => Err(fault("Incorrect padding")),
        _ => Ok(out),
    }
}
#[cold]
fn one_over(out: &[u8]) -> PyErr {
    fault(format!(
        "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
        out.len() / 3 * 4 + 1
    ))
}
fn step(out: &mut Vec<u8>, quad: &mut usize, left: &mut u8, v: u8) {
    match *quad {
        0 => *left = v,
        1 => {
            out.push(*left << 2 | v >> 4);
            *left = v & 15;
        }
        2 => {
            out.push(*left << 4 | v >> 2);
            *left = v & 3;
        }
        _ => {
            out.push(*left << 6 | v);
            *left = 0;
        }
    }
    *quad = (*quad + 1) % 4;
}
