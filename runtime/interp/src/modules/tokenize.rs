//! `_tokenize`: the tokens of a source read line by line.

use adder_object::call::{self, Args};
use adder_object::slots::slot;
use adder_object::spec::{ModuleSpec, TypeSpec};
use adder_object::{
    Bytes, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, Type, TypeFlags, Vm, error, exceptions as exc, int, ops,
    str, tuple,
};
use adder_syntax::tokens::{TokenInfo, TokenSource};
use std::cell::RefCell;

pub struct TokenizerIter {
    /// Tokens left, last first, and the error at their end.
    tokens: RefCell<Vec<Result<TokenInfo, adder_syntax::SyntaxError>>>,
}
impl adder_object::Trace for TokenizerIter {
    fn trace(&self, _: &mut adder_object::Visit<'_>) {}
}
static TOKENIZER_ITER: StaticType = StaticType::new::<TokenizerIter>("_tokenize.TokenizerIter", TypeFlags::BASETYPE);
adder_object::payload!(TokenizerIter, TOKENIZER_ITER);

fn read_all(vm: &Vm, readline: &Obj, encoding: Option<&Obj>) -> PyResult<String> {
    let mut text = String::new();
    loop {
        let line = match call::call0(vm, readline) {
            Ok(l) => l,
            Err(e) if e.is(&exc::STOP_ITERATION) => break,
            Err(e) => return Err(e),
        };
        let before = text.len();
        if let Some(s) = line.get::<Str>() {
            text.push_str(&s.to_string_lossy());
        } else if let Some(b) = line.get::<Bytes>() {
            match encoding.map(ops::text).as_deref() {
                None | Some("utf-8") => match std::str::from_utf8(b.as_slice()) {
                    Ok(s) => text.push_str(s),
                    Err(_) => text.push_str(&String::from_utf8_lossy(b.as_slice())),
                },
                Some(e) => {
                    let s = call::call_method_str(vm, &line, "decode", &[str::from_str(e).into_obj()])?;
                    text.push_str(&ops::text(&s));
                }
            }
        } else {
            return Err(error::type_error("readline() returned a non-string object"));
        }
        if text.len() == before {
            break;
        }
    }
    Ok(text)
}

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let Some(readline) = args.positional().first().or(args.keyword("readline")) else {
        return Err(error::type_error("TokenizerIter() missing required argument 'readline' (pos 1)"));
    };
    let extra = args.keyword("extra_tokens").map_or(Ok(false), |e| ops::truth(vm, e))?;
    let encoding = args.keyword("encoding").filter(|e| !e.is_none());
    let text = read_all(vm, readline, encoding)?;
    let source = TokenSource::new(&text);
    let mut tokens: Vec<_> = source.tokens(extra).collect();
    tokens.reverse();
    Ok(Ref::with_type(ty, TokenizerIter { tokens: RefCell::new(tokens) }).into_obj())
}

fn next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let token = o.this::<TokenizerIter>()?.tokens.borrow_mut().pop();
    match token {
        None => Ok(None),
        Some(Err(e)) => Err(tokenize_error(&e)),
        Some(Ok(t)) => {
            let place = |(l, c): (u32, i32)| tuple::from_array([int::from_i64(l as i64), int::from_i64(c as i64)]);
            let text = |s: &::std::primitive::str| str::from_str(s).into_obj();
            let kind = int::from_i64(t.kind as i64);
            Ok(Some(tuple::from_array([kind, text(&t.string), place(t.start), place(t.end), text(&t.line)])))
        }
    }
}

fn tokenize_error(e: &adder_syntax::SyntaxError) -> PyErr {
    crate::source::syntax_error(e, "<string>", "")
}

static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new), slot::iter(|_, o| Ok(o.clone())), slot::iternext(next)],
    ..TypeSpec::of(&TOKENIZER_ITER)
};

pub static MODULE: ModuleSpec = ModuleSpec { types: &[&SPEC], ..ModuleSpec::new("_tokenize") };
