//! The parser object: settings, handlers, positions, and the methods that feed it.

use super::ERROR;
use super::event::{Code, ERRORS, Event, Fault};
use super::input::{Encoding, Place};
use super::scan::{Scanner, Step};
use super::subset::Parameters;
use adder_object::bind::Bound;
use adder_object::call::{call_method, call_method_str};
use adder_object::spec::{GetSetDef, Native, getset, getter, method};
use adder_object::{
    Bytes, Dict, Obj, ObjCell, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Trace, TypeFlags as F, TypeSpec, Visit,
    Vm, attr, buffer, bytes, error, int, names, ops, payload, singletons, str,
};
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

macro_rules! handlers {
    ($($id:ident $name:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Handler { $($id),* }
        pub const HANDLERS: usize = [$(Handler::$id),*].len();
        const HANDLER_ATTRIBUTES: [GetSetDef; HANDLERS] = [$(
            getset($name, |_, p| handler(p, Handler::$id), |_, p, v| set_handler(p, Handler::$id, v), "")
        ),*];
    };
}
handlers! {
    StartElement "StartElementHandler"; EndElement "EndElementHandler"; Instruction "ProcessingInstructionHandler";
    CharacterData "CharacterDataHandler"; UnparsedEntityDecl "UnparsedEntityDeclHandler"; NotationDecl "NotationDeclHandler";
    StartNamespace "StartNamespaceDeclHandler"; EndNamespace "EndNamespaceDeclHandler"; Comment "CommentHandler";
    StartCdata "StartCdataSectionHandler"; EndCdata "EndCdataSectionHandler"; Default "DefaultHandler";
    DefaultExpand "DefaultHandlerExpand"; NotStandalone "NotStandaloneHandler"; ExternalEntity "ExternalEntityRefHandler";
    StartDoctype "StartDoctypeDeclHandler"; EndDoctype "EndDoctypeDeclHandler"; EntityDecl "EntityDeclHandler";
    XmlDecl "XmlDeclHandler"; ElementDecl "ElementDeclHandler"; AttlistDecl "AttlistDeclHandler";
    SkippedEntity "SkippedEntityHandler";
}

pub struct Parser {
    pub scanner: RefCell<Scanner>,
    pub handlers: [ObjCell; HANDLERS],
    /// Which of the two default handlers was set last.
    pub default: Cell<Handler>,
    pub buffer_text: Cell<bool>,
    pub buffer_size: Cell<usize>,
    pub buffered: RefCell<String>,
    pub ordered_attributes: Cell<bool>,
    pub specified_attributes: Cell<bool>,
    pub base: ObjCell,
    pub intern: Obj,
    /// The parser whose external entity this one reads, and whether that is a part of the document type.
    parent: Option<Obj>,
    is_subset: bool,
    /// The strings of expanded names, by symbol.
    pub known: RefCell<Vec<Option<Obj>>>,
    /// An encoding that Python has to explain first.
    foreign_encoding: RefCell<Option<String>>,
    running: Cell<bool>,
    finished: Cell<bool>,
    failed: Cell<Option<(Code, Place)>>,
    pub reparse_deferral: Cell<bool>,
}
impl Trace for Parser {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.handlers.iter().for_each(|h| h.trace(visit));
        self.base.trace(visit);
        visit(&self.intern);
        self.parent.trace(visit);
        self.known.trace(visit);
    }
    fn clear(&self) {
        self.handlers.iter().for_each(Trace::clear);
    }
}
pub static PARSER: StaticType = StaticType::new::<Parser>("pyexpat.xmlparser", F::GC);
payload!(Parser, PARSER);

pub fn of(o: &Obj) -> PyResult<&Parser> {
    o.this()
}
fn none() -> PyResult {
    Ok(singletons::none())
}

fn handler(p: &Obj, h: Handler) -> PyResult {
    Ok(of(p)?.handlers[h as usize].get().unwrap_or_else(singletons::none))
}
fn set_handler(p: &Obj, h: Handler, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::runtime_error("Cannot delete attribute")) };
    let parser = of(p)?;
    if h == Handler::CharacterData {
        parser.flush(Vm::current())?;
    }
    let v = (!v.is_none()).then(|| v.clone());
    if h == Handler::Default || h == Handler::DefaultExpand {
        parser.default.set(h);
        if let Ok(mut s) = parser.scanner.try_borrow_mut() {
            s.keep_references = h == Handler::Default && v.is_some();
        }
    }
    parser.handlers[h as usize].set_option(v);
    Ok(())
}

