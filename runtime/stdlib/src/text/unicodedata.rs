//! The module `unicodedata`, over the tables of adder-unicode.
//!
//! *CPython*: Modules/unicodedata.c.

use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, ModuleSpec, Native, getter, method};
use adder_object::{
    Args, Module, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeSpec, Vm, error, float, int, module, ops,
    spec, str, trace_fields,
};
use adder_unicode::{CURRENT, Database, Form, Found, V3_2_0};

/// A version of the database as an object: `ucd_3_2_0`.
struct Ucd {
    database: &'static Database,
}
trace_fields!(Ucd);
static UCD: StaticType = StaticType::new::<Ucd>("unicodedata.UCD", 0);
adder_object::payload!(Ucd, UCD);

/// The functions of the module ask the current version, the methods of an object its own.
fn database(o: &Obj) -> &'static Database {
    o.get::<Ucd>().map_or(&CURRENT, |u| u.database)
}

fn character(o: &Obj, function: &::std::primitive::str, position: &::std::primitive::str) -> PyResult<u32> {
    let wrong = |what: &::std::primitive::str| {
        error::type_error(format!("{function}(){position} must be a unicode character, not {what}"))
    };
    match o.get::<Str>() {
        Some(s) if s.len() == 1 => Ok(s.at(0)),
        Some(s) if position.contains(" argument ") => Err(error::type_error(format!(
            "{function}():{} must be a unicode character, not a string of length {}",
            position,
            s.len()
        ))),
        Some(s) => Err(error::type_error(format!(
            "{function}(): argument must be a unicode character, not a string of length {}",
            s.len()
        ))),
        None => Err(wrong(&o.ty().tp_name())),
    }
}

/// A function of one character.
macro_rules! of_char {
    ($($name:ident |$db:ident, $c:ident| $e:expr;)*) => {$(
        fn $name(_: &Vm, o: &Obj, arg: &Obj) -> PyResult {
            let $c = character(arg, stringify!($name), " argument")?;
            let $db = database(o);
            Ok($e)
        }
    )*};
}
fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}
of_char! {
    category |db, c| str::intern_str(db.category(c)).into_obj();
    bidirectional |db, c| str::intern_str(db.bidirectional(c)).into_obj();
    east_asian_width |db, c| str::intern_str(db.east_asian_width(c)).into_obj();
    combining |db, c| int::from_i64(i64::from(db.combining(c)));
    mirrored |db, c| int::from_i64(i64::from(db.mirrored(c)));
    decomposition |db, c| text(&db.decomposition(c));
}

/// A function of one character with a default.
fn with_default(args: &[Obj], found: Option<Obj>, message: &::std::primitive::str) -> PyResult {
    match found.or_else(|| args.get(1).cloned()) {
        Some(o) => Ok(o),
        None => Err(error::value_error(message)),
    }
}
fn decimal(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let c = character(&args[0], "decimal", " argument 1")?;
    with_default(args, database(o).decimal(c).map(|d| int::from_i64(i64::from(d))), "not a decimal")
}
fn digit(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let c = character(&args[0], "digit", " argument 1")?;
    with_default(args, database(o).digit(c).map(|d| int::from_i64(i64::from(d))), "not a digit")
}
fn numeric(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let c = character(&args[0], "numeric", " argument 1")?;
    with_default(args, database(o).numeric(c).map(float::from_f64), "not a numeric character")
}
fn name(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let c = character(&args[0], "name", " argument 1")?;
    with_default(args, database(o).name(c).map(|n| text(&n)), "no such name")
}

fn lookup(_: &Vm, o: &Obj, arg: &Obj) -> PyResult {
    let wanted = ops::expect_str(arg, "lookup() argument")?;
    if wanted.len() > 256 {
        return Err(adder_object::PyErr::new(&adder_object::exceptions::KEY_ERROR, "name too long"));
    }
    match database(o).lookup(&wanted) {
        Some(Found::One(c)) => Ok(str::from_char(c).into_obj()),
        Some(Found::Sequence(s)) => Ok(str::from_code_points(s).into_obj()),
        None => Err(error::key_error(&text(&format!("undefined character name '{wanted}'")))),
    }
}

