//! [`CodeObject`]: the runtime form of `isa::Code`: constants and names as values, units that specialise in place, inline caches.
//!
//! Invariants: CODE-1: `units` differs from `code.units` only by specialised ops and cache indices stay. CODE-2: `code` never changes.
//! CPython: Objects/codeobject.c.

use crate::native::Tier;
use crate::tracing::Sites;
use adder_isa::Code;
use adder_isa::Opcode;
use adder_isa::code::{Const, co};
use adder_mem::heap::Global;
use adder_object::{
    Obj, ObjExt, Ref, Set, StaticType, Str, TypeFlags, Vm, bytes, float, int, singletons, slice, str, tuple,
};
use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// An inline cache: what a specialised op learnt. Values are borrowed: the version that is checked first keeps them alive.
///
/// The op in `units` says what was seen; the fields say the rest. A type version, a keys version and a function version name one state
/// of one type, dict or function, and are never 0 here.
///
/// | op | shape | version | index | value | extra | aux |
/// |---|---|---|---|---|---|---|
/// | LOAD_ATTR_INSTANCE | receiver | of its type | byte offset of the slot from the object | | | |
/// | LOAD_ATTR_METHOD, _TYPE_VALUE | receiver | of its type | | function, value | | 1: only while the receiver has no dict |
/// | LOAD_SPECIAL_METHOD | receiver | of its type | | function | | |
/// | LOAD_ATTR_SLOT | receiver | of its type | byte offset of the member | | | |
/// | LOAD_ATTR_PROPERTY | receiver | of its type | | the property | | |
/// | LOAD_ATTR_DICT | receiver | of its type | likely entry of its dict | | | |
/// | LOAD_ATTR_MODULE | | of the dict's keys | entry | address of the entry's value word | | |
/// | LOAD_ATTR_CLASS | version of its metaclass | of the class | | value | the class | 1: the function of a class method |
/// | STORE_ATTR_INSTANCE, _SLOT | receiver | of its type | byte offset | | | |
/// | STORE_ATTR_ADD | receiver before | of its type | byte offset | | shape after | least cell size / 16 |
/// | STORE_ATTR_DICT | receiver | of its type | likely entry of its dict | | | |
/// | LOAD_GLOBAL_MODULE | | of globals' keys | entry | address of the value word | | |
/// | LOAD_GLOBAL_BUILTIN | of builtins' keys | of globals' keys | entry | address of the value word | | |
/// | LOAD_SUPER_ATTR_ATTR, _METHOD | | of the type searched | | what was found | the class in `super(class, self)` | 1: self is the class |
/// | CALL_PY_EXACT, _GENERAL, CALL_KW_PY | | of the function | | its code (payload) | CALL_PY_EXACT: calls of other functions | arguments, self included |
/// | CALL_BOUND_METHOD_EXACT, _GENERAL, CALL_KW_BOUND_METHOD | | of its function | | its code (payload) | as above | as above |
/// | CALL_ALLOC_INIT | | of the class | | its `__init__`, a function | | arguments, self included |
/// | CALL_BUILTIN_CLASS | | | | the class | | |
/// | CALL_BUILTIN_O, _FAST, CALL_LEN, _ISINSTANCE | | | | its `MethodDef` | its native function | |
/// | CALL_METHOD_NOARGS, _O, _FAST, CALL_LIST_APPEND | | | | its `MethodDef` | its native function | |
/// | BINARY_OP_EXTEND | | | | native function (see eval/number.rs) | | kinds of the operands |
/// | BINARY_OP_SUBSCR_GETITEM | | of the container's type | | its `__getitem__`, a function | | |
/// | BINARY_OP with an operator method in Python | as below | of the left operand's type | | the function | | the right operand (`number::kinds`) |
/// | STORE_SUBSCR with a `__setitem__` in Python | | of the container's type | | the function | | |
/// | BINARY_OP of `[]`, STORE_SUBSCR, with packed items | | | | | the `Packed` that describes them | |
/// | TO_BOOL_ALWAYS_TRUE | | of the operand's type | | | | |
/// | TO_BOOL, CONTAINS_OP in any form | | | | | [`NOT_PLAIN`]: only code of the program could tell | |
/// | FOR_ITER_GEN, SEND_GEN | | | | code (payload) of a generator seen | | |
///
/// BINARY_OP and COMPARE_OP, specialised or not, collect in `shape` which operands did not suit the specialised form ([`seen`]).
#[repr(C)]
#[derive(Default)]
pub struct Cache {
    /// A generic op: executions left before it looks for a specialised form; a specialised one: misses left before it gives up; times 16,
    /// plus how often that happened.
    pub counter: Cell<u16>,
    pub aux: Cell<u16>,
    pub shape: Cell<u32>,
    pub version: Cell<u32>,
    /// Of a CALL of a Python function: the [`Identity`] of its code.
    pub index: Cell<u32>,
    pub value: Cell<u64>,
    pub extra: Cell<u64>,
}

