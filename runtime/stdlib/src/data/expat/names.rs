//! Start tags: their attributes, defaults and namespaces.

use super::declared::AttributeDecl;
use super::event::{Code, Event, Fault, Rare, fault};
use super::lex::*;
use super::scan::{Scan, Scanner, check_chars};
use super::symbols::{Symbol, Symbols};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

pub struct Attribute {
    /// The name as written.
    pub raw: Symbol,
    /// The expanded name, once the tag is resolved.
    pub name: Symbol,
    /// Where the value lies in the tag's `values`.
    pub value: Range<usize>,
}
/// The attributes of the last start tag, those that the document type adds behind its own. Kept from tag to tag for its memory.
#[derive(Default)]
pub struct Tag {
    pub attributes: Vec<Attribute>,
    values: String,
    pub specified: usize,
}
impl Tag {
    pub fn value(&self, a: &Attribute) -> &str {
        self.values.get(a.value.clone()).unwrap_or("")
    }
}

impl Scanner {
    /// Reads a complete start tag behind its name, which ends at `at`; tells whether the tag ends the element too.
    pub fn read_attributes(&mut self, s: &str, mut at: usize, declared: &[AttributeDecl]) -> Scan<bool> {
        loop {
            let space = space_len(&s[at..]);
            at += space;
            match s.as_bytes().get(at) {
                Some(b'>') => return Ok(false),
                Some(b'/') if s.as_bytes().get(at + 1) == Some(&b'>') => return Ok(true),
                Some(b'/') => return fault(Code::InvalidToken, at + 1),
                Some(_) if space > 0 => {}
                _ => return fault(Code::InvalidToken, at),
            }
            let (attribute, end) = self.attribute(s, at, declared)?;
            if self.names.is_repeated(attribute.raw) {
                return fault(Code::DuplicateAttribute, at);
            }
            self.tag.attributes.push(attribute);
            at = end;
        }
    }
    /// Adds the attributes that the document type gives to elements that lack them.
    pub fn add_defaults(&mut self, declared: Vec<AttributeDecl>) {
        for d in declared {
            let Some(value) = d.default else { continue };
            let raw = self.names.raw.of(&d.name);
            if !self.names.is_repeated(raw) {
                let from = self.tag.values.len();
                self.tag.values.push_str(&value);
                let value = from..self.tag.values.len();
                self.tag.attributes.push(Attribute { raw, name: raw, value });
            }
        }
    }

    fn attribute(&mut self, s: &str, start: usize, declared: &[AttributeDecl]) -> Scan<(Attribute, usize)> {
        let n = name_len(&s[start..]);
        if n == 0 {
            return fault(Code::InvalidToken, start);
        }
        let name = &s[start..start + n];
        let mut at = start + n;
        at += space_len(&s[at..]);
        if s.as_bytes().get(at) != Some(&b'=') {
            return fault(Code::InvalidToken, at);
        }
        at += 1;
        at += space_len(&s[at..]);
        let quote = match s.as_bytes().get(at) {
            Some(&q @ (b'"' | b'\'')) => q,
            _ => return fault(Code::InvalidToken, at),
        };
        at += 1;
        let (mut plain, mut len) = (true, 0);
        loop {
            match s.as_bytes().get(at + len) {
                Some(&q) if q == quote => break,
                None => return fault(Code::InvalidToken, at),
                Some(b'<') => return fault(Code::InvalidToken, at + len),
                Some(&b) => plain &= b >= b' ' && b != b'&' && BYTES[usize::from(b)] & SUSPICIOUS == 0,
            }
            len += 1;
        }
        let source = &s[at..at + len];
        let from = self.tag.values.len();
        let raw = self.names.raw.of(name);
        if plain && declared.is_empty() {
            self.tag.values.push_str(source);
            return Ok((Attribute { raw, name: raw, value: from..from + len }, at + len + 1));
        }
        check_chars(source).map_err(|f| Fault { at: f.at + at, ..f })?;
        let mut values = std::mem::take(&mut self.tag.values);
        let read = self.attribute_value(source, &mut values, &mut vec![]);
        self.tag.values = values;
        read.map_err(|f| Fault { at: f.at + at, ..f })?;
        if declared.iter().any(|d| d.name == name && !d.is_cdata) {
            let parts: Vec<_> = self.tag.values[from..].split(' ').filter(|p| !p.is_empty()).collect();
            let value = parts.join(" ");
            self.tag.values.truncate(from);
            self.tag.values.push_str(&value);
        }
        Ok((Attribute { raw, name: raw, value: from..self.tag.values.len() }, at + len + 1))
    }

