//! Quoted-printable.

pub struct Style {
    pub quote_tabs: bool,
    /// Line ends stay as they are.
    pub text: bool,
    /// Blanks become underscores, as in mail headers.
    pub header: bool,
}

const MAX_LINE: usize = 76;

pub fn decode(data: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let digit = |c: Option<&u8>| c.and_then(|&c| (c as char).to_digit(16)).map(|d| d as u8);
    let mut i = 0;
    while i < data.len() {
        match data[i] {
            b'=' => {
                i += 1;
                let Some(&c) = data.get(i) else { break };
                if c == b'\n' || c == b'\r' {
                    // A soft line break: skip to behind the line's end.
                    while i < data.len() && data[i] != b'\n' {
                        i += 1;
                    }
                    i += 1;
                } else if c == b'=' {
                    // Broken output of some mail programs.
                    out.push(b'=');
                    i += 1;
                } else if let (Some(h), Some(l)) = (digit(data.get(i)), digit(data.get(i + 1))) {
                    out.push(h << 4 | l);
                    i += 2;
                } else {
                    out.push(b'=');
                }
            }
            b'_' if header => {
                out.push(b' ');
                i += 1;
            }
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

pub fn encode(data: &[u8], style: &Style) -> Vec<u8> {
    // Lines end as the first line of the input does.
    let crlf = data.iter().position(|&c| c == b'\n').is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let mut out = Vec::with_capacity(data.len() + data.len() / 8);
    let mut line = 0;
    let mut i = 0;
    let line_end = |out: &mut Vec<u8>| out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
    while i < data.len() {
        let c = data[i];
        let next = data.get(i + 1).copied();
        let must_quote = c > 126
            || c == b'='
            || (style.header && c == b'_')
            || (c == b'.' && line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!style.text && (c == b'\r' || c == b'\n'))
            || ((c == b'\t' || c == b' ') && next.is_none())
            || (c < 33 && !matches!(c, b'\r' | b'\n' | b'\t' | b' '))
            || (c < 33 && c != b'\r' && c != b'\n' && (style.quote_tabs || (c != b'\t' && c != b' ')));
        if must_quote {
            if line + 3 >= MAX_LINE {
                out.push(b'=');
                line_end(&mut out);
                line = 0;
            }
            out.push(b'=');
            out.extend([c >> 4, c & 15].map(|n| b"0123456789ABCDEF"[usize::from(n)]));
            line += 3;
            i += 1;
            continue;
        }
        if style.text && (c == b'\n' || (c == b'\r' && next == Some(b'\n'))) {
            // A blank before the line's end would be lost on the way: it is quoted.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                out.push(b'=');
                out.extend([last >> 4, last & 15].map(|n| b"0123456789ABCDEF"[usize::from(n)]));
            }
            line_end(&mut out);
            line = 0;
            i += if c == b'\r' { 2 } else { 1 };
            continue;
        }
        if next.is_some_and(|n| n != b'\n') && line + 1 >= MAX_LINE {
            out.push(b'=');
            line_end(&mut out);
            line = 0;
        }
        line += 1;
        out.push(if style.header && c == b' ' { b'_' } else { c });
        i += 1;
    }
    out
}
