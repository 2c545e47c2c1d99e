//! The sampler: a signal after each few milliseconds of processor time, whose handler writes down where the thread is.
//!
//! Invariants: SAMPLE-1: the handler calls nothing but clocks and `process_vm_readv`, which reports a wrong address instead of failing, and writes
//! nothing but its own room; it reads memory that is not the thread's own stack only through that call, or where the data stack lies.
//! SAMPLE-2: one handler or one reader works on the room at a time ([`BUSY`]); a sample that finds it taken is dropped. What the words mean
//! is found out later, where values may be touched (`samples.rs`).

use adder_object::Vm;
use std::ffi::c_void;
use std::ptr::{addr_of_mut, null_mut};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Words for samples; pages that are not reached cost nothing.
const ROOM: usize = 2 << 20;
/// Frames, and words of the native stack, that a sample looks at.
pub const FRAMES: usize = 64;
const STACK: usize = 4096;
/// Registers of a sample.
pub const REGISTERS: usize = 14;

static BUSY: AtomicBool = AtomicBool::new(false);
static USED: AtomicUsize = AtomicUsize::new(0);
static BASE: AtomicUsize = AtomicUsize::new(0);
pub static LOST: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds that taking and reading samples took.
pub static COST: AtomicU64 = AtomicU64::new(0);
/// Where machine code lies.
static LOW: AtomicUsize = AtomicUsize::new(usize::MAX);
static HIGH: AtomicUsize = AtomicUsize::new(0);
/// The stack of the thread that runs the program, which is read as it is; others are copied by the system.
static STACK_LOW: AtomicUsize = AtomicUsize::new(0);
static STACK_HIGH: AtomicUsize = AtomicUsize::new(0);
static mut WORDS: [u64; STACK] = [0; STACK];

/// Machine code may lie here as well.
pub fn code_at(at: usize, len: usize) {
    LOW.fetch_min(at, Ordering::Relaxed);
    HIGH.fetch_max(at + len, Ordering::Relaxed);
}

/// Whether machine code may lie at an address.
pub fn in_code(address: u64) -> bool {
    (LOW.load(Ordering::Relaxed) as u64..HIGH.load(Ordering::Relaxed) as u64).contains(&address)
}

/// Begins to take a sample every so many microseconds of processor time of this process; false when the system refuses.
pub fn start(microseconds: u32) -> bool {
    let room: &'static mut [u64] = Vec::with_capacity(ROOM).leak();
    BASE.store(room.as_mut_ptr() as usize, Ordering::Relaxed);
    if let Some(stack) = crate::versions::stack_range() {
        STACK_LOW.store(stack.start, Ordering::Relaxed);
        STACK_HIGH.store(stack.end, Ordering::Relaxed);
    }
    let nanoseconds = i64::from(microseconds) * 1000;
    // SAFETY: SYS-1: the handler keeps to SAMPLE-1; all structures are plain data of this call.
    unsafe {
        let signal = libc::SIGRTMAX() - 2;
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_tick as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        if libc::sigaction(signal, &action, null_mut()) != 0 {
            return false;
        }
        let mut event: libc::sigevent = std::mem::zeroed();
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = signal;
        let mut timer: libc::timer_t = std::mem::zeroed();
        if libc::timer_create(libc::CLOCK_PROCESS_CPUTIME_ID, &mut event, &mut timer) != 0 {
            return false;
        }
        let step = libc::timespec { tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000 };
        libc::timer_settime(timer, 0, &libc::itimerspec { it_interval: step, it_value: step }, null_mut()) == 0
    }
}

/// Processor time of this process so far.
pub fn processor_seconds() -> f64 {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID) as f64 / 1e9
}

