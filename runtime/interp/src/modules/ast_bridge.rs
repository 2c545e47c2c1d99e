//! Syntax trees to node objects and back, one row a node: the same row serves both directions.
//!
//! Invariant: AST-1: rows name the fields of `syntax::ast` and, by the same names, those of the node classes.

use super::ast_nodes::{class_of, singleton};
use adder_object::{
    Bytes, List, Obj, ObjExt, PyErr, PyResult, Set, Str, Type, Vm, attr, bytes, class, error, float, int, names, ops,
    singletons, str, tuple, types,
};
use adder_syntax::ast::*;

/// A part of a tree that has a Python form.
pub trait Bridge: Sized {
    fn to_obj(&self, vm: &Vm) -> PyResult;
    /// `what` names node class and field for error texts.
    fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self>;
}

fn put(vm: &Vm, o: &Obj, name: &::std::primitive::str, v: Obj) -> PyResult<()> {
    attr::set(vm, o, str::intern_str(name.trim_start_matches("r#")).obj(), &v)
}
fn new_node(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    let c = class_of(vm, name)?;
    Ok(class::bare_instance(c.this::<Type>()?))
}
fn put_loc(vm: &Vm, o: &Obj, l: &Loc) -> PyResult<()> {
    for (k, v) in [
        ("lineno", l.lineno),
        ("col_offset", l.col_offset),
        ("end_lineno", l.end_lineno),
        ("end_col_offset", l.end_col_offset),
    ] {
        put(vm, o, k, int::from_i64(v as i64))?;
    }
    Ok(())
}
/// A field of a node; None when the attribute is missing.
fn field<T: Bridge>(vm: &Vm, o: &Obj, node: &::std::primitive::str, name: &::std::primitive::str) -> PyResult<T> {
    let name = name.trim_start_matches("r#");
    vm.check_stack(" during ast construction")?;
    match attr::lookup(vm, o, str::intern_str(name).obj())? {
        Some(v) => T::from_obj(vm, &v, (node, name)),
        None => T::from_obj(vm, singletons::none_ref(), (node, name)).map_err(|_| missing(node, name)),
    }
}
fn missing(node: &::std::primitive::str, name: &::std::primitive::str) -> PyErr {
    error::type_error(format!("required field \"{name}\" missing from {node}"))
}
fn get_loc(vm: &Vm, o: &Obj, node: &::std::primitive::str) -> PyResult<Loc> {
    let need = |k: &::std::primitive::str| -> PyResult<i64> {
        let v = attr::lookup(vm, o, str::intern_str(k).obj())?.ok_or_else(|| missing(node, k))?;
        if !int::is_int(&v) {
            return Err(error::value_error(format!("invalid integer value: {}", ops::repr_string(vm, &v)?)));
        }
        ops::to_i64(vm, &v)
    };
    let optional = |k: &::std::primitive::str, d: i64| -> PyResult<i64> {
        match attr::lookup(vm, o, str::intern_str(k).obj())?.filter(|v| !v.is_none()) {
            Some(v) => ops::to_i64(vm, &v),
            None => Ok(d),
        }
    };
    let (lineno, col) = (need("lineno")?, need("col_offset")?);
    let (end, end_col) = (optional("end_lineno", lineno)?, optional("end_col_offset", col)?);
    if end < lineno {
        return Err(error::value_error(format!("AST node line range ({lineno}, {end}) is not valid")));
    }
    let u = |n: i64| n.clamp(0, u32::MAX as i64) as u32;
    Ok(Loc { lineno: u(lineno), col_offset: u(col), end_lineno: u(end), end_col_offset: u(end_col) })
}