fn flag(cell: fn(&Parser) -> &Cell<bool>, p: &Obj) -> PyResult {
    Ok(singletons::bool_obj(cell(of(p)?).get()))
}
fn set_flag(vm: &Vm, cell: fn(&Parser) -> &Cell<bool>, p: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::runtime_error("Cannot delete attribute")) };
    cell(of(p)?).set(ops::truth(vm, v)?);
    Ok(())
}
fn place(p: &Obj, f: fn(Place) -> usize) -> PyResult {
    let p = of(p)?;
    let at = match (p.failed.get(), p.scanner.try_borrow()) {
        (Some((_, place)), _) => place,
        (None, Ok(s)) => s.place(),
        _ => return Ok(int::from_i64(0)),
    };
    Ok(int::from_usize(f(at)))
}

static GETSET: [GetSetDef; HANDLERS + 14] = {
    let mut all = [const { getter("", |_, _| Ok(singletons::none()), "") }; HANDLERS + 14];
    let mut i = 0;
    while i < HANDLERS {
        let h = &HANDLER_ATTRIBUTES[i];
        all[i] = GetSetDef { name: h.name, get: h.get, set: h.set, doc: "", word: 0 };
        i += 1;
    }
    all[i] = getter("ErrorCode", |_, p| Ok(int::from_i64(of(p)?.failed.get().map_or(0, |f| f.0 as i64))), "");
    all[i + 1] = getter("ErrorLineNumber", |_, p| place(p, |p| p.line), "");
    all[i + 2] = getter("ErrorColumnNumber", |_, p| place(p, |p| p.column), "");
    all[i + 3] = getter("ErrorByteIndex", |_, p| place(p, |p| p.byte), "");
    all[i + 4] = getter("CurrentLineNumber", |_, p| place(p, |p| p.line), "");
    all[i + 5] = getter("CurrentColumnNumber", |_, p| place(p, |p| p.column), "");
    all[i + 6] = getter("CurrentByteIndex", |_, p| place(p, |p| p.byte), "");
    all[i + 7] = getset("buffer_text", |_, p| flag(|p| &p.buffer_text, p), set_buffer_text, "");
    all[i + 8] = getset("buffer_size", |_, p| Ok(int::from_usize(of(p)?.buffer_size.get())), set_buffer_size, "");
    all[i + 9] = getter("buffer_used", |_, p| Ok(int::from_usize(of(p)?.buffered.borrow().len())), "");
    all[i + 10] = getset(
        "ordered_attributes",
        |_, p| flag(|p| &p.ordered_attributes, p),
        |vm, p, v| set_flag(vm, |p| &p.ordered_attributes, p, v),
        "",
    );
    all[i + 11] = getset(
        "specified_attributes",
        |_, p| flag(|p| &p.specified_attributes, p),
        |vm, p, v| set_flag(vm, |p| &p.specified_attributes, p, v),
        "",
    );
    all[i + 12] = getset(
        "namespace_prefixes",
        |_, p| Ok(singletons::bool_obj(of(p)?.scanner.borrow().names.with_prefixes())),
        set_namespace_prefixes,
        "",
    );
    all[i + 13] = getter("intern", |_, p| Ok(of(p)?.intern.clone()), "");
    all
};

fn set_buffer_text(vm: &Vm, p: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let before = of(p)?.buffer_text.get();
    set_flag(vm, |p| &p.buffer_text, p, v)?;
    if before && !of(p)?.buffer_text.get() {
        of(p)?.flush(vm)?;
    }
    Ok(())
}
fn set_buffer_size(vm: &Vm, p: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::runtime_error("Cannot delete attribute")) };
    if !int::is_int(v) {
        return Err(error::type_error("buffer_size must be an integer"));
    }
    let n = ops::to_i64(vm, v)?;
    if n <= 0 {
        return Err(error::value_error("buffer_size must be greater than zero"));
    }
    if n > i64::from(i32::MAX) {
        return Err(error::value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    of(p)?.flush(vm)?;
    of(p)?.buffer_size.set(n as usize);
    Ok(())
}
fn set_namespace_prefixes(vm: &Vm, p: &Obj, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::runtime_error("Cannot delete attribute")) };
    let on = ops::truth(vm, v)?;
    of(p)?.scanner.borrow_mut().names.set_with_prefixes(on);
    Ok(())
}

