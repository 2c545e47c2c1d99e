//! Values that a type parameter computes when first asked for: bounds, constraints, defaults, aliased types.
//!
//! CPython: Objects/typevarobject.c (the evaluate functions and `_ConstEvaluator`).

use crate::core::alias::type_repr;
use adder_object::call::{call_pos, call1};
use adder_object::slots::slot;
use adder_object::spec::TypeSpec;
use adder_object::{
    Args, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, Str, Trace, TypeFlags as F, Visit, Vm, attr, error, int,
    names, ops, payload, singletons, str, trace_fields, tuple,
};

/// The `format` of annotationlib that asks for source text.
const FORMAT_STRING: i32 = 4;
const FORMAT_VALUE: i64 = 1;

/// A value known now, or the function that gives it.
#[derive(Default)]
pub struct Lazy {
    value: ObjCell,
    evaluate: ObjCell,
}
impl Trace for Lazy {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.value.trace(visit);
        self.evaluate.trace(visit);
    }
    fn clear(&self) {
        self.value.clear();
        self.evaluate.clear();
    }
}

impl Lazy {
    pub fn known(value: Option<Obj>) -> Lazy {
        Lazy { value: ObjCell::from_option(value), evaluate: ObjCell::empty() }
    }
    pub fn computed(evaluate: Option<Obj>) -> Lazy {
        Lazy { value: ObjCell::empty(), evaluate: ObjCell::from_option(evaluate) }
    }
    /// The value, computed and kept on first use; None when there is neither value nor function.
    pub fn get(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        if let Some(v) = self.value.get() {
            return Ok(Some(v));
        }
        let Some(f) = self.evaluate.get() else { return Ok(None) };
        let v = call1(vm, &f, &int::from_i64(FORMAT_VALUE))?;
        self.value.set(v.clone());
        Ok(Some(v))
    }
    /// The value as known without running code.
    pub fn peek(&self) -> Option<Obj> {
        self.value.get()
    }
    pub fn is_computed(&self) -> bool {
        self.evaluate.is_some()
    }
    pub fn evaluator(&self) -> Option<Obj> {
        self.evaluate.get()
    }
    pub fn set_evaluator(&self, f: Obj) {
        self.evaluate.set(f);
    }
    /// `evaluate_...`: the function, or one that returns the known value, or None.
    pub fn evaluator_or_constant(&self) -> Obj {
        match (self.evaluate.get(), self.value.get()) {
            (Some(f), _) => f,
            (None, Some(value)) => Ref::new(ConstEvaluator { value }).into_obj(),
            _ => singletons::none(),
        }
    }
}

/// An evaluate function that returns a value fixed at its making.
struct ConstEvaluator {
    value: Obj,
}
trace_fields!(ConstEvaluator { value });
static CONST_EVALUATOR: StaticType = StaticType::new::<ConstEvaluator>("_typing._ConstEvaluator", F::GC);
payload!(ConstEvaluator, CONST_EVALUATOR);
pub static CONST_EVALUATOR_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::call(const_call),
        slot::repr(|vm, o| {
            let text = ops::repr_string(vm, &o.this::<ConstEvaluator>()?.value)?;
            Ok(str::from_str(&format!("<constevaluator {text}>")).into_obj())
        }),
    ],
    ..TypeSpec::of(&CONST_EVALUATOR)
};
fn const_call(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(error::type_error("constevaluator.__call__() takes no keyword arguments"));
    }
    let [format] = args.positional() else {
        return Err(error::type_error(format!(
            "constevaluator.__call__() takes exactly 1 argument ({} given)",
            args.len()
        )));
    };
    let value = &o.this::<ConstEvaluator>()?.value;
    if ops::to_i32(vm, format)? != FORMAT_STRING {
        return Ok(value.clone());
    }
    let text = match tuple::as_slice(value) {
        Some(items) => {
            let parts = items.iter().map(|i| type_repr(vm, i)).collect::<PyResult<Vec<_>>>()?;
            format!("({})", parts.join(", "))
        }
        None => type_repr(vm, value)?,
    };
    Ok(str::from_str(&text).into_obj())
}

