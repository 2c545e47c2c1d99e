//! LOAD_ATTR, STORE_ATTR, LOAD_GLOBAL and their specialised forms.
//!
//! Not here: how a finding is made (caches.rs), what attribute access means (object::attr).
#![allow(unsafe_code)]

use super::machine::{Machine, Regs, payload, retain};
use super::threading::{Flow, slow};
use super::{attrs, caches, names, special_calls};
use crate::code::Cache;
use crate::frame::Frame;
use crate::function::FUNCTION;
use adder_builtins::core::property::Property;
use adder_isa::Opcode;
use adder_mem::Header;
use adder_object::spec::GetSetDef;
use adder_object::{Dict, Obj, ObjExt, PyResult, Type, Vm, descr};

/// Shape and type version agree with the cache.
///
/// # Safety
/// `w` is a value word.
#[inline(always)]
unsafe fn suits(w: u64, c: &Cache) -> bool {
    // SAFETY: by contract; RC-4.
    w & 7 == 0
        && unsafe {
            let h = &*(w as *const Header);
            h.shape() == c.shape.get() && type_version(h) == c.version.get()
        }
}

#[inline(always)]
fn type_version(h: &Header) -> u32 {
    // SAFETY: RC-4: an object keeps its type alive.
    unsafe { &*((h.type_ptr() as usize + adder_object::handle::PAYLOAD) as *const Type) }.version.get()
}

/// Puts an attribute in the place of its owner, with NULL above it where a call follows.
///
/// # Safety
/// `v` is owned.
#[inline(always)]
unsafe fn found(regs: &mut Regs<'_>, mut m: Machine, arg: usize, v: u64) -> Flow {
    // SAFETY: FRAME-1: the owner's reference is given up after the attribute has taken its place.
    unsafe {
        let owner = std::mem::replace(&mut *m.sp.sub(1), v);
        if arg & 1 != 0 {
            m.push_word(0);
        }
        m.release_next(regs, owner, 2)
    }
}

/// Puts a method below its receiver.
///
/// # Safety
/// `func` is alive, the receiver on top.
#[inline(always)]
unsafe fn found_method(regs: &mut Regs<'_>, mut m: Machine, func: u64) -> Flow {
    // SAFETY: FRAME-1: the receiver moves up by one.
    unsafe {
        let this = std::mem::replace(&mut *m.sp.sub(1), retain(func));
        m.push_word(this);
    }
    m.end(regs, 2)
}

/// A specialised LOAD_ATTR whose receiver does not suit it.
#[cold]
#[inline(never)]
fn missed_load(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.aside(note, 0);
    m.count_miss();
    slow(regs, m, 2, |vm, r| generic_load(vm, r, arg))
}

/// As `missed_load`, where the receiver is of no interest.
#[cold]
#[inline(never)]
fn missed_value(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| generic_load(vm, r, arg))
}

/// LOAD_ATTR in general.
#[inline(never)]
fn any_load(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    slow(regs, Machine { frame, pc, sp }, 2, |vm, r| attrs::load_attr_slow(vm, r, arg))
}

/// The receiver is one that the site should be known to meet.
#[cold]
#[inline(never)]
fn note(frame: *mut Frame, pc: *const u16, sp: *mut u64, _: usize) {
    let m = &Machine { frame, pc, sp };
    let o = m.peek(1);
    if let (Some(h), Some(v)) = (o.header(), o.ty().ensure_version()) {
        let c = m.cache();
        let at = m.unit_at(1);
        m.code().note_receiver(at, c.shape.get(), c.version.get());
        m.code().note_receiver(at, h.shape(), v);
    }
}

/// LOAD_ATTR_INSTANCE.
#[inline(always)]
pub fn load_instance(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: SHAPE-1, SHAPE-2: the shape has a value at this offset.
    unsafe {
        if !suits(w, c) {
            return m.tail(regs, missed_load, arg);
        }
        let v = *((w as usize + c.index.get() as usize) as *const u64);
        found(regs, m, arg, retain(v))
    }
}

/// LOAD_ATTR_SLOT.
#[inline(always)]
pub fn load_slot(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: OBJ-1: instances of the type have the member at this offset.
    unsafe {
        if !suits(w, c) {
            return m.tail(regs, missed_load, arg);
        }
        let v = *((w as usize + c.index.get() as usize) as *const u64);
        if v == 0 {
            return m.tail(regs, any_load, arg);
        }
        found(regs, m, arg, retain(v))
    }
}

