//! Code objects as bytes: the payload of cache files and of the frozen library.
//!
//! *Invariants.* What is read back equals what was written. Reading untrusted bytes ends in `Err`, never in a panic or
//! an allocation larger than the input justifies; text that is read is well-formed. Whether the code may run is for
//! [`crate::verify`] to say.
//!
//! *Format.* `ADRC`, version (u16), string table, code. Numbers are LEB128; a string is its index in the table, which
//! every code object and constant shares. A change of the op table or of this format needs a new [`VERSION`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::code::{Code, Const, Text};

/// First bytes.
pub const MAGIC: [u8; 4] = *b"ADRC";

/// Format and instruction set; files with another one are foreign.
pub const VERSION: u16 = 1;

/// Deepest nesting of code objects and containers.
const MAX_DEPTH: u32 = 1000;

/// Why bytes are no code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not our format.
    Magic,
    /// Another version.
    Version,
    /// Ends too soon.
    Truncated,
    /// Something is left after the end.
    Trailing,
    /// A number, tag or index that makes no sense.
    Malformed,
    /// Text that is not UTF-8 (or WTF-8).
    Text,
    /// Nested too deeply (also when writing).
    Depth,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Magic => "bad magic number",
            Error::Version => "other format version",
            Error::Truncated => "unexpected end of code data",
            Error::Trailing => "bytes after the end of code data",
            Error::Malformed => "malformed code data",
            Error::Text => "malformed text in code data",
            Error::Depth => "code data nested too deeply",
        })
    }
}

impl std::error::Error for Error {}

macro_rules! tags {
    ($($name:ident = $number:literal;)*) => { $(const $name: u8 = $number;)* };
}

tags! {
    NONE = 0;
    TRUE = 1;
    FALSE = 2;
    ELLIPSIS = 3;
    INT = 4;
    BIG_POSITIVE = 5;
    BIG_NEGATIVE = 6;
    FLOAT = 7;
    COMPLEX = 8;
    STR = 9;
    BYTES = 10;
    TUPLE = 11;
    FROZENSET = 12;
    SLICE = 13;
    CODE = 14;
}

#[derive(Default)]
struct Writer<'a> {
    out: Vec<u8>,
    table: Vec<&'a [u8]>,
    index: HashMap<&'a [u8], usize>,
    depth: u32,
}

/// Writes a code object.
///
/// # Errors
/// [`Error::Depth`] when it is nested so deeply that it could not be read back.
pub fn write(code: &Code) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::default();
    writer.code(code)?;
    let mut out = Vec::with_capacity(writer.out.len() + 1024);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    let mut table = Writer { out, ..Writer::default() };
    table.number(writer.table.len() as u64);
    for text in &writer.table {
        table.bytes(text);
    }
    table.out.append(&mut writer.out);
    Ok(table.out)
}

impl<'a> Writer<'a> {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63) as u64);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &'a [u8]) {
        let next = self.table.len();
        let index = *self.index.entry(text).or_insert(next);
        if index == next {
            self.table.push(text);
        }
        self.number(index as u64);
    }

    fn texts(&mut self, texts: &'a [Text]) {
        self.number(texts.len() as u64);
        for text in texts {
            self.text(text.as_bytes());
        }
    }

    fn constants(&mut self, items: &'a [Const]) -> Result<(), Error> {
        self.number(items.len() as u64);
        items.iter().try_for_each(|item| self.constant(item))
    }

    fn group(&mut self, tag: u8, items: &'a [Const]) -> Result<(), Error> {
        self.out.push(tag);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::Depth);
        }
        self.constants(items)?;
        self.depth -= 1;
        Ok(())
    }

    fn constant(&mut self, value: &'a Const) -> Result<(), Error> {
        match value {
            Const::None => self.out.push(NONE),
            Const::Bool(true) => self.out.push(TRUE),
            Const::Bool(false) => self.out.push(FALSE),
            Const::Ellipsis => self.out.push(ELLIPSIS),
            Const::Int(value) => {
                self.out.push(INT);
                self.signed(*value);
            }
            Const::BigInt { negative, magnitude } => {
                self.out.push(if *negative { BIG_NEGATIVE } else { BIG_POSITIVE });
                self.bytes(magnitude);
            }
            Const::Float(value) => {
                self.out.push(FLOAT);
                self.out.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                self.out.push(COMPLEX);
                self.out.extend_from_slice(&re.to_bits().to_le_bytes());
                self.out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(text) => {
                self.out.push(STR);
                self.text(text);
            }
            Const::Bytes(bytes) => {
                self.out.push(BYTES);
                self.bytes(bytes);
            }
            Const::Tuple(items) => self.group(TUPLE, items)?,
            Const::FrozenSet(items) => self.group(FROZENSET, items)?,
            Const::Slice(parts) => self.group(SLICE, &parts[..])?,
            Const::Code(code) => {
                self.out.push(CODE);
                self.code(code)?;
            }
        }
        Ok(())
    }

    fn code(&mut self, code: &'a Code) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::Depth);
        }
        for value in
            [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags, code.cache_count]
        {
            self.number(u64::from(value));
        }
        self.signed(i64::from(code.firstlineno));
        self.number(code.units.len() as u64);
        for unit in &code.units {
            self.out.extend_from_slice(&unit.to_le_bytes());
        }
        self.texts(&code.names);
        self.texts(&code.localsplusnames);
        self.bytes(&code.localspluskinds);
        for text in [&code.filename, &code.name, &code.qualname] {
            self.text(text.as_bytes());
        }
        self.bytes(&code.linetable);
        self.bytes(&code.exceptiontable);
        self.constants(&code.consts)?;
        self.depth -= 1;
        Ok(())
    }
}

