//! The document type declaration and its internal subset.

use super::declared::{AttributeDecl, Entity};
use super::event::{Code, Event, Fault, Model, Rare, fault};
use super::lex::*;
use super::scan::{Scan, Scanner};
use super::subset::Part;

/// A cursor over one declaration.
pub struct Cursor<'a> {
    pub s: &'a str,
    pub at: usize,
}
impl<'a> Cursor<'a> {
    pub fn rest(&self) -> &'a str {
        &self.s[self.at..]
    }
    pub fn space(&mut self) -> bool {
        let n = space_len(self.rest());
        self.at += n;
        n > 0
    }
    pub fn fail<T>(&self, code: Code) -> Scan<T> {
        fault(code, self.at)
    }
    pub fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }
    pub fn name(&mut self) -> Scan<&'a str> {
        let n = name_len(self.rest());
        if n == 0 {
            return self.fail(Code::Syntax);
        }
        let s = &self.rest()[..n];
        self.at += n;
        Ok(s)
    }
    fn token(&mut self) -> Scan<&'a str> {
        let n = token_len(self.rest());
        if n == 0 {
            return self.fail(Code::Syntax);
        }
        let s = &self.rest()[..n];
        self.at += n;
        Ok(s)
    }
    fn quoted(&mut self) -> Scan<&'a str> {
        let Some(q) = self.rest().chars().next().filter(|&q| q == '"' || q == '\'') else {
            return self.fail(Code::Syntax);
        };
        let Some(len) = self.rest()[1..].find(q) else { return self.fail(Code::InvalidToken) };
        let s = &self.rest()[1..1 + len];
        self.at += len + 2;
        Ok(s)
    }
    /// `SYSTEM "s"` or `PUBLIC "p" "s"`; a notation may leave the system identifier out.
    fn external(&mut self, system_optional: bool) -> Scan<(Option<String>, Option<String>)> {
        if self.eat("SYSTEM") {
            self.space();
            return Ok((Some(self.quoted()?.to_owned()), None));
        }
        if self.eat("PUBLIC") {
            self.space();
            let public = self.quoted()?.split_whitespace().collect::<Vec<_>>().join(" ");
            self.space();
            if system_optional && self.rest().starts_with('>') {
                return Ok((None, Some(public)));
            }
            return Ok((Some(self.quoted()?.to_owned()), Some(public)));
        }
        Ok((None, None))
    }
    fn close(&mut self) -> Scan<()> {
        self.space();
        if self.eat(">") { Ok(()) } else { self.fail(Code::Syntax) }
    }
}

impl Scanner {
    /// Reads a complete declaration; its events go to the queue, the first is returned. `base` is its offset in the input.
    pub fn doctype(&mut self, s: &str, base: usize) -> Scan<Event> {
        let mut c = Cursor { s, at: 9 };
        if !c.space() {
            return c.fail(Code::InvalidToken);
        }
        let name = c.name()?.to_owned();
        c.space();
        let (system, public) = c.external(false)?;
        c.space();
        let subset = c.eat("[");
        let start = Rare::StartDoctype { name, system: system.clone(), public: public.clone(), subset }.into();
        let mut events = vec![];
        let reads = self.reads_parameters();
        if system.is_some() {
            self.dtd.incomplete = true;
            if !self.dtd.standalone && !reads {
                events.push((Event::NotStandalone, 0..0));
            }
        }
        events.push((start, base..base + c.at));
        if subset {
            self.subset(&mut c, Part::internal(base), &mut events)?;
        }
        let end = c.at;
        c.close()?;
        self.dtd.incomplete |= self.foreign_dtd;
        if reads && (system.is_some() || self.foreign_dtd) {
            events.push((Rare::ExternalEntity { context: None, system, public }.into(), 0..0));
        }
        self.foreign_dtd = false;
        events.push((Event::EndDoctype, base + end..base + c.at));
        self.queue.extend(events);
        // The first event's text is taken from the queue entry, so an empty token stands for the whole here.
        Ok(Event::Text(String::new()))
    }

