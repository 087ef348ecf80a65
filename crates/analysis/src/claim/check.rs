//! Claims are checked under every reading.

use std::collections::BTreeSet;

use rayon::prelude::*;
use vana_trace::Study;
use vana_types::{CheckedClaim, ClaimVerdict, Comparison, Measurement, Status, System};

use super::answer::{Answer, show};
use super::doubt;
use super::expectation::{Expectation, Judged};
use super::file::{Claim, Claims, ClaimsError};
use super::tables::Tables;
use crate::cells;
use crate::reading::{Reading, assume, candidates};

/// More readings than this are not tried.
const WORLDS_LIMIT: usize = 64;

/// Checks all claims of a study, in the order of their file. `measurements` are the study's, under the readings that
/// the user asked for; every reading that is left open is tried. `comparisons` may be empty.
///
/// Costs a handful of queries a claim and reading, and for each lost cell that a query touches a few more.
pub fn check_claims(
    study: &Study,
    measurements: &[Measurement],
    comparisons: &[Comparison],
    claims: &Claims,
) -> Result<Vec<CheckedClaim>, ClaimsError> {
    let found = measurements.iter().map(|one| one.system.as_str());
    let bench = Bench { systems: study.systems(found), comparisons, alpha: study.config.alpha };
    let worlds = worlds(&bench, measurements)?;
    let checked: Vec<Result<CheckedClaim, ClaimsError>> = claims
        .claims
        .par_iter()
        .map(|claim| {
            let malformed = |fault: Fault| {
                let (line, message) = match fault {
                    Fault::Query(message) => (claim.lines.0, message),
                    Fault::Expectation(message) => (claim.lines.1, message),
                };
                let message = format!("{}: {message}", claim.id);
                ClaimsError::Malformed { path: claims.path.clone(), line, message }
            };
            check(&worlds, claim).map_err(malformed)
        })
        .collect();
    checked.into_iter().collect()
}

/// What does not depend on the reading.
struct Bench<'a> {
    systems: Vec<System>,
    comparisons: &'a [Comparison],
    alpha: f64,
}

impl Bench<'_> {
    fn tables(&self, measurements: &[Measurement]) -> Result<Tables, String> {
        let cells = cells(measurements, self.alpha);
        Tables::new(measurements, &cells, &self.systems, self.comparisons).map_err(|error| error.to_string())
    }
}

/// The study under a reading of each ambiguous name.
struct World {
    /// The reading; empty for the study as it stands.
    name: String,
    measurements: Vec<Measurement>,
    tables: Tables,
    lost: Vec<usize>,
    suspect: Vec<usize>,
}

impl World {
    fn new(bench: &Bench<'_>, name: String, measurements: Vec<Measurement>) -> Result<Self, String> {
        let tables = bench.tables(&measurements)?;
        let (lost, suspect) = (doubt::lost(&measurements), doubt::suspect(&measurements));
        Ok(Self { name, measurements, tables, lost, suspect })
    }
}

/// The study as it stands, and then under every combination of readings.
fn worlds(bench: &Bench<'_>, measurements: &[Measurement]) -> Result<Vec<World>, ClaimsError> {
    let unusable = |message| ClaimsError::Malformed { path: "measurements".into(), line: 0, message };
    let mut worlds = vec![World::new(bench, String::new(), measurements.to_vec()).map_err(unusable)?];
    let names: BTreeSet<&str> = measurements
        .iter()
        .filter(|one| !candidates(&one.system, one.status).is_empty())
        .map(|one| one.system.as_str())
        .collect();
    let mut readings: Vec<Vec<Reading>> = vec![Vec::new()];
    for name in names {
        let systems = candidates(name, Status::Ambiguous);
        readings = readings
            .into_iter()
            .flat_map(|before| {
                systems.iter().map(move |system| {
                    let reading = Reading { name: name.to_owned(), system: system.clone() };
                    before.iter().cloned().chain([reading]).collect()
                })
            })
            .collect();
    }
    if readings.len() > WORLDS_LIMIT {
        let message = format!("{} readings are possible; --assume some of them", readings.len());
        return Err(unusable(message));
    }
    for readings in readings.iter().filter(|readings| !readings.is_empty()) {
        let mut assumed = measurements.to_vec();
        assume(&mut assumed, readings)?;
        let name = readings.iter().map(|reading| format!("\"{}\" is {}", reading.name, reading.system));
        let name = name.collect::<Vec<_>>().join(", ");
        worlds.push(World::new(bench, name, assumed).map_err(unusable)?);
    }
    Ok(worlds)
}

