//! `XMLParser`: feeds text to expat's scanner and its events to a target.
//!
//! Events go to a `TreeBuilder` of this module directly, to other targets by the methods they had at the start.
//! CPython: Modules/_elementtree.c (xmlparser_*).

use super::builder::{self, TreeBuilder};
use super::parse_error;
use crate::data::expat;
use crate::data::expat::event::{Event, Rare};
use crate::data::expat::parser::{Parser, Sink};
use crate::data::expat::symbols::Symbol;
use crate::functional::shared::{bind, none, text};
use adder_object::slots::slot;
use adder_object::spec::{Native, TypeSpec, member, method};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, attr, call, error,
    int, ops, payload, singletons, str, trace_fields, tuple,
};
use std::cell::RefCell;

#[derive(Default)]
pub struct XmlParser {
    parser: ObjCell,
    target: ObjCell,
    entity: ObjCell,
    /// Names with their namespace in braces, by symbol of the scanner.
    names: RefCell<Vec<Option<Obj>>>,
    start: ObjCell,
    end: ObjCell,
    data: ObjCell,
    comment: ObjCell,
    pi: ObjCell,
    start_ns: ObjCell,
    end_ns: ObjCell,
    doctype: ObjCell,
    close: ObjCell,
}
trace_fields!(XmlParser {
    parser,
    target,
    entity,
    names,
    start,
    end,
    data,
    comment,
    pi,
    start_ns,
    end_ns,
    doctype,
    close
});
static PARSER: StaticType = StaticType::new::<XmlParser>("xml.etree.ElementTree.XMLParser", F::GC | F::BASETYPE);
payload!(XmlParser, PARSER);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|_, ty, _| Ok(Ref::with_type(ty, XmlParser::default()).into_obj())), slot::init(init)],
    methods: &[
        method("feed($self, data, /)", Native::One(|vm, o, d| parse(vm, o, d, false)), ""),
        method("close($self, /)", Native::NoArgs(close), ""),
        method("flush($self, /)", Native::NoArgs(flush), ""),
        method("_parse_whole($self, file, /)", Native::One(parse_whole), ""),
        method("_setevents($self, events_queue, events_to_report=None, /)", Native::Pos(1, 2, set_events), ""),
    ],
    getset: &[
        member("entity", |_, o| Ok(of(o)?.entity.get().unwrap_or_else(singletons::none)), ""),
        member("target", |_, o| Ok(of(o)?.target.get().unwrap_or_else(singletons::none)), ""),
        member("version", |_, _| Ok(text(&format!("Expat {}", expat::VERSION.map(|n| n.to_string()).join(".")))), ""),
    ],
    ..TypeSpec::of(&PARSER)
};

pub fn of(o: &Obj) -> PyResult<&XmlParser> {
    o.this::<XmlParser>()
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind("XMLParser(*, target=None, encoding=None)", args)?;
    let p = of(o)?;
    if let Some(e) = a.opt_not_none(1)
        && e.get::<Str>().is_none()
    {
        let got = e.ty().tp_name();
        return Err(error::type_error(format!("XMLParser() argument 'encoding' must be str or None, not {got}")));
    }
    let target = match a.opt_not_none(0) {
        Some(t) => t.clone(),
        None => builder::plain(),
    };
    for (cell, name) in [
        (&p.start, "start"),
        (&p.end, "end"),
        (&p.data, "data"),
        (&p.comment, "comment"),
        (&p.pi, "pi"),
        (&p.start_ns, "start_ns"),
        (&p.end_ns, "end_ns"),
        (&p.doctype, "doctype"),
        (&p.close, "close"),
    ] {
        cell.set_option(attr::lookup_str(vm, &target, name)?);
    }
    let encoding = a.opt_not_none(1).and_then(|e| e.get::<Str>()).map(Str::to_string_lossy);
    p.parser.set(expat::parser::plain(encoding, "}").into_obj());
    p.target.set(target);
    p.entity.set(Dict::new().into_obj());
    drop(p.names.take());
    Ok(())
}