    /// Normalises white space and expands references.
    pub fn attribute_value(&mut self, source: &str, out: &mut String, inside: &mut Vec<String>) -> Scan<()> {
        let mut rest = source;
        while let Some(i) = rest.find(['&', '\n', '\t', '\r']) {
            out.push_str(&rest[..i]);
            let at = source.len() - rest.len() + i;
            if !rest[i..].starts_with('&') {
                out.push(' ');
                rest = &rest[i + 1..];
                continue;
            }
            let body = &rest[i + 1..];
            let Some(end) = body.find(';') else { return fault(Code::InvalidToken, at + 1) };
            let name = &body[..end];
            if name.starts_with('#') {
                out.push(char_ref(name).ok_or(Fault { code: Code::BadCharRef, at })?);
            } else if name_len(name) != name.len() || name.is_empty() {
                return fault(Code::InvalidToken, at + 1 + name_len(name));
            } else if let Some(text) = predefined(name) {
                out.push_str(text);
            } else {
                self.attribute_entity(name, at, out, inside)?;
            }
            rest = &body[end + 1..];
        }
        out.push_str(rest);
        Ok(())
    }
    fn attribute_entity(&mut self, name: &str, at: usize, out: &mut String, inside: &mut Vec<String>) -> Scan<()> {
        let Some(e) = self.dtd.entities.get(name).cloned() else {
            // A declaration that was not read may define it: the reference stands for nothing.
            return if self.dtd.incomplete && !self.dtd.standalone { Ok(()) } else { fault(Code::UndefinedEntity, at) };
        };
        if e.notation.is_some() {
            return fault(Code::BinaryEntity, at);
        }
        let Some(value) = e.value else { return fault(Code::ExternalInAttribute, at) };
        if inside.iter().any(|n| n == name) {
            return fault(Code::RecursiveEntity, at);
        }
        self.count_expansion(value.len())?;
        inside.push(name.to_owned());
        self.attribute_value(&value, out, inside).map_err(|f| Fault { at, ..f })?;
        inside.pop();
        Ok(())
    }

    /// Empties `tag` for the next one.
    pub fn begin_tag(&mut self) {
        self.tag.attributes.clear();
        self.tag.values.clear();
        self.tag.specified = 0;
        self.names.tags += 1;
    }
}

const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// What is known of a name as written: its expansions, each with the state of the bindings that it holds in, and the last tag
/// that had an attribute of this name.
#[derive(Clone, Default)]
struct Known {
    element: (u64, Symbol),
    attribute: (u64, Symbol),
    tag: u64,
}

/// Namespace bindings in force; inactive without a separator.
#[derive(Clone)]
pub struct Namespaces {
    separator: Option<String>,
    /// Also give the prefix, behind the local name.
    with_prefixes: bool,
    bindings: HashMap<Option<String>, Vec<Option<String>>>,
    /// Names as written.
    pub raw: Symbols,
    /// Names as reported.
    pub expanded: Symbols,
    /// By symbol of `raw`.
    known: Vec<Known>,
    /// By symbol of `expanded`: the last tag that had an attribute of this name.
    seen: Vec<u64>,
    /// Names the bindings in force; each set of them has its number.
    pub version: u64,
    versions: u64,
    tags: u64,
}
type Queue = VecDeque<(Event, Range<usize>)>;

