//! The type codes of arrays: how each stores its items.

use adder_object::int::{self, Int};
use adder_object::packed::Element;
use adder_object::{Obj, ObjExt, PyErr, PyResult, Str, Vm, error, float, ops, str};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Signed,
    Unsigned,
    Float,
    Text,
}

pub struct Kind {
    pub code: char,
    pub class: Class,
    pub size: usize,
    /// struct-module format of an item in buffers.
    pub format: &'static str,
    /// Machine format of pickles (little-endian machines).
    pub machine: i32,
}

pub static KINDS: [Kind; 14] = [
    Kind { code: 'b', class: Class::Signed, size: 1, format: "b", machine: 1 },
    Kind { code: 'B', class: Class::Unsigned, size: 1, format: "B", machine: 0 },
    Kind { code: 'u', class: Class::Text, size: 4, format: "w", machine: 20 },
    Kind { code: 'w', class: Class::Text, size: 4, format: "w", machine: 20 },
    Kind { code: 'h', class: Class::Signed, size: 2, format: "h", machine: 4 },
    Kind { code: 'H', class: Class::Unsigned, size: 2, format: "H", machine: 2 },
    Kind { code: 'i', class: Class::Signed, size: 4, format: "i", machine: 8 },
    Kind { code: 'I', class: Class::Unsigned, size: 4, format: "I", machine: 6 },
    Kind { code: 'l', class: Class::Signed, size: 8, format: "l", machine: 12 },
    Kind { code: 'L', class: Class::Unsigned, size: 8, format: "L", machine: 10 },
    Kind { code: 'q', class: Class::Signed, size: 8, format: "q", machine: 12 },
    Kind { code: 'Q', class: Class::Unsigned, size: 8, format: "Q", machine: 10 },
    Kind { code: 'f', class: Class::Float, size: 4, format: "f", machine: 14 },
    Kind { code: 'd', class: Class::Float, size: 8, format: "d", machine: 16 },
];
pub fn find(code: char) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.code == code)
}

/// The bytes of one item, in the machine's order; only the first `size` count.
pub type Item = [u8; 8];

fn too_large(c_type: &str) -> PyErr {
    error::overflow_error(format!("Python int too large to convert to C {c_type}"))
}
fn out_of_range(what: &str, above: bool) -> PyErr {
    error::overflow_error(format!(
        "{what} is {} than {}",
        if above { "greater" } else { "less" },
        if above { "maximum" } else { "minimum" }
    ))
}
fn limited(n: i64, low: i64, high: i64, what: &str) -> PyResult<i64> {
    if n < low || n > high { Err(out_of_range(what, n > high)) } else { Ok(n) }
}

impl Kind {
    /// How an item lies in memory, where compiled code can handle that.
    pub fn element(&self) -> Option<Element> {
        Some(match (self.class, self.size) {
            (Class::Signed, 1) => Element::I8,
            (Class::Signed, 2) => Element::I16,
            (Class::Signed, 4) => Element::I32,
            (Class::Signed, 8) => Element::I64,
            (Class::Unsigned, 1) => Element::U8,
            (Class::Unsigned, 2) => Element::U16,
            (Class::Unsigned, 4) => Element::U32,
            (Class::Float, 4) => Element::F32,
            (Class::Float, 8) => Element::F64,
            _ => return None,
        })
    }
    pub fn is_text(&self) -> bool {
        self.class == Class::Text
    }

    /// The value of one item.
    pub fn read(&self, b: &[u8]) -> PyResult {
        let bits = match *b {
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_le_bytes([a, b])),
            [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ => return Err(error::system_error("an item of another size")),
        };
        let unused = 64 - 8 * self.size as u32;
        Ok(match (self.class, self.size) {
            (Class::Signed, _) => int::from_i64(((bits << unused) as i64) >> unused),
            (Class::Unsigned, _) => int::from_u64(bits),
            (Class::Float, 4) => float::from_f64(f32::from_bits(bits as u32).into()),
            (Class::Float, _) => float::from_f64(f64::from_bits(bits)),
            (Class::Text, _) => str::from_char(check_point(bits as u32)?).into_obj(),
        })
    }

    /// The bytes of a value; OverflowError or TypeError as CPython's setters give them.
    pub fn item(&self, vm: &Vm, v: &Obj) -> PyResult<Item> {
        if self.class == Class::Float {
            let x = match float::as_float(v) {
                Some(x) => x,
                None => ops::to_f64(vm, v)?,
            };
            let bits = if self.size == 4 { u64::from((x as f32).to_bits()) } else { x.to_bits() };
            return Ok(bits.to_le_bytes());
        }
        if self.is_text() {
            return Ok(u64::from(character(v)?).to_le_bytes());
        }
        let i = ops::index(vm, v)?;
        let Some(n) = int::as_int(&i) else { return Err(error::type_error("an integer is required")) };
        Ok(self.integer(n)?.to_le_bytes())
    }

    fn integer(&self, n: Int<'_>) -> PyResult<u64> {
        match self.code {
            'q' => return n.to_i64().map(|n| n as u64).ok_or_else(|| error::overflow_error("int too big to convert")),
            'Q' if n.is_negative() => return Err(error::overflow_error("can't convert negative int to unsigned")),
            'I' | 'L' if n.is_negative() => {
                return Err(error::overflow_error("can't convert negative value to unsigned int"));
            }
            'I' | 'L' | 'Q' => {
                let wide = adder_num::int::to_u64(&n.to_big()).ok_or_else(|| {
                    if self.code == 'Q' {
                        error::overflow_error("int too big to convert")
                    } else {
                        too_large("unsigned long")
                    }
                })?;
                if self.code == 'I' && wide > u64::from(u32::MAX) {
                    return Err(out_of_range("unsigned int", true));
                }
                return Ok(wide);
            }
            _ => {}
        }
        let n = n.to_i64().ok_or_else(|| too_large("long"))?;
        const SHORT: (i64, i64) = (i16::MIN as i64, i16::MAX as i64);
        const INT: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
        let n = match self.code {
            'b' => limited(limited(n, SHORT.0, SHORT.1, "signed short integer")?, -128, 127, "signed char")?,
            'B' => limited(limited(n, SHORT.0, SHORT.1, "signed short integer")?, 0, 255, "unsigned byte integer")?,
            'h' => limited(n, SHORT.0, SHORT.1, "signed short integer")?,
            'H' => limited(limited(n, INT.0, INT.1, "signed integer")?, 0, 65535, "unsigned short")?,
            'i' => limited(n, INT.0, INT.1, "signed integer")?,
            _ => n,
        };
        Ok(n as u64)
    }
}

fn character(v: &Obj) -> PyResult<u32> {
    let Some(s) = v.get::<Str>() else {
        return Err(error::type_error(format!("array item must be a unicode character, not {}", v.ty().tp_name())));
    };
    if s.len() != 1 {
        return Err(error::type_error(format!(
            "array item must be a unicode character, not a string of length {}",
            s.len()
        )));
    }
    Ok(s.at(0))
}
pub fn check_point(c: u32) -> PyResult<u32> {
    if c > 0x10FFFF {
        return Err(error::value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
    }
    Ok(c)
}
