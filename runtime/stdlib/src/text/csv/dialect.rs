//! `_csv.Dialect`: the characters and rules of a kind of file, checked once.
//!
//! *CPython*: Modules/_csv.c, dialect_new.

use super::{bad_dialect, registered};
use adder_object::slots::slot;
use adder_object::spec::{MethodDef, Native, getter, method};
use adder_object::{
    Args, Obj, ObjExt, PyResult, Ref, StaticType, Str, Type, TypeFlags, TypeSpec, Vm, attr, error, int, ops,
    singletons, str, trace_fields,
};

pub const QUOTE_MINIMAL: i64 = 0;
pub const QUOTE_ALL: i64 = 1;
pub const QUOTE_NONNUMERIC: i64 = 2;
pub const QUOTE_NONE: i64 = 3;
pub const QUOTE_STRINGS: i64 = 4;
pub const QUOTE_NOTNULL: i64 = 5;

pub struct Dialect {
    pub delimiter: u32,
    pub doublequote: bool,
    pub escapechar: Option<u32>,
    pub lineterminator: Obj,
    pub quotechar: Option<u32>,
    pub quoting: i64,
    pub skipinitialspace: bool,
    pub strict: bool,
}
trace_fields!(Dialect { lineterminator });
static DIALECT: StaticType = StaticType::new::<Dialect>("_csv.Dialect", TypeFlags::GC | TypeFlags::BASETYPE);
adder_object::payload!(Dialect, DIALECT);

fn char_of(
    o: Option<&Obj>,
    name: &::std::primitive::str,
    none_too: bool,
    default: Option<u32>,
) -> PyResult<Option<u32>> {
    let Some(o) = o else { return Ok(default) };
    let or_none = if none_too { " or None" } else { "" };
    if o.is_none() && none_too {
        return Ok(None);
    }
    match o.get::<Str>() {
        Some(s) if s.len() == 1 => Ok(Some(s.at(0))),
        Some(s) => Err(error::type_error(format!(
            "\"{name}\" must be a unicode character{or_none}, not a string of length {}",
            s.len()
        ))),
        None => {
            let t = o.ty().tp_name();
            Err(error::type_error(format!("\"{name}\" must be a unicode character{or_none}, not {t}")))
        }
    }
}

const FIELDS: [&::std::primitive::str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

fn new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    static SIG: MethodDef = method(
        "Dialect(dialect=None, delimiter=',', doublequote=True, escapechar=None, lineterminator='', quotechar='', quoting=0, skipinitialspace=False, strict=False)",
        Native::Raw(|_, o, _| Ok(o.clone())),
        "",
    );
    let a = SIG.signature().bind(args)?;
    let mut given: Vec<Option<Obj>> = (1..=8).map(|i| a.opt(i).cloned()).collect();
    let mut base = a.opt_not_none(0).cloned();
    if let Some(b) = &base
        && b.get::<Str>().is_some()
    {
        base = Some(registered(vm, b)?);
    }
    if let Some(b) = &base {
        if b.get::<Dialect>().is_some() && given.iter().all(Option::is_none) && ty.is(&DIALECT) {
            return Ok(b.clone());
        }
        for (slot, name) in given.iter_mut().zip(FIELDS) {
            if slot.is_none() {
                *slot = attr::lookup_str(vm, b, name)?;
            }
        }
    }
    let d = checked(vm, &given)?;
    Ok(Ref::with_type(ty, d).into_obj())
}

fn checked(vm: &Vm, given: &[Option<Obj>]) -> PyResult<Dialect> {
    let get = |i: usize| given[i].as_ref();
    let truth = |i: usize, default: bool| get(i).map_or(Ok(default), |o| ops::truth(vm, o));
    let delimiter = char_of(get(0), FIELDS[0], false, Some(u32::from(b',')))?.unwrap_or(u32::from(b','));
    let doublequote = truth(1, true)?;
    let escapechar = char_of(get(2), FIELDS[2], true, None)?;
    let lineterminator = match get(3) {
        None => str::from_str("\r\n").into_obj(),
        Some(o) if o.get::<Str>().is_some() => o.clone(),
        Some(o) => {
            let t = o.ty().tp_name();
            return Err(error::type_error(format!("\"lineterminator\" must be a string, not {t}")));
        }
    };
    let quotechar = char_of(get(4), FIELDS[4], true, Some(u32::from(b'"')))?;
    let mut quoting = match get(5) {
        None => QUOTE_MINIMAL,
        Some(o) if int::is_int(o) && !o.is_exact(&adder_object::types::BOOL) || o.small_int().is_some() => {
            i64::from(ops::to_i32(vm, o)?)
        }
        Some(o) => {
            let t = o.ty().tp_name();
            return Err(error::type_error(format!("\"quoting\" must be an integer, not {t}")));
        }
    };
    let (skipinitialspace, strict) = (truth(6, false)?, truth(7, false)?);
    if !(QUOTE_MINIMAL..=QUOTE_NOTNULL).contains(&quoting) {
        return Err(error::type_error("bad \"quoting\" value"));
    }
    if get(4).is_some_and(Obj::is_none) && get(5).is_none() {
        quoting = QUOTE_NONE;
    }
    if quoting != QUOTE_NONE && quotechar.is_none() {
        return Err(error::type_error("quotechar must be set if quoting enabled"));
    }
    let d =
        Dialect { delimiter, doublequote, escapechar, lineterminator, quotechar, quoting, skipinitialspace, strict };
    check_chars(&d)?;
    Ok(d)
}

