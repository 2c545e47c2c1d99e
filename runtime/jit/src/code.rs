//! From HIR to callable machine code, through Cranelift.
//!
//! Invariant: machine code is published whole and never changes; a module is kept as long as its code may run.

use crate::exits::ExitRecord;
use crate::helpers::Helper;
use crate::hir::Func;
use crate::lower;
use adder_interp::code::CodeObject;
use adder_interp::native::Entry;
use adder_isa::reasons::Reason;
use cranelift_codegen::ir::{AbiParam, Signature, UserFuncName, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module};
use std::sync::OnceLock;

/// Machine code with what keeps it valid.
pub struct Compiled {
    pub entry: Entry,
    pub bytes: usize,
    pub module: JITModule,
    pub records: Vec<*const ExitRecord>,
}

static THOROUGH: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();
static QUICK: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();

/// The code generator: thorough for loops and generators, quick for code that runs once a call and spends its time in calls.
fn isa(thorough: bool) -> Option<OwnedTargetIsa> {
    let make = || {
        let mut flags = settings::builder();
        let set = [
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("opt_level", if thorough { "speed" } else { "none" }),
            ("regalloc_algorithm", if thorough { "backtracking" } else { "single_pass" }),
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
            ("unwind_info", "false"),
            ("preserve_frame_pointers", "true"),
            ("enable_probestack", "false"),
        ];
        for (name, value) in set {
            flags.set(name, value).ok()?;
        }
        cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
    };
    (if thorough { &THOROUGH } else { &QUICK }).get_or_init(make).clone()
}

/// Compiles HIR. `dump` gets the CLIF text when asked for.
pub fn compile(f: &Func, code: &CodeObject, dump: Option<&mut String>) -> Result<Compiled, Reason> {
    let again = |b: &crate::hir::Block| b.loop_header || matches!(b.term, crate::hir::Term::Switch(_));
    let isa = isa(f.blocks.iter().any(again)).ok_or(Reason::CompilerError)?;
    let mut records = vec![];
    let work = std::panic::AssertUnwindSafe(|| generate(f, code, isa, &mut records, dump));
    match std::panic::catch_unwind(work) {
        Ok(Some((entry, bytes, module))) => Ok(Compiled { entry, bytes, module, records }),
        _ => Err(Reason::CompilerError),
    }
}

fn generate(
    f: &Func,
    code: &CodeObject,
    isa: OwnedTargetIsa,
    records: &mut Vec<*const ExitRecord>,
    dump: Option<&mut String>,
) -> Option<(Entry, usize, JITModule)> {
    let mut module = JITModule::new(JITBuilder::with_isa(isa, cranelift_module::default_libcall_names()));
    let mut sig = Signature::new(CallConv::SystemV);
    sig.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    sig.returns.push(AbiParam::new(types::I64));
    let id = module.declare_function("f", Linkage::Local, &sig).ok()?;
    let mut ctx = module.make_context();
    ctx.func.signature = sig;
    ctx.func.name = UserFuncName::user(0, id.as_u32());
    let mut fctx = FunctionBuilderContext::new();
    let stub = destroy_stub()?;
    let mut record = |r: ExitRecord| {
        let r: &'static ExitRecord = Box::leak(Box::new(r));
        records.push(r as *const ExitRecord);
        r as *const ExitRecord
    };
    let config = module.target_config();
    lower::lower(f, code, FunctionBuilder::new(&mut ctx.func, &mut fctx), &mut record, stub, config);
    if let Some(text) = dump {
        *text = ctx.func.display().to_string();
    }
    if let Err(e) = module.define_function(id, &mut ctx) {
        if cfg!(debug_assertions) || crate::options::get().trace {
            eprintln!("jit: {}: {e:?}", f.name);
        }
        return None;
    }
    let bytes = ctx.compiled_code().map_or(0, |c| c.code_buffer().len());
    module.clear_context(&mut ctx);
    module.finalize_definitions().ok()?;
    let address = module.get_finalized_function(id);
    // SAFETY: the function was made with this signature.
    let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
    Some((entry, bytes, module))
}

/// As compiled code calls the stub of [`destroy_stub`]: thread, frame, object.
pub fn stub_signature() -> Signature {
    let mut sig = Signature::new(CallConv::PreserveAll);
    sig.params.extend((0..3).map(|_| AbiParam::new(types::I64)));
    sig
}

/// A function that calls the helper `Destroy` and restores every register: hot code keeps its values in registers across it.
fn destroy_stub() -> Option<*const u8> {
    static STUB: OnceLock<Option<usize>> = OnceLock::new();
    STUB.get_or_init(|| make_stub().map(|p| p as usize)).map(|p| p as *const u8)
}

fn make_stub() -> Option<*const u8> {
    use cranelift_codegen::ir::InstBuilder;
    let mut module = JITModule::new(JITBuilder::with_isa(isa(true)?, cranelift_module::default_libcall_names()));
    let sig = stub_signature();
    let id = module.declare_function("stub", Linkage::Local, &sig).ok()?;
    let mut ctx = module.make_context();
    ctx.func.signature = sig;
    let mut fctx = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut ctx.func, &mut fctx);
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let args = b.block_params(block).to_vec();
    let mut sig = Signature::new(CallConv::SystemV);
    sig.params.extend((0..3).map(|_| AbiParam::new(types::I64)));
    sig.returns.push(AbiParam::new(types::I64));
    let sig = b.import_signature(sig);
    let at = b.ins().iconst(types::I64, Helper::Destroy.address() as i64);
    b.ins().call_indirect(sig, at, &args);
    b.ins().return_(&[]);
    b.seal_all_blocks();
    b.finalize(module.target_config());
    module.define_function(id, &mut ctx).ok()?;
    module.finalize_definitions().ok()?;
    let address = module.get_finalized_function(id);
    // The stub lives as long as the process.
    std::mem::forget(module);
    Some(address)
}
