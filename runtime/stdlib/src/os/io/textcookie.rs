//! Positions of a `TextIOWrapper`: a cookie packs everything needed to bring stream and decoder back.
//!
//! ```text
//! bits 0..64 start_pos   64..96 decoder flags   96..128 bytes_to_feed   128..160 chars_to_skip   160..168 need_eof
//! ```
//! CPython: Modules/_io/textio.c (cookie_type, textiowrapper_seek, textiowrapper_tell).

use super::text::Text;
use super::textcoder::{Decoder, input_bytes};
use super::{unsupported, words};
use adder_object::bind::Bound;
use adder_object::call::call_method;
use adder_object::int::IBig;
use adder_object::{Obj, ObjExt, PyResult, Vm, error, int, ops};

#[derive(Default)]
struct Cookie {
    start_pos: i64,
    flags: i64,
    bytes_to_feed: i64,
    chars_to_skip: i64,
    need_eof: bool,
}

impl Cookie {
    fn pack(&self) -> Obj {
        if self.flags == 0 && self.bytes_to_feed == 0 && self.chars_to_skip == 0 && !self.need_eof {
            return int::from_i64(self.start_pos);
        }
        let mut n = IBig::from(self.need_eof as u8);
        for part in [self.chars_to_skip, self.bytes_to_feed, self.flags] {
            n = (n << 32) + IBig::from(part as u32);
        }
        int::from_big((n << 64) + IBig::from(self.start_pos as u64))
    }
    fn unpack(n: &IBig) -> PyResult<Cookie> {
        let part = |shift: usize, bits: usize| -> i64 {
            let r = (n.clone() >> shift) % (IBig::from(1) << bits);
            u64::try_from(&r).unwrap_or(0) as i64
        };
        if (n.clone() >> 168) != IBig::from(0) {
            return Err(error::overflow_error("int too big to convert"));
        }
        Ok(Cookie {
            start_pos: part(0, 64),
            flags: part(64, 32),
            bytes_to_feed: part(96, 32),
            chars_to_skip: part(128, 32),
            need_eof: part(160, 8) != 0,
        })
    }
    fn at_start(&self) -> bool {
        self.start_pos == 0 && self.flags == 0
    }
    fn restore(&self, vm: &Vm, d: &Decoder) -> PyResult<()> {
        if self.at_start() { d.reset(vm) } else { d.set_state(vm, b"", self.flags) }
    }
}

