//! HIR to CLIF.
//!
//! Invariants: LOWER-1: every HIR value has one CLIF value of its representation. LOWER-2: `dirty` names the slots whose unboxed local
//! is ahead of them at the point of emission; exits, edges and observing calls bring them up to date. LOWER-3: exit blocks
//! are emitted last, cold, one for each state and kind. Not here: machine code (Cranelift), code memory (code.rs).

pub mod bits;
pub mod boxes;
pub mod calls;
pub mod dirty;
pub mod exits;
pub mod frames;
pub mod guards;
pub mod insts;
pub mod numbers;
pub mod packed;

use crate::exits::ExitRecord;
use crate::hir::*;
use crate::layout;
use crate::traps::Site;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use exits::{Exit, Kind};
use guards::Homes;
use std::collections::HashMap;

pub struct Lower<'a, 'b> {
    pub f: &'a Func,
    pub b: FunctionBuilder<'b>,
    pub code: &'a adder_interp::code::CodeObject,
    vals: HashMap<Val, ir::Value>,
    blocks: Vec<ir::Block>,
    pub vm: ir::Value,
    pub frame: ir::Value,
    /// The address of the code object: heap places near it are addressed from it, which is shorter than in full.
    near: ir::Value,
    /// The frame that runs now: `frame`, or the innermost inlined one while it is written.
    pub at: ir::Value,
    pub dirty: Vec<bool>,
    plan: dirty::Plan,
    exits: HashMap<(u32, Kind), Exit>,
    order: Vec<(u32, Kind)>,
    /// Exits by reason, in the order they were asked for.
    reasons: HashMap<(u32, Kind, u32), (ir::Block, usize)>,
    /// The instruction that is lowered now.
    current: Option<Val>,
    signatures: HashMap<usize, ir::SigRef>,
    /// Gives the record of an exit an address that stays.
    pub record: &'a mut dyn FnMut(ExitRecord) -> *const ExitRecord,
    tail: Option<ir::Block>,
    /// Room on the native stack: words, slot.
    scratch: Option<(usize, ir::StackSlot)>,
    /// Where inlined frames lie when that is not behind the frame: a generator's is in its object.
    room: Option<ir::Value>,
    /// Inlined frames that are written already, as far as that holds at the point of emission, and at the end of blocks.
    written: frames::Headers,
    left: HashMap<BlockId, frames::Headers>,
    before: HashMap<BlockId, Vec<BlockId>>,
    /// The stub that destroys an object and leaves every register as it was.
    stub: *const u8,
    /// Whether exits without stores may be traps; those, their records, and the numbers of these.
    pub traps_wanted: bool,
    /// Whether the code may run often at each entry.
    pub often: bool,
    sites: Vec<Site>,
    records: Vec<*const ExitRecord>,
    trap_numbers: HashMap<(u32, Kind, u32), usize>,
    /// LOWER-4, here and at the end of blocks.
    pub homes: Homes,
    ends: HashMap<BlockId, Homes>,
    /// What is emitted now does not run always.
    pub aside: bool,
}

pub fn flags() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Emits the whole function into the builder's.
pub fn lower(
    f: &Func,
    code: &adder_interp::code::CodeObject,
    mut b: FunctionBuilder<'_>,
    record: &mut dyn FnMut(ExitRecord) -> *const ExitRecord,
    stub: *const u8,
    config: cranelift_codegen::isa::TargetFrontendConfig,
    traps_wanted: bool,
) -> Vec<Site> {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let (vm, frame) = (b.block_params(entry)[0], b.block_params(entry)[1]);
    let near = b.ins().load(types::I64, flags(), frame, layout::FRAME_CODE);
    let order = order::order(f);
    let reachable = order.iter().copied().collect();
    let mut l = Lower {
        f,
        code,
        vals: HashMap::new(),
        blocks: vec![],
        vm,
        frame,
        near,
        at: frame,
        dirty: vec![],
        plan: dirty::plan(f, &reachable),
        exits: HashMap::new(),
        order: vec![],
        reasons: HashMap::new(),
        current: None,
        signatures: HashMap::new(),
        record,
        tail: None,
        scratch: None,
        room: None,
        written: frames::Headers::default(),
        left: HashMap::new(),
        before: order::predecessors(f, &order),
        stub,
        traps_wanted,
        often: f.repeats(),
        sites: vec![],
        records: vec![],
        trap_numbers: HashMap::new(),
        homes: Homes::new(),
        ends: HashMap::new(),
        aside: false,
        b,
    };
    l.make_blocks();
    l.reserve();
    l.count_call(None);
    let first = l.blocks[0];
    l.b.ins().jump(first, &[]);
    for id in order {
        l.block(id);
    }
    l.emit_exits();
    l.emit_tail();
    l.b.seal_all_blocks();
    l.b.finalize(config);
    l.sites
}

