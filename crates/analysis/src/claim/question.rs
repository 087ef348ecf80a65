//! A claim's query under one reading.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::answer::Answer;
use super::doubt;
use super::expectation::Expectation;
use super::file::Claim;
use super::query::Query;
use super::tables::Values;
use super::world::World;

/// Why a claim cannot be checked at all, and where the fault lies.
pub(super) enum Fault {
    Query(String),
    Expectation(String),
}

/// A claim and a world to check it in.
pub(super) struct Question<'a> {
    pub world: &'a World,
    pub claim: &'a Claim,
    query: Query,
    reach: OnceCell<Vec<bool>>,
}

impl<'a> Question<'a> {
    /// Plans the query for the rows of this world.
    pub fn new(world: &'a World, claim: &'a Claim) -> Result<Self, Fault> {
        let query = Query::new(&claim.query, &world.tables).map_err(Fault::Query)?;
        Ok(Self { world, claim, query, reach: OnceCell::new() })
    }

    /// What the world answers.
    pub fn ask(&self) -> Result<Answer, Fault> {
        self.ask_of(self.world.tables.values())
    }

    /// What it answers with other values in some cells.
    pub fn ask_with(&self, values: &[(usize, Option<f64>)]) -> Result<Answer, Fault> {
        self.ask_of(&self.world.tables.with(values))
    }

    fn ask_of(&self, values: &Values) -> Result<Answer, Fault> {
        let answer = Answer::of(&self.query, values).map_err(Fault::Query)?;
        Ok(if matches!(self.claim.expectation, Expectation::Order(_)) { answer } else { answer.sorted() })
    }

    /// Those of some cells that make a difference to the answer.
    pub fn touched(&self, answer: &Answer, cells: &[usize]) -> Result<Vec<usize>, Fault> {
        if cells.is_empty() {
            return Ok(Vec::new());
        }
        let reach = self.reach.get_or_init(|| self.query.reach(&self.world.tables));
        let beyond = doubt::beyond(&self.world.measurements);
        // Halves differ in cells that the query never sees, and then need not be asked again.
        let mut known: HashMap<Vec<usize>, bool> = HashMap::from([(Vec::new(), false)]);
        let mut differs = |cells: &[usize]| {
            let seen: Vec<usize> = cells.iter().copied().filter(|&cell| reach[cell]).collect();
            if let Some(known) = known.get(&seen) {
                return Ok(*known);
            }
            let mut is_other = false;
            for value in [beyond, 0.0] {
                let values: Vec<_> = seen.iter().map(|&cell| (cell, Some(value))).collect();
                is_other = is_other || !self.ask_with(&values)?.is_same(answer);
            }
            known.insert(seen, is_other);
            Ok(is_other)
        };
        doubt::touched(cells, &mut differs)
    }
}
