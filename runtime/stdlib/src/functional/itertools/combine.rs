//! `product`, `permutations`, `combinations` and `combinations_with_replacement`.
//!
//! Invariant: `indices` names the selection given out last; None before the first one, and `done` once there is no further.

use super::super::shared::bind;
use super::iterator;
use adder_object::spec::{Native, method};
use adder_object::{Args, Obj, ObjCell, ObjExt, PyResult, Ref, Type, TypeFlags as F, Vm, error, int, ops, tuple};
use std::cell::{Cell, RefCell};

const SIZE_DOC: &str = "Returns size in memory, in bytes.";
fn sizeof(o: &Obj, words: usize) -> PyResult {
    Ok(int::from_usize(o.ty().head.basicsize.get() as usize + words * 8))
}

// ---- product ----

pub struct Product {
    pools: RefCell<Vec<Vec<Obj>>>,
    indices: RefCell<Option<Vec<usize>>>,
    done: Cell<bool>,
    /// The tuple given out last.
    last: ObjCell,
}
iterator!(Product { pools, last } PRODUCT_TYPE PRODUCT "itertools.product" F::BASETYPE, product_new, product_next, [], [
    method("__sizeof__($self, /)", Native::NoArgs(|_, o| sizeof(o, o.this::<Product>()?.pools.borrow().len())), SIZE_DOC)
], "product(*iterables, repeat=1)\n--\n\nCartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).");

fn product_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    if let Some((k, _)) = args.keywords().find(|(k, _)| ops::text(k) != "repeat") {
        return Err(error::type_error(format!("product() got an unexpected keyword argument '{}'", ops::text(k))));
    }
    let repeat = args.keyword("repeat").map_or(Ok(1), |n| ops::size_isize(vm, n))?;
    if repeat < 0 {
        return Err(error::value_error("repeat argument cannot be negative"));
    }
    let repeat = repeat as usize;
    let n = if repeat == 0 { 0 } else { args.len() };
    let total = n.checked_mul(repeat).filter(|&t| t < isize::MAX as usize / 32);
    let Some(total) = total else { return Err(error::overflow_error("repeat argument too large")) };
    let mut pools: Vec<Vec<Obj>> = Vec::new();
    pools.try_reserve(total).map_err(|_| error::no_memory())?;
    for x in &args.positional()[..n] {
        pools.push(ops::collect(vm, x)?);
    }
    for i in n..total {
        pools.push(pools[i - n].clone());
    }
    let p = Product {
        pools: RefCell::new(pools),
        indices: RefCell::new(None),
        done: Cell::new(false),
        last: ObjCell::empty(),
    };
    Ok(Ref::with_type(ty, p).into_obj())
}
fn product_next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
    let p = o.this::<Product>()?;
    if p.done.get() {
        return Ok(None);
    }
    let (pools, mut indices) = (p.pools.borrow(), p.indices.borrow_mut());
    match indices.as_mut() {
        None => {
            if pools.iter().any(Vec::is_empty) {
                p.done.set(true);
                return Ok(None);
            }
            *indices = Some(vec![0; pools.len()]);
        }
        Some(ix) => {
            // The odometer: the rightmost place that can advance does, those right of it start again.
            let Some(i) = (0..pools.len()).rev().find(|&i| ix[i] + 1 < pools[i].len()) else {
                p.done.set(true);
                return Ok(None);
            };
            ix[i] += 1;
            ix[i + 1..].fill(0);
        }
    }
    let selected =
        |ix: &Vec<usize>| tuple::again(&p.last, ix.iter().zip(pools.iter()).map(|(&i, pool)| pool[i].clone()));
    Ok(indices.as_ref().map(selected))
}

// ---- the three selections from one pool ----

/// A pool with `r` chosen positions.
macro_rules! selection {
    ($t:ident $id:ident $spec:ident $name:literal, $new:ident $next:ident $advance:path, $doc:literal) => {
        pub struct $t {
            pool: RefCell<Vec<Obj>>,
            state: RefCell<State>,
            /// The tuple given out last.
            last: ObjCell,
        }
        iterator!($t { pool, last } $id $spec $name F::BASETYPE, $new, $next, [], [
            method("__sizeof__($self, /)", Native::NoArgs(|_, o| sizeof(o, o.this::<$t>()?.state.borrow().r)), SIZE_DOC)
        ], $doc);
        fn $next(_: &Vm, o: &Obj) -> PyResult<Option<Obj>> {
            let c = o.this::<$t>()?;
            let (pool, mut state) = (c.pool.borrow(), c.state.borrow_mut());
            if state.done {
                return Ok(None);
            }
            if std::mem::replace(&mut state.started, true) && !$advance(&mut state, pool.len()) {
                state.done = true;
                return Ok(None);
            }
            Ok(Some(tuple::again(&c.last, state.indices[..state.r].iter().map(|&i| pool[i].clone()))))
        }
    };
}
#[derive(Default)]
struct State {
    indices: Vec<usize>,
    /// Of permutations: how many more swaps each place makes.
    cycles: Vec<usize>,
    r: usize,
    started: bool,
    done: bool,
}

