//! A query: read and planned once, asked of many tables.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, Expr, IntoLazy, NewChunkedArray, Operator, PolarsResult,
};
use polars::sql::SQLContext;
use polars_expr::state::ExecutionState;
use polars_mem_engine::create_physical_plan;
use polars_plan::plans::{IR, IRPlan};
use polars_plan::prelude::{Arena, Node};
use polars_plan::utils::expr_to_leaf_column_names_iter;

use super::tables::{Table, Tables, VALUE, Values};

/// A query that was planned over some tables. It can be asked of them with other values.
pub(crate) struct Query {
    plan: IRPlan,
    scans: Vec<Scan>,
}

/// A place where the plan reads values of a table.
struct Scan {
    place: Node,
    table: Table,
    /// The rows that can be seen at all, whatever their values are.
    rows: Vec<usize>,
    /// These rows with the columns that are read.
    frame: DataFrame,
}

impl Query {
    /// Plans a query. What goes wrong inside of the engine, be it a panic, is an error.
    pub fn new(text: &str, tables: &Tables) -> Result<Self, String> {
        guarded(|| {
            let mut context = SQLContext::new();
            tables.register(&context);
            let mut plan = context.execute(text)?.to_alp_optimized()?;
            plan.ensure_root_node_is_sink();
            let scans = scans(&mut plan, tables)?;
            Ok(Self { plan, scans })
        })
    }

    /// What the query gives of values in the tables that it was planned over.
    pub fn ask(&self, values: &Values) -> Result<DataFrame, String> {
        guarded(|| {
            let mut plans: Arena<IR> = self.plan.lp_arena.clone();
            for scan in &self.scans {
                let values = values.of(scan.table);
                let seen: Vec<Option<f64>> = scan.rows.iter().map(|&row| values[row]).collect();
                let mut frame = scan.frame.clone();
                frame.with_column(Column::new(VALUE.into(), seen))?;
                if let IR::DataFrameScan { df, .. } = plans.get_mut(scan.place) {
                    *df = Arc::new(frame);
                }
            }
            let mut expressions = self.plan.expr_arena.clone();
            let mut physical = create_physical_plan(self.plan.lp_top, &mut plans, &mut expressions, None)?;
            physical.execute(&mut ExecutionState::new())
        })
    }

    /// For each measurement whether its value can make a difference; false only where a filter keeps it out.
    pub fn reach(&self, tables: &Tables) -> Vec<bool> {
        let mut reached = vec![false; tables.values().of(Table::Measurements).len()];
        for scan in &self.scans {
            let shown = tables.shown_by(scan.table, &scan.rows);
            reached.iter_mut().zip(shown).for_each(|(reached, shown)| *reached |= shown);
        }
        reached
    }
}

/// Finds where a plan reads values, and takes the rows out of what it reads that no value brings past the filter above.
fn scans(plan: &mut IRPlan, tables: &Tables) -> PolarsResult<Vec<Scan>> {
    let mut scans = Vec::new();
    let mut open = vec![plan.lp_top];
    while let Some(node) = open.pop() {
        let inputs: Vec<Node> = plan.lp_arena.get(node).inputs().collect();
        for &place in &inputs {
            let IR::DataFrameScan { df, output_schema, .. } = plan.lp_arena.get(place) else { continue };
            let reads_values = output_schema.as_ref().is_none_or(|columns| columns.contains(VALUE));
            // Where no row can pass, the planner puts an empty frame, and no value changes that.
            let Some(table) = tables.which(df).filter(|_| reads_values) else { continue };
            let whole = tables.frame(table);
            let mut scan = Scan { place, table, rows: (0..whole.height()).collect(), frame: whole.clone() };
            if let Some(columns) = output_schema {
                scan.frame = scan.frame.select(columns.iter_names_cloned())?;
            }
            if let IR::Filter { predicate, .. } = plan.lp_arena.get(node) {
                let (sieve, is_all) = sieve(predicate.to_expr(&plan.expr_arena));
                if let Some(passes) = sieve.and_then(|sieve| passing(&sieve, whole)) {
                    scan.rows.retain(|&row| passes[row]);
                    scan.frame = scan.frame.filter(&BooleanChunked::from_slice("".into(), &passes))?;
                    if is_all {
                        // What is left need not be filtered again.
                        scan.place = node;
                    }
                }
            }
            let (schema, df) = (scan.frame.schema().clone(), Arc::new(scan.frame.clone()));
            plan.lp_arena.replace(scan.place, IR::DataFrameScan { df, schema, output_schema: None });
            scans.push(scan);
        }
        open.extend(inputs);
    }
    Ok(scans)
}

/// Polars' SQL is young: a query that nobody thought of may panic, and must not take the program with it.
fn guarded<T>(work: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
        Err(_) => Err("the query is beyond what the SQL engine can do".to_owned()),
    }
}

/// The parts of a condition that all must hold and do not ask for the value, and whether these are all of it.
fn sieve(condition: Expr) -> (Option<Expr>, bool) {
    if let Expr::BinaryExpr { left, op: Operator::And | Operator::LogicalAnd, right } = condition {
        let (left, is_all_left) = sieve(Arc::unwrap_or_clone(left));
        let (right, is_all_right) = sieve(Arc::unwrap_or_clone(right));
        return (left.into_iter().chain(right).reduce(Expr::and), is_all_left && is_all_right);
    }
    let asks_for_value = expr_to_leaf_column_names_iter(&condition).any(|name| name == VALUE);
    if asks_for_value { (None, false) } else { (Some(condition), true) }
}