/// Why a claim cannot be checked at all, and where the fault lies.
enum Fault {
    Query(String),
    Expectation(String),
}

/// What a claim comes to in one world.
struct Evaluation {
    verdict: ClaimVerdict,
    found: Option<String>,
    notes: Vec<String>,
}

fn check(worlds: &[World], claim: &Claim) -> Result<CheckedClaim, Fault> {
    let answers =
        worlds.iter().map(|world| ask(&world.tables, claim)).collect::<Result<Vec<Answer>, Fault>>()?;
    let is_ambiguous = answers.windows(2).any(|pair| !pair[0].is_same(&pair[1]));
    let (verdict, found, mut notes) = match (worlds, answers.as_slice()) {
        ([_, read @ ..], [plain, answers @ ..]) if is_ambiguous => {
            let evaluations = read.iter().zip(answers);
            let evaluations = evaluations
                .map(|(world, answer)| Ok((world.name.as_str(), evaluate(world, answer, claim)?)))
                .collect::<Result<Vec<_>, Fault>>()?;
            across(&evaluations, plain, claim)?
        }
        ([world, ..], [answer, ..]) => {
            let one = evaluate(world, answer, claim)?;
            (one.verdict, one.found, one.notes)
        }
        _ => (ClaimVerdict::Undecidable, None, Vec::new()),
    };
    notes.extend(claim.note.clone());
    Ok(CheckedClaim {
        id: claim.id.clone(),
        verdict,
        found,
        expected: claim.expectation.to_string(),
        statement: claim.statement.clone(),
        place: claim.place.clone(),
        note: (!notes.is_empty()).then(|| notes.join(". ")),
    })
}

/// Several readings together. The study as it stands is none of them, so it is told but does not count.
fn across(
    read: &[(&str, Evaluation)],
    plain: &Answer,
    claim: &Claim,
) -> Result<(ClaimVerdict, Option<String>, Vec<String>), Fault> {
    let mut verdicts = read.iter().map(|(_, one)| one.verdict);
    let first = verdicts.next().unwrap_or(ClaimVerdict::Undecidable);
    let verdict = if verdicts.all(|other| other == first) { first } else { ClaimVerdict::DependsOnReading };
    let tell = |(name, one): &(&str, Evaluation)| {
        let notes = one.found.iter().chain(&one.notes).cloned().collect::<Vec<_>>();
        format!("{name}: {} ({})", one.verdict, notes.join("; "))
    };
    let mut notes: Vec<String> = read.iter().map(tell).collect();
    let judged = claim.expectation.judge(std::slice::from_ref(plain)).map_err(Fault::Expectation)?;
    let found = shown(plain, &claim.expectation)?.or(judged.reason).unwrap_or_default();
    notes.push(format!("with neither: {} ({found})", judged.verdict));
    let found = read.iter().filter_map(|(name, one)| Some(format!("{} if {name}", one.found.as_ref()?)));
    let found = found.collect::<Vec<_>>().join("; ");
    Ok((verdict, (!found.is_empty()).then_some(found), notes))
}

fn ask(tables: &Tables, claim: &Claim) -> Result<Answer, Fault> {
    let answer = Answer::of(&claim.query, tables).map_err(Fault::Query)?;
    Ok(if matches!(claim.expectation, Expectation::Order(_)) { answer } else { answer.sorted() })
}

/// What a claim comes to with other values in some cells.
fn ask_with(tables: &Tables, values: &[(usize, Option<f64>)], claim: &Claim) -> Result<Answer, Fault> {
    ask(&varied(tables, values)?, claim)
}

fn varied(tables: &Tables, values: &[(usize, Option<f64>)]) -> Result<Tables, Fault> {
    tables.with(values).map_err(|error| Fault::Query(error.to_string()))
}

