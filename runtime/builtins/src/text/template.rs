//! `string.templatelib.Template` and `Interpolation`: what t-strings make.
//!
//! Invariant: TEMPLATE-1: a template has one string more than interpolations.
//! CPython: Objects/templateobject.c, Objects/interpolationobject.c.

use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, TypeSpec, class_method, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags as F, Vm, attr, class, error, ops, payload,
    singletons, str, trace_fields, tuple,
};
use std::cell::Cell;

struct Interpolation {
    value: Obj,
    expression: Obj,
    conversion: Obj,
    format_spec: Obj,
}
trace_fields!(Interpolation { value, expression, conversion, format_spec });
static INTERPOLATION: StaticType = StaticType::new::<Interpolation>("string.templatelib.Interpolation", F::GC);
payload!(Interpolation, INTERPOLATION);

impl Interpolation {
    fn fields(&self) -> [&Obj; 4] {
        [&self.value, &self.expression, &self.conversion, &self.format_spec]
    }
}
fn field(o: &Obj, i: usize) -> PyResult {
    Ok(o.this::<Interpolation>()?.fields()[i].clone())
}

pub static INTERPOLATION_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(interpolation_new),
        slot::repr(|vm, o| {
            let parts = o.this::<Interpolation>()?.fields().map(|f| ops::repr_string(vm, f));
            let parts = parts.into_iter().collect::<PyResult<Vec<_>>>()?;
            Ok(str::from_str(&format!("Interpolation({})", parts.join(", "))).into_obj())
        }),
    ],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| {
                let fields = o.this::<Interpolation>()?.fields().map(Obj::clone);
                Ok(tuple::from_array([o.ty().to_obj(), tuple::from_array(fields)]))
            }),
            "",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "Interpolations are generic over the types of their values",
        ),
    ],
    getset: &[
        getter("value", |_, o| field(o, 0), "Value"),
        getter("expression", |_, o| field(o, 1), "Expression"),
        getter("conversion", |_, o| field(o, 2), "Conversion"),
        getter("format_spec", |_, o| field(o, 3), "Format specifier"),
    ],
    attrs: &[("__match_args__", || {
        tuple::from_array(["value", "expression", "conversion", "format_spec"].map(|n| str::intern_str(n).into_obj()))
    })],
    doc: "Interpolation object",
    ..TypeSpec::of(&INTERPOLATION)
};

static INTERPOLATION_NEW: MethodDef = method(
    "Interpolation(value, expression='', conversion=None, format_spec='')",
    Native::NoArgs(|_, o| Ok(o.clone())),
    "",
);
fn interpolation_new(_: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let a = INTERPOLATION_NEW.signature().bind(args)?;
    let text = |i: usize, name: &str| match a.opt(i) {
        None => Ok(str::empty().into_obj()),
        Some(o) if o.get::<Str>().is_some() => Ok(o.clone()),
        Some(o) => {
            Err(error::type_error(format!("Interpolation() argument '{name}' must be str, not {}", o.ty().tp_name())))
        }
    };
    let expression = text(1, "expression")?;
    let conversion = match a.opt_not_none(2) {
        None => singletons::none(),
        Some(_) => {
            let c = text(2, "conversion")?;
            if !matches!(ops::text(&c).as_str(), "s" | "a" | "r") {
                return Err(error::value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
            }
            c
        }
    };
    let format_spec = text(3, "format_spec")?;
    let i = Interpolation { value: a.req(0).clone(), expression, conversion, format_spec };
    Ok(Ref::with_type(ty, i).into_obj())
}

/// An interpolation of a t-string; `conversion` is 0 for none, then str, repr, ascii.
pub fn interpolation(value: &Obj, expression: &Obj, conversion: usize, format_spec: Option<&Obj>) -> Obj {
    let conversion = match conversion {
        1 => str::intern_str("s").into_obj(),
        2 => str::intern_str("r").into_obj(),
        3 => str::intern_str("a").into_obj(),
        _ => singletons::none(),
    };
    Ref::new(Interpolation {
        value: value.clone(),
        expression: expression.clone(),
        conversion,
        format_spec: format_spec.cloned().unwrap_or_else(|| str::empty().into_obj()),
    })
    .into_obj()
}

struct Template {
    strings: Obj,
    interpolations: Obj,
}
trace_fields!(Template { strings, interpolations });
static TEMPLATE: StaticType = StaticType::new::<Template>("string.templatelib.Template", F::GC);
payload!(Template, TEMPLATE);

pub static TEMPLATE_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(template_new),
        slot::repr(|vm, o| {
            let t = o.this::<Template>()?;
            let (s, i) = (ops::repr_string(vm, &t.strings)?, ops::repr_string(vm, &t.interpolations)?);
            Ok(str::from_str(&format!("Template(strings={s}, interpolations={i})")).into_obj())
        }),
        slot::iter(|_, o| {
            o.this::<Template>()?;
            Ok(Ref::new(TemplateIter { template: o.clone(), at: Cell::new(0) }).into_obj())
        }),
        slot::concat(concat),
    ],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|vm, o| {
                let t = o.this::<Template>()?;
                let f = attr::get_str(vm, &vm.import("string.templatelib")?, "_template_unpickle")?;
                let state = tuple::from_array([t.strings.clone(), t.interpolations.clone()]);
                Ok(tuple::from_array([f, state]))
            }),
            "",
        ),
        class_method(
            "__class_getitem__($type, object, /)",
            Native::One(class::generic_alias),
            "Templates are generic over the types of their interpolations",
        ),
    ],
    getset: &[
        getter("strings", |_, o| Ok(o.this::<Template>()?.strings.clone()), "Strings"),
        getter("interpolations", |_, o| Ok(o.this::<Template>()?.interpolations.clone()), "Interpolations"),
        getter(
            "values",
            |_, o| {
                let all = tuple::to_vec(&o.this::<Template>()?.interpolations);
                Ok(tuple::new(all.iter().map(|i| field(i, 0)).collect::<PyResult<Vec<_>>>()?))
            },
            "Values of interpolations",
        ),
    ],
    doc: "Template object",
    ..TypeSpec::of(&TEMPLATE)
};

