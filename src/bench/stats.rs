//! Medians, and intervals that hold for the next measurement too.
//!
//! Processes differ by more than the iterations inside one, so what counts is their number. The error of the median of processes' medians
//! comes from resampling (processes, then iterations of each); how many errors an interval reaches is Student's t for so few processes, as
//! the ends of the resamples themselves reach too near. All on a scale of logarithms: times are above 0, and ratios are differences.
//! Invariant: the same times give the same intervals: the random numbers are a fixed sequence.

/// Resamples of an interval.
const RESAMPLES: usize = 1000;
/// Times are taken as no shorter than this.
const SHORTEST: f64 = 1e-12;
/// An interval reaches no farther than this from its middle, a factor of a thousand.
const FARTHEST: f64 = 6.9;
/// Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

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

/// The numbers below `n` in an order by chance.
pub fn shuffled(n: usize, random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, random.below(i + 1));
    }
    order
}

/// A median on the scale of logarithms, with its error and the degrees of freedom of that.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    log: f64,
    error: f64,
    freedom: f64,
}

impl Estimate {
    fn interval(&self) -> Interval {
        let reach = (student(self.freedom) * self.error).min(FARTHEST);
        Interval { low: (self.log - reach).exp(), mid: self.log.exp(), high: (self.log + reach).exp() }
    }
}

/// For degrees that lie between two of the table the wider one counts.
fn student(freedom: f64) -> f64 {
    match freedom.floor() as usize {
        0 => 0.0,
        n if n <= STUDENT.len() => STUDENT[n - 1],
        n => 1.96 + 2.5 / n as f64,
    }
}

/// Logarithms of the times of each process that has any.
fn logs(groups: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let log = |g: &Vec<f64>| -> Vec<f64> { g.iter().map(|t| t.max(SHORTEST).ln()).collect() };
    groups.iter().filter(|g| !g.is_empty()).map(log).collect()
}

/// The median of as many others, drawn from these.
fn redrawn(values: &[f64], random: &mut Random) -> f64 {
    median(&(0..values.len()).map(|_| values[random.below(values.len())]).collect::<Vec<f64>>())
}

/// The median of what processes give: exactly, and with iterations drawn anew. Of a single one only its `iterations` can be told.
fn estimate(given: &[f64], iterations: usize, redraw: impl Fn(usize, &mut Random) -> f64) -> Option<Estimate> {
    let units = if given.len() == 1 { iterations } else { given.len() };
    let freedom = units.checked_sub(1)? as f64;
    let mut random = Random::new();
    let (mut sum, mut squares) = (0.0, 0.0);
    let mid = median(given);
    for _ in 0..RESAMPLES {
        let drawn: Vec<f64> = (0..given.len())
            .map(|_| {
                let i = random.below(given.len());
                redraw(i, &mut random)
            })
            .collect();
        let off = median(&drawn) - mid;
        (sum, squares) = (sum + off, squares + off * off);
    }
    let n = RESAMPLES as f64;
    let variance = (squares / n - (sum / n).powi(2)).max(0.0);
    // What is drawn from a sample varies less than what the sample was drawn from.
    let error = if freedom > 0.0 { (variance * (freedom + 1.0) / freedom).sqrt() } else { 0.0 };
    Some(Estimate { log: mid, error, freedom })
}

/// The median of processes' medians.
fn of_processes(groups: &[Vec<f64>]) -> Option<Estimate> {
    let g = logs(groups);
    let medians: Vec<f64> = g.iter().map(|v| median(v)).collect();
    estimate(&medians, g.first().map_or(0, Vec::len), |i, random| redrawn(&g[i], random))
}

/// The median of several processes, each with its times.
pub fn of_groups(groups: &[Vec<f64>]) -> Option<Interval> {
    Some(of_processes(groups)?.interval())
}

