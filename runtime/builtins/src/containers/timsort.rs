//! A stable merge sort of indices with a comparison that may fail: natural runs, galloping merges, the powersort merge order.
//!
//! Invariant: SORT-1: whatever the comparison does, `order` remains a permutation, also when it stops with an error.
//! CPython: Objects/listsort.txt describes the method (minrun, galloping, powersort).

/// Gallop when one run wins this often in a row.
const MIN_GALLOP: usize = 7;

/// Compares positions: is item `.0` less than item `.1`?
pub trait Less<E> {
    fn less(&mut self, a: u32, b: u32) -> Result<bool, E>;
}
impl<E, F: FnMut(u32, u32) -> Result<bool, E>> Less<E> for F {
    #[inline]
    fn less(&mut self, a: u32, b: u32) -> Result<bool, E> {
        self(a, b)
    }
}

struct Run {
    start: usize,
    len: usize,
    /// Node power of the boundary to the next run.
    power: u32,
}

/// Sorts `order` so that consecutive indices are not decreasing under `less`.
pub fn sort<E>(order: &mut [u32], less: &mut impl Less<E>) -> Result<(), E> {
    let n = order.len();
    if n < 2 {
        return Ok(());
    }
    let minrun = min_run(n);
    let mut sorter = Sorter { order, temp: Vec::new(), min_gallop: MIN_GALLOP, runs: Vec::new() };
    let mut lo = 0;
    while lo < n {
        let mut len = sorter.count_run(lo, n, less)?;
        if len < minrun {
            let force = minrun.min(n - lo);
            sorter.binary_insertion(lo, lo + len, lo + force, less)?;
            len = force;
        }
        sorter.found_new_run(lo, len, n, less)?;
        lo += len;
    }
    while sorter.runs.len() > 1 {
        sorter.merge_last(less)?;
    }
    Ok(())
}

fn min_run(mut n: usize) -> usize {
    let mut r = 0;
    while n >= 64 {
        r |= n & 1;
        n >>= 1;
    }
    n + r
}

/// The first level of the ideal merge tree that separates the midpoints of two neighbouring runs.
fn node_power(s1: usize, n1: usize, n2: usize, n: usize) -> u32 {
    let (mut a, mut b) = (2 * s1 + n1, 2 * s1 + n1 + n1 + n2);
    let mut power = 0;
    loop {
        power += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}

struct Sorter<'a> {
    order: &'a mut [u32],
    temp: Vec<u32>,
    min_gallop: usize,
    runs: Vec<Run>,
}

impl Sorter<'_> {
    /// Length of the run at `lo`; a strictly descending one is reversed.
    fn count_run<E>(&mut self, lo: usize, hi: usize, less: &mut impl Less<E>) -> Result<usize, E> {
        let a = &mut *self.order;
        if lo + 1 == hi {
            return Ok(1);
        }
        let mut i = lo + 2;
        if less.less(a[lo + 1], a[lo])? {
            while i < hi && less.less(a[i], a[i - 1])? {
                i += 1;
            }
            a[lo..i].reverse();
        } else {
            while i < hi && !less.less(a[i], a[i - 1])? {
                i += 1;
            }
        }
        Ok(i - lo)
    }

    /// Sorts [lo, hi), of which [lo, start) is sorted already.
    fn binary_insertion<E>(&mut self, lo: usize, start: usize, hi: usize, less: &mut impl Less<E>) -> Result<(), E> {
        let a = &mut *self.order;
        for i in start..hi {
            let pivot = a[i];
            let (mut l, mut r) = (lo, i);
            while l < r {
                let m = l + (r - l) / 2;
                if less.less(pivot, a[m])? { r = m } else { l = m + 1 }
            }
            a[l..=i].rotate_right(1);
        }
        Ok(())
    }

    fn found_new_run<E>(&mut self, start: usize, len: usize, n: usize, less: &mut impl Less<E>) -> Result<(), E> {
        if let Some(top) = self.runs.last() {
            let power = node_power(top.start, top.len, len, n);
            while self.runs.len() > 1 && self.runs[self.runs.len() - 2].power > power {
                self.merge_last(less)?;
            }
            if let Some(top) = self.runs.last_mut() {
                top.power = power;
            }
        }
        self.runs.push(Run { start, len, power: 0 });
        Ok(())
    }

    /// Merges the two topmost runs.
    fn merge_last<E>(&mut self, less: &mut impl Less<E>) -> Result<(), E> {
        let Some(b) = self.runs.pop() else { return Ok(()) };
        let Some(a) = self.runs.last_mut() else { return Ok(()) };
        let (start, mid, end) = (a.start, b.start, b.start + b.len);
        a.len += b.len;
        // What of the left run is below the right one's first item is in place, as is what of the right one is above the left.
        let key = self.order[mid];
        let lo = start + gallop_right(key, &self.order[start..mid], 0, less)?;
        if lo == mid {
            return Ok(());
        }
        let key = self.order[mid - 1];
        let hi = mid + gallop_left(key, &self.order[mid..end], end - mid - 1, less)?;
        if hi == mid {
            return Ok(());
        }
        if mid - lo <= hi - mid { self.merge_lo(lo, mid, hi, less) } else { self.merge_hi(lo, mid, hi, less) }
    }

    /// Merges from the left, the shorter left run in `temp`.
    fn merge_lo<E>(&mut self, lo: usize, mid: usize, hi: usize, less: &mut impl Less<E>) -> Result<(), E> {
        self.temp.clear();
        self.temp.extend_from_slice(&self.order[lo..mid]);
        let Sorter { order, temp, min_gallop, .. } = self;
        let (mut i, mut j, mut dest) = (0, mid, lo);
        let r = merge_forward(order, temp, (&mut i, &mut j, &mut dest), hi, min_gallop, less);
        // The rest of the left run fills the gap before the rest of the right one (SORT-1).
        order[dest..dest + temp.len() - i].copy_from_slice(&temp[i..]);
        r
    }

    /// Merges from the right, the shorter right run in `temp`.
    fn merge_hi<E>(&mut self, lo: usize, mid: usize, hi: usize, less: &mut impl Less<E>) -> Result<(), E> {
        self.temp.clear();
        self.temp.extend_from_slice(&self.order[mid..hi]);
        let Sorter { order, temp, min_gallop, .. } = self;
        let (mut i, mut j, mut dest) = (mid, temp.len(), hi);
        let r = merge_backward(order, temp, (&mut i, &mut j, &mut dest), lo, min_gallop, less);
        order[dest - j..dest].copy_from_slice(&temp[..j]);
        r
    }
}

