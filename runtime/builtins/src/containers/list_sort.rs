//! `list.sort`: keys, the comparison that fits them all, the list kept empty meanwhile.

use super::timsort;
use adder_object::bind::Bound;
use adder_object::descr::BuiltinFunction;
use adder_object::spec::Native;
use adder_object::{
    CompareOp, List, Obj, ObjExt, PyErr, PyResult, Str, Vm, call, error, int, ops, singletons, str, tuple, types,
};
use std::cmp::Ordering;

/// `list.sort(*, key=None, reverse=False)`.
pub fn sort_method(vm: &Vm, o: &Obj, args: &Bound<'_>) -> PyResult {
    let reverse = match args.opt(1) {
        Some(r) => ops::truth(vm, r)?,
        None => false,
    };
    sort(vm, o.this::<List>()?, args.opt_not_none(0), reverse)?;
    Ok(singletons::none())
}

/// Sorts in place. On an error the list holds the same items in some order.
pub fn sort(vm: &Vm, list: &List, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    if key.is_none() && list.sort_small_ints(reverse) {
        return Ok(());
    }
    let mut items = list.take_all();
    let emptied = list.times_emptied();
    let result = sort_items(vm, &mut items, key, reverse);
    let modified = list.allocated() != 0 || list.times_emptied() != emptied;
    drop(list.replace_all(items));
    result?;
    if modified { Err(error::value_error("list modified during sort")) } else { Ok(()) }
}

/// Sorts a vector as `sorted()` does.
pub fn sort_items(vm: &Vm, items: &mut [Obj], key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let Some(f) = key else {
        if sort_small_ints(items, reverse) {
            return Ok(());
        }
        if let Some(numbers) = few_numbers(items) {
            sort_few(items, numbers, reverse);
            return Ok(());
        }
        let order = sorted_order(vm, items, reverse);
        return apply(items, order);
    };
    let mut keys = Vec::with_capacity(items.len());
    let native = f.get_exact::<BuiltinFunction>().and_then(|b| match (b.def.f, &b.this, &b.module) {
        (Native::One(native), Some(this), Some(_)) => Some((native, this)),
        _ => None,
    });
    for x in items.iter() {
        keys.push(match native {
            Some((native, this)) => native(vm, this, x)?,
            None => call::call1(vm, f, x)?,
        });
    }
    if let Some(numbers) = few_numbers(&keys).filter(|_| keys.len() == items.len()) {
        sort_few(items, numbers, reverse);
        return Ok(());
    }
    let order = sorted_order(vm, &keys, reverse);
    apply(items, order)
}

const FEW: usize = 16;

/// Numbers that order as a few keys do, all of which are of one kind: texts of up to eight characters, none of which is NUL.
fn few_numbers(keys: &[Obj]) -> Option<[i64; FEW]> {
    let mut numbers = [0i64; FEW];
    if keys.len() > FEW {
        return None;
    }
    let kind = Kind::of(keys.first()?)?;
    for (n, key) in numbers.iter_mut().zip(keys) {
        if let Some(s) = key.get_exact::<Str>()
            && (s.len() > 8 || s.raw_bytes().contains(&0))
        {
            return None;
        }
        *n = kind.number(key)?;
    }
    matches!(kind, Kind::Int | Kind::Float | Kind::Latin).then_some(numbers)
}

/// Sorts a few items by their numbers where they lie.
fn sort_few(items: &mut [Obj], mut numbers: [i64; FEW], reverse: bool) {
    for i in 1..items.len().min(FEW) {
        let mut j = i;
        while j > 0 && (if reverse { numbers[j - 1] < numbers[j] } else { numbers[j - 1] > numbers[j] }) {
            numbers.swap(j - 1, j);
            items.swap(j - 1, j);
            j -= 1;
        }
    }
}

/// A float as an int that is ordered as it is; equal for both zeros.
fn ordered_bits(x: f64) -> Option<i64> {
    let bits = (x + 0.0).to_bits() as i64;
    (!x.is_nan()).then_some(bits ^ ((bits >> 63) as u64 >> 1) as i64)
}

/// An order of the items, with the error that stopped the sort.
type Order = (Vec<u32>, Option<PyErr>);

/// Puts the items into an order: along each circle of places, an item goes where the next one is taken from.
fn apply(items: &mut [Obj], (mut order, e): Order) -> PyResult<()> {
    for start in 0..order.len().min(items.len()) {
        let mut i = start;
        loop {
            let from = std::mem::replace(&mut order[i], i as u32) as usize;
            if from == start {
                break;
            }
            items.swap(i, from);
            i = from;
        }
    }
    e.map_or(Ok(()), Err)
}

/// Immediate ints without keys: equal ones are identical, so stability needs no care.
fn sort_small_ints(items: &mut [Obj], reverse: bool) -> bool {
    if !items.iter().all(Obj::is_int) {
        return false;
    }
    let mut numbers: Vec<i64> = items.iter().filter_map(Obj::small_int).collect();
    if reverse {
        numbers.sort_unstable_by(|a, b| b.cmp(a));
    } else {
        numbers.sort_unstable();
    }
    for (slot, n) in items.iter_mut().zip(numbers) {
        *slot = int::from_i64(n);
    }
    true
}

