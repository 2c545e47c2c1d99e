//! The algorithms that `hashlib.new` and HMAC take by name, each behind one object interface.
//!
//! A row names the published crate's type once; digesting, HMAC and key derivation follow from it.

use pbkdf2::hmac::{KeyInit, SimpleHmac};
use sha2::digest::common::BlockSizeUser;
use sha2::digest::{Digest, ExtendableOutput, Update, XofReader};

/// A running hash. `digest` leaves it as it was.
pub trait Engine {
    fn update(&mut self, data: &[u8]);
    /// The digest; of an extendable function the first `length` bytes.
    fn digest(&self, length: usize) -> Vec<u8>;
    fn boxed_clone(&self) -> Box<dyn Engine>;
}

struct Fixed<D>(D);
impl<D: Digest + Clone + 'static> Engine for Fixed<D> {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
    }
    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.clone().finalize().to_vec()
    }
    fn boxed_clone(&self) -> Box<dyn Engine> {
        Box::new(Fixed(self.0.clone()))
    }
}
struct Extendable<D>(D);
impl<D: ExtendableOutput + Update + Clone + 'static> Engine for Extendable<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn digest(&self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        self.0.clone().finalize_xof().read(&mut out);
        out
    }
    fn boxed_clone(&self) -> Box<dyn Engine> {
        Box::new(Extendable(self.0.clone()))
    }
}
/// MD5 and SHA-1 side by side, as old TLS signs.
struct Md5Sha1(md5::Md5, sha1::Sha1);
impl Engine for Md5Sha1 {
    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
        Digest::update(&mut self.1, data);
    }
    fn digest(&self, _: usize) -> Vec<u8> {
        let mut out = self.0.clone().finalize().to_vec();
        out.extend_from_slice(&self.1.clone().finalize());
        out
    }
    fn boxed_clone(&self) -> Box<dyn Engine> {
        Box::new(Md5Sha1(self.0.clone(), self.1.clone()))
    }
}
struct Blake2b(blake2b_simd::State);
impl Engine for Blake2b {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.finalize().as_bytes().to_vec()
    }
    fn boxed_clone(&self) -> Box<dyn Engine> {
        Box::new(Blake2b(self.0.clone()))
    }
}
struct Blake2s(blake2s_simd::State);
impl Engine for Blake2s {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn digest(&self, _: usize) -> Vec<u8> {
        self.0.finalize().as_bytes().to_vec()
    }
    fn boxed_clone(&self) -> Box<dyn Engine> {
        Box::new(Blake2s(self.0.clone()))
    }
}

/// PBKDF2 with HMAC of one hash: password, salt, rounds, output.
type Derive = fn(&[u8], &[u8], u32, &mut [u8]);

pub struct Algorithm {
    pub name: &'static str,
    /// Further spellings, in lower case.
    aliases: &'static [&'static str],
    /// 0: extendable.
    pub digest_size: usize,
    pub block_size: usize,
    pub make: fn() -> Box<dyn Engine>,
    derive: Option<Derive>,
}

/// By the hash function's own HMAC, which keeps its keyed states.
fn derive<D: pbkdf2::hmac::EagerHash>(password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
    pbkdf2::pbkdf2_hmac::<D>(password, salt, rounds, out);
}
fn derive_simply<D: Digest + BlockSizeUser + Clone>(password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8])
where
    SimpleHmac<D>: KeyInit,
{
    // A key of any length fits: the result is always Ok.
    let _ = pbkdf2::pbkdf2::<SimpleHmac<D>>(password, salt, rounds, out);
}

const fn fixed(
    name: &'static str,
    aliases: &'static [&'static str],
    digest_size: usize,
    block_size: usize,
    make: fn() -> Box<dyn Engine>,
    derive: Derive,
) -> Algorithm {
    Algorithm { name, aliases, digest_size, block_size, make, derive: Some(derive) }
}
const fn other(
    name: &'static str,
    aliases: &'static [&'static str],
    digest_size: usize,
    block_size: usize,
    make: fn() -> Box<dyn Engine>,
) -> Algorithm {
    Algorithm { name, aliases, digest_size, block_size, make, derive: None }
}
fn boxed<D: Digest + Clone + 'static>() -> Box<dyn Engine> {
    Box::new(Fixed(D::new()))
}
fn boxed_xof<D: ExtendableOutput + Update + Clone + Default + 'static>() -> Box<dyn Engine> {
    Box::new(Extendable(D::default()))
}

