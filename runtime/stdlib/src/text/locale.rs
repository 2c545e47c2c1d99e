//! The module `_locale`: the C locale, with UTF-8 for its characters.
//!
//! *Invariant*: "C", "POSIX" and "C.UTF-8" can be set, no other locale is known; formatting never depends on it.
//! *CPython*: Modules/_localemodule.c.

use adder_object::spec::{ModuleSpec, Native, method};
use adder_object::{
    Dict, List, Module, Obj, ObjExt, PyErr, PyResult, Ref, Str, Vm, class, error, exceptions as exc, int, module, ops,
    singletons, str,
};
use std::sync::Mutex;

static CATEGORIES: [&::std::primitive::str; 6] =
    ["LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES"];
const LC_ALL: i32 = 6;
const NAMES_MORE: [&::std::primitive::str; 6] =
    ["LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION"];

/// What is set for each category.
static CURRENT: Mutex<[&::std::primitive::str; 6]> = Mutex::new(["C.UTF-8", "C", "C", "C", "C", "C"]);

fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}

fn locale_error(vm: &Vm, message: &::std::primitive::str) -> PyErr {
    let make = || -> PyResult {
        let class = adder_object::attr::get_str(vm, &vm.import("_locale")?, "Error")?;
        adder_object::call::call1(vm, &class, &text(message))
    };
    match make() {
        Ok(e) => PyErr::from_obj(e),
        Err(e) => e,
    }
}

fn known(name: &::std::primitive::str) -> Option<&'static ::std::primitive::str> {
    match name {
        "C" | "POSIX" => Some("C"),
        "C.UTF-8" | "C.utf8" | "" => Some("C.UTF-8"),
        _ => None,
    }
}

