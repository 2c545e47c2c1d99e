//! Guards that leave with nothing to store: conditional traps for Cranelift, calls in the code that runs.
//!
//! A conditional trap does not end a basic block, so a guard costs the compiler next to nothing. Cranelift gathers the traps behind the code, each
//! the target of the jumps of its guard. Here those jumps are led on: to a call, one for each trap, behind which the address of the exit record
//! lies. All go on at one pad, which moves the return address from the stack to `AT` and jumps to the landing block of the function; what
//! that calls finds the record there.
//!
//! Invariant: TRAP-1: when a guard of this kind fails, slots and stack of the frame hold all that its record does not tell, the frame is
//! `vm.frame`, and no trap of its kind is ever executed. x86-64 alone; elsewhere guards are branches.

use crate::exits::ExitRecord;
use adder_mem::heap::Global;
use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::TrapCode;
use std::collections::HashMap;

/// Source locations of traps, counted from here, and that of the landing block.
pub const FIRST: u32 = 0x4000_0000;
pub const LANDING: u32 = 0x7FFF_FFF0;
pub const CODE: TrapCode = TrapCode::unwrap_user(2);

/// Where the address of the exit record lies that is left by.
static AT: Global<usize> = Global::new(0);

/// A guard that is a trap.
pub struct Site {
    pub record: *const ExitRecord,
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
    records: Vec<*const ExitRecord>,
}

/// pop qword ptr [rip + rel32]; jmp rel32
const POP: [u8; 2] = [0x8F, 0x05];
const JUMP: u8 = 0xE9;
const PAD_LEN: usize = 6 + 5;
/// call rel32, then the address of the record.
const CALL_LEN: usize = 5 + 8;

impl Plan {
    /// None: the code is not as expected.
    pub fn new(made: &CompiledCode, sites: &[Site]) -> Option<Plan> {
        let mut plan = Plan { landing: 0, jumps: vec![], records: vec![] };
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
            traps.insert(t.offset, plan.records.len());
            plan.records.push(site.record);
        }
        plan.find_jumps(made.code_buffer(), &traps)?;
        plan.landing = made.bb_starts.iter().copied().filter(|&b| b <= landed && b > 0).max()?;
        Some(plan)
    }

    /// Conditional jumps to the traps: one each, two where a comparison of floats needs both.
    fn find_jumps(&mut self, code: &[u8], traps: &HashMap<u32, usize>) -> Option<()> {
        let mut found = vec![0u8; self.records.len()];
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
        found.iter().all(|n| (1..=2).contains(n)).then_some(())
    }

    /// Bytes behind the code.
    pub fn extra(&self) -> usize {
        if self.records.is_empty() { 0 } else { PAD_LEN + CALL_LEN * self.records.len() }
    }

    /// Writes what lies behind the first `end` bytes of code that will run at an address, and leads the jumps there; whether that is near enough
    /// to the binary.
    pub fn apply(&self, code: &mut [u8], end: usize, address: usize) -> bool {
        if self.records.is_empty() {
            return true;
        }
        let relative = |from: usize, to: usize| ((to as i64 - from as i64) as i32).to_le_bytes();
        let Ok(away) = i32::try_from(AT.get() as *const usize as i64 - (address + end + 6) as i64) else {
            return false;
        };
        let pad = [&POP[..], &away.to_le_bytes(), &[JUMP], &relative(end + PAD_LEN, self.landing as usize)].concat();
        let calls = self.records.iter().enumerate().flat_map(|(k, &record)| {
            let at = PAD_LEN + CALL_LEN * k;
            [&[0xE8][..], &relative(at + 5, 0), &(record as u64).to_le_bytes()].concat()
        });
        let all = pad.iter().copied().chain(calls);
        code[end..].iter_mut().zip(all).for_each(|(to, byte)| *to = byte);
        for &(at, t) in &self.jumps {
            code[at..at + 4].copy_from_slice(&relative(at + 4, end + PAD_LEN + CALL_LEN * t));
        }
        true
    }
}

/// What the landing block calls.
pub extern "C" fn leave() -> u64 {
    let vm = adder_object::Vm::current();
    // SAFETY: TRAP-1: the call that led here has the address of its record behind it, wherever that lies.
    let record = unsafe { (*AT.get() as *const u64).read_unaligned() };
    crate::helpers::running::leave(vm, vm.frame.get() as *mut adder_interp::frame::Frame, record)
}
