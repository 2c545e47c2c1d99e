//! Formats: a text such as `"<2hx"` turned into fields with offsets.

use adder_object::{PyErr, PyResult, error};

/// What a format character stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Pad,
    Char,
    Signed,
    Unsigned,
    /// An address: unsigned, negative numbers wrap.
    Pointer,
    Bool,
    Half,
    Single,
    Double,
    ComplexSingle,
    ComplexDouble,
    Bytes,
    Pascal,
}

/// A run of equal items (or one `s`/`p` text of `size` bytes).
#[derive(Clone, Debug)]
pub struct Field {
    pub kind: Kind,
    pub code: char,
    pub offset: usize,
    pub size: usize,
    pub repeat: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub fields: Vec<Field>,
    pub size: usize,
    /// Number of Python values.
    pub items: usize,
    pub little: bool,
}

/// Kind, size and alignment of a code; `native` decides which sizes hold.
fn code_of(c: char, native: bool) -> Option<(Kind, usize, usize)> {
    use Kind::*;
    let (kind, size) = match c {
        'x' => (Pad, 1),
        'c' => (Char, 1),
        'b' => (Signed, 1),
        'B' => (Unsigned, 1),
        'h' => (Signed, 2),
        'H' => (Unsigned, 2),
        'i' => (Signed, 4),
        'I' => (Unsigned, 4),
        'l' => (Signed, if native { 8 } else { 4 }),
        'L' => (Unsigned, if native { 8 } else { 4 }),
        'q' => (Signed, 8),
        'Q' => (Unsigned, 8),
        'n' if native => (Signed, 8),
        'N' if native => (Unsigned, 8),
        'P' if native => (Pointer, 8),
        '?' => (Bool, 1),
        'e' => (Half, 2),
        'f' => (Single, 4),
        'd' => (Double, 8),
        'F' => (ComplexSingle, 8),
        'D' => (ComplexDouble, 16),
        's' => (Bytes, 1),
        'p' => (Pascal, 1),
        _ => return None,
    };
    let align = match (native, kind) {
        (false, _) => 1,
        (_, ComplexSingle | ComplexDouble) => size / 2,
        _ => size,
    };
    Some((kind, size, align))
}

fn too_long() -> PyErr {
    super::struct_error("total struct size too long")
}

impl Layout {
    pub fn parse(format: &[u8]) -> PyResult<Layout> {
        let (native, aligned, little, rest) = match format.first() {
            Some(b'<') => (false, false, true, &format[1..]),
            Some(b'>' | b'!') => (false, false, false, &format[1..]),
            Some(b'=') => (false, false, cfg!(target_endian = "little"), &format[1..]),
            Some(b'@') => (true, true, cfg!(target_endian = "little"), &format[1..]),
            _ => (true, true, cfg!(target_endian = "little"), format),
        };
        let mut layout = Layout { little, ..Layout::default() };
        let mut at = 0;
        while let Some(&b) = rest.get(at) {
            at += 1;
            if b.is_ascii_whitespace() || b == 0x0B {
                continue;
            }
            let mut count = 1usize;
            let mut c = b;
            if b.is_ascii_digit() {
                count = usize::from(b - b'0');
                loop {
                    let Some(&d) = rest.get(at) else {
                        return Err(super::struct_error("repeat count given without format specifier"));
                    };
                    at += 1;
                    if !d.is_ascii_digit() {
                        c = d;
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|n| n.checked_add((d - b'0').into()))
                        .filter(|&n| n <= isize::MAX as usize)
                        .ok_or_else(too_long)?;
                }
            }
            layout.push(c as char, count, native, aligned)?;
        }
        Ok(layout)
    }

    fn push(&mut self, c: char, count: usize, native: bool, aligned: bool) -> PyResult<()> {
        let Some((kind, size, align)) = code_of(c, native) else {
            return Err(if c == '\0' {
                super::struct_error("embedded null character")
            } else {
                super::struct_error("bad char in struct format")
            });
        };
        let limit = isize::MAX as usize;
        if aligned {
            self.size = self.size.checked_next_multiple_of(align).filter(|&n| n <= limit).ok_or_else(too_long)?;
        }
        let offset = self.size;
        let bytes = count.checked_mul(size).ok_or_else(too_long)?;
        self.size = offset.checked_add(bytes).filter(|&n| n <= limit).ok_or_else(too_long)?;
        let field = match kind {
            Kind::Pad => return Ok(()),
            Kind::Bytes | Kind::Pascal => {
                self.items += 1;
                Field { kind, code: c, offset, size: count, repeat: 1 }
            }
            _ if count == 0 => return Ok(()),
            _ => {
                self.items += count;
                Field { kind, code: c, offset, size, repeat: count }
            }
        };
        self.fields.push(field);
        Ok(())
    }

    /// The texts of the errors that packing and unpacking share.
    pub fn check_offset(&self, offset: isize, len: usize, verb: &str, function: &str) -> PyResult<usize> {
        let mut offset = offset;
        if offset < 0 {
            if offset + self.size as isize > 0 {
                let what = if verb == "packing" { "no space to pack" } else { "not enough data to unpack" };
                return Err(super::struct_error(&format!("{what} {} bytes at offset {offset}", self.size)));
            }
            if offset + (len as isize) < 0 {
                return Err(super::struct_error(&format!("offset {offset} out of range for {len}-byte buffer")));
            }
            offset += len as isize;
        }
        let offset = offset as usize;
        if len < offset || len - offset < self.size {
            let need = offset.checked_add(self.size).ok_or_else(|| error::overflow_error("buffer size too large"))?;
            return Err(super::struct_error(&format!(
                "{function} requires a buffer of at least {need} bytes for {verb} {} bytes at offset {offset} (actual buffer size is {len})",
                self.size
            )));
        }
        Ok(offset)
    }
}
