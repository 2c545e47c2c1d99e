//! Start tags: their attributes, defaults and namespaces.

use super::event::{Code, Event, Fault, fault};
use super::lex::*;
use super::scan::{Scan, Scanner, check_chars};
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

pub struct Attribute {
    pub name: String,
    pub value: String,
    pub at: usize,
}
/// A start tag as written, with the attributes that the document type adds.
pub struct Tag {
    pub name: String,
    pub attributes: Vec<Attribute>,
    pub specified: usize,
    pub empty: bool,
}

impl Scanner {
    /// Reads a complete start tag `<name ...>`.
    pub fn read_tag(&mut self, s: &str) -> Scan<Tag> {
        let n = name_len(&s[1..]);
        let name = &s[1..1 + n];
        let mut at = 1 + n;
        let mut attributes: Vec<Attribute> = vec![];
        let declared = self.dtd.attributes.get(name).cloned().unwrap_or_default();
        let empty = loop {
            let space = space_len(&s[at..]);
            at += space;
            match s.as_bytes().get(at) {
                Some(b'>') => break false,
                Some(b'/') if s.as_bytes().get(at + 1) == Some(&b'>') => break true,
                Some(b'/') => return fault(Code::InvalidToken, at + 1),
                Some(_) if space > 0 => {}
                _ => return fault(Code::InvalidToken, at),
            }
            let (attribute, end) = self.attribute(s, at, &declared)?;
            if attributes.iter().any(|a| a.name == attribute.name) {
                return fault(Code::DuplicateAttribute, at);
            }
            attributes.push(attribute);
            at = end;
        };
        let specified = attributes.len();
        for d in declared {
            if let Some(value) = d.default
                && !attributes.iter().any(|a| a.name == d.name)
            {
                attributes.push(Attribute { name: d.name, value, at: 0 });
            }
        }
        Ok(Tag { name: name.to_owned(), attributes, specified, empty })
    }

    fn attribute(
        &mut self,
        s: &str,
        start: usize,
        declared: &[super::scan::AttributeDecl],
    ) -> Scan<(Attribute, usize)> {
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
            Some(&q @ (b'"' | b'\'')) => q as char,
            _ => return fault(Code::InvalidToken, at),
        };
        at += 1;
        let Some(len) = s[at..].find(quote) else {
            let bad = s[at..].find('<').map_or(at, |i| at + i);
            return fault(Code::InvalidToken, bad);
        };
        let source = &s[at..at + len];
        if let Some(i) = source.find('<') {
            return fault(Code::InvalidToken, at + i);
        }
        check_chars(source).map_err(|f| Fault { at: f.at + at, ..f })?;
        let mut value = String::with_capacity(len);
        self.attribute_value(source, &mut value, &mut vec![]).map_err(|f| Fault { at: f.at + at, ..f })?;
        if declared.iter().any(|d| d.name == name && !d.is_cdata) {
            value = value.split(' ').filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        }
        Ok((Attribute { name: name.to_owned(), value, at: start }, at + len + 1))
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
}

const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// Namespace bindings in force; inactive without a separator.
#[derive(Clone)]
pub struct Namespaces {
    separator: Option<String>,
    /// Also give the prefix, behind the local name.
    pub with_prefixes: bool,
    bindings: HashMap<Option<String>, Vec<Option<String>>>,
}
type Queue = VecDeque<(Event, Range<usize>)>;
type Resolved = (String, Vec<(String, String)>, usize, Vec<Option<String>>);

impl Namespaces {
    pub fn new(separator: Option<String>) -> Namespaces {
        let xml = (Some("xml".to_owned()), vec![Some(XML_URI.to_owned())]);
        Namespaces { separator, with_prefixes: false, bindings: HashMap::from([xml]) }
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
        for a in &tag.attributes {
            let Some(prefix) = Namespaces::declares(&a.name) else { continue };
            check_binding(prefix, &a.value)?;
            let prefix = prefix.map(str::to_owned);
            let uri = (!a.value.is_empty()).then(|| a.value.clone());
            self.bindings.entry(prefix.clone()).or_default().push(uri.clone());
            queue.push_back((Event::StartNamespace { prefix, uri }, 0..0));
        }
        Ok(())
    }
    /// Takes declarations out of force, last one first.
    pub fn end(&mut self, prefixes: &[Option<String>], queue: &mut Queue) {
        for p in prefixes.iter().rev() {
            if let Some(stack) = self.bindings.get_mut(p) {
                stack.pop();
            }
            queue.push_back((Event::EndNamespace { prefix: p.clone() }, 0..0));
        }
    }
    fn expand(&self, name: &str, is_attribute: bool) -> Scan<String> {
        let Some(separator) = &self.separator else { return Ok(name.to_owned()) };
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) => (Some(p), l),
            None if is_attribute => return Ok(name.to_owned()),
            None => (None, name),
        };
        let bound = self.bindings.get(&prefix.map(str::to_owned)).and_then(|s| s.last()).cloned().flatten();
        match (bound, prefix) {
            (Some(uri), Some(p)) if self.with_prefixes => Ok(format!("{uri}{separator}{local}{separator}{p}")),
            (Some(uri), _) => Ok(format!("{uri}{separator}{local}")),
            (None, None) => Ok(name.to_owned()),
            (None, Some(_)) => fault(Code::UnboundPrefix, 0),
        }
    }
    /// Expanded names; declarations leave the attributes.
    pub fn resolve(&self, tag: &Tag) -> Scan<Resolved> {
        let (mut attributes, mut prefixes, mut specified) = (vec![], vec![], 0);
        let mut seen = HashSet::new();
        for (i, a) in tag.attributes.iter().enumerate() {
            if self.separator.is_some()
                && let Some(p) = Namespaces::declares(&a.name)
            {
                prefixes.push(p.map(str::to_owned));
                continue;
            }
            let name = self.expand(&a.name, true)?;
            if self.separator.is_some() && !seen.insert(name.clone()) {
                return fault(Code::DuplicateAttribute, a.at);
            }
            specified += usize::from(i < tag.specified);
            attributes.push((name, a.value.clone()));
        }
        Ok((self.expand(&tag.name, false)?, attributes, specified, prefixes))
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