/// A template of a t-string, from its tuples of strings and interpolations.
pub fn template(strings: &Obj, interpolations: &Obj) -> Obj {
    Ref::new(Template { strings: strings.clone(), interpolations: interpolations.clone() }).into_obj()
}

fn joined(a: &Obj, b: &Obj) -> PyResult {
    Ok(str::concat(a.this::<Str>()?, b.this::<Str>()?).into_obj())
}
fn template_new(_: &Vm, _: &Type, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(error::type_error("Template.__new__ only accepts *args arguments"));
    }
    let (mut strings, mut interpolations) = (vec![str::empty().into_obj()], vec![]);
    for a in args.positional() {
        if a.get::<Str>().is_some() {
            let last = strings.len() - 1;
            strings[last] = joined(&strings[last], a)?;
        } else if a.get::<Interpolation>().is_some() {
            interpolations.push(a.clone());
            strings.push(str::empty().into_obj());
        } else {
            return Err(error::type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                a.ty().tp_name()
            )));
        }
    }
    Ok(template(&tuple::new(strings), &tuple::new(interpolations)))
}
fn concat(_: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Template>(), b.get::<Template>()) else {
        return Err(error::type_error(format!(
            "can only concatenate {} (not \"{}\") to {}",
            TEMPLATE.tp_name(),
            b.ty().tp_name(),
            TEMPLATE.tp_name()
        )));
    };
    let mut strings = tuple::to_vec(&x.strings);
    let right = tuple::to_vec(&y.strings);
    if let (Some(last), Some(first)) = (strings.pop(), right.first()) {
        strings.push(joined(&last, first)?);
        strings.extend_from_slice(&right[1..]);
    }
    let mut interpolations = tuple::to_vec(&x.interpolations);
    interpolations.extend(tuple::to_vec(&y.interpolations));
    Ok(template(&tuple::new(strings), &tuple::new(interpolations)))
}

/// Strings that are not empty and interpolations, in the order of the text.
struct TemplateIter {
    template: Obj,
    at: Cell<usize>,
}
trace_fields!(TemplateIter { template });
static TEMPLATE_ITER: StaticType = StaticType::new::<TemplateIter>("string.templatelib.TemplateIter", F::GC);
payload!(TemplateIter, TEMPLATE_ITER);
pub static TEMPLATE_ITER_SPEC: TypeSpec = TypeSpec {
    slots: &[slot::iter(|_, o| Ok(o.clone())), slot::iternext(template_next)],
    doc: "Template iterator object",
    ..TypeSpec::of(&TEMPLATE_ITER)
};
fn template_next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let it = o.this::<TemplateIter>()?;
    let t = it.template.this::<Template>()?;
    loop {
        let at = it.at.get();
        let parts = if at % 2 == 0 { &t.strings } else { &t.interpolations };
        let Some(part) = tuple::as_slice(parts).and_then(|p| p.get(at / 2)) else { return Ok(None) };
        it.at.set(at + 1);
        if part.get::<Str>().is_none_or(|s| !s.is_empty()) {
            return Ok(Some(part.clone()));
        }
    }
}
