//! `_ast`: the classes of syntax nodes, made from the one table in `syntax::asdl`.
//!
//! CPython: Python/Python-ast.c (generated from Python.asdl), Parser/asdl_c.py.

use adder_mem::heap::Global;
use adder_object::call::Args;
use adder_object::spec::{MethodDef, ModuleSpec, Native, method};
use adder_object::{
    Dict, List, Module, Obj, ObjExt, PyResult, Ref, Type, Vm, attr, class, descr, error, exceptions as exc, int,
    module, names, ops, singletons, str, tuple, types,
};
use adder_syntax::asdl::{ATTRIBUTES, Count, NODES, Node};
use std::collections::HashMap;

static CLASSES: Global<Option<HashMap<&'static ::std::primitive::str, Obj>>> = Global::new(None);
static SINGLETONS: Global<Option<HashMap<&'static ::std::primitive::str, Obj>>> = Global::new(None);

/// The class of a node, made with all others when first asked for.
pub fn class_of(vm: &Vm, name: &::std::primitive::str) -> PyResult {
    if CLASSES.get().is_none() {
        make_classes(vm)?;
    }
    CLASSES
        .get()
        .as_ref()
        .and_then(|c| c.get(name).cloned())
        .ok_or_else(|| error::system_error(format!("no syntax node class {name}")))
}

/// The shared instance of a class without fields (`ast.Load()`).
pub fn singleton(vm: &Vm, name: &'static ::std::primitive::str) -> PyResult {
    if let Some(o) = SINGLETONS.get().as_ref().and_then(|s| s.get(name)) {
        return Ok(o.clone());
    }
    let cls = class_of(vm, name)?;
    let o = class::bare_instance(cls.this::<Type>()?);
    SINGLETONS.get().get_or_insert_with(HashMap::new).insert(name, o.clone());
    Ok(o)
}

/// Whether a value is a node.
pub fn is_node(o: &Obj) -> bool {
    CLASSES
        .get()
        .as_ref()
        .and_then(|c| c.get("AST"))
        .is_some_and(|c| c.get::<Type>().is_some_and(|t| o.is_instance_of(t)))
}

fn names_tuple<'a>(it: impl Iterator<Item = &'a ::std::primitive::str>) -> Obj {
    tuple::new(it.map(|n| str::intern_str(n).into_obj()).collect())
}

fn make_classes(vm: &Vm) -> PyResult<()> {
    let mut all: HashMap<&'static ::std::primitive::str, Obj> = HashMap::new();
    let ns = Dict::new();
    ns.set_name(&names().__module__, str::intern_str("ast").into_obj());
    for k in ["_fields", "_attributes", "__match_args__"] {
        ns.set_str(k, tuple::new(vec![]));
    }
    let base = class::make_class(vm, "AST", vec![types::OBJECT.obj()], ns)?;
    for m in &AST_METHODS {
        let Some(t) = base.get::<Type>() else { continue };
        attr::set_str(vm, &base, m.name(), &descr::method_object(t.as_static(), m))?;
    }
    all.insert("AST", base);
    for node in NODES {
        let parent = all.get(node.base).cloned().ok_or_else(|| error::system_error("ASDL order"))?;
        all.insert(node.name, make_class(vm, node, parent)?);
    }
    for node in NODES {
        set_field_types(vm, node, &all)?;
    }
    *CLASSES.get() = Some(all);
    Ok(())
}

fn make_class(vm: &Vm, node: &Node, parent: Obj) -> PyResult {
    let ns = Dict::new();
    ns.set_name(&names().__module__, str::intern_str("ast").into_obj());
    ns.set_name(&names().__doc__, str::from_str(&node.doc()).into_obj());
    let fields = names_tuple(node.fields.iter().map(|f| f.name));
    ns.set_str("_fields", fields.clone());
    ns.set_str("__match_args__", fields);
    if node.sum || node.base == "AST" {
        ns.set_str("_attributes", if node.located { names_tuple(ATTRIBUTES.into_iter()) } else { tuple::new(vec![]) });
        if node.located {
            for a in &ATTRIBUTES[2..] {
                ns.set_str(a, singletons::none());
            }
        }
    }
    for f in node.fields.iter().filter(|f| f.count == Count::Optional) {
        ns.set_str(f.name, singletons::none());
    }
    class::make_class(vm, node.name, vec![parent], ns)
}

fn set_field_types(vm: &Vm, node: &Node, all: &HashMap<&'static ::std::primitive::str, Obj>) -> PyResult<()> {
    let d = Dict::new();
    for f in node.fields {
        let ty = match f.ty {
            "identifier" | "string" => types::STR.obj(),
            "int" => types::INT.obj(),
            "constant" => types::OBJECT.obj(),
            other => all.get(other).cloned().unwrap_or_else(|| types::OBJECT.obj()),
        };
        let ty = match f.count {
            Count::One => ty,
            Count::Optional => {
                adder_object::arith::binary(vm, &ty, singletons::none_ref(), adder_object::arith::BinOp::Or)?
            }
            Count::Many | Count::ManyOptional => class::generic_alias(vm, &types::LIST.obj(), &ty)?,
        };
        d.set_str(f.name, ty);
    }
    if let Some(c) = all.get(node.name) {
        attr::set_str(vm, c, "_field_types", d.obj())?;
        attr::set_str(vm, c, "__annotations__", d.obj())?;
    }
    Ok(())
}

