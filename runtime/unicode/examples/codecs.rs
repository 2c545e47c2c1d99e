//! Runs the codecs on cases read from standard input, for scripts/check-codecs.py.
//!
//! A case is `decode NAME last policy hexbytes` or `encode NAME policy hexchars`.

use adder_unicode::codec::errors::{self, Utf};
use adder_unicode::codec::{self, DecodeProblem, DecodeRepair, EncodeProblem, EncodeRepair, Order, Replacement};
use std::io::{self, BufRead, BufWriter, Write};

type Log = Vec<String>;

fn hex(chars: &[u32]) -> String {
    chars.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(" ")
}

fn utf(name: &str) -> Option<Utf> {
    Utf::from_name(name)
}

fn order(name: &str) -> Order {
    match name {
        _ if name.ends_with("le") => Order::Little,
        _ if name.ends_with("be") => Order::Big,
        _ => Order::Marked,
    }
}

fn repair_bytes(policy: &str, p: &DecodeProblem<'_>) -> Option<DecodeRepair> {
    let bad = &p.input[p.start..p.end];
    let chars = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
    Some(match policy {
        "question" => (chars("?"), p.end).into(),
        "next" => (chars("<\u{e9}>"), p.start + 1).into(),
        "skip" => (Vec::new(), p.end).into(),
        "backslashreplace" => (chars(&errors::backslash_bytes(bad)), p.end).into(),
        "surrogateescape" => {
            let chars = errors::escape_bytes(bad)?;
            let used = chars.len();
            (chars, p.start + used).into()
        }
        "surrogatepass" => {
            let (c, used) = utf(p.encoding)?.pass_bytes(&p.input[p.start..])?;
            (vec![c], p.start + used).into()
        }
        _ => return None,
    })
}

fn repair_chars(policy: &str, text: &[u32], p: EncodeProblem) -> Option<EncodeRepair> {
    if p.fatal {
        return None;
    }
    let bad = || text[p.start..p.end].iter().copied();
    let chars = |text: &str| Replacement::Chars(text.chars().map(u32::from).collect());
    let replacement = match policy {
        "question" => chars("?"),
        "next" => return Some((chars("!"), p.start + 1)),
        "accent" => chars("\u{e9}"),
        "bytes" => Replacement::Bytes(b"\xff\xfe".to_vec()),
        "three" => Replacement::Bytes(b"abc".to_vec()),
        "backslashreplace" => chars(&errors::backslash_chars(bad())),
        "xmlcharrefreplace" => chars(&errors::xml_references(bad())),
        "namereplace" => chars(&errors::name_references(bad())),
        "surrogateescape" => Replacement::Bytes(errors::unescape_chars(bad())?),
        "surrogatepass" => Replacement::Bytes(utf(p.encoding)?.pass_chars(bad())?),
        _ => return None,
    };
    Some((replacement, p.end))
}

fn decode(name: &str, last: bool, policy: &str, bytes: &[u8]) -> String {
    let mut log = Log::new();
    let mut out: Vec<u32> = Vec::new();
    let mut told = 0;
    let result = {
        let handler = &mut |p: DecodeProblem<'_>| {
            log.push(format!("{}:{},{},{}", p.encoding, p.reason, p.start, p.end));
            repair_bytes(policy, &p).ok_or(())
        };
        let wide = |r: Result<(usize, Order), ()>, told: &mut i64| {
            r.map(|(used, order)| {
                *told = order.number();
                used
            })
        };
        match name {
            "utf-8" => codec::decode_utf8(bytes, last, &mut out, handler),
            "utf-7" => codec::decode_utf7(bytes, last, &mut out, handler),
            "ascii" => codec::decode_ascii(bytes, &mut out, handler),
            "latin-1" => Ok(codec::decode_latin1(bytes, &mut out)),
            "unicode_escape" => codec::decode_unicode_escape(bytes, last, &mut out, handler).map(|e| e.used),
            "raw_unicode_escape" => codec::decode_raw_unicode_escape(bytes, last, &mut out, handler),
            _ if name.starts_with("utf-16") => {
                wide(codec::decode_utf16(bytes, order(name), last, &mut out, handler), &mut told)
            }
            _ => wide(codec::decode_utf32(bytes, order(name), last, &mut out, handler), &mut told),
        }
    };
    match result {
        Ok(used) => format!("{}|{used}|{told}|{}", hex(&out), log.join(";")),
        Err(()) => format!("error|{}", log.join(";")),
    }
}

fn encode(name: &str, policy: &str, text: &[u32]) -> String {
    let mut log = Log::new();
    let mut out = Vec::new();
    let result = {
        let handler = &mut |p: EncodeProblem| {
            if !p.fatal {
                log.push(format!("{}:{},{},{}", p.encoding, p.reason, p.start, p.end));
            }
            repair_chars(policy, text, p).ok_or(())
        };
        match name {
            "utf-8" => codec::encode_utf8(text, &mut out, handler),
            "ascii" => codec::encode_ascii(text, &mut out, handler),
            "latin-1" => codec::encode_latin1(text, &mut out, handler),
            _ if name.starts_with("utf-16") => codec::encode_utf16(text, order(name), &mut out, handler),
            _ if name.starts_with("utf-32") => codec::encode_utf32(text, order(name), &mut out, handler),
            "utf-7" => {
                codec::encode_utf7(text, &mut out);
                Ok(())
            }
            "unicode_escape" => {
                codec::encode_unicode_escape(text, &mut out);
                Ok(())
            }
            _ => {
                codec::encode_raw_unicode_escape(text, &mut out);
                Ok(())
            }
        }
    };
    match result {
        Ok(()) => format!("{}|{}", out.iter().map(|b| format!("{b:02x}")).collect::<String>(), log.join(";")),
        Err(()) => format!("error|{}", log.join(";")),
    }
}

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let fields: Vec<&str> = line.split(' ').collect();
        let answer = match fields[..] {
            ["decode", name, last, policy, data] => {
                let bytes: Vec<u8> =
                    (0..data.len() / 2).filter_map(|i| u8::from_str_radix(&data[2 * i..2 * i + 2], 16).ok()).collect();
                decode(name, last == "1", policy, &bytes)
            }
            ["encode", name, policy, ref chars @ ..] => {
                let text: Vec<u32> = chars.iter().filter_map(|h| u32::from_str_radix(h, 16).ok()).collect();
                encode(name, policy, &text)
            }
            _ => "?".to_owned(),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