impl<T: Bridge> Bridge for Box<T> {
    fn to_obj(&self, vm: &Vm) -> PyResult {
        (**self).to_obj(vm)
    }
    fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
        Ok(Box::new(T::from_obj(vm, o, what)?))
    }
}
impl<T: Bridge> Bridge for Option<T> {
    fn to_obj(&self, vm: &Vm) -> PyResult {
        self.as_ref().map_or_else(|| Ok(singletons::none()), |x| x.to_obj(vm))
    }
    fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
        if o.is_none() { Ok(None) } else { T::from_obj(vm, o, what).map(Some) }
    }
}
impl<T: Bridge> Bridge for Vec<T> {
    fn to_obj(&self, vm: &Vm) -> PyResult {
        let items = self.iter().map(|x| x.to_obj(vm)).collect::<PyResult<Vec<_>>>()?;
        Ok(List::new(items).into_obj())
    }
    fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
        if o.is_none() {
            return Ok(vec![]);
        }
        let Some(l) = o.get::<List>() else {
            let (node, name) = what;
            return Err(error::type_error(format!(
                "{node} field \"{name}\" must be a list, not a {}",
                o.ty().tp_name()
            )));
        };
        l.to_vec().iter().map(|x| T::from_obj(vm, x, what)).collect()
    }
}
impl Bridge for Box<::std::primitive::str> {
    fn to_obj(&self, _: &Vm) -> PyResult {
        Ok(str::intern_str(self).into_obj())
    }
    fn from_obj(_: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
        match o.get::<Str>() {
            Some(s) => Ok(s.to_string_lossy().into()),
            None if what.1 == "type_comment" || what.1 == "kind" || what.1 == "tag" => {
                Err(error::type_error("AST string must be of type str"))
            }
            None => Err(error::type_error("AST identifier must be of type str")),
        }
    }
}
macro_rules! integers {
    ($($t:ty),*) => { $(impl Bridge for $t {
        fn to_obj(&self, _: &Vm) -> PyResult { Ok(int::from_i64(*self as i64)) }
        fn from_obj(vm: &Vm, o: &Obj, _: (&str, &str)) -> PyResult<Self> {
            if !int::is_int(o) {
                return Err(error::value_error(format!("invalid integer value: {}", ops::repr_string(vm, o)?)));
            }
            Ok(ops::to_i64(vm, o)? as $t)
        }
    })* };
}
integers!(u32, i32);
impl Bridge for bool {
    fn to_obj(&self, _: &Vm) -> PyResult {
        Ok(int::from_i64(*self as i64))
    }
    fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
        Ok(i32::from_obj(vm, o, what)? != 0)
    }
}

impl Bridge for Constant {
    fn to_obj(&self, vm: &Vm) -> PyResult {
        let all = |v: &Vec<Constant>| v.iter().map(|c| c.to_obj(vm)).collect::<PyResult<Vec<_>>>();
        Ok(match self {
            Constant::None => singletons::none(),
            Constant::Bool(b) => singletons::bool_obj(*b),
            Constant::Ellipsis => singletons::ellipsis(),
            Constant::Int(n) => int::from_i64(*n),
            Constant::BigInt(t) => big(t)?,
            Constant::Float(x) => float::from_f64(*x),
            Constant::Complex { real, imag } => float::complex(*real, *imag),
            Constant::Str(s) => str::from_wtf8(s.as_bytes()).into_obj(),
            Constant::Bytes(b) => bytes::new(b),
            Constant::Tuple(v) => tuple::new(all(v)?),
            Constant::FrozenSet(v) => {
                let s = Set::new_of(&types::FROZENSET);
                for x in all(v)? {
                    s.add(vm, x)?;
                }
                s.into_obj()
            }
        })
    }
    fn from_obj(vm: &Vm, o: &Obj, _: (&str, &str)) -> PyResult<Self> {
        let items = |v: Vec<Obj>| v.iter().map(|x| Constant::from_obj(vm, x, ("", ""))).collect::<PyResult<Vec<_>>>();
        if o.is_none() {
            return Ok(Constant::None);
        }
        if o.is(singletons::true_ref()) || o.is(singletons::false_ref()) {
            return Ok(Constant::Bool(o.is(singletons::true_ref())));
        }
        if o.is(singletons::ellipsis_ref()) {
            return Ok(Constant::Ellipsis);
        }
        if (o.is_int() || o.is_exact(&types::INT))
            && let Some(n) = int::as_int(o)
        {
            return Ok(match n.to_i64() {
                Some(n) => Constant::Int(n),
                None => Constant::BigInt(n.to_big().to_string().into()),
            });
        }
        if o.is_float() || o.is_exact(&types::FLOAT) {
            return Ok(Constant::Float(float::as_float(o).unwrap_or(0.0)));
        }
        if let Some(c) = o.get_exact::<float::Complex>() {
            return Ok(Constant::Complex { real: c.re, imag: c.im });
        }
        if let Some(s) = o.get_exact::<Str>() {
            let mut b = Wtf8Builder::default();
            s.chars().iter().for_each(|c| b.push_code(c));
            return Ok(Constant::Str(b.finish()));
        }
        if let Some(b) = o.get_exact::<Bytes>() {
            return Ok(Constant::Bytes(b.as_slice().into()));
        }
        if o.is_exact(&types::TUPLE) {
            return Ok(Constant::Tuple(items(tuple::to_vec(o))?));
        }
        if o.is_exact(&types::FROZENSET) {
            return Ok(Constant::FrozenSet(items(ops::collect(vm, o)?)?));
        }
        Err(error::type_error(format!("got an invalid type in Constant: {}", o.ty().name())))
    }
}

