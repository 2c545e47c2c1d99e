//! Connects the floors: a thread with a large stack, the GIL, start-up, then the program.

use adder_interp::source::{self, Request};
use adder_interp::{boot, eval};
use adder_object::spec::{Native, method};
use adder_object::{Obj, ObjExt, PyResult, Vm, ops};
use std::process::ExitCode;

/// Native stack of the main thread: room for deep recursion through native code.
const STACK: usize = 1 << 30;

pub fn main() -> ExitCode {
    let run = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match run.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::from(70),
    }
}

static PRINT: adder_object::spec::MethodDef = method(
    "print",
    Native::Raw(|vm, _, args| {
        let mut line = vec![];
        for a in args.positional() {
            line.push(ops::text(&ops::str(vm, a)?));
        }
        println!("{}", line.join(" "));
        Ok(adder_object::singletons::none())
    }),
    "",
);

fn builtins(_: &Vm) -> PyResult {
    let m = adder_object::Module::new("builtins");
    let d = adder_object::module::dict(m.obj());
    for (t, ..) in adder_object::exceptions::TABLE {
        d.set_str(&t.name(), t.obj());
    }
    for t in [
        &adder_object::types::LIST,
        &adder_object::types::DICT,
        &adder_object::types::INT,
        &adder_object::types::STR,
        &adder_object::types::OBJECT,
        &adder_object::types::TYPE,
        &adder_object::types::RANGE,
        &adder_object::types::TUPLE,
        &adder_object::types::SET,
    ] {
        d.set_str(&t.name(), t.obj());
    }
    d.set_str("print", adder_object::descr::free_function(&PRINT, None));
    Ok(m.into_obj())
}

fn run() -> u8 {
    let vm = Box::leak(Box::new(Vm::new(STACK - (STACK / 8))));
    vm.enter();
    let result = boot::start(vm, builtins).and_then(|()| program(vm));
    match result {
        Ok(_) => 0,
        Err(e) => {
            eprintln!("{}: {}", e.obj().ty().name(), ops::str_lossy(vm, e.obj()));
            1
        }
    }
}

fn program(vm: &Vm) -> PyResult<Obj> {
    let args: Vec<String> = std::env::args().collect();
    let (_, globals) = boot::main_module();
    let (text, name) = match args.get(1).map(String::as_str) {
        Some("-c") => (args.get(2).cloned().unwrap_or_default(), "<string>".to_owned()),
        Some(f) => (std::fs::read_to_string(f).unwrap_or_default(), f.to_owned()),
        None => (String::new(), "<stdin>".to_owned()),
    };
    let code = source::compile(vm, &text, &name, &Request::new(adder_syntax::Mode::Exec))?;
    eval::run_code(vm, &code, &globals, Some(globals.obj().clone()), None)
}
