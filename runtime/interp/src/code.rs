//! [`CodeObject`]: the runtime form of `isa::Code`: constants and names as values, units that specialise in place, inline caches.
//!
//! Invariants: CODE-1: `units` differs from `code.units` only by specialised ops and cache indices stay. CODE-2: `code` never changes.
//! CPython: Objects/codeobject.c.

use adder_isa::Code;
use adder_isa::code::{Const, co};
use adder_object::{
    Obj, ObjExt, Ref, Set, StaticType, Str, TypeFlags, Vm, bytes, float, int, singletons, slice, str, tuple,
};
use std::cell::{Cell, UnsafeCell};
use std::sync::Arc;

/// An inline cache: what a specialised op learnt. Values are borrowed: the version that is checked first keeps them alive.
#[repr(C)]
#[derive(Default)]
pub struct Cache {
    /// Executions of the generic op left before it tries to specialise; misses of a specialised one.
    pub counter: Cell<u16>,
    pub aux: Cell<u16>,
    pub shape: Cell<u32>,
    pub version: Cell<u32>,
    pub index: Cell<u32>,
    pub value: Cell<u64>,
    pub extra: Cell<u64>,
}

pub struct CodeObject {
    pub code: Arc<Code>,
    pub consts: Box<[Obj]>,
    pub names: Box<[Obj]>,
    units: UnsafeCell<Box<[u16]>>,
    pub caches: Box<[Cache]>,
    pub nlocalsplus: usize,
    /// Words of a frame: slots and evaluation stack.
    pub frame_words: usize,
    pub flags: u32,
    pub filename: Obj,
    pub name: Obj,
    pub qualname: Obj,
    pub localsplusnames: Box<[Obj]>,
    /// Unit index behind the last instruction that runs before the first traceable line.
    pub entered: Cell<u32>,
    pub argcount: usize,
    /// Exactly positional parameters: no defaults logic, no star parameters, no keyword-only ones.
    pub simple_args: bool,
}
adder_object::trace_fields!(CodeObject { consts, names, filename, name, qualname, localsplusnames });
pub static CODE: StaticType = StaticType::new::<CodeObject>("code", TypeFlags::MANAGED_WEAKREF);
adder_object::payload!(CodeObject, CODE);

impl CodeObject {
    /// The runtime object of compiled code, nested code included.
    pub fn make(vm: &Vm, code: Arc<Code>) -> Ref<CodeObject> {
        CodeObject::make_with_filename(vm, code, None)
    }

    /// As `make`, with another file name (a cache file that moved).
    pub fn make_with_filename(vm: &Vm, code: Arc<Code>, filename: Option<&Obj>) -> Ref<CodeObject> {
        let filename = filename.cloned().unwrap_or_else(|| str::intern_str(&code.filename).into_obj());
        let consts = code.consts.iter().map(|c| constant(vm, c, &filename)).collect();
        let stack = code.stacksize;
        CodeObject::from_parts(vm, code, consts, &filename, stack)
    }

    /// Verified code with given constants, which need not be plain data, and the stack words its frames get.
    pub fn from_parts(_: &Vm, code: Arc<Code>, consts: Vec<Obj>, filename: &Obj, stack: u32) -> Ref<CodeObject> {
        let (consts, filename) = (consts.into_boxed_slice(), filename.clone());
        let names = code.names.iter().map(|n| str::intern_str(n).into_obj()).collect();
        let localsplusnames: Box<[Obj]> = code.localsplusnames.iter().map(|n| str::intern_str(n).into_obj()).collect();
        let caches = (0..code.cache_count).map(|_| Cache { counter: Cell::new(WARMUP), ..Cache::default() }).collect();
        let simple_args = code.flags & (co::VARARGS | co::VARKEYWORDS) == 0 && code.kwonlyargcount == 0;
        Ref::new(CodeObject {
            consts,
            names,
            units: UnsafeCell::new(code.units.clone()),
            caches,
            nlocalsplus: localsplusnames.len(),
            frame_words: localsplusnames.len() + stack as usize,
            flags: code.flags,
            filename,
            name: str::intern_str(&code.name).into_obj(),
            qualname: str::intern_str(&code.qualname).into_obj(),
            localsplusnames,
            entered: Cell::new(0),
            argcount: code.argcount as usize,
            simple_args,
            code,
        })
    }

    /// All constants are plain data, so `code` says everything.
    pub fn is_plain(&self) -> bool {
        self.code.consts.len() == self.consts.len()
    }

    /// The units that run.
    #[inline(always)]
    pub fn units_ptr(&self) -> *mut u16 {
        // SAFETY: the box never moves or shrinks; writers only replace op bytes (CODE-1), under the GIL.
        unsafe { (*self.units.get()).as_mut_ptr() }
    }

    /// Line of the instruction at a unit; None when it has none.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        let l = adder_isa::location::lookup(&self.code.linetable, self.code.firstlineno, unit);
        (l.line > 0).then_some(l.line)
    }
}

/// Executions of a generic op before its first attempt to specialise.
pub const WARMUP: u16 = 1;

fn constant(vm: &Vm, c: &Const, filename: &Obj) -> Obj {
    match c {
        Const::None => singletons::none(),
        Const::Bool(b) => singletons::bool_obj(*b),
        Const::Ellipsis => singletons::ellipsis(),
        Const::Int(n) => int::from_i64(*n),
        Const::BigInt { negative, magnitude } => int::from_big(big(*negative, magnitude)),
        Const::Float(x) => float::from_f64(*x),
        Const::Complex(re, im) => float::complex(*re, *im),
        Const::Str(s) => text(s),
        Const::Bytes(b) => bytes::new(b),
        Const::Tuple(items) => tuple::new(items.iter().map(|c| constant(vm, c, filename)).collect()),
        Const::FrozenSet(items) => {
            let s = Set::new_of(&adder_object::types::FROZENSET);
            for c in items.iter() {
                // Constants hash and compare without Python code, so this cannot fail.
                let _ = s.add(vm, constant(vm, c, filename));
            }
            s.into_obj()
        }
        Const::Slice(parts) => {
            let [a, b, c] = [0, 1, 2].map(|i| constant(vm, &parts[i], filename));
            slice::Slice::new(a, b, c)
        }
        Const::Code(code) => CodeObject::make_with_filename(vm, code.clone(), Some(filename)).into_obj(),
    }
}

fn big(negative: bool, magnitude: &[u8]) -> dashu_int::IBig {
    let n = dashu_int::IBig::from(dashu_int::UBig::from_le_bytes(magnitude));
    if negative { -n } else { n }
}

/// A text constant; those that look like names are interned, as CPython does.
fn text(s: &[u8]) -> Obj {
    let r = str::from_wtf8(s);
    if r.len() < 64 && r.as_ascii().is_some_and(|t| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')) {
        return str::intern(&r).into_obj();
    }
    r.into_obj()
}

/// The constant of compiled data that a Python value stands for (marshal of code made by `replace`).
pub fn name_text(o: &Obj) -> String {
    o.get::<Str>().map(Str::to_string_lossy).unwrap_or_default()
}
