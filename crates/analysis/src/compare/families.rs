//! All comparisons of one metric and statistic: effects first, then p values adjusted for their number.

use vana_stats::{
    Aspect, Outcome, RatioInterval, Sample, Summary, TestError, cliffs_delta, difference_from_summary,
    equivalence_from_summary, hedges_g, hodges_lehmann, ratio_from_summary, ratio_of_means, vargha_delaney,
    welch_from_summary,
};
use vana_types::{Comparison, PublishedValues, Verdict};

use super::pairing::{Known, Setting};
use super::verdict::{Evidence, judge};
use super::{Against, CompareOptions};

/// A comparison and what its test said.
struct Pair {
    row: Comparison,
    outcome: Result<Outcome, Refusal>,
}

/// Why a pair has no p value.
enum Refusal {
    /// Nothing is known of these systems here.
    Missing(Vec<String>),
    /// A printed mean says nothing about its scatter, if the number of values behind its stdev is not known.
    Unrepeated,
    /// A mean was printed alone.
    Unspread,
    /// The test refused.
    Test(TestError),
}

pub(super) fn compare(family: &[Setting], order: &[String], options: &CompareOptions) -> Vec<Comparison> {
    let mut pairs: Vec<Pair> = family
        .iter()
        .flat_map(|setting| {
            let names = pairs_of(setting, family, order, &options.against);
            names.into_iter().map(|(baseline, system)| pair(setting, baseline, system, options))
        })
        .collect();
    let tested: Vec<f64> = pairs.iter().filter_map(|pair| Some(pair.outcome.as_ref().ok()?.p)).collect();
    let mut adjusted = options.adjust.adjust(&tested).into_iter();
    for pair in &mut pairs {
        pair.row.family_size = tested.len() as u32;
        pair.row.p_adjusted = pair.outcome.as_ref().ok().and_then(|_| adjusted.next());
        finish(pair, options);
    }
    pairs.into_iter().map(|pair| pair.row).collect()
}

/// The pairs of a setting, in the study's order. A system that the family knows elsewhere is expected here too.
fn pairs_of<'a>(
    setting: &Setting,
    family: &[Setting],
    order: &'a [String],
    against: &'a Against,
) -> Vec<(&'a str, &'a str)> {
    let is_expected = |name: &&String| {
        let of_workload = |other: &&Setting| other.key.workload == setting.key.workload;
        family.iter().filter(of_workload).any(|other| other.systems.contains_key(*name))
    };
    let systems: Vec<&str> = order.iter().filter(is_expected).map(String::as_str).collect();
    match against {
        // What the baseline was never measured in says nothing about it.
        Against::Baseline(baseline) if !systems.contains(&baseline.as_str()) => Vec::new(),
        Against::Baseline(baseline) => {
            let others = systems.iter().filter(|name| *name != baseline);
            others.map(|&system| (baseline.as_str(), system)).collect()
        }
        Against::Everyone => systems
            .iter()
            .enumerate()
            .flat_map(|(place, &baseline)| systems[place + 1..].iter().map(move |&system| (baseline, system)))
            .collect(),
    }
}

fn pair(setting: &Setting, baseline_name: &str, system_name: &str, options: &CompareOptions) -> Pair {
    let find = |name: &str| setting.systems.get(name).unwrap_or(&Known::Nothing);
    let (baseline, system) = (find(baseline_name), find(system_name));
    let mut row = Comparison {
        metric: setting.key.metric.clone(),
        statistic: setting.key.statistic.clone(),
        workload: setting.key.workload.clone(),
        clients: setting.key.clients,
        baseline: baseline_name.to_owned(),
        system: system_name.to_owned(),
        unit: setting.unit,
        n_baseline: baseline.count(),
        n_system: system.count(),
        baseline_mean: baseline.mean(),
        system_mean: system.mean(),
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        test: options.test.name().to_owned(),
        p: None,
        p_adjusted: None,
        adjust: options.adjust.name().to_owned(),
        family_size: 0,
        smallest_p: None,
        p_equivalence: None,
        difference: None,
        difference_low: None,
        difference_high: None,
        hodges_lehmann: None,
        hodges_lehmann_low: None,
        hodges_lehmann_high: None,
        hedges_g: None,
        cliffs_delta: None,
        a12: None,
        verdict: Verdict::Inconclusive,
        note: None,
    };
    let outcome = match (baseline, system) {
        (Known::Nothing, _) | (_, Known::Nothing) => {
            let missing = [(baseline, baseline_name), (system, system_name)];
            let missing = missing.into_iter().filter(|(known, _)| **known == Known::Nothing);
            Err(Refusal::Missing(missing.map(|(_, name)| name.to_owned()).collect()))
        }
        (Known::Sample(baseline), Known::Sample(system)) => {
            effects(&mut row, baseline, system, options);
            options.test.compare(baseline, system, &options.context()).map_err(Refusal::Test)
        }
        _ => compare_printed(&mut row, baseline, system, options),
    };
    row.p = outcome.as_ref().ok().map(|outcome| outcome.p);
    row.smallest_p = outcome.as_ref().ok().and_then(|outcome| outcome.smallest_p);
    Pair { row, outcome }
}

/// Effects of two samples.
fn effects(row: &mut Comparison, baseline: &Sample, system: &Sample, options: &CompareOptions) {
    let level = 1.0 - options.alpha;
    if let (Ok(baseline), Ok(system)) = (Summary::of(baseline), Summary::of(system)) {
        of_means(row, baseline, system, options);
    }
    row.difference = Some(system.mean() - baseline.mean()).filter(|difference| difference.is_finite());
    keep_ratio(row, ratio_of_means(baseline, system, level));
    let shift = hodges_lehmann(baseline, system, level);
    row.hodges_lehmann = Some(shift.estimate);
    (row.hodges_lehmann_low, row.hodges_lehmann_high) = (shift.low, shift.high);
    row.hedges_g = hedges_g(baseline, system);
    row.cliffs_delta = Some(cliffs_delta(baseline, system));
    row.a12 = Some(vargha_delaney(baseline, system));
}

