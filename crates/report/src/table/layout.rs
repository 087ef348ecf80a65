//! Which systems are columns, and where ambiguous numbers stand.

use vana_types::Cell;

use super::Column;
use super::entry::Place;
use crate::view::{Name, View, value_of};

/// The columns of a table with systems side by side.
#[derive(Debug)]
pub struct Systems<'v> {
    /// Systems, then ambiguous names that need a column of their own.
    columns: Vec<&'v Name>,
    /// Ambiguous names that span the columns of their candidates: first column and number of columns.
    spans: Vec<(&'v Name, usize, usize)>,
}

impl<'v> Systems<'v> {
    /// Columns for all systems that `cells` name.
    pub fn of(cells: &[&Cell], view: &'v View<'_>) -> Self {
        let is_named = |id: &str| {
            cells.iter().any(|cell| cell.key.system == id || cell.candidates.iter().any(|c| c == id))
        };
        let mut columns: Vec<&Name> = view.systems.iter().filter(|name| is_named(&name.id)).collect();
        let mut spans: Vec<(&Name, usize, usize)> = Vec::new();
        let mut own = Vec::new();
        for name in view.ambiguous.iter().filter(|name| is_named(&name.id)) {
            match span_of(name, &columns, cells) {
                Some((first, count))
                    if spans.iter().all(|(_, f, n)| first + count <= *f || f + n <= first) =>
                {
                    spans.push((name, first, count));
                }
                _ => own.push(name),
            }
        }
        columns.extend(own);
        Self { columns, spans }
    }

    /// Headings, short.
    pub fn headings(&self) -> Vec<Column> {
        self.columns.iter().map(|name| Column::new(name.short().to_owned(), None)).collect()
    }

    /// What the keys among the headings stand for.
    pub fn legend(&self) -> Vec<String> {
        self.columns.iter().filter(|name| name.key.is_some()).map(|name| name.with_key()).collect()
    }

    /// The places of one line, where `cell` finds the cell of a system.
    pub fn places<'a>(&self, cell: impl Fn(&str) -> Option<&'a Cell>) -> Vec<Place<'a>> {
        let mut places = Vec::new();
        let mut column = 0;
        while let Some(name) = self.columns.get(column) {
            let spanning = self.spans.iter().find(|(_, first, _)| *first == column);
            let ambiguous = spanning.and_then(|(name, _, span)| Some((cell(&name.id)?, *span)));
            let (found, span) =
                ambiguous.map_or_else(|| (cell(&name.id), 1), |(found, span)| (Some(found), span));
            places.push(Place { span, cell: found, expected: name.candidates.is_empty() });
            column += span;
        }
        places
    }
}

/// The neighbouring columns of the candidates; `None` where they are apart or have values of their own beside an
/// ambiguous one.
fn span_of(name: &Name, columns: &[&Name], cells: &[&Cell]) -> Option<(usize, usize)> {
    let mut places: Vec<usize> = name
        .candidates
        .iter()
        .map(|candidate| columns.iter().position(|column| column.id == *candidate))
        .collect::<Option<_>>()?;
    places.sort_unstable();
    places.dedup();
    let (first, last) = (*places.first()?, *places.last()?);
    let collides = |ambiguous: &&&Cell| {
        cells.iter().any(|cell| {
            name.candidates.contains(&cell.key.system)
                && value_of(cell).is_some()
                && (cell.key.clients, &cell.key.statistic, &cell.key.workload, &cell.key.metric)
                    == (
                        ambiguous.key.clients,
                        &ambiguous.key.statistic,
                        &ambiguous.key.workload,
                        &ambiguous.key.metric,
                    )
        })
    };
    let is_free = !cells.iter().filter(|cell| cell.key.system == name.id).any(|cell| collides(&cell));
    (last - first + 1 == places.len() && is_free).then_some((first, places.len()))
}