pub static SPEC: TypeSpec = TypeSpec {
    methods: &[
        method("Parse($self, data, isfinal=False, /)", Native::Pos(1, 2, parse_method), "Parse XML data."),
        method("ParseFile($self, file, /)", Native::One(parse_file), "Parse XML data from a binary file-like object."),
        method("SetBase($self, base, /)", Native::One(set_base), "Set the base URL for the parser."),
        method(
            "GetBase($self, /)",
            Native::NoArgs(|_, p| Ok(of(p)?.base.get().unwrap_or_else(singletons::none))),
            "Return base URL string for the parser.",
        ),
        method(
            "GetInputContext($self, /)",
            Native::NoArgs(input_context),
            "Return the input which generated the current event as bytes.",
        ),
        method(
            "ExternalEntityParserCreate($self, context, encoding=<unrepresentable>,\n                           /)",
            Native::Pos(1, 2, external_parser),
            "Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.",
        ),
        method(
            "SetParamEntityParsing($self, flag, /)",
            Native::One(set_param_entity_parsing),
            "Controls parsing of parameter entities (including the external DTD subset).\n\nPossible flag values are XML_PARAM_ENTITY_PARSING_NEVER,\nXML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and\nXML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag\nwas successful.",
        ),
        method(
            "UseForeignDTD($self, flag=True, /)",
            Native::Pos(0, 1, use_foreign_dtd),
            "Allows the application to provide an artificial external subset if one is not specified as part of the document instance.",
        ),
        method(
            "SetReparseDeferralEnabled($self, enabled, /)",
            Native::One(|vm, p, v| {
                of(p)?.reparse_deferral.set(ops::truth(vm, v)?);
                none()
            }),
            "Enable/Disable reparse deferral.",
        ),
        method(
            "GetReparseDeferralEnabled($self, /)",
            Native::NoArgs(|_, p| flag(|p| &p.reparse_deferral, p)),
            "Retrieve reparse deferral enabled status.",
        ),
        method(
            "SetBillionLaughsAttackProtectionActivationThreshold($self, threshold, /)",
            Native::One(set_activation_threshold),
            "Sets the number of output bytes from which the protection against billion laughs attacks is active.",
        ),
        method(
            "SetBillionLaughsAttackProtectionMaximumAmplification($self, max_factor,\n                                                     /)",
            Native::One(set_maximum_amplification),
            "Sets the greatest ratio of output to input that the protection against billion laughs attacks allows.",
        ),
    ],
    getset: &GETSET,
    doc: "XML parser",
    ..TypeSpec::of(&PARSER)
};

