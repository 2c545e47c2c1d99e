//! `Pickler`: settings, the buffer, and the type as Python sees it. What is written for which object is in save.rs and reduce.rs.
//!
//! CPython: Modules/_pickle.c.

use super::memo::Memo;
use super::memo_proxy::{self, PicklerMemo};
use super::ops::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL, PROTO, STOP};
use super::output::Output;
use super::save;
use super::state::pickling_error;
use crate::functional::shared::{bind, none};
use adder_object::slots::slot;
use adder_object::spec::{GetSetDef, MethodDef, Native, TypeSpec, getset, method};
use adder_object::{
    Args, Dict, Obj, ObjCell, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, attr, error, int, ops, payload,
    tuple,
};
use std::cell::{Cell, RefCell};

#[derive(Default)]
pub struct Pickler {
    pub memo: Memo,
    pub out: RefCell<Output>,
    /// The file's `write`; none when the result is a bytes object.
    pub write: ObjCell,
    pub protocol: Cell<i64>,
    pub fix_imports: Cell<bool>,
    pub fast: Cell<bool>,
    /// Objects on the way down in fast mode, to find cycles.
    pub fast_stack: RefCell<Vec<u64>>,
    pub persistent_id: ObjCell,
    pub dispatch_table: ObjCell,
    pub reducer_override: ObjCell,
    pub buffer_callback: ObjCell,
    ready: Cell<bool>,
}
impl adder_object::Trace for Pickler {
    fn trace(&self, visit: &mut adder_object::Visit<'_>) {
        for c in [&self.write, &self.persistent_id, &self.dispatch_table, &self.reducer_override, &self.buffer_callback]
        {
            c.trace(visit);
        }
        if let Ok(all) = self.memo.objects.try_borrow() {
            all.iter().for_each(|(_, o)| visit(o));
        }
    }
    fn clear(&self) {
        for c in [&self.write, &self.persistent_id, &self.dispatch_table, &self.reducer_override, &self.buffer_callback]
        {
            drop(c.take());
        }
        self.memo.clear();
    }
}
pub static PICKLER: StaticType = StaticType::new::<Pickler>("_pickle.Pickler", F::GC | F::BASETYPE);
payload!(Pickler, PICKLER);

pub static SPEC: TypeSpec = TypeSpec {
    slots: &[slot::new(|_, ty, _| Ok(Ref::with_type(ty, Pickler::default()).into_obj())), slot::init(init)],
    methods: METHODS,
    getset: GETSET,
    doc: "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)\n--\n\nThis takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are\nserialized into *file* as part of the pickle stream.\n\nIf *buffer_callback* is not None, then it can be called any number\nof times with a buffer view.  If the callback returns a false value\n(such as None), the given buffer is out-of-band; otherwise the\nbuffer is serialized in-band, i.e. inside the pickle stream.\n\nIt is an error if *buffer_callback* is not None and *protocol*\nis None or smaller than 5.",
    ..TypeSpec::of(&PICKLER)
};

static METHODS: &[MethodDef] = &[
    method(
        "dump($self, obj, /)",
        Native::One(|vm, o, x| {
            let p = of(o)?;
            if !p.ready.get() {
                return Err(pickling_error(format!(
                    "Pickler.__init__() was not called by {}.__init__()",
                    o.ty().name()
                )));
            }
            p.find_overrides(vm, o)?;
            *p.out.borrow_mut() = Output::default();
            let r = dump(vm, p, x).and_then(|()| {
                let write = p.write.get();
                let mut out = std::mem::take(&mut *p.out.borrow_mut());
                out.flush(vm, write.as_ref())
            });
            drop(p.reducer_override.take());
            r?;
            none()
        }),
        "Write a pickled representation of the given object to the open file.",
    ),
    method(
        "clear_memo($self, /)",
        Native::NoArgs(|_, o| {
            of(o)?.memo.clear();
            none()
        }),
        "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
    ),
    method("persistent_id($self, obj, /)", Native::One(|_, _, _| none()), ""),
    method(
        "__sizeof__($self, /)",
        Native::NoArgs(|_, o| {
            let p = of(o)?;
            Ok(int::from_usize(16 + size_of::<Pickler>() + p.memo.len() * 32 + p.out.borrow().data.capacity()))
        }),
        "Returns size in memory, in bytes.",
    ),
];

static GETSET: &[GetSetDef] = &[
    getset("memo", |_, o| Ok(PicklerMemo::of(o)), |vm, o, v| memo_proxy::set_pickler_memo(vm, of(o)?, v), ""),
    getset("bin", |_, o| Ok(int::from_i64(i64::from(of(o)?.protocol.get() > 0))), |_, _, _| Ok(()), ""),
    getset(
        "fast",
        |_, o| Ok(int::from_i64(i64::from(of(o)?.fast.get()))),
        |vm, o, v| {
            of(o)?.fast.set(v.map_or(Ok(false), |v| ops::truth(vm, v))?);
            Ok(())
        },
        "",
    ),
    getset(
        "dispatch_table",
        |_, o| {
            of(o)?
                .dispatch_table
                .get()
                .ok_or_else(|| error::no_attribute(o, adder_object::str::intern_str("dispatch_table").obj()))
        },
        |_, o, v| {
            of(o)?.dispatch_table.set_option(v.cloned());
            Ok(())
        },
        "",
    ),
];

