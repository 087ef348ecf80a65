//! The tables that queries ask.

use std::collections::HashMap;

use polars::prelude::{Column, DataFrame, IntoLazy, PolarsResult};
use polars::sql::SQLContext;
use vana_types::{Cell, CellKey, Class, Comparison, Measurement, Origin, System};

/// The column that lost cells leave empty.
pub(super) const VALUE: &str = "value";

/// A table that a query may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Measurements,
    Cells,
    Systems,
    Comparisons,
}

impl Table {
    const ALL: [Self; 4] = [Self::Measurements, Self::Cells, Self::Systems, Self::Comparisons];

    const fn name(self) -> &'static str {
        match self {
            Self::Measurements => "measurements",
            Self::Cells => "cells",
            Self::Systems => "systems",
            Self::Comparisons => "comparisons",
        }
    }
}

/// All tables as frames.
pub(crate) struct Tables {
    /// In the order of [`Table::ALL`].
    frames: [DataFrame; 4],
    values: Values,
    cell_of: Vec<Option<usize>>,
}

/// The column of values of measurements and of cells.
#[derive(Clone)]
pub(crate) struct Values {
    measured: Vec<Option<f64>>,
    shown: Vec<Option<f64>>,
}

impl Values {
    /// Those of a table, by row; none where it has no such column.
    pub fn of(&self, table: Table) -> &[Option<f64>] {
        match table {
            Table::Measurements => &self.measured,
            Table::Cells => &self.shown,
            Table::Systems | Table::Comparisons => &[],
        }
    }
}

impl Tables {
    /// From what they hold.
    pub fn new(
        measurements: &[Measurement],
        cells: &[Cell],
        systems: &[System],
        comparisons: &[Comparison],
    ) -> PolarsResult<Self> {
        let frames = [
            of_measurements(measurements)?,
            of_cells(cells)?,
            of_systems(systems)?,
            of_comparisons(comparisons)?,
        ];
        let values = Values {
            measured: measurements.iter().map(|row| row.value).collect(),
            shown: cells.iter().map(|row| row.estimate.value).collect(),
        };
        Ok(Self { frames, values, cell_of: cells_of(measurements, cells) })
    }

    /// Their values.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Their values with others for some published measurements, by index, and for the cells that show them.
    pub fn with(&self, others: &[(usize, Option<f64>)]) -> Values {
        let mut values = self.values.clone();
        for &(index, value) in others {
            values.measured[index] = value;
            if let Some(cell) = self.cell_of[index] {
                values.shown[cell] = value;
            }
        }
        values
    }

    /// Makes them known to a query.
    pub fn register(&self, context: &SQLContext) {
        for table in Table::ALL {
            context.register(table.name(), self.frame(table).clone().lazy());
        }
    }

    /// One of them.
    pub fn frame(&self, table: Table) -> &DataFrame {
        &self.frames[table as usize]
    }

    /// Which of them a frame is. The planner empties columns that a query does not read, and leaves their names.
    pub fn which(&self, frame: &DataFrame) -> Option<Table> {
        let is_frame = |table: &Table| {
            let known = self.frame(*table);
            known.height() == frame.height() && known.get_column_names() == frame.get_column_names()
        };
        Table::ALL.into_iter().find(is_frame)
    }

    /// For each measurement whether one of these rows of a table shows it.
    pub fn shown_by(&self, table: Table, rows: &[usize]) -> Vec<bool> {
        let mut is_in = vec![false; self.frame(table).height()];
        for &row in rows {
            is_in[row] = true;
        }
        match table {
            Table::Measurements => is_in,
            Table::Cells => self.cell_of.iter().map(|cell| cell.is_some_and(|cell| is_in[cell])).collect(),
            Table::Systems | Table::Comparisons => vec![false; self.cell_of.len()],
        }
    }
}

/// The cell of each published measurement that is one: the first of its key, unless something better is known.
fn cells_of(measurements: &[Measurement], cells: &[Cell]) -> Vec<Option<usize>> {
    let mut free: HashMap<&CellKey, usize> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.origin == Origin::Published)
        .map(|(place, cell)| (&cell.key, place))
        .collect();
    let key = |one: &Measurement| CellKey {
        system: one.system.clone(),
        workload: one.workload.clone(),
        clients: one.clients,
        metric: one.metric.clone(),
        statistic: one.statistic.clone(),
        operation: None,
    };
    let is_cell = |one: &Measurement| one.origin == Origin::Published && one.operation.is_none();
    measurements.iter().map(|one| if is_cell(one) { free.remove(&key(one)) } else { None }).collect()
}

/// A column of names; `None` is null.
fn texts<'a, T>(name: &str, rows: &'a [T], of: impl Fn(&'a T) -> Option<&'a str>) -> Column {
    Column::new(name.into(), rows.iter().map(of).collect::<Vec<Option<&str>>>())
}

fn numbers<T>(name: &str, rows: &[T], of: impl Fn(&T) -> Option<f64>) -> Column {
    Column::new(name.into(), rows.iter().map(of).collect::<Vec<Option<f64>>>())
}

