//! `_statistics`: the inverse of the normal distribution.
//!
//! Wichura's algorithm AS241 (Applied Statistics 37, 1988): rational approximations in the middle and in the tails.

use adder_object::spec::{Native, method};
use adder_object::{ModuleSpec, Obj, PyResult, Vm, error, float, ops};

pub static MODULE: ModuleSpec = ModuleSpec {
    doc: "Accelerators for the statistics module.\n",
    functions: &[method("_normal_dist_inv_cdf($module, p, mu, sigma, /)", Native::Pos(3, 3, inv_cdf), "")],
    ..ModuleSpec::new("_statistics")
};

const CENTRAL_NUM: [f64; 8] = [
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
];
const CENTRAL_DEN: [f64; 8] = [
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1.0,
];
const MIDDLE_NUM: [f64; 8] = [
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
];
const MIDDLE_DEN: [f64; 8] = [
    1.0507500716444169e-09,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1.0,
];
const TAIL_NUM: [f64; 8] = [
    2.0103343992922881e-07,
    2.7115555687434876e-05,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
];
const TAIL_DEN: [f64; 8] = [
    2.0442631033899397e-15,
    1.421511758316446e-07,
    1.8463183175100548e-05,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1.0,
];

/// The polynomial with these coefficients, highest power first.
fn polynomial(c: &[f64; 8], x: f64) -> f64 {
    c.iter().fold(0.0, |acc, &k| acc * x + k)
}

fn inv_cdf(vm: &Vm, _: &Obj, a: &[Obj]) -> PyResult {
    let (p, mu, sigma) = (ops::to_f64(vm, &a[0])?, ops::to_f64(vm, &a[1])?, ops::to_f64(vm, &a[2])?);
    let undefined = || error::value_error("inv_cdf undefined for these parameters");
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let den = polynomial(&CENTRAL_DEN, r);
        if den == 0.0 {
            return Err(undefined());
        }
        let x = polynomial(&CENTRAL_NUM, r) * q / den;
        return Ok(float::from_f64(mu + x * sigma));
    }
    let r = if q <= 0.0 { p } else { 1.0 - p };
    if r <= 0.0 || r >= 1.0 {
        return Err(undefined());
    }
    let r = (-r.ln()).sqrt();
    let (num, den) = if r <= 5.0 {
        (polynomial(&MIDDLE_NUM, r - 1.6), polynomial(&MIDDLE_DEN, r - 1.6))
    } else {
        (polynomial(&TAIL_NUM, r - 5.0), polynomial(&TAIL_DEN, r - 5.0))
    };
    if den == 0.0 {
        return Err(undefined());
    }
    let x = if q < 0.0 { -(num / den) } else { num / den };
    Ok(float::from_f64(mu + x * sigma))
}
