//! `re.Pattern` with its methods, and the scanner.
//!
//! *CPython*: Modules/_sre/sre.c, pattern_*.

use super::codes::{MAXREPEAT, flag, op};
use super::matching::{self, Match};
use super::subject::{Found, How, Subject, bounds, or_none};
use super::template::{self, Replacement};
use crate::functional::shared::bind;
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{
    Args, CompareOp, Dict, List, Obj, ObjExt, PyResult, Ref, StaticType, Str, Trace, Type, TypeFlags, TypeSpec, Visit,
    Vm, attr, call, class, error, int, ops, singletons, str, trace_fields, tuple, types,
};
use std::cell::{Cell, RefCell};

pub struct Pattern {
    pub pattern: Obj,
    pub flags: i64,
    pub groups: usize,
    pub group_index: Ref<Dict>,
    /// Names by group number, None where there is none.
    pub index_group: Vec<Obj>,
    pub code: Vec<u32>,
    /// Of str or of bytes; None fits both.
    of_bytes: Option<bool>,
    /// Memory of the machine that ran last.
    pub scratch: RefCell<Option<Box<super::engine::Scratch>>>,
}
trace_fields!(Pattern { pattern, group_index, index_group });
pub static PATTERN: StaticType = StaticType::new::<Pattern>("re.Pattern", TypeFlags::GC | TypeFlags::MANAGED_WEAKREF);
adder_object::payload!(Pattern, PATTERN);

pub fn no_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())))
}

/// `_sre.compile(pattern, flags, code, groups, groupindex, indexgroup)`.
pub fn compile(vm: &Vm, _: &Obj, args: &Bound<'_>) -> PyResult {
    let pattern = args.req(0).clone();
    let Some(list) = args.req(2).get::<List>() else {
        let t = args.req(2).ty().tp_name();
        return Err(error::type_error(format!("compile() argument 'code' must be list, not {t}")));
    };
    let mut code = Vec::with_capacity(list.len());
    for c in list.to_vec() {
        let Some(n) = int::as_int(&c) else { return Err(error::type_error("an integer is required")) };
        let n = n.to_i64().and_then(|n| u32::try_from(n).ok());
        code.push(n.ok_or_else(|| error::overflow_error("regular expression code size limit exceeded"))?);
    }
    let groups = usize::try_from(ops::size_isize(vm, args.req(3))?).unwrap_or(0);
    if !plausible(&code, groups) {
        return Err(error::runtime_error("invalid SRE code"));
    }
    let Some(group_index) = args.req(4).downcast::<Dict>() else {
        return Err(error::type_error("compile() argument 'groupindex' must be dict"));
    };
    let of_bytes = match pattern.is_none() {
        true => None,
        false => Some(!Subject::new(vm, &pattern)?.is_str()),
    };
    let flags = ops::to_i64(vm, args.req(1))?;
    let index_group = tuple::to_vec(args.req(5));
    let p = Pattern { pattern, flags, groups, group_index, index_group, code, of_bytes, scratch: RefCell::default() };
    Ok(Ref::new(p).into_obj())
}

/// Rejects code that cannot come from the library's compiler; the machine itself survives any code.
fn plausible(code: &[u32], groups: usize) -> bool {
    let marks = code.first().is_none_or(|&c| c <= op::RANGE_UNI_IGNORE && c != op::MARK || code.len() > 2);
    marks && code.last() == Some(&op::SUCCESS) && groups <= MAXREPEAT as usize
}

fn this(o: &Obj) -> PyResult<Ref<Pattern>> {
    match o.downcast::<Pattern>() {
        Some(p) => Ok(p),
        None => Err(o.this::<Pattern>().err().unwrap_or_else(|| error::system_error("not a pattern"))),
    }
}

impl Pattern {
    /// The subject, of the kind that the pattern is for.
    fn subject(&self, vm: &Vm, o: &Obj) -> PyResult<Subject> {
        let s = Subject::new(vm, o)?;
        match self.of_bytes {
            Some(true) if s.is_str() => Err(error::type_error("cannot use a bytes pattern on a string-like object")),
            Some(false) if !s.is_str() => Err(error::type_error("cannot use a string pattern on a bytes-like object")),
            _ => Ok(s),
        }
    }
}

