//! Everything that a report says about its numbers: comparisons, letters, rankings, and how they were made.

use rayon::prelude::*;
use vana_stats::{
    Friedman, GROUP_TESTS, GroupOutcome, GroupTest, Sample, friedman, letters, nemenyi_critical_difference,
};
use vana_types::{
    Better, Comparison, Judgement, Letters, Measurement, Methods, Ranking, StudyConfig, statistic,
};

use crate::compare::pairing::{Known, Setting, settings};
use crate::{CompareError, CompareOptions, compare};

/// Fewer blocks than this rank nothing: with two, chance alone gives every order often.
const FEWEST_BLOCKS: usize = 3;

/// Judges the means of every metric that has a better direction; sentences of a publication are left to others. `order` is the study's order of systems.
pub fn judge(
    measurements: &[Measurement],
    order: &[String],
    config: &StudyConfig,
) -> Result<Judgement, CompareError> {
    let is_main = |_: &str, name: &str| matches!(name, statistic::MEAN | statistic::USED);
    let mut settings = settings(measurements, order, &is_main);
    settings.retain(|setting| direction(setting).is_some());
    let mut options = CompareOptions::of(config);
    if let crate::Against::Baseline(name) = &options.against
        && !order.contains(name)
    {
        options.against = crate::Against::Everyone;
    }
    let mut comparisons = compare(measurements, order, &options, is_main)?;
    comparisons.retain(|row| Better::of(&row.metric, &row.statistic, row.unit).is_some());
    // Where no test had a word, a table of ratios would look like one of findings.
    let is_tested = |row: &Comparison| row.family_size > 0;
    comparisons.retain(is_tested);
    let group_test = letters_test();
    let letters: Vec<Letters> = settings
        .par_iter()
        .filter_map(|setting| letters_of(setting, order, group_test, config.alpha))
        .collect();
    let rankings = settings
        .chunk_by(|a, b| a.is_one_question(b) && a.key.workload == b.key.workload)
        .filter_map(|blocks| ranking(blocks, order, config.alpha))
        .collect();
    let methods = methods(&comparisons, &settings, &options, group_test);
    Ok(Judgement { comparisons, letters, rankings, claims: Vec::new(), methods })
}

/// The test of all systems at once after which letters are given.
pub fn letters_test() -> &'static dyn GroupTest {
    GROUP_TESTS[0]
}

fn direction(setting: &Setting) -> Option<Better> {
    Better::of(&setting.key.metric, &setting.key.statistic, setting.unit)
}

/// Letters for at least three systems with repetitions.
fn letters_of(setting: &Setting, order: &[String], test: &dyn GroupTest, alpha: f64) -> Option<Letters> {
    let known: Vec<(&String, &Sample)> = order
        .iter()
        .filter_map(|name| match setting.systems.get(name) {
            Some(Known::Sample(sample)) if sample.count() > 1 => Some((name, sample)),
            _ => None,
        })
        .collect();
    if known.len() < 3 {
        return None;
    }
    let samples: Vec<Sample> = known.iter().map(|(_, sample)| (*sample).clone()).collect();
    let GroupOutcome { p, pairs, .. } = test.compare(&samples).ok()?;
    let mut best_first: Vec<usize> = (0..samples.len()).collect();
    best_first.sort_by(|&a, &b| samples[a].mean().total_cmp(&samples[b].mean()));
    if direction(setting) == Some(Better::Higher) {
        best_first.reverse();
    }
    let is_different = |a: usize, b: usize| {
        let (first, second) = (a.min(b), a.max(b));
        // Where no pair is significant as a whole, none is.
        p <= alpha && pairs.iter().any(|pair| (pair.first, pair.second) == (first, second) && pair.p <= alpha)
    };
    let letters = letters(&best_first, is_different, samples.len());
    Some(Letters {
        metric: setting.key.metric.clone(),
        statistic: setting.key.statistic.clone(),
        workload: setting.key.workload.clone(),
        clients: setting.key.clients,
        test: test.name().to_owned(),
        p: Some(p),
        systems: known.iter().map(|(name, _)| (*name).clone()).zip(letters).collect(),
    })
}

/// Ranks the systems that have a mean at every number of clients; numbers of clients are the blocks.
fn ranking(blocks: &[Setting], order: &[String], alpha: f64) -> Option<Ranking> {
    let mean = |block: &Setting, name: &String| block.systems.get(name).and_then(Known::mean);
    let is_complete = |name: &&String| blocks.iter().all(|block| mean(block, name).is_some());
    let systems: Vec<&String> = order.iter().filter(is_complete).collect();
    if blocks.len() < FEWEST_BLOCKS || systems.len() < 3 {
        return None;
    }
    let first = blocks.first()?;
    // Rank 1 is the best, and ranks ascend with the values.
    let sign = if direction(first)? == Better::Higher { -1.0 } else { 1.0 };
    let values: Vec<Vec<f64>> = blocks
        .iter()
        .map(|block| systems.iter().filter_map(|name| mean(block, name)).map(|mean| sign * mean).collect())
        .collect();
    let Friedman { p, mean_ranks, .. } = friedman(&values).ok()?;
    let mut ranked: Vec<(String, f64)> = systems.into_iter().cloned().zip(mean_ranks).collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    Some(Ranking {
        metric: first.key.metric.clone(),
        statistic: first.key.statistic.clone(),
        workload: first.key.workload.clone(),
        blocks: blocks.len() as u32,
        p,
        critical_difference: nemenyi_critical_difference(ranked.len(), blocks.len(), alpha)?,
        mean_ranks: ranked,
    })
}

/// `None` where nothing was compared.
fn methods(
    comparisons: &[Comparison],
    settings: &[Setting],
    options: &CompareOptions,
    group_test: &dyn GroupTest,
) -> Option<Methods> {
    let counts = settings.iter().flat_map(|setting| setting.systems.values()).filter_map(Known::count);
    let counts: Vec<u32> = counts.filter(|count| *count > 0).collect();
    let sizes = || comparisons.iter().map(|row| row.family_size);
    Some(Methods {
        test: options.test.name().to_owned(),
        group_test: group_test.name().to_owned(),
        adjust: options.adjust.name().to_owned(),
        alpha: options.alpha,
        margin: options.margin,
        seed: options.seed.0,
        family_sizes: (sizes().min()?, sizes().max()?),
        repetitions: (counts.iter().copied().min()?, counts.iter().copied().max()?),
    })
}