/// LOAD_ATTR_METHOD: function and receiver.
#[inline(always)]
pub fn load_method(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: CACHE-1.
    unsafe {
        if !suits(w, c) || c.aux.get() != 0 && caches::dict_word(w) != 0 {
            return m.tail(regs, missed_load, arg);
        }
        found_method(regs, m, c.value.get())
    }
}

/// LOAD_ATTR_TYPE_VALUE.
#[inline(always)]
pub fn load_type_value(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: CACHE-1.
    unsafe {
        if !suits(w, c) || c.aux.get() != 0 && caches::dict_word(w) != 0 {
            return m.tail(regs, missed_load, arg);
        }
        found(regs, m, arg, retain(c.value.get()))
    }
}

/// LOAD_ATTR_MODULE.
#[inline(always)]
pub fn load_module(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: modules keep their dict in front; DICT-2: under this version the entry is where it was.
    unsafe {
        if w & 7 == 0 && (*(w as *const Header)).type_ptr() == adder_object::types::MODULE.object_ptr_const() {
            let d = caches::dict_word(w);
            if d != 0 && payload::<Dict>(d).current_version() == c.version.get() {
                return found(regs, m, arg, retain(*(c.value.get() as *const u64)));
            }
        }
    }
    m.tail(regs, missed_value, arg)
}

/// LOAD_ATTR_CLASS.
#[inline(always)]
pub fn load_class(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: CACHE-1: no two types ever have the same version, so an object at this address with it is the class.
    unsafe {
        if w == c.extra.get()
            && is_type(w)
            && payload::<Type>(w).version.get() == c.version.get()
            && type_version(&*(w as *const Header)) == c.shape.get()
        {
            if c.aux.get() == 0 {
                return found(regs, m, arg, retain(c.value.get()));
            }
            if arg & 1 != 0 {
                return found_method(regs, m, c.value.get());
            }
        }
    }
    m.tail(regs, missed_value, arg)
}

/// # Safety
/// `w` is a value word.
#[inline(always)]
unsafe fn is_type(w: u64) -> bool {
    // SAFETY: by contract.
    w & 7 == 0 && unsafe { (*(*(w as *const Header)).type_ptr()).has(adder_object::TypeFlags::TYPE_SUBCLASS) }
}

/// LOAD_ATTR_PROPERTY: the getter's frame runs in this loop.
#[inline(always)]
pub fn load_property(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: CACHE-1, OBJ-1.
    unsafe {
        if !suits(w, c) {
            return m.tail(regs, missed_load, arg);
        }
        let f = payload::<Property>(c.value.get()).get.bits();
        if f == 0 || !super::machine::is_a(f, &FUNCTION) {
            return m.tail(regs, missed_value, arg);
        }
        special_calls::enter(regs, m, f, 1, 2)
    }
}

/// LOAD_ATTR_DICT.
#[inline(always)]
pub fn load_dict(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: the type has MANAGED_DICT.
    unsafe {
        if suits(w, c) {
            let d = caches::dict_word(w);
            if d != 0
                && let Some(v) = payload::<Dict>(d).value_of_key_at(c.index.get() as usize, m.name(arg >> 1))
            {
                return found(regs, m, arg, retain(v));
            }
        }
    }
    m.tail(regs, missed_load, arg)
}

/// LOAD_ATTR as compiled: the table of findings, or the long way.
#[inline(always)]
pub fn load_attr(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_load, arg);
    }
    if let Some(f) = caches::in_table(m.peek(1), m.name_word(arg >> 1)) {
        let w = m.peek_word(1);
        // SAFETY: SHAPE-1, SHAPE-2, CACHE-1: the finding is for this shape and the present version of the type.
        unsafe {
            if f.op == Opcode::LOAD_ATTR_INSTANCE {
                let v = *((w as usize + f.index as usize) as *const u64);
                return found(regs, m, arg, retain(v));
            }
            if f.op == Opcode::LOAD_ATTR_SLOT {
                let v = *((w as usize + f.index as usize) as *const u64);
                if v != 0 {
                    return found(regs, m, arg, retain(v));
                }
            }
            if f.aux == 0 && (f.op == Opcode::LOAD_ATTR_TYPE_VALUE || f.op == Opcode::LOAD_ATTR_CLASS) {
                return found(regs, m, arg, retain(f.value));
            }
            if f.op == Opcode::LOAD_ATTR_METHOD && arg & 1 != 0 && (f.aux == 0 || shown_beside(w, m.name(arg >> 1))) {
                return found_method(regs, m, f.value);
            }
        }
    }
    slow(regs, m, 2, |vm, r| generic_load(vm, r, arg))
}