fn one(vm: &Vm, o: &Obj, args: Args<'_>, how: How, sig: &'static ::std::primitive::str) -> PyResult {
    let p = this(o)?;
    // The text alone is the common case.
    let (text, pos, end) = match (args.positional(), args.has_keywords()) {
        ([text], false) => (text, None, None),
        _ => {
            let a = bind(sig, args)?;
            (a.req(0), a.opt(1), a.opt(2))
        }
    };
    let s = p.subject(vm, text)?;
    let (pos, end) = bounds(vm, pos, end, s.len)?;
    Ok(match s.run(vm, &p, how, pos, end, None)? {
        Some(f) => matching::new(&p, &s, f, pos, end),
        None => singletons::none(),
    })
}
fn match_(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    one(vm, o, args, How::Match, "match(string, pos=0, endpos=sys.maxsize)")
}
fn fullmatch(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    one(vm, o, args, How::FullMatch, "fullmatch(string, pos=0, endpos=sys.maxsize)")
}
fn search(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    one(vm, o, args, How::Search, "search(string, pos=0, endpos=sys.maxsize)")
}

/// The matches of a text one after the other.
struct Walk {
    at: usize,
    end: usize,
    /// The last match was empty and ended here.
    not_at: Option<usize>,
}

impl Walk {
    fn next(&mut self, vm: &Vm, p: &Pattern, s: &Subject, how: How) -> PyResult<Option<Found>> {
        let found = s.run(vm, p, how, self.at, self.end, self.not_at)?;
        if let Some(f) = &found {
            self.not_at = (f.end == f.start).then_some(f.end);
            self.at = f.end;
        }
        Ok(found)
    }
}

/// A group's text; `empty` stands for one that took no part.
fn group(s: &Subject, f: &Found, i: usize, empty: Option<&Obj>) -> Obj {
    match f.marks.get(2 * i..2 * i + 2) {
        Some(&[a, b]) if a != super::engine::NONE && b != super::engine::NONE && a <= b => s.slice(a, b),
        _ => or_none(empty.cloned()),
    }
}

fn findall(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let p = this(o)?;
    let s = p.subject(vm, args.req(0))?;
    let (at, end) = bounds(vm, args.opt(1), args.opt(2), s.len)?;
    let mut walk = Walk { at, end, not_at: None };
    let out = List::new(vec![]);
    let empty = s.empty();
    while let Some(f) = walk.next(vm, &p, &s, How::Search)? {
        out.push(match p.groups {
            0 => s.slice(f.start, f.end),
            1 => group(&s, &f, 0, Some(&empty)),
            n => tuple::new((0..n).map(|i| group(&s, &f, i, Some(&empty))).collect()),
        });
    }
    Ok(out.into_obj())
}

fn limit(vm: &Vm, o: Option<&Obj>) -> PyResult<usize> {
    let n = o.map_or(Ok(0), |o| ops::size_isize(vm, o))?;
    Ok(if n == 0 { usize::MAX } else { usize::try_from(n).unwrap_or(0) })
}

/// Passing a positional count or maxsplit is deprecated at the level of `re`, not here.
fn split(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let p = this(o)?;
    let max = limit(vm, args.opt(1))?;
    let s = p.subject(vm, args.req(0))?;
    let mut walk = Walk { at: 0, end: s.len, not_at: None };
    let mut out = vec![];
    let (mut last, mut n) = (0, 0);
    while n < max
        && let Some(f) = walk.next(vm, &p, &s, How::Search)?
    {
        out.push(s.slice(last, f.start));
        out.extend((0..p.groups).map(|i| group(&s, &f, i, None)));
        last = f.end;
        n += 1;
    }
    out.push(s.slice(last, s.len));
    Ok(List::new(out).into_obj())
}