/// `typing.<function>(*args)`.
pub fn call_typing(vm: &Vm, function: &str, args: &[Obj]) -> PyResult {
    let f = attr::get_str(vm, &vm.import("typing")?, function)?;
    call_pos(vm, &f, args)
}
/// A bound as `typing` checks it: a type or something that can stand for one.
pub fn checked_type(vm: &Vm, o: &Obj) -> PyResult {
    call_typing(vm, "_type_check", &[o.clone(), str::from_str("Bound must be a type.").into_obj()])
}
/// The module whose code runs now, as `__module__` of what it makes.
pub fn calling_module(vm: &Vm) -> Option<Obj> {
    vm.globals()?.get_name(&names().__name__)
}
/// The `__module__` of a function.
pub fn module_of(vm: &Vm, f: &Obj) -> PyResult<Option<Obj>> {
    attr::lookup(vm, f, &names().__module__)
}
/// Sets `__module__` of a type parameter made by a call.
pub fn set_module(vm: &Vm, o: &Obj) -> PyResult<()> {
    match calling_module(vm) {
        Some(m) => attr::set(vm, o, &names().__module__, &m),
        None => attr::set(vm, o, &names().__module__, adder_object::singletons::none_ref()),
    }
}
/// The `name` argument of a constructor.
pub fn name_argument(o: &Obj, function: &str) -> PyResult {
    if o.get::<Str>().is_some() {
        return Ok(o.clone());
    }
    Err(error::type_error(format!("{function}() argument 'name' must be str, not {}", o.ty().tp_name())))
}
pub fn cannot_subclass(o: &Obj) -> PyResult {
    Err(error::type_error(format!("Cannot subclass an instance of {}", o.ty().name())))
}
/// `left | right` where one side is a type parameter: anything goes; strs become forward references.
pub fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let mut members = [a.clone(), b.clone()];
    for m in &mut members {
        if m.get::<Str>().is_some() {
            let f = attr::get_str(vm, &vm.import("annotationlib")?, "ForwardRef")?;
            *m = call1(vm, &f, m)?;
        }
    }
    crate::core::union::from_members(vm, &members)
}
/// Flags and truth of the variance arguments.
pub struct Variance {
    pub covariant: bool,
    pub contravariant: bool,
    pub infer: bool,
}
impl Variance {
    pub fn checked(vm: &Vm, co: Option<&Obj>, contra: Option<&Obj>, infer: Option<&Obj>) -> PyResult<Variance> {
        let truth = |o: Option<&Obj>| o.map_or(Ok(false), |o| ops::truth(vm, o));
        let v = Variance { covariant: truth(co)?, contravariant: truth(contra)?, infer: truth(infer)? };
        if v.covariant && v.contravariant {
            return Err(error::value_error("Bivariant types are not supported."));
        }
        if v.infer && (v.covariant || v.contravariant) {
            return Err(error::value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(v)
    }
    pub fn inferred() -> Variance {
        Variance { covariant: false, contravariant: false, infer: true }
    }
    /// The sign before the name in a repr.
    pub fn prefix(&self) -> &'static str {
        match self {
            Variance { infer: true, .. } => "",
            Variance { covariant: true, .. } => "+",
            Variance { contravariant: true, .. } => "-",
            _ => "~",
        }
    }
}

/// A `default` argument: NoDefault when left out.
pub fn default_argument(o: Option<&Obj>) -> Lazy {
    Lazy::known(Some(o.cloned().unwrap_or_else(super::no_default::get)))
}
/// `__default__`.
pub fn default_value(vm: &Vm, default: &Lazy) -> PyResult {
    Ok(default.get(vm)?.unwrap_or_else(super::no_default::get))
}
/// `has_default()`.
pub fn has_default(default: &Lazy) -> Obj {
    let known = default.peek().is_some_and(|v| !v.is(&super::no_default::get()));
    singletons::bool_obj(default.is_computed() || known)
}
