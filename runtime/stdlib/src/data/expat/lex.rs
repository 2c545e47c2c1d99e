//! Names, references and tag boundaries.

pub fn is_name_start(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '_' | ':'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}
pub fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
const NAME_START: u8 = 1;
const NAME: u8 = 2;
/// Ends a piece of text.
pub const TEXT_END: u8 = 4;
/// In text only where no `]]>` comes of it.
pub const BRACKET: u8 = 8;
/// May be, or begin, a character that XML does not allow.
pub const SUSPICIOUS: u8 = 16;
/// What a byte of UTF-8 can be part of.
pub static BYTES: [u8; 256] = {
    let mut all = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        all[i] = match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => NAME_START | NAME,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            b'<' | b'&' | b'\n' => TEXT_END,
            b']' => BRACKET,
            b'\t' | b'\r' => 0,
            0..0x20 | 0xEF => SUSPICIOUS,
            _ => 0,
        };
        i += 1;
    }
    all
};
/// Length of the name at the start of `s`; 0 when there is none.
#[inline]
pub fn name_len(s: &str) -> usize {
    let b = s.as_bytes();
    let class = |i: usize| b.get(i).map_or(0, |&c| BYTES[usize::from(c)]);
    let len = if class(0) & NAME_START == 0 { 0 } else { (1..).find(|&i| class(i) & NAME == 0).unwrap_or(0) };
    if b.get(len).is_some_and(|c| !c.is_ascii()) { slow_name_len(s) } else { len }
}
#[cold]
fn slow_name_len(s: &str) -> usize {
    let mut len = 0;
    for (i, c) in s.char_indices() {
        if !(if i == 0 { is_name_start(c) } else { is_name_char(c) }) {
            break;
        }
        len = i + c.len_utf8();
    }
    len
}
pub fn token_len(s: &str) -> usize {
    s.char_indices().find(|(_, c)| !is_name_char(*c)).map_or(s.len(), |(i, _)| i)
}
pub fn space_len(s: &str) -> usize {
    s.bytes().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(s.len())
}
/// The place behind the `>` that ends a tag, quotes respected.
pub fn tag_end(s: &str) -> Option<usize> {
    let mut quote = 0u8;
    for (i, b) in s.bytes().enumerate() {
        match (quote, b) {
            (0, b'>') => return Some(i + 1),
            (0, b'"' | b'\'') => quote = b,
            (q, b) if q != 0 && q == b => quote = 0,
            // No quoted text holds this: the fault is found when the tag is read.
            (q, b'<') if q != 0 => return Some(i + 1),
            _ => {}
        }
    }
    None
}
/// The character of a reference such as `#65` or `#x41`; None when it is no character of XML.
pub fn char_ref(body: &str) -> Option<char> {
    let digits = body.strip_prefix('#')?;
    let n = match digits.strip_prefix('x') {
        Some(h) => u32::from_str_radix(h, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(n).filter(|&c| is_xml_char(c))
}
pub fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}
/// The place behind the `>` of a document type declaration that starts at `s`.
pub fn doctype_end(s: &str) -> Option<usize> {
    let b = s.as_bytes();
    let (mut i, mut depth) = (0, 0);
    while i < b.len() {
        match b[i] {
            b'"' | b'\'' => i += 1 + s[i + 1..].find(b[i] as char)?,
            b'<' if s[i..].starts_with("<!--") => i += 4 + s[i + 4..].find("-->")? + 2,
            b'<' if s[i..].starts_with("<?") => i += 2 + s[i + 2..].find("?>")? + 1,
            b'[' => depth += 1,
            b']' => depth -= 1,
            b'>' if depth <= 0 => return Some(i + 1),
            _ => {}
        }
        i += 1;
    }
    None
}
/// A declaration cut into the tokens that the default handler sees.
pub fn declaration_tokens(s: &str) -> Vec<&str> {
    let mut out = vec![];
    let mut rest = s;
    while let Some(c) = rest.chars().next() {
        let n = match c {
            c if is_space(c) => space_len(rest),
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |i| i + 2),
            '<' if rest.starts_with("<!") => 2 + token_len(&rest[2..]),
            c if is_name_char(c) => token_len(rest),
            '#' => 1 + token_len(&rest[1..]),
            c => c.len_utf8(),
        };
        out.push(&rest[..n]);
        rest = &rest[n..];
    }
    out
}
