//! print, input, format, breakpoint: what reaches `sys`.

use adder_object::call::{call, call_method, call1};
use adder_object::vm::HOOKS;
use adder_object::{Args, Obj, ObjExt, PyResult, Ref, Str, Vm, attr, error, names, ops, singletons, str};

fn sys_attr(vm: &Vm, name: &::std::primitive::str) -> Option<Obj> {
    (HOOKS.get().sys_attr)(vm, name)
}

/// A separator or end: a str, or None for the default.
fn text_option(o: Option<&Obj>, what: &::std::primitive::str, default: &::std::primitive::str) -> PyResult<Ref<Str>> {
    match o.filter(|o| !o.is_none()) {
        None => Ok(str::intern_str(default)),
        Some(o) => o
            .downcast::<Str>()
            .ok_or_else(|| error::type_error(format!("{what} must be None or a string, not {}", o.ty().tp_name()))),
    }
}

pub fn print(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (mut sep, mut end, mut file, mut flush) = (None, None, None, None);
    for (k, v) in args.keywords() {
        match k.get::<Str>().and_then(Str::as_ascii) {
            Some("sep") => sep = Some(v),
            Some("end") => end = Some(v),
            Some("file") => file = Some(v),
            Some("flush") => flush = Some(v),
            _ => {
                let given = ops::text(k);
                let hint = adder_object::suggest::closest(&given, &["sep", "end", "file", "flush"]);
                let hint = hint.map(|s| format!(". Did you mean '{s}'?")).unwrap_or_default();
                return Err(error::type_error(format!("print() got an unexpected keyword argument '{given}'{hint}")));
            }
        }
    }
    let flush = flush.map_or(Ok(false), |f| ops::truth(vm, f))?;
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => f.clone(),
        None => match sys_attr(vm, "stdout") {
            None => return Err(error::runtime_error("lost sys.stdout")),
            Some(f) if f.is_none() => return Ok(f),
            Some(f) => f,
        },
    };
    let sep = text_option(sep, "sep", " ")?;
    let end = text_option(end, "end", "\n")?;
    write_all(vm, &file, args.positional(), &sep, &end)?;
    if flush {
        call_method(vm, &file, &names().flush, &[])?;
    }
    Ok(singletons::none())
}

/// Writes the items one by one; a native text stream gets them as one text, which nobody can tell.
fn write_all(vm: &Vm, file: &Obj, items: &[Obj], sep: &Ref<Str>, end: &Ref<Str>) -> PyResult<()> {
    if file.ty().static_name() == Some("_io.TextIOWrapper") {
        let mut parts: Vec<Ref<Str>> = Vec::with_capacity(items.len() * 2);
        for (i, o) in items.iter().enumerate() {
            if i > 0 {
                parts.push(sep.clone());
            }
            parts.push(ops::str(vm, o)?.downcast().unwrap_or_else(str::empty));
        }
        parts.push(end.clone());
        let refs: Vec<&Str> = parts.iter().map(|p| &**p).collect();
        let text = str::concat_all(&refs).into_obj();
        call_method(vm, file, &names().write, &[text])?;
        return Ok(());
    }
    let write = attr::get(vm, file, &names().write)?;
    for (i, o) in items.iter().enumerate() {
        if i > 0 {
            call1(vm, &write, sep.obj())?;
        }
        call1(vm, &write, &ops::str(vm, o)?)?;
    }
    call1(vm, &write, end.obj())?;
    Ok(())
}

pub fn input(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let stream = |name: &::std::primitive::str| {
        sys_attr(vm, name).filter(|s| !s.is_none()).ok_or_else(|| error::runtime_error(format!("lost sys.{name}")))
    };
    let (stdin, stdout, stderr) = (stream("stdin")?, stream("stdout")?, stream("stderr")?);
    // Whatever stderr holds back belongs before the prompt; its failure is not input's.
    drop(call_method(vm, &stderr, &names().flush, &[]));
    if let Some(prompt) = a.first() {
        let text = ops::str(vm, prompt)?;
        call_method(vm, &stdout, &names().write, &[text])?;
    }
    drop(call_method(vm, &stdout, &names().flush, &[]));
    let line = call_method(vm, &stdin, &names().readline, &[])?;
    let Some(s) = line.get::<Str>() else {
        return Err(error::type_error("object.readline() returned non-string"));
    };
    if s.is_empty() {
        // A signal that came with the end of the input comes first.
        vm.check_breaker()?;
        return Err(error::eof_error("EOF when reading a line"));
    }
    if s.at(s.len() - 1) == '\n' as u32 {
        return Ok(str::from_chars(s.chars().slice(0, s.len() - 1)).into_obj());
    }
    Ok(line.clone())
}

pub fn format(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    match a.get(1) {
        None => ops::format(vm, &a[0], str::empty().obj()),
        Some(spec) if spec.get::<Str>().is_some() => ops::format(vm, &a[0], spec),
        Some(spec) => Err(error::type_error(format!("format() argument 2 must be str, not {}", spec.ty().tp_name()))),
    }
}

pub fn breakpoint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match sys_attr(vm, "breakpointhook") {
        Some(hook) => call(vm, &hook, args),
        None => Err(error::runtime_error("lost sys.breakpointhook")),
    }
}