fn substitute(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult<(Obj, usize)> {
    let p = this(o)?;
    let max = limit(vm, args.opt(2))?;
    let repl = template::read(vm, o, args.req(0))?;
    let s = p.subject(vm, args.req(1))?;
    let mut walk = Walk { at: 0, end: s.len, not_at: None };
    let mut out = vec![];
    let (mut last, mut n) = (0, 0);
    while n < max
        && let Some(f) = walk.next(vm, &p, &s, How::Search)?
    {
        let (start, end) = (f.start, f.end);
        if last < start {
            out.push(s.slice(last, start));
        }
        match &repl {
            Replacement::Literal(text) => out.push(text.clone()),
            Replacement::Template(t) => {
                let m = matching::new(&p, &s, f, 0, s.len);
                template::pieces(vm, t, m.this::<Match>()?, &mut out)?;
            }
            Replacement::Call(c) => {
                let m = matching::new(&p, &s, f, 0, s.len);
                let r = call::call1(vm, c, &m)?;
                if !r.is_none() {
                    out.push(r);
                }
            }
        }
        last = end;
        n += 1;
    }
    if last < s.len || out.is_empty() && n == 0 {
        out.push(s.slice(last, s.len));
    }
    Ok((template::join_for(vm, &s, out)?, n))
}
fn sub(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    Ok(substitute(vm, o, args)?.0)
}
fn subn(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let (text, n) = substitute(vm, o, args)?;
    Ok(tuple::from_array([text, int::from_usize(n)]))
}

/// Matches of one text on demand.
pub struct Scanner {
    pattern: Ref<Pattern>,
    string: Obj,
    pos: usize,
    end: usize,
    /// `None` once a match failed.
    at: Cell<Option<usize>>,
    not_at: Cell<Option<usize>>,
    /// The text, held so that its owner cannot resize it between matches.
    subject: RefCell<Option<Subject>>,
}
impl Trace for Scanner {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.pattern.trace(visit);
        self.string.trace(visit);
        if let Some(s) = &*self.subject.borrow() {
            s.trace(visit);
        }
    }
    fn clear(&self) {
        let held = self.subject.borrow_mut().take();
        drop(held);
    }
}
static SCANNER: StaticType = StaticType::new::<Scanner>("_sre.SRE_Scanner", TypeFlags::GC);
adder_object::payload!(Scanner, SCANNER);

fn scanner(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let pattern = this(o)?;
    let s = pattern.subject(vm, args.req(0))?;
    let (pos, end) = bounds(vm, args.opt(1), args.opt(2), s.len)?;
    let string = s.object.clone();
    let (at, not_at) = (Cell::new(Some(pos)), Cell::new(None));
    Ok(Ref::new(Scanner { pattern, string, pos, end, at, not_at, subject: RefCell::new(Some(s)) }).into_obj())
}

fn scan(vm: &Vm, o: &Obj, how: How) -> PyResult {
    let sc = o.this::<Scanner>()?;
    let Some(at) = sc.at.get() else { return Ok(singletons::none()) };
    let s = sc.pattern.subject(vm, &sc.string)?;
    let mut walk = Walk { at, end: sc.end.min(s.len), not_at: sc.not_at.get() };
    let found = walk.next(vm, &sc.pattern, &s, how)?;
    sc.at.set(found.is_some().then_some(walk.at));
    sc.not_at.set(walk.not_at);
    if found.is_none() {
        let held = sc.subject.borrow_mut().take();
        drop(held);
    }
    Ok(found.map_or_else(singletons::none, |f| matching::new(&sc.pattern, &s, f, sc.pos, sc.end)))
}
fn scan_match(vm: &Vm, o: &Obj) -> PyResult {
    scan(vm, o, How::Match)
}
fn scan_search(vm: &Vm, o: &Obj) -> PyResult {
    scan(vm, o, How::Search)
}

fn finditer(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let sc = scanner(vm, o, args)?;
    let f = attr::get_str(vm, &sc, "search")?;
    let iter = attr::get_str(vm, &vm.import("builtins")?, "iter")?;
    call::call_pos(vm, &iter, &[f, singletons::none()])
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let p = this(o)?;
    let mut flags = p.flags;
    let kinds = flag::LOCALE | flag::UNICODE | flag::ASCII;
    if p.of_bytes != Some(true) && flags & kinds == flag::UNICODE {
        flags &= !flag::UNICODE;
    }
    let names = [
        ("re.IGNORECASE", flag::IGNORECASE),
        ("re.LOCALE", flag::LOCALE),
        ("re.MULTILINE", flag::MULTILINE),
        ("re.DOTALL", flag::DOTALL),
        ("re.UNICODE", flag::UNICODE),
        ("re.VERBOSE", flag::VERBOSE),
        ("re.DEBUG", flag::DEBUG),
        ("re.ASCII", flag::ASCII),
    ];
    let mut shown: Vec<String> = vec![];
    for (name, bit) in names {
        if flags & bit != 0 {
            shown.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        shown.push(format!("0x{flags:x}"));
    }
    let text = ops::repr(vm, &p.pattern)?;
    let head: Vec<u32> = text.this::<Str>()?.chars().iter().take(200).collect();
    let mut out: Vec<u32> = "re.compile(".chars().map(u32::from).collect();
    out.extend(head);
    if !shown.is_empty() {
        out.extend(", ".chars().chain(shown.join("|").chars()).map(u32::from));
    }
    out.push(u32::from(')'));
    Ok(str::from_code_points(&out).into_obj())
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(singletons::not_implemented());
    }
    let (Some(x), Some(y)) = (a.get::<Pattern>(), b.get::<Pattern>()) else { return Ok(singletons::not_implemented()) };
    let same = x.flags == y.flags
        && x.of_bytes == y.of_bytes
        && x.groups == y.groups
        && x.code == y.code
        && ops::equals(vm, &x.pattern, &y.pattern)?;
    Ok(singletons::bool_obj(same == (op == CompareOp::Eq)))
}
fn hash(vm: &Vm, o: &Obj) -> PyResult<i64> {
    let p = this(o)?;
    let code: Vec<u8> = p.code.iter().flat_map(|c| c.to_le_bytes()).collect();
    let h = str::hash_bytes(&code) ^ ops::hash(vm, &p.pattern)? ^ p.flags ^ p.groups as i64;
    Ok(if h == -1 { -2 } else { h })
}