/// `Cache::extra` of TO_BOOL and CONTAINS_OP.
pub const NOT_PLAIN: u64 = 1;

/// Bits of `Cache::shape` of number ops: what came by that the specialised form did not handle.
pub mod seen {
    /// An int result beyond 62 bits.
    pub const OVERFLOW: u32 = 1;
    /// An int and a float.
    pub const MIXED: u32 = 2;
    /// Operands of the same kind, another than before.
    pub const OTHER_NUMBERS: u32 = 4;
    /// Something that is no immediate number.
    pub const OBJECTS: u32 = 8;
}

/// `Cache::aux` of BINARY_OP_EXTEND and BINARY_OP.
pub mod kinds {
    pub const INT_INT: u16 = 1;
    pub const FLOAT_FLOAT: u16 = 2;
    pub const INT_FLOAT: u16 = 3;
    pub const FLOAT_INT: u16 = 4;
    /// Of the generic BINARY_OP: the left operand's type has the operator as a method in Python; what the right one is.
    pub const METHOD_INT: u16 = 17;
    pub const METHOD_FLOAT: u16 = 18;
    pub const METHOD_SAME: u16 = 19;
}

/// The op that stands for another one while a tool watches.
const WATCHED: u8 = Opcode::INSTRUMENTED_INSTRUCTION as u8;
/// Counter of a fresh cache: one execution, then the first attempt.
const FRESH: u16 = 1 << 4;
/// Misses of a specialised op before it goes back to the generic one.
const PATIENCE: u16 = 40;

impl Cache {
    #[inline(always)]
    pub fn due(&self) -> bool {
        let n = self.counter.get();
        if n >= 16 {
            self.counter.set(n - 16);
            return false;
        }
        true
    }
    /// Whether the generic op that this belongs to has never run.
    pub fn is_fresh(&self) -> bool {
        self.counter.get() == FRESH
    }
    /// No specialised form fits, or it did not hold: the next attempt waits twice as long.
    pub fn back_off(&self) {
        let times = (self.counter.get() & 15).min(9) + 1;
        self.counter.set((4u16 << times).min(4095) << 4 | times);
    }
    /// Whether an attempt to specialise the generic op found no form.
    pub fn has_backed_off(&self) -> bool {
        self.counter.get() & 15 != 0
    }
    /// Counts a jump back; true when the tier manager should hear of the loop.
    #[inline(always)]
    pub fn back_edge(&self) -> bool {
        let n = self.counter.get();
        if n >= crate::native::loop_threshold() {
            return true;
        }
        self.counter.set(n + 1);
        false
    }
    /// Nothing is known any more.
    pub(crate) fn renew(&self) {
        self.counter.set(FRESH);
        self.aux.set(0);
        self.shape.set(0);
        self.version.set(0);
        self.index.set(0);
        self.value.set(0);
        self.extra.set(0);
    }
    /// A specialised form begins.
    pub fn settle(&self) {
        self.counter.set(PATIENCE << 4 | self.counter.get() & 15);
    }
}

/// A number that names a code object, given when first asked for: caches that outlive the object cannot be led astray by another one at
/// its address.
#[derive(Default)]
pub struct Identity(Cell<u32>);
static NAMED: Global<(u32, Option<HashMap<u32, u64>>)> = Global::new((0, None));

impl Identity {
    /// The number of this object, of which this field is a part.
    pub fn of(code: &Obj) -> u32 {
        let Some(c) = code.get_exact::<CodeObject>() else { return 0 };
        if c.identity.0.get() == 0 {
            let (last, all) = NAMED.get();
            *last += 1;
            all.get_or_insert_default().insert(*last, code.bits());
            c.identity.0.set(*last);
        }
        c.identity.0.get()
    }
    /// The code object with a number, if it is still alive.
    pub fn find(number: u32) -> Option<Obj> {
        let word = NAMED.get().1.as_ref()?.get(&number)?;
        // SAFETY: RC-1: the entry goes when the object does.
        Some(unsafe { Obj::view(word) }.clone())
    }
}
impl Drop for Identity {
    fn drop(&mut self) {
        if self.0.get() != 0
            && let Some(all) = &mut NAMED.get().1
        {
            all.remove(&self.0.get());
        }
    }
}

