//! Rows and columns as the layout asks for them; what varies beside them makes separate tables.

use std::collections::{BTreeMap, BTreeSet};

use vana_types::Cell;

use super::entry::{Digits, Notes, Place, line, remarks};
use super::grid::{Grid, Units, Value, Values, name_units, values};
use super::{Column, Content, Entry, Findings, Panel, Row, Table, significance};
use crate::label;
use crate::projection::Key;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, value_of};

/// One table per value of what is neither row nor column; none without a layout.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    if !view.layout.is_projected() {
        return Vec::new();
    }
    tables(view).into_iter().map(|(fixed, cells)| table(view, &fixed, &cells)).collect()
}

/// How many tables there are, and the keys in which they differ.
pub fn count(view: &View<'_>) -> (usize, Vec<Key>) {
    let tables = tables(view);
    let differs = |index: &usize| {
        let values: BTreeSet<&Value> = tables.keys().filter_map(|fixed| fixed.get(*index)).collect();
        values.len() > 1
    };
    let keys = view.layout.tables().into_iter().enumerate().filter(|(index, _)| differs(index));
    (tables.len(), keys.map(|(_, key)| key).collect())
}

fn tables<'a>(view: &View<'a>) -> BTreeMap<Values, Vec<&'a Cell>> {
    let keys = view.layout.tables();
    let mut tables: BTreeMap<Values, Vec<&Cell>> = BTreeMap::new();
    for cell in &view.results.cells {
        tables.entry(values(view, &keys, cell)).or_default().push(cell);
    }
    // Bookkeeping is in measurements.csv.
    tables.retain(|_, cells| cells.iter().any(|cell| value_of(cell).is_some()));
    tables
}

/// The words of a value where nothing else says which key it is of.
fn words(view: &View<'_>, key: Key, id: &str) -> String {
    match key {
        Key::System => view.system_short(id),
        Key::Workload => view.workload_short(id),
        Key::Clients => id.parse().map_or("no number of clients".to_owned(), label::clients),
        Key::Metric => label::metric_label(id),
        Key::Statistic => label::statistic_label(id),
    }
}

fn joined(view: &View<'_>, keys: &[Key], values: &[Value]) -> String {
    let all = keys.iter().zip(values).map(|(key, (_, id))| words(view, *key, id));
    all.collect::<Vec<_>>().join(", ")
}

fn table(view: &View<'_>, fixed: &[Value], cells: &[&Cell]) -> Table {
    let grid = Grid::of(view, cells);
    let prefixes = Prefixes::choose(cells);
    let digits = |cell: &Cell| {
        let alike =
            |other: &&&Cell| other.key.metric == cell.key.metric && other.key.statistic == cell.key.statistic;
        Digits::choose(prefixes.of(cell), cells.iter().filter(alike).copied())
    };
    let mut notes = Notes::default();
    let mut entries = entries(view, &grid, digits, &mut notes);
    let units = Units::of(&grid, |cell| prefixes.of(cell).in_brackets());
    if units == Units::Numbers {
        name_units(&grid, &mut entries, |cell| prefixes.of(cell).symbol);
    }
    let row_keys = view.layout.rows();
    let mut rows: Vec<Row> = grid
        .rows
        .iter()
        .enumerate()
        .map(|(row, values)| {
            let label = match (row_keys, values.as_slice()) {
                ([Key::Clients], [(_, clients)]) if !clients.is_empty() => clients.clone(),
                _ => joined(view, row_keys, values),
            };
            let own = (0..grid.columns.len())
                .map(|column| entries.remove(&(row, column)).unwrap_or_else(|| Entry::new(Content::Blank)));
            Row::new(format!("{label}{}", units.of_row(row)), own.collect())
        })
        .collect();
    let mut columns: Vec<Column> = grid
        .columns
        .iter()
        .enumerate()
        .map(|(index, values)| column(view, values, &units.of_column(index)))
        .collect();
    if row_keys == [Key::System] {
        rows.extend(significance::row(&rows, &mut notes, view));
    }
    let mut panels = vec![Panel { heading: None, rows }];
    if view.layout.columns() == [Key::System] {
        columns.extend(significance::column(&mut panels, &mut notes, view));
    }
    let has_p = row_keys == [Key::System] || view.layout.columns() == [Key::System];
    let p = has_p.then(|| significance::p_remark(cells, view)).flatten();
    let (about, below) = remarks(cells, marks_best(view), view);
    let stub: Vec<&str> = row_keys.iter().map(|key| key.heading()).collect();
    Table {
        name: name(view, fixed),
        caption: format!("{}{}.{about}", caption(view, fixed), units.of_table()),
        stub: stub.join(", "),
        columns,
        panels,
        notes: notes.0,
        remarks: legend(view, cells).chain(below).chain(p).collect(),
        is_whole: false,
        findings: Findings::default(),
    }
}

