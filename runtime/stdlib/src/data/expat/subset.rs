//! Runs of declarations: the internal subset, the external one, and the text of parameter entities, which are read alike.
//!
//! Invariant: XML-DTD-1: text of an entity is read at most `DEEPEST` levels deep, so that no document exhausts the stack.
//! A declaration of an external file is read when it is complete; those of the file come behind all of the internal subset.

use super::declared::Entity;
use super::dtd::Cursor;
use super::event::{Code, Event, Fault, Rare, fault};
use super::lex::{name_len, space_len};
use super::scan::{Scan, Scanner, State};
use std::ops::Range;

/// Where a run ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Bracket,
    Section,
    Text,
}
/// What a run of declarations is part of.
#[derive(Clone, Copy)]
pub struct Part {
    /// Its place in the input; None for the text of an entity.
    base: Option<usize>,
    /// Not the document itself: parameter entities may stand within declarations, and conditional sections are allowed.
    external: bool,
    depth: usize,
    end: End,
}
impl Part {
    pub fn internal(base: usize) -> Part {
        Part { base: Some(base), external: false, depth: 0, end: End::Bracket }
    }
    fn inside(self, end: End) -> Part {
        Part { depth: self.depth + 1, end, ..self }
    }
    fn text(self) -> Part {
        Part { base: None, external: true, ..self.inside(End::Text) }
    }
    fn range(&self, from: usize, to: usize) -> Range<usize> {
        self.base.map_or(0..0, |b| b + from..b + to)
    }
}
const DEEPEST: usize = 100;
type Events = Vec<(Event, Range<usize>)>;

impl Scanner {
    /// The whole of an external subset or parameter entity.
    pub fn external_subset(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        if !self.last {
            return Ok(None);
        }
        if !self.started && s.strip_prefix("<?xml").is_some_and(|r| space_len(r) > 0) {
            return self.instruction(s);
        }
        let part = Part { base: Some(self.input.pos), external: true, depth: 0, end: End::Text };
        let mut events = vec![];
        self.subset(&mut Cursor { s, at: 0 }, part, &mut events)?;
        self.queue.extend(events);
        Ok(Some((Event::Text(String::new()), s.len())))
    }

    pub fn subset(&mut self, c: &mut Cursor<'_>, part: Part, out: &mut Events) -> Scan<()> {
        if part.depth > DEEPEST {
            return c.fail(Code::RecursiveEntity);
        }
        loop {
            let from = c.at;
            if c.space() {
                out.push((Event::Other, part.range(from, c.at)));
                continue;
            }
            let done = match part.end {
                End::Bracket => c.eat("]"),
                End::Section => c.eat("]]>"),
                End::Text => c.rest().is_empty(),
            };
            if done {
                out.push((Event::Other, part.range(from, c.at)));
                return Ok(());
            }
            if c.eat("%") {
                let name = c.name()?;
                if !c.eat(";") {
                    return c.fail(Code::InvalidToken);
                }
                self.parameter(name, part, out)
                    .map_err(|f| if part.depth == 0 { Fault { at: from, ..f } } else { f })?;
            } else if part.external && c.eat("<![") {
                self.section(c, part, out)?;
            } else {
                let events = match self.with_parameters(c, part)? {
                    None => self.declaration(c)?,
                    Some(text) => {
                        let mut inner = Cursor { s: &text, at: 0 };
                        self.declaration(&mut inner).map_err(|f| Fault { at: from, ..f })?
                    }
                };
                let mut raw = part.range(from, c.at);
                if events.is_empty() {
                    out.push((Event::Other, raw.clone()));
                }
                for e in events {
                    out.push((e, std::mem::replace(&mut raw, 0..0)));
                }
            }
        }
    }

    /// A reference to a parameter entity between declarations.
    fn parameter(&mut self, name: &str, part: Part, out: &mut Events) -> Scan<()> {
        self.dtd.incomplete = true;
        let standalone = self.dtd.standalone;
        if self.reads_parameters() {
            match self.dtd.parameters.get(name).cloned() {
                Some(Entity { value: Some(text), .. }) => {
                    self.count_expansion(text.len())?;
                    return self.subset(&mut Cursor { s: &text, at: 0 }, part.text(), out);
                }
                Some(Entity { system, public, .. }) => {
                    out.push((Rare::ExternalEntity { context: None, system, public }.into(), 0..0));
                    return Ok(());
                }
                None => out.push((Rare::Skipped { name: name.to_owned(), parameter: true }.into(), 0..0)),
            }
        }
        // What it stands for may have declared what follows.
        self.dtd.skipping = !standalone;
        if !standalone {
            out.push((Event::NotStandalone, 0..0));
        }
        Ok(())
    }