/// The events of one piece of input on their way to the target.
struct Feed<'a> {
    this: &'a Obj,
    p: &'a XmlParser,
    builder: Option<&'a TreeBuilder>,
    /// The first error of the target: later events find it and do nothing.
    failed: RefCell<Option<PyErr>>,
}

impl Sink for Feed<'_> {
    fn event(&self, vm: &Vm, parser: &Parser, event: Event) -> PyResult<()> {
        if self.failed.borrow().is_some() {
            return Ok(());
        }
        if let Err(e) = self.report(vm, parser, event) {
            self.failed.replace(Some(e));
        }
        Ok(())
    }
    fn flush(&self, _: &Vm, _: &Parser) -> PyResult<()> {
        Ok(())
    }
}

impl Feed<'_> {
    fn report(&self, vm: &Vm, parser: &Parser, event: Event) -> PyResult<()> {
        match event {
            Event::Chars => match self.builder {
                Some(b) => {
                    b.text(parser.scanner.borrow().raw());
                    Ok(())
                }
                None if self.p.data.is_some() => {
                    let t = text(parser.scanner.borrow().raw());
                    self.data(vm, &t)
                }
                None => Ok(()),
            },
            Event::Text(t) if t.is_empty() => Ok(()),
            Event::Text(t) => self.data(vm, &text(&t)),
            Event::Start { name, .. } => self.start(vm, parser, name),
            Event::End { name } => match self.builder {
                // The builder looks at no name.
                Some(b) => b.end(vm).map(drop),
                None => match self.p.end.get() {
                    Some(f) => call::call1(vm, &f, &self.name(parser, name)).map(drop),
                    None => Ok(()),
                },
            },
            Event::Comment(t) => match self.builder {
                Some(b) if b.wants_comments() => b.comment(vm, &text(&t)).map(drop),
                Some(_) => Ok(()),
                None => self.call(vm, &self.p.comment, || vec![text(&t)]),
            },
            Event::Rare(e) => self.rare(vm, parser, *e),
            Event::StartCdata | Event::EndCdata | Event::EndDoctype | Event::NotStandalone | Event::Other => Ok(()),
        }
    }
    fn rare(&self, vm: &Vm, parser: &Parser, event: Rare) -> PyResult<()> {
        let or_empty = |s: Option<String>| s.map_or_else(|| str::empty().into_obj(), |s| text(&s));
        let or_none = |s: Option<String>| s.map_or_else(singletons::none, |s| text(&s));
        match event {
            Rare::Instruction { target, data } => match self.builder {
                Some(b) if b.wants_pis() => {
                    let data = if data.is_empty() { singletons::none() } else { text(&data) };
                    b.pi(vm, &text(&target), &data).map(drop)
                }
                Some(_) => Ok(()),
                None => self.call(vm, &self.p.pi, || vec![text(&target), text(&data)]),
            },
            Rare::StartNamespace { prefix, uri } => match self.builder {
                Some(b) if b.events.start_ns.is_some() => {
                    let pair = tuple::from_array([or_empty(prefix), or_empty(uri)]);
                    b.namespace_event(vm, true, &pair)
                }
                Some(_) => Ok(()),
                None => self.call(vm, &self.p.start_ns, || vec![or_empty(prefix), or_empty(uri)]),
            },
            Rare::EndNamespace { prefix } => match self.builder {
                Some(b) => b.namespace_event(vm, false, singletons::none_ref()),
                None => self.call(vm, &self.p.end_ns, || vec![or_empty(prefix)]),
            },
            Rare::StartDoctype { name, system, public, .. } => {
                if self.p.doctype.is_some() {
                    let args = || vec![text(&name), or_none(public), or_none(system)];
                    return self.call(vm, &self.p.doctype, args);
                }
                self.warn_of_doctype(vm)
            }
            Rare::Skipped { parameter: false, .. } | Rare::ExternalEntity { .. } => self.entity(vm, parser),
            _ => Ok(()),
        }
    }
    /// Calls a method of the target, when it has it.
    fn call(&self, vm: &Vm, method: &ObjCell, args: impl FnOnce() -> Vec<Obj>) -> PyResult<()> {
        match method.get() {
            Some(f) => call::call_pos(vm, &f, &args()).map(drop),
            None => Ok(()),
        }
    }
    fn data(&self, vm: &Vm, x: &Obj) -> PyResult<()> {
        match self.builder {
            Some(b) => {
                b.data(x.clone());
                Ok(())
            }
            None => match self.p.data.get() {
                Some(f) => call::call1(vm, &f, x).map(drop),
                None => Ok(()),
            },
        }
    }
    /// A name, `uri}local` as `{uri}local`.
    fn name(&self, parser: &Parser, symbol: Symbol) -> Obj {
        let i = symbol.index();
        if let Some(Some(n)) = self.p.names.borrow().get(i) {
            return n.clone();
        }
        let scanner = parser.scanner.borrow();
        let raw = scanner.names.expanded.text(symbol);
        let made = if raw.contains('}') { text(&format!("{{{raw}")) } else { text(raw) };
        let mut names = self.p.names.borrow_mut();
        if names.len() <= i {
            names.resize(i + 1, None);
        }
        names[i] = Some(made.clone());
        made
    }
    fn start(&self, vm: &Vm, parser: &Parser, name: Symbol) -> PyResult<()> {
        if self.builder.is_none() && !self.p.start.is_some() {
            return Ok(());
        }
        let tag = self.name(parser, name);
        let mut attributes = None;
        {
            let scanner = parser.scanner.borrow();
            for a in &scanner.tag.attributes {
                let value = text(scanner.tag.value(a));
                attributes.get_or_insert_with(Dict::new).set_item(vm, &self.name(parser, a.name), value)?;
            }
        }
        if let Some(b) = self.builder {
            return b.start(vm, &tag, attributes).map(drop);
        }
        let attributes = attributes.unwrap_or_else(Dict::new).into_obj();
        match self.p.start.get() {
            Some(f) => call::call_pos(vm, &f, &[tag, attributes]).map(drop),
            None => Ok(()),
        }
    }
    fn warn_of_doctype(&self, vm: &Vm) -> PyResult<()> {
        if attr::lookup_str(vm, self.this, "doctype")?.is_none() {
            return Ok(());
        }
        vm.warn(
            &adder_object::exceptions::RUNTIME_WARNING,
            "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.",
            1,
        )
    }
    /// A reference to an entity that the document does not define.
    fn entity(&self, vm: &Vm, parser: &Parser) -> PyResult<()> {
        let raw = parser.scanner.borrow().raw().to_owned();
        let name = raw.trim_start_matches('&').trim_end_matches(';');
        let known = self.p.entity.get().and_then(|d| d.downcast::<Dict>());
        if let Some(v) = known.map_or(Ok(None), |d| d.get_item(vm, &text(name)))? {
            return self.data(vm, &v);
        }
        let at = parser.scanner.borrow().place();
        let message = format!("undefined entity {raw}: line {}, column {}", at.line, at.column);
        Err(parse_error(vm, &message, Some((11, at.line as i64, at.column as i64)))?)
    }
}

