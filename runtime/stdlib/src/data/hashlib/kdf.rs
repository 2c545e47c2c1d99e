//! Keys from passwords: `pbkdf2_hmac` and `scrypt`. Both let other threads run meanwhile.

use super::{UNSUPPORTED, named};
use adder_object::bind::Bound;
use adder_object::{Obj, PyErr, PyResult, Vm, buffer, bytes, error, ops};

const I32_MAX: i64 = i32::MAX as i64;

pub fn pbkdf2_hmac(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let name = super::name_argument(a.req(0), "pbkdf2_hmac", "hash_name")?;
    let password = buffer::to_vec(vm, a.req(1))?;
    let salt = buffer::to_vec(vm, a.req(2))?;
    let rounds = ops::to_i64(vm, a.req(3))?;
    let algorithm = named(&name)?;
    if rounds < 1 {
        return Err(error::value_error("iteration value must be greater than 0."));
    }
    if rounds > I32_MAX {
        return Err(error::overflow_error("iteration value is too great."));
    }
    let length = a.opt_not_none(4).map_or(Ok(algorithm.digest_size as i64), |o| ops::to_i64(vm, o))?;
    if length < 1 {
        return Err(error::value_error("key length must be greater than 0."));
    }
    if length > I32_MAX {
        return Err(error::overflow_error("key length is too great."));
    }
    if algorithm.is_extendable() {
        return Err(PyErr::new(&UNSUPPORTED, "[digital envelope routines] xof digests not allowed"));
    }
    let mut out = vec![0; length as usize];
    vm.allow_threads(|| algorithm.pbkdf2(&password, &salt, rounds as u32, &mut out));
    Ok(bytes::new(&out))
}

pub fn scrypt(vm: &Vm, _: &Obj, a: &Bound<'_>) -> PyResult {
    let password = buffer::to_vec(vm, a.req(0))?;
    let salt = buffer::to_vec(vm, a.req(1))?;
    let cost = |i| ops::to_u64(vm, a.req(i), "unsigned long");
    let (n, r, p) = (cost(2)?, cost(3)?, cost(4)?);
    let limit = a.opt(5).map_or(Ok(0), |o| ops::to_i64(vm, o))?;
    let length = a.opt(6).map_or(Ok(64), |o| ops::to_i64(vm, o))?;
    if n < 2 || !n.is_power_of_two() {
        return Err(error::value_error("n must be a power of 2."));
    }
    if !(0..=I32_MAX).contains(&limit) {
        return Err(error::value_error(format!("maxmem must be positive and smaller than {I32_MAX}")));
    }
    if !(1..=I32_MAX).contains(&length) {
        return Err(error::value_error(format!("dklen must be greater than 0 and smaller than {I32_MAX}")));
    }
    let refused = || error::value_error("Invalid parameter combination for n, r, p, maxmem.");
    let (Ok(small_r), Ok(small_p)) = (u32::try_from(r), u32::try_from(p)) else { return Err(refused()) };
    let needs = u128::from(r) * 128 * (u128::from(p) + u128::from(n) + 2);
    if r == 0 || p == 0 || u128::from(p) * u128::from(r) > (1 << 30) - 1 || 16 * r < 64 && n >> (16 * r) != 0 {
        return Err(refused());
    }
    if needs > if limit == 0 { 32 << 20 } else { limit as u128 } {
        return Err(PyErr::new(
            &adder_object::exceptions::VALUE_ERROR,
            "[digital envelope routines] memory limit exceeded",
        ));
    }
    let Ok(params) = ::scrypt::Params::new(n.trailing_zeros() as u8, small_r, small_p) else { return Err(refused()) };
    let mut out = vec![0; length as usize];
    match vm.allow_threads(|| ::scrypt::scrypt(&password, &salt, &params, &mut out)) {
        Ok(()) => Ok(bytes::new(&out)),
        Err(_) => Err(refused()),
    }
}