/// LOAD_SPECIAL as compiled.
#[inline(always)]
pub fn load_special(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_special, arg);
    }
    slow(regs, m, 2, |vm, r| attrs::load_special(vm, r, arg))
}
/// LOAD_SPECIAL_METHOD.
#[inline(always)]
pub fn load_special_method(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: CACHE-1.
    unsafe {
        if !suits(w, c) {
            return m.tail(regs, missed_special, arg);
        }
        found_method(regs, m, c.value.get())
    }
}
#[cold]
#[inline(never)]
fn missed_special(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| attrs::load_special(vm, r, arg))
}
#[cold]
#[inline(never)]
fn specialise_special(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let f = caches::find_special(m.peek(1), super::send::special_name(arg)).filter(|f| f.version != 0);
    if let Some(f) = f {
        f.write(c);
    }
    super::number::settle(m, c, f.map(|f| f.op));
}

/// Whether the dict of an instance, if it has one, leaves what its type has in sight.
///
/// # Safety
/// The object has a word for its dict.
#[inline(never)]
unsafe fn shown_beside(w: u64, name: &Obj) -> bool {
    // SAFETY: by contract.
    unsafe { caches::shows(w, caches::BESIDE_DICT, name) }
}

#[cold]
#[inline(never)]
fn specialise_load(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    let f = caches::find_load(m.peek(1), m.name(arg >> 1)).filter(|f| match f.op {
        // Where instances have dicts these are looked into each time.
        Opcode::LOAD_ATTR_METHOD | Opcode::LOAD_ATTR_TYPE_VALUE if f.aux == caches::BESIDE_DICT => false,
        Opcode::LOAD_ATTR_METHOD => arg & 1 != 0 && m.peek(1).header().is_some(),
        Opcode::LOAD_ATTR_PROPERTY => arg & 1 == 0 && plain_getter(f.value),
        // Native attributes that are computed stay in the shared table, as does all about numbers in words.
        Opcode::LOAD_ATTR => false,
        _ => m.peek(1).header().is_some(),
    });
    if let Some(f) = f.filter(|f| f.version != 0) {
        f.write(c);
        super::number::settle(m, c, Some(f.op));
    } else {
        super::number::settle(m, c, None);
    }
}

/// Whether the getter of a property is a Python function of one parameter.
fn plain_getter(property: u64) -> bool {
    // SAFETY: a finding's value lives while the type does, which the receiver holds.
    let p = unsafe { payload::<Property>(property) };
    p.get.with(|f| {
        f.and_then(|f| f.get_exact::<crate::function::Function>())
            .and_then(crate::function::Function::code)
            .is_some_and(|c| c.simple_args && c.argcount == 1)
    })
}