fn entries(
    view: &View<'_>,
    grid: &Grid<'_>,
    digits: impl Fn(&Cell) -> Digits,
    notes: &mut Notes,
) -> BTreeMap<(usize, usize), Entry> {
    let mut entries = BTreeMap::new();
    for places in grid.peers(view) {
        let cell = |place: &(usize, usize)| grid.cells.get(place).copied();
        // What no system has is no gap.
        if !places.iter().any(|place| cell(place).is_some()) {
            continue;
        }
        let is_sure = |place: &(usize, usize)| {
            let own = |keys: &[Key], values: &Values| {
                keys.iter().zip(values).any(|(key, (_, id))| {
                    *key == Key::System && view.ambiguous.iter().any(|name| name.id == *id)
                })
            };
            let row = grid.rows.get(place.0).is_some_and(|row| own(view.layout.rows(), row));
            let column = grid.columns.get(place.1).is_some_and(|c| own(view.layout.columns(), c));
            !row && !column
        };
        let line_places: Vec<Place<'_>> =
            places.iter().map(|at| Place { span: 1, cell: cell(at), expected: is_sure(at) }).collect();
        entries.extend(places.iter().copied().zip(line(&line_places, &digits, notes, view)));
    }
    entries
}

/// The last key heads a column, those before it stand above.
fn column(view: &View<'_>, values: &[Value], unit: &str) -> Column {
    let keys = view.layout.columns();
    let Some((last, above)) = keys.split_last() else { return Column::new(unit.trim().to_owned(), None) };
    let own = values.last().map(|(_, id)| words(view, *last, id)).unwrap_or_default();
    let group = (!above.is_empty()).then(|| joined(view, above, values));
    Column::new(format!("{own}{unit}"), group)
}

fn marks_best(view: &View<'_>) -> &'static str {
    match (view.layout.rows(), view.layout.columns()) {
        (_, [Key::System]) => "the row",
        ([Key::System], _) => "the column",
        (rows, columns) if rows.contains(&Key::System) || columns.contains(&Key::System) => {
            "the systems under the same conditions"
        }
        _ => "",
    }
}

fn caption(view: &View<'_>, fixed: &[Value]) -> String {
    let keys = view.layout.tables();
    let list = |keys: &[Key]| keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" and ");
    let (rows, columns) = (list(view.layout.rows()), list(view.layout.columns()));
    let fixed = joined(view, &keys, fixed);
    let fixed = if fixed.is_empty() { "All numbers".to_owned() } else { fixed };
    if columns.is_empty() {
        format!("{fixed}, by {rows}")
    } else {
        format!("{fixed}, by {rows} and {columns}")
    }
}

fn name(view: &View<'_>, fixed: &[Value]) -> String {
    let fixed = fixed.iter().map(|(_, id)| if id.is_empty() { "all".to_owned() } else { file_part(id) });
    let keys = view.layout.rows().iter().chain(view.layout.columns()).map(|key| key.name().to_owned());
    fixed.chain(["by".to_owned()]).chain(keys).collect::<Vec<_>>().join("-")
}

/// What the keys among the names stand for.
fn legend<'v>(view: &'v View<'_>, cells: &'v [&Cell]) -> impl Iterator<Item = String> {
    let is_system = |name: &&Name| cells.iter().any(|cell| cell.key.system == name.id);
    let is_workload = |name: &&Name| cells.iter().any(|cell| cell.key.workload == name.id);
    let systems = view.all_systems().filter(is_system);
    let all = systems.chain(view.workloads.iter().filter(is_workload));
    all.filter(|name| name.key.is_some()).map(Name::with_key).collect::<Vec<_>>().into_iter()
}
