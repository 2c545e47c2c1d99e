//! `list.sort`: keys, the comparison that fits them all, the list kept empty meanwhile.

use super::timsort;
use adder_object::bind::Bound;
use adder_object::{CompareOp, List, Obj, ObjExt, PyErr, PyResult, Str, Vm, call, error, int, ops, singletons};

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
pub fn sort_items(vm: &Vm, items: &mut Vec<Obj>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let Some(f) = key else {
        if sort_small_ints(items, reverse) {
            return Ok(());
        }
        let order = sorted_order(vm, items, reverse);
        return apply(items, order);
    };
    let mut keys = Vec::with_capacity(items.len());
    for x in items.iter() {
        keys.push(call::call1(vm, f, x)?);
    }
    if sort_few(items, &keys, reverse) {
        return Ok(());
    }
    let order = sorted_order(vm, &keys, reverse);
    apply(items, order)
}

/// Sorts a few items by keys that are all immediate ints or all immediate floats without NaN, where they lie.
fn sort_few(items: &mut [Obj], keys: &[Obj], reverse: bool) -> bool {
    const FEW: usize = 16;
    let mut numbers = [0i64; FEW];
    let ints = keys.first().is_some_and(Obj::is_int);
    if keys.len() > FEW || items.len() != keys.len() {
        return false;
    }
    for (n, key) in numbers.iter_mut().zip(keys) {
        let Some(word) = (if ints { key.small_int() } else { key.small_float().and_then(ordered_bits) }) else {
            return false;
        };
        *n = word;
    }
    for i in 1..items.len() {
        let mut j = i;
        while j > 0 && (if reverse { numbers[j - 1] < numbers[j] } else { numbers[j - 1] > numbers[j] }) {
            numbers.swap(j - 1, j);
            items.swap(j - 1, j);
            j -= 1;
        }
    }
    true
}

/// A float as an int that is ordered as it is; equal for both zeros.
fn ordered_bits(x: f64) -> Option<i64> {
    let bits = (x + 0.0).to_bits() as i64;
    (!x.is_nan()).then_some(bits ^ ((bits >> 63) as u64 >> 1) as i64)
}

/// An order of the items, with the error that stopped the sort.
type Order = (Vec<u32>, Option<PyErr>);

fn apply(items: &mut Vec<Obj>, (order, e): Order) -> PyResult<()> {
    let mut old: Vec<Option<Obj>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|i| old[i as usize].take()));
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
    if let Some(order) = order_of_numbers(keys, reverse).or_else(|| order_of_strings(keys, reverse)) {
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

fn order_by<K>(mut keyed: Vec<(K, u32)>, reverse: bool, mut cmp: impl FnMut(&K, &K) -> std::cmp::Ordering) -> Vec<u32> {
    if reverse {
        keyed.sort_by(|a, b| cmp(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| cmp(&a.0, &b.0));
    }
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// All immediate ints, or all immediate floats without NaN.
fn order_of_numbers(keys: &[Obj], reverse: bool) -> Option<Vec<u32>> {
    let first = keys.first()?;
    if first.is_int() {
        let keyed: Option<Vec<(i64, u32)>> = keys.iter().zip(0..).map(|(k, i)| Some((k.small_int()?, i))).collect();
        return Some(order_by(keyed?, reverse, i64::cmp));
    }
    if first.is_float() {
        let number = |k: &Obj| k.small_float().filter(|x| !x.is_nan());
        let keyed: Option<Vec<(f64, u32)>> = keys.iter().zip(0..).map(|(k, i)| Some((number(k)?, i))).collect();
        return Some(order_by(keyed?, reverse, |a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal)));
    }
    None
}

/// All exact strs: compared by their first eight bytes where those are one-byte code points, else as a whole.
fn order_of_strings(keys: &[Obj], reverse: bool) -> Option<Vec<u32>> {
    keys.first()?.get_exact::<Str>()?;
    let strs: Option<Vec<&Str>> = keys.iter().map(|k| k.get_exact::<Str>()).collect();
    let strs = strs?;
    if !strs.iter().all(|s| s.kind() == 1) {
        let keyed = strs.into_iter().zip(0..).collect();
        return Some(order_by(keyed, reverse, |a, b| a.compare(b)));
    }
    let keyed = strs.into_iter().map(|s| (prefix(s.raw_bytes()), s.raw_bytes())).zip(0..).collect();
    Some(order_by(keyed, reverse, |a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))))
}

/// The first eight bytes as a number that orders like them.
fn prefix(s: &[u8]) -> u64 {
    let mut b = [0; 8];
    let n = s.len().min(8);
    b[..n].copy_from_slice(&s[..n]);
    u64::from_be_bytes(b)
}
