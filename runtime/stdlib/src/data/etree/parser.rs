//! `XMLParser`: feeds text to pyexpat and its events to a target.
//!
//! CPython: Modules/_elementtree.c (xmlparser_*).

use super::builder::{self, TreeBuilder};
use super::parse_error;
use crate::functional::shared::{bind, none, text};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, getter, member, method};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags as F, Vm, attr, call, descr, error,
    int, list, ops, payload, singletons, str, trace_fields, tuple,
};

#[derive(Default)]
pub struct XmlParser {
    parser: ObjCell,
    target: ObjCell,
    entity: ObjCell,
    /// Names as the parser gives them, to names with their namespace in braces.
    names: ObjCell,
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
        method("feed($self, data, /)", Native::One(|vm, o, d| parse(vm, of(o)?, d, false)), ""),
        method("close($self, /)", Native::NoArgs(close), ""),
        method("flush($self, /)", Native::NoArgs(flush), ""),
        method("_parse_whole($self, file, /)", Native::One(parse_whole), ""),
        method("_setevents($self, events_queue, events_to_report=None, /)", Native::Pos(1, 2, set_events), ""),
    ],
    getset: &[
        member("entity", |_, o| Ok(of(o)?.entity.get().unwrap_or_else(singletons::none)), ""),
        member("target", |_, o| Ok(of(o)?.target.get().unwrap_or_else(singletons::none)), ""),
        getter(
            "version",
            |vm, _| {
                let v = attr::get_str(vm, &vm.import("pyexpat")?, "version_info")?;
                let parts: Vec<String> = tuple::to_vec(&v).iter().map(|n| ops::str_lossy(vm, n)).collect();
                Ok(text(&format!("Expat {}", parts.join("."))))
            },
            "",
        ),
    ],
    ..TypeSpec::of(&PARSER)
};

pub fn of(o: &Obj) -> PyResult<&XmlParser> {
    o.this::<XmlParser>()
}

static START: MethodDef = method("start", Native::Pos(2, 2, |vm, o, a| on_start(vm, of(o)?, &a[0], &a[1])), "");
static END: MethodDef = method("end", Native::One(|vm, o, n| on_end(vm, of(o)?, n)), "");
static DATA: MethodDef = method("data", Native::One(|vm, o, x| on_data(vm, of(o)?, x)), "");
static DEFAULT: MethodDef = method("default", Native::One(|vm, o, x| on_default(vm, of(o)?, x)), "");
static COMMENT: MethodDef = method("comment", Native::One(|vm, o, x| on_comment(vm, of(o)?, x)), "");
static PI: MethodDef = method("pi", Native::Pos(2, 2, |vm, o, a| on_pi(vm, of(o)?, &a[0], &a[1])), "");
static START_NS: MethodDef =
    method("start_ns", Native::Pos(2, 2, |vm, o, a| on_start_ns(vm, of(o)?, &a[0], &a[1])), "");
static END_NS: MethodDef = method("end_ns", Native::One(|vm, o, p| on_end_ns(vm, of(o)?, p)), "");
static DOCTYPE: MethodDef = method("doctype", Native::Pos(4, 4, on_doctype), "");

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
    let expat = vm.import("pyexpat")?;
    let parser = call::call_method_str(vm, &expat, "ParserCreate", &[a.clone_or_none(1), text("}")])?;
    attr::set_str(vm, &parser, "buffer_text", &singletons::true_obj())?;
    attr::set_str(vm, &parser, "ordered_attributes", &singletons::true_obj())?;
    let set = |name: &str, def: &'static MethodDef| {
        attr::set_str(vm, &parser, name, &descr::free_function(def, Some(o.clone())))
    };
    set("DefaultHandlerExpand", &DEFAULT)?;
    if p.start.is_some() {
        set("StartElementHandler", &START)?;
    }
    if p.end.is_some() {
        set("EndElementHandler", &END)?;
    }
    if p.data.is_some() {
        set("CharacterDataHandler", &DATA)?;
    }
    let native = target.get_exact::<TreeBuilder>();
    if p.comment.is_some() && native.is_none_or(TreeBuilder::wants_comments) {
        set("CommentHandler", &COMMENT)?;
    }
    if p.pi.is_some() && native.is_none_or(TreeBuilder::wants_pis) {
        set("ProcessingInstructionHandler", &PI)?;
    }
    if p.start_ns.is_some() {
        set("StartNamespaceDeclHandler", &START_NS)?;
    }
    if p.end_ns.is_some() {
        set("EndNamespaceDeclHandler", &END_NS)?;
    }
    set("StartDoctypeDeclHandler", &DOCTYPE)?;
    p.parser.set(parser);
    p.target.set(target);
    p.entity.set(Dict::new().into_obj());
    p.names.set(Dict::new().into_obj());
    Ok(())
}