#[inline(never)]
pub fn generic_load(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (owner, name) = (r.peek(1), r.name(arg >> 1));
    let Some(f) = caches::load_finding(owner, name) else { return attrs::load_attr_slow(vm, r, arg) };
    let w = owner.bits();
    // SAFETY: SHAPE-1, SHAPE-2, CACHE-1: the finding is for this shape and the present version of the type.
    let v = unsafe {
        match f.op {
            Opcode::LOAD_ATTR_INSTANCE | Opcode::LOAD_ATTR_SLOT => *((w as usize + f.index as usize) as *const u64),
            Opcode::LOAD_ATTR_METHOD if caches::shows(w, f.aux, name) => {
                let func = Obj::view(&f.value).clone();
                if arg & 1 != 0 {
                    let this = r.pop();
                    r.push(func);
                    r.push(this);
                    return Ok(());
                }
                if func.is_exact(&descr::METHOD_DESCRIPTOR) {
                    let v = descr::method_descr_get(vm, &func, Some(owner), None)?;
                    r.replace_n(1, v);
                    return Ok(());
                }
                if !func.is_exact(&FUNCTION) {
                    return attrs::load_attr_slow(vm, r, arg);
                }
                let this = r.pop();
                r.push(descr::bound_method(func, this));
                return Ok(());
            }
            Opcode::LOAD_ATTR_TYPE_VALUE if caches::shows(w, f.aux, name) => f.value,
            Opcode::LOAD_ATTR_CLASS if f.aux == 0 => f.value,
            Opcode::LOAD_ATTR_CLASS if arg & 1 != 0 => {
                let class = r.pop();
                r.push(Obj::view(&f.value).clone());
                r.push(class);
                return Ok(());
            }
            Opcode::LOAD_ATTR_DICT => match caches::dict_word(w) {
                0 => 0,
                d => payload::<Dict>(d).value_of_key_at(f.index as usize, name).unwrap_or(0),
            },
            Opcode::LOAD_ATTR_MODULE => *(f.value as *const u64),
            Opcode::LOAD_ATTR => {
                let v = ((*(f.value as *const GetSetDef)).get)(vm, owner)?;
                r.replace_n(1, v);
                if arg & 1 != 0 {
                    r.push_null();
                }
                return Ok(());
            }
            _ => 0,
        }
    };
    if v == 0 {
        return attrs::load_attr_slow(vm, r, arg);
    }
    // SAFETY: as above.
    let v = unsafe { Obj::view(&v).clone() };
    r.replace_n(1, v);
    if arg & 1 != 0 {
        r.push_null();
    }
    Ok(())
}

// ---- stores ----

/// A specialised STORE_ATTR whose receiver does not suit it.
#[cold]
#[inline(never)]
fn missed_store(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.aside(note, 0);
    m.count_miss();
    slow(regs, m, 2, |vm, r| generic_store(vm, r, arg))
}

/// STORE_ATTR_INSTANCE and STORE_ATTR_SLOT.
#[inline(always)]
pub fn store_at(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: SHAPE-2, OBJ-1: the word belongs to the object; RC-3: the old value is released last.
    unsafe {
        if !suits(w, c) {
            return m.tail(regs, missed_store, arg);
        }
        let at = (w as usize + c.index.get() as usize) as *mut u64;
        let old = std::mem::replace(&mut *at, m.peek_word(2));
        m.sp = m.sp.sub(2);
        m.release_two_next(regs, old, w, 2)
    }
}

/// STORE_ATTR_ADD: the shape grows by the attribute.
#[inline(always)]
pub fn store_add(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: SHAPE-2: the cell has room, and the new shape counts the slot that is filled here.
    unsafe {
        if !suits(w, c) || !caches::cell_has(w, c.aux.get()) {
            return m.tail(regs, missed_store, arg);
        }
        *((w as usize + c.index.get() as usize) as *mut u64) = m.peek_word(2);
        (*(w as *const Header)).set_shape(c.extra.get() as u32);
        m.sp = m.sp.sub(2);
        m.release_next(regs, w, 2)
    }
}

/// STORE_ATTR_DICT.
#[inline(always)]
pub fn store_dict(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    let (w, c) = (m.peek_word(1), m.cache());
    // SAFETY: the type has MANAGED_DICT.
    unsafe {
        if suits(w, c) {
            let d = caches::dict_word(w);
            if d != 0
                && let Some(old) =
                    payload::<Dict>(d).swap_value_of_key_at(c.index.get() as usize, m.name(arg), m.peek_word(2))
            {
                m.sp = m.sp.sub(2);
                return m.release_two_next(regs, old, w, 2);
            }
        }
    }
    m.tail(regs, missed_store, arg)
}

/// STORE_ATTR as compiled.
#[inline(always)]
pub fn store_attr(regs: &mut Regs<'_>, mut m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(specialise_store, arg);
    }
    if let Some(f) = caches::in_table(m.peek(1), m.name_word(arg) | 1)
        && f.op == Opcode::STORE_ATTR_INSTANCE
    {
        // SAFETY: as in `store_at`.
        unsafe {
            let w = m.peek_word(1);
            let old = std::mem::replace(&mut *((w as usize + f.index as usize) as *mut u64), m.peek_word(2));
            m.sp = m.sp.sub(2);
            return m.release_two_next(regs, old, w, 2);
        }
    }
    slow(regs, m, 2, |vm, r| generic_store(vm, r, arg))
}