/// Gives text to the parser; its errors become ParseErrors.
fn parse(vm: &Vm, o: &Obj, data: &Obj, last: bool) -> PyResult {
    with_parser(vm, o, |feed, parser| parser.feed(vm, data, last, feed))
}
fn parse_bytes(vm: &Vm, o: &Obj, data: &[u8], last: bool) -> PyResult {
    with_parser(vm, o, |feed, parser| parser.parse(vm, data, last, feed))
}
fn with_parser(vm: &Vm, o: &Obj, f: impl FnOnce(&Feed<'_>, &Parser) -> PyResult<()>) -> PyResult {
    let p = of(o)?;
    let (Some(parser), Some(target)) = (p.parser.get(), p.target.get()) else {
        return Err(error::value_error("XMLParser.__init__() wasn't called"));
    };
    let feed = Feed { this: o, p, builder: target.get_exact::<TreeBuilder>(), failed: RefCell::default() };
    let r = f(&feed, parser.this::<Parser>()?);
    if let Some(e) = feed.failed.take() {
        return Err(e);
    }
    let Err(e) = r else { return none() };
    if !e.is(&expat::ERROR) {
        return Err(e);
    }
    let field = |name: &str| -> PyResult<i64> { ops::to_i64(vm, &attr::get_str(vm, e.obj(), name)?) };
    let (code, line, column) = (field("code")?, field("lineno")?, field("offset")?);
    let message = ops::str_lossy(vm, e.obj());
    Err(parse_error(vm, &message, Some((code, line, column)))?)
}

/// What the target makes of the document, when it is a builder of this module.
fn closed_builder(vm: &Vm, p: &XmlParser) -> Option<PyResult> {
    let t = p.target.get()?;
    t.get_exact::<TreeBuilder>().map(|b| b.close(vm))
}
fn close(vm: &Vm, o: &Obj) -> PyResult {
    let p = of(o)?;
    parse_bytes(vm, o, b"", true)?;
    if let Some(r) = closed_builder(vm, p) {
        return r;
    }
    match p.close.get() {
        Some(f) => call::call0(vm, &f),
        None => none(),
    }
}
fn flush(vm: &Vm, o: &Obj) -> PyResult {
    let Some(parser) = of(o)?.parser.get() else {
        return Err(error::value_error("XMLParser.__init__() wasn't called"));
    };
    let deferral = &parser.this::<Parser>()?.reparse_deferral;
    let before = deferral.replace(false);
    let r = parse_bytes(vm, o, b"", false);
    deferral.set(before);
    r
}
fn parse_whole(vm: &Vm, o: &Obj, file: &Obj) -> PyResult {
    let p = of(o)?;
    let read = attr::get_str(vm, file, "read")?;
    loop {
        let data = call::call1(vm, &read, &int::from_i64(64 * 1024))?;
        let empty = match data.get::<Str>() {
            Some(s) => s.is_empty(),
            None => {
                if data.get::<adder_object::Bytes>().is_none() {
                    break;
                }
                ops::len(vm, &data)? == 0
            }
        };
        if empty {
            break;
        }
        parse(vm, o, &data, false)?;
    }
    parse_bytes(vm, o, b"", true)?;
    closed_builder(vm, p).unwrap_or_else(none)
}

fn set_events(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let p = of(o)?;
    let target = p.target.get().unwrap_or_else(singletons::none);
    let Some(b) = target.get_exact::<TreeBuilder>() else {
        return Err(error::type_error("event handling only supported for ElementTree.TreeBuilder targets"));
    };
    let e = &b.events;
    e.append.set(attr::get_str(vm, &a[0], "append")?);
    for c in [&e.start, &e.end, &e.start_ns, &e.end_ns, &e.comment, &e.pi] {
        drop(c.take());
    }
    let Some(wanted) = a.get(1).filter(|w| !w.is_none()) else {
        e.end.set(text("end"));
        return none();
    };
    for w in ops::collect(vm, wanted)? {
        let Some(s) = w.get::<Str>() else { return Err(error::value_error("invalid events sequence")) };
        match s.to_string_lossy().as_str() {
            "start" => e.start.set(w.clone()),
            "end" => e.end.set(w.clone()),
            "start-ns" => e.start_ns.set(w.clone()),
            "end-ns" => e.end_ns.set(w.clone()),
            "comment" => e.comment.set(w.clone()),
            "pi" => e.pi.set(w.clone()),
            other => return Err(error::value_error(format!("unknown event '{other}'"))),
        }
    }
    Ok(singletons::none())
}
