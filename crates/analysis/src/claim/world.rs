//! The study under every reading of its ambiguous names.

use std::collections::BTreeSet;

use vana_types::{Comparison, Measurement, Status, System};

use super::doubt;
use super::file::ClaimsError;
use super::tables::Tables;
use crate::cells;
use crate::reading::{Reading, assume, candidates};

/// More readings than this are not tried.
const WORLDS_LIMIT: usize = 64;

/// What does not depend on the reading.
pub(super) struct Bench<'a> {
    pub systems: Vec<System>,
    pub comparisons: &'a [Comparison],
    pub alpha: f64,
}

impl Bench<'_> {
    fn tables(&self, measurements: &[Measurement]) -> Result<Tables, String> {
        let cells = cells(measurements, self.alpha);
        Tables::new(measurements, &cells, &self.systems, self.comparisons).map_err(|error| error.to_string())
    }
}

/// The study under a reading of each ambiguous name.
pub(super) struct World {
    /// The reading; empty for the study as it stands.
    pub name: String,
    pub measurements: Vec<Measurement>,
    pub tables: Tables,
    /// Places of the cells that are lost, and of those that are doubtful.
    pub lost: Vec<usize>,
    pub suspect: Vec<usize>,
}

impl World {
    fn new(bench: &Bench<'_>, name: String, measurements: Vec<Measurement>) -> Result<Self, String> {
        let tables = bench.tables(&measurements)?;
        let (lost, suspect) = (doubt::lost(&measurements), doubt::suspect(&measurements));
        Ok(Self { name, measurements, tables, lost, suspect })
    }
}

/// The study as it stands, and then under every combination of readings.
pub(super) fn worlds(bench: &Bench<'_>, measurements: &[Measurement]) -> Result<Vec<World>, ClaimsError> {
    let unusable = |message| ClaimsError::Malformed { path: "measurements".into(), line: 0, message };
    let mut worlds = vec![World::new(bench, String::new(), measurements.to_vec()).map_err(unusable)?];
    let names: BTreeSet<&str> = measurements
        .iter()
        .filter(|one| !candidates(&one.system, one.status).is_empty())
        .map(|one| one.system.as_str())
        .collect();
    let mut readings: Vec<Vec<Reading>> = vec![Vec::new()];
    for name in names {
        let systems = candidates(name, Status::Ambiguous);
        readings = readings
            .into_iter()
            .flat_map(|before| {
                systems.iter().map(move |system| {
                    let reading = Reading { name: name.to_owned(), system: system.clone() };
                    before.iter().cloned().chain([reading]).collect()
                })
            })
            .collect();
    }
    if readings.len() > WORLDS_LIMIT {
        let message = format!("{} readings are possible; --assume some of them", readings.len());
        return Err(unusable(message));
    }
    for readings in readings.iter().filter(|readings| !readings.is_empty()) {
        let mut assumed = measurements.to_vec();
        assume(&mut assumed, readings)?;
        let name = readings.iter().map(|reading| format!("\"{}\" is {}", reading.name, reading.system));
        let name = name.collect::<Vec<_>>().join(", ");
        worlds.push(World::new(bench, name, assumed).map_err(unusable)?);
    }
    Ok(worlds)
}
