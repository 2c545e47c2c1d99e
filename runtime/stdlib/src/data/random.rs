//! `_random`: the Mersenne Twister, with CPython's seeding.
//!
//! CPython: Modules/_randommodule.c. The generator is MT19937 of Matsumoto and Nishimura (init_by_array version).

use adder_object::bind::Bound;
use adder_object::slots::slot;
use adder_object::spec::{Native, method};
use adder_object::{
    Args, ModuleSpec, Obj, ObjExt, PyResult, Ref, StaticType, TypeFlags as F, TypeSpec, Vm, error, float, int, ops,
    payload, singletons, trace_fields, tuple,
};
use int::IBig;
use std::cell::RefCell;
use std::io::Read;

const N: usize = 624;
const M: usize = 397;

/// State words and the position of the next one to give out.
struct Twister {
    words: [u32; N],
    index: usize,
}

impl Twister {
    fn seed_word(&mut self, seed: u32) {
        self.words[0] = seed;
        for i in 1..N {
            let previous = self.words[i - 1];
            self.words[i] = 1_812_433_253u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(i as u32);
        }
        self.index = N;
    }

    fn seed_key(&mut self, key: &[u32]) {
        self.seed_word(19_650_218);
        let (mut i, mut j) = (1, 0);
        let w = &mut self.words;
        for _ in 0..N.max(key.len()) {
            let previous = w[i - 1];
            w[i] = (w[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % key.len();
            if i >= N {
                w[0] = w[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            let previous = w[i - 1];
            w[i] = (w[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                w[0] = w[N - 1];
                i = 1;
            }
        }
        w[0] = 0x8000_0000;
    }

    fn refill(&mut self) {
        let w = &mut self.words;
        for k in 0..N {
            let y = (w[k] & 0x8000_0000) | (w[(k + 1) % N] & 0x7FFF_FFFF);
            w[k] = w[(k + M) % N] ^ (y >> 1) ^ if y & 1 != 0 { 0x9908_B0DF } else { 0 };
        }
        self.index = 0;
    }

    #[inline]
    fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        y ^ (y >> 18)
    }

    /// 53 random bits as a fraction.
    #[inline]
    fn fraction(&mut self) -> f64 {
        let (a, b) = (self.next() >> 5, self.next() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)
    }
}

struct Random(RefCell<Twister>);
trace_fields!(Random);
static RANDOM: StaticType = StaticType::new::<Random>("_random.Random", F::BASETYPE);
payload!(Random, RANDOM);

static RANDOM_SPEC: TypeSpec = TypeSpec {
    slots: &[
        slot::new(|_, ty, _| {
            let t = Twister { words: [0; N], index: 0 };
            Ok(Ref::with_type(ty, Random(RefCell::new(t))).into_obj())
        }),
        slot::init(init),
    ],
    methods: &[
        method(
            "random($self, /)",
            Native::NoArgs(|_, r| Ok(float::from_f64(r.this::<Random>()?.0.borrow_mut().fraction()))),
            "random() -> x in the interval [0, 1).",
        ),
        method(
            "seed($self, n=None, /)",
            Native::Bound(|vm, r, a: &Bound<'_>| seed(vm, r, a.opt_not_none(0))),
            "seed([n]) -> None.",
        ),
        method("getstate($self, /)", Native::NoArgs(getstate), "getstate() -> tuple containing the current state."),
        method(
            "setstate($self, state, /)",
            Native::One(setstate),
            "setstate(state) -> None.  Restores generator state.",
        ),
        method(
            "getrandbits($self, k, /)",
            Native::One(getrandbits),
            "getrandbits(k) -> x.  Generates an int with k random bits.",
        ),
    ],
    doc: "Random() -> create a random number generator with its own internal state.",
    ..TypeSpec::of(&RANDOM)
};

fn init(vm: &Vm, r: &Obj, args: Args<'_>) -> PyResult<()> {
    if r.is_exact(&RANDOM) {
        args.no_keywords("Random")?;
    }
    adder_object::bind::check_positional("Random", args.len(), 0, 1)?;
    seed(vm, r, args.positional().first().filter(|o| !o.is_none())).map(drop)
}

/// The magnitude of an int as 32-bit words, lowest first; never empty.
fn key_of(n: &IBig) -> Vec<u32> {
    let magnitude = if *n < IBig::ZERO { -n } else { n.clone() };
    let bytes = adder_num::int::bit_length(&magnitude).div_ceil(8);
    let bytes =
        adder_num::int::to_bytes(&magnitude, bytes, adder_num::int::ByteOrder::Little, false).unwrap_or_default();
    let mut key: Vec<u32> = bytes.chunks(4).map(|c| c.iter().rev().fold(0, |n, &b| n << 8 | u32::from(b))).collect();
    if key.is_empty() {
        key.push(0);
    }
    key
}
/// Words from the system's source of randomness, or else from clock and process.
fn system_key() -> Vec<u32> {
    let mut bytes = [0u8; 4 * N];
    if std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes)).is_ok() {
        return bytes.chunks(4).map(|c| c.iter().fold(0, |n, &b| n << 8 | u32::from(b))).collect();
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    vec![now.as_secs() as u32, (now.as_secs() >> 32) as u32, now.subsec_nanos(), std::process::id()]
}
fn seed(vm: &Vm, r: &Obj, n: Option<&Obj>) -> PyResult {
    let key = match n {
        None => system_key(),
        Some(n) => match int::as_int(n) {
            Some(n) => key_of(&n.to_big()),
            None => key_of(&IBig::from(ops::hash(vm, n)? as u64)),
        },
    };
    r.this::<Random>()?.0.borrow_mut().seed_key(&key);
    Ok(singletons::none())
}

fn getstate(_: &Vm, r: &Obj) -> PyResult {
    let t = r.this::<Random>()?.0.borrow();
    let mut all: Vec<Obj> = t.words.iter().map(|&w| int::from_i64(w.into())).collect();
    all.push(int::from_usize(t.index));
    Ok(tuple::new(all))
}
fn setstate(_: &Vm, r: &Obj, state: &Obj) -> PyResult {
    let Some(items) = tuple::as_slice(state) else {
        return Err(error::type_error("state vector must be a tuple"));
    };
    if items.len() != N + 1 {
        return Err(error::value_error("state vector is the wrong size"));
    }
    let mut words = [0u32; N];
    for (w, o) in words.iter_mut().zip(items) {
        let Some(n) = int::as_int(o) else { return Err(error::type_error("an integer is required")) };
        if n.is_negative() {
            return Err(error::overflow_error("can't convert negative value to unsigned int"));
        }
        let n = adder_num::int::to_u64(&n.to_big())
            .ok_or_else(|| error::overflow_error("Python int too large to convert to C unsigned long"))?;
        *w = n as u32;
    }
    let index = int::as_int(&items[N])
        .ok_or_else(|| error::type_error("an integer is required"))?
        .to_i64()
        .ok_or_else(|| error::overflow_error("Python int too large to convert to C long"))?;
    if !(0..=N as i64).contains(&index) {
        return Err(error::value_error("invalid state"));
    }
    r.this::<Random>()?.0.replace(Twister { words, index: index as usize });
    Ok(singletons::none())
}

fn getrandbits(vm: &Vm, r: &Obj, k: &Obj) -> PyResult {
    let k = ops::index(vm, k)?;
    let Some(k) = int::as_int(&k) else { return Ok(k) };
    if k.is_negative() {
        return Err(error::value_error("Cannot convert negative int"));
    }
    let k = adder_num::int::to_u64(&k.to_big())
        .ok_or_else(|| error::overflow_error("Python int too large for C uint64_t"))?;
    let mut t = r.this::<Random>()?.0.borrow_mut();
    match k {
        0 => Ok(int::from_i64(0)),
        1..=32 => Ok(int::from_i64((t.next() >> (32 - k)).into())),
        33..=64 => {
            let low = u64::from(t.next());
            Ok(int::from_u64(low | u64::from(t.next() >> (64 - k)) << 32))
        }
        _ => {
            let mut bytes = Vec::new();
            let size = usize::try_from(k.div_ceil(32)).ok().and_then(|n| n.checked_mul(4));
            let Some(size) = size.filter(|&n| bytes.try_reserve_exact(n).is_ok()) else {
                return Err(error::no_memory());
            };
            for i in 0..size / 4 {
                let left = k - 32 * i as u64;
                let w = t.next();
                let w = if left < 32 { w >> (32 - left) } else { w };
                bytes.extend_from_slice(&w.to_le_bytes());
            }
            Ok(int::from_big(adder_num::int::from_bytes(&bytes, adder_num::int::ByteOrder::Little, false)))
        }
    }
}

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Module implements the Mersenne Twister random number generator.",
    types: &[&RANDOM_SPEC],
    ..ModuleSpec::new("_random")
};
