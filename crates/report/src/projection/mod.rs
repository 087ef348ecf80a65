//! Which numbers are shown, and which of their keys become rows, columns and separate tables.

mod filter;
mod order;
mod parser;
mod select;
mod token;

use std::fmt;
use std::str::FromStr;

use vana_types::Results;

use crate::table::count_projected;
use crate::view::View;

pub use filter::{Filter, FilterError, Subject};
pub use order::Order;
pub(crate) use order::value_of;

/// Tables that one layout may make.
const MOST_TABLES: usize = 200;

/// What tells numbers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// System under test.
    System,
    /// What was asked of it.
    Workload,
    /// Number of concurrent clients.
    Clients,
    /// What was measured.
    Metric,
    /// Which statistic of it.
    Statistic,
}

impl Key {
    /// All keys.
    pub const ALL: [Self; 5] = [Self::System, Self::Workload, Self::Clients, Self::Metric, Self::Statistic];

    /// The name on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Workload => "workload",
            Self::Clients => "clients",
            Self::Metric => "metric",
            Self::Statistic => "statistic",
        }
    }

    /// The heading of a column of them.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Workload => "Workload",
            Self::Clients => "Clients",
            Self::Metric => "Metric",
            Self::Statistic => "Statistic",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(name: &str) -> Result<Self, UnknownKey> {
        Self::ALL.into_iter().find(|key| key.name() == name).ok_or_else(|| UnknownKey(name.to_owned()))
    }
}

/// A name that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown key \"{0}\" (known: system, workload, clients, metric, statistic)")]
pub struct UnknownKey(String);

/// How the tables of numbers are laid out, and what is shown at all. The default shows everything, with a layout that
/// suits each metric.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    rows: Vec<Key>,
    columns: Vec<Key>,
    /// Of the keys that name one.
    orders: Vec<(Key, Order)>,
    filter: Filter,
}

impl Layout {
    /// A layout from lists of keys, separated by commas, and a filter; empty texts mean the default. A key may name the
    /// order of its values: `clients@num`, `system@alpha`, `system@(osv docker)`, where the last shows no others.
    ///
    /// ```
    /// let layout = vana_report::Layout::parse("clients", "system", "metric:latency -clients:1").unwrap();
    /// assert!(layout.is_projected());
    /// assert!(vana_report::Layout::parse("clients", "clients", "").is_err());
    /// ```
    pub fn parse(rows: &str, columns: &str, filter: &str) -> Result<Self, LayoutError> {
        let (rows, columns) = (order::fields("--row", rows)?, order::fields("--col", columns)?);
        let keys = |fields: &[(Key, Option<Order>)]| fields.iter().map(|(key, _)| *key).collect();
        // By itself first, so that an error names its own columns.
        let own = Filter::parse(filter)?;
        let mut layout = Self::new(keys(&rows), keys(&columns), own)?;
        let named = rows.into_iter().chain(columns).filter_map(|(key, order)| Some((key, order?)));
        layout.orders = named.collect();
        let listed = order::as_filter(&layout.orders);
        if !listed.is_empty() {
            let both =
                if filter.trim().is_empty() { listed } else { format!("({}) {listed}", filter.trim()) };
            layout.filter = Filter::parse(&both)?;
        }
        Ok(layout)
    }

    /// A layout of keys. Where only rows or only columns are named, the other side gets the first key that is left of
    /// system, clients, statistic.
    pub fn new(mut rows: Vec<Key>, mut columns: Vec<Key>, filter: Filter) -> Result<Self, LayoutError> {
        for (index, key) in rows.iter().chain(&columns).enumerate() {
            if rows.iter().chain(&columns).skip(index + 1).any(|other| other == key) {
                return Err(LayoutError::Twice(*key));
            }
        }
        let free = |taken: &[Key]| {
            [Key::System, Key::Clients, Key::Statistic].into_iter().find(|key| !taken.contains(key))
        };
        match (rows.is_empty(), columns.is_empty()) {
            (false, true) => columns.extend(free(&rows)),
            (true, false) => rows.extend(free(&columns)),
            _ => {}
        }
        Ok(Self { rows, columns, orders: Vec::new(), filter })
    }

    /// Whether rows and columns were named, so that tables of numbers are laid out by them.
    pub fn is_projected(&self) -> bool {
        !self.rows.is_empty() || !self.columns.is_empty()
    }

