use crate::order::{median, robust_sigma};

/// Robust standard deviations of the log ratios above which a spread stands out (Iglewicz and Hoaglin 1993).
const BOUND: f64 = 3.5;
/// Below this factor no spread stands out, however alike the others are. Ours: a stdev from ten values is itself only
/// known to a factor of 1.5 or so.
const SMALLEST_FACTOR: f64 = 2.0;
/// With fewer spreads there is no telling which of them is the odd one.
const FEWEST: usize = 4;

/// How the spread of one system stands to that of its peers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Where the system stands among the stdevs given.
    pub index: usize,
    /// Its stdev over the median of its peers', itself left out.
    pub factor: f64,
    /// The logarithm of the factor in robust standard deviations of all such logarithms; negative for a small spread,
    /// 0 when all spreads are equal.
    pub score: f64,
    /// Whether it stands out: |score| above 3.5 and the factor above 2 or below 1/2.
    pub is_outlier: bool,
}

/// How each standard deviation stands to the others, given those of systems measured alike (the same statistic,
/// workload and number of clients), by ascending index. A stdev that is zero, negative or not finite has no ratio and
/// is left out; of fewer than four the result is empty. Costs n² log n.
///
/// The scale is the median absolute deviation of the log ratios ln(sᵢ / median of the others), times 1.4826; when it
/// is 0, the mean absolute deviation times √(π/2). Logarithms, because a stdev that is twice as large is as odd as one
/// half as large.
pub fn spreads(stdevs: &[f64]) -> Vec<Spread> {
    let known: Vec<(usize, f64)> =
        stdevs.iter().copied().enumerate().filter(|(_, stdev)| stdev.is_finite() && *stdev > 0.0).collect();
    if known.len() < FEWEST {
        return Vec::new();
    }
    let log_ratio = |own: usize| {
        let peers = known.iter().filter(|(index, _)| *index != own).map(|(_, stdev)| stdev.ln()).collect();
        median(peers)
    };
    let ratios: Vec<(usize, f64)> =
        known.iter().filter_map(|&(index, stdev)| Some((index, stdev.ln() - log_ratio(index)?))).collect();
    let logs: Vec<f64> = ratios.iter().map(|&(_, log)| log).collect();
    let sigma = median(logs.clone()).and_then(|center| robust_sigma(&logs, center));
    ratios
        .into_iter()
        .map(|(index, log)| {
            let score = sigma.map_or(0.0, |sigma| log / sigma);
            let is_outlier = score.abs() > BOUND && log.abs() > SMALLEST_FACTOR.ln();
            Spread { index, factor: log.exp(), score, is_outlier }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outliers(stdevs: &[f64]) -> Vec<usize> {
        spreads(stdevs).iter().filter(|spread| spread.is_outlier).map(|spread| spread.index).collect()
    }

    #[test]
    fn one_wide_system_stands_out_with_its_factor() {
        let found = spreads(&[1.0, 1.2, 40.0, 0.8, 1.1]);
        assert_eq!(outliers(&[1.0, 1.2, 40.0, 0.8, 1.1]), [2]);
        // The peers 0.8 1.0 1.1 1.2 have their middle, in logarithms, at √(1.0·1.1).
        assert!((found[2].factor - 40.0 / 1.1f64.sqrt()).abs() < 1e-12, "{found:?}");
        assert_eq!(outliers(&[1.0, 1.2, 0.02, 0.8, 1.1]), [2]);
    }

    #[test]
    fn a_factor_below_two_never_stands_out() {
        assert_eq!(outliers(&[1.0, 1.001, 1.002, 1.003, 1.9]), [] as [usize; 0]);
        assert_eq!(outliers(&[1.0, 1.001, 1.002, 1.003, 2.1]), [4]);
    }

    #[test]
    fn equal_spreads_have_no_score_and_one_among_equal_ones_is_found() {
        let same = spreads(&[3.0; 5]);
        assert!(same.iter().all(|spread| (spread.score, spread.is_outlier) == (0.0, false)), "{same:?}");
        assert_eq!(outliers(&[3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 30.0]), [6]);
    }

    #[test]
    fn spreads_without_a_ratio_are_left_out() {
        assert_eq!(spreads(&[1.0, 2.0, 30.0]), []);
        assert_eq!(spreads(&[1.0, 2.0, 30.0, 0.0, f64::NAN]), []);
        let indices: Vec<usize> =
            spreads(&[0.0, 1.0, 1.1, 1.2, 1.3]).iter().map(|spread| spread.index).collect();
        assert_eq!(indices, [1, 2, 3, 4]);
    }
}
