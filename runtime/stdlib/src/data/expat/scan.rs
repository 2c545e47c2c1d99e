//! The scanner: text to events, one at a time, across pieces of input.
//!
//! Invariant: XML-SCAN-1: a token is consumed only when it is complete, so a scan can stop anywhere and go on with more input.

use super::declared::Dtd;
use super::event::{Code, Event, Fault, Rare, fault};
use super::input::{Encoding, Input, Place, Stop};
use super::lex::*;
use super::names::{Namespaces, Tag};
use super::subset::Parameters;
use super::symbols::Symbol;
use std::collections::VecDeque;
use std::ops::Range;

pub type Scan<T> = Result<T, Fault>;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum State {
    /// An external subset or parameter entity.
    Subset,
    Prolog,
    Content,
    Epilog,
}

/// Replacement text of an entity being read.
pub struct Nested {
    text: String,
    pos: usize,
    name: String,
    pub depth: usize,
}

pub struct Open {
    /// The name as written.
    pub raw: Symbol,
    pub name: Symbol,
    /// Prefixes that the start tag declared, and the bindings before.
    pub prefixes: Vec<Option<String>>,
    pub version: u64,
}

/// The most that entities may expand to, as a multiple of the input, once past a threshold.
const AMPLIFICATION: f64 = 100.0;
const AMPLIFICATION_FROM: u64 = 8 << 20;

pub struct Scanner {
    pub input: Input,
    pub nested: Vec<Nested>,
    pub state: State,
    cdata: bool,
    pub dtd: Dtd,
    pub open: Vec<Open>,
    pub names: Namespaces,
    pub tag: Tag,
    pub queue: VecDeque<(Event, Range<usize>)>,
    pub last: bool,
    event_at: usize,
    raw: Range<usize>,
    raw_nested: Option<String>,
    /// Entities are left to the default handler.
    pub keep_references: bool,
    pub foreign_dtd: bool,
    pub parameters: Parameters,
    /// The most that entities may expand to, as a multiple of the input, and the size from which that counts.
    pub max_amplification: f64,
    pub amplification_from: u64,
    pub started: bool,
    sniffed: bool,
    /// An external general entity: content without a root.
    pub fragment: bool,
    fed: usize,
    expanded: usize,
    /// Size of an incomplete token that was looked at in vain.
    partial: usize,
}

/// What `next` gives besides events.
pub enum Step {
    Event(Event),
    /// The caller is to supply this encoding with `set_encoding`.
    Encoding(String),
    More,
}

impl Scanner {
    pub fn new(encoding: Option<Encoding>, separator: Option<String>) -> Scanner {
        Scanner {
            input: Input::new(encoding),
            nested: vec![],
            state: State::Prolog,
            cdata: false,
            dtd: Dtd::default(),
            open: vec![],
            names: Namespaces::new(separator),
            tag: Tag::default(),
            queue: VecDeque::new(),
            last: false,
            event_at: 0,
            raw: 0..0,
            raw_nested: None,
            keep_references: false,
            foreign_dtd: false,
            parameters: Parameters::Never,
            max_amplification: AMPLIFICATION,
            amplification_from: AMPLIFICATION_FROM,
            partial: 0,
            started: false,
            sniffed: false,
            fragment: false,
            fed: 0,
            expanded: 0,
        }
    }
    /// A scanner for an external entity of this document.
    /// With `subset` it is one of declarations, not of content.
    pub fn external(&self, encoding: Option<Encoding>, subset: bool) -> Scanner {
        let mut s = Scanner::new(encoding, None);
        s.names = self.names.clone();
        s.dtd = self.dtd.clone();
        s.state = if subset { State::Subset } else { State::Content };
        s.fragment = true;
        s.parameters = self.parameters;
        s.max_amplification = self.max_amplification;
        s.amplification_from = self.amplification_from;
        s.keep_references = self.keep_references;
        s
    }
    pub fn feed(&mut self, data: &[u8], last: bool) {
        if self.queue.is_empty() {
            let keep = self.input.pos;
            self.input.compact(keep);
            self.event_at = self.input.pos;
            self.raw = self.input.pos..self.input.pos;
        }
        self.fed += data.len();
        self.input.push(data);
        self.last = last;
        if self.sniffed {
            self.input.decode(last);
        }
    }
    /// Whether it is too early to look at an incomplete token again: a long token that comes in small pieces would be read from its
    /// start for each of them.
    pub fn defers(&self) -> bool {
        self.partial > 0 && self.input.waiting() < 2 * self.partial
    }
    /// Looking at the input up to its end began at `from`.
    pub fn paused(&mut self, from: usize) {
        self.partial = if self.input.pos == from { self.input.waiting() } else { 0 };
    }
    /// The end, by an error of a handler, is behind what was read.
    pub fn abandon(&mut self) {
        self.event_at = self.input.pos;
    }
    pub fn has_started(&self) -> bool {
        self.fed > 0
    }
    /// The document is a str, whose encoding is known whatever it says.
    pub fn set_text(&mut self) {
        self.set_encoding(Encoding::Utf8);
        self.input.is_text = true;
        self.input.is_given = true;
    }
    pub fn set_encoding(&mut self, e: Encoding) {
        self.input.encoding = Some(e);
    }
    /// The source text of the last event.
    pub fn raw(&self) -> &str {
        match &self.raw_nested {
            Some(s) => s,
            None => self.input.text.get(self.raw.clone()).unwrap_or(""),
        }
    }
    pub fn place(&self) -> Place {
        self.input.place(self.event_at)
    }
    pub fn place_of(&self, at: usize) -> Place {
        self.input.place(at)
    }

