//! Which measurements are repetitions of one number.

use std::collections::HashMap;

use vana_types::{CellKey, Measurement};

/// Repetitions of one number, never empty.
pub(crate) struct Group<'a> {
    /// Which number.
    pub key: CellKey,
    /// Its repetitions, all of one origin.
    pub measurements: Vec<&'a Measurement>,
}

/// Puts the repetitions of each number together, in the order of first appearance. Where a number is known from more
/// than one origin, the one computed from requests comes before what a tool printed and that before what was published.
pub(crate) fn group(measurements: &[Measurement]) -> Vec<Group<'_>> {
    group_all(measurements.iter().filter(|measurement| measurement.operation.is_none()))
}

/// The same, where numbers of one operation are numbers of their own.
pub(crate) fn group_all<'a>(measurements: impl Iterator<Item = &'a Measurement>) -> Vec<Group<'a>> {
    let mut places: HashMap<CellKey, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for measurement in measurements {
        let key = CellKey {
            system: measurement.system.clone(),
            workload: measurement.workload.clone(),
            clients: measurement.clients,
            metric: measurement.metric.clone(),
            statistic: measurement.statistic.clone(),
            operation: measurement.operation.clone(),
        };
        let place = *places.entry(key.clone()).or_insert_with(|| {
            groups.push(Group { key, measurements: Vec::new() });
            groups.len() - 1
        });
        groups[place].measurements.push(measurement);
    }
    for group in &mut groups {
        let best = group.measurements.iter().map(|measurement| measurement.origin).min();
        group.measurements.retain(|measurement| Some(measurement.origin) == best);
    }
    groups
}