fn evaluate(world: &World, answer: &Answer, claim: &Claim) -> Result<Evaluation, Fault> {
    let measurements = &world.measurements;
    let lost = touched(world, answer, claim, &world.lost)?;
    let judged = judge(&world.tables, measurements, answer, claim, &lost)?;
    let is_open = judged.verdict == ClaimVerdict::Undecidable;
    let mut notes: Vec<String> = judged.reason.into_iter().collect();
    if !lost.is_empty() {
        let names = doubt::names(measurements, &lost);
        notes.push(if is_open {
            format!("lost: {names}")
        } else {
            format!("whatever the lost cells were: {names}")
        });
    }
    let suspect = if is_open { Vec::new() } else { touched(world, answer, claim, &world.suspect)? };
    if !suspect.is_empty() {
        let values: Vec<_> = suspect.iter().map(|&cell| (cell, None)).collect();
        let without = doubt::with(measurements, &values);
        let tables = varied(&world.tables, &values)?;
        let judged_without = judge(&tables, &without, &ask(&tables, claim)?, claim, &lost)?;
        let names = doubt::names(measurements, &suspect);
        notes.push(if judged_without.verdict == judged.verdict {
            format!("with or without the doubtful cells: {names}")
        } else {
            format!("{} without the doubtful cells: {names}", judged_without.verdict)
        });
    }
    // What comes out where nothing is settled is no number to go by.
    let found = if is_open { None } else { shown(answer, &claim.expectation)? };
    Ok(Evaluation { verdict: judged.verdict, found, notes })
}

/// Those of some cells that make a difference to the answer.
fn touched(world: &World, answer: &Answer, claim: &Claim, cells: &[usize]) -> Result<Vec<usize>, Fault> {
    let beyond = doubt::beyond(&world.measurements);
    let mut differs = |cells: &[usize]| {
        for value in [beyond, 0.0] {
            let values: Vec<_> = cells.iter().map(|&cell| (cell, Some(value))).collect();
            if !ask_with(&world.tables, &values, claim)?.is_same(answer) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    doubt::touched(cells, &mut differs)
}

/// The verdict over all that the lost cells may have been.
fn judge(
    tables: &Tables,
    measurements: &[Measurement],
    answer: &Answer,
    claim: &Claim,
    lost: &[usize],
) -> Result<Judged, Fault> {
    let judge = |answers: &[Answer]| claim.expectation.judge(answers).map_err(Fault::Expectation);
    if lost.is_empty() {
        return judge(std::slice::from_ref(answer));
    }
    let Some(possible) = doubt::possible(measurements, lost) else {
        return Ok(Judged::undecidable("nothing bounds what the lost cells were"));
    };
    let answers = possible
        .iter()
        .map(|values| ask_with(tables, values, claim))
        .collect::<Result<Vec<Answer>, Fault>>()?;
    judge(&answers)
}

/// Rows that a table shows of an answer.
const SHOWN: usize = 4;

/// What an answer says, for people: the rows that speak against the claim if there are any, else all.
fn shown(answer: &Answer, expectation: &Expectation) -> Result<Option<String>, Fault> {
    if answer.rows.is_empty() {
        return Ok(None);
    }
    if matches!(expectation, Expectation::Order(_)) {
        let names = answer.rows.iter().filter_map(|row| row.get(..1)).map(show);
        return Ok(Some(names.collect::<Vec<_>>().join(", ")));
    }
    let mut against = Vec::new();
    for row in &answer.rows {
        let alone = [Answer { rows: vec![row.clone()] }];
        if expectation.judge(&alone).map_err(Fault::Expectation)?.verdict == ClaimVerdict::Contradicted {
            against.push(row);
        }
    }
    let rows: Vec<_> = if against.is_empty() { answer.rows.iter().collect() } else { against };
    let mut texts: Vec<String> = rows.iter().take(SHOWN).map(|row| show(row)).collect();
    if rows.len() > SHOWN {
        texts.push(format!("and {} more", rows.len() - SHOWN));
    }
    Ok(Some(texts.join("; ")))
}
