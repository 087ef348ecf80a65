//! Which numbers can be compared: the same metric, statistic, workload and number of clients.

use std::collections::{BTreeMap, HashMap};

use vana_stats::{Sample, Summary};
use vana_types::{CellKey, Measurement, Origin, Unit, statistic};

use crate::group::{Group, group};

/// What is known of one system in a setting.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// One value per repetition.
    Sample(Sample),
    /// A published mean, and its standard deviation where printed.
    Printed {
        /// The mean.
        mean: f64,
        /// Of the values behind it.
        stdev: Option<f64>,
        /// How many there are, where a count is printed beside it.
        n: Option<u64>,
    },
    /// A number that is lost, or none at all.
    Nothing,
}

impl Known {
    /// Number of repetitions; `None` where a publication does not say.
    pub fn count(&self) -> Option<u32> {
        match self {
            Self::Sample(sample) => Some(sample.count() as u32),
            Self::Printed { .. } => None,
            Self::Nothing => Some(0),
        }
    }

    /// The mean over repetitions.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::Sample(sample) => Some(sample.mean()),
            Self::Printed { mean, .. } => Some(*mean),
            Self::Nothing => None,
        }
    }

    /// As a summary, with `values` values behind a printed one.
    pub fn summary(&self, values: u64) -> Option<Summary> {
        match self {
            Self::Sample(sample) => Summary::of(sample).ok(),
            Self::Printed { mean, stdev, .. } => Some(Summary { mean: *mean, stdev: (*stdev)?, n: values }),
            Self::Nothing => None,
        }
    }
}

/// All systems under one workload and number of clients.
pub(crate) struct Setting {
    /// What was measured, of which run; the system is empty.
    pub key: CellKey,
    /// Unit of the values.
    pub unit: Unit,
    /// What is known of each system.
    pub systems: BTreeMap<String, Known>,
}

impl Setting {
    /// Whether two settings ask the same of different workloads or numbers of clients.
    pub fn is_one_question(&self, other: &Self) -> bool {
        (&self.key.metric, &self.key.statistic) == (&other.key.metric, &other.key.statistic)
    }
}

/// The settings of all metrics and statistics that are wanted: those in the order of first appearance, then by workload
/// and number of clients.
pub(crate) fn settings(
    measurements: &[Measurement],
    order: &[String],
    wanted: &impl Fn(&str, &str) -> bool,
) -> Vec<Setting> {
    let groups = group(measurements);
    let beside = [statistic::STDEV, statistic::COUNT].map(|name| beside_means(&groups, name));
    let mut questions: Vec<(String, String)> = Vec::new();
    let mut found: BTreeMap<(usize, String, Option<u32>), Setting> = BTreeMap::new();
    for group in groups.into_iter().filter(|group| wanted(&group.key.metric, &group.key.statistic)) {
        if !order.contains(&group.key.system) {
            continue;
        }
        let question = (group.key.metric.clone(), group.key.statistic.clone());
        let place = questions.iter().position(|known| *known == question).unwrap_or_else(|| {
            questions.push(question);
            questions.len() - 1
        });
        let setting =
            found.entry((place, group.key.workload.clone(), group.key.clients)).or_insert_with(|| Setting {
                key: CellKey { system: String::new(), ..group.key.clone() },
                unit: group.measurements[0].unit,
                systems: BTreeMap::new(),
            });
        let known = known(&group, &beside);
        setting.systems.insert(group.key.system, known);
    }
    found.into_values().collect()
}

/// The first number of a statistic, by the key of the mean beside it.
fn beside_means(groups: &[Group<'_>], name: &str) -> HashMap<CellKey, f64> {
    let of_statistic = groups.iter().filter(|group| group.key.statistic == name);
    of_statistic
        .filter_map(|group| {
            let key = CellKey { statistic: statistic::MEAN.to_owned(), ..group.key.clone() };
            Some((key, group.measurements.first()?.value?))
        })
        .collect()
}

fn known(group: &Group<'_>, [stdevs, counts]: &[HashMap<CellKey, f64>; 2]) -> Known {
    let values: Vec<f64> = group.measurements.iter().filter_map(|measurement| measurement.value).collect();
    let is_published = group.measurements.iter().all(|measurement| measurement.origin == Origin::Published);
    match (is_published, values.as_slice()) {
        (true, [mean, ..]) => Known::Printed {
            mean: *mean,
            stdev: stdevs.get(&group.key).copied(),
            n: counts.get(&group.key).filter(|count| **count >= 1.0).map(|count| *count as u64),
        },
        _ => Sample::new(values).map_or(Known::Nothing, Known::Sample),
    }
}
