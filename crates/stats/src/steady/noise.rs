use crate::order::{MAD_OF_NORMAL, median};

/// Above this a series wanders so slowly that its length says nothing.
const LARGEST: f64 = 0.95;

/// What a series does when nothing changes.
pub(super) struct Noise {
    /// Variance of one value times (1 + φ)/(1 − φ): n times the variance of a mean of n values.
    pub(super) long_run_variance: f64,
    /// φ, the autocorrelation of neighbours, in [0, 0.95].
    pub(super) autocorrelation: f64,
}

/// The noise of a series as a first-order autoregression, from differences alone, which a few changes of level hardly
/// touch: differences of neighbours have variance 2σ²(1 − φ), those of next neighbours 2σ²(1 − φ²), so that
/// φ = (second/first)² − 1 in terms of their spreads. A negative φ counts as 0, which asks for more before a change is
/// found.
///
/// Chakar, Lebarbier, Lévy-Leduc and Robin, "A Robust Approach for Estimating Change-Points in the Mean of an AR(1)
/// Process", Bernoulli 23 (2017) 1408–1447, with medians in the place of their Qₙ.
pub(super) fn estimate(series: &[f64]) -> Noise {
    let (first, is_robust) = spread(series, 1);
    let (second, is_second_robust) = spread(series, 2);
    let phi = if is_robust && is_second_robust { (second / first).powi(2) - 1.0 } else { 0.0 };
    let autocorrelation = phi.clamp(0.0, LARGEST);
    let variance = first * first / (2.0 * (1.0 - autocorrelation));
    let inflation = (1.0 + autocorrelation) / (1.0 - autocorrelation);
    Noise { long_run_variance: variance * inflation, autocorrelation }
}

/// The robust standard deviation of the differences of values `lag` apart, and whether it is one by the median: when
/// more than half of the differences are 0 it is their root mean square, which changes of level enlarge.
fn spread(series: &[f64], lag: usize) -> (f64, bool) {
    let differences: Vec<f64> =
        series.iter().zip(&series[lag..]).map(|(here, later)| (later - here).abs()).collect();
    let squares: f64 = differences.iter().map(|difference| difference * difference).sum();
    let count = differences.len() as f64;
    match median(differences) {
        Some(median) if median > 0.0 => (median / MAD_OF_NORMAL, true),
        _ => ((squares / count).sqrt(), false),
    }
}