/// Which rows meet a condition; `None` where that cannot be told row by row.
fn passing(sieve: &Expr, frame: &DataFrame) -> Option<Vec<bool>> {
    let found = guarded(|| frame.clone().lazy().select([sieve.clone().alias("passes")]).collect()).ok()?;
    let passes: Vec<bool> =
        found.column("passes").ok()?.bool().ok()?.iter().map(|passes| passes == Some(true)).collect();
    (passes.len() == frame.height()).then_some(passes)
}

#[cfg(test)]
mod tests {
    use vana_types::{Class, Measurement, Origin, Status, System, Unit};

    use super::*;
    use crate::cells;

    /// Three systems at two numbers of clients, of which the last value is lost; with other values for some.
    fn tables(others: &[(usize, Option<f64>)]) -> Tables {
        let one = |(place, (system, clients)): (usize, (&str, u32))| Measurement {
            system: system.into(),
            workload: "http".into(),
            clients: Some(clients),
            repetition: None,
            metric: "latency".into(),
            statistic: "mean".into(),
            value: (place < 5).then_some(1.5 * place as f64),
            unit: Unit::Seconds,
            origin: Origin::Published,
            operation: None,
            status: if place < 5 { Status::Read } else { Status::Lost },
            printed: None,
            note: None,
        };
        let places = [("a", 1), ("a", 10), ("b", 1), ("b", 10), ("c", 1), ("c", 10)];
        let mut measurements: Vec<Measurement> = places.into_iter().enumerate().map(one).collect();
        for &(place, value) in others {
            measurements[place].value = value;
        }
        let systems =
            ["a", "b", "c"].map(|id| System { id: id.into(), label: None, class: Some(Class::Bare) });
        Tables::new(&measurements, &cells(&measurements, 0.05), &systems, &[]).unwrap()
    }

    const QUERIES: [&str; 9] = [
        "SELECT system, value FROM measurements",
        "SELECT system, AVG(value) AS mean FROM measurements WHERE clients > 1 GROUP BY system ORDER BY mean DESC, system",
        "SELECT SUM(value) FROM cells WHERE system = 'c' AND value > 1",
        "SELECT COUNT(*) FROM measurements WHERE value IS NOT NULL",
        "WITH a AS (SELECT clients, value AS one FROM measurements WHERE system = 'a'), c AS (SELECT clients, value AS other
         FROM cells WHERE system = 'c') SELECT a.clients, other - one FROM a JOIN c ON a.clients = c.clients ORDER BY a.clients",
        "SELECT systems.id, MAX(value) FROM measurements JOIN systems ON measurements.system = systems.id GROUP BY
         systems.id ORDER BY systems.id",
        "SELECT COUNT(*) FROM systems",
        "SELECT 1 FROM measurements WHERE system = 'a' AND system = 'b'",
        "SELECT 'low', MIN(value) FROM cells WHERE clients = 1 UNION ALL SELECT 'high', MAX(value) FROM measurements",
    ];

    #[test]
    fn a_plan_gives_of_other_values_what_a_new_one_would() {
        let plain = tables(&[]);
        for text in QUERIES {
            let planned = Query::new(text, &plain).unwrap();
            let two = [(4, None), (0, Some(-2.0))];
            for others in [&[][..], &[(5, Some(7.0))], &two, &[(5, Some(0.0)), (1, Some(9e9))]] {
                let found = planned.ask(&plain.with(others)).unwrap();
                let varied = tables(others);
                let mut context = SQLContext::new();
                varied.register(&context);
                let expected = context.execute(text).unwrap().collect().unwrap();
                assert!(found.equals_missing(&expected), "{text}: {others:?}: {found} {expected}");
            }
        }
    }

    #[test]
    fn only_rows_behind_a_filter_are_out_of_reach() {
        let tables = tables(&[]);
        let reach = |text: &str| -> Vec<usize> {
            let reach = Query::new(text, &tables).unwrap().reach(&tables);
            (0..reach.len()).filter(|&place| reach[place]).collect()
        };
        let expected: [&[usize]; 9] = [
            &[0, 1, 2, 3, 4, 5],
            &[1, 3, 5],
            &[4, 5],
            &[0, 1, 2, 3, 4, 5],
            &[0, 1, 4, 5],
            &[0, 1, 2, 3, 4, 5],
            &[],
            &[],
            &[0, 1, 2, 3, 4, 5],
        ];
        assert_eq!(QUERIES.map(reach), expected);
    }

    #[test]
    fn what_is_no_query_is_an_error() {
        assert_eq!(
            Query::new("SELECT nothing FROM measurements", &tables(&[])).err().as_deref(),
            Some(
                "not found: unable to find column \"nothing\"; valid columns: [\"system\", \"workload\", \"clients\", \"repetition\", \"metric\", \"statistic\", \"value\", \"unit\", \"origin\", \"operation\", \"status\", \"printed\", \"note\"]"
            )
        );
    }
}