fn shown(all: &[&'static ::std::primitive::str; 6]) -> String {
    if all.iter().all(|n| n == &all[0]) {
        return all[0].to_owned();
    }
    let mut parts: Vec<String> = CATEGORIES.iter().zip(all).map(|(c, n)| format!("{c}={n}")).collect();
    parts.extend(NAMES_MORE.iter().map(|c| format!("{c}=C")));
    parts.join(";")
}

fn setlocale(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let category = ops::to_i32(vm, &args[0])?;
    let wanted = match args.get(1).filter(|o| !o.is_none()) {
        None => None,
        Some(o) => Some(ops::expect_str(o, "setlocale() argument 2")?),
    };
    let mut all = CURRENT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let one = usize::try_from(category).ok().filter(|&i| i < 6);
    if category != LC_ALL && one.is_none() && !(7..=12).contains(&category) {
        let what = if wanted.is_some() { "unsupported locale setting" } else { "locale query failed" };
        drop(all);
        return Err(locale_error(vm, what));
    }
    if let Some(wanted) = wanted {
        let mut next = *all;
        let mut ok = true;
        if category == LC_ALL && wanted.contains('=') {
            for part in wanted.split(';') {
                let (name, value) = part.split_once('=').unwrap_or((part, "?"));
                match (CATEGORIES.iter().position(|c| *c == name), known(value)) {
                    (Some(i), Some(v)) => next[i] = v,
                    (None, Some(_)) if NAMES_MORE.contains(&name) => {}
                    _ => ok = false,
                }
            }
        } else {
            match (known(&wanted), one) {
                (Some(v), Some(i)) => next[i] = v,
                (Some(v), None) if category == LC_ALL => next = [v; 6],
                (Some(_), None) => {}
                (None, _) => ok = false,
            }
        }
        if !ok {
            drop(all);
            return Err(locale_error(vm, "unsupported locale setting"));
        }
        *all = next;
    }
    Ok(match one {
        Some(i) => text(all[i]),
        None if category == LC_ALL => text(&shown(&all)),
        None => text("C"),
    })
}

fn localeconv(_: &Vm, _: &Obj) -> PyResult {
    let d = Dict::new();
    for name in ["int_curr_symbol", "currency_symbol", "mon_decimal_point", "mon_thousands_sep"] {
        d.set_str(name, text(""));
    }
    d.set_str("mon_grouping", List::new(vec![]).into_obj());
    d.set_str("positive_sign", text(""));
    d.set_str("negative_sign", text(""));
    for name in [
        "int_frac_digits",
        "frac_digits",
        "p_cs_precedes",
        "p_sep_by_space",
        "n_cs_precedes",
        "n_sep_by_space",
        "p_sign_posn",
        "n_sign_posn",
    ] {
        d.set_str(name, int::from_i64(127));
    }
    d.set_str("decimal_point", text("."));
    d.set_str("thousands_sep", text(""));
    d.set_str("grouping", List::new(vec![]).into_obj());
    Ok(d.into_obj())
}

/// Constants of `nl_langinfo` with the C locale's answers.
static INFO: &[(&::std::primitive::str, i64, &::std::primitive::str)] = &[
    ("DAY_1", 131079, "Sunday"),
    ("DAY_2", 131080, "Monday"),
    ("DAY_3", 131081, "Tuesday"),
    ("DAY_4", 131082, "Wednesday"),
    ("DAY_5", 131083, "Thursday"),
    ("DAY_6", 131084, "Friday"),
    ("DAY_7", 131085, "Saturday"),
    ("ABDAY_1", 131072, "Sun"),
    ("ABDAY_2", 131073, "Mon"),
    ("ABDAY_3", 131074, "Tue"),
    ("ABDAY_4", 131075, "Wed"),
    ("ABDAY_5", 131076, "Thu"),
    ("ABDAY_6", 131077, "Fri"),
    ("ABDAY_7", 131078, "Sat"),
    ("MON_1", 131098, "January"),
    ("MON_2", 131099, "February"),
    ("MON_3", 131100, "March"),
    ("MON_4", 131101, "April"),
    ("MON_5", 131102, "May"),
    ("MON_6", 131103, "June"),
    ("MON_7", 131104, "July"),
    ("MON_8", 131105, "August"),
    ("MON_9", 131106, "September"),
    ("MON_10", 131107, "October"),
    ("MON_11", 131108, "November"),
    ("MON_12", 131109, "December"),
    ("ABMON_1", 131086, "Jan"),
    ("ABMON_2", 131087, "Feb"),
    ("ABMON_3", 131088, "Mar"),
    ("ABMON_4", 131089, "Apr"),
    ("ABMON_5", 131090, "May"),
    ("ABMON_6", 131091, "Jun"),
    ("ABMON_7", 131092, "Jul"),
    ("ABMON_8", 131093, "Aug"),
    ("ABMON_9", 131094, "Sep"),
    ("ABMON_10", 131095, "Oct"),
    ("ABMON_11", 131096, "Nov"),
    ("ABMON_12", 131097, "Dec"),
    ("RADIXCHAR", 65536, "."),
    ("THOUSEP", 65537, ""),
    ("CRNCYSTR", 262159, "-"),
    ("D_T_FMT", 131112, "%a %b %e %H:%M:%S %Y"),
    ("D_FMT", 131113, "%m/%d/%y"),
    ("T_FMT", 131114, "%H:%M:%S"),
    ("AM_STR", 131110, "AM"),
    ("PM_STR", 131111, "PM"),
    ("CODESET", 14, "UTF-8"),
    ("T_FMT_AMPM", 131115, "%I:%M:%S %p"),
    ("ERA", 131116, ""),
    ("ERA_D_FMT", 131118, ""),
    ("ERA_D_T_FMT", 131120, ""),
    ("ERA_T_FMT", 131121, ""),
    ("ALT_DIGITS", 131119, ""),
    ("YESEXPR", 327680, "^[yY]"),
    ("NOEXPR", 327681, "^[nN]"),
    ("_DATE_FMT", 131180, "%a %b %e %H:%M:%S %Z %Y"),
];

fn nl_langinfo(vm: &Vm, _: &Obj, key: &Obj) -> PyResult {
    let key = i64::from(ops::to_i32(vm, key)?);
    match INFO.iter().find(|i| i.1 == key) {
        Some(i) => Ok(text(i.2)),
        None => Err(error::value_error("unsupported langinfo constant")),
    }
}

fn texts<'a>(args: &'a [Obj], function: &::std::primitive::str) -> PyResult<Vec<&'a Str>> {
    let one = |(i, o): (usize, &'a Obj)| {
        o.get::<Str>().ok_or_else(|| {
            let t = o.ty().tp_name();
            error::type_error(format!("{function}() argument {} must be str, not {t}", i + 1))
        })
    };
    args.iter().enumerate().map(one).collect()
}
fn strcoll(_: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let s = texts(args, "strcoll")?;
    Ok(int::from_i64(s[0].compare(s[1]) as i64))
}
fn strxfrm(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    let s = texts(std::slice::from_ref(o), "strxfrm")?;
    if s[0].chars().iter().any(|c| c == 0) {
        return Err(error::value_error("embedded null character"));
    }
    Ok(o.clone())
}
fn same(_: &Vm, _: &Obj, o: &Obj) -> PyResult {
    Ok(o.clone())
}

