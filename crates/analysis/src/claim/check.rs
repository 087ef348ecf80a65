//! Claims are checked under every reading.

use rayon::prelude::*;
use vana_trace::Study;
use vana_types::{CheckedClaim, ClaimVerdict, Comparison, Measurement};

use super::answer::{Answer, show};
use super::doubt;
use super::expectation::{Expectation, Judged};
use super::file::{Claim, Claims, ClaimsError};
use super::question::{Fault, Question};
use super::world::{Bench, World, worlds};

/// Checks all claims of a study, in the order of their file. `measurements` are the study's, under the readings that
/// the user asked for; every reading that is left open is tried. `comparisons` may be empty.
///
/// Costs a plan and a handful of queries a claim and reading, and for each lost cell that a query touches a few more.
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

/// What a claim comes to in one world.
struct Evaluation {
    verdict: ClaimVerdict,
    found: Option<String>,
    notes: Vec<String>,
}

fn check(worlds: &[World], claim: &Claim) -> Result<CheckedClaim, Fault> {
    let questions =
        worlds.iter().map(|world| Question::new(world, claim)).collect::<Result<Vec<_>, Fault>>()?;
    let answers = questions.iter().map(Question::ask).collect::<Result<Vec<Answer>, Fault>>()?;
    let is_ambiguous = answers.windows(2).any(|pair| !pair[0].is_same(&pair[1]));
    let (verdict, found, mut notes) = match (questions.as_slice(), answers.as_slice()) {
        ([_, read @ ..], [plain, answers @ ..]) if is_ambiguous => {
            let evaluations = read.iter().zip(answers);
            let evaluations = evaluations
                .map(|(question, answer)| Ok((question.world.name.as_str(), evaluate(question, answer)?)))
                .collect::<Result<Vec<_>, Fault>>()?;
            across(&evaluations, plain, claim)?
        }
        ([question, ..], [answer, ..]) => {
            let one = evaluate(question, answer)?;
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

fn evaluate(question: &Question<'_>, answer: &Answer) -> Result<Evaluation, Fault> {
    let Question { world, claim, .. } = question;
    let measurements = &world.measurements;
    let lost = question.touched(answer, &world.lost)?;
    let judged = judge(question, measurements, answer, &lost, &[])?;
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
    let suspect = if is_open { Vec::new() } else { question.touched(answer, &world.suspect)? };
    if !suspect.is_empty() {
        let values: Vec<_> = suspect.iter().map(|&cell| (cell, None)).collect();
        let without = doubt::with(measurements, &values);
        let judged_without = judge(question, &without, &question.ask_with(&values)?, &lost, &values)?;
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

/// The verdict over all that the lost cells may have been, with `others` in some further cells.
fn judge(
    question: &Question<'_>,
    measurements: &[Measurement],
    answer: &Answer,
    lost: &[usize],
    others: &[(usize, Option<f64>)],
) -> Result<Judged, Fault> {
    let judge = |answers: &[Answer]| question.claim.expectation.judge(answers).map_err(Fault::Expectation);
    if lost.is_empty() {
        return judge(std::slice::from_ref(answer));
    }
    let Some(possible) = doubt::possible(measurements, lost) else {
        return Ok(Judged::undecidable("nothing bounds what the lost cells were"));
    };
    let answers = possible
        .iter()
        .map(|values| question.ask_with(&[others, values].concat()))
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