fn counts<T>(name: &str, rows: &[T], of: impl Fn(&T) -> Option<u32>) -> Column {
    // 64 bits, so that differences of counts may be negative.
    let counts: Vec<Option<i64>> = rows.iter().map(|row| of(row).map(i64::from)).collect();
    Column::new(name.into(), counts)
}

fn of_measurements(rows: &[Measurement]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        texts("system", rows, |row| Some(&row.system)),
        texts("workload", rows, |row| Some(&row.workload)),
        counts("clients", rows, |row| row.clients),
        counts("repetition", rows, |row| row.repetition),
        texts("metric", rows, |row| Some(&row.metric)),
        texts("statistic", rows, |row| Some(&row.statistic)),
        numbers(VALUE, rows, |row| row.value),
        texts("unit", rows, |row| Some(row.unit.symbol())),
        texts("origin", rows, |row| Some(row.origin.name())),
        texts("operation", rows, |row| row.operation.as_deref()),
        texts("status", rows, |row| Some(row.status.name())),
        texts("printed", rows, |row| row.printed.as_deref()),
        texts("note", rows, |row| row.note.as_deref()),
    ])
}

fn of_cells(rows: &[Cell]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        texts("system", rows, |row| Some(&row.key.system)),
        texts("workload", rows, |row| Some(&row.key.workload)),
        counts("clients", rows, |row| row.key.clients),
        texts("metric", rows, |row| Some(&row.key.metric)),
        texts("statistic", rows, |row| Some(&row.key.statistic)),
        numbers(VALUE, rows, |row| row.estimate.value),
        texts("unit", rows, |row| Some(row.unit.symbol())),
        texts("origin", rows, |row| Some(row.origin.name())),
        counts("n", rows, |row| row.estimate.n),
        numbers("stdev", rows, |row| row.estimate.stdev),
        numbers("low", rows, |row| row.estimate.interval.map(|interval| interval.low)),
        numbers("high", rows, |row| row.estimate.interval.map(|interval| interval.high)),
        numbers("median", rows, |row| row.estimate.median),
        numbers("median_low", rows, |row| row.estimate.median_interval.map(|interval| interval.low)),
        numbers("median_high", rows, |row| row.estimate.median_interval.map(|interval| interval.high)),
        texts("status", rows, |row| Some(row.status.name())),
        texts("note", rows, |row| row.note.as_deref()),
    ])
}

fn of_systems(rows: &[System]) -> PolarsResult<DataFrame> {
    let class = |row: &System| {
        row.class.map(|class| match class {
            Class::Bare => "bare",
            Class::Container => "container",
            Class::Vm => "vm",
            Class::Unikernel => "unikernel",
        })
    };
    DataFrame::new_infer_height(vec![
        texts("id", rows, |row| Some(&row.id)),
        texts("label", rows, |row| Some(row.shown())),
        texts("class", rows, class),
    ])
}

fn of_comparisons(rows: &[Comparison]) -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        texts("metric", rows, |row| Some(&row.metric)),
        texts("statistic", rows, |row| Some(&row.statistic)),
        texts("workload", rows, |row| Some(&row.workload)),
        counts("clients", rows, |row| row.clients),
        texts("baseline", rows, |row| Some(&row.baseline)),
        texts("system", rows, |row| Some(&row.system)),
        texts("unit", rows, |row| Some(row.unit.symbol())),
        counts("n_baseline", rows, |row| row.n_baseline),
        counts("n_system", rows, |row| row.n_system),
        numbers("baseline_mean", rows, |row| row.baseline_mean),
        numbers("system_mean", rows, |row| row.system_mean),
        numbers("ratio", rows, |row| row.ratio),
        numbers("ratio_low", rows, |row| row.ratio_low),
        numbers("ratio_high", rows, |row| row.ratio_high),
        texts("test", rows, |row| Some(&row.test)),
        numbers("p", rows, |row| row.p),
        numbers("p_adjusted", rows, |row| row.p_adjusted),
        texts("adjust", rows, |row| Some(&row.adjust)),
        counts("family_size", rows, |row| Some(row.family_size)),
        numbers("smallest_p", rows, |row| row.smallest_p),
        numbers("p_equivalence", rows, |row| row.p_equivalence),
        numbers("difference", rows, |row| row.difference),
        numbers("difference_low", rows, |row| row.difference_low),
        numbers("difference_high", rows, |row| row.difference_high),
        numbers("hodges_lehmann", rows, |row| row.hodges_lehmann),
        numbers("hodges_lehmann_low", rows, |row| row.hodges_lehmann_low),
        numbers("hodges_lehmann_high", rows, |row| row.hodges_lehmann_high),
        numbers("hedges_g", rows, |row| row.hedges_g),
        numbers("cliffs_delta", rows, |row| row.cliffs_delta),
        numbers("a12", rows, |row| row.a12),
        texts("verdict", rows, |row| Some(row.verdict.name())),
        texts("note", rows, |row| row.note.as_deref()),
    ])
}