pub fn of(o: &Obj) -> PyResult<&Pickler> {
    o.this::<Pickler>()
}

impl Pickler {
    pub fn bin(&self) -> bool {
        self.protocol.get() > 0
    }
    #[inline]
    pub fn byte(&self, b: u8) {
        self.out.borrow_mut().byte(b);
    }
    #[inline]
    pub fn write(&self, b: &[u8]) {
        self.out.borrow_mut().write(b);
    }
    fn set_protocol(&self, vm: &Vm, protocol: Option<&Obj>, fix_imports: bool) -> PyResult<()> {
        let p = match protocol {
            None => DEFAULT_PROTOCOL,
            Some(p) => match ops::to_i64(vm, p)? {
                n if n < 0 => HIGHEST_PROTOCOL,
                n if n > HIGHEST_PROTOCOL => {
                    return Err(error::value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")));
                }
                n => n,
            },
        };
        self.protocol.set(p);
        self.fix_imports.set(fix_imports && p < 3);
        Ok(())
    }
    fn set_buffer_callback(&self, callback: Option<&Obj>) -> PyResult<()> {
        if callback.is_some() && self.protocol.get() < 5 {
            return Err(error::value_error("buffer_callback needs protocol >= 5"));
        }
        self.buffer_callback.set_option(callback.cloned());
        Ok(())
    }
    /// A pickler that only has a result.
    pub fn plain(vm: &Vm, protocol: Option<&Obj>, fix_imports: bool, callback: Option<&Obj>) -> PyResult<Pickler> {
        let p = Pickler::default();
        p.set_protocol(vm, protocol, fix_imports)?;
        p.set_buffer_callback(callback)?;
        Ok(p)
    }
    pub fn set_file(&self, vm: &Vm, file: &Obj) -> PyResult<()> {
        match attr::lookup_str(vm, file, "write")? {
            Some(w) => {
                self.write.set(w);
                Ok(())
            }
            None => Err(error::type_error("file must have a 'write' attribute")),
        }
    }
    /// Methods that a subclass overrides, or attributes of the instance.
    fn find_overrides(&self, vm: &Vm, o: &Obj) -> PyResult<()> {
        if o.is_exact(&PICKLER) {
            return Ok(());
        }
        let own = attr::lookup_str(vm, o, "persistent_id")?.filter(|f| !is_default(f));
        self.persistent_id.set_option(own);
        self.reducer_override.set_option(attr::lookup_str(vm, o, "reducer_override")?);
        if self.dispatch_table.get().is_none()
            && let Some(t) = o.ty().lookup(adder_object::str::intern_str("dispatch_table").obj())
            && t.ty().static_name() != Some("getset_descriptor")
        {
            self.dispatch_table.set(attr::get_str(vm, o, "dispatch_table")?);
        }
        Ok(())
    }
}
/// Is it the method of this module that does nothing?
fn is_default(f: &Obj) -> bool {
    f.get::<adder_object::descr::BuiltinFunction>().is_some_and(|b| METHODS.iter().any(|m| std::ptr::eq(m, b.def)))
}

fn init(vm: &Vm, o: &Obj, args: Args<'_>) -> PyResult<()> {
    let a = bind("Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)", args)?;
    let p = of(o)?;
    let fix = a.opt(2).map_or(Ok(true), |f| ops::truth(vm, f))?;
    p.set_protocol(vm, a.opt_not_none(1), fix)?;
    p.set_file(vm, a.req(0))?;
    p.set_buffer_callback(a.opt_not_none(3))?;
    p.memo.clear();
    p.fast.set(false);
    if let Some(t) = attr::lookup_str(vm, o, "dispatch_table")?
        && o.ty().lookup(adder_object::str::intern_str("dispatch_table").obj()).is_some()
    {
        p.dispatch_table.set(t);
    }
    p.ready.set(true);
    Ok(())
}

/// Writes one object as a whole pickle.
pub fn dump(vm: &Vm, p: &Pickler, o: &Obj) -> PyResult<()> {
    let protocol = p.protocol.get();
    if protocol >= 2 {
        p.write(&[PROTO, protocol as u8]);
        p.out.borrow_mut().framing = protocol >= 4;
    }
    save::save(vm, p, o, false)?;
    p.byte(STOP);
    let mut out = p.out.borrow_mut();
    out.commit();
    out.framing = false;
    Ok(())
}

/// Settings for `_pickle.Pickler` of a dict that a program assigns to `memo`.
pub fn fill_memo(vm: &Vm, p: &Pickler, d: &Dict) -> PyResult<()> {
    p.memo.clear();
    for (_, v) in d.items_vec() {
        let items = tuple::as_slice(&v).filter(|t| t.len() == 2);
        let Some([at, o]) = items else { return Err(error::type_error("'memo' values must be 2-item tuples")) };
        p.memo.put(o, ops::to_i64(vm, at)? as usize);
    }
    Ok(())
}