impl Namespaces {
    pub fn new(separator: Option<String>) -> Namespaces {
        let xml = (Some("xml".to_owned()), vec![Some(XML_URI.to_owned())]);
        Namespaces {
            separator,
            with_prefixes: false,
            bindings: HashMap::from([xml]),
            raw: Symbols::default(),
            expanded: Symbols::default(),
            known: vec![],
            seen: vec![],
            version: 1,
            versions: 1,
            tags: 0,
        }
    }
    pub fn with_prefixes(&self) -> bool {
        self.with_prefixes
    }
    pub fn set_with_prefixes(&mut self, on: bool) {
        self.with_prefixes = on;
        self.known.clear();
    }
    fn known(&mut self, raw: Symbol) -> &mut Known {
        let i = raw.index();
        if i >= self.known.len() {
            self.known.resize_with(i + 1, Known::default);
        }
        &mut self.known[i]
    }
    /// Notes an attribute of the tag being read; true when the tag has had it.
    fn is_repeated(&mut self, raw: Symbol) -> bool {
        let tag = self.tags;
        std::mem::replace(&mut self.known(raw).tag, tag) == tag
    }
    fn is_repeated_expanded(&mut self, name: Symbol) -> bool {
        let i = name.index();
        if i >= self.seen.len() {
            self.seen.resize(i + 1, 0);
        }
        std::mem::replace(&mut self.seen[i], self.tags) == self.tags
    }
    /// The prefix that an attribute declares; None when it declares none.
    fn declares(name: &str) -> Option<Option<&str>> {
        if name == "xmlns" { Some(None) } else { name.strip_prefix("xmlns:").map(Some) }
    }
    /// Puts the tag's declarations in force and reports them.
    pub fn begin(&mut self, tag: &Tag, queue: &mut Queue) -> Scan<()> {
        if self.separator.is_none() {
            return Ok(());
        }
        let mut any = false;
        for a in &tag.attributes {
            let Some(prefix) = Namespaces::declares(self.raw.text(a.raw)) else { continue };
            check_binding(prefix, tag.value(a))?;
            let prefix = prefix.map(str::to_owned);
            let uri = Some(tag.value(a)).filter(|v| !v.is_empty()).map(str::to_owned);
            self.bindings.entry(prefix.clone()).or_default().push(uri.clone());
            queue.push_back((Rare::StartNamespace { prefix, uri }.into(), 0..0));
            any = true;
        }
        if any {
            self.versions += 1;
            self.version = self.versions;
        }
        Ok(())
    }
    /// Takes declarations out of force, last one first; `version` was in force before them.
    pub fn end(&mut self, prefixes: &[Option<String>], version: u64, queue: &mut Queue) {
        for p in prefixes.iter().rev() {
            if let Some(stack) = self.bindings.get_mut(p) {
                stack.pop();
            }
            queue.push_back((Rare::EndNamespace { prefix: p.clone() }.into(), 0..0));
        }
        self.version = version;
    }
    pub fn expand(&mut self, raw: Symbol, is_attribute: bool) -> Scan<Symbol> {
        let version = self.version;
        let known = self.known(raw);
        let (at, symbol) = if is_attribute { known.attribute } else { known.element };
        if at == version {
            return Ok(symbol);
        }
        let text = self.raw.shared(raw);
        let symbol = match self.expanded_text(&text, is_attribute)? {
            Some(long) => self.expanded.of(&long),
            None => self.expanded.of(&text),
        };
        let known = self.known(raw);
        let place = if is_attribute { &mut known.attribute } else { &mut known.element };
        *place = (version, symbol);
        Ok(symbol)
    }
    /// None: the name stands for itself.
    fn expanded_text(&self, name: &str, is_attribute: bool) -> Scan<Option<String>> {
        let Some(separator) = &self.separator else { return Ok(None) };
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) => (Some(p), l),
            None if is_attribute => return Ok(None),
            None => (None, name),
        };
        let bound = self.bindings.get(&prefix.map(str::to_owned)).and_then(|s| s.last()).cloned().flatten();
        match (bound, prefix) {
            (Some(uri), Some(p)) if self.with_prefixes => Ok(Some(format!("{uri}{separator}{local}{separator}{p}"))),
            (Some(uri), _) => Ok(Some(format!("{uri}{separator}{local}"))),
            (None, None) => Ok(None),
            (None, Some(_)) => fault(Code::UnboundPrefix, 0),
        }
    }
    /// Expands the names of the attributes, takes declarations out of them and gives the prefixes declared.
    pub fn resolve(&mut self, tag: &mut Tag) -> Scan<Vec<Option<String>>> {
        let (mut prefixes, mut kept, mut specified) = (vec![], 0, 0);
        for i in 0..tag.attributes.len() {
            let raw = tag.attributes[i].raw;
            if self.separator.is_some()
                && let Some(p) = Namespaces::declares(self.raw.text(raw))
            {
                prefixes.push(p.map(str::to_owned));
                continue;
            }
            let name = self.expand(raw, true)?;
            if self.separator.is_some() && self.is_repeated_expanded(name) {
                return fault(Code::DuplicateAttribute, 0);
            }
            tag.attributes[i].name = name;
            specified += usize::from(i < tag.specified);
            tag.attributes.swap(kept, i);
            kept += 1;
        }
        tag.attributes.truncate(kept);
        tag.specified = specified;
        Ok(prefixes)
    }
}

fn check_binding(prefix: Option<&str>, uri: &str) -> Scan<()> {
    match prefix {
        Some("xmlns") => fault(Code::ReservedXmlns, 0),
        Some("xml") if uri != XML_URI => fault(Code::ReservedXml, 0),
        Some(p) if uri.is_empty() && p != "xml" => fault(Code::UndeclaringPrefix, 0),
        p if p != Some("xml") && (uri == XML_URI || uri == XMLNS_URI) => fault(Code::ReservedUri, 0),
        _ => Ok(()),
    }
}