    /// Keys that become rows.
    pub fn rows(&self) -> &[Key] {
        &self.rows
    }

    /// Keys that become columns.
    pub fn columns(&self) -> &[Key] {
        &self.columns
    }

    /// Keys that become neither: numbers that differ in one of them stand in separate tables.
    pub fn tables(&self) -> Vec<Key> {
        Key::ALL.into_iter().filter(|key| !self.rows.contains(key) && !self.columns.contains(key)).collect()
    }

    /// The order of a key's values; `None` for the report's own.
    pub fn order(&self, key: Key) -> Option<&Order> {
        self.orders.iter().find(|(named, _)| *named == key).map(|(_, order)| order)
    }

    /// What is shown.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Refuses a layout that makes more tables than anyone reads.
    pub(crate) fn check(&self, view: &View<'_>) -> Result<(), LayoutError> {
        if !self.is_projected() {
            return Ok(());
        }
        let (count, keys) = count_projected(view);
        if count <= MOST_TABLES {
            return Ok(());
        }
        let keys = keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" or ");
        Err(LayoutError::TooMany { count, most: MOST_TABLES, keys })
    }

    /// The results that the filter matches, everything else as it was. Fails where it matches no number.
    pub fn select(&self, results: &Results) -> Result<Results, LayoutError> {
        select::select(&self.filter, results)
    }
}

/// Why a layout was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A name in a list of keys is none.
    #[error("{flag}: {source}")]
    Key {
        /// Which list.
        flag: &'static str,
        /// The name.
        source: UnknownKey,
    },
    /// An order was not understood.
    #[error("{flag}: {key}: {what}")]
    Order {
        /// Which list.
        flag: &'static str,
        /// Of which key.
        key: Key,
        /// What is wrong with it.
        what: String,
    },
    /// A key can become rows or columns, not both, and once.
    #[error("{0} is named twice in --row and --col")]
    Twice(Key),
    /// The filter was not understood.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The filter leaves nothing.
    #[error("no number matches the filter \"{filter}\"{known}")]
    Nothing {
        /// The filter.
        filter: String,
        /// Which values there are of its keys.
        known: String,
    },
    /// The layout would make more tables than anyone reads.
    #[error("this layout makes {count} tables, more than {most}: name {keys} in --row or --col, or filter")]
    TooMany {
        /// How many tables.
        count: usize,
        /// How many are allowed.
        most: usize,
        /// Keys that vary from table to table.
        keys: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_gets_what_is_left() {
        let sides = |rows, columns| {
            let layout = Layout::parse(rows, columns, "").unwrap();
            (layout.rows().to_vec(), layout.columns().to_vec())
        };
        assert_eq!(sides("clients", ""), (vec![Key::Clients], vec![Key::System]));
        assert_eq!(sides("system, workload", ""), (vec![Key::System, Key::Workload], vec![Key::Clients]));
        assert_eq!(sides("", "system"), (vec![Key::Clients], vec![Key::System]));
        assert_eq!(sides("", ""), (vec![], vec![]));
    }

    #[test]
    fn what_is_listed_is_all_that_is_shown() {
        let filter =
            |rows, columns, filter| Layout::parse(rows, columns, filter).unwrap().filter().text().to_owned();
        assert_eq!(
            filter("system@(a \"b c\")", "clients@(1 10)", ""),
            "system:(\"a\" OR \"b c\") clients:(\"1\" OR \"10\")"
        );
        assert_eq!(filter("system@(a)", "", "metric:m OR metric:n"), "(metric:m OR metric:n) system:(\"a\")");
        assert_eq!(filter("system@alpha", "", "metric:m"), "metric:m");
    }

    #[test]
    fn a_layout_that_makes_no_sense_is_refused() {
        let error = |rows, columns, filter| Layout::parse(rows, columns, filter).unwrap_err().to_string();
        assert_eq!(error("system", "clients,system", ""), "system is named twice in --row and --col");
        assert_eq!(
            error("client", "", ""),
            "--row: unknown key \"client\" (known: system, workload, clients, metric, statistic)"
        );
        assert_eq!(error("", "", "*)"), "filter, column 2: there is no \"(\" that this \")\" could close");
    }
}