fn group_index(vm: &Vm, o: &Obj) -> PyResult {
    let p = this(o)?;
    if p.group_index.is_empty() {
        return Ok(Dict::new().into_obj());
    }
    // The type of `object.__dict__` is the read-only mapping.
    let proxy = attr::get_str(vm, &types::OBJECT.obj(), "__dict__")?;
    call::call1(vm, &proxy.ty().to_obj(), p.group_index.obj())
}

use Native::{Bound as B, NoArgs, One, Raw};

static METHODS: &[MethodDef] = &[
    method(
        "match($self, /, string, pos=0, endpos=sys.maxsize)",
        Raw(match_),
        "Matches zero or more characters at the beginning of the string.",
    ),
    method(
        "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)",
        Raw(fullmatch),
        "Matches against all of the string.",
    ),
    method(
        "search($self, /, string, pos=0, endpos=sys.maxsize)",
        Raw(search),
        "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches.",
    ),
    method(
        "sub($self, /, repl, string, count=0)",
        B(sub),
        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
    ),
    method(
        "subn($self, /, repl, string, count=0)",
        B(subn),
        "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.",
    ),
    method(
        "findall($self, /, string, pos=0, endpos=sys.maxsize)",
        B(findall),
        "Return a list of all non-overlapping matches of pattern in string.",
    ),
    method("split($self, /, string, maxsplit=0)", B(split), "Split string by the occurrences of pattern."),
    method(
        "finditer($self, /, string, pos=0, endpos=sys.maxsize)",
        B(finditer),
        "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object.",
    ),
    method("scanner($self, /, string, pos=0, endpos=sys.maxsize)", B(scanner), ""),
    method("__copy__($self, /)", NoArgs(|_, o| Ok(o.clone())), ""),
    method("__deepcopy__($self, memo, /)", One(|_, o, _| Ok(o.clone())), ""),
    class_method(
        "__class_getitem__($type, object, /)",
        One(class::generic_alias),
        "Patterns are generic over the type of string they handle (str or bytes)",
    ),
];
static GETSET: &[GetSetDef] = &[
    getter("pattern", |_, o| Ok(this(o)?.pattern.clone()), "The pattern string from which the RE object was compiled."),
    getter("flags", |_, o| Ok(int::from_i64(this(o)?.flags)), "The regex matching flags."),
    getter("groups", |_, o| Ok(int::from_usize(this(o)?.groups)), "The number of capturing groups in the pattern."),
    getter("groupindex", group_index, "A dictionary mapping group names to group numbers."),
];

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(no_new), slot::repr(repr), slot::hash(hash), slot::richcompare(richcompare)],
    methods: METHODS,
    getset: GETSET,
    doc: "Compiled regular expression object.",
    ..TypeSpec::of(&PATTERN)
};
pub static SCANNER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(no_new)],
    methods: &[method("match($self, /)", NoArgs(scan_match), ""), method("search($self, /)", NoArgs(scan_search), "")],
    getset: &[getter("pattern", |_, o| Ok(o.this::<Scanner>()?.pattern.obj().clone()), "")],
    ..TypeSpec::of(&SCANNER)
};