fn sorted_order(vm: &Vm, keys: &[Obj], reverse: bool) -> Order {
    if keys.len() > u32::MAX as usize {
        return (vec![], Some(error::no_memory()));
    }
    if let Some(order) = order_of_plain(keys, reverse) {
        return (order, None);
    }
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    // Reversing before and after keeps equal items in their order.
    if reverse {
        order.reverse();
    }
    let r = timsort::sort(&mut order, &mut |a: u32, b: u32| {
        ops::compare_bool(vm, &keys[a as usize], &keys[b as usize], CompareOp::Lt)
    });
    if reverse {
        order.reverse();
    }
    (order, r.err())
}

/// The order of keys given as numbers; `cmp` decides between equal ones.
fn order_by(mut keyed: Vec<(i64, u32)>, reverse: bool, mut cmp: impl FnMut(u32, u32) -> Ordering) -> Vec<u32> {
    let mut both = |a: &(i64, u32), b: &(i64, u32)| a.0.cmp(&b.0).then_with(|| cmp(a.1, b.1));
    if reverse {
        keyed.sort_by(|a, b| both(b, a));
    } else {
        keyed.sort_by(both);
    }
    keyed.iter().map(|&(_, i)| i).collect()
}

/// Keys that are compared without the program's code: all of one kind, or tuples of the same kinds.
fn order_of_plain(keys: &[Obj], reverse: bool) -> Option<Vec<u32>> {
    let first = keys.first()?;
    if tuple::as_slice(first).is_some() {
        return order_of_tuples(keys, reverse);
    }
    let mut kind = Kind::of(first)?;
    let all = |kind: Kind| keys.iter().zip(0..).map(|(k, i)| Some((kind.number(k)?, i))).collect();
    let mut keyed: Option<Vec<(i64, u32)>> = all(kind);
    if keyed.is_none() && matches!(kind, Kind::Latin) {
        kind = Kind::Text;
        keyed = all(kind);
    }
    let text = |i: u32| keys[i as usize].get_exact::<Str>();
    Some(order_by(keyed?, reverse, |a, b| match kind {
        Kind::Latin | Kind::Text => text(a).zip(text(b)).map_or(Ordering::Equal, |(a, b)| a.compare(b)),
        Kind::Int | Kind::Float => Ordering::Equal,
    }))
}

/// Exact tuples of one length whose items in each place are of one kind: compared by the first item, then as a whole.
fn order_of_tuples(keys: &[Obj], reverse: bool) -> Option<Vec<u32>> {
    let items = |key| tuple::as_slice(key).unwrap_or(&[]);
    let kinds: Option<Vec<Kind>> = items(&keys[0]).iter().map(Kind::of).collect();
    let kinds = kinds?;
    let (first, rest) = kinds.split_first()?;
    let mut keyed = Vec::with_capacity(keys.len());
    for (key, i) in keys.iter().zip(0..) {
        let [head, tail @ ..] = items(key) else { return None };
        if !key.is_exact(&types::TUPLE) || tail.len() != rest.len() || !tail.iter().zip(rest).all(|(x, k)| k.fits(x)) {
            return None;
        }
        keyed.push((first.number(head)?, i));
    }
    Some(order_by(keyed, reverse, |a, b| {
        let (a, b) = (items(&keys[a as usize]), items(&keys[b as usize]));
        for (kind, (a, b)) in kinds.iter().zip(a.iter().zip(b)) {
            // Most often the very same word, or the one that decides.
            if a.bits() != b.bits() {
                match kind.compare(a, b) {
                    Ordering::Equal => {}
                    order => return order,
                }
            }
        }
        Ordering::Equal
    }))
}

/// A kind of keys within which comparing runs no code, and any two of which have an order.
#[derive(Clone, Copy)]
enum Kind {
    /// Immediate ints.
    Int,
    /// Immediate floats without NaN.
    Float,
    /// Exact strs of one-byte characters; those that come behind the first item of a tuple may be of any.
    Latin,
    /// Exact strs.
    Text,
}
impl Kind {
    fn of(o: &Obj) -> Option<Kind> {
        if let Some(s) = o.get_exact::<Str>() {
            return Some(if s.kind() == 1 { Kind::Latin } else { Kind::Text });
        }
        [Kind::Int, Kind::Float].into_iter().find(|k| k.fits(o))
    }
    #[inline]
    fn fits(self, o: &Obj) -> bool {
        match self {
            Kind::Int => o.is_int(),
            Kind::Float => o.small_float().is_some_and(|x| !x.is_nan()),
            Kind::Latin | Kind::Text => o.is_exact(&types::STR),
        }
    }
    /// A number that orders as the keys do where it differs: the first eight characters of a text.
    #[inline]
    fn number(self, o: &Obj) -> Option<i64> {
        match self {
            Kind::Int => o.small_int(),
            Kind::Float => o.small_float().and_then(ordered_bits),
            // The first bit is turned, as numbers are compared with their signs.
            Kind::Latin => {
                let s = o.get_exact::<Str>().filter(|s| s.kind() == 1)?;
                Some((str::order_word(s.raw_bytes()) ^ 1 << 63) as i64)
            }
            Kind::Text => o.is_exact(&types::STR).then_some(0),
        }
    }
    /// The order of two values that fit.
    #[inline(always)]
    fn compare(self, a: &Obj, b: &Obj) -> Ordering {
        match self {
            // The words of immediate ints order as the ints do.
            Kind::Int => (a.bits() as i64).cmp(&(b.bits() as i64)),
            Kind::Float => self.number(a).cmp(&self.number(b)),
            Kind::Latin | Kind::Text => match (a.get_exact::<Str>(), b.get_exact::<Str>()) {
                (Some(a), Some(b)) => a.compare(b),
                _ => Ordering::Equal,
            },
        }
    }
}