    /// The next event; `More` when the input has no further complete token.
    pub fn next(&mut self) -> Scan<Step> {
        if !self.sniffed {
            let Some(declared) = self.input.sniff(self.last, self.fragment) else { return Ok(Step::More) };
            self.sniffed = true;
            if let Some(name) = declared {
                let wide = matches!(self.input.encoding, Some(Encoding::Utf16 { .. }));
                match Encoding::named(&name) {
                    Some(Encoding::Utf16 { .. }) if !wide => {}
                    Some(e) => self.input.encoding = Some(e),
                    None => return Ok(Step::Encoding(name)),
                }
            }
        }
        self.input.decode(self.last);
        loop {
            if let Some((e, raw)) = self.queue.pop_front() {
                if raw != (0..0) {
                    self.event_at = raw.start;
                }
                self.raw = raw;
                self.raw_nested = None;
                return Ok(Step::Event(e));
            }
            if self.leave_entity()? {
                continue;
            }
            let step = if self.nested.is_empty() { self.base()? } else { self.inside_entity()? };
            match step {
                Some(e) => return Ok(Step::Event(e)),
                None if self.queue.is_empty() && self.nested.is_empty() => return Ok(Step::More),
                None => {}
            }
        }
    }

    /// One token of the document itself.
    fn base(&mut self) -> Scan<Option<Event>> {
        let pos = self.input.pos;
        self.event_at = pos;
        self.raw_nested = None;
        let text = std::mem::take(&mut self.input.text);
        let rest = &text[pos..];
        let r = if rest.is_empty() { Ok(None) } else { self.token(rest) };
        self.input.text = text;
        match r {
            Ok(Some((event, len))) => {
                self.started = true;
                self.raw = pos..pos + len;
                self.input.pos = pos + len;
                Ok(Some(event))
            }
            Ok(None) => self.at_end(pos),
            Err(f) => {
                self.event_at = pos + f.at;
                fault(f.code, pos + f.at)
            }
        }
    }
    fn at_end(&mut self, pos: usize) -> Scan<Option<Event>> {
        let len = self.input.text.len();
        if self.input.stop == Some(Stop::Invalid) {
            let at = if pos < len && !self.cdata && self.state == State::Content { pos } else { len };
            return fault(Code::InvalidToken, at.max(pos));
        }
        if !self.last {
            return Ok(None);
        }
        self.event_at = pos;
        if self.input.stop == Some(Stop::Partial) {
            return fault(Code::PartialChar, pos);
        }
        if pos < len {
            let code = if self.cdata { Code::UnclosedCdata } else { Code::UnclosedToken };
            return fault(code, pos);
        }
        if self.cdata {
            return fault(Code::UnclosedCdata, pos);
        }
        match self.state {
            State::Epilog | State::Subset => Ok(None),
            State::Content if self.fragment && self.open.is_empty() => Ok(None),
            State::Content if self.fragment => fault(Code::AsyncEntity, pos),
            _ => fault(Code::NoElements, pos),
        }
    }
    /// Goes back to what refers to an entity that is read to its end; false when there is none.
    fn leave_entity(&mut self) -> Scan<bool> {
        let Some(n) = self.nested.pop_if(|n| n.pos == n.text.len()) else { return Ok(false) };
        if n.depth == self.open.len() { Ok(true) } else { fault(Code::AsyncEntity, self.event_at) }
    }
    /// One token of an entity's replacement text.
    fn inside_entity(&mut self) -> Scan<Option<Event>> {
        let Some(n) = self.nested.last_mut() else { return Ok(None) };
        let text = std::mem::take(&mut n.text);
        let pos = n.pos;
        let level = self.nested.len() - 1;
        let was_last = std::mem::replace(&mut self.last, true);
        let r = self.token(&text[pos..]);
        self.last = was_last;
        let (event, len) = match r {
            Ok(Some(t)) => t,
            Ok(None) => return fault(Code::AsyncEntity, self.event_at),
            Err(f) => return fault(f.code, self.event_at),
        };
        self.raw_nested = Some(text[pos..pos + len].to_owned());
        if let Some(n) = self.nested.get_mut(level) {
            n.text = text;
            n.pos = pos + len;
        }
        // Positions within replacement text mean nothing in the document.
        self.queue.iter_mut().for_each(|q| q.1 = 0..0);
        Ok(Some(event))
    }

