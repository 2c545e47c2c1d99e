//! `re.Match`: what a match found.
//!
//! *CPython*: Modules/_sre/sre.c, match_*.

use super::engine::NONE;
use super::pattern::Pattern;
use super::subject::{Found, Subject, or_none};
use super::template;
use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, class_method, getter, method};
use adder_object::{
    Dict, Obj, ObjExt, PyResult, Ref, StaticType, TypeFlags, TypeSpec, Vm, class, error, int, ops, singletons, str,
    trace_fields, tuple,
};

pub struct Match {
    pattern: Ref<Pattern>,
    string: Obj,
    pos: usize,
    endpos: usize,
    start: usize,
    end: usize,
    /// Spans of the groups, two positions each.
    marks: Vec<usize>,
    last_index: i32,
}
trace_fields!(Match { pattern, string });
pub static MATCH: StaticType = StaticType::new::<Match>("re.Match", TypeFlags::GC);
adder_object::payload!(Match, MATCH);

pub fn new(pattern: &Ref<Pattern>, subject: &Subject, f: Found, pos: usize, endpos: usize) -> Obj {
    let (pattern, string) = (pattern.clone(), subject.object.clone());
    let Found { start, end, marks, last_index } = f;
    Ref::new(Match { pattern, string, pos, endpos, start, end, marks, last_index }).into_obj()
}

impl Match {
    fn groups(&self) -> usize {
        self.marks.len() / 2 + 1
    }
    pub fn span(&self, i: usize) -> Option<(usize, usize)> {
        if i == 0 {
            return Some((self.start, self.end));
        }
        let (s, e) = (*self.marks.get(2 * i - 2)?, *self.marks.get(2 * i - 1)?);
        if s == NONE || e == NONE || e < s { None } else { Some((s, e)) }
    }
    /// The text of a group, None when it took no part.
    pub fn group_text(&self, vm: &Vm, i: usize) -> PyResult<Option<Obj>> {
        match self.span(i) {
            Some((s, e)) => match self.string.get_exact::<adder_object::Str>().map(|t| t.chars()) {
                // Plain text is sliced without the detour.
                Some(adder_object::str::Chars::One(t)) if e <= t.len() && (s > 0 || e < t.len()) => {
                    Ok(Some(str::from_latin1(&t[s..e]).into_obj()))
                }
                _ => Ok(Some(Subject::new(vm, &self.string)?.slice(s, e))),
            },
            None => Ok(None),
        }
    }
    /// The number of the group that a Python value names.
    fn index(&self, vm: &Vm, o: &Obj) -> PyResult<usize> {
        let no_such = || error::index_error("no such group");
        let i = if let Some(n) = o.small_int() {
            n
        } else if int::is_int(o) || o.ty().index().is_some() {
            let n = ops::index(vm, o)?;
            int::as_int(&n).and_then(|n| n.to_i64()).ok_or_else(no_such)?
        } else {
            match self.pattern.group_index.get_item(vm, o) {
                Ok(Some(n)) => n.small_int().ok_or_else(no_such)?,
                _ => return Err(no_such()),
            }
        };
        usize::try_from(i).ok().filter(|&i| i < self.groups()).ok_or_else(no_such)
    }
    fn by_name(&self, vm: &Vm, o: &Obj, default: &Obj) -> PyResult {
        let i = self.index(vm, o)?;
        Ok(self.group_text(vm, i)?.unwrap_or_else(|| default.clone()))
    }
}

fn this(o: &Obj) -> PyResult<&Match> {
    o.this::<Match>()
}

fn getitem(vm: &Vm, o: &Obj, key: &Obj) -> PyResult {
    this(o)?.by_name(vm, key, singletons::none_ref())
}

fn group(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let m = this(o)?;
    let none = singletons::none_ref();
    match args {
        [] => Ok(or_none(m.group_text(vm, 0)?)),
        [one] => m.by_name(vm, one, none),
        many => Ok(tuple::new(many.iter().map(|a| m.by_name(vm, a, none)).collect::<PyResult<_>>()?)),
    }
}

fn groups(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = this(o)?;
    let subject = Subject::new(vm, &m.string)?;
    let one = |i| m.span(i).map_or_else(|| args.clone_or_none(0), |(s, e)| subject.slice(s, e));
    Ok(tuple::new((1..m.groups()).map(one).collect()))
}

fn groupdict(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = this(o)?;
    let out = Dict::new();
    let default = args.clone_or_none(0);
    for (k, _) in m.pattern.group_index.items_vec() {
        out.set_item(vm, &k, m.by_name(vm, &k, &default)?)?;
    }
    Ok(out.into_obj())
}