pub struct CodeObject {
    pub code: Arc<Code>,
    pub consts: Box<[Obj]>,
    pub names: Box<[Obj]>,
    units: UnsafeCell<Box<[u16]>>,
    /// Made when an instruction first asks: much code never runs.
    caches: OnceCell<Box<[Cache]>>,
    pub nlocalsplus: usize,
    /// Words of a frame: slots and evaluation stack.
    pub frame_words: usize,
    pub flags: u32,
    pub filename: Obj,
    pub name: Obj,
    pub qualname: Obj,
    pub localsplusnames: Box<[Obj]>,
    /// What polymorphic attribute sites met, by cache index.
    pub(crate) receivers: RefCell<BTreeMap<u16, [(u32, u32); 4]>>,
    /// Address of the globals of the last function that was made of this code; only compared.
    pub(crate) namespace: Cell<usize>,
    /// Unit index behind the last instruction that runs before the first traceable line.
    pub entered: Cell<u32>,
    pub argcount: usize,
    /// Exactly positional parameters: no defaults logic, no star parameters, no keyword-only ones.
    pub simple_args: bool,
    pub tier: Tier,
    identity: Identity,
    /// What its instructions report, once a tool watched it.
    pub sites: OnceCell<Box<Sites>>,
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
        let simple_args = code.flags & (co::VARARGS | co::VARKEYWORDS) == 0 && code.kwonlyargcount == 0;
        Ref::new(CodeObject {
            consts,
            names,
            units: UnsafeCell::new(code.units.clone()),
            caches: OnceCell::new(),
            nlocalsplus: localsplusnames.len(),
            frame_words: localsplusnames.len() + stack as usize,
            flags: code.flags,
            filename,
            name: str::intern_str(&code.name).into_obj(),
            qualname: str::intern_str(&code.qualname).into_obj(),
            localsplusnames,
            receivers: RefCell::default(),
            namespace: Cell::new(0),
            entered: Cell::new(0),
            argcount: code.argcount as usize,
            simple_args,
            tier: Tier::new(),
            identity: Identity::default(),
            sites: OnceCell::new(),
            code,
        })
    }

    /// The inline caches.
    #[inline(always)]
    pub fn caches(&self) -> &[Cache] {
        match self.caches.get() {
            Some(c) => c,
            None => self.make_caches(),
        }
    }
    /// The caches, once something asked for them.
    #[inline(always)]
    pub fn made_caches(&self) -> Option<&[Cache]> {
        self.caches.get().map(|c| &**c)
    }
    #[cold]
    #[inline(never)]
    fn make_caches(&self) -> &[Cache] {
        let fresh = |_| Cache { counter: Cell::new(FRESH), ..Cache::default() };
        self.caches.get_or_init(|| (0..self.code.cache_count).map(fresh).collect())
    }
    /// # Safety
    /// An instruction that has this cache was specialised, which no instruction is before the caches are there.
    #[inline(always)]
    pub unsafe fn cache_unchecked(&self, index: usize) -> &Cache {
        // SAFETY: by contract.
        unsafe { self.caches.get().unwrap_unchecked().get_unchecked(index) }
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

    /// One unit as it stands now, whether a tool watches it or not.
    #[inline(always)]
    pub fn unit_at(&self, i: usize) -> u16 {
        // SAFETY: as `units_ptr`; the index is checked.
        let unit = unsafe { (&(*self.units.get()))[i] };
        match self.sites.get() {
            Some(s) if unit as u8 == WATCHED => unit & 0xFF00 | u16::from(s.op(i)),
            _ => unit,
        }
    }
    /// The op byte of a unit that really stands there, and another one in its place (SITE-1).
    pub fn raw_op(&self, i: usize) -> u8 {
        // SAFETY: as `unit_at`.
        unsafe { (&(*self.units.get()))[i] as u8 }
    }
    pub fn set_raw_op(&self, i: usize, op: u8) {
        // SAFETY: as `set_op`.
        unsafe {
            let unit = &mut (&mut (*self.units.get()))[i];
            *unit = *unit & 0xFF00 | u16::from(op);
        }
    }

    /// The op of the instruction at `pc`, specialised or not, whether a tool watches it or not.
    #[inline(always)]
    pub fn op_at(&self, pc: *const u16) -> Opcode {
        // SAFETY: CODE-1: `pc` is at an instruction of `units`.
        let mut op = unsafe { *pc as u8 };
        if op == WATCHED {
            op = self.watched_op(pc);
        }
        // SAFETY: CODE-1, SITE-1.
        unsafe { std::mem::transmute::<u8, Opcode>(op) }
    }
    #[cold]
    fn watched_op(&self, pc: *const u16) -> u8 {
        let unit = (pc as usize).wrapping_sub(self.units_ptr() as usize) / 2;
        self.sites.get().map_or(Opcode::NOP as u8, |s| s.op(unit))
    }

    /// Replaces the op of the instruction at `pc` by another one of the same base (CODE-1).
    pub fn set_op(&self, pc: *const u16, op: Opcode) {
        // SAFETY: `pc` is at an instruction of `units`, which are written under the GIL alone.
        unsafe {
            if *pc as u8 != WATCHED {
                *(pc as *mut u16) = *pc & 0xFF00 | op as u16;
                return;
            }
        }
        let unit = (pc as usize).wrapping_sub(self.units_ptr() as usize) / 2;
        if let Some(s) = self.sites.get().and_then(|s| s.units.get(unit)) {
            s.op.set(op as u8);
        }
    }

    /// Line of the instruction at a unit; None when it has none.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        let l = adder_isa::location::lookup(&self.code.linetable, self.code.firstlineno, unit);
        (l.line > 0).then_some(l.line)
    }
}

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
