use std::collections::BTreeMap;

use vana_stats::{Contradiction, Printed, PrintedSummary, contradictions, two_valued};
use vana_types::{Finding, Measurement, Origin, PublishedValues, Quantile, Scale, Severity, Unit, statistic};

use super::checked::about;
use super::message::{number, percent, time};
use super::printed::printed;
use super::threads::{THREAD_EVENTS, uneven_threads};
use super::{Check, Checked};

/// So many values at most are tried when few values are to explain a summary.
const FEW: u64 = 400;
/// Histograms of tools keep two or three digits, so a percentile may be so much above the maximum.
const BINNED: f64 = 1.01;

/// Printed numbers that no values have, or only very few.
pub(super) struct ImpossibleSummary;

impl Check for ImpossibleSummary {
    fn name(&self) -> &'static str {
        "impossible-summary"
    }

    fn about(&self) -> &'static str {
        "Min, mean, stdev, percentiles and max that no values have, or that only a handful of values has."
    }

    fn source(&self) -> &'static str {
        "Bhatia and Davis, American Mathematical Monthly 107 (2000) 353–357; Brown and Heathers, The GRIM Test, Social Psychological and Personality Science 8 (2017) 363–369; Anaya, The GRIMMER Test, PeerJ Preprints 4 (2016) e2400v1"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut groups: BTreeMap<Key<'_>, Vec<&Measurement>> = BTreeMap::new();
        // What vana computes is possible by its making.
        let stated = study.measurements.iter().filter(|one| one.origin != Origin::Computed);
        for one in stated.filter(|one| one.operation.is_none()) {
            let key = (&*one.workload, &*one.system, one.clients, one.repetition, &*one.metric, one.origin);
            groups.entry(key).or_default().push(one);
        }
        for (key, numbers) in groups {
            let mut summary = Summary::of(&numbers);
            if key.5 == Origin::Published {
                summary.know(PublishedValues::of(&study.config.published, summary.metric, key.0), &numbers);
            }
            let said = summary.impossible().map(|message| (Severity::Error, message));
            let Some((severity, message)) = said.or_else(|| Some((Severity::Warning, summary.few()?))) else {
                continue;
            };
            let (workload, system, clients, repetition, ..) = key;
            let mut finding = Finding::new(self.name(), severity, message).of_metric(summary.metric);
            finding.value = summary.printed.stdev.or(summary.printed.mean).map(Printed::value);
            finding.expected = summary.largest_stdev();
            out.push(Finding { repetition, ..about(finding, workload, Some(system), clients) });
        }
        for run in study.runs {
            let (identity, events) = (&run.run.identity, run.run.attributes.get(THREAD_EVENTS));
            let uneven =
                identity.clients.zip(events).and_then(|(threads, text)| uneven_threads(threads, text));
            let Some(message) = uneven else { continue };
            let finding = Finding::new(self.name(), Severity::Error, message);
            let finding = about(finding, &identity.workload, Some(&identity.system), identity.clients);
            out.push(Finding { repetition: Some(identity.repetition), ..finding });
        }
    }
}

type Key<'a> = (&'a str, &'a str, Option<u32>, Option<u32>, &'a str, Origin);

/// What was printed about one metric of one run or cell.
struct Summary<'a> {
    metric: &'a str,
    unit: Unit,
    printed: PrintedSummary,
    within: Option<Printed>,
    /// Percentiles, ascending.
    percentiles: Vec<(&'a str, Printed)>,
    /// Power of ten from the unit in which the values are whole numbers to the base unit, where there is one.
    whole: Option<i8>,
}