impl Lower<'_, '_> {
    fn make_blocks(&mut self) {
        for block in &self.f.blocks {
            let b = self.b.create_block();
            for &p in &block.params {
                let ty = clif_type(self.f.repr(p));
                let v = self.b.append_block_param(b, ty);
                self.vals.insert(p, v);
            }
            if block.cold || matches!(block.term, Term::Exit(..)) {
                self.b.set_cold_block(b);
            }
            self.blocks.push(b);
        }
    }

    fn block(&mut self, id: BlockId) {
        let b = self.blocks[id.0 as usize];
        self.b.switch_to_block(b);
        self.dirty = self.plan.entry[id.0 as usize].clone();
        self.written = self.headers_at(id);
        self.homes = self.homes_at(id);
        let block = self.f.block(id);
        for &v in &block.insts {
            self.at_place(self.f.origins.get(v.0 as usize).copied().unwrap_or(block.place));
            self.current = Some(v);
            self.inst(v);
            self.leave_homes(&self.f.insts[v.0 as usize].op);
        }
        self.current = None;
        self.at_place(block.place);
        self.term(&block.term);
        let written = std::mem::take(&mut self.written);
        self.left.insert(id, written);
        let homes = std::mem::take(&mut self.homes);
        self.ends.insert(id, homes);
    }

    /// Counts a call of an inlined function, or of this one where its code begins; only where calls are counted exactly.
    pub fn count_call(&mut self, inlined: Option<&adder_interp::code::CodeObject>) {
        if !crate::watch::counts::wanted() || inlined.is_none() && !self.f.counts {
            return;
        }
        let one = self.iconst(1);
        self.count(inlined.unwrap_or(self.code), one);
    }
    fn count_helper(&mut self, h: crate::helpers::Helper) {
        let origin = self.current.and_then(|v| self.f.origins.get(v.0 as usize).copied());
        let place = origin.and_then(|o| self.f.places.get(o as usize));
        let code = place.map_or(self.code as *const _ as usize, |p| p.code);
        // SAFETY: HIR places name code objects that the compiled code keeps alive.
        let code = unsafe { &*(code as *const adder_interp::code::CodeObject) };
        let at = self.iconst(crate::stats::helper_counter(h, code, place.map_or(0, |p| p.unit)).as_ptr() as i64);
        let n = self.load(types::I64, at, 0);
        let n = self.b.ins().iadd_imm_s(n, 1);
        self.store(n, at, 0);
    }
    /// Adds to the calls of a function.
    pub fn count(&mut self, of: &adder_interp::code::CodeObject, calls: ir::Value) {
        let at = self.iconst(crate::watch::counts::counter(of).as_ptr() as i64);
        let n = self.load(types::I64, at, 0);
        let n = self.b.ins().iadd(n, calls);
        self.store(n, at, 0);
    }