    /// One declaration, comment or processing instruction.
    pub fn declaration(&mut self, c: &mut Cursor<'_>) -> Scan<Vec<Event>> {
        let from = c.at;
        let mut events = vec![];
        if c.eat("<!--") {
            let Some(len) = c.rest().find("--") else { return c.fail(Code::InvalidToken) };
            let text = c.rest()[..len].to_owned();
            c.at += len + 2;
            if !c.eat(">") {
                return c.fail(Code::InvalidToken);
            }
            events.push(Event::Comment(text));
        } else if c.eat("<?") {
            let target = c.name()?.to_owned();
            if target.eq_ignore_ascii_case("xml") {
                return fault(Code::MisplacedXml, from);
            }
            let Some(len) = c.rest().find("?>") else { return c.fail(Code::InvalidToken) };
            let data = c.rest()[..len].trim_start_matches(is_space).to_owned();
            c.at += len + 2;
            events.push(Rare::Instruction { target, data }.into());
        } else if c.eat("<!ENTITY") {
            events.extend(self.entity(c)?);
        } else if c.eat("<!ATTLIST") {
            self.attlist(c, &mut events)?;
        } else if c.eat("<!ELEMENT") {
            c.space();
            let name = c.name()?.to_owned();
            c.space();
            let model = content_model(c)?;
            c.close()?;
            events.push(Rare::ElementDecl { name, model }.into());
        } else if c.eat("<!NOTATION") {
            c.space();
            let name = c.name()?.to_owned();
            c.space();
            let (system, public) = c.external(true)?;
            c.close()?;
            events.push(Rare::NotationDecl { name, system, public }.into());
        } else {
            return c.fail(if c.rest().starts_with('<') { Code::InvalidToken } else { Code::Syntax });
        }
        Ok(events)
    }

    fn entity(&mut self, c: &mut Cursor<'_>) -> Scan<Option<Event>> {
        c.space();
        let parameter = c.eat("%");
        c.space();
        let name = c.name()?.to_owned();
        c.space();
        let (mut value, mut notation) = (None, None);
        let (system, public) = c.external(false)?;
        if system.is_none() {
            let at = c.at;
            value = Some(entity_value(c.quoted()?).map_err(|f| Fault { at: at + 1 + f.at, ..f })?);
        } else if c.space() && !parameter && c.eat("NDATA") {
            c.space();
            notation = Some(c.name()?.to_owned());
        }
        c.close()?;
        let known = if parameter { &mut self.dtd.parameters } else { &mut self.dtd.entities };
        if self.dtd.skipping || known.contains_key(&name) || predefined(&name).is_some() {
            return Ok(None);
        }
        let e =
            Entity { value: value.clone(), system: system.clone(), public: public.clone(), notation: notation.clone() };
        known.insert(name.clone(), e);
        Ok(Some(match notation {
            Some(notation) => Rare::UnparsedEntity { name, system, public, notation }.into(),
            None => Rare::EntityDecl { name, parameter, value, system, public }.into(),
        }))
    }

    fn attlist(&mut self, c: &mut Cursor<'_>, out: &mut Vec<Event>) -> Scan<()> {
        c.space();
        let element = c.name()?.to_owned();
        loop {
            c.space();
            if c.eat(">") {
                return Ok(());
            }
            let name = c.name()?.to_owned();
            c.space();
            let kind = attribute_kind(c)?;
            c.space();
            let (mut required, mut default) = (false, None);
            if c.eat("#REQUIRED") {
                required = true;
            } else if !c.eat("#IMPLIED") {
                required = c.eat("#FIXED");
                c.space();
                let mut value = String::new();
                let source = c.quoted()?;
                self.attribute_value(source, &mut value, &mut vec![])?;
                if kind != "CDATA" {
                    value = value.split(' ').filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
                }
                default = Some(value);
            }
            if self.dtd.skipping {
                continue;
            }
            let list = self.dtd.attributes.entry(element.clone()).or_default();
            if !list.iter().any(|a| a.name == name) {
                let is_cdata = kind == "CDATA";
                list.push(AttributeDecl { name: name.clone(), is_cdata, default: default.clone() });
            }
            out.push(Rare::AttlistDecl { element: element.clone(), name, kind, default, required }.into());
        }
    }
}

