//! Reading from a `TextIOWrapper`: chunks, characters, lines.
//!
//! CPython: Modules/_io/textio.c (textiowrapper_read_chunk, _textiowrapper_readline, _PyIO_find_line_ending).

use super::text::{TEXT_IO_WRAPPER, Text};
use super::textcoder::{input_bytes, nothing_read};
use super::{base, buffered, unsupported, words};
use crate::os::convert::size_or;
use adder_object::bind::Bound;
use adder_object::call::call_method;
use adder_object::str::{Chars, concat_all, from_chars};
use adder_object::{Obj, ObjExt, PyResult, Ref, Str, Vm, error, int, ops, str};

impl Text {
    fn set_decoded(&self, s: Ref<Str>) {
        self.decoded.set(s.into_obj());
        self.used.set(0);
    }
    fn decoded_str(&self) -> Option<Ref<Str>> {
        self.decoded.get().and_then(|o| o.downcast::<Str>())
    }
    /// Up to `n` decoded characters (all when negative).
    fn take_decoded(&self, n: i64) -> Ref<Str> {
        let Some(s) = self.decoded_str() else { return str::empty() };
        let from = self.used.get();
        let avail = s.len() - from;
        let n = if n < 0 { avail } else { avail.min(n as usize) };
        self.used.set(from + n);
        if from == 0 && n == s.len() { s } else { from_chars(s.chars().slice(from, from + n)) }
    }
    /// Reads and decodes the next chunk; false at the end.
    fn read_chunk(&self, vm: &Vm, hint: usize) -> PyResult<bool> {
        let Some(decoder) = self.decoder() else { return Err(unsupported(vm, "not readable")) };
        let before = if self.telling.get() { Some(decoder.state(vm)?) } else { None };
        let hint = (self.bytes_per_char.get().max(1.0) * hint as f64) as usize;
        let want = self.chunk.get().max(hint);
        let buffer = self.attached()?;
        let input = match buffered::find(&buffer) {
            Some(s) if !buffer.ty().is_heap() && s.readable.get() => {
                s.check_init()?;
                s.check_open(vm, "read of closed file")?;
                let _guard = s.lock(vm, &buffer)?;
                s.read1(vm, want)?
            }
            _ => {
                let (name, text) =
                    if self.has_read1.get() { (&words().read1, "read1") } else { (&words().read, "read") };
                let r = call_method(vm, &buffer, name, &[int::from_usize(want)])?;
                input_bytes(vm, &r, text)?
            }
        };
        let chars = decoder.decode(vm, &input, input.is_empty())?;
        let n = chars.len();
        self.bytes_per_char.set(if n > 0 { input.len() as f64 / n as f64 } else { 0.0 });
        self.set_decoded(chars);
        let more = n > 0 || !input.is_empty();
        if let Some((mut held, flags)) = before {
            if held.is_empty() {
                held = input;
            } else {
                held.extend_from_slice(&input);
            }
            self.snapshot.replace(Some((flags, held)));
        }
        Ok(more)
    }
    fn read_chunk_retrying(&self, vm: &Vm, hint: usize) -> PyResult<bool> {
        loop {
            match self.read_chunk(vm, hint) {
                Err(e) if base::interrupted(vm, &e)? => {}
                r => return r,
            }
        }
    }
    /// Where the first line of `s` from `start` ends (behind its newline), or how far no line can end before more text comes.
    fn find_line_end(&self, s: &Str, start: usize) -> Result<usize, usize> {
        let chars = s.chars();
        let n = chars.len();
        let find = |c: u8, from: usize| match chars {
            Chars::One(b) => memchr::memchr(c, &b[from..]).map(|i| from + i),
            _ => (from..n).find(|&i| chars.at(i) == c as u32),
        };
        if self.translate.get() {
            return find(b'\n', start).map(|i| i + 1).ok_or(n);
        }
        if self.universal.get() {
            // The decoder never splits "\r\n" between chunks.
            let found = match chars {
                Chars::One(b) => memchr::memchr2(b'\n', b'\r', &b[start..]).map(|i| start + i),
                _ => (start..n).find(|&i| matches!(chars.at(i), 10 | 13)),
            };
            return match found {
                Some(i) if chars.at(i) == 13 && i + 1 < n && chars.at(i + 1) == 10 => Ok(i + 2),
                Some(i) => Ok(i + 1),
                None => Err(n),
            };
        }
        let newline = self.newline.borrow();
        let want = newline.as_deref().unwrap_or("\n").as_bytes();
        if want.len() == 1 {
            return find(want[0], start).map(|i| i + 1).ok_or(n);
        }
        let mut from = start;
        while let Some(i) = find(b'\r', from) {
            if i + 1 == n {
                return Err(i);
            }
            if chars.at(i + 1) == 10 {
                return Ok(i + 2);
            }
            from = i + 1;
        }
        Err(n)
    }
    /// The next line of an open file, where all of it was decoded already and something behind it too.
    fn line_at_hand(&self) -> Option<Ref<Str>> {
        let open = |b: &Obj| !b.ty().is_heap() && buffered::find(b).is_some_and(|s| s.is_open_file());
        if !self.ok.get() || self.detached.get() || !self.buffer.with(|b| b.is_some_and(open)) {
            return None;
        }
        if self.pending.try_borrow().map_or(true, |p| !p.is_empty()) {
            return None;
        }
        let start = self.used.get();
        let (line, end) = self.decoded.with(|d| {
            let s = d?.get::<Str>().filter(|s| start < s.len())?;
            let end = self.find_line_end(s, start).ok().filter(|&end| end < s.len())?;
            let line = match s.as_ascii() {
                Some(text) => str::from_ascii(&text.as_bytes()[start..end]),
                None => from_chars(s.chars().slice(start, end)),
            };
            Some((line, end))
        })?;
        self.used.set(end);
        Some(line)
    }
    pub fn read_line(&self, vm: &Vm, this: &Obj, limit: i64) -> PyResult<Ref<Str>> {
        self.check_open(vm, this)?;
        self.write_flush(vm)?;
        let mut parts: Vec<Ref<Str>> = vec![];
        let mut taken = 0usize;
        // Text of the chunk before that may be half of a line end.
        let mut rest: Option<Ref<Str>> = None;
        loop {
            let mut at_end = false;
            while self.decoded_str().is_none_or(|s| s.len() <= self.used.get()) {
                if !self.read_chunk_retrying(vm, 0)? {
                    at_end = true;
                    break;
                }
            }
            if at_end {
                self.drop_decoded();
                self.snapshot.replace(None);
                parts.extend(rest.take());
                break;
            }
            let Some(chunk) = self.decoded_str() else { break };
            let (line, start, shift) = match rest.take() {
                Some(r) => {
                    let shift = r.len();
                    let tail = from_chars(chunk.chars().slice(self.used.get(), chunk.len()));
                    // Positions in `line` lie `shift` before the unused text of the chunk.
                    (str::concat(&r, &tail), 0, shift as isize - self.used.get() as isize)
                }
                None => (chunk, self.used.get(), 0),
            };
            let found = self.find_line_end(&line, start);
            let (mut end, complete) = match found {
                Ok(e) => (e, true),
                Err(e) => (e, false),
            };
            let over = limit >= 0 && taken + (end - start) >= limit as usize;
            if over {
                end = start + limit as usize - taken;
            }
            if complete || over {
                self.used.set((end as isize - shift).max(0) as usize);
                if parts.is_empty() && start == 0 && end == line.len() {
                    return Ok(line);
                }
                parts.push(from_chars(line.chars().slice(start, end)));
                break;
            }
            if end > start {
                taken += end - start;
                parts.push(from_chars(line.chars().slice(start, end)));
            }
            if end < line.len() {
                rest = Some(from_chars(line.chars().slice(end, line.len())));
            }
            self.drop_decoded();
        }
        Ok(match parts.len() {
            0 => str::empty(),
            1 => parts.remove(0),
            _ => concat_all(&parts.iter().map(|p| &**p).collect::<Vec<_>>()),
        })
    }
}