impl XmlParser {
    fn dict(cell: &ObjCell) -> Ref<Dict> {
        cell.get().and_then(|d| d.downcast::<Dict>()).unwrap_or_else(Dict::new)
    }
    /// The target, when it is the builder of this module itself.
    fn with_builder<R>(&self, f: impl FnOnce(&TreeBuilder) -> R) -> Option<R> {
        let t = self.target.get()?;
        t.get_exact::<TreeBuilder>().map(f)
    }
    /// `uri}name` as `{uri}name`, made once a name.
    fn name(&self, vm: &Vm, raw: &Obj) -> PyResult {
        let names = XmlParser::dict(&self.names);
        if let Some(n) = names.get_item(vm, raw)? {
            return Ok(n);
        }
        let s = raw.this::<Str>()?;
        let fixed = if s.chars().iter().any(|c| c == u32::from(b'}')) {
            str::concat(&str::from_str("{"), s).into_obj()
        } else {
            raw.clone()
        };
        names.set_item(vm, raw, fixed.clone())?;
        Ok(fixed)
    }
}

fn on_start(vm: &Vm, p: &XmlParser, name: &Obj, attrs: &Obj) -> PyResult {
    let tag = p.name(vm, name)?;
    let mut d = None;
    if let Some(l) = attrs.get::<list::List>() {
        let mut i = 0;
        while let (Some(k), Some(v)) = (l.get(i), l.get(i + 1)) {
            let k = p.name(vm, &k)?;
            d.get_or_insert_with(Dict::new).set_item(vm, &k, v)?;
            i += 2;
        }
    }
    if let Some(r) = p.with_builder(|b| b.start(vm, &tag, d.clone())) {
        return r;
    }
    match p.start.get() {
        Some(f) => call::call_pos(vm, &f, &[tag, d.unwrap_or_else(Dict::new).into_obj()]),
        None => none(),
    }
}
fn on_end(vm: &Vm, p: &XmlParser, name: &Obj) -> PyResult {
    // The target may ignore the name, so it is made only for others.
    if let Some(r) = p.with_builder(|b| b.end(vm, singletons::none_ref())) {
        return r;
    }
    match p.end.get() {
        Some(f) => call::call1(vm, &f, &p.name(vm, name)?),
        None => none(),
    }
}
fn on_data(vm: &Vm, p: &XmlParser, x: &Obj) -> PyResult {
    if p.with_builder(|b| b.data(x.clone())).is_some() {
        return none();
    }
    match p.data.get() {
        Some(f) => call::call1(vm, &f, x),
        None => none(),
    }
}
fn on_comment(vm: &Vm, p: &XmlParser, x: &Obj) -> PyResult {
    if let Some(r) = p.with_builder(|b| b.comment(vm, x)) {
        return r;
    }
    match p.comment.get() {
        Some(f) => call::call1(vm, &f, x),
        None => none(),
    }
}
fn on_pi(vm: &Vm, p: &XmlParser, target: &Obj, data: &Obj) -> PyResult {
    let data =
        Some(data.clone()).filter(|d| !d.get::<Str>().is_some_and(Str::is_empty)).unwrap_or_else(singletons::none);
    if let Some(r) = p.with_builder(|b| b.pi(vm, target, &data)) {
        return r;
    }
    match p.pi.get() {
        Some(f) => {
            let data = if data.is_none() { str::empty().into_obj() } else { data };
            call::call_pos(vm, &f, &[target.clone(), data])
        }
        None => none(),
    }
}
fn or_empty(o: &Obj) -> Obj {
    if o.is_none() { str::empty().into_obj() } else { o.clone() }
}
fn on_start_ns(vm: &Vm, p: &XmlParser, prefix: &Obj, uri: &Obj) -> PyResult {
    let (prefix, uri) = (or_empty(prefix), or_empty(uri));
    let pair = tuple::from_array([prefix.clone(), uri.clone()]);
    if let Some(r) = p.with_builder(|b| b.namespace_event(vm, true, &pair)) {
        r?;
        return none();
    }
    match p.start_ns.get() {
        Some(f) => call::call_pos(vm, &f, &[prefix, uri]),
        None => none(),
    }
}
fn on_end_ns(vm: &Vm, p: &XmlParser, prefix: &Obj) -> PyResult {
    if let Some(r) = p.with_builder(|b| b.namespace_event(vm, false, singletons::none_ref())) {
        r?;
        return none();
    }
    match p.end_ns.get() {
        Some(f) => call::call1(vm, &f, &or_empty(prefix)),
        None => none(),
    }
}
fn on_doctype(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let p = of(o)?;
    let (system, public) = (a[1].clone(), a[2].clone());
    if let Some(f) = p.doctype.get() {
        return call::call_pos(vm, &f, &[a[0].clone(), public, system]);
    }
    if attr::lookup_str(vm, o, "doctype")?.is_some() {
        vm.warn(
            &adder_object::exceptions::RUNTIME_WARNING,
            "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.",
            1,
        )?;
    }
    none()
}
/// References to entities that the parser does not know.
fn on_default(vm: &Vm, p: &XmlParser, x: &Obj) -> PyResult {
    let Some(s) = x.get::<Str>() else { return none() };
    let t = s.to_string_lossy();
    let Some(name) = t.strip_prefix('&').filter(|n| !n.starts_with('#')).map(|n| n.trim_end_matches(';')) else {
        return none();
    };
    if let Some(v) = XmlParser::dict(&p.entity).get_item(vm, &text(name))? {
        return on_data(vm, p, &v);
    }
    let parser = p.parser.get().unwrap_or_else(singletons::none);
    let at = |name: &str| -> PyResult<i64> { ops::to_i64(vm, &attr::get_str(vm, &parser, name)?) };
    let (line, column) = (at("ErrorLineNumber")?, at("ErrorColumnNumber")?);
    Err(parse_error(vm, &format!("undefined entity {t}: line {line}, column {column}"), Some((11, line, column)))?)
}