/// Character references are replaced; general ones stay.
fn entity_value(s: &str) -> Scan<String> {
    let mut out = String::new();
    let mut rest = s;
    while let Some(i) = rest.find(['&', '%']) {
        out.push_str(&rest[..i]);
        let at = s.len() - rest.len() + i;
        if rest[i..].starts_with('%') {
            return fault(Code::Syntax, at);
        }
        let Some(end) = rest[i..].find(';') else { return fault(Code::InvalidToken, at) };
        let name = &rest[i + 1..i + end];
        if name.starts_with('#') {
            out.push(char_ref(name).ok_or(Fault { code: Code::BadCharRef, at })?);
        } else {
            out.push_str(&rest[i..=i + end]);
        }
        rest = &rest[i + end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn attribute_kind(c: &mut Cursor<'_>) -> Scan<String> {
    for kind in ["CDATA", "IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"] {
        if c.eat(kind) {
            return Ok(kind.to_owned());
        }
    }
    let notation = c.eat("NOTATION");
    c.space();
    if !c.eat("(") {
        return c.fail(Code::Syntax);
    }
    let mut names = vec![];
    loop {
        c.space();
        names.push(c.token()?.to_owned());
        c.space();
        if c.eat(")") {
            break;
        }
        if !c.eat("|") {
            return c.fail(Code::Syntax);
        }
    }
    Ok(format!("{}({})", if notation { "NOTATION" } else { "" }, names.join("|")))
}

const EMPTY: i64 = 1;
const ANY: i64 = 2;
const MIXED: i64 = 3;
const NAME: i64 = 4;
const CHOICE: i64 = 5;
const SEQUENCE: i64 = 6;

fn quantifier(c: &mut Cursor<'_>) -> i64 {
    if c.eat("?") {
        1
    } else if c.eat("*") {
        2
    } else if c.eat("+") {
        3
    } else {
        0
    }
}
fn content_model(c: &mut Cursor<'_>) -> Scan<Model> {
    let leaf = |kind| Model { kind, quantifier: 0, name: None, children: vec![] };
    if c.eat("EMPTY") {
        return Ok(leaf(EMPTY));
    }
    if c.eat("ANY") {
        return Ok(leaf(ANY));
    }
    if !c.eat("(") {
        return c.fail(Code::Syntax);
    }
    c.space();
    if c.eat("#PCDATA") {
        let mut children = vec![];
        loop {
            c.space();
            if c.eat(")") {
                break;
            }
            if !c.eat("|") {
                return c.fail(Code::Syntax);
            }
            c.space();
            children.push(Model { name: Some(c.name()?.to_owned()), ..leaf(NAME) });
        }
        let star = c.eat("*");
        if !children.is_empty() && !star {
            return c.fail(Code::Syntax);
        }
        return Ok(Model { quantifier: if star { 2 } else { 0 }, children, ..leaf(MIXED) });
    }
    group(c, 0)
}
/// The inside of a group and its quantifier; the opening parenthesis is consumed.
fn group(c: &mut Cursor<'_>, depth: usize) -> Scan<Model> {
    const DEEPEST: usize = 1000;
    if depth > DEEPEST {
        return c.fail(Code::Syntax);
    }
    let mut children = vec![];
    let mut separator = None;
    loop {
        c.space();
        if c.eat("(") {
            children.push(group(c, depth + 1)?);
        } else {
            let name = Some(c.name()?.to_owned());
            children.push(Model { kind: NAME, quantifier: quantifier(c), name, children: vec![] });
        }
        c.space();
        if c.eat(")") {
            break;
        }
        let Some(next) = c.rest().chars().next().filter(|&s| s == '|' || s == ',') else { return c.fail(Code::Syntax) };
        if *separator.get_or_insert(next) != next {
            return c.fail(Code::Syntax);
        }
        c.at += 1;
    }
    let kind = if separator == Some('|') { CHOICE } else { SEQUENCE };
    Ok(Model { kind, quantifier: quantifier(c), name: None, children })
}
