//! `Pickler.memo` and `Unpickler.memo`: views of the memos that a program may copy, clear and replace.

use super::pickler::{self, Pickler};
use super::unpickler::{self, Unpickler};
use crate::functional::shared::none;
use adder_object::spec::{Native, TypeSpec, method};
use adder_object::{
    Dict, Obj, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, Vm, error, int, ops, payload, trace_fields, tuple,
    types,
};

pub struct PicklerMemo {
    owner: Obj,
}
trace_fields!(PicklerMemo { owner });
static PICKLER_MEMO: StaticType = StaticType::new::<PicklerMemo>("_pickle.PicklerMemoProxy", F::GC);
payload!(PicklerMemo, PICKLER_MEMO);

impl PicklerMemo {
    pub fn of(pickler: &Obj) -> Obj {
        Ref::new(PicklerMemo { owner: pickler.clone() }).into_obj()
    }
}
fn pickler_of(o: &Obj) -> PyResult<&Pickler> {
    pickler::of(&o.this::<PicklerMemo>()?.owner)
}

pub static PICKLER_MEMO_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "clear($self, /)",
            Native::NoArgs(|_, o| {
                pickler_of(o)?.memo.clear();
                none()
            }),
            "Remove all items from memo.",
        ),
        method(
            "copy($self, /)",
            Native::NoArgs(|vm, o| Ok(pickler_of(o)?.memo.to_dict(vm)?.into_obj())),
            "Copy the memo to a new object.",
        ),
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|vm, o| {
                let d = pickler_of(o)?.memo.to_dict(vm)?.into_obj();
                Ok(tuple::from_array([types::DICT.obj(), tuple::from_array([d])]))
            }),
            "Implement pickle support.",
        ),
    ],
    ..TypeSpec::of(&PICKLER_MEMO)
};

pub fn set_pickler_memo(vm: &Vm, p: &Pickler, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::type_error("attribute deletion is not supported")) };
    if let Some(other) = v.get::<PicklerMemo>() {
        let d = pickler::of(&other.owner)?.memo.to_dict(vm)?;
        return pickler::fill_memo(vm, p, &d);
    }
    match v.get::<Dict>() {
        Some(d) => pickler::fill_memo(vm, p, d),
        None => Err(error::type_error(format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
            v.ty().tp_name()
        ))),
    }
}

pub struct UnpicklerMemo {
    owner: Obj,
}
trace_fields!(UnpicklerMemo { owner });
static UNPICKLER_MEMO: StaticType = StaticType::new::<UnpicklerMemo>("_pickle.UnpicklerMemoProxy", F::GC);
payload!(UnpicklerMemo, UNPICKLER_MEMO);

impl UnpicklerMemo {
    pub fn of(unpickler: &Obj) -> Obj {
        Ref::new(UnpicklerMemo { owner: unpickler.clone() }).into_obj()
    }
}
fn unpickler_of(o: &Obj) -> PyResult<&Unpickler> {
    unpickler::of(&o.this::<UnpicklerMemo>()?.owner)
}
fn unpickler_dict(vm: &Vm, u: &Unpickler) -> PyResult {
    let d = Dict::new();
    let all = u.memo.borrow().clone();
    for (i, o) in all.into_iter().enumerate() {
        if let Some(o) = o {
            d.set_item(vm, &int::from_usize(i), o)?;
        }
    }
    Ok(d.into_obj())
}

pub static UNPICKLER_MEMO_SPEC: TypeSpec = TypeSpec {
    methods: &[
        method(
            "clear($self, /)",
            Native::NoArgs(|_, o| {
                let old = std::mem::take(&mut *unpickler_of(o)?.memo.borrow_mut());
                drop(old);
                none()
            }),
            "Remove all items from memo.",
        ),
        method(
            "copy($self, /)",
            Native::NoArgs(|vm, o| unpickler_dict(vm, unpickler_of(o)?)),
            "Copy the memo to a new object.",
        ),
        method(
            "__reduce__($self, /)",
            Native::NoArgs(|vm, o| {
                let d = unpickler_dict(vm, unpickler_of(o)?)?;
                Ok(tuple::from_array([types::DICT.obj(), tuple::from_array([d])]))
            }),
            "Implement pickling support.",
        ),
    ],
    ..TypeSpec::of(&UNPICKLER_MEMO)
};

pub fn set_unpickler_memo(vm: &Vm, u: &Unpickler, v: Option<&Obj>) -> PyResult<()> {
    let Some(v) = v else { return Err(error::type_error("attribute deletion is not supported")) };
    if let Some(other) = v.get::<UnpicklerMemo>() {
        let new = unpickler::of(&other.owner)?.memo.borrow().clone();
        let old = u.memo.replace(new);
        drop(old);
        return Ok(());
    }
    let Some(d) = v.get::<Dict>() else {
        return Err(error::type_error(format!(
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
            v.ty().tp_name()
        )));
    };
    let mut new = vec![];
    for (k, o) in d.items_vec() {
        if !int::is_int(&k) {
            return Err(error::type_error("memo key must be integers"));
        }
        let at = ops::to_i64(vm, &k)?;
        let Ok(at) = usize::try_from(at) else { return Err(error::value_error("memo key must be positive integers.")) };
        unpickler::put(&mut new, at, o)?;
    }
    let old = u.memo.replace(new);
    drop(old);
    Ok(())
}
