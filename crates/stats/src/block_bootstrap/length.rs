/// The expected block length of the stationary bootstrap for the mean of a series in the order of time, from 1 on; 1
/// for fewer than ten values or equal ones.
///
/// b = (2G²/D)^⅓·n^⅓ with G = Σ λ(k/M)|k|R(k), D = 2(Σ λ(k/M)R(k))², λ the flat-top window, R autocovariances, and M
/// twice the lag after which ⌈√log₁₀ n⌉ (at least 5) correlations in a row are below 2√(log₁₀ n / n). At most
/// min(3√n, n/3). Costs n·√n at most.
///
/// Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23 (2004)
/// 53–70, with the correction of Patton, Politis and White, 28 (2009) 372–375.
pub fn block_length(in_time: &[f64]) -> f64 {
    let count = in_time.len();
    if count < 10 {
        return 1.0;
    }
    let n = count as f64;
    let origin = in_time[0];
    let mean = origin + in_time.iter().map(|value| value - origin).sum::<f64>() / n;
    let centered: Vec<f64> = in_time.iter().map(|value| value - mean).collect();
    let covariance = |lag: usize| {
        let products: f64 = centered.iter().zip(&centered[lag.min(count)..]).map(|(a, b)| a * b).sum();
        products / n
    };
    let variance = covariance(0);
    if !(variance > 0.0 && variance.is_finite()) {
        return 1.0;
    }
    let run = 5.max(n.log10().sqrt().ceil() as usize);
    let most = n.sqrt().ceil() as usize + run;
    let bound = 2.0 * (n.log10() / n).sqrt();
    let mut covariances = vec![variance];
    let mut quiet = 0;
    while quiet < run && covariances.len() <= most {
        let next = covariance(covariances.len());
        quiet = if next.abs() < bound * variance { quiet + 1 } else { 0 };
        covariances.push(next);
    }
    // The last lag that was not quiet, or the largest when there is no quiet run.
    let last = if quiet == run { covariances.len() - 1 - run } else { most };
    let window = (2 * last.max(1)).min(most);
    let (mut weighted, mut plain) = (0.0, variance);
    for lag in 1..=window {
        let covariance = covariances.get(lag).copied().unwrap_or_else(|| covariance(lag));
        let share = lag as f64 / window as f64;
        let flat_top = if share <= 0.5 { 1.0 } else { 2.0 * (1.0 - share) };
        weighted += 2.0 * flat_top * lag as f64 * covariance;
        plain += 2.0 * flat_top * covariance;
    }
    let length = (n * weighted * weighted / (plain * plain)).cbrt();
    let largest = (3.0 * n.sqrt()).min(n / 3.0).ceil();
    if length.is_finite() { length.clamp(1.0, largest) } else { largest }
}
