use super::kruskal_wallis::upper_chi_squared;
use super::ranks::ranks;
use crate::StudentizedRange;

/// What Friedman's test says of systems measured in the same blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Friedman {
    /// χ², corrected for ties.
    pub statistic: f64,
    /// How likely one as large is when the systems are alike in every block (approximate, by χ²).
    pub p: f64,
    /// Mean rank of each system; rank 1 is the smallest value of a block.
    pub mean_ranks: Vec<f64>,
}

/// Why blocks cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FriedmanError {
    /// Fewer than two blocks.
    #[error("{found} blocks, and ranking needs 2")]
    TooFewBlocks {
        /// How many there are.
        found: usize,
    },
    /// Fewer than three systems: the sign test's business.
    #[error("{found} systems, and ranking over blocks needs 3")]
    TooFewSystems {
        /// How many there are.
        found: usize,
    },
    /// Blocks of different numbers of systems.
    #[error("block {block} does not have every system")]
    Incomplete {
        /// Which block, from 0.
        block: usize,
    },
    /// A value that is NaN or infinite.
    #[error("block {block} has a value that is not finite")]
    NotFinite {
        /// Which block, from 0.
        block: usize,
    },
    /// All systems are equal in every block.
    #[error("all values of every block are equal")]
    AllEqual,
}

/// Friedman's test: are the systems alike in every block? Each block (a number of clients) has one value of each
/// system, in the same order. Costs k log k per block.
///
/// Friedman, "The Use of Ranks", JASA 32 (1937) 675–701; with ties as in Conover, Practical Nonparametric Statistics,
/// section 5.8.
pub fn friedman(blocks: &[Vec<f64>]) -> Result<Friedman, FriedmanError> {
    let Some(first) = blocks.first().filter(|_| blocks.len() > 1) else {
        return Err(FriedmanError::TooFewBlocks { found: blocks.len() });
    };
    let systems = first.len();
    if systems < 3 {
        return Err(FriedmanError::TooFewSystems { found: systems });
    }
    let mut sums = vec![0.0; systems];
    let mut ties = 0.0;
    for (block, values) in blocks.iter().enumerate() {
        if values.len() != systems {
            return Err(FriedmanError::Incomplete { block });
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(FriedmanError::NotFinite { block });
        }
        let (ranks, of_block) = ranks(values);
        ties += of_block;
        sums.iter_mut().zip(ranks).for_each(|(sum, rank)| *sum += rank);
    }
    let (count, size) = (blocks.len() as f64, systems as f64);
    let untied = 1.0 - ties / (count * size * (size * size - 1.0));
    if untied <= 0.0 {
        return Err(FriedmanError::AllEqual);
    }
    let mean_ranks: Vec<f64> = sums.into_iter().map(|sum| sum / count).collect();
    let middle = f64::midpoint(size, 1.0);
    let squares: f64 = mean_ranks.iter().map(|rank| (rank - middle).powi(2)).sum();
    let statistic = 12.0 * count * squares / (size * (size + 1.0)) / untied;
    Ok(Friedman { statistic, p: upper_chi_squared(statistic, systems - 1), mean_ranks })
}

/// The difference of mean ranks from which on two of `systems` ranked in `blocks` differ at `alpha`:
/// q/√2·√(k(k+1)/(6N)). `None` for fewer than two systems, no block or an `alpha` outside (0, 1).
///
/// Nemenyi, Distribution-free Multiple Comparisons (1963); Demšar, Journal of Machine Learning Research 7 (2006) 1–30.
pub fn nemenyi_critical_difference(systems: usize, blocks: usize, alpha: f64) -> Option<f64> {
    let q = StudentizedRange::new(systems, f64::INFINITY)?.quantile(1.0 - alpha)?;
    (blocks > 0).then(|| q * rank_error(systems, blocks))
}

/// Nemenyi's p value of two mean ranks, adjusted for all pairs; `None` as for the critical difference.
pub fn nemenyi_p(difference: f64, systems: usize, blocks: usize) -> Option<f64> {
    let range = StudentizedRange::new(systems, f64::INFINITY)?;
    (blocks > 0 && !difference.is_nan()).then(|| range.above(difference.abs() / rank_error(systems, blocks)))
}

/// √(k(k+1)/(12N)): what the range of mean ranks is measured in.
fn rank_error(systems: usize, blocks: usize) -> f64 {
    let size = systems as f64;
    (size * (size + 1.0) / (12.0 * blocks as f64)).sqrt()
}