/// How many times as long `a` takes as `b`, where processes of the same number ran one soon after the other: what slows the machine down for
/// both of them is in neither.
pub fn paired_ratio(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<Interval> {
    let (x, y) = (logs(a), logs(b));
    if x.len() != y.len() || x.len() != a.len() || y.len() != b.len() {
        return ratio(a, b);
    }
    let given: Vec<f64> = x.iter().zip(&y).map(|(x, y)| median(x) - median(y)).collect();
    let iterations = x.first().map_or(0, |x| x.len().min(y[0].len()));
    let redraw = |i: usize, random: &mut Random| redrawn(&x[i], random) - redrawn(&y[i], random);
    Some(estimate(&given, iterations, redraw)?.interval())
}

/// Each time a process of its own.
pub fn apart(times: &[f64]) -> Vec<Vec<f64>> {
    times.iter().map(|t| vec![*t]).collect()
}

/// As above, for processes that have nothing to do with each other; the degrees of freedom are Welch's.
pub fn ratio(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<Interval> {
    let (a, b) = (of_processes(a)?, of_processes(b)?);
    let (va, vb) = (a.error * a.error, b.error * b.error);
    let parts = [(va, a.freedom), (vb, b.freedom)];
    let below: f64 = parts.iter().filter(|p| p.1 > 0.0).map(|(v, n)| v * v / n).sum();
    let freedom = if below > 0.0 { (va + vb) * (va + vb) / below } else { a.freedom.max(b.freedom) };
    Some(Estimate { log: a.log - b.log, error: (va + vb).sqrt(), freedom }.interval())
}

pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let good: Vec<f64> = values.iter().copied().filter(|v| *v > 0.0).collect();
    (!good.is_empty()).then(|| (good.iter().map(|v| v.ln()).sum::<f64>() / good.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sum of twelve even numbers: as good as normal, of variance 1.
    fn normal(r: &mut Random) -> f64 {
        (0..12).map(|_| r.below(1 << 30) as f64 / (1u64 << 30) as f64).sum::<f64>() - 6.0
    }
    /// Processes that differ by 3 %, their iterations by 1 %.
    fn sample(r: &mut Random, processes: usize) -> Vec<Vec<f64>> {
        (0..processes)
            .map(|_| {
                let level = 1.0 + 0.03 * normal(r);
                (0..6).map(|_| level * (1.0 + 0.01 * normal(r))).collect()
            })
            .collect()
    }

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
    fn as_many_intervals_hold_the_truth_as_they_say() {
        let mut r = Random::new();
        for processes in [3, 5, 8] {
            let (mut true_ones, mut ratios, mut pairs, mut confirmed) = (0, 0, 0, 0);
            for _ in 0..400 {
                let (a, b) = (sample(&mut r, processes), sample(&mut r, processes));
                let i = of_groups(&a).unwrap();
                true_ones += usize::from(i.low <= 1.0 && 1.0 <= i.high);
                let q = ratio(&a, &b).unwrap();
                ratios += usize::from(q.low <= 1.0 && 1.0 <= q.high);
                // A machine that gets slower all the while changes nothing of the ratio of neighbours.
                let slower = |v: &[Vec<f64>]| -> Vec<Vec<f64>> {
                    let slow = |(i, g): (usize, &Vec<f64>)| g.iter().map(|t| t * (1.0 + i as f64 * 0.3)).collect();
                    v.iter().enumerate().map(slow).collect()
                };
                let q = paired_ratio(&slower(&a), &slower(&b)).unwrap();
                pairs += usize::from(q.low <= 1.0 && 1.0 <= q.high && (q.width() < 0.2 || processes < 5));
                let other = median(&sample(&mut r, 4).concat());
                confirmed += usize::from(i.low <= other && other <= i.high);
            }
            assert!(true_ones.min(ratios).min(pairs) >= 376, "{processes}: {true_ones}, {ratios}, {pairs} of 400");
            // Another measurement errs as well.
            assert!(confirmed >= 320, "{processes}: {confirmed} of 400");
        }
    }

    #[test]
    fn nothing_measured_gives_nothing() {
        assert_eq!(of_groups(&[]), None);
        assert_eq!(ratio(&[], &[vec![1.0]]), None);
        assert_eq!(quantile(&[], 0.5), 0.0);
        assert_eq!(geometric_mean(&[2.0, 8.0]).map(|g| (g * 1e9).round()), Some(4e9));
        let one = of_groups(&[vec![2.0]]).unwrap();
        assert_eq!((one.low, one.high), (one.mid, one.mid));
        assert!(of_groups(&[vec![2.0, 2.1, 2.2]]).unwrap().width() > 0.0);
    }
}