/// Moves the smaller head of `temp[i..]` and `order[j..hi]` to `dest` until one side is used up.
fn merge_forward<E>(
    order: &mut [u32],
    temp: &[u32],
    (i, j, dest): (&mut usize, &mut usize, &mut usize),
    hi: usize,
    min_gallop: &mut usize,
    less: &mut impl Less<E>,
) -> Result<(), E> {
    loop {
        let (mut left_wins, mut right_wins) = (0, 0);
        while left_wins < *min_gallop && right_wins < *min_gallop {
            if *i == temp.len() || *j == hi {
                return Ok(());
            }
            if less.less(order[*j], temp[*i])? {
                order[*dest] = order[*j];
                *j += 1;
                (left_wins, right_wins) = (0, right_wins + 1);
            } else {
                order[*dest] = temp[*i];
                *i += 1;
                (left_wins, right_wins) = (left_wins + 1, 0);
            }
            *dest += 1;
        }
        loop {
            if *i == temp.len() || *j == hi {
                return Ok(());
            }
            let left = gallop_right(order[*j], &temp[*i..], 0, less)?;
            order[*dest..*dest + left].copy_from_slice(&temp[*i..*i + left]);
            (*i, *dest) = (*i + left, *dest + left);
            if *i == temp.len() {
                return Ok(());
            }
            order[*dest] = order[*j];
            (*j, *dest) = (*j + 1, *dest + 1);
            if *j == hi {
                return Ok(());
            }
            let right = gallop_left(temp[*i], &order[*j..hi], 0, less)?;
            order.copy_within(*j..*j + right, *dest);
            (*j, *dest) = (*j + right, *dest + right);
            if *j == hi {
                return Ok(());
            }
            order[*dest] = temp[*i];
            (*i, *dest) = (*i + 1, *dest + 1);
            if left < MIN_GALLOP && right < MIN_GALLOP {
                *min_gallop += 2;
                break;
            }
            *min_gallop = (*min_gallop - 1).max(1);
        }
    }
}

