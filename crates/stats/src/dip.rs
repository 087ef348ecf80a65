//! Whether values have more than one mode: Hartigan's dip.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use vana_types::Seed;

use crate::Random;
use crate::order::sorted;

/// Uniform samples simulated for a p value.
const SIMULATIONS: u64 = 2000;
/// Simulations of one chunk: a chunk draws from one generator.
const CHUNK: u64 = 50;
/// Larger samples are simulated at this size: √n·D hardly changes any more.
const LARGEST_SIMULATED: usize = 2000;

/// Sizes whose simulations are kept: 16 kB each.
const KEPT: usize = 64;

/// Dips by the size of the samples and the seed.
type Simulations = BTreeMap<(usize, u64), Arc<[f64]>>;

/// Hartigan's dip and its p value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dip {
    /// The largest distance between the empirical distribution function and the nearest unimodal one, in
    /// [1/(2n), 1/4].
    pub statistic: f64,
    /// How often a uniform sample of this size dips as far: (b + 1) / (2000 + 1), so never below 0.0005.
    pub p: f64,
}

/// Why there is no dip.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DipError {
    /// Three values or fewer dip by 1/(2n) however they lie.
    #[error("{found} values, and a dip needs 4")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// All values are the same.
    #[error("all values are equal")]
    AllEqual,
    /// A value that is NaN or infinite.
    #[error("value {index} is not finite")]
    NotFinite {
        /// Where it stands.
        index: usize,
    },
}

/// Hartigan's dip test of unimodality; a small p speaks for several modes.
///
/// The p value comes from 2000 seeded uniform samples (the least favourable unimodal distribution) of the same size;
/// of 2000 values when there are more, by comparing √n·D. Values recorded on a coarse grid dip at every step of it:
/// mass on few distinct values is not a matter of modes. Costs n log n, and 2000
/// times that for at most 2000 values, once for each size.
///
/// Hartigan and Hartigan, "The Dip Test of Unimodality", Annals of Statistics 13 (1985) 70–84; algorithm after P. M.
/// Hartigan, "Computation of the Dip Statistic", Applied Statistics 34 (1985) 320–325.
pub fn dip(values: &[f64], seed: Seed) -> Result<Dip, DipError> {
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(DipError::NotFinite { index });
    }
    let ascending = sorted(values.to_vec());
    let count = ascending.len();
    if count < 4 {
        return Err(DipError::TooFew { found: count });
    }
    if ascending[0] >= ascending[count - 1] {
        return Err(DipError::AllEqual);
    }
    let statistic = statistic(&ascending);
    let size = count.min(LARGEST_SIMULATED);
    // A simulated dip that is the same up to rounding counts as reached.
    let reached = statistic * (count as f64 / size as f64).sqrt() * (1.0 - 1e-12);
    let simulated = simulated(size, seed);
    let above = simulated.len() - simulated.partition_point(|dip| *dip < reached);
    Ok(Dip { statistic, p: (above + 1) as f64 / (SIMULATIONS + 1) as f64 })
}

