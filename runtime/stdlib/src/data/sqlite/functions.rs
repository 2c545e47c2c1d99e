//! What a program gives SQLite to call: functions, aggregates, collations, handlers.
//!
//! CPython: Modules/_sqlite/connection.c. An exception of a callback becomes an error of SQLite; where callback tracebacks are enabled it
//! is shown through `sys.unraisablehook` too.

use super::connection::Connection;
use super::raw::Value;
use super::raw_functions::{Context, Part};
use super::{convert, errors};
use adder_object::bind::Bound;
use adder_object::int::Int;
use adder_object::{
    Obj, ObjExt, PyErr, PyResult, Str, Vm, attr, call, error, exceptions as exc, int, ops, singletons, str,
};
use std::cell::Cell;
use std::cmp::Ordering;
use std::ffi::CString;
use std::rc::Rc;

thread_local! { static TRACEBACKS: Cell<bool> = const { Cell::new(false) }; }

/// `enable_callback_tracebacks(enable)`.
pub fn enable_tracebacks(vm: &Vm, _: &Obj, on: &Obj) -> PyResult {
    let on = ops::truth(vm, on)?;
    TRACEBACKS.with(|t| t.set(on));
    Ok(singletons::none())
}

/// Shows an exception that SQLite cannot carry, where that is asked for.
fn report(vm: &Vm, e: PyErr, f: &Obj) {
    if TRACEBACKS.with(Cell::get) {
        vm.unraisable(e, "Exception ignored in sqlite3 callback", Some(f));
    }
}

/// Tells SQLite that a call failed.
fn fail(vm: &Vm, context: &Context, e: PyErr, f: &Obj, what: &::std::primitive::str) {
    if e.is(&exc::MEMORY_ERROR) {
        context.fail_memory();
    } else if e.is(&exc::OVERFLOW_ERROR) {
        context.fail_size();
    } else {
        context.fail(what);
    }
    report(vm, e, f);
}

fn give(vm: &Vm, context: &Context, r: PyResult, f: &Obj, what: &::std::primitive::str) {
    match r.map_err(convert::Refused::Error).and_then(|v| convert::give(vm, context, &v)) {
        Ok(()) => {}
        Err(convert::Refused::Error(e)) => fail(vm, context, e, f, what),
        Err(convert::Refused::Type) => context.fail(what),
    }
}

