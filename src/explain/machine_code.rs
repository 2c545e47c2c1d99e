//! Machine code as text, line by line.
//!
//! Invariant: what cannot be decoded is shown as bytes or as the code generator's own text; each line keeps the line of the program it
//! is of.

use serde_json::{Value, json};

/// Lines of [line of the function, text, home, line]; home and line only of inlined code.
pub fn lines(machine: &Value) -> Vec<Value> {
    let at = machine["at"].as_u64().unwrap_or(0);
    let bytes = bytes(machine["code"].as_str().unwrap_or(""));
    if machine["architecture"] != "x86_64" {
        let text = machine["text"].as_str().unwrap_or("");
        return text.lines().map(|l| json!([0, l])).collect();
    }
    let empty = vec![];
    let ranges = machine["ranges"].as_array().unwrap_or(&empty);
    let mut next = 0;
    decode(at, &bytes)
        .into_iter()
        .map(|(offset, text)| {
            let end = |r: &Value| r[1].as_u64().unwrap_or(0);
            while ranges.get(next).is_some_and(|r| end(r) <= offset) {
                next += 1;
            }
            let r = ranges.get(next).filter(|r| r[0].as_u64().is_some_and(|a| a <= offset));
            let text = format!("{offset:5x}  {text}");
            match r {
                Some(r) if r[3].is_u64() => json!([r[2], text, r[3], r[4]]),
                Some(r) => json!([r[2], text]),
                None => json!([0, text]),
            }
        })
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks_exact(2);
    digits.filter_map(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok()).collect()
}

/// Offset and text of each instruction.
fn decode(at: u64, bytes: &[u8]) -> Vec<(u64, String)> {
    use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
    let mut formatter = IntelFormatter::new();
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_branch_leading_zeros(false);
    options.set_space_after_operand_separator(true);
    let mut found = vec![];
    for i in Decoder::with_ip(64, bytes, at, DecoderOptions::NONE).iter() {
        let mut text = String::new();
        if i.is_invalid() {
            text = format!("(data) {:02x?}", &bytes[(i.ip() - at) as usize..(i.next_ip() - at) as usize]);
        } else {
            formatter.format(&i, &mut text);
        }
        found.push((i.ip() - at, text));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn instructions_have_the_line_of_their_range() {
        let m = json!({ "architecture": "x86_64", "at": 4096, "code": "55489090c3", "ranges": [[0, 1, 3], [1, 5, 4, 2, 9]] });
        let lines = super::lines(&m);
        assert_eq!(lines[0], json!([3, "    0  push rbp"]));
        assert_eq!(lines.last(), Some(&json!([4, "    4  ret", 2, 9])));
    }
}
