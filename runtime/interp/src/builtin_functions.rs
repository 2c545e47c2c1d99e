//! The built-in functions that need the interpreter: exec, eval, compile, __build_class__, globals, locals, __import__.

use crate::code::CodeObject;
use crate::eval;
use crate::function::Function;
use crate::source::{self, Request};
use crate::{frame, import};
use adder_object::call::{self, Args, ArgsBuf};
use adder_object::descr::BuiltinFunction;
use adder_object::spec::{MethodDef, Native, method};
use adder_object::{
    Bytes, Cell, Dict, Obj, ObjExt, PyResult, Ref, Str, Type, Vm, attr, class, error, names, ops, singletons, tuple,
    types,
};
use adder_syntax::Mode;
use adder_syntax::source::Origin;

pub static FUNCTIONS: &[MethodDef] = &[
    method(
        "__build_class__",
        Native::Raw(build_class),
        "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement.",
    ),
    method(
        "exec($module, source, /, globals=None, locals=None, *, closure=None)",
        Native::Bound(exec),
        "Execute the given source in the context of globals and locals.",
    ),
    method(
        "eval($module, source, /, globals=None, locals=None)",
        Native::Bound(eval_function),
        "Evaluate the given source in the context of globals and locals.",
    ),
    method(
        "compile($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        Native::Bound(compile),
        "Compile source into a code object that can be executed by exec() or eval().",
    ),
    method(
        "globals($module, /)",
        Native::NoArgs(globals),
        "Return the dictionary containing the current scope's global variables.",
    ),
    method(
        "locals($module, /)",
        Native::NoArgs(locals),
        "Return a dictionary containing the current scope's local variables.",
    ),
    method(
        "__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
        Native::Bound(import_function),
        "Import a module.",
    ),
];

fn build_class(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let a = args.positional();
    if a.len() < 2 {
        return Err(error::type_error("__build_class__: not enough arguments"));
    }
    let Some(func) = a[0].get_exact::<Function>() else {
        return Err(error::type_error("__build_class__: func must be a function"));
    };
    if a[1].get::<Str>().is_none() {
        return Err(error::type_error("__build_class__: name is not a string"));
    }
    let original = &a[2..];
    let bases = resolve_bases(vm, original)?;
    let changed = bases.len() != original.len() || bases.iter().zip(original).any(|(x, y)| !x.is(y));
    let mut kwds = ArgsBuf::default();
    let mut meta: Option<Obj> = None;
    for (k, v) in args.keywords() {
        if k.is(&names().metaclass) { meta = Some(v.clone()) } else { kwds.push_keyword(k.clone(), v.clone()) }
    }
    let mut meta = meta.unwrap_or_else(|| bases.first().map_or_else(|| types::TYPE.obj(), |b| b.ty().to_obj()));
    if meta.get::<Type>().is_some() {
        meta = class::winner_metaclass(&meta, &bases)?;
    }
    let bases_tuple = tuple::new(bases);
    let ns = prepare(vm, &meta, &a[1], &bases_tuple, &kwds)?;
    let code = func.code().ok_or_else(|| error::system_error("function without code"))?;
    let cell = eval::run_class_body(vm, &a[0], func, &code, ns.clone())?;
    if changed {
        ops::setitem(vm, &ns, &names().__orig_bases__, &tuple::from_slice(original))?;
    }
    let mut buf = ArgsBuf::new(vec![a[1].clone(), bases_tuple, ns]);
    buf.all.extend(kwds.all);
    buf.names = kwds.names;
    let cls = call::call(vm, &meta, buf.args())?;
    if cls.get::<Type>().is_some()
        && let Some(c) = cell.get::<Cell>()
    {
        match c.value.get() {
            None => {
                return Err(error::runtime_error(format!(
                    "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                    ops::repr_string(vm, &a[1])?,
                    ops::repr_string(vm, &cls)?
                )));
            }
            Some(v) if !v.is(&cls) => {
                return Err(error::type_error(format!(
                    "__class__ set to {} defining {} as {}",
                    ops::repr_string(vm, &v)?,
                    ops::repr_string(vm, &a[1])?,
                    ops::repr_string(vm, &cls)?
                )));
            }
            Some(_) => {}
        }
    }
    Ok(cls)
}

/// Replaces bases that are no types by what their `__mro_entries__` gives.
fn resolve_bases(vm: &Vm, bases: &[Obj]) -> PyResult<Vec<Obj>> {
    let mut out = vec![];
    for b in bases {
        if b.get::<Type>().is_some() {
            out.push(b.clone());
            continue;
        }
        match attr::lookup(vm, b, &names().__mro_entries__)? {
            None => out.push(b.clone()),
            Some(f) => {
                let r = call::call1(vm, &f, &tuple::from_slice(bases))?;
                match tuple::as_slice(&r) {
                    Some(items) => out.extend_from_slice(items),
                    None => return Err(error::type_error("__mro_entries__ must return a tuple")),
                }
            }
        }
    }
    Ok(out)
}