fn text_argument(o: &Obj, function: &str, name: &str) -> PyResult<Option<String>> {
    if o.is_none() {
        return Ok(None);
    }
    match o.get::<Str>() {
        Some(s) => Ok(Some(s.to_string_lossy())),
        None => Err(error::type_error(format!(
            "{function}() argument '{name}' must be str or None, not {}",
            o.ty().tp_name()
        ))),
    }
}
/// A parser that a native consumer of events feeds.
pub fn plain(encoding: Option<String>, separator: &str) -> Ref<Parser> {
    let known = encoding.as_deref().and_then(Encoding::named);
    let foreign = encoding.filter(|_| known.is_none());
    make(Scanner::new(known, Some(separator.to_owned())), singletons::none(), foreign, (None, false))
}
pub fn create(_: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let encoding = a.opt(0).map_or(Ok(None), |o| text_argument(o, "ParserCreate", "encoding"))?;
    let separator = a.opt(1).map_or(Ok(None), |o| text_argument(o, "ParserCreate", "namespace_separator"))?;
    if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
        return Err(error::value_error("namespace_separator must be at most one character, omitted, or None"));
    }
    let intern = match a.opt(2) {
        None => Dict::new().into_obj(),
        Some(o) if o.is_none() || o.get::<Dict>().is_some() => o.clone(),
        Some(_) => return Err(error::type_error("intern must be a dictionary")),
    };
    let known = encoding.as_deref().and_then(Encoding::named);
    let foreign = encoding.filter(|_| known.is_none());
    Ok(make(Scanner::new(known, separator), intern, foreign, (None, false)).into_obj())
}
fn make(scanner: Scanner, intern: Obj, foreign: Option<String>, of: (Option<Obj>, bool)) -> Ref<Parser> {
    Ref::new(Parser {
        scanner: RefCell::new(scanner),
        handlers: [const { ObjCell::empty() }; HANDLERS],
        default: Cell::new(Handler::DefaultExpand),
        buffer_text: Cell::new(false),
        buffer_size: Cell::new(8192),
        buffered: RefCell::default(),
        ordered_attributes: Cell::new(false),
        specified_attributes: Cell::new(false),
        base: ObjCell::empty(),
        intern,
        parent: of.0,
        is_subset: of.1,
        known: RefCell::default(),
        foreign_encoding: RefCell::new(foreign),
        running: Cell::new(false),
        finished: Cell::new(false),
        failed: Cell::new(None),
        reparse_deferral: Cell::new(true),
    })
}
fn external_parser(_: &Vm, p: &Obj, a: &[Obj]) -> PyResult {
    let context = text_argument(&a[0], "ExternalEntityParserCreate", "context")?;
    let encoding = a.get(1).map_or(Ok(None), |o| text_argument(o, "ExternalEntityParserCreate", "encoding"))?;
    let old = of(p)?;
    let known = encoding.as_deref().and_then(Encoding::named);
    let foreign = encoding.filter(|_| known.is_none());
    let scanner = old.scanner.borrow().external(known, context.is_none());
    let new = make(scanner, old.intern.clone(), foreign, (Some(p.clone()), context.is_none()));
    for (n, o) in new.handlers.iter().zip(&old.handlers) {
        n.set_option(o.get());
    }
    new.default.set(old.default.get());
    new.buffer_text.set(old.buffer_text.get());
    new.buffer_size.set(old.buffer_size.get());
    new.ordered_attributes.set(old.ordered_attributes.get());
    new.specified_attributes.set(old.specified_attributes.get());
    new.base.set_option(old.base.get());
    new.reparse_deferral.set(old.reparse_deferral.get());
    Ok(new.into_obj())
}

/// The ExpatError of a fault, with its attributes.
fn raise(vm: &Vm, code: Code, at: Place) -> PyErr {
    let text = ERRORS.get(code as usize - 1).map_or("unknown error", |e| e.1);
    raise_text(vm, code, at, &format!("{text}: line {}, column {}", at.line, at.column))
}
fn raise_text(vm: &Vm, code: Code, at: Place, text: &str) -> PyErr {
    let e = PyErr::new(&ERROR, text);
    let numbers = [("code", code as usize), ("offset", at.column), ("lineno", at.line)];
    for (name, n) in numbers {
        if let Err(e) = attr::set_str(vm, e.obj(), name, &int::from_usize(n)) {
            return e;
        }
    }
    e
}

/// Where events go.
pub trait Sink {
    fn event(&self, vm: &Vm, parser: &Parser, event: Event) -> PyResult<()>;
    /// Text that was held back is to go out.
    fn flush(&self, vm: &Vm, parser: &Parser) -> PyResult<()>;
}
/// To the handlers that Python code set.
struct Handlers;
impl Sink for Handlers {
    fn event(&self, vm: &Vm, parser: &Parser, event: Event) -> PyResult<()> {
        parser.dispatch(vm, event)
    }
    fn flush(&self, vm: &Vm, parser: &Parser) -> PyResult<()> {
        parser.flush(vm)
    }
}

impl Parser {
    pub fn fail(&self, vm: &Vm, f: Fault) -> PyErr {
        let at = self.scanner.borrow().place_of(f.at);
        self.failed.set(Some((f.code, at)));
        raise(vm, f.code, at)
    }
    /// A failure at the current event.
    pub fn fail_here(&self, vm: &Vm, code: Code) -> PyErr {
        let at = self.scanner.borrow().place();
        self.failed.set(Some((code, at)));
        raise(vm, code, at)
    }

