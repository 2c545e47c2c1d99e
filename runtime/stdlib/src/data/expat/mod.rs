//! `pyexpat`: an XML parser with expat's interface, written anew.
//!
//! Not supported: the knobs of expat's limit on allocations. The declarations of external files take effect behind the internal subset.

mod declared;
mod dispatch;
mod dtd;
pub mod event;
mod input;
mod lex;
mod names;
pub mod parser;
mod scan;
mod subset;
pub mod symbols;
mod tags;

use adder_object::exceptions::{self as exc, BaseException};
use adder_object::spec::{Native, method};
use adder_object::{Dict, List, module, ops, singletons, str, tuple};
use adder_object::{Module, ModuleSpec, Obj, PyResult, Ref, StaticType, TypeFlags as F, TypeSpec, Vm, int};
use event::ERRORS;

pub static ERROR: StaticType = StaticType::new::<BaseException>(
    "xml.parsers.expat.ExpatError",
    F::BASETYPE | F::GC | F::MANAGED_DICT | F::EXC_SUBCLASS,
);
static ERROR_SPEC: TypeSpec = TypeSpec { base: Some(&exc::EXCEPTION), ..TypeSpec::of(&ERROR) };

fn error_string(vm: &Vm, _: &Obj, code: &Obj) -> PyResult {
    let n = ops::to_i64(vm, code)?;
    Ok(match usize::try_from(n - 1).ok().and_then(|i| ERRORS.get(i)) {
        Some((_, text)) => str::from_str(text).into_obj(),
        None => singletons::none(),
    })
}

fn submodule(name: &str, doc: &str) -> Ref<Module> {
    let m = Module::new(name);
    module::dict(m.obj()).set_str("__doc__", str::from_str(doc).into_obj());
    m
}
fn errors_module(vm: &Vm) -> PyResult {
    let m = submodule("pyexpat.errors", "Constants used to describe error conditions.");
    let d = module::dict(m.obj());
    let (codes, messages) = (Dict::new(), Dict::new());
    for (i, (name, text)) in ERRORS.iter().enumerate() {
        let (text, code) = (str::from_str(text).into_obj(), int::from_usize(i + 1));
        d.set_str(name, text.clone());
        codes.set_item(vm, &text, code.clone())?;
        messages.set_item(vm, &code, text)?;
    }
    d.set_str("codes", codes.into_obj());
    d.set_str("messages", messages.into_obj());
    Ok(m.into_obj())
}
fn model_module() -> Obj {
    let m = submodule("pyexpat.model", "Constants used to interpret content model information.");
    let d = module::dict(m.obj());
    let types = ["EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"];
    types.iter().enumerate().for_each(|(i, n)| d.set_str(&format!("XML_CTYPE_{n}"), int::from_usize(i + 1)));
    let quantifiers = ["NONE", "OPT", "REP", "PLUS"];
    quantifiers.iter().enumerate().for_each(|(i, n)| d.set_str(&format!("XML_CQUANT_{n}"), int::from_usize(i)));
    m.into_obj()
}
/// The interface version that this parser follows.
pub const VERSION: [i64; 3] = [2, 7, 0];

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Python wrapper for Expat parser.",
    functions: &[
        method(
            "ParserCreate($module, /, encoding=None, namespace_separator=None,\n             intern=<unrepresentable>)",
            Native::Bound(parser::create),
            "Return a new XML parser object.",
        ),
        method("ErrorString($module, code, /)", Native::One(error_string), "Returns string error for given number."),
    ],
    init: Some(|vm, m| {
        adder_object::spec::ready(&ERROR_SPEC);
        adder_object::spec::ready(&parser::SPEC);
        let d = module::dict(m.obj());
        d.set_str("ExpatError", ERROR.obj());
        d.set_str("error", ERROR.obj());
        d.set_str("XMLParserType", parser::PARSER.obj());
        let [a, b, c] = VERSION;
        d.set_str("EXPAT_VERSION", str::from_str(&format!("expat_{a}.{b}.{c}")).into_obj());
        d.set_str("version_info", tuple::from_array(VERSION.map(int::from_i64)));
        d.set_str("native_encoding", str::from_str("UTF-8").into_obj());
        let features = [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_NS", 0)];
        let features = features.map(|(n, v)| tuple::from_array([str::from_str(n).into_obj(), int::from_i64(v)]));
        d.set_str("features", List::new(features.to_vec()).into_obj());
        for (i, n) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].iter().enumerate() {
            d.set_str(&format!("XML_PARAM_ENTITY_PARSING_{n}"), int::from_usize(i));
        }
        let (errors, model) = (errors_module(vm)?, model_module());
        if let Some(modules) = adder_object::attr::lookup_str(vm, &vm.import("sys")?, "modules")? {
            ops::setitem(vm, &modules, str::from_str("pyexpat.errors").obj(), &errors)?;
            ops::setitem(vm, &modules, str::from_str("pyexpat.model").obj(), &model)?;
        }
        d.set_str("errors", errors);
        d.set_str("model", model);
        Ok(())
    }),
    ..ModuleSpec::new("pyexpat")
};
