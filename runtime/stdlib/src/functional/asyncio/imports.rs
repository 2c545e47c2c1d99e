//! What the native part of asyncio takes from its Python part, fetched when first needed.

use adder_mem::heap::Global;
use adder_object::{Args, Obj, PyErr, PyResult, Vm, attr, call, str};

/// A module attribute that is looked up once.
pub struct Imported {
    module: &'static ::std::primitive::str,
    name: &'static ::std::primitive::str,
    value: Global<Option<Obj>>,
}

impl Imported {
    pub const fn new(module: &'static ::std::primitive::str, name: &'static ::std::primitive::str) -> Imported {
        Imported { module, name, value: Global::new(None) }
    }
    pub fn get(&self, vm: &Vm) -> PyResult<&Obj> {
        if self.value.get().is_none() {
            let found = attr::get_str(vm, &vm.import(self.module)?, self.name)?;
            *self.value.get() = Some(found);
        }
        Ok(self.value.get().get_or_insert_with(adder_object::singletons::none))
    }
    pub fn call(&self, vm: &Vm, args: &[Obj]) -> PyResult {
        call::call(vm, self.get(vm)?, Args::pos(args))
    }
    /// An exception of this class with a text.
    pub fn error(&self, vm: &Vm, message: &::std::primitive::str) -> PyErr {
        match self.call(vm, &[str::from_str(message).into_obj()]) {
            Ok(e) => PyErr::from_obj(e),
            Err(e) => e,
        }
    }
    /// Is the error an instance of this class?
    pub fn matches(&self, vm: &Vm, e: &Obj) -> bool {
        self.get(vm).is_ok_and(|c| {
            use adder_object::{ObjExt, Type};
            c.get::<Type>().is_some_and(|c| e.ty().is_subtype(c))
        })
    }
}

pub static CANCELLED_ERROR: Imported = Imported::new("asyncio.exceptions", "CancelledError");
pub static INVALID_STATE_ERROR: Imported = Imported::new("asyncio.exceptions", "InvalidStateError");
pub static FUTURE_REPR: Imported = Imported::new("asyncio.base_futures", "_future_repr");
pub static TASK_REPR: Imported = Imported::new("asyncio.base_tasks", "_task_repr");
pub static TASK_GET_STACK: Imported = Imported::new("asyncio.base_tasks", "_task_get_stack");
pub static TASK_PRINT_STACK: Imported = Imported::new("asyncio.base_tasks", "_task_print_stack");
pub static GET_POLICY: Imported = Imported::new("asyncio.events", "_get_event_loop_policy");
pub static IS_COROUTINE: Imported = Imported::new("asyncio.coroutines", "iscoroutine");
pub static EXTRACT_STACK: Imported = Imported::new("traceback", "extract_stack");
pub static IS_GENERATOR: Imported = Imported::new("inspect", "isgenerator");
pub static WEAK_SET: Imported = Imported::new("weakref", "WeakSet");

/// Interned names of methods that loops and futures are asked for.
macro_rules! method_names {
    ($($f:ident)*) => { $(
        pub fn $f() -> &'static Obj {
            static NAME: Global<Option<Obj>> = Global::new(None);
            NAME.get().get_or_insert_with(|| str::intern_str(stringify!($f)).into_obj())
        }
    )* };
}
method_names! { call_soon get_debug call_exception_handler is_running get_loop _loop context throw result cancel done
add_done_callback _asyncio_future_blocking msg get_event_loop }