/// `AST.__init__`: positional values fill `_fields`, missing ones get their defaults or a DeprecationWarning.
fn ast_init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let fields = attr::lookup_str(vm, this, "_fields")?.map_or(Ok(vec![]), |f| ops::collect(vm, &f))?;
    let cls = this.ty().name();
    if args.len() > fields.len() {
        let (n, s) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
        return Err(error::type_error(format!("{cls} constructor takes at most {n} positional argument{s}")));
    }
    let mut left: Vec<Obj> = fields.clone();
    for (name, v) in fields.iter().zip(args.positional()) {
        attr::set(vm, this, name, v)?;
        left.retain(|f| !f.is(name));
    }
    let attributes = attr::lookup_str(vm, this, "_attributes")?.map_or(Ok(vec![]), |f| ops::collect(vm, &f))?;
    for (k, v) in args.keywords() {
        let same = |f: &&Obj| ops::text(f) == ops::text(k);
        if fields.iter().any(|f| same(&f)) {
            if !left.iter().any(|f| same(&f)) {
                return Err(error::type_error(format!("{cls} got multiple values for argument '{}'", ops::text(k))));
            }
            left.retain(|f| !same(&f));
        } else if !attributes.iter().any(|f| same(&f)) {
            let text = format!(
                "{cls}.__init__ got an unexpected keyword argument '{}'. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                ops::text(k)
            );
            vm.warn(&exc::DEPRECATION_WARNING, &text, 1)?;
        }
        attr::set(vm, this, k, v)?;
    }
    for f in left {
        default_field(vm, this, &f)?;
    }
    Ok(singletons::none())
}

/// What `__init__` stores for a field that was not given.
fn default_field(vm: &Vm, this: &Obj, field: &Obj) -> PyResult<()> {
    let name = ops::text(field);
    let row = this.ty().mro_types().into_iter().find_map(|t| {
        let n = t.name();
        NODES.iter().find(|r| r.name == n && r.fields.iter().any(|f| f.name == name))
    });
    let Some(f) = row.and_then(|r| r.fields.iter().find(|f| f.name == name)) else { return Ok(()) };
    match f.count {
        Count::Optional => Ok(()),
        Count::Many | Count::ManyOptional => attr::set(vm, this, field, List::new(vec![]).obj()),
        Count::One if f.ty == "expr_context" => attr::set(vm, this, field, &singleton(vm, "Load")?),
        Count::One => vm.warn(
            &exc::DEPRECATION_WARNING,
            &format!("{}.__init__ missing 1 required positional argument: '{name}'. This will become an error in Python 3.15.", this.ty().name()),
            1,
        ),
    }
}

fn ast_reduce(vm: &Vm, this: &Obj) -> PyResult {
    let d = attr::lookup(vm, this, &names().__dict__)?.unwrap_or_else(|| Dict::new().into_obj());
    let copyreg = vm.import("copyreg")?;
    let f = attr::get_str(vm, &copyreg, "__newobj__")?;
    Ok(tuple::from_array([f, tuple::from_array([this.ty().to_obj()]), d]))
}

fn ast_replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(error::type_error(format!(
            "__replace__() takes 1 positional argument but {} were given",
            args.len() + 1
        )));
    }
    let new = class::bare_instance(this.ty());
    for (k, v) in attr::instance_items(this) {
        attr::set(vm, &new, &k, &v)?;
    }
    let known: Vec<String> = ["_fields", "_attributes"]
        .iter()
        .map(|n| attr::lookup_str(vm, this, n)?.map_or(Ok(vec![]), |f| ops::collect(vm, &f)))
        .collect::<PyResult<Vec<_>>>()?
        .concat()
        .iter()
        .map(ops::text)
        .collect();
    for (k, v) in args.keywords() {
        if !known.contains(&ops::text(k)) {
            return Err(error::type_error(format!(
                "{}.__replace__ got an unexpected keyword argument '{}'.",
                this.ty().name(),
                ops::text(k)
            )));
        }
        attr::set(vm, &new, k, v)?;
    }
    Ok(new)
}

static AST_METHODS: [MethodDef; 3] = [
    method("__init__", Native::Raw(ast_init), "Initialize self.  See help(type(self)) for accurate signature."),
    method("__reduce__($self, /)", Native::NoArgs(ast_reduce), ""),
    method(
        "__replace__",
        Native::Raw(ast_replace),
        "__replace__($self, /, **fields)\n--\n\nReturn a copy of the AST node with new values for the specified fields.",
    ),
];

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    d.set_str("AST", class_of(vm, "AST")?);
    for node in NODES {
        d.set_str(node.name, class_of(vm, node.name)?);
    }
    for (k, v) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
        ("PyCF_ONLY_AST", 0x400),
        ("PyCF_TYPE_COMMENTS", 0x1000),
        ("PyCF_OPTIMIZED_AST", 0x8400),
    ] {
        d.set_str(k, int::from_i64(v));
    }
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec { init: Some(init), ..ModuleSpec::new("_ast") };