/// Dips of uniform samples of this size, ascending. They are kept, as many samples have the same size.
fn simulated(size: usize, seed: Seed) -> Arc<[f64]> {
    static KNOWN: Mutex<Simulations> = Mutex::new(Simulations::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(dips) = known().get(&(size, seed.0)) {
        return Arc::clone(dips);
    }
    // The lock is not held meanwhile: a thread that waits for others may be given work that needs it.
    let mut dips: Vec<f64> = (0..SIMULATIONS / CHUNK)
        .into_par_iter()
        .flat_map_iter(|chunk| {
            let mut random = Random::new(seed, chunk);
            (0..CHUNK).map(move |_| statistic(&uniform(size, &mut random)))
        })
        .collect();
    dips.sort_by(f64::total_cmp);
    let dips: Arc<[f64]> = dips.into();
    let mut known = known();
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert((size, seed.0), Arc::clone(&dips));
    dips
}

/// Ascending values uniform on some interval: the sums of exponential steps. The dip does not depend on the interval.
fn uniform(count: usize, random: &mut Random) -> Vec<f64> {
    let mut sum = 0.0;
    let step = |_| {
        sum -= (1.0 - random.uniform()).ln();
        sum
    };
    (0..count).map(step).collect()
}

/// The dip of ascending values, not all equal.
fn statistic(values: &[f64]) -> f64 {
    let last = values.len() - 1;
    let minorant = minorant_links(values);
    let majorant = majorant_links(values);
    let (mut low, mut high) = (0, last);
    // In units of 1/(2n).
    let mut dip = 1.0f64;
    loop {
        // Vertices of the convex minorant and the concave majorant on [low, high], both ascending.
        let mut below = chain(&minorant, high, low);
        below.reverse();
        let above = chain(&majorant, low, high);
        let (distance, from, to) = widest_gap(values, &below, &above);
        if distance < dip {
            break;
        }
        // The modal interval becomes [below[from], above[to]]; outside it the dip is the distance from its fit.
        let left = below[..=from].windows(2).map(|ends| above_chord(values, ends[0], ends[1]));
        let right = above[to..].windows(2).map(|ends| below_chord(values, ends[0], ends[1]));
        dip = left.chain(right).fold(dip, f64::max);
        if (low, high) == (below[from], above[to]) {
            break;
        }
        (low, high) = (below[from], above[to]);
    }
    dip / (2.0 * values.len() as f64)
}

/// For each value the vertex before it on the greatest convex minorant of the empirical distribution up to it.
fn minorant_links(values: &[f64]) -> Vec<usize> {
    let mut links = vec![0; values.len()];
    for here in 1..values.len() {
        let mut link = here - 1;
        while link > 0 {
            let before = links[link];
            let (rise, run) = ((here - link) as f64, values[here] - values[link]);
            let (rise_before, run_before) = ((link - before) as f64, values[link] - values[before]);
            if run * rise_before < run_before * rise {
                break;
            }
            link = before;
        }
        links[here] = link;
    }
    links
}

/// For each value the vertex after it on the least concave majorant of the empirical distribution from it on.
fn majorant_links(values: &[f64]) -> Vec<usize> {
    let last = values.len() - 1;
    let mut links = vec![last; values.len()];
    for here in (0..last).rev() {
        let mut link = here + 1;
        while link < last {
            let after = links[link];
            let (rise, run) = ((link - here) as f64, values[link] - values[here]);
            let (rise_after, run_after) = ((after - link) as f64, values[after] - values[link]);
            if run * rise_after < run_after * rise {
                break;
            }
            link = after;
        }
        links[here] = link;
    }
    links
}

/// From `start` along the links until `end`.
fn chain(links: &[usize], start: usize, end: usize) -> Vec<usize> {
    let mut chain = vec![start];
    let mut here = start;
    while here != end {
        here = links[here];
        chain.push(here);
    }
    chain
}

/// The widest vertical gap between minorant and majorant, in units of 1/n, and the modal interval it gives: the place
/// in `below` of the last vertex not above the gap, and in `above` of the first not below it.
fn widest_gap(values: &[f64], below: &[usize], above: &[usize]) -> (f64, usize, usize) {
    let (last_below, last_above) = (below.len() - 1, above.len() - 1);
    let mut widest = (if last_below == 1 && last_above == 1 { 1.0 } else { 0.0 }, 0, last_above);
    let (mut lower, mut upper) = (1, 1);
    while lower < last_below || upper < last_above {
        let (gap, from, to) = if below[lower] > above[upper] {
            let (start, here) = (below[lower - 1], above[upper]);
            let gap = (here - start + 1) as f64 - rise(values, start, below[lower], here);
            upper += 1;
            (gap, lower - 1, upper - 1)
        } else {
            let (start, here) = (above[upper - 1], below[lower]);
            let gap = rise(values, start, above[upper], here) - (here - start) as f64 + 1.0;
            lower += 1;
            (gap, lower - 1, upper)
        };
        if gap >= widest.0 {
            widest = (gap, from, to);
        }
        (lower, upper) = (lower.min(last_below), upper.min(last_above));
    }
    widest
}

/// How far the chord from `start` to `end` has risen at `here`.
fn rise(values: &[f64], start: usize, end: usize, here: usize) -> f64 {
    let run = values[end] - values[start];
    if run > 0.0 { (values[here] - values[start]) * (end - start) as f64 / run } else { 0.0 }
}

/// How far the steps of the empirical distribution rise above a chord of the minorant.
fn above_chord(values: &[f64], start: usize, end: usize) -> f64 {
    if end - start < 2 || values[end] <= values[start] {
        return 1.0;
    }
    let slope = (end - start) as f64 / (values[end] - values[start]);
    let gap = |here: usize| (here - start + 1) as f64 - (values[here] - values[start]) * slope;
    (start..=end).map(gap).fold(1.0, f64::max)
}

/// How far they fall below a chord of the majorant.
fn below_chord(values: &[f64], start: usize, end: usize) -> f64 {
    if end - start < 2 || values[end] <= values[start] {
        return 1.0;
    }
    let slope = (end - start) as f64 / (values[end] - values[start]);
    let gap = |here: usize| (values[here] - values[start]) * slope - (here - start) as f64 + 1.0;
    (start..=end).map(gap).fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of `reference/dip.py`: a kind and how many.
    fn values(kind: &str, count: u64) -> Vec<f64> {
        let value = |i: u64| {
            let scattered = (7919 * i % 1009) as f64;
            match kind {
                "root" => scattered.sqrt(),
                "two" => scattered + if i.is_multiple_of(3) { 1500.0 } else { 0.0 },
                "ties" => (scattered / 100.0).floor(),
                _ => (scattered / 100.0).powi(3) + 400.0 * (i % 4) as f64,
            }
        };
        (1..=count).map(value).collect()
    }

    /// From `reference/dip.py`.
    #[test]
    fn dips_agree_with_the_reference() {
        for line in include_str!("../reference/dip.tsv").lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let values = sorted(values(fields[0], fields[1].parse().unwrap()));
            let expected: f64 = fields[2].parse().unwrap();
            let found = statistic(&values);
            assert!((found - expected).abs() <= 1e-12 * expected, "{line}: {found}");
        }
    }

    /// From `reference/dip.py p`.
    #[test]
    fn p_values_agree_with_a_table_of_a_million_simulations() {
        for line in include_str!("../reference/dip_p.tsv").lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let found = dip(&values(fields[0], fields[1].parse().unwrap()), Seed(1)).unwrap();
            let expected: f64 = fields[2].parse().unwrap();
            let error = (expected * (1.0 - expected) / SIMULATIONS as f64).sqrt();
            assert!((found.p - expected).abs() <= 4.0 * error + 1e-3, "{line}: {found:?}");
        }
    }

    #[test]
    fn two_modes_are_found_and_one_is_not() {
        let p = |kind| dip(&values(kind, 300), Seed(7)).unwrap().p;
        assert!(p("two") < 0.001 && p("root") > 0.1, "{} {}", p("two"), p("root"));
    }

    #[test]
    fn a_seed_gives_the_same_p_again() {
        assert_eq!(dip(&values("root", 80), Seed(3)), dip(&values("root", 80), Seed(3)));
    }

    #[test]
    fn few_equal_or_infinite_values_have_no_dip() {
        assert_eq!(dip(&[1.0, 2.0, 3.0], Seed(1)), Err(DipError::TooFew { found: 3 }));
        assert_eq!(dip(&[2.0; 9], Seed(1)), Err(DipError::AllEqual));
        assert_eq!(dip(&[1.0, f64::NAN], Seed(1)), Err(DipError::NotFinite { index: 1 }));
    }
}
