//! `_suggestions`: the nearest name, as error messages suggest it.

use adder_object::spec::{Native, method};
use adder_object::{List, ModuleSpec, Obj, ObjExt, PyResult, Str, Vm, error, singletons, str, suggest};

pub static MODULE: ModuleSpec = ModuleSpec {
    functions: &[method(
        "_generate_suggestions($module, candidates, item, /)",
        Native::Pos(2, 2, generate),
        "Returns the candidate in candidates that's closest to item",
    )],
    ..ModuleSpec::new("_suggestions")
};

/// So many names are not worth the time.
const MAX_CANDIDATES: usize = 750;

fn generate(_: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let Some(list) = a[0].get_exact::<List>() else { return Err(error::type_error("candidates must be a list")) };
    let Some(item) = a[1].get::<Str>() else {
        return Err(error::type_error(format!(
            "_generate_suggestions() argument 2 must be str, not {}",
            a[1].ty().tp_name()
        )));
    };
    if list.as_slice().len() >= MAX_CANDIDATES {
        return Ok(singletons::none());
    }
    let texts: Option<Vec<String>> = list.as_slice().iter().map(|c| Some(c.get::<Str>()?.to_string_lossy())).collect();
    let Some(texts) = texts else {
        return Err(error::type_error("all elements in 'candidates' must be strings"));
    };
    let candidates: Vec<&::std::primitive::str> = texts.iter().map(String::as_str).collect();
    Ok(match suggest::closest(&item.to_string_lossy(), &candidates) {
        Some(s) => str::from_str(s).into_obj(),
        None => singletons::none(),
    })
}