fn prepare(vm: &Vm, meta: &Obj, name: &Obj, bases: &Obj, kwds: &ArgsBuf) -> PyResult {
    let Some(f) = attr::lookup(vm, meta, &names().__prepare__)? else { return Ok(Dict::new().into_obj()) };
    let mut buf = ArgsBuf::new(vec![name.clone(), bases.clone()]);
    buf.all.extend(kwds.all.iter().cloned());
    buf.names = kwds.names.clone();
    let ns = call::call(vm, &f, buf.args())?;
    if ns.get::<Dict>().is_none() && ns.ty().getitem().is_none() {
        let m = meta.get::<Type>().map_or_else(|| "<metaclass>".to_owned(), Type::name);
        return Err(error::type_error(format!("{m}.__prepare__() must return a mapping, not {}", ns.ty().tp_name())));
    }
    Ok(ns)
}

/// Globals and locals of `exec` / `eval`.
fn namespaces(vm: &Vm, what: &str, g: Option<&Obj>, l: Option<&Obj>) -> PyResult<(Ref<Dict>, Obj)> {
    let globals = match g {
        None => frame::current_globals(vm).ok_or_else(|| error::system_error("globals and locals cannot be NULL"))?,
        Some(g) => match g.downcast::<Dict>() {
            Some(d) => d,
            None if what == "eval" && g.ty().getitem().is_some() => {
                return Err(error::type_error("globals must be a real dict; try eval(code, {}, mapping)"));
            }
            None => {
                return Err(error::type_error(if what == "exec" {
                    format!("exec() globals must be a dict, not {}", g.ty().tp_name())
                } else {
                    "globals must be a dict".to_owned()
                }));
            }
        },
    };
    let locals = match l {
        Some(l) if l.ty().getitem().is_none() => {
            return Err(error::type_error(if what == "exec" {
                format!("locals must be a mapping or None, not {}", l.ty().tp_name())
            } else {
                "locals must be a mapping".to_owned()
            }));
        }
        Some(l) => l.clone(),
        None if g.is_some() => globals.obj().clone(),
        None => locals(vm, singletons::none_ref())?,
    };
    if globals.get_name(&names().__builtins__).is_none() {
        globals.set_name(&names().__builtins__, crate::sys::builtins_dict());
    }
    Ok((globals, locals))
}

/// Flags that code compiled here inherits from the running frame.
fn inherited_flags(vm: &Vm) -> u32 {
    let f = frame::current(vm);
    if f.is_null() { 0 } else { frame::Frame::code(f).flags & adder_isa::code::co::FUTURE_MASK }
}

fn exec(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let (g, l) = namespaces(vm, "exec", a.opt_not_none(1), a.opt_not_none(2))?;
    let closure = a.opt_not_none(3).cloned();
    let code = match source::as_code(a.req(0)) {
        Some(c) => {
            let free = c.code.free_count();
            let cells = closure.as_ref().and_then(tuple::as_slice);
            let given = cells.filter(|c| c.iter().all(|c| c.get_exact::<Cell>().is_some())).map(<[Obj]>::len);
            match (free, given) {
                (0, None) if closure.is_none() => {}
                (0, _) => return Err(error::type_error("cannot use a closure with this code object")),
                (n, Some(m)) if n == m => {}
                (n, _) => {
                    return Err(error::type_error(format!("code object requires a closure of exactly length {n}")));
                }
            }
            c
        }
        None if closure.is_some() => {
            return Err(error::type_error("closure argument can only be used when source is a code object"));
        }
        None => {
            let mut request = Request::new(Mode::Exec);
            request.flags = inherited_flags(vm);
            let text = source_text(vm, a.req(0), "exec", "string, bytes or code", "<string>")?;
            source::compile(vm, &text, "<string>", &request)?
        }
    };
    eval::run_code(vm, &code, &g, Some(l), closure)?;
    Ok(singletons::none())
}

fn eval_function(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let (g, l) = namespaces(vm, "eval", a.opt_not_none(1), a.opt_not_none(2))?;
    let code = match source::as_code(a.req(0)) {
        Some(c) if c.code.free_count() > 0 => {
            return Err(error::type_error("code object passed to eval() may not contain free variables"));
        }
        Some(c) => c,
        None => {
            let mut request = Request::new(Mode::Eval);
            request.flags = inherited_flags(vm);
            let text = source_text(vm, a.req(0), "eval", "string, bytes or code", "<string>")?;
            source::compile(vm, text.trim_start_matches([' ', '\t']), "<string>", &request)?
        }
    };
    eval::run_code(vm, &code, &g, Some(l), None)
}

