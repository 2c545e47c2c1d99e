//! Replacement templates: literal texts between group numbers.
//!
//! *CPython*: Modules/_sre/sre.c, _sre_template_impl, expand_template.

use super::matching::Match;
use super::subject::Subject;
use adder_object::{
    List, Obj, ObjExt, PyResult, Ref, StaticType, Str, TypeFlags, TypeSpec, Vm, attr, buffer, call, error, int, str,
    trace_fields,
};

pub struct Template {
    first: Obj,
    /// Group numbers with the text behind each.
    parts: Vec<(usize, Obj)>,
}
trace_fields!(Template { first, parts });
static TEMPLATE: StaticType = StaticType::new::<Template>("_sre.SRE_Template", TypeFlags::GC);
adder_object::payload!(Template, TEMPLATE);
pub static SPEC: TypeSpec = TypeSpec::of(&TEMPLATE);

/// `_sre.template(pattern, [literal, group, literal, ...])`.
pub fn make(_: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let bad = || error::type_error("invalid template");
    let Some(l) = args[1].get::<List>() else { return Err(bad()) };
    let items = l.to_vec();
    let (Some(first), true) = (items.first(), items.len() % 2 == 1) else { return Err(bad()) };
    let mut parts = Vec::with_capacity(items.len() / 2);
    for pair in items[1..].chunks_exact(2) {
        let i = int::as_int(&pair[0]).and_then(|n| n.to_i64()).and_then(|n| usize::try_from(n).ok());
        parts.push((i.ok_or_else(bad)?, pair[1].clone()));
    }
    Ok(Ref::new(Template { first: first.clone(), parts }).into_obj())
}

/// What replaces a match.
pub enum Replacement {
    Literal(Obj),
    Template(Ref<Template>),
    Call(Obj),
}

/// Reads the `repl` argument of `sub`.
pub fn read(vm: &Vm, pattern: &Obj, repl: &Obj) -> PyResult<Replacement> {
    if call::is_callable(repl) {
        return Ok(Replacement::Call(repl.clone()));
    }
    let plain = if let Some(s) = repl.get::<Str>() {
        !s.chars().iter().any(|c| c == 0x5C)
    } else if buffer::has_buffer(repl) {
        !buffer::to_vec(vm, repl)?.contains(&b'\\')
    } else {
        false
    };
    if plain {
        return Ok(Replacement::Literal(repl.clone()));
    }
    compile(vm, pattern, repl)
}

fn compile(vm: &Vm, pattern: &Obj, repl: &Obj) -> PyResult<Replacement> {
    let f = attr::get_str(vm, &vm.import("re")?, "_compile_template")?;
    let t = call::call_pos(vm, &f, &[pattern.clone(), repl.clone()])?;
    Ok(match t.downcast::<Template>() {
        Some(t) => Replacement::Template(t),
        None => Replacement::Literal(t),
    })
}

/// The pieces that a template gives for a match, in order.
pub fn pieces(vm: &Vm, t: &Template, m: &Match, out: &mut Vec<Obj>) -> PyResult<()> {
    out.push(t.first.clone());
    for (group, literal) in &t.parts {
        if let Some(text) = m.group_text(vm, *group)? {
            out.push(text);
        }
        out.push(literal.clone());
    }
    Ok(())
}

/// `Match.expand(template)`.
pub fn expand_with(vm: &Vm, pattern: &Obj, template: &Obj, m: &Obj) -> PyResult {
    match compile(vm, pattern, template)? {
        Replacement::Template(t) => {
            let found = m.this::<Match>()?;
            let mut out = vec![];
            pieces(vm, &t, found, &mut out)?;
            let is_str = t.first.get::<Str>().is_some();
            join(vm, is_str, out)
        }
        Replacement::Literal(o) | Replacement::Call(o) => Ok(o),
    }
}

/// The concatenation of pieces, with the errors of `''.join`.
pub fn join(vm: &Vm, is_str: bool, pieces: Vec<Obj>) -> PyResult {
    if is_str {
        let texts: Option<Vec<&Str>> = pieces.iter().map(|p| p.get::<Str>()).collect();
        if let Some(texts) = texts {
            return Ok(match texts.as_slice() {
                [] => str::empty().into_obj(),
                [_] if pieces[0].is_exact(&adder_object::types::STR) => pieces[0].clone(),
                texts => str::concat_all(texts).into_obj(),
            });
        }
    }
    let empty = if is_str { str::empty().into_obj() } else { adder_object::bytes::new(&[]) };
    call::call_method_str(vm, &empty, "join", &[List::new(pieces).into_obj()])
}

/// As `join`, for the kind of a subject.
pub fn join_for(vm: &Vm, subject: &Subject, pieces: Vec<Obj>) -> PyResult {
    join(vm, subject.is_str(), pieces)
}