/// A large int literal: decimal, or with a base prefix.
fn big(text: &::std::primitive::str) -> PyResult {
    let t = text.replace('_', "");
    let (digits, radix) = match t.get(..2) {
        Some("0x" | "0X") => (&t[2..], 16),
        Some("0o" | "0O") => (&t[2..], 8),
        Some("0b" | "0B") => (&t[2..], 2),
        _ => (t.as_str(), 10),
    };
    int::IBig::from_str_radix(digits, radix).map(int::from_big).map_err(|_| error::value_error("invalid int literal"))
}

fn not_a(sum: &::std::primitive::str, vm: &Vm, o: &Obj) -> PyErr {
    let shown = ops::repr_string(vm, o).unwrap_or_default();
    error::type_error(format!("expected some sort of {sum}, but got {shown}"))
}
/// Whether `o` is an instance of the node class.
fn is_a(vm: &Vm, o: &Obj, name: &::std::primitive::str) -> PyResult<bool> {
    let c = class_of(vm, name)?;
    Ok(c.get::<Type>().is_some_and(|t| o.is_instance_of(t)))
}

/// Operators and contexts: classes without fields, one shared instance each.
macro_rules! plain {
    ($($t:ident $sum:literal { $($v:ident),* };)*) => { $(impl Bridge for $t {
        fn to_obj(&self, vm: &Vm) -> PyResult {
            match self { $($t::$v => singleton(vm, stringify!($v))),* }
        }
        fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
            $(if is_a(vm, o, stringify!($v))? { return Ok($t::$v) })*
            if o.is_none() { return Err(missing(what.0, what.1)) }
            Err(not_a($sum, vm, o))
        }
    })* };
}
plain! {
    ExprContext "expr_context" { Load, Store, Del };
    BoolOp "boolop" { And, Or };
    Operator "operator" { Add, Sub, Mult, MatMult, Div, Mod, Pow, LShift, RShift, BitOr, BitXor, BitAnd, FloorDiv };
    UnaryOp "unaryop" { Invert, Not, UAdd, USub };
    CmpOp "cmpop" { Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn };
}