/// The span that an optional argument names.
fn span_arg(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult<Option<(usize, usize)>> {
    let m = this(o)?;
    let i = match args.first() {
        Some(a) => m.index(vm, a)?,
        None => 0,
    };
    Ok(m.span(i))
}
fn number(n: Option<usize>) -> Obj {
    n.map_or_else(|| int::from_i64(-1), int::from_usize)
}
fn start(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    Ok(number(span_arg(vm, o, args)?.map(|s| s.0)))
}
fn end(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    Ok(number(span_arg(vm, o, args)?.map(|s| s.1)))
}
fn pair(s: Option<(usize, usize)>) -> Obj {
    tuple::from_array([number(s.map(|s| s.0)), number(s.map(|s| s.1))])
}
fn span(vm: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    Ok(pair(span_arg(vm, o, args)?))
}
fn expand(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let m = this(o)?;
    template::expand_with(vm, m.pattern.obj(), args.req(0), o)
}
fn copy(_: &Vm, o: &Obj) -> PyResult {
    Ok(o.clone())
}

fn repr(vm: &Vm, o: &Obj) -> PyResult {
    let m = this(o)?;
    let text = ops::repr_string(vm, &or_none(m.group_text(vm, 0)?))?;
    let (s, e) = m.span(0).unwrap_or_default();
    let name = o.ty().tp_name();
    Ok(str::from_str(&format!("<{name} object; span=({s}, {e}), match={text}>")).into_obj())
}

fn last_index(_: &Vm, o: &Obj) -> PyResult {
    let i = this(o)?.last_index;
    Ok(if i > 0 { int::from_i64(i64::from(i)) } else { singletons::none() })
}
fn last_group(_: &Vm, o: &Obj) -> PyResult {
    let m = this(o)?;
    let i = usize::try_from(m.last_index).unwrap_or(0);
    Ok(if i > 0 { or_none(m.pattern.index_group.get(i).cloned()) } else { singletons::none() })
}
fn regs(_: &Vm, o: &Obj) -> PyResult {
    let m = this(o)?;
    Ok(tuple::new((0..m.groups()).map(|i| pair(m.span(i))).collect()))
}

static METHODS: &[MethodDef] = &[
    method(
        "group",
        Native::Pos(0, usize::MAX, group),
        "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match.",
    ),
    method(
        "start($self, group=0, /)",
        Native::Pos(0, 1, start),
        "Return index of the start of the substring matched by group.",
    ),
    method(
        "end($self, group=0, /)",
        Native::Pos(0, 1, end),
        "Return index of the end of the substring matched by group.",
    ),
    method(
        "span($self, group=0, /)",
        Native::Pos(0, 1, span),
        "For match object m, return the 2-tuple (m.start(group), m.end(group)).",
    ),
    method(
        "groups($self, /, default=None)",
        Native::Bound(groups),
        "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match.",
    ),
    method(
        "groupdict($self, /, default=None)",
        Native::Bound(groupdict),
        "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match.",
    ),
    method(
        "expand($self, /, template)",
        Native::Bound(expand),
        "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.",
    ),
    method("__copy__($self, /)", Native::NoArgs(copy), ""),
    method("__deepcopy__($self, memo, /)", Native::One(|_, o, _| Ok(o.clone())), ""),
    class_method(
        "__class_getitem__($type, object, /)",
        Native::One(class::generic_alias),
        "Matches are generic over the type of string which was matched (str or bytes)",
    ),
];
static GETSET: &[GetSetDef] = &[
    getter("string", |_, o| Ok(this(o)?.string.clone()), "The string passed to match() or search()."),
    getter("re", |_, o| Ok(this(o)?.pattern.obj().clone()), "The regular expression object."),
    getter(
        "pos",
        |_, o| Ok(int::from_usize(this(o)?.pos)),
        "The index into the string at which the RE engine started looking for a match.",
    ),
    getter(
        "endpos",
        |_, o| Ok(int::from_usize(this(o)?.endpos)),
        "The index into the string beyond which the RE engine will not go.",
    ),
    getter("lastindex", last_index, "The integer index of the last matched capturing group."),
    getter("lastgroup", last_group, "The name of the last matched capturing group."),
    getter("regs", regs, ""),
];

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::repr(repr), slot::getitem(getitem), slot::new(super::pattern::no_new)],
    methods: METHODS,
    getset: GETSET,
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    ..TypeSpec::of(&MATCH)
};
