//! [`Function`]: Python functions.
//!
//! Invariant: FRAME-4: `globals` and `builtins` never change, and every code object that was ever `code` lives as long as the function:
//! frames and native code borrow all three.
//! CPython: Objects/funcobject.c.

use crate::code::CodeObject;
use adder_object::{
    Dict, List, Obj, ObjCell, ObjExt, Ref, StaticType, Trace, TypeFlags, Visit, names, singletons, str,
};
use std::cell::Cell;

pub struct Function {
    pub code: ObjCell,
    pub globals: Ref<Dict>,
    pub builtins: Obj,
    pub name: ObjCell,
    pub qualname: ObjCell,
    /// Tuple or empty.
    pub defaults: ObjCell,
    /// Dict or empty.
    pub kwdefaults: ObjCell,
    /// Tuple of cells or empty.
    pub closure: ObjCell,
    pub doc: ObjCell,
    pub module: ObjCell,
    pub annotations: ObjCell,
    pub annotate: ObjCell,
    pub type_params: ObjCell,
    /// List of the code objects that `code` replaced, or empty.
    retired: ObjCell,
    /// Changes with code, defaults and keyword defaults; 0 = not asked for yet.
    pub version: Cell<u32>,
}
impl Function {
    fn clearable(&self) -> [&ObjCell; 10] {
        [
            &self.name,
            &self.qualname,
            &self.defaults,
            &self.kwdefaults,
            &self.closure,
            &self.doc,
            &self.module,
            &self.annotations,
            &self.annotate,
            &self.type_params,
        ]
    }
}
impl Trace for Function {
    fn trace(&self, visit: &mut Visit<'_>) {
        self.clearable().into_iter().chain([&self.code, &self.retired]).for_each(|c| c.trace(visit));
        visit(self.globals.obj());
        visit(&self.builtins);
    }
    /// What frames borrow stays (FRAME-4).
    fn clear(&self) {
        self.clearable().into_iter().for_each(Trace::clear)
    }
}
pub static FUNCTION: StaticType = StaticType::new::<Function>(
    "function",
    TypeFlags::GC | TypeFlags::MANAGED_DICT | TypeFlags::MANAGED_WEAKREF | TypeFlags::METHOD_DESCRIPTOR,
);
adder_object::payload!(Function, FUNCTION);

static NEXT_VERSION: adder_mem::heap::Global<u32> = adder_mem::heap::Global::new(1);

impl Function {
    pub fn new(code: Ref<CodeObject>, globals: Ref<Dict>, builtins: Obj) -> Ref<Function> {
        let doc =
            if code.flags & adder_isa::code::co::HAS_DOCSTRING != 0 { code.consts.first().cloned() } else { None };
        let module = globals.get_name(&names().__name__);
        code.made_in(&globals);
        Ref::new(Function {
            name: ObjCell::new(code.name.clone()),
            qualname: ObjCell::new(code.qualname.clone()),
            code: ObjCell::new(code.into_obj()),
            globals,
            builtins,
            defaults: ObjCell::empty(),
            kwdefaults: ObjCell::empty(),
            closure: ObjCell::empty(),
            doc: ObjCell::new(doc.unwrap_or_else(singletons::none)),
            module: ObjCell::new(module.unwrap_or_else(singletons::none)),
            annotations: ObjCell::empty(),
            annotate: ObjCell::empty(),
            type_params: ObjCell::empty(),
            retired: ObjCell::empty(),
            version: Cell::new(0),
        })
    }

    /// The code as a borrowed payload: the function keeps it alive, callers keep the function.
    #[inline(always)]
    pub fn code_ptr(&self) -> *const CodeObject {
        (self.code.bits() as usize + adder_object::handle::PAYLOAD) as *const CodeObject
    }

    pub fn code(&self) -> Option<Ref<CodeObject>> {
        self.code.get().and_then(|c| c.downcast())
    }

    /// `f.__code__ = code`: running frames go on with the old one, which stays alive.
    pub fn set_code(&self, code: Obj) {
        self.version.set(0);
        let Some(old) = self.code.replace(Some(code)) else { return };
        let list = self.retired.get().unwrap_or_else(|| List::new(vec![]).into_obj());
        if let Some(l) = list.get::<List>()
            && !l.as_slice().iter().any(|c| c.is(&old))
        {
            l.push(old);
        }
        self.retired.set(list);
    }

    /// The version that call caches compare.
    pub fn ensure_version(&self) -> u32 {
        if self.version.get() == 0 {
            let next = NEXT_VERSION.get();
            *next = next.wrapping_add(1).max(1);
            self.version.set(*next);
        }
        self.version.get()
    }

    pub fn text_name(&self) -> String {
        self.qualname.with(|q| q.map(crate::code::name_text)).unwrap_or_default()
    }
}

/// The builtins mapping that globals name (`__builtins__`: a module, or whatever is asked for names).
pub fn builtins_of(globals: &Dict) -> Option<Obj> {
    let b = globals.get_name(&names().__builtins__)?;
    if b.get::<adder_object::Module>().is_some() {
        return Some(adder_object::module::dict(&b).into_obj());
    }
    Some(b)
}

pub fn interned(s: &::std::primitive::str) -> Obj {
    str::intern_str(s).into_obj()
}