selection!(Combinations COMBINATIONS_TYPE COMBINATIONS "itertools.combinations", combinations_new combinations_next next_combination,
    "combinations(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)");
selection!(WithReplacement WITH_REPLACEMENT_TYPE COMBINATIONS_WITH_REPLACEMENT "itertools.combinations_with_replacement",
    replacement_new replacement_next next_with_replacement,
    "combinations_with_replacement(iterable, r)\n--\n\nReturn successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')\"");
selection!(Permutations PERMUTATIONS_TYPE PERMUTATIONS "itertools.permutations", permutations_new permutations_next next_permutation,
    "permutations(iterable, r=None)\n--\n\nReturn successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)");

/// A vector of places, MemoryError when there are too many.
fn places(n: usize, f: impl Fn(usize) -> usize) -> PyResult<Vec<usize>> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| error::no_memory())?;
    v.extend((0..n).map(f));
    Ok(v)
}
fn length(vm: &Vm, r: &Obj) -> PyResult<usize> {
    let r = ops::size_isize(vm, r)?;
    usize::try_from(r).map_err(|_| error::value_error("r must be non-negative"))
}

fn combinations_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("combinations(iterable, r)", args)?;
    // As CPython: the pool is made before r is looked at.
    ops::size_isize(vm, args.req(1))?;
    let pool = ops::collect(vm, args.req(0))?;
    let r = length(vm, args.req(1))?;
    let done = r > pool.len();
    let state = State { indices: if done { vec![] } else { places(r, |i| i)? }, r, done, ..State::default() };
    Ok(Ref::with_type(
        ty,
        Combinations { pool: RefCell::new(pool), state: RefCell::new(state), last: ObjCell::empty() },
    )
    .into_obj())
}
fn next_combination(s: &mut State, n: usize) -> bool {
    let r = s.r;
    let Some(i) = (0..r).rev().find(|&i| s.indices[i] != i + n - r) else { return false };
    s.indices[i] += 1;
    for j in i + 1..r {
        s.indices[j] = s.indices[j - 1] + 1;
    }
    true
}

fn replacement_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("combinations_with_replacement(iterable, r)", args)?;
    ops::size_isize(vm, args.req(1))?;
    let pool = ops::collect(vm, args.req(0))?;
    let r = length(vm, args.req(1))?;
    let done = pool.is_empty() && r > 0;
    let state = State { indices: if done { vec![] } else { places(r, |_| 0)? }, r, done, ..State::default() };
    Ok(Ref::with_type(
        ty,
        WithReplacement { pool: RefCell::new(pool), state: RefCell::new(state), last: ObjCell::empty() },
    )
    .into_obj())
}
fn next_with_replacement(s: &mut State, n: usize) -> bool {
    let Some(i) = (0..s.r).rev().find(|&i| s.indices[i] + 1 < n) else { return false };
    let next = s.indices[i] + 1;
    s.indices[i..].fill(next);
    true
}

fn permutations_new(vm: &Vm, ty: &Type, args: Args<'_>) -> PyResult {
    let args = bind("permutations(iterable, r=None)", args)?;
    let pool = ops::collect(vm, args.req(0))?;
    let n = pool.len();
    let r = match args.opt_not_none(1) {
        None => n,
        Some(r) if !int::is_int(r) => return Err(error::type_error("Expected int as r")),
        Some(r) => length(vm, r)?,
    };
    let done = r > n;
    let state = State {
        indices: places(n, |i| i)?,
        cycles: if done { vec![] } else { places(r, |i| n - i)? },
        r,
        done,
        ..State::default()
    };
    Ok(Ref::with_type(
        ty,
        Permutations { pool: RefCell::new(pool), state: RefCell::new(state), last: ObjCell::empty() },
    )
    .into_obj())
}
fn next_permutation(s: &mut State, n: usize) -> bool {
    if n == 0 {
        return false;
    }
    for i in (0..s.r).rev() {
        s.cycles[i] -= 1;
        if s.cycles[i] == 0 {
            // This place went through all: back to the start, the place before it moves on.
            s.indices[i..].rotate_left(1);
            s.cycles[i] = n - i;
        } else {
            let j = s.cycles[i];
            s.indices.swap(i, n - j);
            return true;
        }
    }
    false
}