    /// What is emitted from now on belongs to a place; reports alone want to know.
    fn at_place(&mut self, place: u32) {
        if crate::stats::watching() {
            self.b.set_srcloc(ir::SourceLoc::new(place));
        }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::None => {
                self.b.ins().trap(crate::traps::NEVER);
            }
            Term::Jump(e) => {
                let (block, args) = self.edge(e);
                self.b.ins().jump(block, &args);
            }
            Term::Branch(c, a, z) => {
                let c = self.val(*c);
                // Slots that one side needs brought up to date are so on both.
                let (ba, aa) = self.edge(a);
                let (bz, az) = self.edge(z);
                self.b.ins().brif(c, ba, &aa, bz, &az);
            }
            Term::Return(v, own, state) => self.ret(*v, *own, *state),
            Term::Yield(v, own, state) => self.yield_value(*v, *own, *state),
            Term::Switch(cases) => self.switch(cases),
            Term::Land(cases, first) => self.land_at(cases, first),
            Term::Exit(s, why) => self.leave_for_good(*s, Kind::Deopt(*why)),
        }
    }

    /// Arguments in the representation of the parameters; slots of locals that become words are brought up to date.
    fn edge(&mut self, e: &Edge) -> (ir::Block, Vec<ir::BlockArg>) {
        let target = self.f.block(e.block);
        for (slot, l) in target.locals.iter().enumerate() {
            let Local::Val(p) = *l else { continue };
            if !self.dirty[slot] || self.f.repr(p) != Repr::Word {
                continue;
            }
            if let Some(i) = target.params.iter().position(|&q| q == p) {
                self.sync_slot(slot as u32, e.args[i]);
            }
        }
        let mut args = vec![];
        for (i, &p) in target.params.iter().enumerate() {
            let a = e.args[i];
            let v = if self.f.repr(p) == Repr::Word { self.boxed(a) } else { self.val(a) };
            args.push(ir::BlockArg::Value(v));
        }
        (self.blocks[e.block.0 as usize], args)
    }

    /// The CLIF value of an HIR value, in its own representation.
    pub fn val(&mut self, v: Val) -> ir::Value {
        let v = self.f.get(v);
        if let Some(&x) = self.vals.get(&v) {
            return x;
        }
        // Constants are made where they are used first in the function; Cranelift repeats them where that is cheaper.
        self.b.ins().iconst(types::I64, 0)
    }
    pub fn set(&mut self, v: Val, x: ir::Value) {
        self.vals.insert(v, x);
    }

    pub fn load(&mut self, ty: ir::Type, base: ir::Value, offset: i32) -> ir::Value {
        self.b.ins().load(ty, flags(), base, offset)
    }
    pub fn store(&mut self, v: ir::Value, base: ir::Value, offset: i32) {
        self.b.ins().store(flags(), v, base, offset);
    }
    pub fn iconst(&mut self, n: i64) -> ir::Value {
        self.b.ins().iconst(types::I64, n)
    }
    /// A place as base and offset.
    pub fn place_of(&mut self, address: usize) -> (ir::Value, i32) {
        match self.distance(address as i64) {
            Some(d) => (self.near, d),
            None => (self.iconst(address as i64), 0),
        }
    }
    fn distance(&self, n: i64) -> Option<i32> {
        i32::try_from(n.wrapping_sub(self.code as *const _ as i64)).ok().filter(|_| n > i64::from(u32::MAX))
    }
    /// The address of something that lives as long as the code.
    pub fn address(&mut self, n: i64) -> ir::Value {
        match self.distance(n) {
            Some(d) => self.b.ins().iadd_imm_s(self.near, i64::from(d)),
            None => self.iconst(n),
        }
    }
    pub fn slot_offset(slot: u32) -> i32 {
        layout::SLOTS + 8 * slot as i32
    }
    /// The place at a depth of the outermost stack; inlined frames lie behind its end, on the data stack.
    pub fn stack_place(&self, depth: u32) -> (ir::Value, i32) {
        let words = (self.code.frame_words - self.code.nlocalsplus) as u32;
        match self.room {
            Some(room) if depth >= words => (room, 8 * (depth - words) as i32),
            _ => (self.frame, layout::SLOTS + 8 * (self.f.nlocals as i32 + depth as i32)),
        }
    }
    pub fn load_stack(&mut self, depth: u32) -> ir::Value {
        let (base, at) = self.stack_place(depth);
        self.load(types::I64, base, at)
    }
    pub fn store_stack(&mut self, w: ir::Value, depth: u32) {
        let (base, at) = self.stack_place(depth);
        self.store(w, base, at);
    }
    pub fn stack_address(&mut self, depth: u32) -> ir::Value {
        let (base, at) = self.stack_place(depth);
        self.b.ins().iadd_imm_s(base, i64::from(at))
    }
    /// Whether the code is a generator's, whose frame lies in its object.
    pub fn suspends(&self) -> bool {
        self.code.flags & adder_isa::code::co::SUSPENDS != 0
    }
    /// Stores the instruction pointer of the outermost frame.
    pub fn store_pc(&mut self, state: StateId) {
        let unit = self.f.frames(state)[0].op_unit;
        let pc = self.pc_of(unit);
        self.store(pc, self.frame, layout::FRAME_PC);
    }
    pub fn pc_of(&mut self, unit: u32) -> ir::Value {
        let at = self.code.units_ptr() as i64 + 2 * i64::from(unit);
        self.address(at)
    }

    /// Calls a row of the helper table; returns its word.
    pub fn call_helper(&mut self, h: crate::helpers::Helper, args: &[ir::Value]) -> ir::Value {
        if crate::options::get().helpers {
            self.count_helper(h);
        }
        let sig = self.signature(args.len() + 2);
        let address = self.iconst(h.address() as i64);
        let mut all = vec![self.vm, self.at];
        all.extend_from_slice(args);
        let call = self.b.ins().call_indirect(sig, address, &all);
        self.b.inst_results(call)[0]
    }

    /// The signature of `n` words that gives a word.
    pub fn signature(&mut self, n: usize) -> ir::SigRef {
        if let Some(&s) = self.signatures.get(&n) {
            return s;
        }
        let mut sig = ir::Signature::new(cranelift_codegen::isa::CallConv::SystemV);
        sig.params.extend((0..n).map(|_| ir::AbiParam::new(types::I64)));
        sig.returns.push(ir::AbiParam::new(types::I64));
        let s = self.b.import_signature(sig);
        self.signatures.insert(n, s);
        s
    }

    /// Destroys `Vm::dying`; no register changes.
    pub fn destroy(&mut self) {
        let sig = match self.signatures.get(&usize::MAX) {
            Some(&s) => s,
            None => {
                let s = self.b.import_signature(crate::stubs::signature());
                self.signatures.insert(usize::MAX, s);
                s
            }
        };
        let at = self.iconst(self.stub as i64);
        self.b.ins().call_indirect(sig, at, &[]);
    }

    /// Branches to `cold` when the condition holds, and goes on otherwise.
    pub fn leave_if(&mut self, c: ir::Value, cold: ir::Block) {
        let on = self.next_block();
        self.b.ins().brif(c, cold, &[], on, &[]);
        self.b.switch_to_block(on);
    }
    pub fn leave_unless(&mut self, c: ir::Value, cold: ir::Block) {
        let on = self.next_block();
        self.b.ins().brif(c, on, &[], cold, &[]);
        self.b.switch_to_block(on);
    }
    /// A block that runs as seldom as this one.
    fn next_block(&mut self) -> ir::Block {
        let on = self.b.create_block();
        if self.b.current_block().is_some_and(|b| self.b.func.layout.is_cold(b)) {
            self.b.set_cold_block(on);
        }
        on
    }
    pub fn icmp_imm(&mut self, cc: IntCC, a: ir::Value, n: i64) -> ir::Value {
        self.b.ins().icmp_imm_s(cc, a, n)
    }
}

pub fn clif_type(r: Repr) -> ir::Type {
    match r {
        Repr::Float => types::F64,
        Repr::Bool => types::I8,
        _ => types::I64,
    }
}
