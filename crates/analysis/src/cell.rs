//! Repetitions become cells.

use vana_stats::Sample;
use vana_types::{Cell, Estimate, Interval, IntervalKind, Measurement, Origin, Status};

use crate::group::{Group, group, group_all};
use crate::reading::candidates;

/// One cell for the repetitions of each number, in the order of first appearance.
pub fn cells(measurements: &[Measurement], alpha: f64) -> Vec<Cell> {
    group(measurements).into_iter().filter_map(|group| cell(group, alpha)).collect()
}

/// The same of the operations within the requests, which have cells of their own.
pub(crate) fn operation_cells(measurements: &[Measurement], alpha: f64) -> Vec<Cell> {
    let all = measurements.iter().filter(|measurement| measurement.operation.is_some());
    group_all(all).into_iter().filter_map(|group| cell(group, alpha)).collect()
}

fn cell(Group { key, measurements: group }: Group<'_>, alpha: f64) -> Option<Cell> {
    let first = group.first()?;
    let values: Vec<f64> = group.iter().filter_map(|measurement| measurement.value).collect();
    let status = group.iter().map(|measurement| measurement.status).find(|status| *status != Status::Read);
    let origin = first.origin;
    let estimate = if origin == Origin::Published {
        // A publication prints one number over all its repetitions, and rarely how many there were.
        Estimate {
            value: first.value,
            interval: None,
            stdev: None,
            median: None,
            median_interval: None,
            n: None,
        }
    } else {
        estimate(values, alpha)
    };
    Some(Cell {
        candidates: candidates(&key.system, first.status),
        key,
        estimate,
        unit: first.unit,
        origin,
        status: status.unwrap_or(Status::Read),
        note: group.iter().find_map(|measurement| measurement.note.clone()),
    })
}

fn estimate(values: Vec<f64>, alpha: f64) -> Estimate {
    let n = Some(values.len() as u32);
    let Ok(sample) = Sample::new(values) else {
        return Estimate { value: None, interval: None, stdev: None, median: None, median_interval: None, n };
    };
    let level = 1.0 - alpha;
    let interval = sample.t_interval(level).map(|(low, high)| Interval {
        low,
        high,
        level,
        kind: IntervalKind::StudentT,
    });
    let median_interval = sample.median_interval(level).map(|(low, high, level)| Interval {
        low,
        high,
        level,
        kind: IntervalKind::OrderStatistic,
    });
    Estimate {
        value: Some(sample.mean()),
        interval,
        stdev: sample.stdev(),
        median: Some(sample.median()),
        median_interval,
        n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vana_types::Unit;

    fn measurement(repetition: Option<u32>, value: Option<f64>, origin: Origin) -> Measurement {
        Measurement {
            system: "osv".into(),
            workload: "http".into(),
            clients: Some(10),
            repetition,
            metric: "request_rate".into(),
            statistic: "mean".into(),
            value,
            unit: Unit::PerSecond,
            origin,
            operation: None,
            status: Status::Read,
            printed: None,
            note: None,
        }
    }

    #[test]
    fn repetitions_become_one_cell_with_their_interval() {
        let runs: Vec<_> =
            (1..=3).map(|n| measurement(Some(n), Some(f64::from(n)), Origin::Computed)).collect();
        let cells = cells(&runs, 0.05);
        assert_eq!(cells.len(), 1);
        let Estimate { value, interval, stdev, median, n, .. } = &cells[0].estimate;
        assert_eq!((*value, *stdev, *median, *n), (Some(2.0), Some(1.0), Some(2.0), Some(3)));
        // scipy.stats.t.interval(0.95, 2, 2, 1 / sqrt(3))
        let interval = interval.unwrap();
        assert!((interval.low - -0.484_137_711_718_917_4).abs() < 1e-9);
        assert!((interval.high - 4.484_137_711_718_917).abs() < 1e-9);
    }

    #[test]
    fn what_was_computed_comes_before_what_was_published() {
        let both = [
            measurement(None, Some(9.0), Origin::Published),
            measurement(Some(1), Some(2.0), Origin::Computed),
        ];
        let cells = cells(&both, 0.05);
        assert_eq!(
            (cells[0].estimate.value, cells[0].origin, cells[0].estimate.n),
            (Some(2.0), Origin::Computed, Some(1))
        );
    }

    #[test]
    fn a_lost_number_stays_a_cell() {
        let mut lost = measurement(None, None, Origin::Published);
        lost.status = Status::Lost;
        let cells = cells(&[lost], 0.05);
        assert_eq!((cells[0].estimate.value, cells[0].status), (None, Status::Lost));
    }
}
