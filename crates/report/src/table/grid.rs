//! Cells by row and column of a layout, and where their units stand.

use std::collections::{BTreeMap, BTreeSet};

use vana_types::Cell;

use super::{Content, Entry};
use crate::label;
use crate::projection::{Key, value_of};
use crate::view::View;

/// A value of a key: its place among the others and its text in the results.
pub type Value = ((usize, u64), String);
/// Values of several keys.
pub type Values = Vec<Value>;

/// The values of some keys of a cell.
pub fn values(view: &View<'_>, keys: &[Key], cell: &Cell) -> Values {
    keys.iter().map(|key| value(view, *key, cell)).collect()
}

fn value(view: &View<'_>, key: Key, cell: &Cell) -> Value {
    if let Some(order) = view.layout.order(key) {
        let value = value_of(key, &cell.key);
        let first = || view.results.cells.iter().position(|other| value_of(key, &other.key) == value);
        return (order.place(&value, || first().unwrap_or(usize::MAX)), value);
    }
    match key {
        Key::System => ((view.system_place(&cell.key.system), 0), cell.key.system.clone()),
        Key::Workload => ((view.workload_place(&cell.key.workload), 0), cell.key.workload.clone()),
        Key::Clients => {
            let clients = cell.key.clients;
            let order = clients.map_or(0, |clients| clients as usize + 1);
            ((order, 0), clients.map(|clients| clients.to_string()).unwrap_or_default())
        }
        Key::Metric => {
            let place = view.metrics().iter().position(|metric| *metric == cell.key.metric);
            ((place.unwrap_or(usize::MAX), 0), cell.key.metric.clone())
        }
        Key::Statistic => {
            let (rank, percent) = label::statistic_rank(&cell.key.statistic);
            ((rank as usize, percent), cell.key.statistic.clone())
        }
    }
}

/// The cells of one table by row and column.
pub struct Grid<'a> {
    /// Values of each row.
    pub rows: Vec<Values>,
    /// Values of each column.
    pub columns: Vec<Values>,
    /// Cells by the places of their row and column.
    pub cells: BTreeMap<(usize, usize), &'a Cell>,
}

impl<'a> Grid<'a> {
    /// Rows and columns of cells, sorted.
    pub fn of(view: &View<'_>, cells: &[&'a Cell]) -> Self {
        let (row_keys, column_keys) = (view.layout.rows(), view.layout.columns());
        let distinct = |keys: &[Key]| -> Vec<Values> {
            let all: BTreeSet<Values> = cells.iter().map(|cell| values(view, keys, cell)).collect();
            all.into_iter().collect()
        };
        let (rows, columns) = (distinct(row_keys), distinct(column_keys));
        let place = |all: &[Values], own: &Values| all.binary_search(own).unwrap_or_default();
        let at = |cell: &&Cell| {
            (place(&rows, &values(view, row_keys, cell)), place(&columns, &values(view, column_keys, cell)))
        };
        let cells = cells.iter().map(|cell| (at(cell), *cell)).collect();
        Self { rows, columns, cells }
    }

    /// Places that differ in their system alone, in reading order: what is compared with each other.
    pub fn peers(&self, view: &View<'_>) -> Vec<Vec<(usize, usize)>> {
        let without_system = |keys: &[Key], values: &Values| -> Values {
            let kept = keys.iter().zip(values).filter(|(key, _)| **key != Key::System);
            kept.map(|(_, value)| value.clone()).collect()
        };
        let rows: Vec<Values> = self.rows.iter().map(|row| without_system(view.layout.rows(), row)).collect();
        let columns: Vec<Values> =
            self.columns.iter().map(|column| without_system(view.layout.columns(), column)).collect();
        let mut peers: BTreeMap<(&Values, &Values), Vec<(usize, usize)>> = BTreeMap::new();
        for (row, row_values) in rows.iter().enumerate() {
            for (column, column_values) in columns.iter().enumerate() {
                peers.entry((row_values, column_values)).or_default().push((row, column));
            }
        }
        peers.into_values().collect()
    }
}

/// Where the units stand.
#[derive(Debug, PartialEq, Eq)]
pub enum Units {
    /// One for all.
    Table(String),
    /// One per column.
    Columns(Vec<String>),
    /// One per row.
    Rows(Vec<String>),
    /// One per number.
    Numbers,
}

impl Units {
    /// The first place that has one unit for all that stands there.
    pub fn of(grid: &Grid<'_>, unit: impl Fn(&Cell) -> String) -> Self {
        let of = |is_here: &dyn Fn(&(usize, usize)) -> bool| -> Option<String> {
            let here = grid.cells.iter().filter(|(at, _)| is_here(at));
            let units: BTreeSet<String> = here.map(|(_, cell)| unit(cell)).collect();
            if units.len() > 1 { None } else { Some(units.into_iter().next().unwrap_or_default()) }
        };
        if let Some(unit) = of(&|_| true) {
            return Self::Table(unit);
        }
        let columns: Option<_> = (0..grid.columns.len()).map(|column| of(&|at| at.1 == column)).collect();
        let rows = || (0..grid.rows.len()).map(|row| of(&|at| at.0 == row)).collect::<Option<_>>();
        columns.map(Self::Columns).or_else(|| rows().map(Self::Rows)).unwrap_or(Self::Numbers)
    }

    /// What the caption says of it.
    pub fn of_table(&self) -> &str {
        if let Self::Table(unit) = self { unit } else { "" }
    }

    /// What the label of a row says of it.
    pub fn of_row(&self, row: usize) -> &str {
        if let Self::Rows(units) = self { units.get(row).map_or("", String::as_str) } else { "" }
    }

    /// What the heading of a column says of it.
    pub fn of_column(&self, column: usize) -> String {
        if let Self::Columns(units) = self {
            units.get(column).cloned().unwrap_or_default()
        } else {
            String::new()
        }
    }
}

/// Puts the unit behind each number.
pub fn name_units(
    grid: &Grid<'_>,
    entries: &mut BTreeMap<(usize, usize), Entry>,
    symbol: impl Fn(&Cell) -> &'static str,
) {
    for (at, entry) in entries {
        let symbol = grid.cells.get(at).map(|cell| symbol(cell)).filter(|symbol| !symbol.is_empty());
        if let (Content::Number { unit, .. }, Some(symbol)) = (&mut entry.content, symbol) {
            *unit = Some(symbol.to_owned());
        }
    }
}