pub static ALGORITHMS: [Algorithm; 19] = [
    fixed("md5", &["ssl3-md5"], 16, 64, boxed::<md5::Md5>, derive::<md5::Md5>),
    fixed("sha1", &["sha-1", "ssl3-sha1"], 20, 64, boxed::<sha1::Sha1>, derive::<sha1::Sha1>),
    fixed("sha224", &["sha-224", "sha2-224"], 28, 64, boxed::<sha2::Sha224>, derive::<sha2::Sha224>),
    fixed("sha256", &["sha-256", "sha2-256"], 32, 64, boxed::<sha2::Sha256>, derive::<sha2::Sha256>),
    fixed("sha384", &["sha-384", "sha2-384"], 48, 128, boxed::<sha2::Sha384>, derive::<sha2::Sha384>),
    fixed("sha512", &["sha-512", "sha2-512"], 64, 128, boxed::<sha2::Sha512>, derive::<sha2::Sha512>),
    fixed("sha512_224", &["sha512-224"], 28, 128, boxed::<sha2::Sha512_224>, derive::<sha2::Sha512_224>),
    fixed("sha512_256", &["sha512-256"], 32, 128, boxed::<sha2::Sha512_256>, derive::<sha2::Sha512_256>),
    fixed("sha3_224", &["sha3-224"], 28, 144, boxed::<sha3::Sha3_224>, derive_simply::<sha3::Sha3_224>),
    fixed("sha3_256", &["sha3-256"], 32, 136, boxed::<sha3::Sha3_256>, derive_simply::<sha3::Sha3_256>),
    fixed("sha3_384", &["sha3-384"], 48, 104, boxed::<sha3::Sha3_384>, derive_simply::<sha3::Sha3_384>),
    fixed("sha3_512", &["sha3-512"], 64, 72, boxed::<sha3::Sha3_512>, derive_simply::<sha3::Sha3_512>),
    fixed(
        "ripemd160",
        &["rmd160", "ripemd", "ripemd-160"],
        20,
        64,
        boxed::<ripemd::Ripemd160>,
        derive::<ripemd::Ripemd160>,
    ),
    fixed("sm3", &[], 32, 64, boxed::<sm3::Sm3>, derive::<sm3::Sm3>),
    other("shake_128", &["shake128", "shake-128"], 0, 168, boxed_xof::<sha3::Shake128>),
    other("shake_256", &["shake256", "shake-256"], 0, 136, boxed_xof::<sha3::Shake256>),
    other("blake2b", &["blake2b512", "blake2b-512"], 64, 128, || Box::new(Blake2b(blake2b_simd::State::new()))),
    other("blake2s", &["blake2s256", "blake2s-256"], 32, 64, || Box::new(Blake2s(blake2s_simd::State::new()))),
    other("md5-sha1", &[], 36, 64, || Box::new(Md5Sha1(md5::Md5::new(), sha1::Sha1::new()))),
];

/// The algorithm of a name: the names with an underscore read as they are, all other spellings in any case.
pub fn find(name: &str) -> Option<&'static Algorithm> {
    let lower = name.to_ascii_lowercase();
    ALGORITHMS
        .iter()
        .find(|a| a.name == name || !a.name.contains('_') && a.name == lower || a.aliases.contains(&lower.as_str()))
}

impl Algorithm {
    pub fn is_extendable(&self) -> bool {
        self.digest_size == 0
    }
    /// PBKDF2 with HMAC of this hash. Not for extendable functions.
    pub fn pbkdf2(&'static self, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
        if let Some(f) = self.derive {
            return f(password, salt, rounds, out);
        }
        let keyed = super::hmac::Keyed::new(self, password);
        for (i, block) in out.chunks_mut(self.digest_size.max(1)).enumerate() {
            let first = [salt, &(i as u32 + 1).to_be_bytes()].concat();
            let mut u = keyed.of(&first);
            let mut sum = u.clone();
            for _ in 1..rounds {
                u = keyed.of(&u);
                sum.iter_mut().zip(&u).for_each(|(s, x)| *s ^= x);
            }
            block.copy_from_slice(&sum[..block.len()]);
        }
    }
}