/// The text of a source argument: str or bytes-like.
fn source_text(vm: &Vm, o: &Obj, function: &str, what: &str, filename: &str) -> PyResult<String> {
    if let Some(s) = o.get::<Str>() {
        let Some(text) = s.to_utf8() else {
            return Err(error::value_error("source code string cannot contain surrogates"));
        };
        if text.contains('\0') {
            return Err(adder_object::PyErr::new(
                &adder_object::exceptions::SYNTAX_ERROR,
                "source code string cannot contain null bytes",
            ));
        }
        return Ok(adder_syntax::source::normalize(&text).into_owned());
    }
    if o.get::<Bytes>().is_none() && !adder_object::buffer::has_buffer(o) {
        return Err(error::type_error(format!("{function}() arg 1 must be a {what} object")));
    }
    decode_source(&adder_object::buffer::to_vec(vm, o)?, Origin::Bytes, filename)
}

/// Bytes of a source to text, by its coding cookie; `filename` is for errors.
pub fn decode_source(bytes: &[u8], origin: Origin<'_>, filename: &str) -> PyResult<String> {
    let vm = Vm::current();
    let mut codec = |name: &str, body: &[u8]| {
        let text = call::call_method_str(
            vm,
            &adder_object::bytes::new(body),
            "decode",
            &[adder_object::str::from_str(name).into_obj()],
        );
        match text {
            Ok(t) => Ok(ops::text(&t)),
            Err(e) if e.is(&adder_object::exceptions::LOOKUP_ERROR) && !ops::str_lossy(vm, e.obj()).contains('\'') => {
                Err(format!("unknown encoding: {name}"))
            }
            Err(e) => Err(ops::str_lossy(vm, e.obj())),
        }
    };
    adder_syntax::source::decode(bytes, origin, &mut codec).map_err(|e| {
        if e.message.starts_with("source code string cannot") {
            return adder_object::PyErr::new(&adder_object::exceptions::SYNTAX_ERROR, &e.message);
        }
        source::syntax_error(&e, filename, "")
    })
}

fn compile(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let filename = match a.req(1).get::<Str>() {
        Some(s) => s.to_string_lossy(),
        None => match a.req(1).get::<Bytes>() {
            Some(b) => String::from_utf8_lossy(b.as_slice()).into_owned(),
            None => {
                match call::call_special(vm, a.req(1), &adder_object::str::intern_str("__fspath__").into_obj(), &[])? {
                    Some(p) => ops::expect_str(&p, "filename")?,
                    None => {
                        let name = a.req(1).ty().tp_name();
                        return Err(error::type_error(format!(
                            "expected str, bytes or os.PathLike object, not {name}"
                        )));
                    }
                }
            }
        },
    };
    let mode = match ops::expect_str(a.req(2), "compile() argument 'mode'")?.as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" => Mode::FuncType,
        _ => return Err(error::value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let flags = a.opt(3).map_or(Ok(0), |f| ops::to_i32(vm, f))? as u32;
    let mut request = Request::new(mode);
    crate::ast::apply_flags(&mut request, flags)?;
    if !a.opt(4).map_or(Ok(false), |d| ops::truth(vm, d))? {
        request.flags |= inherited_flags(vm);
    }
    match a.opt(5).map_or(Ok(-1), |o| ops::to_i32(vm, o))? {
        -1 => {}
        n @ 0..=2 => request.optimize = n as u8,
        _ => return Err(error::value_error("compile(): invalid optimize value")),
    }
    if crate::ast::is_node(a.req(0)) {
        return crate::ast::compile_node(vm, a.req(0), &filename, &request, flags);
    }
    if let Some(c) = a.req(0).downcast::<CodeObject>() {
        return Ok(c.into_obj());
    }
    let text = source_text(vm, a.req(0), "compile", "string, bytes or AST", &filename)?;
    if flags & crate::ast::ONLY_AST != 0 {
        return crate::ast::parse_to_nodes(vm, &text, &filename, &request);
    }
    Ok(source::compile(vm, &text, &filename, &request)?.into_obj())
}

fn globals(vm: &Vm, _: &Obj) -> PyResult {
    Ok(frame::current_globals(vm).map_or_else(singletons::none, Ref::into_obj))
}

fn locals(vm: &Vm, _: &Obj) -> PyResult {
    let f = frame::current(vm);
    if f.is_null() {
        return Err(error::system_error("frame does not exist"));
    }
    frame::locals_snapshot(f)
}

/// Whether a function is the built-in `__import__`.
pub fn is_import(f: &Obj) -> bool {
    type Import = fn(&Vm, &Obj, &adder_object::bind::Bound<'_>) -> PyResult;
    let def = f.get_exact::<BuiltinFunction>().map(|b| b.def.f);
    matches!(def, Some(Native::Bound(f)) if std::ptr::fn_addr_eq(f, import_function as Import))
}

fn import_function(vm: &Vm, _: &Obj, a: &adder_object::bind::Bound<'_>) -> PyResult {
    let none = singletons::none();
    let level = a.opt(4).map_or(Ok(0), |o| ops::to_i32(vm, o))?;
    let empty = tuple::new(vec![]);
    import::import_module_level(vm, a.req(0), a.opt(1).unwrap_or(&none), a.opt(3).unwrap_or(&empty), level)
}
