//! What was judged about cells, found by their keys.

use std::collections::BTreeMap;

use vana_types::{CellKey, Judgement, Letters};

/// Metric, statistic, workload, number of clients: what systems are compared under.
type Line<'a> = (&'a str, &'a str, &'a str, Option<u32>);

/// Letters of significance, by key.
#[derive(Debug, Default)]
pub struct Judged<'a>(BTreeMap<Line<'a>, &'a Letters>);

impl<'a> Judged<'a> {
    /// Indexes a judgement.
    pub fn of(judgement: &'a Judgement) -> Self {
        let line = |l: &'a Letters| (&*l.metric, &*l.statistic, &*l.workload, l.clients);
        Self(judgement.letters.iter().map(|letters| (line(letters), letters)).collect())
    }

    /// The test of all systems under the metric, statistic, workload and number of clients of a cell.
    pub fn group(&self, key: &CellKey) -> Option<&'a Letters> {
        self.0.get(&(&*key.metric, &*key.statistic, &*key.workload, key.clients)).copied()
    }

    /// The letters of a cell.
    pub fn letters(&self, key: &CellKey) -> Option<&'a str> {
        let all = &self.group(key)?.systems;
        let own = all.iter().find(|(system, _)| *system == key.system)?;
        Some(own.1.as_str()).filter(|letters| !letters.is_empty())
    }
}
