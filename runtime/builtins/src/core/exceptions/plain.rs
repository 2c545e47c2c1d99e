//! Exception types with a few attributes: StopIteration, SystemExit, KeyError, NameError, AttributeError, ImportError.

use super::base::{init as base_init, reduced, state, store_args, str_of};
use super::{Parts, field, of};
use adder_object::exceptions::{self as exc, IMPORT_MSG, IMPORT_NAME, IMPORT_PATH};
use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{Args, Dict, Obj, ObjExt, PyResult, Ref, Vm, error, ops, str, suggest, tuple, types};

pub const STOP_ITERATION: Parts = Parts {
    slots: &[slot::init(positional_init)],
    getset: &[field::<0>("value", "generator return value")],
    methods: &[],
};

pub const SYSTEM_EXIT: Parts =
    Parts { slots: &[slot::init(positional_init)], getset: &[field::<0>("code", "exception code")], methods: &[] };

/// Fields come from the positional arguments alone.
fn positional_init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    base_init(vm, o, args)?;
    exc::fill_fields(o.ty(), of(o)?, args.positional());
    Ok(())
}

pub const KEY_ERROR: Parts = Parts { slots: &[slot::str(key_error_str)], getset: &[], methods: &[] };

/// The key as its repr, so that an empty one shows.
fn key_error_str(vm: &Vm, o: &Obj) -> PyResult {
    let args = of(o)?.args();
    match tuple::as_slice(&args) {
        Some([key]) => ops::repr(vm, key),
        _ => str_of(vm, o),
    }
}

/// Takes keyword arguments into fields; `names` says which go where.
fn keyword_init(
    o: &Obj,
    args: Args<'_>,
    function: &::std::primitive::str,
    names: &[(&::std::primitive::str, usize)],
) -> PyResult<()> {
    store_args(o, args.positional())?;
    if args.names().len() > names.len() {
        return Err(error::type_error(format!(
            "{function}() takes at most {} keyword argument{} ({} given)",
            names.len(),
            if names.len() == 1 { "" } else { "s" },
            args.names().len()
        )));
    }
    let e = of(o)?;
    for (_, i) in names {
        e.set_field_option(*i, None);
    }
    for (k, v) in args.keywords() {
        let text = ops::text(k);
        match names.iter().find(|(n, _)| *n == text) {
            Some((_, i)) => e.set_field(*i, v.clone()),
            None => {
                let known: Vec<&::std::primitive::str> = names.iter().map(|(n, _)| *n).collect();
                let hint =
                    suggest::closest(&text, &known).map(|s| format!(". Did you mean '{s}'?")).unwrap_or_default();
                return Err(error::type_error(format!(
                    "{function}() got an unexpected keyword argument '{text}'{hint}"
                )));
            }
        }
    }
    Ok(())
}

pub const NAME_ERROR: Parts = Parts {
    slots: &[slot::init(|_, o, args| keyword_init(o, args, "NameError", &[("name", 0)]))],
    getset: &[field::<0>("name", "name")],
    methods: &[],
};

pub const ATTRIBUTE_ERROR: Parts = Parts {
    slots: &[slot::init(|_, o, args| keyword_init(o, args, "AttributeError", &[("name", 0), ("obj", 1)]))],
    getset: &[field::<0>("name", "attribute name"), field::<1>("obj", "object")],
    methods: &[
        method("__getstate__($self, /)", Native::NoArgs(|_, o| Ok(attribute_error_state(o)?.into_obj())), ""),
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| reduced(o, of(o)?.args(), Some(attribute_error_state(o)?))),
            "",
        ),
    ],
};

/// The object itself is left out: it need not be picklable.
fn attribute_error_state(o: &Obj) -> PyResult<Ref<Dict>> {
    let d = state(o).unwrap_or_else(Dict::new);
    let e = of(o)?;
    if let Some(n) = e.field(0) {
        d.set_str("name", n);
    }
    d.set_str("args", e.args());
    Ok(d)
}

pub const IMPORT_ERROR: Parts = Parts {
    slots: &[slot::init(import_init), slot::str(import_str)],
    getset: &[
        field::<IMPORT_MSG>("msg", "exception message"),
        field::<IMPORT_NAME>("name", "module name"),
        field::<IMPORT_PATH>("path", "module path"),
        field::<3>("name_from", "name imported from module"),
    ],
    methods: &[method("__reduce__($self, /)", Native::NoArgs(import_reduce), "")],
};

fn import_init(_: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    keyword_init(o, args, "ImportError", &[("name", IMPORT_NAME), ("path", IMPORT_PATH), ("name_from", 3)])?;
    let msg = match args.positional() {
        [one] => Some(one.clone()),
        _ => None,
    };
    of(o)?.set_field_option(IMPORT_MSG, msg);
    Ok(())
}

fn import_str(vm: &Vm, o: &Obj) -> PyResult {
    match of(o)?.field(IMPORT_MSG) {
        Some(m) if m.is_exact(&types::STR) => Ok(m),
        _ => str_of(vm, o),
    }
}

fn import_reduce(_: &Vm, o: &Obj) -> PyResult {
    let e = of(o)?;
    let mut d = state(o);
    for (name, i) in [("name", IMPORT_NAME), ("path", IMPORT_PATH), ("name_from", 3)] {
        if let Some(v) = e.field(i).filter(|v| !v.is_none()) {
            d.get_or_insert_with(Dict::new).set_name(str::intern_str(name).obj(), v);
        }
    }
    reduced(o, e.args(), d)
}
