//! From HIR to callable machine code, through Cranelift.
//!
//! Invariant: CODE-3: machine code is published whole and never changes; its block and its exit records are kept as long as it may run.

use crate::exits::ExitRecord;
use crate::hir::Func;
use crate::lower;
use crate::memory::{self, Block};
use crate::stubs;
use crate::traps::{self, Plan, Site};
use adder_interp::code::CodeObject;
use adder_interp::native::Entry;
use adder_isa::reasons::Reason;
use adder_mem::heap::Global;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, ExternalName, LibCall, Signature, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{CompiledCode, Context, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::sync::OnceLock;

/// Machine code with what keeps it valid.
pub struct Compiled {
    pub entry: Entry,
    pub bytes: usize,
    pub block: Block,
    pub records: Vec<*const ExitRecord>,
    /// Offsets and the place of what lies between, for reports.
    pub places: Vec<(u32, u32, u32)>,
    /// Instructions and blocks that the code generator was given.
    pub given: (usize, usize),
}

/// Stages that `-X jit-dump` or a report asks for.
#[derive(Default)]
pub struct Dump {
    pub clif: Option<String>,
    pub asm: Option<String>,
    /// The bytes of machine code, when a report shows stages.
    pub code: Vec<u8>,
    pub places: Vec<(u32, u32, u32)>,
    pub given: (usize, usize),
}

impl Drop for Compiled {
    fn drop(&mut self) {
        crate::debugger::code_gone(&self.block);
        if crate::stats::watching() {
            crate::watch::maps::gone(self.block.at);
        }
        // A report of exits reads the records at the end of the process.
        if crate::stats::wanted() {
            return;
        }
        for &r in &self.records {
            // SAFETY: EXIT-1: made by `generate`; the code that passes it runs no more.
            drop(unsafe { Box::from_raw(r.cast_mut()) });
        }
    }
}

static THOROUGH: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();
static QUICK: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();

/// The code generator: thorough for loops and generators, quick for code that runs once a call and spends its time in calls.
pub fn isa(thorough: bool) -> Option<OwnedTargetIsa> {
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
            // Where blocks begin.
            ("machine_code_cfg_info", "true"),
        ];
        for (name, value) in set {
            flags.set(name, value).ok()?;
        }
        cranelift_native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
    };
    (if thorough { &THOROUGH } else { &QUICK }).get_or_init(make).clone()
}

/// Compiles HIR; `dump` gets the stages that it has room for.
pub fn compile(f: &Func, code: &CodeObject, dump: &mut Dump) -> Result<Compiled, Reason> {
    let isa = isa(f.repeats()).ok_or(Reason::CompilerError)?;
    let stub = stubs::destroy().ok_or(Reason::NoMemory)?;
    let mut records = vec![];
    let mut attempt = |traps: bool| {
        let work = std::panic::AssertUnwindSafe(|| generate(f, code, &isa, stub, &mut records, dump, traps));
        let (made, sites) = std::panic::catch_unwind(work).ok().flatten().ok_or(Reason::CompilerError)?;
        link(&made, &sites, stub)
    };
    let made = match attempt(traps::supported()) {
        Err(Reason::CompilerError) => attempt(false),
        made => made,
    };
    match made {
        Ok((block, bytes)) => {
            // SAFETY: the function was made with this signature.
            let entry = unsafe { std::mem::transmute::<usize, Entry>(block.at) };
            for &r in &records {
                // SAFETY: EXIT-1: the record was just made.
                let r = unsafe { &*r };
                r.entry.set(Some(entry).filter(|_| r.handled));
            }
            let (places, given) = (std::mem::take(&mut dump.places), dump.given);
            Ok(Compiled { entry, bytes, block, records, places, given })
        }
        Err(why) => {
            for r in records {
                // SAFETY: EXIT-1: no code knows the record.
                drop(unsafe { Box::from_raw(r.cast_mut()) });
            }
            Err(why)
        }
    }
}

/// The signature of [`Entry`].
fn entry_signature() -> Signature {
    let mut sig = Signature::new(CallConv::SystemV);
    sig.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    sig.returns.push(AbiParam::new(types::I64));
    sig
}

/// What the next compilation may use again, unless this one made it large.
static SPARE: Global<Option<(Context, FunctionBuilderContext)>> = Global::new(None);
const SPARE_INSTS: usize = 4000;