#[cold]
#[inline(never)]
fn specialise_store(frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) {
    let m = &Machine { frame, pc, sp };
    let Some(c) = m.cache_of_generic() else { return };
    match caches::find_store(m.peek(1), m.name(arg)).filter(|f| f.version != 0) {
        Some(f) => {
            f.write(c);
            super::number::settle(m, c, Some(f.op));
        }
        None => super::number::settle(m, c, None),
    }
}

#[inline(never)]
pub fn generic_store(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult<()> {
    let (owner, name) = (r.peek(1), r.name(arg));
    let w = owner.bits();
    if let Some(f) = caches::store_finding(owner, name) {
        let at = (w as usize + f.index as usize) as *mut u64;
        // SAFETY: SHAPE-2, OBJ-1: as in `store_at` and `store_add`.
        unsafe {
            match f.op {
                Opcode::STORE_ATTR_INSTANCE | Opcode::STORE_ATTR_SLOT => {
                    let old = std::mem::replace(&mut *at, r.peek_word(2));
                    let owner = r.pop();
                    r.sp = r.sp.sub(1);
                    if old != 0 {
                        drop(Obj::from_raw(old));
                    }
                    drop(owner);
                    return Ok(());
                }
                Opcode::STORE_ATTR_ADD if caches::cell_has(w, f.aux) => {
                    *at = r.peek_word(2);
                    (*(w as *const Header)).set_shape(f.extra as u32);
                    let owner = r.pop();
                    r.sp = r.sp.sub(1);
                    drop(owner);
                    return Ok(());
                }
                _ => {}
            }
        }
    }
    attrs::store_attr_slow(vm, r, arg)
}

// ---- globals ----

/// Pushes a global, with NULL above it where a call follows.
///
/// # Safety
/// `at` is the value word of a live dict entry.
#[inline(always)]
unsafe fn push_global(regs: &mut Regs<'_>, mut m: Machine, arg: usize, at: u64) -> Flow {
    // SAFETY: by contract.
    unsafe {
        m.push_word(retain(*(at as *const u64)));
        if arg & 1 != 0 {
            m.push_word(0);
        }
    }
    m.end(regs, 2)
}

/// LOAD_GLOBAL_MODULE.
#[inline(always)]
pub fn load_global_module(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let c = m.cache();
    // SAFETY: DICT-2: under this version the entry is where it was; globals were seen to be a dict.
    unsafe {
        let g = payload::<Dict>((*m.frame).globals.bits());
        if g.current_version() != c.version.get() {
            return m.tail(regs, missed_global, arg);
        }
        push_global(regs, m, arg, c.value.get())
    }
}

/// LOAD_GLOBAL_BUILTIN.
#[inline(always)]
pub fn load_global_builtin(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    let c = m.cache();
    // SAFETY: as LOAD_GLOBAL_MODULE; the versions of globals and builtins name this pair of dicts.
    unsafe {
        let g = payload::<Dict>((*m.frame).globals.bits());
        let b = (*m.frame).builtins.bits();
        if g.current_version() != c.version.get()
            || !super::machine::is_a(b, &adder_object::types::DICT)
            || payload::<Dict>(b).current_version() != c.shape.get()
        {
            return m.tail(regs, missed_global, arg);
        }
        push_global(regs, m, arg, c.value.get())
    }
}

/// A specialised LOAD_GLOBAL whose dicts have changed.
#[cold]
#[inline(never)]
fn missed_global(regs: &mut Regs<'_>, frame: *mut Frame, pc: *const u16, sp: *mut u64, arg: usize) -> Flow {
    let m = Machine { frame, pc, sp };
    m.count_miss();
    slow(regs, m, 2, |vm, r| names::load_global_slow(vm, r, arg))
}

/// LOAD_GLOBAL as compiled.
#[inline(always)]
pub fn load_global(regs: &mut Regs<'_>, m: Machine, arg: usize) -> Flow {
    if m.due() {
        m.aside(caches::specialise_global, arg);
    }
    slow(regs, m, 2, |vm, r| names::load_global_slow(vm, r, arg))
}
