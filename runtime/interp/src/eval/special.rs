//! Functions, intrinsics, constants and templates that opcodes make.

use super::{Regs, matching, names};
use crate::code::CodeObject;
use crate::function::Function;
use adder_isa::Opcode;
use adder_isa::operands::{CommonConstant, FunctionAttribute, Intrinsic1, Intrinsic2};
use adder_object::arith::{self, UnaryOp};
use adder_object::{Obj, ObjExt, PyErr, PyResult, Vm, call, error, exceptions as exc, ops, singletons, types};

#[inline(never)]
pub fn make_function(r: &mut Regs) -> PyResult<()> {
    let code = r.pop();
    let Some(code) = code.downcast::<CodeObject>() else {
        return Err(error::system_error("MAKE_FUNCTION without code"));
    };
    // The frame's parts are reached through the accessors of names.
    let Some(globals) = names::globals_dict(r) else { return Err(error::system_error("globals must be a dict")) };
    let builtins = frame_builtins(r);
    r.push(Function::new(code, globals, builtins).into_obj());
    Ok(())
}

#[allow(unsafe_code)]
fn frame_builtins(r: &Regs) -> Obj {
    // SAFETY: the frame is live.
    unsafe { Obj::clone(&(*r.frame).builtins) }
}

#[inline(never)]
pub fn set_function_attribute(r: &mut Regs, arg: usize) {
    let func = r.pop();
    let value = r.pop();
    if let (Some(f), Some(which)) = (func.get::<Function>(), FunctionAttribute::from_u32(arg as u32)) {
        match which {
            FunctionAttribute::Defaults => f.defaults.set(value),
            FunctionAttribute::KwDefaults => f.kwdefaults.set(value),
            FunctionAttribute::Annotations => f.annotations.set(value),
            FunctionAttribute::Closure => f.closure.set(value),
            FunctionAttribute::Annotate => {
                // The function of the annotations is named after the one it belongs to; its code is not.
                if let (Some(a), Some(name)) = (value.get::<Function>(), f.qualname.get()) {
                    a.qualname
                        .set(adder_object::str::from_str(&format!("{}.__annotate__", ops::text(&name))).into_obj());
                }
                f.annotate.set(value)
            }
        }
    }
    r.push(func);
}

pub fn common_constant(arg: usize) -> Obj {
    match CommonConstant::from_u32(arg as u32) {
        Some(CommonConstant::AssertionError) | None => exc::ASSERTION_ERROR.obj(),
        Some(CommonConstant::NotImplementedError) => exc::NOT_IMPLEMENTED_ERROR.obj(),
        Some(CommonConstant::Tuple) => types::TUPLE.obj(),
        Some(CommonConstant::All) => builtin("all"),
        Some(CommonConstant::Any) => builtin("any"),
    }
}

fn builtin(name: &str) -> Obj {
    crate::sys::builtins_dict()
        .get::<adder_object::Dict>()
        .and_then(|d| d.get_str(name))
        .unwrap_or_else(singletons::none)
}

pub fn intrinsic_1(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult {
    let v = r.peek(1);
    match Intrinsic1::from_u32(arg as u32) {
        Some(Intrinsic1::Print) => {
            let hook = crate::sys::get("displayhook").ok_or_else(|| error::runtime_error("lost sys.displayhook"))?;
            call::call1(vm, &hook, v)
        }
        Some(Intrinsic1::ImportStar) => {
            names::import_star(vm, r, v)?;
            Ok(singletons::none())
        }
        Some(Intrinsic1::StopIterationError) => Ok(stop_iteration_error(r, v)),
        Some(Intrinsic1::AsyncGenWrap) => Ok(crate::asyncgen::wrap_value(v)),
        Some(Intrinsic1::UnaryPositive) => arith::unary(vm, v, UnaryOp::Positive),
        Some(Intrinsic1::ListToTuple) => ops::to_tuple(vm, v),
        Some(i) => crate::typing::intrinsic_1(vm, i, v),
        None => Err(error::system_error("unknown intrinsic")),
    }
}

/// StopIteration (and StopAsyncIteration in async generators) that leaves a generator becomes RuntimeError.
fn stop_iteration_error(r: &Regs, e: &Obj) -> Obj {
    use adder_isa::code::co;
    let flags = r.code().flags;
    let message = if e.ty().is_subtype(&exc::STOP_ITERATION) {
        if flags & co::ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & co::COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & co::ASYNC_GENERATOR != 0 && e.ty().is_subtype(&exc::STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return e.clone();
    };
    error::runtime_error(message).with_cause(PyErr::from_obj(e.clone())).into_obj()
}

pub fn intrinsic_2(vm: &Vm, r: &mut Regs, arg: usize) -> PyResult {
    let (a, b) = (r.peek(2), r.peek(1));
    match Intrinsic2::from_u32(arg as u32) {
        Some(Intrinsic2::PrepReraiseStar) => matching::prep_reraise_star(vm, a, b),
        Some(Intrinsic2::SetFunctionTypeParams) => {
            if let Some(f) = a.get::<Function>() {
                f.type_params.set(b.clone());
            }
            Ok(a.clone())
        }
        Some(i) => crate::typing::intrinsic_2(vm, i, a, b),
        None => Err(error::system_error("unknown intrinsic")),
    }
}

pub fn build_template(vm: &Vm, r: &mut Regs, op: Opcode, arg: usize) -> PyResult<()> {
    if op == Opcode::BUILD_TEMPLATE {
        let t = crate::typing::template(vm, r.peek(2), r.peek(1))?;
        r.replace_n(2, t);
        return Ok(());
    }
    let with_spec = arg & 1 != 0;
    let n = if with_spec { 3 } else { 2 };
    let spec = if with_spec { Some(r.peek(1)) } else { None };
    let i = crate::typing::interpolation(vm, r.peek(n), r.peek(n - 1), arg >> 2, spec)?;
    r.replace_n(n, i);
    Ok(())
}