/// Nanoseconds of a clock.
fn clock(which: libc::clockid_t) -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: SYS-1.
    unsafe { libc::clock_gettime(which, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Counts the time of `f` among what samples cost.
fn at_our_cost<R>(f: impl FnOnce() -> R) -> R {
    let before = clock(libc::CLOCK_THREAD_CPUTIME_ID);
    let r = f();
    COST.fetch_add(clock(libc::CLOCK_THREAD_CPUTIME_ID).saturating_sub(before), Ordering::Relaxed);
    r
}

extern "C" fn on_tick(_: i32, _: *mut libc::siginfo_t, context: *mut c_void) {
    if BUSY.swap(true, Ordering::Acquire) {
        LOST.fetch_add(1, Ordering::Relaxed);
        return;
    }
    // SAFETY: SAMPLE-1, SAMPLE-2: the system passes the registers of the interrupted thread.
    at_our_cost(|| unsafe {
        let errno = *libc::__errno_location();
        let (pc, sp, registers) = registers(context);
        if !take(pc, sp, &registers) {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        *libc::__errno_location() = errno;
    });
    BUSY.store(false, Ordering::Release);
}

/// Instruction pointer, stack pointer, and registers in which the interpreter may hold its own; that of its handlers first.
///
/// # Safety
/// `context` is what a handler got.
#[cfg(target_arch = "x86_64")]
unsafe fn registers(context: *mut c_void) -> (u64, u64, [u64; REGISTERS]) {
    use libc::*;
    // SAFETY: by contract.
    let g = unsafe { &(*(context as *const ucontext_t)).uc_mcontext.gregs };
    let of = |r: i32| g[r as usize] as u64;
    let order = [
        REG_RDX, REG_RSI, REG_RDI, REG_RCX, REG_R8, REG_R9, REG_RAX, REG_R10, REG_R11, REG_RBX, REG_R12, REG_R13,
        REG_R14, REG_R15,
    ];
    (of(REG_RIP), of(REG_RSP), order.map(of))
}
/// As above.
///
/// # Safety
/// As above.
#[cfg(target_arch = "aarch64")]
unsafe fn registers(context: *mut c_void) -> (u64, u64, [u64; REGISTERS]) {
    // SAFETY: by contract.
    let m = unsafe { &(*(context as *const libc::ucontext_t)).uc_mcontext };
    let order = [2, 1, 0, 3, 4, 8, 9, 10, 19, 20, 21, 22, 23, 24];
    (m.pc, m.sp, order.map(|r: usize| m.regs[r]))
}

/// Copies memory that may not be there; gives the bytes copied.
///
/// # Safety
/// `to` has room for `bytes`.
pub unsafe fn read(from: usize, to: *mut u8, bytes: usize) -> usize {
    let own = libc::iovec { iov_base: to.cast(), iov_len: bytes };
    let theirs = libc::iovec { iov_base: from as *mut c_void, iov_len: bytes };
    // SAFETY: SYS-1: the system checks the source.
    let n = unsafe { libc::process_vm_readv(libc::getpid(), &own, 1, &theirs, 1, 0) };
    n.max(0) as usize
}

/// Writes one sample: pc, registers, number of frames, code and pc of each, number of addresses, the addresses.
///
/// # Safety
/// SAMPLE-2: the caller has `BUSY`.
unsafe fn take(pc: u64, sp: u64, registers: &[u64; REGISTERS]) -> bool {
    let (base, used) = (BASE.load(Ordering::Relaxed) as *mut u64, USED.load(Ordering::Relaxed));
    if base.is_null() || used + 2 * FRAMES + 2 * FRAMES + REGISTERS + 8 > ROOM {
        return false;
    }
    // SAFETY: SAMPLE-1: within the room, as just checked.
    unsafe {
        let mut at = base.add(used);
        let mut put = |w: u64| {
            at.write(w);
            at = at.add(1);
        };
        put(pc);
        registers.iter().for_each(|&r| put(r));
        let mut frames = [(0, 0); FRAMES];
        let n = walk(&mut frames);
        put(n as u64);
        for &(code, pc) in &frames[..n] {
            put(code);
            put(pc);
        }
        let mut found = [0; FRAMES];
        let n = returns(sp as usize, STACK, &mut found);
        put(n as u64);
        found[..n].iter().for_each(|&a| put(a));
        USED.store(at.offset_from(base) as usize, Ordering::Release);
    }
    true
}

/// Code and pc of the frames of the thread that holds the GIL, the newest first.
///
/// # Safety
/// SAMPLE-1.
unsafe fn walk(frames: &mut [(u64, u64); FRAMES]) -> usize {
    if !Vm::has_current() {
        return 0;
    }
    let vm = Vm::current();
    let (low, high) = (vm.stack_base.get() as usize, vm.stack_end.get() as usize);
    let mut at = vm.frame.get() as usize;
    let mut n = 0;
    while at != 0 && n < FRAMES {
        // code, pc, sp, prev: the layout is fixed (frame.rs).
        let mut header = [0u64; 4];
        // SAFETY: SAMPLE-1: the data stack is mapped; any other frame is read through the system.
        unsafe {
            if (low..high).contains(&at) && at.is_multiple_of(8) {
                header = std::ptr::read_volatile(at as *const [u64; 4]);
            } else if read(at, header.as_mut_ptr().cast(), 32) != 32 {
                break;
            }
        }
        frames[n] = (header[0], header[1]);
        n += 1;
        at = header[3] as usize;
    }
    n
}

/// Of `reach` words of the native stack from `sp` on, those that lie in machine code: returns to it, most of them.
///
/// # Safety
/// SAMPLE-2.
unsafe fn returns(sp: usize, reach: usize, found: &mut [u64; FRAMES]) -> usize {
    let (low, high) = (LOW.load(Ordering::Relaxed) as u64, HIGH.load(Ordering::Relaxed) as u64);
    if low >= high {
        return 0;
    }
    let (from, end) = (sp & !7, STACK_HIGH.load(Ordering::Relaxed));
    let own = (STACK_LOW.load(Ordering::Relaxed)..end).contains(&from);
    let words = if own { from as *const u64 } else { addr_of_mut!(WORDS).cast_const().cast() };
    // SAFETY: SAMPLE-1: the stack in use is mapped up to its end. SAMPLE-2: nobody else uses the words.
    unsafe {
        let n = match own {
            true => reach.min((end - from) / 8),
            false => read(from, addr_of_mut!(WORDS).cast(), reach.min(STACK) * 8) / 8,
        };
        let mut k = 0;
        for i in 0..n {
            let w = words.add(i).read_volatile();
            if w > low && w <= high && k < FRAMES {
                found[k] = w;
                k += 1;
            }
        }
        k
    }
}

/// Hands the samples taken to `f`, and forgets them.
pub fn read_all(f: impl FnOnce(&[u64])) {
    if USED.load(Ordering::Acquire) == 0 || BUSY.swap(true, Ordering::Acquire) {
        return;
    }
    let (base, used) = (BASE.load(Ordering::Relaxed) as *const u64, USED.load(Ordering::Acquire));
    // SAFETY: SAMPLE-2: so many words were written, and no handler writes meanwhile.
    at_our_cost(|| f(unsafe { std::slice::from_raw_parts(base, used) }));
    USED.store(0, Ordering::Release);
    BUSY.store(false, Ordering::Release);
}