fn form_args<'a>(args: &'a [Obj], function: &::std::primitive::str) -> PyResult<(Form, &'a Str)> {
    let arg = |i: usize| {
        args[i].get::<Str>().ok_or_else(|| {
            let t = args[i].ty().tp_name();
            error::type_error(format!("{function}() argument {} must be str, not {t}", i + 1))
        })
    };
    let (form, text) = (arg(0)?, arg(1)?);
    match Form::from_name(&form.to_string_lossy()) {
        Some(f) => Ok((f, text)),
        None => Err(error::value_error("invalid normalization form")),
    }
}
fn normalize(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (form, s) = form_args(args, "normalize")?;
    let exact = args[1].is_exact(&adder_object::types::STR);
    if s.is_ascii() && exact {
        return Ok(args[1].clone());
    }
    let points = s.code_points();
    let out = database(o).normalize(form, &points);
    if out == points && exact { Ok(args[1].clone()) } else { Ok(str::from_code_points(&out).into_obj()) }
}
fn is_normalized(_: &Vm, o: &Obj, args: &[Obj]) -> PyResult {
    let (form, s) = form_args(args, "is_normalized")?;
    let yes = s.is_ascii() || database(o).is_normalized(form, &s.code_points());
    Ok(adder_object::singletons::bool_obj(yes))
}

/// The rows that the module's functions and the methods of a version share.
macro_rules! rows {
    () => {
        &[
            method(
                "decimal($self, chr, default=<unrepresentable>, /)",
                Native::Pos(1, 2, decimal),
                "Converts a Unicode character into its equivalent decimal value.",
            ),
            method(
                "digit($self, chr, default=<unrepresentable>, /)",
                Native::Pos(1, 2, digit),
                "Converts a Unicode character into its equivalent digit value.",
            ),
            method(
                "numeric($self, chr, default=<unrepresentable>, /)",
                Native::Pos(1, 2, numeric),
                "Converts a Unicode character into its equivalent numeric value.",
            ),
            method(
                "category($self, chr, /)",
                Native::One(category),
                "Returns the general category assigned to the character chr as string.",
            ),
            method(
                "bidirectional($self, chr, /)",
                Native::One(bidirectional),
                "Returns the bidirectional class assigned to the character chr as string.",
            ),
            method(
                "combining($self, chr, /)",
                Native::One(combining),
                "Returns the canonical combining class assigned to the character chr as integer.",
            ),
            method(
                "mirrored($self, chr, /)",
                Native::One(mirrored),
                "Returns the mirrored property assigned to the character chr as integer.",
            ),
            method(
                "east_asian_width($self, chr, /)",
                Native::One(east_asian_width),
                "Returns the east asian width assigned to the character chr as string.",
            ),
            method(
                "decomposition($self, chr, /)",
                Native::One(decomposition),
                "Returns the character decomposition mapping assigned to the character chr as string.",
            ),
            method(
                "name($self, chr, default=<unrepresentable>, /)",
                Native::Pos(1, 2, name),
                "Returns the name assigned to the character chr as a string.",
            ),
            method("lookup($self, name, /)", Native::One(lookup), "Look up character by name."),
            method(
                "is_normalized($self, form, unistr, /)",
                Native::Pos(2, 2, is_normalized),
                "Return whether the Unicode string unistr is in the normal form 'form'.",
            ),
            method(
                "normalize($self, form, unistr, /)",
                Native::Pos(2, 2, normalize),
                "Return the normal form 'form' for the Unicode string unistr.",
            ),
        ]
    };
}
static FUNCTIONS: &[MethodDef] = rows!();
static METHODS: &[MethodDef] = rows!();
static GETSET: &[GetSetDef] = &[getter("unidata_version", |_, o| Ok(text(database(o).version())), "")];

fn no_new(_: &Vm, ty: &Type, _: Args<'_>) -> PyResult {
    Err(error::type_error(format!("cannot create '{}' instances", ty.tp_name())))
}
static UCD_SPEC: TypeSpec =
    TypeSpec { slots: &[slot::new(no_new)], methods: METHODS, getset: GETSET, ..TypeSpec::of(&UCD) };

fn init(_: &Vm, m: &Ref<Module>) -> PyResult<()> {
    spec::ready(&UCD_SPEC);
    let d = module::dict(m.obj());
    d.set_str("unidata_version", text(CURRENT.version()));
    d.set_str("UCD", UCD.obj());
    d.set_str("ucd_3_2_0", Ref::new(Ucd { database: &V3_2_0 }).into_obj());
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium\nat https://www.unicode.org/Public/.",
    functions: FUNCTIONS,
    init: Some(init),
    ..ModuleSpec::new("unicodedata")
};
