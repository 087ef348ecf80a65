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

/// Values of cells, by index.
pub(crate) type Values = Vec<(usize, Option<f64>)>;

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
pub(crate) fn possible(measurements: &[Measurement], lost: &[usize]) -> Option<Vec<Values>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use vana_types::{Origin, Unit};

    fn cell(system: &str, clients: u32, name: &str, value: Option<f64>) -> Measurement {
        Measurement {
            system: system.into(),
            workload: "http".into(),
            clients: Some(clients),
            repetition: None,
            metric: "latency".into(),
            statistic: name.into(),
            value,
            unit: Unit::Seconds,
            origin: Origin::Published,
            operation: None,
            status: if value.is_some() { Status::Read } else { Status::Lost },
            printed: None,
            note: None,
        }
    }

    #[test]
    fn only_the_cells_that_make_a_difference_are_touched() {
        let mut asked = 0;
        let mut differs = |cells: &[usize]| -> Result<bool, ()> {
            asked += 1;
            Ok(cells.iter().any(|cell| matches!(cell, 3 | 11)))
        };
        let all: Vec<usize> = (0..16).collect();
        assert_eq!(touched(&all, &mut differs), Ok(vec![3, 11]));
        assert_eq!(asked, 15);
    }

    #[test]
    fn a_lost_mean_lies_between_nothing_and_the_maximum_beside_it() {
        let cells =
            [cell("a", 1, "mean", None), cell("a", 1, "max", Some(8.0)), cell("b", 1, "max", Some(9.0))];
        let possible: Vec<f64> =
            possible(&cells, &[0]).unwrap().into_iter().filter_map(|values| values[0].1).collect();
        assert_eq!(possible, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    }

    #[test]
    fn without_a_maximum_beside_it_the_highest_of_its_metric_bounds_it() {
        let cells =
            [cell("a", 1, "max", None), cell("a", 1, "mean", Some(2.0)), cell("b", 1, "max", Some(9.0))];
        assert_eq!(bounds(&cells, &cells[0]), Some((2.0, 9.0)));
        assert_eq!(bounds(&cells[..1], &cells[0]), None);
    }

    #[test]
    fn the_cells_of_several_systems_move_by_themselves() {
        let cells = [
            cell("a", 1, "mean", None),
            cell("b", 1, "mean", None),
            cell("b", 2, "mean", None),
            cell("c", 1, "mean", Some(4.0)),
        ];
        let all = possible(&cells, &[0, 1, 2]).unwrap();
        assert_eq!(all.len(), 25);
        assert_eq!(all[1], [(0, Some(0.0)), (1, Some(1.0)), (2, Some(1.0))]);
    }

    #[test]
    fn cells_are_named_by_their_clients() {
        let cells: Vec<Measurement> = (1..=6).map(|clients| cell("a", clients, "mean", None)).collect();
        assert_eq!(names(&cells, &[0]), "a latency mean at 1 client");
        assert_eq!(names(&cells, &[0, 1]), "a latency mean at 1, 2 clients");
        assert_eq!(names(&cells, &[0, 1, 2, 3, 5]), "a latency mean at 1 to 6 clients (5 cells)");
    }
}