    /// A conditional section, behind its opening.
    fn section(&mut self, c: &mut Cursor<'_>, part: Part, out: &mut Events) -> Scan<()> {
        c.space();
        let word = if c.eat("%") {
            let name = c.name()?;
            let value = self.dtd.parameters.get(name).and_then(|e| e.value.clone());
            if !c.eat(";") {
                return c.fail(Code::InvalidToken);
            }
            value.unwrap_or_default().trim().to_owned()
        } else {
            c.name()?.to_owned()
        };
        c.space();
        if !c.eat("[") {
            return c.fail(Code::Syntax);
        }
        match word.as_str() {
            "INCLUDE" => self.subset(c, part.inside(End::Section), out),
            "IGNORE" => {
                let mut open = 1;
                while open > 0 {
                    let Some(i) = c.rest().find(['<', ']']) else { return c.fail(Code::UnclosedToken) };
                    c.at += i;
                    if c.eat("<![") {
                        open += 1;
                    } else if c.eat("]]>") {
                        open -= 1;
                    } else {
                        c.at += 1;
                    }
                }
                Ok(())
            }
            _ => c.fail(Code::Syntax),
        }
    }

    /// The next declaration with its parameter entities replaced, consumed; None when it has none and is to be read as it is.
    fn with_parameters(&mut self, c: &mut Cursor<'_>, part: Part) -> Scan<Option<String>> {
        let rest = c.rest();
        if !part.external || !rest.starts_with("<!") || rest.starts_with("<!--") {
            return Ok(None);
        }
        let (mut quote, mut end) = (None, None);
        for (i, b) in rest.bytes().enumerate() {
            match (quote, b) {
                (None, b'"' | b'\'') => quote = Some(b),
                (Some(q), b) if q == b => quote = None,
                (None, b'>') => {
                    end = Some(i + 1);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { return c.fail(Code::UnclosedToken) };
        let text = &rest[..end];
        if !text.contains('%') {
            return Ok(None);
        }
        let mut out = String::new();
        self.replace_parameters(text, text.starts_with("<!ENTITY"), part.depth, &mut out)
            .map_err(|f| Fault { at: c.at, ..f })?;
        c.at += end;
        Ok(Some(out))
    }
    /// Copies text with the parameter entities outside quotes replaced, and with `in_quotes` those inside.
    fn replace_parameters(&mut self, text: &str, in_quotes: bool, depth: usize, out: &mut String) -> Scan<()> {
        if depth > DEEPEST {
            return fault(Code::RecursiveEntity, 0);
        }
        let (mut quote, mut at) = (None, 0);
        while let Some(i) = text[at..].find(['%', '"', '\'']) {
            out.push_str(&text[at..at + i]);
            at += i;
            let b = text.as_bytes()[at];
            let n = name_len(&text[at + 1..]);
            let refers = b == b'%' && n > 0 && text[at + 1 + n..].starts_with(';');
            if !refers || quote.is_some() && !in_quotes {
                match quote {
                    None if b != b'%' => quote = Some(b),
                    Some(q) if q == b => quote = None,
                    _ => {}
                }
                out.push(b as char);
                at += 1;
                continue;
            }
            let Some(value) = self.dtd.parameters.get(&text[at + 1..at + 1 + n]).and_then(|e| e.value.clone()) else {
                return fault(Code::UndefinedEntity, 0);
            };
            self.count_expansion(value.len())?;
            let pad = if quote.is_some() { "" } else { " " };
            out.push_str(pad);
            self.replace_parameters(&value, in_quotes, depth + 1, out)?;
            out.push_str(pad);
            at += n + 2;
        }
        out.push_str(&text[at..]);
        Ok(())
    }

    /// Whether parameter entities are read.
    pub fn reads_parameters(&self) -> bool {
        match self.parameters {
            Parameters::Never => false,
            Parameters::UnlessStandalone => !self.dtd.standalone,
            Parameters::Always => true,
        }
    }
    /// Before the first element of a document without a document type: one that the application supplies.
    pub fn foreign(&mut self) -> bool {
        let wanted = self.state == State::Prolog && self.foreign_dtd && self.reads_parameters();
        if wanted {
            self.foreign_dtd = false;
            self.dtd.incomplete = true;
            self.queue.push_back((Rare::ExternalEntity { context: None, system: None, public: None }.into(), 0..0));
        }
        wanted
    }
}

/// When parameter entities are read, the external subset among them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Parameters {
    Never,
    UnlessStandalone,
    Always,
}