fn arguments(args: &[Value<'_>]) -> PyResult<Vec<Obj>> {
    args.iter().map(convert::argument).collect()
}

/// A name for SQLite, from an argument of a method.
pub fn name_of(vm: &Vm, o: &Obj, function: &::std::primitive::str) -> PyResult<CString> {
    if o.get::<Str>().is_none() {
        return Err(error::type_error(format!("{function}() argument 1 must be str, not {}", o.ty().tp_name())));
    }
    CString::new(super::connection::sql_text(vm, o)?).map_err(|_| error::value_error("embedded null character"))
}

pub fn create_function(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    const RAISED: &::std::primitive::str = "user-defined function raised exception";
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let (name, n) = (name_of(vm, a.req(0), "create_function")?, ops::to_i32(vm, a.req(1))?);
    check_count(vm, &db, n)?;
    let deterministic = a.opt(3).map_or(Ok(false), |d| ops::truth(vm, d))?;
    // None is no way to remove a function: it is called, and fails.
    let f = Some(a.req(2).clone()).map(|f| -> Box<super::raw_functions::Scalar> {
        Box::new(move |context, args| {
            let vm = Vm::current();
            let r = arguments(args).and_then(|args| call::call_pos(vm, &f, &args));
            give(vm, context, r, &f, RAISED);
        })
    });
    made(vm, c.run(vm, || db.create_function(&name, n, deterministic, f)), "Error creating function")
}
/// The number of parameters of a function: -1 stands for any.
fn check_count(vm: &Vm, db: &super::raw::Db, n: i32) -> PyResult<()> {
    const FUNCTION_ARGS: i32 = 6;
    let most = db.limit(FUNCTION_ARGS, -1).unwrap_or(127);
    if (-1..=most).contains(&n) {
        return Ok(());
    }
    Err(errors::programming(vm, format!("'narg' must be between -1 and {most}, not {n}")))
}
fn made(vm: &Vm, r: PyResult<()>, text: &::std::primitive::str) -> PyResult {
    match r {
        Ok(()) => Ok(singletons::none()),
        Err(e) if e.is(&exc::MEMORY_ERROR) => Err(e),
        Err(_) => Err(errors::new(vm, "OperationalError", text)),
    }
}

/// One part of the work of an aggregate, whose instance is the state of the group.
fn part(class: &Obj, context: &Context, part: Part, state: &mut Option<Obj>, args: &[Value<'_>]) {
    let vm = Vm::current();
    let method = match part {
        Part::Step => "step",
        Part::Inverse => "inverse",
        Part::Value => "value",
        Part::Finish => "finalize",
    };
    let raised = format!("user-defined aggregate's '{method}' method raised error");
    if state.is_none() {
        if part == Part::Finish {
            // There was no row, or the class could not be called.
            return;
        }
        match call::call0(vm, class) {
            Ok(made) => *state = Some(made),
            Err(e) => return fail(vm, context, e, class, "user-defined aggregate's '__init__' method raised error"),
        }
    }
    let Some(instance) = state.clone() else { return };
    let f = match attr::get_str(vm, &instance, method) {
        Ok(f) => f,
        Err(e) => {
            let text = format!("user-defined aggregate's '{method}' method not defined");
            return fail(vm, context, e, class, &text);
        }
    };
    let r = arguments(args).and_then(|args| call::call_pos(vm, &f, &args));
    match (part, r) {
        (Part::Value | Part::Finish, r) => give(vm, context, r, &f, &raised),
        (_, Ok(_)) => {}
        (_, Err(e)) => fail(vm, context, e, &f, &raised),
    }
}
fn aggregate(vm: &Vm, o: &Obj, a: &[Obj], function: &::std::primitive::str, window: bool) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let (name, n) = (name_of(vm, &a[0], function)?, ops::to_i32(vm, &a[1])?);
    check_count(vm, &db, n)?;
    let class = Some(a[2].clone()).filter(|c| !window || !c.is_none());
    let f = class.map(|class| -> Box<super::raw_functions::Grouped<Obj>> {
        Box::new(move |context, p, state, args| part(&class, context, p, state, args))
    });
    let r = c.run(vm, || db.create_aggregate::<Obj>(&name, n, window, f));
    if window { r.map(|()| singletons::none()) } else { made(vm, r, "Error creating aggregate") }
}
pub fn create_aggregate(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let args = [a.req(0), a.req(1), a.req(2)].map(Obj::clone);
    aggregate(vm, o, &args, "create_aggregate", false)
}
pub fn create_window_function(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    aggregate(vm, o, a, "create_window_function", true)
}

pub fn create_collation(vm: &Vm, o: &Obj, a: &[Obj]) -> PyResult {
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let (name, f) = (name_of(vm, &a[0], "create_collation")?, a[1].clone());
    if !f.is_none() && !call::is_callable(&f) {
        return Err(error::type_error("parameter must be callable"));
    }
    let f = Some(f).filter(|f| !f.is_none()).map(|f| -> Box<super::raw_functions::Collation> {
        Box::new(move |x, y| {
            let vm = Vm::current();
            let compare = || -> PyResult<Ordering> {
                let arg = |t: &[u8]| convert::text(t).ok_or_else(|| error::value_error("text is not UTF-8"));
                let r = call::call_pos(vm, &f, &[arg(x)?, arg(y)?])?;
                Ok(match int::as_int(&r) {
                    Some(Int::Small(n)) => n.cmp(&0),
                    Some(n) if n.is_negative() => Ordering::Less,
                    Some(_) => Ordering::Greater,
                    None => Ordering::Equal,
                })
            };
            compare().unwrap_or_else(|e| {
                report(vm, e, &f);
                Ordering::Equal
            })
        })
    });
    c.run(vm, || db.create_collation(&name, f))?;
    Ok(singletons::none())
}

pub fn set_authorizer(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let f = a.req(0);
    const DENY: i32 = 1;
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let f = Some(f.clone()).filter(|f| !f.is_none());
    let hook = f.map(|f| -> Rc<dyn Fn(i32, [Option<&::std::primitive::str>; 4]) -> i32> {
        Rc::new(move |action, parts| {
            let vm = Vm::current();
            let mut args = vec![int::from_i64(action.into())];
            args.extend(parts.map(|p| p.map_or_else(singletons::none, |p| str::from_str(p).into_obj())));
            let answer = call::call_pos(vm, &f, &args).and_then(|r| {
                if int::is_int(&r) {
                    ops::to_i32(vm, &r)
                } else {
                    Err(error::type_error("authorizer must return an int"))
                }
            });
            answer.unwrap_or_else(|e| {
                report(vm, e, &f);
                DENY
            })
        })
    });
    match c.run(vm, || db.set_authorizer(hook)) {
        Ok(()) => Ok(singletons::none()),
        Err(_) => Err(errors::new(vm, "OperationalError", "Error setting authorizer callback")),
    }
}

pub fn set_progress_handler(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let db = o.this::<Connection>()?.open(vm)?;
    let n = ops::to_i32(vm, a.req(1))?;
    let hook = a.opt_not_none(0).cloned().map(|f| -> Rc<dyn Fn() -> bool> {
        Rc::new(move || {
            let vm = Vm::current();
            call::call0(vm, &f).and_then(|r| ops::truth(vm, &r)).unwrap_or_else(|e| {
                report(vm, e, &f);
                true
            })
        })
    });
    db.set_progress(n, hook);
    Ok(singletons::none())
}

pub fn set_trace_callback(vm: &Vm, o: &Obj, a: &Bound<'_>) -> PyResult {
    let f = a.req(0);
    let c = o.this::<Connection>()?;
    let db = c.open(vm)?;
    let hook = Some(f.clone()).filter(|f| !f.is_none()).map(|f| -> Rc<dyn Fn(&::std::primitive::str)> {
        Rc::new(move |sql| {
            let vm = Vm::current();
            if let Err(e) = call::call1(vm, &f, str::from_str(sql).obj()) {
                report(vm, e, &f);
            }
        })
    });
    c.run(vm, || db.set_tracer(hook))?;
    Ok(singletons::none())
}
