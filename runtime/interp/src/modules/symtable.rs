//! `_symtable`: the compiler's symbol tables as objects.
//!
//! Invariant: an entry is a finished copy of a scope; it does not refer to the table it came from.
//! CPython: Modules/symtablemodule.c, Python/symtable.c.

use crate::source;
use adder_compile::symtable::{BlockKind, ScopeId, SymbolTable, flag};
use adder_object::slots::slot;
use adder_object::spec::{ModuleSpec, Native, TypeSpec, getter, method};
use adder_object::{
    Bytes, Dict, List, Module, Obj, ObjExt, PyErr, PyResult, Ref, StaticType, Str, TypeFlags, Vm, error,
    exceptions as exc, int, module, ops, str,
};
use adder_syntax::Mode;
use adder_syntax::source::Origin;

pub struct Entry {
    name: Obj,
    symbols: Obj,
    varnames: Obj,
    children: Obj,
    kind: i64,
    lineno: i64,
    nested: bool,
}
adder_object::trace_fields!(Entry { name, symbols, varnames, children });
static ENTRY: StaticType = StaticType::new::<Entry>("symtable entry", TypeFlags::GC);
adder_object::payload!(Entry, ENTRY);

fn entry(o: &Obj) -> PyResult<&Entry> {
    o.this::<Entry>()
}

fn repr(_: &Vm, o: &Obj) -> PyResult {
    let e = entry(o)?;
    let text = format!("<symtable entry {}({}), line {}>", ops::text(&e.name), o.bits(), e.lineno);
    Ok(str::from_str(&text).into_obj())
}

static ENTRY_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::repr(repr)],
    getset: &[
        getter("id", |_, o| Ok(int::from_i64(o.bits() as i64)), ""),
        getter("name", |_, o| Ok(entry(o)?.name.clone()), ""),
        getter("symbols", |_, o| Ok(entry(o)?.symbols.clone()), ""),
        getter("varnames", |_, o| Ok(entry(o)?.varnames.clone()), ""),
        getter("children", |_, o| Ok(entry(o)?.children.clone()), ""),
        getter("nested", |_, o| Ok(int::from_i64(entry(o)?.nested as i64)), ""),
        getter("type", |_, o| Ok(int::from_i64(entry(o)?.kind)), ""),
        getter("lineno", |_, o| Ok(int::from_i64(entry(o)?.lineno)), ""),
    ],
    ..TypeSpec::of(&ENTRY)
};

fn kind(k: BlockKind) -> i64 {
    match k {
        BlockKind::Function => 0,
        BlockKind::Class => 1,
        BlockKind::Module => 2,
        BlockKind::Annotation => 3,
        BlockKind::TypeAlias => 4,
        BlockKind::TypeParameters => 5,
        BlockKind::TypeVariable => 6,
    }
}

fn make(vm: &Vm, table: &SymbolTable, id: ScopeId) -> PyResult {
    vm.check_stack(" while building a symbol table")?;
    let s = table.scope(id);
    let text = |n: adder_compile::Name| str::intern_str(table.names.text(n)).into_obj();
    let symbols = Dict::new();
    for (&name, &bits) in &s.symbols {
        symbols.set_name(&text(name), int::from_i64(bits as i64));
    }
    let mut children = Vec::with_capacity(s.children.len());
    for &c in &s.children {
        children.push(make(vm, table, c)?);
    }
    Ok(Ref::new(Entry {
        name: text(s.name),
        symbols: symbols.into_obj(),
        varnames: List::new(s.varnames.iter().map(|&n| text(n)).collect()).into_obj(),
        children: List::new(children).into_obj(),
        kind: kind(s.kind),
        lineno: s.loc.lineno as i64,
        nested: s.nested,
    })
    .into_obj())
}

fn symtable(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let filename = match a[1].get::<Bytes>() {
        Some(b) => String::from_utf8_lossy(b.as_slice()).into_owned(),
        None => ops::str_lossy(vm, &a[1]),
    };
    let text = match (a[0].get::<Str>(), a[0].get::<Bytes>()) {
        (Some(s), _) if s.to_string_lossy().contains('\0') => {
            return Err(PyErr::new(&exc::SYNTAX_ERROR, "source code string cannot contain null bytes"));
        }
        (Some(s), _) => adder_syntax::source::normalize(&s.to_string_lossy()).into_owned(),
        (_, Some(b)) => crate::builtin_functions::decode_source(b.as_slice(), Origin::Bytes, &filename)?,
        _ => return Err(error::type_error("symtable() arg 1 must be a string or bytes")),
    };
    let mode = match ops::expect_str(&a[2], "symtable() argument 3")?.as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(error::value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
    };
    let tree = source::parse(vm, &text, &filename, &source::Request::new(mode))?;
    let table = adder_compile::symbol_table(&tree, 0).map_err(|e| source::compile_error(&e, &filename))?;
    make(vm, &table, SymbolTable::TOP)
}

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    let constants = [
        ("USE", flag::USE),
        ("DEF_GLOBAL", flag::DEF_GLOBAL),
        ("DEF_NONLOCAL", flag::DEF_NONLOCAL),
        ("DEF_LOCAL", flag::DEF_LOCAL),
        ("DEF_PARAM", flag::DEF_PARAM),
        ("DEF_TYPE_PARAM", flag::DEF_TYPE_PARAM),
        ("DEF_FREE_CLASS", flag::DEF_FREE_CLASS),
        ("DEF_IMPORT", flag::DEF_IMPORT),
        // The module's constant leaves type parameters out.
        ("DEF_BOUND", flag::DEF_LOCAL | flag::DEF_PARAM | flag::DEF_IMPORT),
        ("DEF_ANNOT", flag::DEF_ANNOT),
        ("DEF_COMP_ITER", flag::DEF_COMP_ITER),
        ("DEF_COMP_CELL", flag::DEF_COMP_CELL),
        ("TYPE_FUNCTION", 0),
        ("TYPE_CLASS", 1),
        ("TYPE_MODULE", 2),
        ("TYPE_ANNOTATION", 3),
        ("TYPE_TYPE_ALIAS", 4),
        ("TYPE_TYPE_PARAMETERS", 5),
        ("TYPE_TYPE_VARIABLE", 6),
        ("LOCAL", 1),
        ("GLOBAL_EXPLICIT", 2),
        ("GLOBAL_IMPLICIT", 3),
        ("FREE", 4),
        ("CELL", 5),
        ("SCOPE_OFF", adder_compile::symtable::SCOPE_OFFSET),
        ("SCOPE_MASK", 15),
    ];
    for (k, n) in constants {
        d.set_str(k, int::from_i64(n as i64));
    }
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[method(
        "symtable($module, source, filename, startstr, /)",
        Native::Pos(3, 3, symtable),
        "Return symbol and scope dictionaries used internally by compiler.",
    )],
    types: &[],
    init: Some(init),
    ..ModuleSpec::new("_symtable")
};

/// Makes the entry type ready: it is in no module.
pub fn install() {
    adder_object::spec::ready(&ENTRY_SPEC);
}