struct Reader<'a> {
    input: &'a [u8],
    /// Every text, and what was made of it when code asked for it as a name.
    table: Vec<(&'a [u8], Option<Text>)>,
    depth: u32,
}

/// Reads a code object; all bytes must belong to it.
///
/// # Errors
/// Says why the bytes are none.
pub fn read(bytes: &[u8]) -> Result<Code, Error> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(Error::Magic)?;
    let (version, rest) = rest.split_at_checked(2).ok_or(Error::Truncated)?;
    if version != VERSION.to_le_bytes() {
        return Err(Error::Version);
    }
    let mut reader = Reader { input: rest, table: Vec::new(), depth: 0 };
    let count = reader.count(1)?;
    reader.table.reserve_exact(count.min(4096));
    for _ in 0..count {
        let text = reader.bytes()?;
        reader.table.push((text, None));
    }
    let code = reader.code()?;
    if reader.input.is_empty() { Ok(code) } else { Err(Error::Trailing) }
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.input.split_at_checked(count).ok_or(Error::Truncated)?;
        self.input = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64, Error> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return Err(Error::Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::Malformed)
    }

    fn signed(&mut self) -> Result<i64, Error> {
        let bits = self.number()?;
        Ok((bits >> 1) as i64 ^ -((bits & 1) as i64))
    }

    fn small(&mut self) -> Result<u32, Error> {
        u32::try_from(self.number()?).map_err(|_| Error::Malformed)
    }

    /// Number of items of at least `size` bytes each: no more than can follow.
    fn count(&mut self, size: usize) -> Result<usize, Error> {
        let count = usize::try_from(self.number()?).map_err(|_| Error::Malformed)?;
        if count > self.input.len() / size { Err(Error::Truncated) } else { Ok(count) }
    }

    fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let count = self.count(1)?;
        self.take(count)
    }

    fn index(&mut self) -> Result<usize, Error> {
        usize::try_from(self.number()?).map_err(|_| Error::Malformed)
    }

    fn text_bytes(&mut self) -> Result<&'a [u8], Error> {
        let index = self.index()?;
        self.table.get(index).map(|t| t.0).ok_or(Error::Malformed)
    }

    fn text(&mut self) -> Result<Text, Error> {
        let index = self.index()?;
        let (bytes, made) = self.table.get_mut(index).ok_or(Error::Malformed)?;
        if made.is_none() {
            *made = Some(std::str::from_utf8(bytes).map_err(|_| Error::Text)?.into());
        }
        made.clone().ok_or(Error::Text)
    }

    fn texts(&mut self) -> Result<Box<[Text]>, Error> {
        let count = self.count(1)?;
        (0..count).map(|_| self.text()).collect()
    }

    fn constants(&mut self) -> Result<Box<[Const]>, Error> {
        let count = self.count(1)?;
        (0..count).map(|_| self.constant()).collect()
    }

    fn group(&mut self) -> Result<Box<[Const]>, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::Depth);
        }
        let items = self.constants()?;
        self.depth -= 1;
        Ok(items)
    }

    fn float(&mut self) -> Result<f64, Error> {
        let bytes: [u8; 8] = self.take(8)?.try_into().map_err(|_| Error::Truncated)?;
        Ok(f64::from_bits(u64::from_le_bytes(bytes)))
    }

    fn big_int(&mut self, negative: bool) -> Result<Const, Error> {
        let magnitude: Box<[u8]> = self.bytes()?.into();
        let canonical = magnitude.last().is_some_and(|byte| *byte != 0);
        if canonical { Ok(Const::BigInt { negative, magnitude }) } else { Err(Error::Malformed) }
    }

    fn constant(&mut self) -> Result<Const, Error> {
        Ok(match self.byte()? {
            NONE => Const::None,
            TRUE => Const::Bool(true),
            FALSE => Const::Bool(false),
            ELLIPSIS => Const::Ellipsis,
            INT => Const::Int(self.signed()?),
            BIG_POSITIVE => self.big_int(false)?,
            BIG_NEGATIVE => self.big_int(true)?,
            FLOAT => Const::Float(self.float()?),
            COMPLEX => Const::Complex(self.float()?, self.float()?),
            STR => {
                let text = self.text_bytes()?;
                if !is_wtf8(text) {
                    return Err(Error::Text);
                }
                Const::Str(text.into())
            }
            BYTES => Const::Bytes(self.bytes()?.into()),
            TUPLE => Const::Tuple(self.group()?),
            FROZENSET => Const::FrozenSet(self.group()?),
            SLICE => {
                let parts: Box<[Const; 3]> = self.group()?.try_into().map_err(|_| Error::Malformed)?;
                Const::Slice(parts)
            }
            CODE => Const::Code(Arc::new(self.code()?)),
            _ => return Err(Error::Malformed),
        })
    }

    fn code(&mut self) -> Result<Code, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::Depth);
        }
        let argcount = self.small()?;
        let posonlyargcount = self.small()?;
        let kwonlyargcount = self.small()?;
        let stacksize = self.small()?;
        let flags = self.small()?;
        let cache_count = self.small()?;
        let firstlineno = i32::try_from(self.signed()?).map_err(|_| Error::Malformed)?;
        let unit_count = self.count(2)?;
        let units = self.take(unit_count * 2)?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let units = units.collect();
        let names = self.texts()?;
        let localsplusnames = self.texts()?;
        let localspluskinds = self.bytes()?.into();
        let filename = self.text()?;
        let name = self.text()?;
        let qualname = self.text()?;
        let linetable = self.bytes()?.into();
        let exceptiontable = self.bytes()?.into();
        let consts = self.constants()?;
        self.depth -= 1;
        Ok(Code {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            units,
            consts,
            names,
            localsplusnames,
            localspluskinds,
            filename,
            name,
            qualname,
            firstlineno,
            linetable,
            exceptiontable,
            cache_count,
        })
    }
}