fn check_chars(d: &Dialect) -> PyResult<()> {
    let end = d.lineterminator.this::<Str>()?;
    let one = |name: &::std::primitive::str, c: Option<u32>, space: bool| {
        let Some(c) = c else { return Ok(()) };
        if c == 10 || c == 13 || (c == 32 && !space) {
            return Err(bad_dialect(&format!("bad {name} value")));
        }
        if end.chars().iter().any(|x| x == c) {
            return Err(bad_dialect(&format!("bad {name} or lineterminator value")));
        }
        Ok(())
    };
    let space = !d.skipinitialspace;
    one("delimiter", Some(d.delimiter), true)?;
    one("escapechar", d.escapechar, space)?;
    one("quotechar", d.quotechar, space)?;
    let two = |a: &::std::primitive::str, b: &::std::primitive::str, x: Option<u32>, y: Option<u32>| {
        if x == y && x.is_some() { Err(bad_dialect(&format!("bad {a} or {b} value"))) } else { Ok(()) }
    };
    two("delimiter", "escapechar", Some(d.delimiter), d.escapechar)?;
    two("delimiter", "quotechar", Some(d.delimiter), d.quotechar)?;
    two("escapechar", "quotechar", d.escapechar, d.quotechar)
}

fn this(o: &Obj) -> PyResult<&Dialect> {
    o.this::<Dialect>()
}
fn char_obj(c: Option<u32>) -> Obj {
    c.map_or_else(singletons::none, |c| str::from_char(c).into_obj())
}

/// A dialect from the arguments of `reader`, `writer` and `register_dialect`: an optional positional one with keywords.
pub fn from_call(vm: &Vm, dialect: Option<&Obj>, args: Args<'_>) -> PyResult<Ref<Dialect>> {
    let mut all: Vec<Obj> = dialect.into_iter().cloned().collect();
    all.extend(args.keywords().map(|(_, v)| v.clone()));
    let d = new(vm, &DIALECT, Args::with_names(&all, args.names()))?;
    d.downcast::<Dialect>().ok_or_else(|| error::system_error("not a dialect"))
}

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(new)],
    methods: &[
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|_, o| refuse_pickle(o)),
            "raises an exception to avoid pickling",
        ),
        method(
            "__reduce_ex__($self, protocol, /)",
            Native::One(|_, o, _| refuse_pickle(o)),
            "raises an exception to avoid pickling",
        ),
    ],
    getset: &[
        getter("delimiter", |_, o| Ok(char_obj(Some(this(o)?.delimiter))), ""),
        getter("escapechar", |_, o| Ok(char_obj(this(o)?.escapechar)), ""),
        getter("lineterminator", |_, o| Ok(this(o)?.lineterminator.clone()), ""),
        getter("quotechar", |_, o| Ok(char_obj(this(o)?.quotechar)), ""),
        getter("quoting", |_, o| Ok(int::from_i64(this(o)?.quoting)), ""),
        getter("skipinitialspace", |_, o| Ok(singletons::bool_obj(this(o)?.skipinitialspace)), ""),
        getter("doublequote", |_, o| Ok(singletons::bool_obj(this(o)?.doublequote)), ""),
        getter("strict", |_, o| Ok(singletons::bool_obj(this(o)?.strict)), ""),
    ],
    doc: "CSV dialect\n\nThe Dialect type records CSV dialect options.",
    ..TypeSpec::of(&DIALECT)
};

fn refuse_pickle(o: &Obj) -> PyResult {
    Err(error::type_error(format!("cannot pickle '{}' instances", o.ty().tp_name())))
}