    /// The token at the start of `s`; None when it is not complete.
    fn token(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        match self.state {
            _ if self.cdata => self.cdata_token(s),
            State::Content => self.content(s),
            State::Subset => self.external_subset(s),
            _ => self.misc(s),
        }
    }

    fn cdata_token(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        if s.starts_with("]]>") {
            self.cdata = false;
            return Ok(Some((Event::EndCdata, 3)));
        }
        if s.starts_with('\n') {
            return Ok(Some((Event::Chars, 1)));
        }
        let mut end = s.len();
        for (i, b) in s.bytes().enumerate() {
            match b {
                b'\n' => {
                    end = i;
                    break;
                }
                b']' if s[i..].starts_with("]]>") => {
                    end = i;
                    break;
                }
                b']' if !self.last && s.len() - i < 3 && s[i..].bytes().all(|b| b == b']') => {
                    end = i;
                    break;
                }
                _ => {}
            }
        }
        check_chars(&s[..end])?;
        let end = self.piece(s, end);
        Ok((end > 0).then_some((Event::Chars, end)))
    }

    fn content(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        match s.as_bytes()[0] {
            b'<' => self.markup(s),
            b'&' => self.reference(s),
            b'\n' => Ok(Some((Event::Chars, 1))),
            _ => self.characters(s),
        }
    }
    fn characters(&self, s: &str) -> Scan<Option<(Event, usize)>> {
        let (mut end, mut met) = (s.len(), 0);
        for (i, b) in s.bytes().enumerate() {
            let class = BYTES[usize::from(b)];
            met |= class;
            if class & TEXT_END != 0 {
                end = i;
                break;
            }
            if class & BRACKET != 0 {
                if s[i..].starts_with("]]>") {
                    return fault(Code::InvalidToken, i + 2);
                }
                if !self.last && s.len() - i < 3 && s[i..].bytes().all(|b| b == b']') {
                    end = i;
                    break;
                }
            }
        }
        if met & SUSPICIOUS != 0 {
            check_chars(&s[..end])?;
        }
        let end = self.piece(s, end);
        Ok((end > 0).then_some((Event::Chars, end)))
    }

    /// Where a piece of text ends: text that had to be converted comes in pieces of limited size, as expat's buffer has it.
    fn piece(&self, s: &str, end: usize) -> usize {
        const CONVERTED: usize = 1024;
        if end <= CONVERTED || matches!(self.input.encoding, None | Some(Encoding::Utf8)) {
            return end;
        }
        s.floor_char_boundary(CONVERTED)
    }

