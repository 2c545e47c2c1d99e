//! Branches to what happens seldom: conditional traps for Cranelift, calls in the code that runs.
//!
//! A conditional trap does not end a basic block, so it costs the compiler next to nothing. Cranelift gathers the traps behind the code, each the
//! target of the jumps to it. Here those jumps are led on. A guard that fails with nothing to store comes to a call, one for each trap, behind
//! which the address of the exit record lies. All go on at one pad, which moves the return address from the stack to `AT` and jumps to the
//! landing block of the function; what that calls finds the record there. A count that has reached zero comes to a call of the stub that
//! destroys `Vm::dying` and changes no register, and to a jump back.
//!
//! Invariants: TRAP-1: when a guard of this kind fails, slots and stack of the frame hold all that its record does not tell, the frame is
//! `vm.frame`, and no trap of its kind is ever executed. TRAP-2: Cranelift does not know that destroying runs code, so no load is moved
//! over it (`sequence_point`). x86-64 alone; elsewhere these are branches.

use crate::exits::ExitRecord;
use adder_mem::heap::Global;
use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::TrapCode;
use std::collections::HashMap;

/// Source locations of traps, counted from here, and that of the landing block.
pub const FIRST: u32 = 0x4000_0000;
pub const LANDING: u32 = 0x7FFF_FFF0;
pub const CODE: TrapCode = TrapCode::unwrap_user(2);
/// Of places that are never reached.
pub const NEVER: TrapCode = TrapCode::unwrap_user(1);

/// Where the address of the exit record lies that is left by.
static AT: Global<usize> = Global::new(0);

/// What is done instead of trapping.
#[derive(Clone, Copy)]
pub enum Act {
    Leave(*const ExitRecord),
    /// The object `Vm::dying` is destroyed, then the code goes on.
    Destroy,
}

/// Something that is a trap for the code generator.
pub struct Site {
    pub act: Act,
    /// The source location that it would have.
    pub place: u32,
}

/// Whether there can be traps at all.
pub fn supported() -> bool {
    cfg!(target_arch = "x86_64")
}

/// What is to be done to code with traps.
pub struct Plan {
    /// Where the landing block begins.
    landing: u32,
    /// Places of jump distances, with the trap that each led to.
    jumps: Vec<(usize, usize)>,
    acts: Vec<Act>,
    /// The code that `Act::Destroy` calls.
    destroy: usize,
}

/// pop qword ptr [rip + rel32]; jmp rel32
const POP: [u8; 2] = [0x8F, 0x05];
const JUMP: u8 = 0xE9;
const CALL: u8 = 0xE8;
const PAD_LEN: usize = 6 + 5;
/// call rel32, then the address of the record.
const LEAVE_LEN: usize = 5 + 8;
/// call rel32; jmp rel32
const DESTROY_LEN: usize = 5 + 5;

impl Act {
    fn len(self) -> usize {
        match self {
            Act::Leave(_) => LEAVE_LEN,
            Act::Destroy => DESTROY_LEN,
        }
    }
    /// What is written for it where it will run at `at`, in code that begins at `start`; `back` is where the code goes on.
    fn write(self, (start, at, back): (usize, usize, usize), destroy: usize) -> Option<Vec<u8>> {
        let call = |to: usize| Some([&[CALL][..], &relative(at + 5, to)?].concat());
        Some(match self {
            // To the pad, which lies where the code ends.
            Act::Leave(record) => [&call(start)?[..], &(record as u64).to_le_bytes()].concat(),
            Act::Destroy => [&call(destroy)?[..], &[JUMP], &relative(at + DESTROY_LEN, back)?].concat(),
        })
    }
}
fn relative(from: usize, to: usize) -> Option<[u8; 4]> {
    i32::try_from(to as i64 - from as i64).ok().map(i32::to_le_bytes)
}

