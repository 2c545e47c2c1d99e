//! One line of uuencode.

use super::fault;
use adder_object::PyResult;

pub fn encode(data: &[u8], backtick: bool) -> PyResult<Vec<u8>> {
    if data.len() > 45 {
        return Err(fault("At most 45 bytes at once"));
    }
    let digit = |n: u32| if backtick && n == 0 { b'`' } else { n as u8 + b' ' };
    let mut out = vec![digit(data.len() as u32)];
    for chunk in data.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, &b| n << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        out.extend((0..4).map(|i| digit(n >> (18 - 6 * i) & 63)));
    }
    out.push(b'\n');
    Ok(out)
}

/// The bytes of a line; a line shorter than its length says stands for zeros.
pub fn decode(data: &[u8]) -> PyResult<Vec<u8>> {
    let Some((&first, mut rest)) = data.split_first() else {
        return Err(fault("Missing length byte"));
    };
    let len = usize::from(first.wrapping_sub(b' ') & 63);
    let mut out = Vec::with_capacity(len);
    let (mut bits, mut held) = (0u32, 0);
    while out.len() < len {
        // A line that ended counts as blanks; its end is not consumed.
        let n = match rest.first() {
            None => 0,
            Some(b'\n' | b'\r') => 0,
            Some(&c) if (b' '..=b' ' + 64).contains(&c) => u32::from(c - b' ') & 63,
            Some(_) => return Err(fault("Illegal char")),
        };
        rest = rest.get(1..).unwrap_or(&[]);
        bits = bits << 6 | n;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // One more character than needed may be left of a group; `` ` `` is another blank.
    if rest.iter().any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(fault("Trailing garbage"));
    }
    Ok(out)
}
