//! `str.translate` and `str.maketrans`.
//!
//! *CPython*: unicodeobject.c, _PyUnicode_TranslateCharmap, unicode_maketrans_impl.

use super::this;
use crate::text::build::StrBuilder;
use adder_object::{Dict, Obj, ObjExt, PyResult, Str, Vm, error, exceptions as exc, int, ops, singletons, str, types};

/// What a table says of a character.
enum Mapped {
    Same,
    Nothing,
    Char(u32),
    Text(Obj),
}

fn lookup(vm: &Vm, table: &Obj, c: u32) -> PyResult<Mapped> {
    let key = int::from_i64(i64::from(c));
    let found = if let Some(d) = table.get_exact::<Dict>() {
        let Some(x) = d.get_item(vm, &key)? else { return Ok(Mapped::Same) };
        Ok(x)
    } else {
        ops::getitem(vm, table, &key)
    };
    let found = match found {
        Ok(x) => x,
        Err(e) if e.is(&exc::LOOKUP_ERROR) => return Ok(Mapped::Same),
        Err(e) => return Err(e),
    };
    if found.is_none() {
        return Ok(Mapped::Nothing);
    }
    if let Some(n) = int::as_int(&found) {
        return match n.to_i64().filter(|n| (0..0x11_0000).contains(n)) {
            Some(n) => Ok(Mapped::Char(n as u32)),
            None => Err(error::value_error("character mapping must be in range(0x110000)")),
        };
    }
    if found.get::<Str>().is_some() {
        return Ok(Mapped::Text(found));
    }
    Err(error::type_error("character mapping must return integer, None or str"))
}

/// The translation of as many characters from the front on as become ASCII ones, one each.
fn translated_front(vm: &Vm, text: &[u8], table: &Obj, known: &mut [u32; 128]) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        let known = &mut known[usize::from(c & 127)];
        if *known == 0 {
            *known = match lookup(vm, table, u32::from(c))? {
                Mapped::Same => u32::from(c) + 2,
                Mapped::Char(c) => c + 2,
                Mapped::Nothing | Mapped::Text(_) => break,
            };
        }
        match *known {
            k @ 2..130 => out.push((k - 2) as u8),
            _ => break,
        }
    }
    Ok(out)
}

pub fn translate(vm: &Vm, o: &Obj, table: &Obj) -> PyResult {
    let s = this(o)?;
    // Answers for ASCII characters are asked once each: 0 unknown, 1 gone, otherwise the character + 2.
    let mut known = [0u32; 128];
    let cached = table.is_exact(&types::DICT);
    let mut done = 0;
    let mut front = vec![];
    if let (true, Some(text)) = (cached, s.as_ascii()) {
        front = translated_front(vm, text.as_bytes(), table, &mut known)?;
        done = front.len();
    }
    if done == s.len() {
        return Ok(str::from_ascii(&front).into_obj());
    }
    let mut out = StrBuilder::with_capacity(s.len());
    out.push_latin1(&front);
    for c in s.chars().iter().skip(done) {
        if cached && c < 128 {
            match known[c as usize] {
                0 => {}
                1 => continue,
                k => {
                    out.push(k - 2);
                    continue;
                }
            }
        }
        let mapped = match lookup(vm, table, c)? {
            Mapped::Same => c + 2,
            Mapped::Nothing => 1,
            Mapped::Char(c) => c + 2,
            Mapped::Text(t) => {
                out.push_text(t.this::<Str>()?);
                continue;
            }
        };
        if mapped > 1 {
            out.push(mapped - 2);
        }
        if let Some(k) = known.get_mut(c as usize) {
            *k = mapped;
        }
    }
    Ok(out.finish())
}

fn text(o: &Obj, i: usize) -> PyResult<&Str> {
    o.get::<Str>()
        .ok_or_else(|| error::type_error(format!("maketrans() argument {i} must be str, not {}", o.ty().tp_name())))
}

pub fn maketrans(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let out = Dict::new();
    let key = |c: u32| int::from_i64(i64::from(c));
    if args.len() == 1 {
        let Some(d) = args[0].get::<Dict>().filter(|_| args[0].is_exact(&types::DICT)) else {
            return Err(error::type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (k, v) in d.items_vec() {
            if let Some(s) = k.get::<Str>() {
                if s.len() != 1 {
                    return Err(error::value_error("string keys in translatetable must be of length 1"));
                }
                out.set_item(vm, &key(s.at(0)), v)?;
            } else if int::is_int(&k) {
                out.set_item(vm, &k, v)?;
            } else {
                return Err(error::type_error("keys in translate table mustbe strings or integers"));
            }
        }
        return Ok(out.into_obj());
    }
    if args[0].get::<Str>().is_none() {
        return Err(error::type_error("first maketrans argument must be a string if there is a second argument"));
    }
    let (from, to) = (text(&args[0], 1)?, text(&args[1], 2)?);
    if let Some(gone) = args.get(2) {
        text(gone, 3)?;
    }
    if from.len() != to.len() {
        return Err(error::value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.chars().iter().zip(to.chars().iter()) {
        out.set_item(vm, &key(a), key(b))?;
    }
    if let Some(gone) = args.get(2) {
        for c in text(gone, 3)?.chars().iter() {
            out.set_item(vm, &key(c), singletons::none())?;
        }
    }
    Ok(out.into_obj())
}
