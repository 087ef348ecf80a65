//! A query: read and planned once, asked of many tables.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{DataFrame, Expr, IntoLazy, Operator, PolarsResult};
use polars::sql::SQLContext;
use polars_expr::state::ExecutionState;
use polars_mem_engine::create_physical_plan;
use polars_plan::plans::{IR, IRPlan};
use polars_plan::prelude::{Arena, Node};
use polars_plan::utils::expr_to_leaf_column_names_iter;

use super::tables::{Table, Tables, VALUE};

/// A query that was planned over some tables. It can be asked of them and of others that differ from them in nothing
/// but values.
pub(crate) struct Query {
    plan: IRPlan,
    scans: Vec<Scan>,
}

/// A place where the plan reads a table.
struct Scan {
    place: Node,
    table: Table,
    /// What every row must meet to be seen at all, as far as it does not ask for the value.
    sieve: Option<Expr>,
}

impl Query {
    /// Plans a query. What goes wrong inside of the engine, be it a panic, is an error.
    pub fn new(text: &str, tables: &Tables) -> Result<Self, String> {
        guarded(|| {
            let context = SQLContext::new();
            tables.register(&context);
            Self::planned({ context }.execute(text)?.to_alp_optimized()?, tables)
        })
    }

    fn planned(mut plan: IRPlan, tables: &Tables) -> PolarsResult<Self> {
        plan.ensure_root_node_is_sink();
        let mut scans = Vec::new();
        let mut open = vec![plan.lp_top];
        while let Some(node) = open.pop() {
            let above = plan.lp_arena.get(node);
            for place in above.inputs() {
                open.push(place);
                let IR::DataFrameScan { df, .. } = plan.lp_arena.get(place) else { continue };
                // Where no row can pass, the planner puts an empty frame, and no value changes that.
                let Some(table) = tables.which(df) else { continue };
                let sieve = match above {
                    IR::Filter { predicate, .. } => sieve(predicate.to_expr(&plan.expr_arena)),
                    _ => None,
                };
                scans.push(Scan { place, table, sieve });
            }
        }
        Ok(Self { plan, scans })
    }

    /// What the query gives of tables that have the rows of those it was planned over.
    pub fn ask(&self, tables: &Tables) -> Result<DataFrame, String> {
        guarded(|| {
            let mut plans: Arena<IR> = self.plan.lp_arena.clone();
            for scan in &self.scans {
                if let IR::DataFrameScan { df, .. } = plans.get_mut(scan.place) {
                    *df = Arc::clone(tables.frame(scan.table));
                }
            }
            let mut expressions = self.plan.expr_arena.clone();
            let mut physical = create_physical_plan(self.plan.lp_top, &mut plans, &mut expressions, None)?;
            physical.execute(&mut ExecutionState::new())
        })
    }

    /// For each measurement whether its value can make a difference; false only where a filter keeps it out.
    pub fn reach(&self, tables: &Tables) -> Vec<bool> {
        let mut reached = vec![false; tables.measurements()];
        for scan in &self.scans {
            let rows = match &scan.sieve {
                Some(sieve) => passing(sieve, tables.frame(scan.table)),
                None => None,
            };
            tables.mark(scan.table, rows.as_deref(), &mut reached);
        }
        reached
    }
}

/// Polars' SQL is young: a query that nobody thought of may panic, and must not take the program with it.
fn guarded<T>(work: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
        Err(_) => Err("the query is beyond what the SQL engine can do".to_owned()),
    }
}

/// The parts of a condition that all must hold and do not ask for the value.
fn sieve(condition: Expr) -> Option<Expr> {
    if let Expr::BinaryExpr { left, op: Operator::And | Operator::LogicalAnd, right } = condition {
        let (left, right) = (sieve(Arc::unwrap_or_clone(left)), sieve(Arc::unwrap_or_clone(right)));
        return left.into_iter().chain(right).reduce(Expr::and);
    }
    let asks_for_value = expr_to_leaf_column_names_iter(&condition).any(|name| name == VALUE);
    (!asks_for_value).then_some(condition)
}

/// Which rows meet a condition; `None` where that cannot be told row by row.
fn passing(sieve: &Expr, frame: &DataFrame) -> Option<Vec<bool>> {
    let found = guarded(|| frame.clone().lazy().select([sieve.clone().alias("passes")]).collect()).ok()?;
    let passes: Vec<bool> =
        found.column("passes").ok()?.bool().ok()?.iter().map(|passes| passes == Some(true)).collect();
    (passes.len() == frame.height()).then_some(passes)
}