    fn reference(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let body = &s[1..];
        let len = if let Some(digits) = body.strip_prefix('#') {
            1 + digits.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(digits.len())
        } else {
            name_len(body)
        };
        match body.as_bytes().get(len) {
            None => return Ok(None),
            Some(b';') if len > 0 => {}
            Some(_) => return fault(Code::InvalidToken, 1 + len),
        }
        let (name, total) = (&body[..len], len + 2);
        if name.starts_with('#') {
            let c = char_ref(name).ok_or(Fault { code: Code::BadCharRef, at: 0 })?;
            return Ok(Some((Event::Text(c.to_string()), total)));
        }
        if let Some(text) = predefined(name) {
            return Ok(Some((Event::Text(text.to_owned()), total)));
        }
        let Some(e) = self.dtd.entities.get(name).cloned() else {
            if self.dtd.standalone || !self.dtd.incomplete {
                return fault(Code::UndefinedEntity, 0);
            }
            return Ok(Some((Rare::Skipped { name: name.to_owned(), parameter: false }.into(), total)));
        };
        if e.notation.is_some() {
            return fault(Code::BinaryEntity, 0);
        }
        let Some(value) = e.value else {
            let context = Some(name.to_owned());
            let event = Rare::ExternalEntity { context, system: e.system, public: e.public };
            return Ok(Some((event.into(), total)));
        };
        if self.nested.iter().any(|n| n.name == name) {
            return fault(Code::RecursiveEntity, 0);
        }
        if self.keep_references {
            return Ok(Some((Rare::Skipped { name: name.to_owned(), parameter: false }.into(), total)));
        }
        self.count_expansion(value.len())?;
        self.nested.push(Nested { text: value, pos: 0, name: name.to_owned(), depth: self.open.len() });
        Ok(Some((Event::Text(String::new()), total)))
    }
    pub fn count_expansion(&mut self, n: usize) -> Scan<()> {
        self.expanded += n;
        let all = self.fed + self.expanded;
        if all as u64 >= self.amplification_from && all as f64 / self.fed as f64 > self.max_amplification {
            return fault(Code::Amplification, 0);
        }
        Ok(())
    }

    fn markup(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let b = s.as_bytes();
        match b.get(1) {
            None => Ok(None),
            Some(b'!') => {
                if let Some(r) = comment(s)? {
                    return Ok(Some(r));
                }
                if s.starts_with("<![CDATA[") {
                    self.cdata = true;
                    return Ok(Some((Event::StartCdata, 9)));
                }
                if "<![CDATA[".starts_with(s) || s.starts_with("<!--") || "<!--".starts_with(s) {
                    return Ok(None);
                }
                fault(Code::InvalidToken, 2)
            }
            Some(b'?') => self.instruction(s),
            Some(b'/') => self.end_tag(s),
            Some(_) => self.start_tag(s),
        }
    }

    pub fn instruction(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let n = name_len(&s[2..]);
        if n == 0 {
            return if s.len() > 2 { fault(Code::InvalidToken, 2) } else { Ok(None) };
        }
        let Some(end) = s.find("?>") else { return Ok(None) };
        let target = &s[2..2 + n];
        let rest = s.get(2 + n..end).unwrap_or("");
        if !rest.is_empty() && !rest.starts_with(is_space) {
            return fault(Code::InvalidToken, 2 + n);
        }
        if target.eq_ignore_ascii_case("xml") {
            return if target != "xml" {
                fault(Code::InvalidToken, 2)
            } else if self.started || self.nested.len() > 1 {
                fault(Code::MisplacedXml, 0)
            } else {
                self.xml_decl(rest, 2 + n).map(|e| Some((e, end + 2)))
            };
        }
        check_chars(rest).map_err(|f| Fault { at: f.at + 2 + n, ..f })?;
        let data = rest.trim_start_matches(is_space).to_owned();
        Ok(Some((Rare::Instruction { target: target.to_owned(), data }.into(), end + 2)))
    }
    fn xml_decl(&mut self, rest: &str, at: usize) -> Scan<Event> {
        let (mut version, mut encoding, mut standalone) = (None, None, -1);
        let mut s = rest;
        loop {
            let here = at + rest.len() - s.len();
            let n = space_len(s);
            s = &s[n..];
            if s.is_empty() {
                break;
            }
            let bad = |extra: usize| Fault { code: Code::XmlDecl, at: here + n + extra };
            let k = name_len(s);
            let name = &s[..k];
            let v = s[k..].trim_start_matches(is_space).strip_prefix('=').ok_or(bad(k))?.trim_start_matches(is_space);
            let quote = v.chars().next().filter(|&q| q == '"' || q == '\'').ok_or(bad(k))?;
            let close = v[1..].find(quote).ok_or(bad(k))?;
            let value = &v[1..1 + close];
            let value_at = s.len() - v.len() + 1;
            match name {
                "version" if version.is_none() && value.starts_with("1.") => version = Some(value.to_owned()),
                "version" => return Err(bad(value_at)),
                "encoding" if version.is_some() || self.fragment => {
                    if self.is_other_family(value) {
                        return Err(Fault { code: Code::IncorrectEncoding, ..bad(value_at) });
                    }
                    encoding = Some(value.to_owned());
                }
                "standalone" if version.is_some() && matches!(value, "yes" | "no") => {
                    standalone = i64::from(value == "yes")
                }
                _ => return Err(bad(0)),
            }
            s = &v[close + 2..];
        }
        if version.is_none() && !self.fragment {
            return fault(Code::XmlDecl, at);
        }
        self.dtd.standalone = standalone == 1;
        Ok(Rare::XmlDecl { version, encoding, standalone }.into())
    }