/// Moves the greater tail of `order[lo..i]` and `temp[..j]` to before `dest` until one side is used up.
fn merge_backward<E>(
    order: &mut [u32],
    temp: &[u32],
    (i, j, dest): (&mut usize, &mut usize, &mut usize),
    lo: usize,
    min_gallop: &mut usize,
    less: &mut impl Less<E>,
) -> Result<(), E> {
    loop {
        let (mut left_wins, mut right_wins) = (0, 0);
        while left_wins < *min_gallop && right_wins < *min_gallop {
            if *i == lo || *j == 0 {
                return Ok(());
            }
            if less.less(temp[*j - 1], order[*i - 1])? {
                (*i, *dest) = (*i - 1, *dest - 1);
                order[*dest] = order[*i];
                (left_wins, right_wins) = (left_wins + 1, 0);
            } else {
                (*j, *dest) = (*j - 1, *dest - 1);
                order[*dest] = temp[*j];
                (left_wins, right_wins) = (0, right_wins + 1);
            }
        }
        loop {
            if *i == lo || *j == 0 {
                return Ok(());
            }
            let left = (*i - lo) - gallop_right(temp[*j - 1], &order[lo..*i], *i - lo - 1, less)?;
            order.copy_within(*i - left..*i, *dest - left);
            (*i, *dest) = (*i - left, *dest - left);
            if *i == lo {
                return Ok(());
            }
            (*j, *dest) = (*j - 1, *dest - 1);
            order[*dest] = temp[*j];
            if *j == 0 {
                return Ok(());
            }
            let right = *j - gallop_left(order[*i - 1], &temp[..*j], *j - 1, less)?;
            order[*dest - right..*dest].copy_from_slice(&temp[*j - right..*j]);
            (*j, *dest) = (*j - right, *dest - right);
            if *j == 0 {
                return Ok(());
            }
            (*i, *dest) = (*i - 1, *dest - 1);
            order[*dest] = order[*i];
            if left < MIN_GALLOP && right < MIN_GALLOP {
                *min_gallop += 2;
                break;
            }
            *min_gallop = (*min_gallop - 1).max(1);
        }
    }
}

/// Where `key` goes in sorted `a`, before equal items; the search starts at `hint`.
fn gallop_left<E>(key: u32, a: &[u32], hint: usize, less: &mut impl Less<E>) -> Result<usize, E> {
    gallop(a, hint, |x| less.less(x, key))
}

/// Where `key` goes in sorted `a`, after equal items.
fn gallop_right<E>(key: u32, a: &[u32], hint: usize, less: &mut impl Less<E>) -> Result<usize, E> {
    gallop(a, hint, |x| Ok(!less.less(key, x)?))
}

/// The number of leading items for which `before` holds, searched in growing steps from `hint`, then by bisection.
fn gallop<E>(a: &[u32], hint: usize, mut before: impl FnMut(u32) -> Result<bool, E>) -> Result<usize, E> {
    let (mut lo, mut hi);
    let mut step = 1;
    if before(a[hint])? {
        (lo, hi) = (hint + 1, a.len());
        while hint + step < a.len() {
            if !before(a[hint + step])? {
                hi = hint + step;
                break;
            }
            lo = hint + step + 1;
            step = step * 2 + 1;
        }
    } else {
        (lo, hi) = (0, hint);
        while step <= hint {
            if before(a[hint - step])? {
                lo = hint - step + 1;
                break;
            }
            hi = hint - step;
            step = step * 2 + 1;
        }
    }
    while lo < hi {
        let m = lo + (hi - lo) / 2;
        if before(a[m])? { lo = m + 1 } else { hi = m }
    }
    Ok(lo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(v: &[i32]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..v.len() as u32).collect();
        let r: Result<(), ()> = sort(&mut order, &mut |a: u32, b: u32| Ok(v[a as usize] < v[b as usize]));
        assert!(r.is_ok());
        order
    }

    #[test]
    fn agrees_with_a_stable_sort() {
        let mut x = 12345u32;
        for n in [0, 1, 2, 3, 10, 63, 64, 65, 100, 1000, 5000] {
            for spread in [1, 2, 10, 1000, 1 << 30] {
                let v: Vec<i32> = (0..n)
                    .map(|i| {
                        x = x.wrapping_mul(1664525).wrapping_add(1013904223);
                        if x.is_multiple_of(7) { i % spread } else { (x >> 3) as i32 % spread }
                    })
                    .collect();
                let mut want: Vec<u32> = (0..n as u32).collect();
                want.sort_by_key(|&i| v[i as usize]);
                assert_eq!(sorted(&v), want);
            }
        }
    }

    #[test]
    fn stays_a_permutation_when_comparing_fails() {
        let v: Vec<u32> = (0..500).map(|i: u32| i.wrapping_mul(2654435761) % 97).collect();
        for limit in 0..3000 {
            let mut order: Vec<u32> = (0..500).collect();
            let mut count = 0;
            let _ = sort(&mut order, &mut |a: u32, b: u32| {
                count += 1;
                if count > limit { Err(()) } else { Ok(v[a as usize] < v[b as usize]) }
            });
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..500));
        }
    }

    #[test]
    fn inconsistent_comparisons_end() {
        let mut x = 1u32;
        let mut order: Vec<u32> = (0..2000).collect();
        let r: Result<(), ()> = sort(&mut order, &mut |_: u32, _: u32| {
            x = x.wrapping_mul(1664525).wrapping_add(1013904223);
            Ok(x & 0x10000 != 0)
        });
        assert!(r.is_ok());
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..2000));
    }
}
