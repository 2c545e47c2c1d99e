//! Medians, and intervals by resampling.
//!
//! Invariant: the same times give the same intervals: the random numbers are a fixed sequence.

/// Resamples of an interval.
const RESAMPLES: usize = 1000;

/// A value with the interval that holds it in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub mid: f64,
    pub high: f64,
}

impl Interval {
    /// Half its width as a part of its middle.
    pub fn width(&self) -> f64 {
        if self.mid == 0.0 { 0.0 } else { (self.high - self.low) / 2.0 / self.mid }
    }
}

pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut v = values.to_vec();
    v.sort_by(f64::total_cmp);
    v
}

/// The value below which the part `q` lies, of sorted values; 0 of none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    sorted[low] + (sorted[(low + 1).min(last)] - sorted[low]) * part
}

pub fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new() -> Random {
        Random(0x1234_5678_9ABC_DEF1)
    }
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) as u128 * n.max(1) as u128) >> 64) as usize
    }
}

/// Medians of resampled groups: first processes are drawn, then times within each.
pub fn resampled(groups: &[Vec<f64>]) -> Vec<f64> {
    let groups: Vec<&Vec<f64>> = groups.iter().filter(|g| !g.is_empty()).collect();
    if groups.is_empty() {
        return vec![];
    }
    let mut random = Random::new();
    let mut drawn = vec![];
    (0..RESAMPLES)
        .map(|_| {
            drawn.clear();
            for _ in 0..groups.len() {
                let g = groups[random.below(groups.len())];
                drawn.extend((0..g.len()).map(|_| g[random.below(g.len())]));
            }
            let at = drawn.len() / 2;
            *drawn.select_nth_unstable_by(at, f64::total_cmp).1
        })
        .collect()
}

/// The interval of resampled values around the value of the sample itself.
pub fn interval(resamples: &[f64], mid: f64) -> Interval {
    let s = sorted(resamples);
    Interval { low: quantile(&s, 0.025).min(mid), mid, high: quantile(&s, 0.975).max(mid) }
}

/// The median of all times of several processes.
pub fn of_groups(groups: &[Vec<f64>]) -> Option<Interval> {
    let all = groups.concat();
    (!all.is_empty()).then(|| interval(&resampled(groups), median(&all)))
}

/// How many times as long `a` takes as `b`.
pub fn ratio(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<Interval> {
    let all = a.concat();
    let per = median(&b.concat());
    if all.is_empty() || per <= 0.0 {
        return None;
    }
    let mut other = resampled(b);
    // Independent of each other: the second is read backwards.
    other.reverse();
    let both: Vec<f64> = resampled(a).iter().zip(&other).filter(|(_, y)| **y > 0.0).map(|(x, y)| x / y).collect();
    Some(interval(&both, median(&all) / per))
}

pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let good: Vec<f64> = values.iter().copied().filter(|v| *v > 0.0).collect();
    (!good.is_empty()).then(|| (good.iter().map(|v| v.ln()).sum::<f64>() / good.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_median_and_repeat() {
        let groups: Vec<Vec<f64>> =
            (0..5).map(|p| (0..20).map(|i| 1.0 + (i % 7) as f64 * 0.01 + p as f64 * 0.001).collect()).collect();
        let i = of_groups(&groups).unwrap();
        assert!(i.low <= i.mid && i.mid <= i.high && i.width() < 0.02, "{i:?}");
        assert_eq!(of_groups(&groups), Some(i));
        let half: Vec<Vec<f64>> = groups.iter().map(|g| g.iter().map(|t| t / 2.0).collect()).collect();
        let r = ratio(&groups, &half).unwrap();
        assert!((r.mid - 2.0).abs() < 1e-9 && r.low > 1.9 && r.high < 2.1, "{r:?}");
    }

    #[test]
    fn nothing_measured_gives_nothing() {
        assert_eq!(of_groups(&[]), None);
        assert_eq!(ratio(&[], &[vec![1.0]]), None);
        assert_eq!(quantile(&[], 0.5), 0.0);
        assert_eq!(geometric_mean(&[2.0, 8.0]).map(|g| (g * 1e9).round()), Some(4e9));
    }
}