/// Structs: `Type "class" [loc] { fields }`.
macro_rules! products {
    ($($t:ident $class:literal $($loc:ident)? { $($f:ident),* };)*) => { $(impl Bridge for $t {
        fn to_obj(&self, vm: &Vm) -> PyResult {
            let o = new_node(vm, $class)?;
            $(put(vm, &o, stringify!($f), self.$f.to_obj(vm)?)?;)*
            $(put_loc(vm, &o, &self.$loc)?;)?
            Ok(o)
        }
        fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
            if !is_a(vm, o, $class)? {
                return Err(if o.is_none() { missing(what.0, what.1) } else { not_a($class, vm, o) });
            }
            Ok($t { $($f: field(vm, o, $class, stringify!($f))?,)* $($loc: get_loc(vm, o, $class)?)? })
        }
    })* };
}
products! {
    Comprehension "comprehension" { target, iter, ifs, is_async };
    ExceptHandler "ExceptHandler" loc { r#type, name, body };
    Arguments "arguments" { posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults };
    Arg "arg" loc { arg, annotation, type_comment };
    Keyword "keyword" loc { arg, value };
    Alias "alias" loc { name, asname };
    WithItem "withitem" { context_expr, optional_vars };
    MatchCase "match_case" { pattern, guard, body };
    TypeIgnore "TypeIgnore" { lineno, tag };
}

/// Sums with a location: `Type of Kind "sum" { Variant { fields } }`, and variants that box a struct.
macro_rules! located {
    ($t:ident $kind:ident $sum:literal { $($v:ident { $($f:ident),* };)* } boxed { $($bv:ident $bt:ident { $($bf:ident),* };)* }) => {
        impl Bridge for $t {
            fn to_obj(&self, vm: &Vm) -> PyResult {
                vm.check_stack(" during ast construction")?;
                let o = match &self.kind {
                    $($kind::$v { $($f),* } => {
                        let o = new_node(vm, stringify!($v))?;
                        $(put(vm, &o, stringify!($f), $f.to_obj(vm)?)?;)*
                        o
                    })*
                    $($kind::$bv(b) => {
                        let o = new_node(vm, stringify!($bv))?;
                        $(put(vm, &o, stringify!($bf), b.$bf.to_obj(vm)?)?;)*
                        o
                    })*
                };
                put_loc(vm, &o, &self.loc)?;
                Ok(o)
            }
            fn from_obj(vm: &Vm, o: &Obj, what: (&str, &str)) -> PyResult<Self> {
                if o.is_none() {
                    return Err(error::value_error(format!("field '{}' is required for {}", what.1, what.0)));
                }
                $(if is_a(vm, o, stringify!($v))? {
                    let kind = $kind::$v { $($f: field(vm, o, stringify!($v), stringify!($f))?),* };
                    return Ok($t { kind, loc: get_loc(vm, o, stringify!($v))? });
                })*
                $(if is_a(vm, o, stringify!($bv))? {
                    let kind = $kind::$bv(Box::new($bt { $($bf: field(vm, o, stringify!($bv), stringify!($bf))?),* }));
                    return Ok($t { kind, loc: get_loc(vm, o, stringify!($bv))? });
                })*
                Err(not_a($sum, vm, o))
            }
        }
    };
}
located! { Stmt StmtKind "stmt" {
    Return { value }; Delete { targets }; Assign { targets, value, type_comment }; TypeAlias { name, type_params, value };
    AugAssign { target, op, value }; AnnAssign { target, annotation, value, simple }; While { test, body, orelse };
    If { test, body, orelse }; Match { subject, cases }; Raise { exc, cause }; Assert { test, msg }; Import { names };
    ImportFrom { module, names, level }; Global { names }; Nonlocal { names }; Expr { value }; Pass {}; Break {}; Continue {};
} boxed {
    FunctionDef FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params };
    AsyncFunctionDef FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params };
    ClassDef ClassDef { name, bases, keywords, body, decorator_list, type_params };
    For For { target, iter, body, orelse, type_comment };
    AsyncFor For { target, iter, body, orelse, type_comment };
    With With { items, body, type_comment };
    AsyncWith With { items, body, type_comment };
    Try Try { body, handlers, orelse, finalbody };
    TryStar Try { body, handlers, orelse, finalbody };
} }
located! { Expr ExprKind "expr" {
    BoolOp { op, values }; NamedExpr { target, value }; BinOp { left, op, right }; UnaryOp { op, operand };
    Lambda { args, body }; IfExp { test, body, orelse }; Dict { keys, values }; Set { elts };
    ListComp { elt, generators }; SetComp { elt, generators }; DictComp { key, value, generators };
    GeneratorExp { elt, generators }; Await { value }; Yield { value }; YieldFrom { value };
    Compare { left, ops, comparators }; Call { func, args, keywords }; FormattedValue { value, conversion, format_spec };
    Interpolation { value, str, conversion, format_spec }; JoinedStr { values }; TemplateStr { values };
    Constant { value, kind }; Attribute { value, attr, ctx }; Subscript { value, slice, ctx }; Starred { value, ctx };
    Name { id, ctx }; List { elts, ctx }; Tuple { elts, ctx }; Slice { lower, upper, step };
} boxed {} }
located! { Pattern PatternKind "pattern" {
    MatchValue { value }; MatchSingleton { value }; MatchSequence { patterns }; MatchMapping { keys, patterns, rest };
    MatchClass { cls, patterns, kwd_attrs, kwd_patterns }; MatchStar { name }; MatchAs { pattern, name }; MatchOr { patterns };
} boxed {} }
located! { TypeParam TypeParamKind "type_param" {
    TypeVar { name, bound, default_value }; ParamSpec { name, default_value }; TypeVarTuple { name, default_value };
} boxed {} }

macro_rules! module {
    ($($v:ident { $($f:ident),* };)*) => {
        impl Bridge for Mod {
            fn to_obj(&self, vm: &Vm) -> PyResult {
                match self { $(Mod::$v { $($f),* } => {
                    let o = new_node(vm, stringify!($v))?;
                    $(put(vm, &o, stringify!($f), $f.to_obj(vm)?)?;)*
                    Ok(o)
                })* }
            }
            fn from_obj(vm: &Vm, o: &Obj, _: (&str, &str)) -> PyResult<Self> {
                $(if is_a(vm, o, stringify!($v))? {
                    return Ok(Mod::$v { $($f: field(vm, o, stringify!($v), stringify!($f))?),* });
                })*
                Err(not_a("mod", vm, o))
            }
        }
    };
}
module! {
    Module { body, type_ignores }; Interactive { body }; Expression { body }; FunctionType { argtypes, returns };
}

/// The name of the docstring attribute, kept for callers that format nodes.
pub fn doc_name() -> &'static Obj {
    &names().__doc__
}