    fn refuse_inside(&self, function: &str) -> PyResult<()> {
        if self.running.get() {
            return Err(error::runtime_error(format!("cannot call {function}() from within a handler")));
        }
        Ok(())
    }
    /// Reads a piece of the document, a str or bytes.
    pub fn feed(&self, vm: &Vm, data: &Obj, last: bool, sink: &impl Sink) -> PyResult<()> {
        let Some(s) = data.get::<Str>() else {
            let b = buffer::get(vm, data, buffer::SIMPLE)?;
            return self.parse(vm, b.bytes(), last, sink);
        };
        if !self.scanner.borrow().has_started() {
            self.foreign_encoding.replace(None);
            self.scanner.borrow_mut().set_text();
        }
        if let Some(ascii) = s.as_ascii() {
            return self.parse(vm, ascii.as_bytes(), last, sink);
        }
        match s.to_utf8() {
            Some(text) => self.parse(vm, text.as_bytes(), last, sink),
            None => Err(crate::os::io::codec::surrogates_error(data)),
        }
    }
    pub fn parse(&self, vm: &Vm, data: &[u8], last: bool, sink: &impl Sink) -> PyResult<()> {
        if let Some((code, at)) = self.failed.get() {
            return Err(raise(vm, code, at));
        }
        if self.finished.get() || self.running.get() {
            return Err(self.fail_here(vm, Code::Finished));
        }
        if let Some(name) = self.foreign_encoding.take() {
            self.use_encoding(vm, &name)?;
        }
        if !self.scanner.borrow().has_started() {
            self.share_declarations(false);
        }
        self.scanner.borrow_mut().feed(data, last);
        if !last && self.reparse_deferral.get() && self.scanner.borrow().defers() {
            return Ok(());
        }
        let from = self.scanner.borrow().input.pos;
        self.running.set(true);
        let r = self.run(vm, sink).and_then(|()| sink.flush(vm, self));
        self.running.set(false);
        self.scanner.borrow_mut().paused(from);
        if r.is_err() && self.failed.get().is_none() {
            // An error of a handler ends the document.
            self.finished.set(true);
            self.scanner.borrow_mut().abandon();
        }
        r?;
        self.finished.set(last);
        if last {
            self.share_declarations(true);
        }
        Ok(())
    }
    /// Parts of one document type see what the others declared: gets it from the parent, or gives it there.
    fn share_declarations(&self, give: bool) {
        let Some(parent) = self.parent.as_ref().filter(|_| self.is_subset).and_then(|p| p.get::<Parser>()) else {
            return;
        };
        if let (Ok(mut mine), Ok(mut theirs)) = (self.scanner.try_borrow_mut(), parent.scanner.try_borrow_mut()) {
            if give {
                theirs.dtd.adopt(&mine.dtd);
            } else {
                mine.dtd = theirs.dtd.clone();
            }
        }
    }
    fn run(&self, vm: &Vm, sink: &impl Sink) -> PyResult<()> {
        loop {
            let step = self.scanner.borrow_mut().next();
            match step {
                Ok(Step::Event(e)) => sink.event(vm, self, e)?,
                Ok(Step::Encoding(name)) => {
                    self.use_encoding(vm, &name)?;
                }
                Ok(Step::More) => return Ok(()),
                Err(f) => {
                    sink.flush(vm, self)?;
                    return Err(self.fail(vm, f));
                }
            }
        }
    }
}

/// ASCII characters without a part in XML's syntax: an encoding may put them elsewhere.
const FREE: &[u8] = b"$@\\^`{}~";

/// The characters of all bytes in an encoding that Python knows; None when it does not hold XML's syntax at ASCII's places.
fn encoding_table(vm: &Vm, name: &str) -> PyResult<Option<Encoding>> {
    let all: Vec<u8> = (0..=255).collect();
    let args = [str::from_str(name).into_obj(), str::from_str("replace").into_obj()];
    let text = call_method_str(vm, &bytes::new(&all), "decode", &args)?;
    let text = text.this::<Str>()?;
    if text.len() != 256 {
        return Err(error::value_error("multi-byte encodings are not supported"));
    }
    let table: Vec<_> = text.chars().iter().map(|c| char::from_u32(c).filter(|&c| c != '\u{FFFD}')).collect();
    let syntax = |b: &u8| (b.is_ascii_graphic() || matches!(b, b' ' | b'\t' | b'\n' | b'\r')) && !FREE.contains(b);
    let fits = (0..128u8).filter(syntax).all(|b| table[usize::from(b)] == Some(b as char))
        && !table[128..].iter().flatten().any(|c| u8::try_from(*c).is_ok_and(|b| b.is_ascii() && syntax(&b)));
    Ok(fits.then_some(Encoding::Table(table)))
}
impl Parser {
    fn use_encoding(&self, vm: &Vm, name: &str) -> PyResult<()> {
        match encoding_table(vm, name)? {
            Some(table) => {
                self.scanner.borrow_mut().set_encoding(table);
                Ok(())
            }
            None => Err(self.fail_here(vm, Code::UnknownEncoding)),
        }
    }
}