/// Gives text to the parser; its errors become ParseErrors.
fn parse(vm: &Vm, p: &XmlParser, data: &Obj, last: bool) -> PyResult {
    let Some(parser) = p.parser.get() else {
        return Err(error::value_error("XMLParser.__init__() wasn't called"));
    };
    match call::call_method_str(vm, &parser, "Parse", &[data.clone(), singletons::bool_obj(last)]) {
        Ok(_) => none(),
        Err(e) => {
            let expat = attr::get_str(vm, &vm.import("pyexpat")?, "ExpatError")?;
            if !expat.get::<adder_object::Type>().is_some_and(|t| e.is(t)) {
                return Err(e);
            }
            let field = |name: &str| -> PyResult<i64> { ops::to_i64(vm, &attr::get_str(vm, e.obj(), name)?) };
            let (code, line, column) = (field("code")?, field("lineno")?, field("offset")?);
            let message = ops::str_lossy(vm, e.obj());
            Err(parse_error(vm, &message, Some((code, line, column)))?)
        }
    }
}

fn close(vm: &Vm, o: &Obj) -> PyResult {
    let p = of(o)?;
    parse(vm, p, &adder_object::bytes::new(&[]), true)?;
    if let Some(r) = p.with_builder(|b| b.close(vm)) {
        return r;
    }
    match p.close.get() {
        Some(f) => call::call0(vm, &f),
        None => none(),
    }
}
fn flush(vm: &Vm, o: &Obj) -> PyResult {
    let p = of(o)?;
    let Some(parser) = p.parser.get() else {
        return Err(error::value_error("XMLParser.__init__() wasn't called"));
    };
    let enabled = call::call_method_str(vm, &parser, "GetReparseDeferralEnabled", &[])?;
    let set = |on: &Obj| call::call_method_str(vm, &parser, "SetReparseDeferralEnabled", std::slice::from_ref(on));
    set(&singletons::false_obj())?;
    let r = parse(vm, p, &adder_object::bytes::new(&[]), false);
    set(&enabled)?;
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
        parse(vm, p, &data, false)?;
    }
    parse(vm, p, &adder_object::bytes::new(&[]), true)?;
    match p.with_builder(|b| b.close(vm)) {
        Some(r) => r,
        None => none(),
    }
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
    let parser = p.parser.get().unwrap_or_else(singletons::none);
    let handler = |name: &str, def: &'static MethodDef| {
        attr::set_str(vm, &parser, name, &descr::free_function(def, Some(o.clone())))
    };
    for w in ops::collect(vm, wanted)? {
        let Some(s) = w.get::<Str>() else { return Err(error::value_error("invalid events sequence")) };
        match s.to_string_lossy().as_str() {
            "start" => e.start.set(w.clone()),
            "end" => e.end.set(w.clone()),
            "start-ns" => {
                e.start_ns.set(w.clone());
                handler("StartNamespaceDeclHandler", &START_NS)?;
            }
            "end-ns" => {
                e.end_ns.set(w.clone());
                handler("EndNamespaceDeclHandler", &END_NS)?;
            }
            "comment" => {
                e.comment.set(w.clone());
                handler("CommentHandler", &COMMENT)?;
            }
            "pi" => {
                e.pi.set(w.clone());
                handler("ProcessingInstructionHandler", &PI)?;
            }
            other => return Err(error::value_error(format!("unknown event '{other}'"))),
        }
    }
    Ok(singletons::none())
}
