//! What several modules of this group share: binding of constructor arguments, pickling through builtins, reprs.

use adder_object::bind::Bound;
use adder_object::spec::signature_of;
use adder_object::{Args, Obj, ObjExt, PyResult, Str, Type, Vm, class, ops, singletons, str};

/// Binds constructor arguments to a text signature such as `"partial(func, n=1)"`.
pub fn bind<'a>(sig: &'static ::std::primitive::str, args: Args<'a>) -> PyResult<Bound<'a>> {
    signature_of(sig).bind(args)
}

/// Refuses keyword arguments unless a subclass has an `__init__` of its own, which may want them.
pub fn no_keywords(ty: &Type, args: Args<'_>, name: &::std::primitive::str) -> PyResult<()> {
    let native_init =
        ty.init().is_none_or(|f| std::ptr::fn_addr_eq(f, class::object_init as adder_object::slots::InitFn));
    if args.has_keywords() && native_init { args.no_keywords(name) } else { Ok(()) }
}

/// The arguments of a constructor that takes only positional ones.
pub fn positional<'a>(
    ty: &Type,
    args: Args<'a>,
    name: &::std::primitive::str,
    min: usize,
    max: usize,
) -> PyResult<&'a [Obj]> {
    no_keywords(ty, args, name)?;
    adder_object::bind::check_positional(name, args.len(), min, max)?;
    Ok(args.positional())
}

pub fn none() -> PyResult {
    Ok(singletons::none())
}
pub fn text(s: &::std::primitive::str) -> Obj {
    str::from_str(s).into_obj()
}

/// Pieces of a repr, joined in one allocation at the end.
#[derive(Default)]
pub struct Parts(Vec<Obj>);
impl Parts {
    pub fn text(&mut self, s: &::std::primitive::str) {
        self.0.push(text(s))
    }
    pub fn repr(&mut self, vm: &Vm, o: &Obj) -> PyResult<()> {
        self.0.push(ops::repr(vm, o)?);
        Ok(())
    }
    pub fn str(&mut self, vm: &Vm, o: &Obj) -> PyResult<()> {
        self.0.push(ops::str(vm, o)?);
        Ok(())
    }
    pub fn join(&self) -> Obj {
        let parts: Vec<&Str> = self.0.iter().filter_map(|o| o.get::<Str>()).collect();
        str::concat_all(&parts).into_obj()
    }
}

/// Runs `f` unless the repr of `o` is under way already.
pub fn guarded_repr(vm: &Vm, o: &Obj, again: &::std::primitive::str, f: impl FnOnce() -> PyResult) -> PyResult {
    if !vm.repr_enter(o) {
        return Ok(text(again));
    }
    let r = f();
    vm.repr_leave(o);
    r
}
