//! What a query rests on: lost cells may have been anything that is possible, suspect ones may be wrong.

use std::collections::BTreeMap;

use vana_types::{Measurement, Status, statistic};

/// How many values are tried for the lost cells of each of so many systems; beyond them nobody waits for the answers.
const LEVELS: [usize; 7] = [1, 9, 5, 3, 2, 2, 2];

/// Indices of the published cells without a value.
pub(crate) fn lost(measurements: &[Measurement]) -> Vec<usize> {
    indices(measurements, |one| one.status == Status::Lost && one.value.is_none())
}

/// Indices of the published cells whose value is probably wrong or another's.
pub(crate) fn suspect(measurements: &[Measurement]) -> Vec<usize> {
    indices(measurements, |one| matches!(one.status, Status::Suspect | Status::Uncertain))
}

fn indices(measurements: &[Measurement], is_meant: impl Fn(&Measurement) -> bool) -> Vec<usize> {
    measurements.iter().enumerate().filter(|(_, one)| is_meant(one)).map(|(index, _)| index).collect()
}

/// Those of `indices` that make a difference, by halves: `differs` says whether a set does.
pub(crate) fn touched<E>(
    indices: &[usize],
    differs: &mut impl FnMut(&[usize]) -> Result<bool, E>,
) -> Result<Vec<usize>, E> {
    if indices.is_empty() || !differs(indices)? {
        return Ok(Vec::new());
    }
    if let [one] = indices {
        return Ok(vec![*one]);
    }
    let (left, right) = indices.split_at(indices.len() / 2);
    let mut found = touched(left, differs)?;
    found.extend(touched(right, differs)?);
    Ok(found)
}

/// The measurements with other values in some cells.
pub(crate) fn with(measurements: &[Measurement], values: &[(usize, Option<f64>)]) -> Vec<Measurement> {
    let mut filled = measurements.to_vec();
    for &(index, value) in values {
        filled[index].value = value;
    }
    filled
}

/// A value beyond all that are known, to see whether a cell makes a difference.
pub(crate) fn beyond(measurements: &[Measurement]) -> f64 {
    1e3 * (1.0 + measurements.iter().filter_map(|one| one.value).map(f64::abs).fold(0.0, f64::max))
}

/// What lost cells may have been, from the least to the most: all of a system at the same level, each system by itself.
/// An answer that rises or falls with the cells of every system lies between those given here; the levels between the
/// ends are for those that do not. `None` where there are too many systems, or nothing bounds a cell.
pub(crate) fn possible(
    measurements: &[Measurement],
    lost: &[usize],
) -> Option<Vec<Vec<(usize, Option<f64>)>>> {
    let mut by_system = BTreeMap::<&str, Vec<(usize, f64, f64)>>::new();
    for &index in lost {
        let (low, high) = bounds(measurements, &measurements[index])?;
        by_system.entry(&measurements[index].system).or_default().push((index, low, high));
    }
    let levels = *LEVELS.get(by_system.len())?;
    let mut possible = vec![Vec::new()];
    for cells in by_system.values() {
        let at = |level: usize| {
            let share = level as f64 / (levels - 1).max(1) as f64;
            cells.iter().map(move |&(index, low, high)| (index, Some(low + share * (high - low))))
        };
        let more = possible.iter().flat_map(|known: &Vec<_>| {
            (0..levels).map(move |level| known.iter().copied().chain(at(level)).collect())
        });
        possible = more.collect();
    }
    Some(possible)
}

/// A lost number is not negative. It is not above the maximum printed beside it; where that is lost too, not above the
/// highest number printed of its metric. A lost maximum is not below the mean beside it, a share not above one.
fn bounds(measurements: &[Measurement], cell: &Measurement) -> Option<(f64, f64)> {
    let beside = |name: &str| {
        let is_beside = |one: &&Measurement| {
            one.statistic == name
                && (&one.system, &one.workload, one.clients, &one.metric)
                    == (&cell.system, &cell.workload, cell.clients, &cell.metric)
        };
        measurements.iter().find(is_beside).and_then(|one| one.value)
    };
    if cell.statistic == statistic::WITHIN_STDEV {
        return Some((0.0, 1.0));
    }
    let low = if cell.statistic == statistic::MAX { beside(statistic::MEAN) } else { None };
    let is_kin = |one: &&Measurement| {
        one.metric == cell.metric && one.workload == cell.workload && one.unit == cell.unit
    };
    let highest = || measurements.iter().filter(is_kin).filter_map(|one| one.value).reduce(f64::max);
    let high = if cell.statistic == statistic::MAX { None } else { beside(statistic::MAX) };
    high.or_else(highest).map(|high| (low.unwrap_or(0.0), high))
}

/// So many numbers of clients are listed one by one.
const NAMED: usize = 4;

/// Cells for people: `OSv latency mean at 10, 20, 30 clients; …`.
pub(crate) fn names(measurements: &[Measurement], cells: &[usize]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for &index in cells {
        let one = &measurements[index];
        let what = format!("{} {} {}", one.system, one.metric, one.statistic);
        let clients = one.clients.map(|clients| clients.to_string());
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, known)) => known.extend(clients),
            None => groups.push((what, clients.into_iter().collect())),
        }
    }
    let show = |(what, clients): (String, Vec<String>)| match clients.as_slice() {
        [] => what,
        [one] if one == "1" => format!("{what} at 1 client"),
        [first, .., last] if clients.len() > NAMED => {
            format!("{what} at {first} to {last} clients ({} cells)", clients.len())
        }
        few => format!("{what} at {} clients", few.join(", ")),
    };
    groups.into_iter().map(show).collect::<Vec<_>>().join("; ")
}