pub fn readline(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let t = this.this::<Text>()?;
    if b.opt(0).is_none()
        && this.is_exact(&TEXT_IO_WRAPPER)
        && let Some(line) = t.line_at_hand()
    {
        return Ok(line.into_obj());
    }
    t.attached()?;
    let limit = match b.opt(0) {
        None => -1,
        Some(n) => ops::size_isize(vm, n)? as i64,
    };
    Ok(t.read_line(vm, this, limit)?.into_obj())
}
pub fn next(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let t = this.this::<Text>()?;
    if this.is_exact(&TEXT_IO_WRAPPER)
        && let Some(line) = t.line_at_hand()
    {
        t.telling.set(false);
        return Ok(Some(line.into_obj()));
    }
    t.attached()?;
    t.telling.set(false);
    let line = if this.is_exact(&TEXT_IO_WRAPPER) {
        t.read_line(vm, this, -1)?.into_obj()
    } else {
        let l = call_method(vm, this, &words().readline, &[])?;
        if l.get::<Str>().is_none() {
            return Err(error::os_error_text(format!(
                "readline() should have returned a str object, not '{}'",
                l.ty().tp_name()
            )));
        }
        l
    };
    if line.get::<Str>().is_some_and(Str::is_empty) {
        t.snapshot.replace(None);
        t.telling.set(t.seekable.get());
        return Ok(None);
    }
    Ok(Some(line))
}
pub fn read(vm: &Vm, this: &Obj, b: &Bound<'_>) -> PyResult {
    let t = this.this::<Text>()?;
    t.attached()?;
    let n = size_or(vm, b.opt(0), -1)?;
    let buffer = t.check_open(vm, this)?;
    let Some(decoder) = t.decoder() else { return Err(unsupported(vm, "not readable")) };
    t.write_flush(vm)?;
    if n < 0 {
        let r = call_method(vm, &buffer, &words().read, &[])?;
        if r.is_none() {
            return Err(nothing_read());
        }
        let input = match r.get::<adder_object::Bytes>() {
            Some(b) => decoder.decode(vm, b.as_slice(), true)?,
            None => decoder.decode(vm, &input_bytes(vm, &r, "read")?, true)?,
        };
        let first = t.take_decoded(-1);
        if t.decoded.is_some() {
            t.drop_decoded();
            t.snapshot.replace(None);
        }
        return Ok(if first.is_empty() { input } else { str::concat(&first, &input) }.into_obj());
    }
    let n = n as usize;
    let mut parts = vec![t.take_decoded(n as i64)];
    let mut have = parts[0].len();
    while have < n {
        if !t.read_chunk_retrying(vm, n - have)? {
            break;
        }
        let more = t.take_decoded((n - have) as i64);
        have += more.len();
        parts.push(more);
    }
    if parts.len() == 1 {
        return Ok(parts.remove(0).into_obj());
    }
    Ok(concat_all(&parts.iter().map(|p| &**p).collect::<Vec<_>>()).into_obj())
}