/// What follows from means, standard deviations and numbers of values: the interval of the difference, and whether the
/// means are as near to each other as the margin asks.
fn of_means(row: &mut Comparison, baseline: Summary, system: Summary, options: &CompareOptions) {
    if let Some((low, high)) = difference_from_summary(baseline, system, 1.0 - options.alpha) {
        (row.difference_low, row.difference_high) = (Some(low), Some(high));
    }
    // Half of α: both tests pass exactly where the interval of the ratio at 1 − α lies within the margin.
    let found = equivalence_from_summary(baseline, system, options.margin, options.alpha / 2.0);
    row.p_equivalence = found.map(|found| found.p);
}

/// At least one side is a printed mean: Welch's test from summaries, if the number of values behind it is known or assumed.
fn compare_printed(
    row: &mut Comparison,
    baseline: &Known,
    system: &Known,
    options: &CompareOptions,
) -> Result<Outcome, Refusal> {
    if let (Some(baseline), Some(system)) = (baseline.mean(), system.mean()) {
        row.ratio = Some(system / baseline).filter(|ratio| ratio.is_finite());
        row.difference = Some(system - baseline).filter(|difference| difference.is_finite());
    }
    if [baseline, system].into_iter().any(|known| matches!(known, Known::Printed { stdev: None, .. })) {
        return Err(Refusal::Unspread);
    }
    let behind = [baseline, system].map(|known| values_behind(known, row, options));
    let [Some(first), Some(second)] = behind else { return Err(Refusal::Unrepeated) };
    let summaries = baseline.summary(first.number).zip(system.summary(second.number));
    // A single repetition has no standard deviation.
    let too_few = || Refusal::Test(TestError::TooFew { needed: 2, found: 1 });
    let (baseline, system) = summaries.ok_or_else(too_few)?;
    "welch".clone_into(&mut row.test);
    keep_ratio(row, ratio_from_summary(baseline, system, 1.0 - options.alpha));
    of_means(row, baseline, system, options);
    row.note = Some(assumption(first, second));
    welch_from_summary(baseline, system).map_err(Refusal::Test)
}

/// The number of values behind a mean.
#[derive(Clone, Copy)]
struct Behind {
    number: u64,
    says: Says,
}

/// Who says so.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The repetitions themselves.
    Sample,
    /// The publication.
    Publication,
    /// The user, who assumes it.
    User,
}

fn values_behind(known: &Known, row: &Comparison, options: &CompareOptions) -> Option<Behind> {
    let said = |number, says| Behind { number, says };
    match known {
        Known::Sample(sample) => Some(said(sample.count() as u64, Says::Sample)),
        Known::Printed { n, .. } => {
            let stated = PublishedValues::of(&options.published, &row.metric, &row.workload);
            let printed = n.or_else(|| stated.and_then(|stated| stated.n));
            printed
                .map(|number| said(number, Says::Publication))
                .or_else(|| options.published_values.map(|number| said(number, Says::User)))
        }
        Known::Nothing => None,
    }
}

/// What a p value from printed numbers rests on.
fn assumption(baseline: Behind, system: Behind) -> String {
    let assumed = [baseline, system].into_iter().find(|behind| behind.says == Says::User);
    if let Some(Behind { number, .. }) = assumed {
        return format!(
            "assumes {number} independent values behind each published mean and standard deviation"
        );
    }
    let published: Vec<u64> = [baseline, system]
        .into_iter()
        .filter(|behind| behind.says == Says::Publication)
        .map(|behind| behind.number)
        .collect();
    let of = match published[..] {
        [one] => format!("a mean and a standard deviation of {one}"),
        [one, other] if one != other => format!("means and standard deviations of {one} and {other}"),
        _ => format!("means and standard deviations of {}", baseline.number),
    };
    format!("from {of} values, as published; assumes that these are independent")
}

fn keep_ratio(row: &mut Comparison, found: Option<RatioInterval>) {
    row.ratio = found.map(|found| found.ratio);
    row.ratio_low = found.and_then(|found| found.low);
    row.ratio_high = found.and_then(|found| found.high);
}

/// The verdict and what stands in its way.
fn finish(pair: &mut Pair, options: &CompareOptions) {
    let aspect = options.test.aspect();
    let evidence = match &pair.outcome {
        Ok(outcome) => Evidence {
            p: pair.row.p_adjusted,
            sign: if aspect == Aspect::Location { outcome.statistic } else { f64::NAN },
            refusal: None,
        },
        Err(refusal) => Evidence { p: None, sign: f64::NAN, refusal: Some(sentence(refusal)) },
    };
    let (verdict, note) = judge(&pair.row, &evidence, options);
    pair.row.verdict = verdict;
    let notes: Vec<String> = pair.row.note.take().into_iter().chain(note).collect();
    pair.row.note = (!notes.is_empty()).then(|| notes.join("; "));
}

fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing(names) => format!("no value of {}", names.join(" and ")),
        Refusal::Unrepeated => {
            "published without its repetitions: the scatter between runs is not known; --published-values N assumes N \
             values behind each printed mean and standard deviation"
                .to_owned()
        }
        Refusal::Unspread => "published without its standard deviation: the scatter is not known".to_owned(),
        Refusal::Test(error) => error.to_string(),
    }
}