fn init(vm: &Vm, m: &Ref<Module>) -> PyResult<()> {
    let d = module::dict(m.obj());
    for (i, name) in CATEGORIES.iter().enumerate() {
        // LC_COLLATE and its neighbours are numbered as the C library of Linux has them.
        d.set_str(name, int::from_usize(i));
    }
    d.set_str("LC_ALL", int::from_i64(i64::from(LC_ALL)));
    d.set_str("CHAR_MAX", int::from_i64(127));
    for (name, number, _) in INFO {
        d.set_str(name, int::from_i64(*number));
    }
    let names = Dict::new();
    names.set_str("__module__", text("locale"));
    d.set_str("Error", class::make_class(vm, "Error", vec![exc::EXCEPTION.obj()], names)?);
    Ok(())
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Support for POSIX locales.",
    functions: &[
        method(
            "setlocale($module, category, locale=None, /)",
            Native::Pos(1, 2, setlocale),
            "Activates/queries locale processing.",
        ),
        method(
            "localeconv($module, /)",
            Native::NoArgs(localeconv),
            "Returns numeric and monetary locale-specific parameters.",
        ),
        method(
            "nl_langinfo($module, key, /)",
            Native::One(nl_langinfo),
            "Return the value for the locale information associated with key.",
        ),
        method("getencoding($module, /)", Native::NoArgs(|_, _| Ok(text("UTF-8"))), "Get the current locale encoding."),
        method(
            "strcoll($module, os1, os2, /)",
            Native::Pos(2, 2, strcoll),
            "Compares two strings according to the locale.",
        ),
        method(
            "strxfrm($module, string, /)",
            Native::One(strxfrm),
            "Return a string that can be used as a key for locale-aware comparisons.",
        ),
        method("gettext($module, msg, /)", Native::One(same), "gettext(msg) -> string\nReturn translation of msg."),
        method(
            "dgettext($module, domain, msg, /)",
            Native::Pos(2, 2, |_, _, a| Ok(a[1].clone())),
            "dgettext(domain, msg) -> string\nReturn translation of msg in domain.",
        ),
        method(
            "dcgettext($module, domain, msg, category, /)",
            Native::Pos(3, 3, |_, _, a| Ok(a[1].clone())),
            "Return translation of msg in domain and category.",
        ),
        method(
            "textdomain($module, domain, /)",
            Native::One(|_, _, o| Ok(if o.is_none() { text("messages") } else { o.clone() })),
            "Set the C library's textdmain to domain, returning the new domain.",
        ),
        method(
            "bindtextdomain($module, domain, dir, /)",
            Native::Pos(2, 2, |_, _, a| Ok(a[1].clone())),
            "Bind the C library's domain to dir.",
        ),
        method(
            "bind_textdomain_codeset($module, domain, codeset, /)",
            Native::Pos(2, 2, |_, _, a| Ok(if a[1].is_none() { singletons::none() } else { a[1].clone() })),
            "Bind the C library's domain to codeset.",
        ),
    ],
    init: Some(init),
    ..ModuleSpec::new("_locale")
};
