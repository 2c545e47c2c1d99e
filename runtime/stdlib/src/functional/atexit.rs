//! `atexit`: functions to call when the interpreter ends.

use super::shared::none;
use adder_mem::heap::Global;
use adder_object::call::{self, ArgsBuf};
use adder_object::spec::{Native, method};
use adder_object::{Args, ModuleSpec, Obj, PyResult, Vm, error, int, ops};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    functions: &[
        method(
            "register($module, func, /, *args, **kwargs)",
            Native::Raw(register),
            "Register a function to be executed upon normal program termination\n\n    func - function to be called at exit\n    args - optional arguments to pass to func\n    kwargs - optional keyword arguments to pass to func\n\n    func is returned to facilitate usage as a decorator.",
        ),
        method(
            "_clear($module, /)",
            Native::NoArgs(|_, _| {
                drop(std::mem::take(CALLBACKS.get()));
                none()
            }),
            "Clear the list of previously registered exit functions.",
        ),
        method(
            "unregister($module, func, /)",
            Native::One(unregister),
            "Unregister an exit function which was previously registered using\natexit.register\n\n    func - function to be unregistered",
        ),
        method(
            "_run_exitfuncs($module, /)",
            Native::NoArgs(|vm, _| {
                run(vm);
                none()
            }),
            "Run all registered exit functions.\n\nIf a callback raises an exception, it is logged with sys.unraisablehook.",
        ),
        method(
            "_ncallbacks($module, /)",
            Native::NoArgs(|_, _| Ok(int::from_usize(CALLBACKS.get().len()))),
            "Return the number of registered exit functions.",
        ),
    ],
    ..ModuleSpec::new("atexit")
};

struct Callback {
    func: Obj,
    args: ArgsBuf,
}
static CALLBACKS: Global<Vec<Callback>> = Global::new(Vec::new());

fn register(_: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(func) = args.positional().first() else {
        return Err(error::type_error("register() takes at least 1 argument (0 given)"));
    };
    if !call::is_callable(func) {
        return Err(error::type_error("the first argument must be callable"));
    }
    CALLBACKS.get().push(Callback { func: func.clone(), args: ArgsBuf::from_args(args.skip(1)) });
    Ok(func.clone())
}

fn unregister(vm: &Vm, _: &Obj, func: &Obj) -> PyResult {
    let mut i = 0;
    while let Some(f) = CALLBACKS.get().get(i).map(|c| c.func.clone()) {
        // Comparing may run code that changes the list, so the place is looked at again.
        if ops::equals(vm, &f, func)? && CALLBACKS.get().get(i).is_some_and(|c| c.func.is(&f)) {
            drop(CALLBACKS.get().remove(i));
        } else {
            i += 1;
        }
    }
    none()
}

/// Calls everything registered, last first; errors are reported, not raised. The interpreter calls it at its end.
pub fn run(vm: &Vm) {
    while let Some(c) = CALLBACKS.get().pop() {
        if let Err(e) = call::call(vm, &c.func, c.args.args()) {
            vm.unraisable(e, "Exception ignored in atexit callback", Some(&c.func));
        }
    }
}
