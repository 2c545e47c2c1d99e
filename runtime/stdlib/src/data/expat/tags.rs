//! Start and end tags: what they open, close and declare.
//!
//! Invariant: XML-TAG-1: `open` holds the elements that a complete start tag opened and no end tag closed.

use super::event::{Code, Event, fault};
use super::lex::{name_len, space_len, tag_end};
use super::scan::{Open, Scan, Scanner, State};
use super::symbols::Symbol;

impl Scanner {
    pub fn start_tag(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let n = name_len(&s[1..]);
        if n == 0 {
            return if s.len() > 1 { fault(Code::InvalidToken, 1) } else { Ok(None) };
        }
        self.begin_tag();
        let raw = &s[1..1 + n];
        let declared = if self.dtd.attributes.is_empty() { None } else { self.dtd.attributes.get(raw).cloned() };
        let (end, empty) = match s.as_bytes().get(1 + n) {
            Some(b'>') => (n + 2, false),
            _ => {
                let Some(end) = tag_end(s) else { return Ok(None) };
                (end, self.read_attributes(&s[..end], 1 + n, declared.as_deref().unwrap_or(&[]))?)
            }
        };
        let raw = self.names.raw.of(raw);
        self.tag.specified = self.tag.attributes.len();
        if let Some(d) = declared {
            self.add_defaults(d);
        }
        self.opened(raw, end, empty).map(|e| Some((e, end)))
    }
    /// A start tag that is read, `end` bytes long: what it declares and what follows of it.
    fn opened(&mut self, raw: Symbol, end: usize, empty: bool) -> Scan<Event> {
        let version = self.names.version;
        let mut prefixes = vec![];
        if !self.tag.attributes.is_empty() {
            self.names.begin(&self.tag, &mut self.queue)?;
            prefixes = self.names.resolve(&mut self.tag)?;
        }
        let name = self.names.expand(raw, false)?;
        let start = Event::Start { name, specified: self.tag.specified };
        let here = self.input.pos..self.input.pos + end;
        // The first event is returned, the others follow from the queue.
        let first = match self.queue.pop_front() {
            Some((first, _)) => {
                self.queue.push_back((start, here.clone()));
                first
            }
            None => start,
        };
        if empty {
            self.queue.push_back((Event::End { name }, here.end..here.end));
            self.names.end(&prefixes, version, &mut self.queue);
            self.closed();
        } else {
            self.open.push(Open { raw, name, prefixes, version });
        }
        Ok(first)
    }
    /// An element ended.
    fn closed(&mut self) {
        if self.open.is_empty() && !self.fragment {
            self.state = State::Epilog;
        }
    }

    pub fn end_tag(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let base = self.nested.last().map_or(0, |n| n.depth);
        let name = self.open.last().map_or("", |o| self.names.raw.text(o.raw));
        let body = &s.as_bytes()[2..];
        let len = if self.open.len() > base && body.starts_with(name.as_bytes()) && body.get(name.len()) == Some(&b'>')
        {
            name.len() + 3
        } else {
            let n = name_len(&s[2..]);
            let rest = &s[2 + n..];
            let space = space_len(rest);
            match rest.as_bytes().get(space) {
                None => return Ok(None),
                Some(_) if n == 0 => return fault(Code::InvalidToken, 2),
                Some(b'>') => {}
                Some(_) => return fault(Code::InvalidToken, 2 + n + space),
            }
            if self.open.len() <= base {
                return fault(Code::AsyncEntity, 0);
            }
            if *name != s[2..2 + n] {
                return fault(Code::TagMismatch, 2);
            }
            2 + n + space + 1
        };
        let Some(o) = self.open.pop() else { return fault(Code::TagMismatch, 2) };
        self.names.end(&o.prefixes, o.version, &mut self.queue);
        self.closed();
        Ok(Some((Event::End { name: o.name }, len)))
    }
}