fn generate(
    f: &Func,
    code: &CodeObject,
    isa: &OwnedTargetIsa,
    stub: *const u8,
    records: &mut Vec<*const ExitRecord>,
    dump: &mut Dump,
    traps: bool,
) -> Option<(CompiledCode, Vec<Site>)> {
    let (mut ctx, mut fctx) = SPARE.get().take().unwrap_or_else(|| (Context::new(), FunctionBuilderContext::new()));
    ctx.func.signature = entry_signature();
    let mut record = |r: ExitRecord| {
        let r = Box::into_raw(Box::new(r)).cast_const();
        records.push(r);
        r
    };
    let config = isa.frontend_config();
    let builder = FunctionBuilder::new(&mut ctx.func, &mut fctx);
    let sites = lower::lower(f, code, builder, &mut record, stub, config, traps);
    if let Some(text) = &mut dump.clif {
        *text = ctx.func.display().to_string();
    }
    dump.given = (ctx.func.dfg.num_insts(), ctx.func.dfg.num_blocks());
    ctx.set_disasm(dump.asm.is_some());
    if let Err(e) = ctx.compile(&**isa, &mut ControlPlane::default()) {
        if cfg!(debug_assertions) || crate::options::get().trace {
            eprintln!("jit: {}: {:?}", f.name, e.inner);
        }
        return None;
    }
    let made = ctx.take_compiled_code()?;
    if ctx.func.dfg.num_insts() < SPARE_INSTS {
        ctx.clear();
        *SPARE.get() = Some((ctx, fctx));
    }
    if crate::stats::watching() {
        let all = made.buffer.get_srclocs_sorted().iter();
        let sorted = all.filter(|s| !s.loc.is_default() && s.loc.bits() != traps::LANDING);
        let place =
            |bits: u32| bits.checked_sub(traps::FIRST).and_then(|k| sites.get(k as usize)).map_or(bits, |s| s.place);
        dump.places = sorted.map(|s| (s.start, s.end, place(s.loc.bits()))).collect();
    }
    if crate::options::get().stages {
        dump.code = made.code_buffer().to_vec();
    }
    if let Some(text) = &mut dump.asm {
        *text = made.vcode.clone().unwrap_or_default();
    }
    Some((made, sites))
}

/// Publishes code, with the stub that destroys; gives its block and its length.
pub fn link(made: &CompiledCode, sites: &[Site], stub: *const u8) -> Result<(Block, usize), Reason> {
    let code = made.code_buffer();
    let plan = Plan::new(made, sites, stub as usize).ok_or(Reason::CompilerError)?;
    let len = code.len() + plan.extra();
    let targets = made.buffer.relocs().iter().map(target).collect::<Option<Vec<_>>>().ok_or(Reason::CompilerError)?;
    let mut near = true;
    let block = memory::publish(len, |room, at| {
        room[..code.len()].copy_from_slice(code);
        near = plan.apply(room, code.len(), at).is_some();
        for &(offset, address) in &targets {
            room[offset..offset + 8].copy_from_slice(&address.to_le_bytes());
        }
    })
    .ok_or(Reason::NoMemory)?;
    if near { Ok((block, len)) } else { Err(Reason::CompilerError) }
}

/// Where an absolute address belongs, and what it is. Compiled code calls by address; only library calls of the code generator are left.
fn target(r: &FinalizedMachReloc) -> Option<(usize, u64)> {
    let FinalizedRelocTarget::ExternalName(ExternalName::LibCall(call)) = &r.target else { return None };
    let function: extern "C" fn(f64) -> f64 = match call {
        LibCall::CeilF64 => ceil,
        LibCall::FloorF64 => floor,
        LibCall::TruncF64 => trunc,
        LibCall::NearestF64 => nearest,
        _ => return None,
    };
    (r.kind == Reloc::Abs8).then_some((r.offset as usize, (function as usize as u64).wrapping_add_signed(r.addend)))
}
extern "C" fn ceil(x: f64) -> f64 {
    x.ceil()
}
extern "C" fn floor(x: f64) -> f64 {
    x.floor()
}
extern "C" fn trunc(x: f64) -> f64 {
    x.trunc()
}
extern "C" fn nearest(x: f64) -> f64 {
    x.round_ties_even()
}
