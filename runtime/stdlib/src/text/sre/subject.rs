//! The text that a pattern is applied to: a str of any width or a bytes-like object.

use super::engine::{Machine, NONE, Unit, Wants};
use super::pattern::Pattern;
use super::search::search;
use adder_object::buffer::{self, Buffer};
use adder_object::str::Chars;
use adder_object::{Bytes, Obj, ObjExt, PyResult, Str, Trace, Visit, Vm, bytes, error, ops, singletons, str};

enum Text {
    Str,
    Bytes,
    Buffer(Buffer),
    Copy(Vec<u8>),
}

/// A subject; the object keeps the text alive.
pub struct Subject {
    pub object: Obj,
    text: Text,
    pub len: usize,
}

/// Spans found: the whole match first, then the groups (`NONE` for those that took no part).
pub struct Found {
    pub start: usize,
    pub end: usize,
    pub marks: Vec<usize>,
    pub last_index: i32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    Match,
    FullMatch,
    Search,
}

impl Trace for Subject {
    fn trace(&self, visit: &mut Visit<'_>) {
        visit(&self.object);
        if let Text::Buffer(b) = &self.text {
            visit(&b.owner);
        }
    }
}

impl Subject {
    /// TypeError unless the object is a str or bytes-like.
    pub fn new(vm: &Vm, o: &Obj) -> PyResult<Subject> {
        let object = o.clone();
        if let Some(s) = o.get::<Str>() {
            return Ok(Subject { object, text: Text::Str, len: s.len() });
        }
        if let Some(b) = o.get::<Bytes>() {
            return Ok(Subject { object, text: Text::Bytes, len: b.len() });
        }
        if !buffer::has_buffer(o) {
            let t = o.ty().tp_name();
            return Err(error::type_error(format!("expected string or bytes-like object, got '{t}'")));
        }
        let b = buffer::get(vm, o, buffer::FULL_RO)?;
        if b.is_contiguous() {
            let len = b.bytes().len();
            return Ok(Subject { object, text: Text::Buffer(b), len });
        }
        let copy = buffer::gather(&b);
        Ok(Subject { object, len: copy.len(), text: Text::Copy(copy) })
    }

    pub fn is_str(&self) -> bool {
        matches!(self.text, Text::Str)
    }

    pub fn chars(&self) -> Chars<'_> {
        match &self.text {
            Text::Str => self.object.get::<Str>().map_or(Chars::One(&[]), Str::chars),
            Text::Bytes => Chars::One(self.object.get::<Bytes>().map_or(&[], Bytes::as_slice)),
            Text::Buffer(b) => Chars::One(b.bytes()),
            Text::Copy(v) => Chars::One(v),
        }
    }

    /// The part [start, end) as a str or bytes object.
    pub fn slice(&self, start: usize, end: usize) -> Obj {
        let (start, end) = (start.min(self.len), end.min(self.len).max(start.min(self.len)));
        if start == 0
            && end == self.len
            && (self.object.is_exact(&adder_object::types::STR) || self.object.is_exact(&adder_object::types::BYTES))
        {
            return self.object.clone();
        }
        match self.chars() {
            Chars::One(s) if !self.is_str() => bytes::new(&s[start..end]),
            Chars::One(s) => str::from_latin1(&s[start..end]).into_obj(),
            chars => str::from_chars(chars.slice(start, end)).into_obj(),
        }
    }

    pub fn empty(&self) -> Obj {
        if self.is_str() { str::empty().into_obj() } else { bytes::new(&[]) }
    }

    /// Runs the pattern from `start`, the text ending at `end`.
    pub fn run(
        &self,
        vm: &Vm,
        p: &Pattern,
        how: How,
        start: usize,
        end: usize,
        not_at: Option<usize>,
    ) -> PyResult<Option<Found>> {
        match self.chars() {
            Chars::One(t) => run(vm, p, t, how, start, end, not_at),
            Chars::Two(t) => run(vm, p, t, how, start, end, not_at),
            Chars::Four(t) => run(vm, p, t, how, start, end, not_at),
        }
    }
}

fn run<T: Unit>(
    vm: &Vm,
    p: &Pattern,
    text: &[T],
    how: How,
    start: usize,
    end: usize,
    not_at: Option<usize>,
) -> PyResult<Option<Found>> {
    if start > end {
        return Ok(None);
    }
    let wants = Wants { all: how == How::FullMatch, not_at };
    let scratch = p.scratch.take().unwrap_or_default();
    let mut m = Machine::new(vm, &p.code, p.groups, text, end, wants, scratch);
    let span = match how {
        How::Search => search(&mut m, start)?,
        _ => m.match_at(start, 0)?.map(|e| (start, e)),
    };
    let found = span.map(|(start, end)| {
        let mut marks = m.s.marks.clone();
        marks.resize(p.groups * 2, NONE);
        Found { start, end, marks, last_index: m.last_index }
    });
    p.scratch.replace(Some(m.s));
    Ok(found)
}

/// The optional pos and endpos arguments, clipped to the text.
pub fn bounds(vm: &Vm, pos: Option<&Obj>, endpos: Option<&Obj>, len: usize) -> PyResult<(usize, usize)> {
    let clip = |o: Option<&Obj>, default: usize| -> PyResult<usize> {
        match o {
            None => Ok(default),
            Some(o) => Ok(usize::try_from(ops::size_isize(vm, o)?).unwrap_or(0).min(len)),
        }
    };
    Ok((clip(pos, 0)?, clip(endpos, len)?))
}

/// The value for a group that took no part.
pub fn or_none(o: Option<Obj>) -> Obj {
    o.unwrap_or_else(singletons::none)
}
