/// Values of one batch.
const BATCH: usize = 5;

/// How much of a start to drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// How many values to cut from the start: a multiple of five, at most half of them.
    pub cut: usize,
    /// Whether the criterion has its least value before the half: otherwise the series is still changing there and the
    /// rule has no answer.
    pub is_reliable: bool,
}

/// MSER-5: the cut after which the mean is known best. Of the means of batches of five, drop the first d so that
/// Σ(y − ȳ)²/(m − d)² of the rest is smallest, d at most half of the m batches. `None` below two batches. Costs n.
///
/// White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation 69 (1997) 323–334;
/// White, Cobb and Spratt, Winter Simulation Conference (2000) 755–760.
pub fn mser5(series: &[f64]) -> Option<Truncation> {
    let batches: Vec<f64> = series.chunks_exact(BATCH).map(super::mean).collect();
    if batches.len() < 2 {
        return None;
    }
    let largest = batches.len() / 2;
    // From the end on: mean and squares of all batches from `drop` on, by Welford's update.
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut best = (largest, f64::INFINITY);
    for (drop, batch) in batches.iter().enumerate().rev() {
        let kept = (batches.len() - drop) as f64;
        let distance = batch - mean;
        mean += distance / kept;
        squares += distance * (batch - mean);
        let criterion = squares / (kept * kept);
        if drop <= largest && criterion <= best.1 {
            best = (drop, criterion);
        }
    }
    Some(Truncation { cut: best.0 * BATCH, is_reliable: best.0 < largest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_start_is_cut_and_a_trend_is_not_reliable() {
        let series: Vec<f64> = (0..60).map(|i| if i < 10 { 5.0 } else { 10.0 + f64::from(i % 2) }).collect();
        assert_eq!(mser5(&series), Some(Truncation { cut: 10, is_reliable: true }));
        let trend: Vec<f64> = (0..60).map(f64::from).collect();
        assert_eq!(mser5(&trend), Some(Truncation { cut: 30, is_reliable: false }));
        assert_eq!(mser5(&[1.0; 9]), None);
        assert_eq!(mser5(&[1.0; 20]), Some(Truncation { cut: 0, is_reliable: true }));
    }
}