pub fn seek(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    let whence = b.opt(1).map_or(Ok(0), |w| ops::to_i32(vm, w))?;
    let buffer = t.check_open(vm, this)?;
    if !t.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let mut cookie = b.req(0).clone();
    let zero = int::from_i64(0);
    match whence {
        0 => {}
        1 => {
            if !ops::equals(vm, &cookie, &zero)? {
                return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
            }
            cookie = call_method(vm, this, &words().tell, &[])?;
        }
        2 => {
            if !ops::equals(vm, &cookie, &zero)? {
                return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
            }
            call_method(vm, this, &words().flush, &[])?;
            t.forget_reading(vm)?;
            let at = call_method(vm, &buffer, &words().seek, &[zero.clone(), int::from_i64(2)])?;
            if let Some(e) = t.encoder() {
                e.reset(vm, ops::equals(vm, &at, &zero)?)?;
            }
            return Ok(at);
        }
        _ => return Err(error::value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    }
    let number = ops::index(vm, &cookie)?;
    let big = int::as_int(&number).map(|n| n.to_big()).unwrap_or_default();
    if big < IBig::from(0) {
        return Err(error::value_error(format!("negative seek position {}", ops::repr_string(vm, &cookie)?)));
    }
    call_method(vm, this, &words().flush, &[])?;
    let c = Cookie::unpack(&big)?;
    call_method(vm, &buffer, &words().seek, &[int::from_i64(c.start_pos)])?;
    t.drop_decoded();
    t.snapshot.replace(None);
    if let Some(d) = t.decoder() {
        c.restore(vm, &d)?;
        if c.chars_to_skip > 0 {
            let r = call_method(vm, &buffer, &words().read, &[int::from_i64(c.bytes_to_feed)])?;
            let input = input_bytes(vm, &r, "read")?;
            let text = d.decode(vm, &input, c.need_eof)?;
            t.snapshot.replace(Some((c.flags, input)));
            let enough = text.len() as i64 >= c.chars_to_skip;
            t.decoded.set(text.into_obj());
            if !enough {
                return Err(error::os_error_text("can't restore logical file position"));
            }
            t.used.set(c.chars_to_skip as usize);
        } else {
            t.snapshot.replace(Some((c.flags, vec![])));
        }
    }
    if let Some(e) = t.encoder() {
        e.reset(vm, c.at_start())?;
    }
    Ok(cookie)
}

pub fn tell(vm: &Vm, this: &Obj) -> PyResult {
    let t = this.this::<Text>()?;
    let buffer = t.check_open(vm, this)?;
    if !t.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !t.telling.get() {
        return Err(error::os_error_text("telling position disabled by next() call"));
    }
    t.write_flush(vm)?;
    call_method(vm, this, &words().flush, &[])?;
    let res = call_method(vm, &buffer, &words().tell, &[])?;
    let Some(d) = t.decoder() else { return Ok(res) };
    let Some((flags, input)) = t.snapshot.borrow().clone() else { return Ok(res) };
    let start = ops::to_i64(vm, &res)? - input.len() as i64;
    let mut c = Cookie { start_pos: start, flags, ..Cookie::default() };
    if t.used.get() == 0 || !t.decoded.is_some() {
        return Ok(c.pack());
    }
    let (held, saved) = d.state(vm)?;
    let r = locate(vm, &d, &mut c, &input, t.used.get() as i64, t.bytes_per_char.get());
    let back = d.set_state(vm, &held, saved);
    r?;
    back?;
    Ok(c.pack())
}

/// Finds the last point of the input where the decoder's state can be put in a cookie, and what to feed and skip from there.
fn locate(vm: &Vm, d: &Decoder, c: &mut Cookie, input: &[u8], skip: i64, ratio: f64) -> PyResult<()> {
    let mut to_skip = skip;
    let mut at = ((ratio * skip as f64) as i64).min(input.len() as i64);
    let mut back = 1;
    // A fast search for a safe start, from the expected place backwards.
    while at > 0 {
        c.restore(vm, d)?;
        let n = d.decode(vm, &input[..at as usize], false)?.len() as i64;
        if n <= to_skip {
            let (held, flags) = d.state(vm)?;
            if held.is_empty() {
                c.flags = flags;
                to_skip -= n;
                break;
            }
            at -= held.len() as i64;
            back = 1;
        } else {
            at -= back;
            back *= 2;
        }
    }
    if at <= 0 {
        at = 0;
        c.restore(vm, d)?;
    }
    c.start_pos += at;
    c.chars_to_skip = to_skip;
    if to_skip == 0 {
        return Ok(());
    }
    let mut decoded = 0;
    for byte in &input[at as usize..] {
        decoded += d.decode(vm, std::slice::from_ref(byte), false)?.len() as i64;
        c.bytes_to_feed += 1;
        let (held, flags) = d.state(vm)?;
        if held.is_empty() && decoded <= to_skip {
            c.start_pos += c.bytes_to_feed;
            to_skip -= decoded;
            c.flags = flags;
            c.bytes_to_feed = 0;
            decoded = 0;
        }
        if decoded >= to_skip {
            c.chars_to_skip = to_skip;
            return Ok(());
        }
    }
    decoded += d.decode(vm, b"", true)?.len() as i64;
    c.need_eof = true;
    c.chars_to_skip = to_skip;
    if decoded < to_skip {
        return Err(error::os_error_text("can't reconstruct logical file position"));
    }
    Ok(())
}

pub fn truncate(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let t = this.this::<Text>()?;
    let buffer = t.attached()?;
    call_method(vm, this, &words().flush, &[])?;
    call_method(vm, &buffer, &words().truncate, &[b.clone_or_none(0)])
}