fn parse_method(vm: &Vm, p: &Obj, a: &[Obj]) -> PyResult {
    let last = a.get(1).map_or(Ok(false), |o| ops::truth(vm, o))?;
    of(p)?.refuse_inside("Parse")?;
    of(p)?.feed(vm, &a[0], last, &Handlers)?;
    Ok(int::from_i64(1))
}
fn parse_file(vm: &Vm, p: &Obj, file: &Obj) -> PyResult {
    const BLOCK: i64 = 2048;
    of(p)?.refuse_inside("ParseFile")?;
    if attr::lookup(vm, file, &names().read)?.is_none() {
        return Err(error::type_error("argument must have 'read' attribute"));
    }
    loop {
        let data = call_method(vm, file, &names().read, &[int::from_i64(BLOCK)])?;
        let Some(b) = data.get::<Bytes>() else {
            return Err(error::type_error(format!(
                "read() did not return a bytes object (type={})",
                data.ty().tp_name()
            )));
        };
        of(p)?.parse(vm, b.as_slice(), b.is_empty(), &Handlers)?;
        if b.is_empty() {
            return Ok(int::from_i64(1));
        }
    }
}
fn set_param_entity_parsing(vm: &Vm, p: &Obj, flag: &Obj) -> PyResult {
    let flag = ops::to_i32(vm, flag)?;
    let p = of(p)?;
    let mut s = p.scanner.borrow_mut();
    let when = match flag {
        0 => Parameters::Never,
        1 => Parameters::UnlessStandalone,
        2 => Parameters::Always,
        _ => return Ok(int::from_i64(0)),
    };
    if s.has_started() && !p.finished.get() {
        return Ok(int::from_i64(0));
    }
    s.parameters = when;
    Ok(int::from_i64(1))
}
/// ExpatError for an argument.
fn invalid_argument(vm: &Vm, p: &Obj, text: &str) -> PyErr {
    match of(p).map(|p| p.scanner.borrow().place()) {
        Ok(at) => raise_text(vm, Code::InvalidArgument, at, text),
        Err(e) => e,
    }
}
fn root_only(vm: &Vm, p: &Obj) -> PyResult<()> {
    if of(p)?.parent.is_some() { Err(invalid_argument(vm, p, "parser must be a root parser")) } else { Ok(()) }
}
fn set_activation_threshold(vm: &Vm, p: &Obj, n: &Obj) -> PyResult {
    let n = ops::to_u64(vm, n, "unsigned long long")?;
    root_only(vm, p)?;
    of(p)?.scanner.borrow_mut().amplification_from = n;
    none()
}
fn set_maximum_amplification(vm: &Vm, p: &Obj, factor: &Obj) -> PyResult {
    let factor = ops::to_f64(vm, factor)?;
    // NaN is refused too.
    if !matches!(factor.partial_cmp(&1.0), Some(Ordering::Equal | Ordering::Greater)) {
        return Err(invalid_argument(vm, p, "'max_factor' must be at least 1.0"));
    }
    root_only(vm, p)?;
    of(p)?.scanner.borrow_mut().max_amplification = factor;
    none()
}
fn set_base(_: &Vm, p: &Obj, base: &Obj) -> PyResult {
    if base.get::<Str>().is_none() {
        return Err(error::type_error(format!("SetBase() argument must be str, not {}", base.ty().tp_name())));
    }
    of(p)?.base.set(base.clone());
    none()
}
fn input_context(_: &Vm, p: &Obj) -> PyResult {
    let p = of(p)?;
    if !p.running.get() {
        return none();
    }
    Ok(bytes::new(p.scanner.borrow().raw().as_bytes()))
}
fn use_foreign_dtd(vm: &Vm, p: &Obj, a: &[Obj]) -> PyResult {
    let on = a.first().map_or(Ok(true), |o| ops::truth(vm, o))?;
    of(p)?.scanner.borrow_mut().foreign_dtd = on;
    none()
}