/// Whether bytes are UTF-8 in which lone surrogates are encoded like other code points.
pub fn is_wtf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(error) => {
                let bad = &rest[error.valid_up_to()..];
                match bad {
                    [0xED, 0xA0..=0xBF, 0x80..=0xBF, tail @ ..] => rest = tail,
                    _ => return false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn sample() -> Code {
        let inner = Code {
            argcount: 1,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: 2,
            flags: 3,
            units: [128, 84, 35].into(),
            consts: [Const::None].into(),
            names: [].into(),
            localsplusnames: ["a".into()].into(),
            localspluskinds: [0x26].into(),
            filename: "f.py".into(),
            name: "g".into(),
            qualname: "g".into(),
            firstlineno: -3,
            linetable: [0xF8, 1].into(),
            exceptiontable: [].into(),
            cache_count: 0,
        };
        let consts = [
            Const::Ellipsis,
            Const::Bool(true),
            Const::Bool(false),
            Const::Int(i64::MIN),
            Const::Int(-1),
            Const::BigInt { negative: true, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1].into() },
            Const::Float(-0.0),
            Const::Complex(1.5, f64::INFINITY),
            Const::Str([0xED, 0xA0, 0x80, b'x'].into()),
            Const::Bytes([1, 2].into()),
            Const::FrozenSet([Const::Tuple([Const::None, Const::str("a")].into())].into()),
            Const::Slice(Box::new([Const::None, Const::Int(1), Const::None])),
            Const::Code(Arc::new(inner.clone())),
        ];
        Code { consts: consts.into(), names: ["é".into(), "a".into()].into(), ..inner }
    }

    #[test]
    fn round_trip() {
        let code = sample();
        let bytes = write(&code).unwrap();
        assert_eq!(read(&bytes).unwrap(), code);
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = write(&sample()).unwrap();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end}");
        }
        // Any byte may change: reading must come back, with whatever result.
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                let _ = read(&damaged);
            }
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(read(&longer), Err(Error::Trailing));
        assert!(!is_wtf8(&[0xED, 0xA0]));
    }
}