impl Plan {
    /// None: the code is not as expected.
    pub fn new(made: &CompiledCode, sites: &[Site], destroy: usize) -> Option<Plan> {
        let mut plan = Plan { landing: 0, jumps: vec![], acts: vec![], destroy };
        let mut landed = 0;
        if sites.is_empty() {
            return Some(plan);
        }
        let mut starts: HashMap<u32, u32> = HashMap::new();
        for s in made.buffer.get_srclocs_sorted() {
            match s.loc.bits() {
                LANDING => landed = s.start,
                b if (FIRST..LANDING).contains(&b) => {
                    starts.insert(s.start, b - FIRST);
                }
                _ => {}
            }
        }
        let mut traps: HashMap<u32, usize> = HashMap::new();
        for t in made.buffer.traps().iter().filter(|t| t.code == CODE) {
            let site = sites.get(*starts.get(&t.offset)? as usize)?;
            traps.insert(t.offset, plan.acts.len());
            plan.acts.push(site.act);
        }
        plan.find_jumps(made.code_buffer(), &traps)?;
        if plan.acts.iter().any(|a| matches!(a, Act::Leave(_))) {
            plan.landing = made.bb_starts.iter().copied().filter(|&b| b <= landed && b > 0).max()?;
        }
        Some(plan)
    }

    /// Conditional jumps to the traps: one each, two where a comparison of floats needs both.
    fn find_jumps(&mut self, code: &[u8], traps: &HashMap<u32, usize>) -> Option<()> {
        let mut found = vec![0u8; self.acts.len()];
        for (at, w) in code.windows(6).enumerate() {
            if w[0] != 0x0F || w[1] & 0xF0 != 0x80 {
                continue;
            }
            let distance = i32::from_le_bytes([w[2], w[3], w[4], w[5]]);
            let target = (at as i64 + 6 + i64::from(distance)).try_into().ok();
            if let Some(&t) = target.and_then(|t: u32| traps.get(&t)) {
                found[t] += 1;
                self.jumps.push((at + 2, t));
            }
        }
        let most = |a: &Act| if matches!(a, Act::Leave(_)) { 2 } else { 1 };
        found.iter().zip(&self.acts).all(|(n, a)| (1..=most(a)).contains(n)).then_some(())
    }

    /// Bytes behind the code.
    pub fn extra(&self) -> usize {
        if self.acts.is_empty() { 0 } else { PAD_LEN + self.acts.iter().map(|a| a.len()).sum::<usize>() }
    }

    /// Writes what lies behind the first `end` bytes of code that will run at an address, and leads the jumps there; None where that is too far
    /// from the binary.
    pub fn apply(&self, code: &mut [u8], end: usize, address: usize) -> Option<()> {
        if self.acts.is_empty() {
            return Some(());
        }
        let mut back = vec![0; self.acts.len()];
        self.jumps.iter().for_each(|&(at, t)| back[t] = at + 4);
        let away = relative(address + end + 6, AT.get() as *const usize as usize)?;
        let mut all = [&POP[..], &away, &[JUMP], &relative(end + PAD_LEN, self.landing as usize)?].concat();
        let mut places = vec![];
        for (act, back) in self.acts.iter().zip(&back) {
            let at = end + all.len();
            places.push(at);
            all.extend(act.write((address + end, address + at, address + back), self.destroy)?);
        }
        code[end..].iter_mut().zip(all).for_each(|(to, byte)| *to = byte);
        for &(at, t) in &self.jumps {
            code[at..at + 4].copy_from_slice(&relative(at + 4, places[t])?);
        }
        Some(())
    }
}

/// What the landing block calls.
pub extern "C" fn leave() -> u64 {
    let vm = adder_object::Vm::current();
    // SAFETY: TRAP-1: the call that led here has the address of its record behind it, wherever that lies.
    let record = unsafe { (*AT.get() as *const u64).read_unaligned() };
    crate::helpers::running::leave(vm, vm.frame.get() as *mut adder_interp::frame::Frame, record)
}