impl<'a> Summary<'a> {
    fn of(numbers: &[&'a Measurement]) -> Self {
        let find = |name: &str| numbers.iter().find(|one| one.statistic == name).copied();
        let known = |name| find(name).and_then(printed);
        let unit = find(statistic::MEAN).or(numbers.first().copied()).map_or(Unit::One, |one| one.unit);
        // Neither a time nor a rate is below 0.
        let min = known(statistic::MIN).or_else(|| Printed::new(0, 15));
        let mut percentiles: Vec<(f64, &str, Printed)> = numbers
            .iter()
            .filter_map(|one| {
                let percent = Quantile::from_percent(one.statistic.strip_prefix('p')?).ok()?;
                Some((percent.probability(), one.statistic.as_str(), printed(one)?))
            })
            .collect();
        percentiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut percentiles: Vec<_> = percentiles.into_iter().map(|(_, name, value)| (name, value)).collect();
        percentiles.extend(known(statistic::MAX).map(|max| (statistic::MAX, max)));
        percentiles.splice(0..0, known(statistic::MIN).map(|min| (statistic::MIN, min)));
        Self {
            metric: numbers.first().map_or("", |one| &one.metric),
            unit,
            printed: PrintedSummary {
                count: None,
                mean: known(statistic::MEAN),
                stdev: known(statistic::STDEV),
                min,
                max: known(statistic::MAX),
                is_whole: false,
            },
            within: known(statistic::WITHIN_STDEV).and_then(|share| share.scaled(2)),
            percentiles,
            whole: None,
        }
    }

    /// Takes in what the publication says of its values: how many they are, and in which unit they are whole.
    fn know(&mut self, stated: Option<&PublishedValues>, numbers: &[&Measurement]) {
        let count = numbers.iter().find(|one| one.statistic == statistic::COUNT).and_then(|one| one.value);
        let count = count.filter(|count| *count >= 1.0 && count.fract() == 0.0).map(|count| count as u64);
        self.printed.count = count.or_else(|| stated?.n);
        let scale: Option<Scale> = stated.and_then(|stated| stated.integers_in.as_ref()?.parse().ok());
        self.whole = scale.filter(|scale| scale.unit == self.unit).map(|scale| scale.exponent as i8);
    }

    /// The same numbers in the unit in which the values are whole.
    fn in_whole_unit(&self) -> Option<PrintedSummary> {
        let places = self.whole?.checked_neg()?;
        let scaled = |printed: Option<Printed>| printed.and_then(|printed| printed.scaled(places));
        let PrintedSummary { count, mean, stdev, min, max, .. } = self.printed;
        let [mean, stdev, min, max] = [mean, stdev, min, max].map(scaled);
        Some(PrintedSummary { count, mean, stdev, min, max, is_whole: true })
    }

    fn show(&self, value: f64) -> String {
        match self.unit {
            Unit::Seconds => time(value),
            Unit::PerSecond => format!("{}/s", number(value)),
            unit => format!("{} {unit}", number(value)),
        }
    }

    /// Why no values have this summary.
    fn impossible(&self) -> Option<String> {
        let end = "One of them is a misprint, or they are not of the same values.";
        let falls = self.percentiles.windows(2).find(|pair| pair[0].1.low() > BINNED * pair[1].1.high());
        if let Some([(lower, low), (upper, high)]) = falls {
            let (low, high) = (self.show(low.value()), self.show(high.value()));
            return Some(format!("{}: {lower} is {low}, but {upper} only {high}. {end}", self.metric));
        }
        let of_whole = || contradictions(&self.in_whole_unit()?).first().copied();
        let reason = match contradictions(&self.printed).first().copied().or_else(of_whole)? {
            Contradiction::MinAboveMax => "the smallest value is above the largest".to_owned(),
            Contradiction::MeanOutside => "the mean lies outside the smallest and largest value".to_owned(),
            Contradiction::NegativeStdev => "the stdev is negative".to_owned(),
            Contradiction::StdevTooLarge { most } => {
                format!("with this mean and maximum no stdev is above {}", self.show(most))
            }
            Contradiction::StdevTooSmall { least } => {
                format!("values that reach both ends have a stdev of at least {}", self.show(least))
            }
            Contradiction::MeanOfIntegers => format!("no {} have this mean", self.whole_numbers()),
            Contradiction::StdevOfIntegers => format!("no {} have this mean and stdev", self.whole_numbers()),
        };
        Some(format!("No values have this {}: {reason} ({}). {end}", self.metric, self.shown()))
    }

    fn whole_numbers(&self) -> String {
        self.printed
            .count
            .map_or_else(|| "whole numbers".to_owned(), |count| format!("{count} whole numbers"))
    }

    fn shown(&self) -> String {
        let PrintedSummary { mean, stdev, max, .. } = self.printed;
        let named = [("mean", mean), ("stdev", stdev), ("max", max)];
        let shown: Vec<String> = named
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", self.show((*value)?.value()))))
            .collect();
        shown.join(", ")
    }

    /// The largest stdev of very many values: √((max − mean)(mean − min)).
    fn largest_stdev(&self) -> Option<f64> {
        let (mean, max) = self.printed.mean.zip(self.printed.max)?;
        let min = self.printed.min?;
        Some(((max.value() - mean.value()) * (mean.value() - min.value())).max(0.0).sqrt())
    }

    /// The few values that alone have this summary. Only few can have a stdev above that of very many.
    fn few(&self) -> Option<String> {
        let (mean, stdev) = self.printed.mean.zip(self.printed.stdev)?;
        let (min, max) = (self.printed.min?.value(), self.printed.max?.value());
        if stdev.low() <= self.largest_stdev()? {
            return None;
        }
        let found = two_valued(mean, stdev, (min, max), self.within, FEW)?;
        let rest = found.count - found.at_max;
        let noun = if self.unit == Unit::PerSecond { "window" } else { "value" };
        Some(format!(
            "{}: {} is exactly what {} {noun}s give, {} of {} and {rest} of {} ({} within one stdev): one {noun} in {} \
             had anything. That is no distribution: do not compare its mean or its stdev.",
            self.metric.replace('_', " "),
            self.shown(),
            found.count,
            found.at_max,
            number(max),
            number(min),
            percent(rest as f64 / found.count as f64),
            number(found.count as f64 / found.at_max as f64),
        ))
    }
}