    /// Whether an encoding that the document declares is of two bytes where it comes in one, or the other way round.
    fn is_other_family(&self, declared: &str) -> bool {
        let wide = matches!(self.input.encoding, Some(Encoding::Utf16 { .. }));
        !self.input.is_given && Encoding::named(declared).is_some_and(|e| matches!(e, Encoding::Utf16 { .. }) != wide)
    }

    /// Prolog and epilog.
    fn misc(&mut self, s: &str) -> Scan<Option<(Event, usize)>> {
        let epilog = self.state == State::Epilog;
        let n = space_len(s);
        if n > 0 {
            return Ok(Some((Event::Other, n)));
        }
        let b = s.as_bytes();
        if b[0] != b'<' {
            let code = if b[0] == b'&' { Code::InvalidToken } else { Code::Syntax };
            return fault(if epilog { Code::Junk } else { code }, 0);
        }
        match b.get(1) {
            None => Ok(None),
            Some(b'?') => self.instruction(s),
            Some(b'!') => {
                if let Some(r) = comment(s)? {
                    return Ok(Some(r));
                }
                if s.starts_with("<!--") || "<!--".starts_with(s) {
                    return Ok(None);
                }
                if epilog {
                    return fault(Code::Junk, 0);
                }
                if s.starts_with("<!DOCTYPE") && name_len(s.get(2..).unwrap_or("")) <= 7 {
                    let Some(end) = doctype_end(s) else { return Ok(None) };
                    let at = self.input.pos;
                    return self.doctype(&s[..end], at).map(|e| Some((e, end)));
                }
                if "<!DOCTYPE".starts_with(s) {
                    return Ok(None);
                }
                match b.get(2) {
                    Some(b'[' | b'a'..=b'z' | b'A'..=b'Z' | b'_') => fault(Code::Syntax, 0),
                    _ => fault(Code::InvalidToken, 2),
                }
            }
            Some(_) if epilog => fault(Code::Junk, 0),
            Some(b'/') => fault(Code::InvalidToken, 1),
            Some(_) if self.foreign() => Ok(Some((Event::Text(String::new()), 0))),
            Some(_) => {
                let r = self.start_tag(s)?;
                if r.is_some() && self.state == State::Prolog {
                    self.state = if self.open.is_empty() { State::Epilog } else { State::Content };
                }
                Ok(r)
            }
        }
    }
}

/// A complete comment at the start of `s`.
fn comment(s: &str) -> Scan<Option<(Event, usize)>> {
    let Some(body) = s.strip_prefix("<!--") else { return Ok(None) };
    let Some(dash) = body.find("--") else {
        check_chars(body).map_err(|f| Fault { at: f.at + 4, ..f })?;
        return Ok(None);
    };
    match body.as_bytes().get(dash + 2) {
        None => Ok(None),
        Some(b'>') => {
            check_chars(&body[..dash]).map_err(|f| Fault { at: f.at + 4, ..f })?;
            Ok(Some((Event::Comment(body[..dash].to_owned()), dash + 7)))
        }
        Some(_) => fault(Code::InvalidToken, 4 + dash + 2),
    }
}

/// InvalidToken at the first character that XML does not allow.
pub fn check_chars(s: &str) -> Scan<()> {
    let suspicious = s.bytes().any(|b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0xEF);
    if suspicious && let Some((at, _)) = s.char_indices().find(|(_, c)| !is_xml_char(*c)) {
        return fault(Code::InvalidToken, at);
    }
    Ok(())
}
